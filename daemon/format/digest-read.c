/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The reader of digests. Frame first: header, end line, count and hash are held against the bytes
 * before a single record is looked at, so a torn file costs nothing. Then line by line, all with the
 * memory of one. Records go straight behind those that the facts
 * already hold; when one is refused, the facts get back the arrays and counts they came with, and
 * what was written behind them is never seen. It refuses to repair, to guess and to use half.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "format/digest-read.h"
#include "format/json-read.h"

/* A record's identity and where it stood. */
typedef struct Told {
        DigestIdentity identity;
        unsigned line;
} Told;

typedef struct Reader {
        Facts *facts;
        const char *name;
        const char *text, *end; /* of the whole digest */
        const char *end_line;
        unsigned line; /* being read, from 1 */
        unsigned n_lines;
        Told *told;
        size_t n_told, n_told_room;
        size_t n_advisories, n_cve_rows; /* of this digest */
        JsonText *json;                  /* the line being read */
        char *reason;
} Reader;

static void reader_clear(Reader *reader) {
        json_text_free(reader->json);
        free(reader->told);
}

static int refuse(Reader *reader, const char *format, ...) _printf_(2, 3);

static int refuse(Reader *reader, const char *format, ...) {
        char text[DIGEST_READ_REASON_BYTES];
        va_list arguments;
        int n;

        n = snprintf(text, sizeof(text), "%.256s:%u: ", reader->name, reader->line);
        va_start(arguments, format);
        vsnprintf(text + n, sizeof(text) - (size_t) n, format, arguments);
        va_end(arguments);
        snprintf(reader->reason, DIGEST_READ_REASON_BYTES, "%s",
                 text_printable(reader->facts->pool, text, sizeof(text) - 1));
        return DIGEST_READ_E_REFUSED;
}

static int refuse_problem(Reader *reader) {
        const JsonProblem *problem = json_text_problem(reader->json);

        return refuse(reader, "%s: %s", problem->place, problem->reason);
}

bool digest_looks_like_one(const char *text, size_t n_bytes) {
        static const char start[] = "{\"digest\":";

        return n_bytes >= strlen(start) && memcmp(text, start, strlen(start)) == 0;
}

/* A line as a JSON object. */
static int open_line(Reader *reader, const char *line, size_t n_bytes, JsonValue *ret_root) {
        int r;

        r = json_text_read(reader->json, line, n_bytes, DIGEST_MAX_KEYS);
        if (r < 0)
                return error_trace(r);
        if (r > 0 || !json_root(reader->json, JSON_OBJECT, ret_root))
                return refuse_problem(reader);
        if (json_text_n_doubled(reader->json) > 0)
                return refuse(reader, "a key is given twice");
        return 0;
}

static bool check_name(const JsonValue *value, bool (*is_name)(const char *)) {
        const char *text = json_string(value);

        if (strlen(text) > DIGEST_MAX_ID_BYTES)
                return json_refuse(value, DIGEST_CAP_ID ": a name of more than %d bytes",
                                   DIGEST_MAX_ID_BYTES);
        return is_name(text) || json_refuse(value, "not the form of a name");
}

static bool read_id(const JsonValue *record, const char *key, JsonPresence presence,
                    MemoryPool *pool, const char **ret) {
        const char *text;
        JsonValue value;

        if (!json_member(record, key, JSON_STRING, presence, &value))
                return false;
        text = value.cell ? json_string(&value) : NULL;
        if (text && !check_name(&value, digest_is_id))
                return false;
        *ret = memory_pool_text(pool, text);
        return true;
}

static bool read_kernel(const JsonValue *record, const char *key, JsonPresence presence,
                        MemoryPool *pool, const char **ret) {
        const char *text;
        JsonValue value;

        if (!json_member(record, key, JSON_STRING, presence, &value))
                return false;
        text = value.cell ? json_string(&value) : NULL;
        if (text && !digest_is_kernel(text))
                return json_refuse(&value, "not a kernel's VERSION-RELEASE");
        *ret = memory_pool_text(pool, text);
        return true;
}

static bool read_time(const JsonValue *record, const char *key, UtcTime *ret) {
        JsonValue value;

        if (!json_member(record, key, JSON_STRING, JSON_NULLABLE, &value))
                return false;
        *ret = UTC_TIME_NONE;
        if (value.cell && utc_time_parse(json_string(&value), ret) != 0)
                return json_refuse(&value, "not a time with a zone");
        return true;
}

static bool read_severity(const JsonValue *value, Severity *ret) {
        *ret = SEVERITY_UNKNOWN;
        if (json_is_null(value))
                return true;
        if (!json_is(value, JSON_STRING) || severity_from_text(json_string(value), ret) != 0)
                return json_refuse(value, "neither a severity nor null");
        return true;
}

