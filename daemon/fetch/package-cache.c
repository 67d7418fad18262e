/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A host that updates its packages has fetched its repositories' metadata, the only complete source of
 * what is eligible. This looks for it, gives each changed folder to klpwatch-digest, and unites what
 * comes back. Of several folders of one repository the newest that is whole counts: klpwatch-digest
 * judges that, and the repository's own revision orders them. Repositories without kernels are read
 * once and then known as noise. A folder that was read before and cannot be read now fails the attempt:
 * a digest without its records would be a step back from the one that is held.
 *
 * One kernel may be published in the repositories of several channels: each tells of its own, in a record of
 * its own. It refuses to mix vendors.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/cache-search.h"
#include "fetch/digest-child.h"
#include "fetch/fetch-cursor.h"
#include "fetch/package-cache.h"
#include "format/digest-read.h"
#include "format/digest-write.h"

/* What came of one folder. */
typedef struct Reading {
        const CacheFolder *folder;
        FolderResult result;
        const char *problem; /* a sentence with its path; NULL = none */
        char *digest;        /* of FOLDER_READ */
        size_t n_digest;
        const char *vendor;
        UtcTime complete_to;
        bool beaten; /* a newer folder of the same repository counts */
} Reading;

typedef struct Fetch {
        const FetchJob *job;
        MemoryPool *pool;
        CacheFolders folders;
        FetchCursor before; /* empty when there was none */
        bool same_tool;     /* this version of klpwatch wrote it */
        Reading *readings;  /* one a folder */
} Fetch;

static void fetch_clear(Fetch *fetch) {
        for (size_t i = 0; fetch->readings && i < fetch->folders.n_items; i++)
                free(fetch->readings[i].digest);
}

static const CursorFolder *seen_before(const Fetch *fetch, const CacheFolder *folder) {
        for (size_t i = 0; i < fetch->before.n_folders; i++)
                if (strcmp(fetch->before.folders[i].path, folder->path) == 0 &&
                    text_equal(fetch->before.folders[i].fingerprint, folder->fingerprint))
                        return &fetch->before.folders[i];
        return NULL;
}

static bool is_unchanged(const Fetch *fetch) {
        if (!fetch->same_tool || fetch->before.n_folders != fetch->folders.n_items ||
            !text_equal(fetch->before.vendor, fetch->job->request->vendor) ||
            (!fetch->before.empty && !fetch->job->request->digest))
                return false;
        for (size_t i = 0; i < fetch->folders.n_items; i++)
                if (!seen_before(fetch, &fetch->folders.items[i]))
                        return false;
        return true;
}

static const char *day_text(const Fetch *fetch, UtcTime time) {
        char text[UTC_DAY_TEXT_BYTES];

        return memory_pool_text(fetch->pool, utc_day_format(utc_day_of(time), text));
}

/* Sees what came back: whose it is and up to when, or that there is nothing in it. */
static int judge(Fetch *fetch, Reading *reading) {
        char reason[DIGEST_READ_REASON_BYTES];
        _cleanup_(facts_freep) Facts *facts = NULL;
        int r;

        r = facts_new(&facts);
        if (r)
                return error_fold(r);
        r = digest_read(facts, "klpwatch-digest's", FEED_KIND_CACHE, reading->digest,
                        reading->n_digest, reason);
        if (r < 0)
                return error_trace(r);
        if (r) {
                reading->result = FOLDER_REFUSED;
                reading->problem = memory_pool_format(fetch->pool, "/%s: %s", reading->folder->path,
                                                      reason);
        } else if (facts->n_kernels + facts->n_patches + facts->n_repositories + facts->n_windows ==
                   0)
                reading->result = FOLDER_NOISE;
        else if (facts->sources[0].complete_to != UTC_TIME_NONE &&
                 facts->sources[0].complete_to > utc_time_now() + USEC_PER_DAY) {
                /* It would be fresh for ever, and what is in it would only count then. */
                reading->result = FOLDER_REFUSED;
                reading->problem = memory_pool_format(
                                fetch->pool, "/%s: its revision is of the future (%s)",
                                reading->folder->path,
                                day_text(fetch, facts->sources[0].complete_to));
        } else {
                reading->result = FOLDER_READ;
                reading->vendor = memory_pool_text(fetch->pool, facts->sources[0].vendor);
                reading->complete_to = facts->sources[0].complete_to;
        }
        return 0;
}

