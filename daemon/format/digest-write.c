/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The writer of digests. Every record is spelled in one fixed way (keys in order, lists sorted, no
 * spaces), so equal facts are equal lines, and sorting the lines sorts the file. What speaks of the
 * same thing was united before. It refuses to know where a fact came from.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sha256.h"
#include "format/digest-record.h"
#include "format/digest-union.h"
#include "format/digest-write.h"

/* A record as it was spelled: where its line starts in the text. */
typedef struct Spelled {
        size_t start, n_bytes; /* without the new-line */
        const char *line;      /* once the text no longer moves */
} Spelled;

typedef struct Writer {
        const Facts *facts;
        FILE *stream;
        char *text;
        size_t n_text;
        Spelled *records;
        size_t n_records;
} Writer;

static void writer_clear(Writer *writer) {
        if (writer->stream)
                fclose(writer->stream);
        free(writer->text);
        free(writer->records);
}

static void put_string(FILE *stream, const char *text) {
        if (!text) {
                fputs("null", stream);
                return;
        }
        fputc('"', stream);
        for (; *text != '\0'; text++) {
                unsigned char c = (unsigned char) *text;

                if (c == '"' || c == '\\')
                        fprintf(stream, "\\%c", c);
                else if (c < 0x20)
                        fprintf(stream, "\\u%04x", c);
                else
                        fputc(c, stream);
        }
        fputc('"', stream);
}

static void put_key_string(FILE *stream, const char *key, const char *text) {
        fprintf(stream, ",\"%s\":", key);
        put_string(stream, text);
}

static void put_time(FILE *stream, const char *key, UtcTime time) {
        char buffer[UTC_TIME_TEXT_BYTES];

        put_key_string(stream, key, time == UTC_TIME_NONE ? NULL : utc_time_format(time, buffer));
}