static bool read_channels(const JsonValue *record, ChannelSet *ret) {
        ChannelSet channels = 0;
        JsonValue list, item = {};

        if (!json_member(record, "channels", JSON_ARRAY, JSON_NULLABLE, &list))
                return false;
        while (json_next(&list, &item)) {
                Channel channel;

                if (!json_check(&item, JSON_STRING))
                        return false;
                if (channel_from_text(json_string(&item), &channel) != 0)
                        return json_refuse(&item, "not a channel");
                channels |= 1u << channel;
        }
        *ret = channels;
        return true;
}

static bool read_names(const JsonValue *record, const char *key, bool (*is_name)(const char *),
                       MemoryPool *pool, TextList *ret) {
        JsonValue list, item = {};
        TextList names = {};

        if (!json_member(record, key, JSON_ARRAY, JSON_NULLABLE, &list))
                return false;
        while (json_next(&list, &item)) {
                if (!json_check(&item, JSON_STRING) || !check_name(&item, is_name))
                        return false;
                text_list_add(&names, pool, memory_pool_text(pool, json_string(&item)));
        }
        *ret = names;
        return true;
}

static bool read_cves(const JsonValue *record, MemoryPool *pool, CveFact **ret, size_t *ret_n) {
        JsonValue object, member = {};
        CveFact *cves;
        size_t n = 0, n_room;

        if (!json_member(record, "cves", JSON_OBJECT, JSON_NULLABLE, &object))
                return false;
        *ret = NULL;
        *ret_n = 0;
        n_room = json_size(&object);
        if (n_room > DIGEST_MAX_CVES)
                return json_refuse(&object, DIGEST_CAP_CVES ": more than %d CVEs", DIGEST_MAX_CVES);
        if (n_room == 0)
                return true;

        cves = memory_pool_room(pool, n_room * sizeof(*cves));
        if (!cves)
                return true; /* the pool remembers */
        while (json_next(&object, &member)) {
                if (!digest_is_cve(member.key))
                        return json_refuse(&member, "not a CVE");
                if (!read_severity(&member, &cves[n].severity))
                        return false;
                cves[n++].id = memory_pool_text(pool, member.key);
        }
        cve_facts_sort(cves, n);
        *ret = cves;
        *ret_n = n;
        return true;
}

/* Sorted, however they are spelled: identities are compared by them. */
static bool read_arch(const JsonValue *record, MemoryPool *pool, TextList *ret) {
        if (!read_names(record, "arch", digest_is_id, pool, ret))
                return false;
        text_list_sort(ret);
        return true;
}

/* A time that need not be there: 0 then. */
static bool read_revised(const JsonValue *record, UtcTime *ret) {
        if (!read_time(record, "revised", ret))
                return false;
        if (*ret < 0)
                *ret = 0;
        return true;
}

static bool read_word(const JsonValue *record, MemoryPool *pool, Word *ret) {
        return read_id(record, "told_by", JSON_NULLABLE, pool, &ret->repository) &&
               read_revised(record, &ret->revised);
}

/* The severity of a whole record. */
static bool read_record_severity(const JsonValue *record, Severity *ret) {
        JsonValue value;

        return json_member(record, "severity", JSON_STRING, JSON_NULLABLE, &value) &&
               read_severity(&value, ret);
}

static bool read_kernel_record(const JsonValue *record, Facts *facts, DigestIdentity *ret) {
        MemoryPool *pool = facts->pool;
        KernelFact fact = { .source = facts->n_sources - 1 }, *kept;

        if (!read_kernel(record, "kernel", JSON_REQUIRED, pool, &fact.release) ||
            !read_id(record, "stream", JSON_NULLABLE, pool, &fact.stream) ||
            !read_channels(record, &fact.channels) || !read_arch(record, pool, &fact.arch) ||
            !read_time(record, "released", &fact.released) ||
            !read_id(record, "advisory", JSON_NULLABLE, pool, &fact.advisory) ||
            !read_record_severity(record, &fact.severity) ||
            !read_cves(record, pool, &fact.cves, &fact.n_cves) ||
            !read_word(record, pool, &fact.word))
                return false;

        *ret = digest_identity_of_kernel(&fact);
        kept = memory_pool_append(pool, facts->kernels, facts->n_kernels);
        if (kept)
                *kept = fact;
        return true;
}

