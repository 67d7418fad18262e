/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Calendars and digests from files. Each file stands for itself: a broken one is named and left out,
 * and the others count as before.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/journal-log.h"
#include "base/text.h"
#include "core/fact-revision.h"
#include "core/kernel-release.h"
#include "format/digest-header.h"
#include "format/digest-read.h"
#include "format/digest-write.h"
#include "host/livepatch-scan.h"
#include "inputs.h"

#define MAX_CALENDAR_BYTES ((size_t) 1024 * 1024)

static int compare_names(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static int load_calendar(int folder_fd, const char *folder, const char *name,
                         Calendars *calendars) {
        _cleanup_free_ char *text = NULL, *message = NULL;
        _cleanup_(support_calendar_freep) SupportCalendar *calendar = NULL;
        size_t n_bytes;
        int r;

        r = bounded_read(folder_fd, name, MAX_CALENDAR_BYTES, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "%s/%s: cannot be read; this vendor's kernels are not judged",
                            folder, name);
                return 0;
        }
        r = support_calendar_parse(text, name, &calendar, &message);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "%s/%s", folder, message);
                return 0;
        }
        if (calendars->n_items == INPUTS_MAX_CALENDARS) {
                journal_log(LOG_ERR, "%s/%s: more than %d calendars; it is not used", folder, name,
                            INPUTS_MAX_CALENDARS);
                return 0;
        }
        calendars->items[calendars->n_items++] = TAKE(calendar);
        return 0;
}