/* The folder may have gone, or become something else, since it was found. */
static int read_folder(Fetch *fetch, Reading *reading) {
        const CacheFolder *folder = reading->folder;
        _cleanup_close_ int fd = -1;
        const char *reason;
        DigestChild child;
        int r;

        r = host_root_open(fetch->job->root, folder->path, O_DIRECTORY | O_NOFOLLOW, &fd);
        if (r < 0)
                return error_trace(r);
        if (r) {
                reading->result = FOLDER_REFUSED;
                reading->problem = memory_pool_format(fetch->pool, "/%s: %s", folder->path,
                                                      strerror(errno));
                return 0;
        }
        child = (DigestChild){
                .program = fetch->job->digest_program,
                .option = memory_pool_format(fetch->pool, "--repository=%s", folder->repository),
                .input = ".",
                .folder_fd = fd,
                .cancel_fd = fetch->job->socket,
        };
        r = digest_child_run(&child, fetch->pool, &reading->digest, &reading->n_digest, &reason);
        if (r < 0)
                return error_trace(r);
        if (r == DIGEST_CHILD_E_CANCELLED)
                return FETCH_JOB_E_CANCELLED;
        if (r == 0)
                return judge(fetch, reading);
        reading->result = FOLDER_REFUSED;
        /* It was started in the folder: what it says of "." is said of that. */
        reading->problem = text_starts_with(reason, "./")
                                           ? memory_pool_format(fetch->pool, "/%s%s", folder->path,
                                                                reason + 1)
                                           : memory_pool_format(fetch->pool, "/%s: %s",
                                                                folder->path, reason);
        return 0;
}

static int read_folders(Fetch *fetch) {
        for (size_t i = 0; i < fetch->folders.n_items; i++) {
                Reading *reading = &fetch->readings[i];
                const CursorFolder *seen;
                int r;

                reading->folder = &fetch->folders.items[i];
                if (reading->folder->problem) {
                        reading->result = FOLDER_UNREADABLE;
                        reading->problem = reading->folder->problem;
                        continue;
                }
                seen = seen_before(fetch, reading->folder);
                if (seen && fetch->same_tool && seen->result == FOLDER_NOISE) {
                        reading->result = FOLDER_NOISE;
                        continue;
                }
                r = fetch_job_report(fetch->job,
                                     memory_pool_format(fetch->pool, "reading %s (%zu of %zu)",
                                                        reading->folder->repository, i + 1,
                                                        fetch->folders.n_items));
                if (r)
                        return error_fold(r);
                if (fetch_job_is_cancelled(fetch->job))
                        return FETCH_JOB_E_CANCELLED;
                r = read_folder(fetch, reading);
                if (r)
                        return r < 0 ? error_trace(r) : FETCH_JOB_E_CANCELLED;
        }
        return 0;
}

static bool is_newer(const Reading *a, const Reading *b) {
        if (a->complete_to != b->complete_to)
                return a->complete_to > b->complete_to;
        return a->folder->refreshed_nsec > b->folder->refreshed_nsec;
}

/* Of folders of one repository the newest whole one counts; a broken one that is older is not worth a word. */
static void choose(Fetch *fetch) {
        for (size_t i = 0; i < fetch->folders.n_items; i++)
                for (size_t j = 0; j < fetch->folders.n_items; j++) {
                        Reading *a = &fetch->readings[i], *b = &fetch->readings[j];

                        if (i == j || b->result != FOLDER_READ ||
                            !text_equal(a->folder->repository, b->folder->repository))
                                continue;
                        if (a->result == FOLDER_READ && !b->beaten &&
                            (is_newer(b, a) || (!is_newer(a, b) && j > i)))
                                a->beaten = true;
                        else if (a->result == FOLDER_REFUSED &&
                                 a->folder->refreshed_nsec <= b->folder->refreshed_nsec)
                                a->problem = NULL;
                }
}

/* The host's vendor, else that of the first repository with kernels in it. */
static const char *vendor_of(const Fetch *fetch) {
        if (fetch->job->request->vendor)
                return fetch->job->request->vendor;
        for (size_t i = 0; i < fetch->folders.n_items; i++)
                if (fetch->readings[i].result == FOLDER_READ && !fetch->readings[i].beaten)
                        return fetch->readings[i].vendor;
        return NULL;
}

/*
 * Repositories of one revision may contradict each other in a detail. No record is worth losing all: the
 * one that comes later counts, which a few microseconds tell the writer.
 */
static void break_tie(FactSource *source, size_t n) {
        source->complete_to = (source->complete_to == UTC_TIME_NONE ? 0 : source->complete_to) +
                              (UtcTime) n;
}