static bool read_patch_record(const JsonValue *record, Facts *facts, DigestIdentity *ret) {
        MemoryPool *pool = facts->pool;
        PatchFact fact = { .source = facts->n_sources - 1 }, *kept;
        JsonValue shared;

        if (!read_id(record, "patch", JSON_REQUIRED, pool, &fact.package) ||
            !read_id(record, "version", JSON_REQUIRED, pool, &fact.version) ||
            !read_kernel(record, "base", JSON_NULLABLE, pool, &fact.base) ||
            !read_id(record, "stream", JSON_NULLABLE, pool, &fact.stream) ||
            !read_channels(record, &fact.channels) || !read_arch(record, pool, &fact.arch) ||
            !read_time(record, "released", &fact.released) ||
            !read_id(record, "advisory", JSON_NULLABLE, pool, &fact.advisory) ||
            !read_record_severity(record, &fact.severity) ||
            !read_cves(record, pool, &fact.cves, &fact.n_cves) ||
            !read_word(record, pool, &fact.word) ||
            !json_member(record, "cves_shared", JSON_BOOLEAN, JSON_OPTIONAL, &shared))
                return false;
        fact.cves_shared = shared.cell && json_boolean(&shared);
        if (fact.cves_shared && !fact.advisory)
                return json_refuse(&shared,
                                   "true, but no advisory is named that they are shared in");

        *ret = digest_identity_of_patch(&fact);
        kept = memory_pool_append(pool, facts->patches, facts->n_patches);
        if (kept)
                *kept = fact;
        return true;
}

static bool read_repository_record(const JsonValue *record, Facts *facts, DigestIdentity *ret) {
        MemoryPool *pool = facts->pool;
        RepositoryFact fact = { .source = facts->n_sources - 1 }, *kept;
        JsonValue channel;

        if (!read_id(record, "repository", JSON_REQUIRED, pool, &fact.repository) ||
            !read_id(record, "stream", JSON_NULLABLE, pool, &fact.stream) ||
            !json_member(record, "channel", JSON_STRING, JSON_NULLABLE, &channel) ||
            !read_names(record, "kernels", digest_is_kernel, pool, &fact.kernels) ||
            !read_time(record, "complete_at", &fact.complete_at))
                return false;
        if (channel.cell && channel_from_text(json_string(&channel), &fact.channel) != 0)
                return json_refuse(&channel, "not a channel");

        *ret = digest_identity_of_repository(&fact);
        kept = memory_pool_append(pool, facts->repositories, facts->n_repositories);
        if (kept)
                *kept = fact;
        return true;
}

static bool read_window_record(const JsonValue *record, Facts *facts, DigestIdentity *ret) {
        MemoryPool *pool = facts->pool;
        WindowFact fact = { .source = facts->n_sources - 1 }, *kept;
        JsonValue end, channel;
        const char *origin;

        if (!read_kernel(record, "window", JSON_REQUIRED, pool, &fact.kernel) ||
            !read_id(record, "package", JSON_NULLABLE, pool, &fact.package) ||
            !json_member(record, "end", JSON_STRING, JSON_REQUIRED, &end) ||
            !json_member(record, "channel", JSON_STRING, JSON_OPTIONAL, &channel) ||
            !json_member_string(record, "source", JSON_NULLABLE, &origin) ||
            !read_revised(record, &fact.revised))
                return false;
        if (channel.cell && channel_from_text(json_string(&channel), &fact.channel) != 0)
                return json_refuse(&channel, "not a channel");
        if (utc_day_parse(json_string(&end), &fact.end) != 0)
                return json_refuse(&end, "not a date");
        fact.origin = text_printable(pool, origin, 1024);

        *ret = digest_identity_of_window(&fact);
        kept = memory_pool_append(pool, facts->windows, facts->n_windows);
        if (kept)
                *kept = fact;
        return true;
}

static bool read_withdrawn_record(const JsonValue *record, Facts *facts, DigestIdentity *ret) {
        MemoryPool *pool = facts->pool;
        WithdrawnFact fact = { .source = facts->n_sources - 1 }, *kept;

        if (!read_id(record, "withdrawn", JSON_REQUIRED, pool, &fact.advisory) ||
            !read_word(record, pool, &fact.word))
                return false;
        if (fact.word.revised == 0)
                fact.word.revised = INT64_MAX;

        *ret = digest_identity_of_withdrawn(&fact);
        kept = memory_pool_append(pool, facts->withdrawn, facts->n_withdrawn);
        if (kept)
                *kept = fact;
        return true;
}

static const struct {
        const char *key;
        bool (*read)(const JsonValue *record, Facts *facts, DigestIdentity *ret);
} record_kinds[] = {
        { "kernel", read_kernel_record },         { "patch", read_patch_record },
        { "repository", read_repository_record }, { "window", read_window_record },
        { "withdrawn", read_withdrawn_record },
};