int inputs_load_calendars(const char *folder, Calendars *ret) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_closedir_ DIR *dir = NULL;
        struct dirent *entry;
        TextList names = {};
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        dir = opendir(folder);
        if (!dir) {
                journal_log(LOG_ERR, "%s: the support calendars cannot be read: %s", folder,
                            strerror(errno));
                return INPUTS_E_REFUSED;
        }
        while ((entry = readdir(dir)))
                if (entry->d_name[0] != '.' && text_ends_with(entry->d_name, ".conf"))
                        text_list_add(&names, pool, memory_pool_text(pool, entry->d_name));
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);

        if (names.n_items > 1)
                qsort((void *) names.items, names.n_items, sizeof(*names.items), compare_names);
        for (size_t i = 0; i < names.n_items; i++) {
                r = load_calendar(dirfd(dir), folder, names.items[i], ret);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

void inputs_free_calendars(Calendars *calendars) {
        for (size_t i = 0; i < calendars->n_items; i++)
                support_calendar_free(calendars->items[i]);
        calendars->n_items = 0;
}

/* The file's name without folder and without a final `.digest` names the feed. */
static const char *feed_name(MemoryPool *pool, const char *path) {
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
        size_t n = strlen(name);

        if (text_ends_with(name, ".digest") && n > strlen(".digest"))
                n -= strlen(".digest");
        return memory_pool_text_n(pool, name, n);
}

/* Does a record of this stream, or without one of this kernel, concern hosts of the major release? */
static bool is_of_major(const char *stream, const char *kernel, int major) {
        KernelRelease release;
        int own, minor;
        size_t n_prefix;

        if (major < 0)
                return true;
        if (stream && stream_name_parse(stream, &n_prefix, &own, &minor))
                return own == major;
        if (kernel && kernel_release_parse(kernel, &release) == 0 && release.dist_major >= 0)
                return release.dist_major == major;
        return true;
}

/* What a host never asks for is not kept on it. */
static void drop_other_majors(Facts *facts, int major) {
#define KEEP(kind, stream, kernel)                                  \
        do {                                                        \
                size_t _n = 0;                                      \
                                                                    \
                for (size_t i = 0; i < facts->n_##kind; i++)        \
                        if (is_of_major((stream), (kernel), major)) \
                                facts->kind[_n++] = facts->kind[i]; \
                facts->n_##kind = _n;                               \
        } while (false)
        KEEP(kernels, facts->kernels[i].stream, facts->kernels[i].release);
        KEEP(patches, facts->patches[i].stream, facts->patches[i].base);
        KEEP(repositories, facts->repositories[i].stream, NULL);
        KEEP(windows, NULL, facts->windows[i].kernel);
        /* Of which major release a withdrawn advisory was, nobody knows any more: those stay. */
#undef KEEP
}

static int refuse(char **ret_message, const char *format, ...) _printf_(2, 3);

static int refuse(char **ret_message, const char *format, ...) {
        va_list arguments;
        int n;

        va_start(arguments, format);
        n = vasprintf(ret_message, format, arguments);
        va_end(arguments);
        return n < 0 ? error_origin(-ENOMEM) : INPUTS_E_REFUSED;
}

/* Checks a digest and reduces it to what this host asks for. */
static int reduce_digest(const char *name, const char *data, size_t n_bytes, const char *vendor,
                         int major, char **ret, size_t *ret_n_bytes, char **ret_message) {
        char reason[DIGEST_READ_REASON_BYTES];
        _cleanup_(facts_freep) Facts *incoming = NULL;
        const FactSource *source;
        DigestHeader header;
        TextList notes = {};
        int r;

        r = facts_new(&incoming);
        if (r)
                return error_fold(r);
        r = digest_read(incoming, name, FEED_KIND_FILE, data, n_bytes, reason);
        if (r < 0)
                return error_trace(r);
        if (r)
                return refuse(ret_message, "%s; what was held before stays", reason);

        source = &incoming->sources[0];
        if (source->complete_to == UTC_TIME_NONE &&
            incoming->n_kernels + incoming->n_patches + incoming->n_repositories +
                                            incoming->n_windows + incoming->n_withdrawn ==
                            0)
                return refuse(ret_message, "%s: it holds no records; what was held before stays",
                              name);
        if (vendor && !text_equal(source->vendor, vendor))
                return refuse(ret_message,
                              "%s: it is of vendor %s, this host's kernel of %s; what was held "
                              "before stays",
                              name, source->vendor, vendor);
        drop_other_majors(incoming, major);
        header = (DigestHeader){ .vendor = source->vendor,
                                 .source = source->source,
                                 .complete_to = source->complete_to };
        r = digest_write(incoming, &header, &notes, incoming->pool, ret, ret_n_bytes);
        return r ? error_fold(r) : 0;
}

static int take(const char *name, const char *data, size_t n_bytes, const char *vendor, int major,
                DigestStore *store, char **ret_kept, size_t *ret_n_kept, char **ret_message) {
        _cleanup_free_ char *kept = NULL;
        size_t n_kept;
        int r;

        r = reduce_digest(name, data, n_bytes, vendor, major, &kept, &n_kept, ret_message);
        if (r)
                return r < 0 ? error_trace(r) : INPUTS_E_REFUSED;
        if (!store) {
                *ret_kept = TAKE(kept);
                *ret_n_kept = n_kept;
                return 0;
        }
        r = digest_store_replace(store, name, kept, n_kept, ret_message);
        if (r < 0)
                return error_trace(r);
        return r ? INPUTS_E_REFUSED : 0;
}

int inputs_import(const char *name, const char *data, size_t n_bytes, const char *vendor, int major,
                  DigestStore *store, char **ret_kept, size_t *ret_n_kept, char **ret_message) {
        return take(name, data, n_bytes, vendor, major, store, ret_kept, ret_n_kept, ret_message);
}

int inputs_take_digest(const char *path, int major, Facts *facts, DigestStore *store) {
        char reason[DIGEST_READ_REASON_BYTES];
        _cleanup_free_ char *data = NULL, *message = NULL;
        const char *name = feed_name(facts->pool, path);
        size_t n_bytes;
        int r;

        r = bounded_read(AT_FDCWD, path, DIGEST_MAX_BYTES, &data, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "%s: the digest cannot be read: %s", path,
                            r == BOUNDED_READ_E_TOO_LARGE ? "it is larger than 64 MiB"
                            : r == BOUNDED_READ_E_MISSING ? "there is no such file"
                                                          : strerror(errno));
                return INPUTS_E_REFUSED;
        }
        if (store) {
                r = take(name, data, n_bytes, NULL, major, store, NULL, NULL, &message);
                if (r <= 0)
                        return r < 0 ? error_trace(r) : 0;
                journal_log(LOG_ERR, "%s: %s", path, message);
                /* What is sound and cannot be kept still counts for this run. */
        }

        r = digest_read(facts, name, FEED_KIND_FILE, data, n_bytes, reason);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "%s: the digest is refused: %s", path, reason);
                return INPUTS_E_REFUSED;
        }
        return 0;
}

/* The major release that runs, -1 when that cannot be told. */
static int find_major(const HostRoot *root, int *ret) {
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        KernelRelease release;
        int r;

        r = host_facts_new(&host);
        if (r)
                return error_fold(r);
        r = livepatch_scan(root, host);
        if (r)
                return error_fold(r);
        *ret = host->kernel && kernel_release_parse(host->kernel, &release) == 0
                               ? release.dist_major
                               : -1;
        return 0;
}

