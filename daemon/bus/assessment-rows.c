/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Dictionaries for the bus. One small writer that keeps the first error, and a function a kind of row.
 * Every text is made printable on its way out: sd-bus refuses a message with one malformed text, and
 * the whole reply would be lost.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "bus/assessment-rows.h"

typedef struct Row {
        sd_bus_message *message;
        MemoryPool *pool;
        int r;          /* the first error */
        size_t n_bytes; /* what was appended, about */
} Row;

static void open_row(Row *row) {
        if (row->r >= 0)
                row->r = sd_bus_message_open_container(row->message, 'a', "{sv}");
}

static void close_container(Row *row) {
        if (row->r >= 0)
                row->r = sd_bus_message_close_container(row->message);
}

static void open_value(Row *row, const char *key, const char *type) {
        row->n_bytes += strlen(key) + 32; /* lengths, padding, the type, and a number */
        if (row->r >= 0)
                row->r = sd_bus_message_open_container(row->message, 'e', "sv");
        if (row->r >= 0)
                row->r = sd_bus_message_append_basic(row->message, 's', key);
        if (row->r >= 0)
                row->r = sd_bus_message_open_container(row->message, 'v', type);
}

static void close_value(Row *row) {
        close_container(row);
        close_container(row);
}

static const char *printable(Row *row, const char *text) {
        text = text_printable(row->pool, text ? text : "", 4096);
        row->n_bytes += strlen(text);
        return text;
}

static bool is_full(const Row *row, size_t part) {
        return row->n_bytes > ASSESSMENT_ROWS_BYTES_MAX / part;
}

static int row_outcome(const Row *row) {
        if (row->r < 0)
                return error_trace(row->r);
        return is_full(row, 1) ? ASSESSMENT_ROWS_E_TOO_LARGE : 0;
}

static void put_text(Row *row, const char *key, const char *text) {
        open_value(row, key, "s");
        if (row->r >= 0)
                row->r = sd_bus_message_append_basic(row->message, 's', printable(row, text));
        close_value(row);
}

static void put_bool(Row *row, const char *key, bool value) {
        int number = value;

        open_value(row, key, "b");
        if (row->r >= 0)
                row->r = sd_bus_message_append_basic(row->message, 'b', &number);
        close_value(row);
}

static void put_time(Row *row, const char *key, UtcTime time) {
        uint64_t usec = time < 0 ? 0 : (uint64_t) time; /* NONE is negative */

        open_value(row, key, "t");
        if (row->r >= 0)
                row->r = sd_bus_message_append_basic(row->message, 't', &usec);
        close_value(row);
}

static void put_day(Row *row, const char *key, UtcDay day) {
        put_time(row, key, utc_day_start(day));
}

static void put_list(Row *row, const char *key, const TextList *list) {
        open_value(row, key, "as");
        if (row->r >= 0)
                row->r = sd_bus_message_open_container(row->message, 'a', "s");
        for (size_t i = 0; i < list->n_items && row->r >= 0; i++)
                row->r = sd_bus_message_append_basic(row->message, 's',
                                                     printable(row, list->items[i]));
        close_container(row);
        close_value(row);
}

static void put_channels(Row *row, const char *key, ChannelSet channels) {
        TextList list = {};

        for (Channel channel = CHANNEL_MAIN; channel < _CHANNEL_MAX; channel++)
                if (channels & (1u << channel))
                        text_list_add(&list, row->pool, channel_to_text(channel));
        put_list(row, key, &list);
}

static int read_filter_key(sd_bus_message *message, const char *key, ExposureFilter *filter) {
        const char *word;
        int flag, r;

        if (strcmp(key, "open") == 0) {
                r = sd_bus_message_read(message, "v", "b", &flag);
                filter->open = flag != 0;
                return r;
        }
        if (strcmp(key, "offset") == 0)
                return sd_bus_message_read(message, "v", "u", &filter->offset);
        if (strcmp(key, "limit") == 0)
                return sd_bus_message_read(message, "v", "u", &filter->limit);
        if (strcmp(key, "severity") != 0 && strcmp(key, "verdict") != 0)
                return -EINVAL;

        r = sd_bus_message_read(message, "v", "s", &word);
        if (r < 0)
                return r;
        if (strcmp(key, "severity") == 0) {
                filter->any_severity = false;
                if (strcmp(word, "unrated") == 0)
                        return 0;
                return severity_from_text(word, &filter->severity) == 0 ? 0 : -EINVAL;
        }
        filter->any_verdict = false;
        for (Verdict verdict = 0; verdict < _VERDICT_MAX; verdict++)
                if (strcmp(verdict_to_text(verdict), word) == 0) {
                        filter->verdict = verdict;
                        return 0;
                }
        return -EINVAL;
}