static int remember(Reader *reader, const DigestIdentity *identity) {
        if (reader->n_told == reader->n_told_room) {
                size_t n_room = reader->n_told_room == 0 ? 256 : reader->n_told_room * 2;
                Told *larger = realloc(reader->told, n_room * sizeof(*larger));

                if (!larger)
                        return error_origin(-ENOMEM);
                reader->told = larger;
                reader->n_told_room = n_room;
        }
        reader->told[reader->n_told++] = (Told){ *identity, reader->line };
        return 0;
}

/* A record of a kernel or patch more. */
static int count_advisory(Reader *reader, size_t n_cves) {
        if (reader->n_advisories++ == DIGEST_MAX_ADVISORIES)
                return refuse(reader, DIGEST_CAP_ADVISORIES ": more than %d kernels and patches",
                              DIGEST_MAX_ADVISORIES);
        reader->n_cve_rows += n_cves;
        if (reader->n_cve_rows > DIGEST_MAX_CVE_ROWS)
                return refuse(reader, DIGEST_CAP_CVE_ROWS ": more than %d CVEs in all records",
                              DIGEST_MAX_CVE_ROWS);
        return 0;
}

static int read_record(Reader *reader, const char *line, size_t n_bytes) {
        const Facts *facts = reader->facts;
        const size_t n_kernels = facts->n_kernels, n_patches = facts->n_patches,
                     n_withdrawn = facts->n_withdrawn;
        JsonValue record, first = {};
        DigestIdentity identity;
        int r;

        r = open_line(reader, line, n_bytes, &record);
        if (r)
                return r;
        if (!json_next(&record, &first))
                return refuse(reader, "an empty record");
        if (strcmp(first.key, "digest") == 0 || strcmp(first.key, "end") == 0)
                return refuse(reader, "a '%s' line in the middle", first.key);

        for (size_t i = 0; i < ELEMENTS(record_kinds); i++) {
                if (strcmp(record_kinds[i].key, first.key) != 0)
                        continue;
                if (!record_kinds[i].read(&record, reader->facts, &identity))
                        return refuse_problem(reader);
                if (memory_pool_exhausted(reader->facts->pool))
                        return error_origin(-ENOMEM);
                r = 0;
                if (facts->n_kernels > n_kernels)
                        r = count_advisory(reader, facts->kernels[n_kernels].n_cves);
                else if (facts->n_patches > n_patches)
                        r = count_advisory(reader, facts->patches[n_patches].n_cves);
                else if (facts->n_withdrawn > n_withdrawn)
                        r = count_advisory(reader, 0);
                return r ? r : remember(reader, &identity);
        }
        return 0;
}

static int read_header(Reader *reader, const char *line, size_t n_bytes, FeedKind kind) {
        MemoryPool *pool = reader->facts->pool;
        JsonValue root, version, first = {};
        FactSource source = { .kind = kind }, *kept;
        const char *origin;
        int r;

        r = open_line(reader, line, n_bytes, &root);
        if (r)
                return r;
        if (!json_next(&root, &first) || strcmp(first.key, "digest") != 0)
                return refuse(reader, "not a digest: its first line must begin with {\"digest\":");
        if (!json_member(&root, "digest", JSON_INTEGER, JSON_REQUIRED, &version))
                return refuse_problem(reader);
        if (json_integer(&version) != DIGEST_VERSION)
                return refuse(reader, "a digest of version %lld; only version %d is known here",
                              (long long) json_integer(&version), DIGEST_VERSION);
        if (!read_id(&root, "vendor", JSON_REQUIRED, pool, &source.vendor) ||
            !json_member_string(&root, "source", JSON_NULLABLE, &origin) ||
            !read_time(&root, "complete_to", &source.complete_to))
                return refuse_problem(reader);

        source.name = memory_pool_text(pool, reader->name);
        source.source = text_printable(pool, origin, 1024);
        kept = memory_pool_append(pool, reader->facts->sources, reader->facts->n_sources);
        if (!kept)
                return error_origin(-ENOMEM);
        *kept = source;
        return 0;
}