static int compare_texts(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* A sorted list, each text once. `list` is a copy of the caller's array and may be put in order. */
static void put_sorted(FILE *stream, const char *key, const char **list, size_t n) {
        const char *last = NULL;

        fprintf(stream, ",\"%s\":[", key);
        if (n > 1)
                qsort(list, n, sizeof(*list), compare_texts);
        for (size_t i = 0; i < n; i++) {
                if (last && strcmp(last, list[i]) == 0)
                        continue;
                if (last)
                        fputc(',', stream);
                put_string(stream, list[i]);
                last = list[i];
        }
        fputc(']', stream);
}

static void put_channels(FILE *stream, ChannelSet channels) {
        const char *words[_CHANNEL_MAX];
        size_t n = 0;

        for (Channel channel = CHANNEL_MAIN; channel < _CHANNEL_MAX; channel++)
                if (channels & 1u << channel)
                        words[n++] = channel_to_text(channel);
        if (n == 0)
                fputs(",\"channels\":null", stream);
        else
                put_sorted(stream, "channels", words, n);
}

static int put_names(FILE *stream, const char *key, const TextList *names) {
        _cleanup_free_ const char **copy = NULL;

        copy = malloc((names->n_items + 1) * sizeof(*copy));
        if (!copy)
                return error_origin(-ENOMEM);
        if (names->n_items > 0)
                memcpy(copy, names->items, names->n_items * sizeof(*copy));
        put_sorted(stream, key, copy, names->n_items);
        return 0;
}

static int put_arch(FILE *stream, const TextList *arch) {
        if (arch->n_items > 0)
                return put_names(stream, "arch", arch);
        fputs(",\"arch\":null", stream);
        return 0;
}

/* What kernel and patch records end with. CVEs are sorted in the facts already. */
static void put_advisory(FILE *stream, UtcTime released, const char *advisory, Severity severity,
                         const CveFact *cves, size_t n_cves) {
        put_time(stream, "released", released);
        put_key_string(stream, "advisory", advisory);
        put_key_string(stream, "severity", severity_to_text(severity));
        fputs(",\"cves\":{", stream);
        for (size_t i = 0; i < n_cves; i++) {
                if (i > 0)
                        fputc(',', stream);
                put_string(stream, cves[i].id);
                fputc(':', stream);
                put_string(stream, severity_to_text(cves[i].severity));
        }
        fputc('}', stream);
}

/* Whose word it is, and when: both are left out where there is nothing to tell. */
static void put_word(FILE *stream, const Word *word) {
        if (word->repository)
                put_key_string(stream, "told_by", word->repository);
        if (word->revised > 0 && word->revised < INT64_MAX)
                put_time(stream, "revised", word->revised);
}

static void begin_record(Writer *writer, const char *kind, const char *name) {
        writer->records[writer->n_records++].start = (size_t) ftell(writer->stream);
        fprintf(writer->stream, "{\"%s\":", kind);
        put_string(writer->stream, name);
}

static void end_record(Writer *writer) {
        Spelled *record = &writer->records[writer->n_records - 1];

        fputc('}', writer->stream);
        record->n_bytes = (size_t) ftell(writer->stream) - record->start;
        fputc('\n', writer->stream);
}

static int put_kernel(Writer *writer, const KernelFact *kernel) {
        int r;

        begin_record(writer, "kernel", kernel->release);
        put_key_string(writer->stream, "stream", kernel->stream);
        put_channels(writer->stream, kernel->channels);
        r = put_arch(writer->stream, &kernel->arch);
        if (r)
                return error_fold(r);
        put_advisory(writer->stream, kernel->released, kernel->advisory, kernel->severity,
                     kernel->cves, kernel->n_cves);
        put_word(writer->stream, &kernel->word);
        end_record(writer);
        return 0;
}

static int put_patch(Writer *writer, const PatchFact *patch) {
        int r;

        begin_record(writer, "patch", patch->package);
        put_key_string(writer->stream, "version", patch->version);
        put_key_string(writer->stream, "base", patch->base);
        put_key_string(writer->stream, "stream", patch->stream);
        put_channels(writer->stream, patch->channels);
        r = put_arch(writer->stream, &patch->arch);
        if (r)
                return error_fold(r);
        put_advisory(writer->stream, patch->released, patch->advisory, patch->severity, patch->cves,
                     patch->n_cves);
        if (patch->cves_shared)
                fputs(",\"cves_shared\":true", writer->stream);
        put_word(writer->stream, &patch->word);
        end_record(writer);
        return 0;
}

static int put_repository(Writer *writer, const RepositoryFact *repository) {
        int r;

        begin_record(writer, "repository", repository->repository);
        put_key_string(writer->stream, "stream", repository->stream);
        put_key_string(writer->stream, "channel", channel_to_text(repository->channel));
        r = put_names(writer->stream, "kernels", &repository->kernels);
        if (r)
                return error_fold(r);
        put_time(writer->stream, "complete_at", repository->complete_at);
        end_record(writer);
        return 0;
}

static void put_window(Writer *writer, const WindowFact *window) {
        char buffer[UTC_DAY_TEXT_BYTES];

        begin_record(writer, "window", window->kernel);
        put_key_string(writer->stream, "package", window->package);
        put_key_string(writer->stream, "end", utc_day_format(window->end, buffer));
        if (window->channel != CHANNEL_UNKNOWN)
                put_key_string(writer->stream, "channel", channel_to_text(window->channel));
        put_key_string(writer->stream, "source", window->origin);
        if (window->revised > 0)
                put_time(writer->stream, "revised", window->revised);
        end_record(writer);
}

static void put_withdrawn(Writer *writer, const WithdrawnFact *withdrawn) {
        begin_record(writer, "withdrawn", withdrawn->advisory);
        put_word(writer->stream, &withdrawn->word);
        end_record(writer);
}

/* Spells every record into one text. */
static int spell(Writer *writer) {
        const Facts *facts = writer->facts;
        size_t n = facts->n_kernels + facts->n_patches + facts->n_repositories + facts->n_windows +
                   facts->n_withdrawn;
        int r = 0;

        writer->records = calloc(n + 1, sizeof(*writer->records));
        writer->stream = open_memstream(&writer->text, &writer->n_text);
        if (!writer->records || !writer->stream)
                return error_origin(-ENOMEM);

        for (size_t i = 0; i < facts->n_kernels && r == 0; i++)
                r = put_kernel(writer, &facts->kernels[i]);
        for (size_t i = 0; i < facts->n_patches && r == 0; i++)
                r = put_patch(writer, &facts->patches[i]);
        for (size_t i = 0; i < facts->n_repositories && r == 0; i++)
                r = put_repository(writer, &facts->repositories[i]);
        for (size_t i = 0; i < facts->n_windows && r == 0; i++)
                put_window(writer, &facts->windows[i]);
        for (size_t i = 0; i < facts->n_withdrawn && r == 0; i++)
                put_withdrawn(writer, &facts->withdrawn[i]);
        if (r)
                return error_fold(r);

        r = ferror(writer->stream) ? -ENOMEM : 0;
        if (fclose(TAKE(writer->stream)) != 0 || r < 0)
                return error_origin(-ENOMEM);
        for (size_t i = 0; i < writer->n_records; i++)
                writer->records[i].line = writer->text + writer->records[i].start;
        return 0;
}

static int compare_lines(const Spelled *a, const Spelled *b) {
        size_t n = a->n_bytes < b->n_bytes ? a->n_bytes : b->n_bytes;
        int order;

        order = memcmp(a->line, b->line, n);
        return order != 0 ? order : (a->n_bytes > b->n_bytes) - (a->n_bytes < b->n_bytes);
}

static int by_line(const void *a, const void *b) {
        return compare_lines(a, b);
}

static int assemble(const Writer *writer, const DigestHeader *header, char **ret,
                    size_t *ret_n_bytes) {
        _cleanup_free_ char *text = NULL;
        char hash[SHA256_TEXT_BYTES];
        size_t n_bytes;
        bool failed;
        FILE *stream;

        stream = open_memstream(&text, &n_bytes);
        if (!stream)
                return error_origin(-ENOMEM);
        fprintf(stream, "{\"digest\":%d", DIGEST_VERSION);
        put_key_string(stream, "vendor", header->vendor);
        put_key_string(stream, "source", header->source);
        put_time(stream, "complete_to", header->complete_to);
        fputs("}\n", stream);
        for (size_t i = 0; i < writer->n_records; i++)
                fwrite(writer->records[i].line, 1, writer->records[i].n_bytes + 1, stream);

        failed = fflush(stream) != 0 || ferror(stream);
        if (!failed) {
                sha256_text(text, n_bytes, hash);
                fprintf(stream, "{\"end\":%zu,\"sha256\":\"%s\"}\n", writer->n_records, hash);
        }
        if (fclose(stream) != 0 || failed)
                return error_origin(-ENOMEM);

        *ret = TAKE(text);
        *ret_n_bytes = n_bytes;
        return 0;
}

int digest_write(const Facts *facts, const DigestHeader *header, TextList *notes,
                 MemoryPool *notes_pool, char **ret, size_t *ret_n_bytes) {
        _cleanup_(facts_freep) Facts *united = NULL;
        _cleanup_(writer_clear) Writer writer = {};
        int r;

        r = facts_new(&united);
        if (r)
                return error_fold(r);
        r = digest_union(facts, united, notes, notes_pool);
        if (r < 0)
                return error_trace(r);
        if (r > 0)
                return DIGEST_WRITE_E_CONTRADICTION;
        writer.facts = united;
        r = spell(&writer);
        if (r)
                return error_fold(r);
        if (writer.n_records > 1)
                qsort(writer.records, writer.n_records, sizeof(*writer.records), by_line);
        return assemble(&writer, header, ret, ret_n_bytes);
}