/* 0 with `ret_header` and facts of `vendor`, or -ENOMEM. */
static int collect(Fetch *fetch, const char *vendor, Facts *facts, DigestHeader *ret_header) {
        DigestHeader header = { .vendor = vendor,
                                .source = "package manager's cache",
                                .complete_to = UTC_TIME_NONE };

        for (size_t i = 0; i < fetch->folders.n_items; i++) {
                Reading *reading = &fetch->readings[i];
                char reason[DIGEST_READ_REASON_BYTES];
                int r;

                if (reading->result != FOLDER_READ || reading->beaten)
                        continue;
                if (!text_equal(reading->vendor, vendor)) {
                        reading->problem = memory_pool_format(
                                        fetch->pool, "/%s: its kernels are of %s, not of %s",
                                        reading->folder->path, reading->vendor, vendor);
                        continue;
                }
                r = digest_read(facts, reading->folder->repository, FEED_KIND_CACHE,
                                reading->digest, reading->n_digest, reason);
                if (r)
                        return error_fold(r);
                break_tie(&facts->sources[facts->n_sources - 1], facts->n_sources);
                if (reading->complete_to > header.complete_to)
                        header.complete_to = reading->complete_to;
        }
        *ret_header = header;
        return 0;
}

/* One text about all that was not read; the longest list must still fit. NULL = nothing to tell. */
static const char *problems_of(const Fetch *fetch) {
        size_t n_unreadable = 0, n_told = 0, n = 0;
        const char *text = NULL;

        for (size_t i = 0; i < fetch->folders.n_items; i++) {
                const Reading *reading = &fetch->readings[i];

                if (!reading->problem)
                        continue;
                n++;
                n_unreadable += reading->folder->unreadable;
                if (n_told == 3 || (reading->folder->unreadable && n_unreadable > 1))
                        continue;
                n_told++;
                text = memory_pool_format(fetch->pool, "%s%s%s", text ? text : "", text ? "; " : "",
                                          reading->problem);
        }
        if (n > n_told)
                text = memory_pool_format(fetch->pool, "%s; and %zu more like this", text,
                                          n - n_told);
        if (n_unreadable > 0)
                text = memory_pool_format(fetch->pool,
                                          "%s; make it readable (chmod -R a+rX, and let the "
                                          "package manager run with umask 022), or import what "
                                          "klpwatch-digest --repository=ID makes of it",
                                          text);
        return text;
}

static int write_cursor(const Fetch *fetch, bool empty, const char *text, const char **ret) {
        FetchCursor cursor = { .tool = KLPWATCH_VERSION,
                               .vendor = fetch->job->request->vendor,
                               .empty = empty,
                               .text = text };
        int r;

        for (size_t i = 0; i < fetch->folders.n_items; i++) {
                const Reading *reading = &fetch->readings[i];
                CursorFolder *folder =
                                memory_pool_append(fetch->pool, cursor.folders, cursor.n_folders);

                if (folder)
                        *folder = (CursorFolder){ reading->folder->path,
                                                  reading->folder->fingerprint, reading->result };
        }
        r = fetch_cursor_write(&cursor, fetch->pool, ret);
        return r ? error_fold(r) : 0;
}

/* Nothing of use: a failure where something could not be read, else simply so. */
static int answer_nothing(const Fetch *fetch, FetchResult *ret) {
        const char *problems = problems_of(fetch);
        const char *text;
        int r;

        if (problems)
                return fetch_job_answer(ret, FETCH_FAILED, problems);
        text = memory_pool_format(fetch->pool,
                                  "no kernel or live patch of a known vendor in the %zu "
                                  "repositories of the package manager's cache",
                                  fetch->folders.n_items);
        r = write_cursor(fetch, true, text, &ret->cursor);
        return r ? error_fold(r) : fetch_job_answer(ret, FETCH_EMPTY, text);
}

/* Would the digest that is held lose a folder that only could not be read? */
static bool has_lost_one(const Fetch *fetch) {
        for (size_t i = 0; i < fetch->folders.n_items; i++) {
                const Reading *reading = &fetch->readings[i];

                if (!reading->problem || reading->result == FOLDER_READ)
                        continue;
                for (size_t j = 0; j < fetch->before.n_folders; j++)
                        if (fetch->before.folders[j].result == FOLDER_READ &&
                            strcmp(fetch->before.folders[j].path, reading->folder->path) == 0)
                                return true;
        }
        return false;
}

static const RepositoryFact *find_repository(const Facts *facts, const char *id) {
        for (size_t i = 0; i < facts->n_repositories; i++)
                if (strcmp(facts->repositories[i].repository, id) == 0)
                        return &facts->repositories[i];
        return NULL;
}

/*
 * Holds what was read against the digest that is held. A repository that went back to an older revision
 * would take back what was known (1, with a sentence); one that is gone is only named, as whoever
 * disables it means that.
 */
