/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One table of keys. A key that is not known, or a value that is not of its form, refuses the request:
 * a feed that is fetched in another way than was written is worse than one that says what is wrong.
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "format/feed-settings.h"

#define CREDENTIAL "credential:"
#define FINGERPRINT_DIGITS 40
#define MAX_DOCUMENTS 2000

typedef bool (*Parse)(MemoryPool *pool, const char *value, void *ret);

static bool parse_https(MemoryPool *pool, const char *value, void *ret) {
        if (!text_starts_with(value, "https://") || strpbrk(value, " \t\r\n"))
                return false;
        *(const char **) ret = memory_pool_text(pool, value);
        return true;
}

static bool parse_text(MemoryPool *pool, const char *value, void *ret) {
        if (!*value)
                return false;
        *(const char **) ret = memory_pool_text(pool, value);
        return true;
}

static bool parse_words(MemoryPool *pool, const char *value, void *ret) {
        *(TextList *) ret = text_words(pool, value);
        return true;
}

static bool parse_path(MemoryPool *pool, const char *value, void *ret) {
        if (value[0] != '/')
                return false;
        *(const char **) ret = memory_pool_text(pool, value);
        return true;
}

/* What the service manager hands over by name has such a name. */
static bool is_credential(const char *value) {
        const char *name = value + strlen(CREDENTIAL);

        return text_starts_with(value, CREDENTIAL) && *name && *name != '.' && !strchr(name, '/');
}

/* What the service manager hands over by name becomes a path; anything else is left as it is. */
static const char *resolve(MemoryPool *pool, const char *credentials, const char *value) {
        if (!credentials || !is_credential(value))
                return value;
        return memory_pool_format(pool, "%s/%s", credentials, value + strlen(CREDENTIAL));
}

static bool parse_proxy(MemoryPool *pool, const char *value, void *ret) {
        *(const char **) ret = strcmp(value, "none") == 0 ? "" : memory_pool_text(pool, value);
        return *value != '\0';
}

static bool parse_policy(MemoryPool *pool _unused_, const char *value, void *ret) {
        static const char *const words[] = {
                [SIGNATURE_REQUIRE] = "require", [SIGNATURE_WARN] = "warn", [SIGNATURE_OFF] = "off"
        };

        for (size_t i = SIGNATURE_REQUIRE; i < ELEMENTS(words); i++)
                if (strcmp(words[i], value) == 0) {
                        *(SignaturePolicy *) ret = (SignaturePolicy) i;
                        return true;
                }
        return false;
}

/* Whole ones only: a short id can be had by anybody. */
static bool parse_fingerprints(MemoryPool *pool, const char *value, void *ret) {
        TextList words = text_words(pool, value);

        for (size_t i = 0; i < words.n_items; i++) {
                char upper[FINGERPRINT_DIGITS + 1] = {};

                if (strlen(words.items[i]) != FINGERPRINT_DIGITS)
                        return false;
                for (size_t j = 0; j < FINGERPRINT_DIGITS; j++) {
                        if (!isxdigit((unsigned char) words.items[i][j]))
                                return false;
                        upper[j] = (char) toupper((unsigned char) words.items[i][j]);
                }
                words.items[i] = memory_pool_text(pool, upper);
        }
        *(TextList *) ret = words;
        return words.n_items > 0;
}

static bool parse_count(MemoryPool *pool _unused_, const char *value, void *ret) {
        unsigned long long number;
        char *end;

        if (!isdigit((unsigned char) value[0]))
                return false;
        errno = 0;
        number = strtoull(value, &end, 10);
        if (errno != 0 || *end || number == 0 || number > INT32_MAX)
                return false;
        *(uint64_t *) ret = number;
        return true;
}

/* An attempt has half an hour, and klpwatchd takes so many reports of progress. */
static bool parse_documents(MemoryPool *pool, const char *value, void *ret) {
        uint64_t n;

        if (!parse_count(pool, value, &n) || n > MAX_DOCUMENTS)
                return false;
        *(uint64_t *) ret = n;
        return true;
}

static bool parse_seconds(MemoryPool *pool, const char *value, void *ret) {
        uint64_t seconds;

        if (!parse_count(pool, value, &seconds) || seconds > 24 * 3600)
                return false;
        *(uint64_t *) ret = seconds * 1000;
        return true;
}

static bool parse_rate(MemoryPool *pool, const char *value, void *ret) {
        uint64_t rate;

        if (!parse_count(pool, value, &rate))
                return false;
        *(uint64_t *) ret = 1000 / rate;
        return true;
}