int exposure_filter_read(sd_bus_message *message, ExposureFilter *ret, const char **ret_problem) {
        ExposureFilter filter = {
                .open = -1, .any_severity = true, .any_verdict = true, .limit = ASSESSMENT_ROWS_MAX
        };
        const char *key;
        int r;

        r = sd_bus_message_enter_container(message, 'a', "{sv}");
        if (r < 0)
                return error_trace(r);
        while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                r = sd_bus_message_read_basic(message, 's', &key);
                if (r < 0)
                        return error_trace(r);
                r = read_filter_key(message, key, &filter);
                if (r == -EINVAL || r == -ENXIO) {
                        *ret_problem = key;
                        return ASSESSMENT_ROWS_E_BAD_FILTER;
                }
                if (r < 0)
                        return error_trace(r);
                r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return error_trace(r);
        }
        if (r < 0)
                return error_trace(r);
        if (filter.limit > ASSESSMENT_ROWS_MAX)
                filter.limit = ASSESSMENT_ROWS_MAX;
        *ret = filter;
        return 0;
}

static Severity severity_for_order(const Exposure *exposure) {
        return exposure->severity != SEVERITY_UNKNOWN ? exposure->severity : exposure->bound;
}

static int compare_exposures(const void *a, const void *b) {
        const Exposure *x = *(const Exposure *const *) a, *y = *(const Exposure *const *) b;

        if (verdict_is_open(x->verdict) != verdict_is_open(y->verdict))
                return verdict_is_open(x->verdict) ? -1 : 1;
        if (severity_for_order(x) != severity_for_order(y))
                return severity_for_order(x) > severity_for_order(y) ? -1 : 1;
        return strcmp(x->cve, y->cve);
}

static bool passes(const Exposure *exposure, const ExposureFilter *filter) {
        return (filter->open < 0 || verdict_is_open(exposure->verdict) == (filter->open > 0)) &&
               (filter->any_severity || exposure->severity == filter->severity) &&
               (filter->any_verdict || exposure->verdict == filter->verdict);
}

static void put_exposure(Row *row, const Exposure *exposure) {
        const KernelFact *kernel = exposure->kernel;
        const PatchFact *patch = exposure->patch;

        put_text(row, "cve", exposure->cve);
        put_text(row, "verdict", verdict_to_text(exposure->verdict));
        put_bool(row, "open", verdict_is_open(exposure->verdict));
        put_text(row, "severity", severity_to_text(exposure->severity));
        put_text(row, "severity_bound",
                 exposure->severity == SEVERITY_UNKNOWN ? severity_to_text(exposure->bound) : NULL);
        put_text(row, "kernel", kernel ? kernel->release : NULL);
        put_text(row, "kernel_stream", kernel ? kernel->stream : NULL);
        put_text(row, "kernel_advisory", kernel ? kernel->advisory : NULL);
        put_time(row, "kernel_date", kernel ? kernel->released : UTC_TIME_NONE);
        put_text(row, "patch", patch ? patch->version : NULL);
        put_text(row, "patch_package", patch ? patch->package : NULL);
        put_text(row, "patch_advisory", patch ? patch->advisory : NULL);
        put_time(row, "patch_date", patch ? patch->released : UTC_TIME_NONE);
        put_day(row, "deadline", exposure->deadline);
        put_text(row, "note", exposure->note);
}