static const char *file_of(const char *path) {
        const char *slash = strrchr(path, '/');

        return slash ? slash + 1 : path;
}

/* A feed is known by its file's name: two files of one name would replace each other. */
static bool is_named_before(const TextList *digests, size_t index) {
        for (size_t i = 0; i < index; i++)
                if (strcmp(file_of(digests->items[i]), file_of(digests->items[index])) == 0)
                        return true;
        return false;
}

static int take_named_digests(const InputsSources *sources, int major, Facts *facts,
                              bool *ret_refused) {
        bool refused = false;

        for (size_t i = 0; i < sources->digests->n_items; i++) {
                const char *path = sources->digests->items[i];
                int r;

                if (is_named_before(sources->digests, i)) {
                        journal_log(LOG_ERR,
                                    "%s: a digest of this name was given before; it is not used",
                                    path);
                        refused = true;
                        continue;
                }
                r = inputs_take_digest(path, major, facts, sources->store);
                if (r < 0)
                        return error_trace(r);
                refused = refused || r > 0;
        }
        *ret_refused = refused;
        return 0;
}

/* Of which feeds the store's digests do not count: those that are off, and those of which a newer one is held. */
static TextList left_out(const InputsSources *sources, MemoryPool *pool) {
        const FeedSources *feeds = sources->feeds;
        TextList names = {};

        for (size_t i = 0; feeds && i < feeds->n_items; i++)
                if (feed_source_enabled(&feeds->items[i]) == FEED_ENABLED_NO)
                        text_list_add(&names, pool, feeds->items[i].name);
        for (size_t i = 0; i < sources->n_held; i++)
                text_list_add(&names, pool, sources->held[i].name);
        return names;
}

/* How soon facts count as stale hangs on how they reached us. */
static void tell_kinds(const FeedSources *feeds, Facts *facts) {
        for (size_t i = 0; feeds && i < facts->n_sources; i++) {
                const FeedSource *source = feed_sources_find(feeds, facts->sources[i].name);

                if (source)
                        facts->sources[i].kind = feed_source_is_local(source) ? FEED_KIND_CACHE
                                                                              : FEED_KIND_NETWORK;
        }
}

static int load_held(const InputsSources *sources, Facts *facts) {
        for (size_t i = 0; i < sources->n_held; i++) {
                const HeldDigest *held = &sources->held[i];
                char reason[DIGEST_READ_REASON_BYTES];
                int r;

                r = digest_read(facts, memory_pool_text(facts->pool, held->name), FEED_KIND_FILE,
                                held->data, held->n_bytes, reason);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

int inputs_load_facts(const InputsSources *sources, Facts **ret) {
        _cleanup_(facts_freep) Facts *facts = NULL;
        TextList messages = {};
        int r, major = -1;
        bool refused;

        /* Only what is named on the command line is reduced to this host's major on its way into the store. */
        if (sources->store && sources->digests->n_items > 0) {
                r = find_major(sources->root, &major);
                if (r)
                        return error_fold(r);
        }
        r = facts_new(&facts);
        if (r)
                return error_fold(r);
        r = take_named_digests(sources, major, facts, &refused);
        if (r)
                return error_fold(r);
        if (sources->store) {
                TextList names = left_out(sources, facts->pool);

                r = digest_store_load(sources->store, &names, facts, &messages);
                if (r)
                        return error_fold(r);
        }
        r = load_held(sources, facts);
        if (r)
                return error_fold(r);
        tell_kinds(sources->feeds, facts);
        for (size_t i = 0; i < messages.n_items; i++)
                journal_log(LOG_WARNING, "%s", messages.items[i]);
        r = facts_drop_superseded(facts);
        if (r)
                return error_fold(r);
        r = facts_index(facts);
        if (r)
                return error_fold(r);
        *ret = TAKE(facts);
        return refused ? INPUTS_E_REFUSED : 0;
}

int inputs_export(const Facts *facts, char **ret, size_t *ret_n_bytes, char **ret_message) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        TextList notes = {};
        DigestHeader header;
        const char *problem;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = digest_header_unite(facts, pool, &header, &problem);
        if (r == 0) {
                r = digest_write(facts, &header, &notes, pool, ret, ret_n_bytes);
                problem = notes.n_items > 0 ? notes.items[notes.n_items - 1] : "contradiction";
        }
        if (r <= 0)
                return r < 0 ? error_trace(r) : 0;
        *ret_message = strdup(problem);
        return *ret_message ? INPUTS_E_REFUSED : error_origin(-ENOMEM);
}