static const struct {
        const char *key;
        Parse parse;
        size_t offset;
} keys[] = {
        { "Url", parse_https, offsetof(FeedSettings, url) },
        { "MirrorList", parse_https, offsetof(FeedSettings, mirror_list) },
        { "Repository", parse_text, offsetof(FeedSettings, repository) },
        { "CaFile", parse_path, offsetof(FeedSettings, ca_file) },
        { "ClientCertificate", parse_path, offsetof(FeedSettings, client_certificate) },
        { "ClientKey", parse_path, offsetof(FeedSettings, client_key) },
        { "Proxy", parse_proxy, offsetof(FeedSettings, proxy) },
        { "RedirectHosts", parse_words, offsetof(FeedSettings, redirect_hosts) },
        { "Signature", parse_policy, offsetof(FeedSettings, signature) },
        { "Keyring", parse_path, offsetof(FeedSettings, keyring) },
        { "Fingerprint", parse_fingerprints, offsetof(FeedSettings, fingerprints) },
        { "ConnectTimeoutSec", parse_seconds, offsetof(FeedSettings, connect_timeout_msec) },
        { "TransferTimeoutSec", parse_seconds, offsetof(FeedSettings, transfer_timeout_msec) },
        { "StallTimeoutSec", parse_count, offsetof(FeedSettings, stall_timeout_sec) },
        { "RequestsPerSecond", parse_rate, offsetof(FeedSettings, request_pause_msec) },
        { "MaxBytes", parse_count, offsetof(FeedSettings, max_bytes) },
        { "MaxDocuments", parse_documents, offsetof(FeedSettings, max_documents) },
};

/* NULL, or what is wrong. */
static const char *take(const FetchSetting *setting, const char *credentials, MemoryPool *pool,
                        FeedSettings *settings) {
        for (size_t i = 0; i < ELEMENTS(keys); i++) {
                if (strcmp(keys[i].key, setting->key) != 0)
                        continue;
                if (keys[i].parse(pool,
                                  keys[i].parse == parse_path
                                                  ? resolve(pool, credentials, setting->value)
                                                  : setting->value,
                                  (char *) settings + keys[i].offset))
                        return NULL;
                /* A value may be a password: it is not repeated. */
                return memory_pool_format(pool, "%s= has a value that is not of its form",
                                          keys[i].key);
        }
        return memory_pool_format(pool, "'%s' is no setting of a feed over the network",
                                  text_printable(pool, setting->key, 64));
}

bool feed_settings_is_value(const char *key, const char *value, MemoryPool *pool) {
        FeedSettings settings = {};

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                if (strcmp(keys[i].key, key) == 0)
                        return (keys[i].parse == parse_path && is_credential(value)) ||
                               keys[i].parse(pool, value, (char *) &settings + keys[i].offset);
        return false;
}

static bool has(const FetchSetting *settings, size_t n_settings, const char *key) {
        for (size_t i = 0; i < n_settings; i++)
                if (strcmp(settings[i].key, key) == 0)
                        return true;
        return false;
}

const char *feed_settings_find_gap(const char *type, const char *location,
                                   const FetchSetting *settings, size_t n_settings) {
        bool mirrors = strcmp(type, "repository") == 0 && has(settings, n_settings, "MirrorList");
        bool url = has(settings, n_settings, "Url");

        if (location && strcmp(type, "digest") != 0)
                return "Location= is for package caches and digests alone";
        if (location && url)
                return "Location= and Url= do not go together";
        if (!location && !url && !mirrors)
                return "Url= is missing";
        if (has(settings, n_settings, "ClientKey") &&
            !has(settings, n_settings, "ClientCertificate"))
                return "ClientKey= goes with ClientCertificate=";
        if (has(settings, n_settings, "Keyring") != has(settings, n_settings, "Fingerprint"))
                return "Keyring= and Fingerprint= go together";
        return NULL;
}

const char *feed_settings_shown(const char *key, const char *value, MemoryPool *pool) {
        const char *scheme = strstr(value, "://"), *place = scheme ? scheme + 3 : value, *at = NULL;
        size_t n_place = strcspn(place, "/?#"), n_shown = strcspn(value, "?#");

        if (strcmp(key, "Url") != 0 && strcmp(key, "MirrorList") != 0 && strcmp(key, "Proxy") != 0)
                return value;
        for (size_t i = 0; i < n_place; i++)
                if (place[i] == '@')
                        at = place + i;
        if (!at && !value[n_shown])
                return value;
        return memory_pool_format(pool, "%s%s%s%s",
                                  memory_pool_text_n(pool, value, (size_t) (place - value)),
                                  at ? "..." : "",
                                  memory_pool_text_n(pool, at ?: place,
                                                     (size_t) (value + n_shown - (at ?: place))),
                                  value[n_shown] ? "?..." : "");
}

int feed_settings_read(const FetchRequest *request, const char *credentials, MemoryPool *pool,
                       FeedSettings *ret, const char **ret_problem) {
        FeedSettings settings = { .connect_timeout_msec = 15000,
                                  .transfer_timeout_msec = 540000,
                                  .stall_timeout_sec = 60,
                                  .request_pause_msec = 500,
                                  .max_documents = 200 };
        const char *problem = NULL;

        for (size_t i = 0; i < request->n_settings && !problem; i++)
                problem = take(&request->settings[i], credentials, pool, &settings);
        if (!problem)
                problem = feed_settings_find_gap(request->type, request->location,
                                                 request->settings, request->n_settings);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        if (problem) {
                *ret_problem = problem;
                return FEED_SETTINGS_E_REFUSED;
        }
        *ret = settings;
        return 0;
}