int assessment_rows_append_exposures(sd_bus_message *reply, const Assessment *assessment,
                                     const ExposureFilter *filter, MemoryPool *pool) {
        const ExposureReport *report = &assessment->exposure;
        Row row = { .message = reply, .pool = pool };
        const Exposure **sorted;
        size_t n = 0;

        sorted = memory_pool_alloc(pool, (report->n_exposures + 1) * sizeof(*sorted));
        if (!sorted)
                return error_origin(-ENOMEM);
        for (size_t i = 0; i < report->n_exposures; i++)
                if (passes(&report->exposures[i], filter))
                        sorted[n++] = &report->exposures[i];
        qsort(sorted, n, sizeof(*sorted), compare_exposures);

        row.r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        /* A row has at most eleven texts of 4 KiB: behind half of the room the next one fits. */
        for (size_t i = filter->offset;
             i < n && i - filter->offset < filter->limit && row.r >= 0 && !is_full(&row, 2); i++) {
                open_row(&row);
                put_exposure(&row, sorted[i]);
                close_container(&row);
        }
        close_container(&row);
        return row.r < 0 ? error_trace(row.r) : 0;
}

/* A fact that names the CVE, for the chain of facts. */
typedef struct NamingFact {
        const char *kind, *name, *stream, *advisory;
        ChannelSet channels;
        bool available, shared;
        UtcTime released;
        Severity severity, advisory_severity;
        size_t source;
} NamingFact;

static int compare_naming(const void *a, const void *b) {
        const NamingFact *x = a, *y = b;

        return x->released != y->released
                               ? (x->released > y->released) - (x->released < y->released)
                               : strcmp(x->name, y->name);
}

static void gather_naming(const Assessment *assessment, const char *cve, MemoryPool *pool,
                          NamingFact **ret, size_t *ret_n) {
        const Situation *situation = &assessment->situation;
        const Facts *facts = assessment->input.facts;
        const bool *overruled = patch_facts_find_overruled(pool, facts->patches, facts->n_patches);
        const CveFact *found;
        NamingFact *fact;

        if (!overruled)
                return; /* the pool remembers */
        for (size_t i = 0; i < situation->n_kernels; i++) {
                const KnownKernel *known = &situation->kernels[i];

                for (size_t j = 0; j < known->n_facts; j++) {
                        const KernelFact *kernel = known->facts[j];

                        found = cve_facts_find(kernel->cves, kernel->n_cves, cve);
                        if (!found || !situation_in_lineage(situation, known->stream))
                                continue;
                        fact = memory_pool_append(pool, *ret, *ret_n);
                        if (fact)
                                *fact = (NamingFact){ "kernel",
                                                      kernel->release,
                                                      known->stream,
                                                      kernel->advisory,
                                                      kernel->channels,
                                                      situation_available(situation, known->stream,
                                                                          kernel->channels),
                                                      false,
                                                      kernel->released,
                                                      found->severity,
                                                      kernel->severity,
                                                      kernel->source };
                }
        }
        for (size_t i = 0; i < situation->n_patches; i++) {
                const PatchFact *patch = situation->patches[i];
                const char *stream = patch->stream ? patch->stream : situation->stream;

                found = cve_facts_find(patch->cves, patch->n_cves, cve);
                if (!found || overruled[patch - facts->patches] ||
                    !situation_patch_is_for(situation, patch, &situation->running,
                                            situation->stream))
                        continue;
                fact = memory_pool_append(pool, *ret, *ret_n);
                if (fact)
                        *fact = (NamingFact){
                                "patch",
                                memory_pool_format(pool, "%s-%s", patch->package, patch->version),
                                stream,
                                patch->advisory,
                                patch->channels,
                                situation_available(situation, stream, patch->channels),
                                patch->cves_shared,
                                patch->released,
                                found->severity,
                                patch->severity,
                                patch->source
                        };
        }
        if (*ret_n > 1)
                qsort(*ret, *ret_n, sizeof(NamingFact), compare_naming);
}

static void put_naming(Row *row, const Assessment *assessment, const NamingFact *fact) {
        const FactSource *source = &assessment->input.facts->sources[fact->source];

        put_text(row, "kind", fact->kind);
        put_text(row, "name", fact->name);
        put_text(row, "stream", fact->stream);
        put_channels(row, "channels", fact->channels);
        put_bool(row, "available", fact->available);
        put_bool(row, "shared", fact->shared);
        put_time(row, "date", fact->released);
        put_text(row, "advisory", fact->advisory);
        put_text(row, "severity", severity_to_text(fact->severity));
        put_text(row, "advisory_severity", severity_to_text(fact->advisory_severity));
        put_text(row, "source", source->source);
        put_time(row, "complete_to", source->complete_to);
}

