/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The words between klpwatchd and klpwatch-fetch. Neither side trusts the other: the fetcher has read
 * what came from outside, and whoever may connect to its socket may send it anything. So both are read
 * strictly, a packet as a whole or not at all, and everything that is data rather than a word about it
 * travels as a sealed descriptor beside the packet.
 */

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "format/fetch-message.h"
#include "format/json-read.h"
#include "format/json-write.h"

#define MAX_KEYS 16

static const char *const outcomes[_FETCH_OUTCOME_MAX] = {
        [FETCH_PROGRESS] = "progress", [FETCH_UNCHANGED] = "unchanged", [FETCH_CHANGED] = "changed",
        [FETCH_EMPTY] = "empty",       [FETCH_ABSENT] = "absent",       [FETCH_FAILED] = "failed",
        [FETCH_GOES_ON] = "goes-on",
};

const char *fetch_outcome_to_text(FetchOutcome outcome) {
        return outcomes[outcome];
}

size_t fetch_outcome_n_fds(FetchOutcome outcome) {
        return outcome == FETCH_CHANGED ? 2 : outcome == FETCH_EMPTY ? 1 : 0;
}

static void put_text(JsonWriter *writer, const char *key, MemoryPool *pool, const char *text) {
        json_writer_text(writer, key, text_printable(pool, text, FETCH_TEXT_MAX_BYTES));
}

int fetch_request_write(const FetchRequest *request, MemoryPool *pool, const char **ret) {
        _cleanup_(json_writer_clear) JsonWriter writer = json_writer_new();
        int r;

        json_writer_number(&writer, "fetch", FETCH_PROTOCOL_VERSION);
        put_text(&writer, "feed", pool, request->feed);
        put_text(&writer, "type", pool, request->type);
        put_text(&writer, "location", pool, request->location);
        put_text(&writer, "vendor", pool, request->vendor);
        json_writer_text(&writer, "digest", request->digest ? "held" : NULL);
        json_writer_text(&writer, "cursor", request->cursor ? "held" : NULL);
        for (size_t i = 0; i < request->n_settings; i++) {
                JsonWriter setting = json_writer_new();

                put_text(&setting, "key", pool, request->settings[i].key);
                put_text(&setting, "value", pool, request->settings[i].value);
                json_writer_append(&writer, "settings", &setting);
        }
        r = json_writer_finish(&writer, pool, ret);
        return r ? error_fold(r) : 0;
}

int fetch_answer_write(const FetchAnswer *answer, MemoryPool *pool, const char **ret) {
        _cleanup_(json_writer_clear) JsonWriter writer = json_writer_new();
        int r;

        json_writer_text(&writer, "answer", fetch_outcome_to_text(answer->outcome));
        put_text(&writer, "text", pool, answer->text);
        if (answer->n_total > 0) {
                json_writer_number(&writer, "done", (int64_t) answer->n_done);
                json_writer_number(&writer, "total", (int64_t) answer->n_total);
        }
        if (answer->untrusted)
                json_writer_bool(&writer, "untrusted", true);
        if (answer->retry_after_sec > 0)
                json_writer_number(&writer, "retry_after", (int64_t) answer->retry_after_sec);
        r = json_writer_finish(&writer, pool, ret);
        return r ? error_fold(r) : 0;
}

static int refuse(const JsonProblem *problem, MemoryPool *pool, const char **ret_reason) {
        const char *reason = memory_pool_format(pool, "%s: %s", problem->place, problem->reason);

        *ret_reason = text_printable(pool, reason, 512);
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : FETCH_MESSAGE_E_REFUSED;
}

static bool read_text(const JsonValue *root, const char *key, JsonPresence presence,
                      MemoryPool *pool, const char **ret) {
        const char *text;

        if (!json_member_string(root, key, presence, &text))
                return false;
        if (text && strlen(text) > FETCH_TEXT_MAX_BYTES)
                return json_refuse(root, "'%s' is longer than %d bytes", key, FETCH_TEXT_MAX_BYTES);
        *ret = memory_pool_text(pool, text);
        return true;
}

static bool read_held(const JsonValue *root, const char *key, bool *ret) {
        const char *text;

        if (!json_member_string(root, key, JSON_NULLABLE, &text))
                return false;
        if (text && strcmp(text, "held") != 0)
                return json_refuse(root, "'%s' is neither \"held\" nor null", key);
        *ret = text != NULL;
        return true;
}