static int compare_with_held(const Fetch *fetch, const Facts *facts, const char **ret_problem,
                             TextList *ret_gone) {
        char reason[DIGEST_READ_REASON_BYTES];
        _cleanup_(facts_freep) Facts *held = NULL;
        int r;

        if (!fetch->job->digest)
                return 0;
        r = facts_new(&held);
        if (r)
                return error_fold(r);
        r = digest_read(held, "held", FEED_KIND_CACHE, fetch->job->digest, fetch->job->n_digest,
                        reason);
        if (r)
                return r < 0 ? error_trace(r) : 0; /* what cannot be read says nothing */
        for (size_t i = 0; i < held->n_repositories; i++) {
                const RepositoryFact *before = &held->repositories[i],
                                     *now = find_repository(facts, before->repository);

                if (!now) {
                        text_list_format(ret_gone, fetch->pool,
                                         "repository %s was read before and is gone, and what only "
                                         "it said with it",
                                         before->repository);
                } else if (now->complete_at != UTC_TIME_NONE &&
                           before->complete_at != UTC_TIME_NONE &&
                           now->complete_at < before->complete_at) {
                        *ret_problem = memory_pool_format(
                                        fetch->pool,
                                        "repository %s went back from %s to %s; what was read "
                                        "before stays (remove its folder to start anew)",
                                        before->repository, day_text(fetch, before->complete_at),
                                        day_text(fetch, now->complete_at));
                        return 1;
                }
        }
        return 0;
}

static const char *with_gone(const Fetch *fetch, const char *problems, const TextList *gone) {
        for (size_t i = 0; i < gone->n_items && i < 3; i++)
                problems = memory_pool_format(fetch->pool, "%s%s%s", problems ? problems : "",
                                              problems ? "; " : "", gone->items[i]);
        return problems;
}

static int finish(Fetch *fetch, FetchResult *ret) {
        _cleanup_(facts_freep) Facts *facts = NULL;
        const char *vendor, *problems, *back = NULL;
        DigestHeader header;
        TextList notes = {}, gone = {};
        int r;

        choose(fetch);
        if (fetch->job->request->digest && has_lost_one(fetch))
                return fetch_job_answer(ret, FETCH_FAILED, problems_of(fetch));
        vendor = vendor_of(fetch);
        r = facts_new(&facts);
        if (r)
                return error_fold(r);
        r = collect(fetch, vendor, facts, &header);
        if (r)
                return error_fold(r);
        if (facts->n_sources == 0)
                return answer_nothing(fetch, ret);
        r = compare_with_held(fetch, facts, &back, &gone);
        if (r < 0)
                return error_trace(r);
        if (r)
                return fetch_job_answer(ret, FETCH_FAILED, back);
        r = digest_write(facts, &header, &notes, fetch->pool, &ret->digest, &ret->n_digest);
        if (r)
                return error_fold(r);
        problems = with_gone(fetch, problems_of(fetch), &gone);
        r = write_cursor(fetch, false, problems, &ret->cursor);
        return r ? error_fold(r) : fetch_job_answer(ret, FETCH_CHANGED, problems);
}

int package_cache_fetch(const FetchJob *job, FetchResult *ret) {
        _cleanup_(fetch_clear) Fetch fetch = { .job = job, .pool = job->pool };
        FetchCursor cursor;
        int r;

        r = cache_search(job->root, job->request->location, job->pool, &fetch.folders);
        if (r)
                return error_fold(r);
        if (fetch.folders.n_items == 0)
                return fetch_job_answer(
                                ret, FETCH_ABSENT,
                                memory_pool_format(job->pool, "no repository's metadata below %s",
                                                   job->request->location ? job->request->location
                                                                          : CACHE_SEARCH_PLACES));
        if (job->cursor) {
                r = fetch_cursor_read(job->cursor, job->n_cursor, job->pool, &cursor);
                if (r < 0)
                        return error_trace(r);
                if (r == 0) {
                        fetch.before = cursor;
                        fetch.same_tool = text_equal(cursor.tool, KLPWATCH_VERSION);
                }
        }
        if (is_unchanged(&fetch)) {
                ret->cursor = memory_pool_text_n(job->pool, job->cursor, job->n_cursor);
                return fetch_job_answer(ret, fetch.before.empty ? FETCH_EMPTY : FETCH_UNCHANGED,
                                        fetch.before.text);
        }
        fetch.readings = memory_pool_alloc(job->pool,
                                           fetch.folders.n_items * sizeof(*fetch.readings));
        if (!fetch.readings)
                return error_origin(-ENOMEM);
        r = read_folders(&fetch);
        if (r)
                return r < 0 ? error_trace(r) : FETCH_JOB_E_CANCELLED;
        r = finish(&fetch, ret);
        return r ? error_fold(r) : 0;
}