/* The verdict in sentences. */
static TextList reasons(const Assessment *assessment, const Exposure *exposure, MemoryPool *pool) {
        const char *running = assessment->input.host->kernel, *active = assessment->patch.active;
        TextList list = {};

        if (exposure->verdict == VERDICT_FIXED_IN_KERNEL)
                text_list_format(&list, pool, "the running kernel %s has the fix of %s", running,
                                 exposure->kernel->release);
        else if (exposure->kernel)
                text_list_format(&list, pool, "kernel %s fixes it, newer than the running %s",
                                 exposure->kernel->release, running);
        else
                text_list_add(&list, pool, "no kernel that this host can get is known to fix it");

        if (exposure->patch)
                text_list_format(&list, pool, "live patch %s of this kernel fixes it; %s%s",
                                 exposure->patch->version,
                                 active ? "active is " : "no live patch is active",
                                 active ? active : "");
        else if (exposure->verdict != VERDICT_FIXED_IN_KERNEL)
                text_list_format(&list, pool, "no live patch for this kernel is known to fix it%s",
                                 exposure->verdict == VERDICT_LIVE_PATCH_AWAITED
                                                 ? " yet: it may follow in days"
                                                 : "");
        if (exposure->verdict == VERDICT_BELOW_SCOPE)
                text_list_add(&list, pool, "its severity is below what the vendor live-patches");
        if (exposure->severity == SEVERITY_UNKNOWN)
                text_list_format(&list, pool, "the CVE itself is not rated%s%s",
                                 exposure->bound != SEVERITY_UNKNOWN
                                                 ? "; its advisories are at most "
                                                 : "",
                                 exposure->bound != SEVERITY_UNKNOWN
                                                 ? severity_to_text(exposure->bound)
                                                 : "");
        if (exposure->note)
                text_list_add(&list, pool, exposure->note);
        return list;
}

int assessment_rows_append_explanation(sd_bus_message *reply, const Assessment *assessment,
                                       const Exposure *exposure, MemoryPool *pool) {
        Row row = { .message = reply, .pool = pool };
        TextList because = reasons(assessment, exposure, pool);
        NamingFact *facts = NULL;
        size_t n_facts = 0;

        gather_naming(assessment, exposure->cve, pool, &facts, &n_facts);
        open_row(&row);
        put_exposure(&row, exposure);
        put_list(&row, "because", &because);
        open_value(&row, "facts", "aa{sv}");
        if (row.r >= 0)
                row.r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (size_t i = 0; i < n_facts && row.r >= 0 && !is_full(&row, 1); i++) {
                open_row(&row);
                put_naming(&row, assessment, &facts[i]);
                close_container(&row);
        }
        close_container(&row);
        close_value(&row);
        close_container(&row);
        return row_outcome(&row);
}

static void put_kernel(Row *row, const JudgedKernel *kernel) {
        static const TextList none;

        put_text(row, "release", kernel->full_name);
        put_text(row, "stream", kernel->stream);
        put_bool(row, "running", kernel->running);
        put_bool(row, "installed", kernel->installed);
        put_bool(row, "next_boot", kernel->next_boot);
        put_bool(row, "advised", kernel->advised);
        put_bool(row, "available", kernel->available);
        put_day(row, "released", kernel->known ? kernel->known->released : UTC_DAY_NONE);
        put_text(row, "eligible", eligible_to_text(kernel->eligible));
        put_text(row, "coverage", coverage_to_text(kernel->coverage));
        put_day(row, "start", kernel->start);
        put_day(row, "end", kernel->end);
        put_bool(row, "end_expected", kernel->end_expected);
        put_text(row, "basis", basis_to_text(kernel->basis));
        put_text(row, "end_basis", basis_to_text(kernel->end_basis));
        put_list(row, "because", is_full(row, 2) ? &none : &kernel->because);
}

int assessment_rows_append_kernels(sd_bus_message *reply, const Assessment *assessment,
                                   MemoryPool *pool) {
        Row row = { .message = reply, .pool = pool };

        row.r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (size_t i = 0; i < assessment->n_kernels && row.r >= 0 && !is_full(&row, 1); i++) {
                open_row(&row);
                put_kernel(&row, &assessment->kernels[i]);
                close_container(&row);
        }
        close_container(&row);
        return row_outcome(&row);
}