static bool read_settings(const JsonValue *root, MemoryPool *pool, FetchRequest *ret) {
        JsonValue settings;

        if (!json_member(root, "settings", JSON_ARRAY, JSON_NULLABLE, &settings))
                return false;
        if (json_array_length(&settings) > FETCH_MAX_SETTINGS)
                return json_refuse(&settings, "more than %d settings", FETCH_MAX_SETTINGS);
        for (size_t i = 0; i < json_array_length(&settings); i++) {
                FetchSetting *setting, read;
                JsonValue item;

                if (!json_item(&settings, i, JSON_OBJECT, &item) ||
                    !read_text(&item, "key", JSON_REQUIRED, pool, &read.key) ||
                    !read_text(&item, "value", JSON_REQUIRED, pool, &read.value))
                        return false;
                setting = memory_pool_append(pool, ret->settings, ret->n_settings);
                if (setting)
                        *setting = read;
        }
        return true;
}

static bool read_request(const JsonValue *root, MemoryPool *pool, void *message) {
        FetchRequest *ret = message;
        JsonValue version;

        if (!json_member(root, "fetch", JSON_INTEGER, JSON_REQUIRED, &version))
                return false;
        if (json_integer(&version) != FETCH_PROTOCOL_VERSION)
                return json_refuse(&version, "version %lld of the protocol, not %d",
                                   (long long) json_integer(&version), FETCH_PROTOCOL_VERSION);
        return read_text(root, "feed", JSON_REQUIRED, pool, &ret->feed) &&
               read_text(root, "type", JSON_REQUIRED, pool, &ret->type) &&
               read_text(root, "location", JSON_NULLABLE, pool, &ret->location) &&
               read_text(root, "vendor", JSON_NULLABLE, pool, &ret->vendor) &&
               read_held(root, "digest", &ret->digest) && read_held(root, "cursor", &ret->cursor) &&
               read_settings(root, pool, ret);
}

static bool read_count(const JsonValue *root, const char *key, uint64_t *ret) {
        JsonValue count;

        if (!json_member(root, key, JSON_INTEGER, JSON_NULLABLE, &count))
                return false;
        if (count.cell && json_integer(&count) < 0)
                return json_refuse(&count, "below zero");
        *ret = count.cell ? (uint64_t) json_integer(&count) : 0;
        return true;
}

static bool read_answer(const JsonValue *root, MemoryPool *pool, void *message) {
        FetchAnswer *ret = message;
        const char *word;
        JsonValue retry, untrusted;

        if (!json_member_string(root, "answer", JSON_REQUIRED, &word) ||
            !read_text(root, "text", JSON_NULLABLE, pool, &ret->text) ||
            !read_count(root, "done", &ret->n_done) || !read_count(root, "total", &ret->n_total) ||
            !json_member(root, "untrusted", JSON_BOOLEAN, JSON_NULLABLE, &untrusted) ||
            !json_member(root, "retry_after", JSON_INTEGER, JSON_NULLABLE, &retry))
                return false;
        ret->untrusted = untrusted.cell && json_boolean(&untrusted);
        if (retry.cell &&
            (json_integer(&retry) < 0 || json_integer(&retry) > FETCH_RETRY_AFTER_MAX_SEC))
                return json_refuse(&retry, "not a number of seconds of up to a day");
        ret->retry_after_sec = retry.cell ? (uint64_t) json_integer(&retry) : 0;
        ret->text = text_printable(pool, ret->text, FETCH_TEXT_MAX_BYTES);
        for (size_t i = 0; i < ELEMENTS(outcomes); i++)
                if (strcmp(outcomes[i], word) == 0) {
                        ret->outcome = (FetchOutcome) i;
                        return true;
                }
        return json_refuse(root, "'%.32s' is no answer that is known", word);
}

/* Reads one packet by `read`, which fills a message that only counts when this returns 0. */
static int read_message(const char *text, size_t n_bytes, MemoryPool *pool,
                        bool (*read)(const JsonValue *root, MemoryPool *pool, void *ret), void *ret,
                        const char **ret_reason) {
        _cleanup_(json_text_freep) JsonText *json = NULL;
        JsonProblem problem;
        JsonValue root;
        int r;

        r = json_text_new(&json, text, n_bytes, MAX_KEYS, &problem);
        if (r < 0)
                return error_trace(r);
        if (r)
                return refuse(&problem, pool, ret_reason);
        if (!json_root(json, JSON_OBJECT, &root) || !read(&root, pool, ret))
                return refuse(json_text_problem(json), pool, ret_reason);
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}

int fetch_request_read(const char *text, size_t n_bytes, MemoryPool *pool, FetchRequest *ret,
                       const char **ret_reason) {
        FetchRequest request = {};
        int r;

        r = read_message(text, n_bytes, pool, read_request, &request, ret_reason);
        if (r == 0)
                *ret = request;
        return r < 0 ? error_trace(r) : r;
}

int fetch_answer_read(const char *text, size_t n_bytes, MemoryPool *pool, FetchAnswer *ret,
                      const char **ret_reason) {
        FetchAnswer answer = {};
        int r;

        r = read_message(text, n_bytes, pool, read_answer, &answer, ret_reason);
        if (r == 0)
                *ret = answer;
        return r < 0 ? error_trace(r) : r;
}