/* The last line: the number of records, and the hash of all bytes before it. */
static int check_end(Reader *reader) {
        char hash[SHA256_TEXT_BYTES];
        JsonValue root, count, first = {};
        const char *stated;
        int r;

        reader->line = reader->n_lines;
        r = open_line(reader, reader->end_line, (size_t) (reader->end - 1 - reader->end_line),
                      &root);
        if (r)
                return r;
        if (!json_next(&root, &first) || strcmp(first.key, "end") != 0)
                return refuse(reader, "not an end line: the digest is cut off, or something was "
                                      "added to it");
        if (!json_member(&root, "end", JSON_INTEGER, JSON_REQUIRED, &count) ||
            !json_member_string(&root, "sha256", JSON_REQUIRED, &stated))
                return refuse_problem(reader);
        if (json_integer(&count) != (int64_t) reader->n_lines - 2)
                return refuse(reader, "%lld records stated, %lld found",
                              (long long) json_integer(&count), (long long) reader->n_lines - 2);
        sha256_text(reader->text, (size_t) (reader->end_line - reader->text), hash);
        if (strcmp(stated, hash) != 0)
                return refuse(reader, "the content does not have the stated SHA-256");
        return 0;
}

static int compare_told(const void *a, const void *b) {
        const Told *told_a = a, *told_b = b;
        int order;

        order = digest_identity_compare(&told_a->identity, &told_b->identity);
        return order != 0 ? order : (told_a->line > told_b->line) - (told_a->line < told_b->line);
}

static int check_contradictions(Reader *reader) {
        if (reader->n_told > 1)
                qsort(reader->told, reader->n_told, sizeof(*reader->told), compare_told);
        for (size_t i = 1; i < reader->n_told; i++) {
                const Told *told = &reader->told[i];

                if (digest_identity_compare(&told[-1].identity, &told->identity) != 0)
                        continue;
                reader->line = told->line;
                return refuse(reader, "contradicts line %u: %s", told[-1].line,
                              digest_identity_text(reader->facts->pool, &told->identity));
        }
        return 0;
}

/* Lines are counted, and looked at for what no line may be. */
static int check_lines(Reader *reader) {
        const char *line = reader->text;

        reader->line = 1;
        if (line == reader->end)
                return refuse(reader, "empty");
        while (line < reader->end) {
                const char *new_line = memchr(line, '\n', (size_t) (reader->end - line));

                reader->line = ++reader->n_lines;
                if (!new_line)
                        return refuse(reader, "the last line does not end: the digest is cut off");
                if (new_line == line)
                        return refuse(reader, "a blank line");
                if (new_line[-1] == '\r')
                        return refuse(reader, "a line that ends in CR LF");
                reader->end_line = line;
                line = new_line + 1;
        }
        return 0;
}

/* As `LC_ALL=C sort` has it. */
static int compare_lines(const char *a, size_t n_a, const char *b, size_t n_b) {
        int order = memcmp(a, b, n_a < n_b ? n_a : n_b);

        return order != 0 ? order : (n_a > n_b) - (n_a < n_b);
}

static int read_lines(Reader *reader, FeedKind kind) {
        const char *line = reader->text, *previous = NULL;
        size_t n_previous = 0;
        int r;

        r = check_lines(reader);
        if (r)
                return r;

        for (reader->line = 1;; reader->line++) {
                const char *new_line = memchr(line, '\n', (size_t) (reader->end - line));
                size_t n_bytes = (size_t) (new_line - line);

                if (reader->line == 1) {
                        r = read_header(reader, line, n_bytes, kind);
                        if (r)
                                return r;
                        r = check_end(reader);
                        reader->line = 1;
                } else if (line == reader->end_line) {
                        break;
                } else {
                        int order = previous ? compare_lines(previous, n_previous, line, n_bytes)
                                             : -1;

                        if (order >= 0)
                                return refuse(reader,
                                              order == 0 ? "the record of the line before, again"
                                                         : "not in bytewise order");
                        r = read_record(reader, line, n_bytes);
                        previous = line;
                        n_previous = n_bytes;
                }
                if (r)
                        return r;
                line = new_line + 1;
        }
        return check_contradictions(reader);
}

int digest_read(Facts *facts, const char *name, FeedKind kind, const char *text, size_t n_bytes,
                char ret_reason[static DIGEST_READ_REASON_BYTES]) {
        _cleanup_(reader_clear) Reader reader = {
                .facts = facts,
                .name = name,
                .text = text,
                .end = text + n_bytes,
                .line = 1,
                .reason = ret_reason,
        };
        const Facts before = *facts;
        int r;

        r = json_text_new_empty(&reader.json);
        if (r)
                return error_fold(r);
        if (n_bytes > DIGEST_MAX_BYTES)
                r = refuse(&reader, DIGEST_CAP_BYTES ": larger than %d bytes", DIGEST_MAX_BYTES);
        else
                r = read_lines(&reader, kind);
        if (r == 0 && memory_pool_exhausted(facts->pool))
                r = error_origin(-ENOMEM);
        if (r)
                *facts = before;
        return r;
}
