/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Confined runs. Who touches foreign bytes owns nothing, and who owns something touches no foreign bytes:
 *
 *      this process ── opens what was listed before ──► parser: reads files, makes the digest
 *           └─ for each archive ──► unpacker ──(stream of documents)──► parser
 *
 * The digest comes back in a file without a name, and is looked at no more than a file that is
 * copied. It refuses to open a path that was not listed before the first byte was read, whoever
 * asks for it, and to use anything of a run in which a worker died.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/text.h"
#include "digest/confined-run.h"
#include "digest/document-archive.h"
#include "digest/document-stream.h"
#include "digest/memory-watch.h"
#include "digest/repository-metadata.h"
#include "digest/sandbox.h"
#include "digest/worker.h"

#define DOCUMENT_CPU_SECONDS 20
#define LARGE_CPU_SECONDS 600 /* an archive, or a file of a repository */
#define PIPE_BYTES (1024 * 1024)
#define STANDARD_INPUT "-"

/* What the parser leaves on a page that both see. */
typedef struct Outcome {
        DigestRunCounts counts;
        bool complete, written, lost;
} Outcome;

typedef struct Run {
        const ConfinedJob *job;
        MemoryPool *pool;
        TextList paths; /* that may be opened, sorted */
        int list_error; /* why they could not be listed */
        int nothing;    /* an empty standard input */
        Worker *parser, *unpacker;
        Outcome *outcome;
        bool died;
} Run;

/* --- the parser */

static int put(const char *text, size_t n_bytes) {
        while (n_bytes > 0) {
                ssize_t n = write(STDOUT_FILENO, text, n_bytes);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return error_origin(-errno);
                text += n;
                n_bytes -= (size_t) n;
        }
        return 0;
}

static int parse(void *data) {
        const Run *run = data;
        const ConfinedJob *job = run->job;
        const Opener opener = { .socket = WORKER_SOCKET };
        _cleanup_(digest_run_freep) DigestRun *digest = NULL;
        _cleanup_free_ char *text = NULL;
        size_t n_bytes = 0;
        int r;

        r = digest_run_new(&digest, job->mode, job->as_of);
        if (r)
                return error_fold(r);
        if (job->source)
                document_source_set_opener(job->source, &opener);
        r = job->source ? digest_run_read(digest, job->source)
                        : digest_run_read_repository(digest, &opener, job->repository, job->id);
        run->outcome->lost = r == DIGEST_RUN_E_LOST;
        if (r)
                return r < 0 ? error_trace(r) : 0;
        if (job->mode != DIGEST_MODE_CHECK) {
                r = digest_run_write(digest, &text, &n_bytes);
                if (r < 0)
                        return error_trace(r);
                if (r == 0) {
                        r = put(text, n_bytes);
                        if (r)
                                return error_fold(r);
                        run->outcome->written = true;
                }
        }
        run->outcome->counts = digest_run_counts(digest);
        run->outcome->complete = true;
        return 0;
}

/* --- the unpacker */

static int unpack(void *data) {
        const char *path = data;
        char reason[DOCUMENT_SOURCE_REASON_BYTES];
        _cleanup_(document_archive_freep) DocumentArchive *archive = NULL;
        int r;

        r = document_archive_new(&archive, STDIN_FILENO, path, NULL, reason);
        if (r > 0) {
                r = memory_watch_failed() ? error_origin(-ENOMEM)
                                          : document_stream_send_broken(STDOUT_FILENO, reason);
                return r;
        }
        if (r == 0)
                r = document_stream_send(archive, STDOUT_FILENO);
        return r ? error_fold(r) : 0;
}

/* --- the process that opens */

static int compare_texts(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void list_repository(Run *run) {
        const char *folder = repository_metadata_folder(run->pool, run->job->repository);
        _cleanup_closedir_ DIR *dir = opendir(folder);
        struct dirent *entry;

        if (!dir) {
                run->list_error = errno;
                return;
        }
        while ((entry = readdir(dir)))
                if (entry->d_name[0] != '.')
                        text_list_format(&run->paths, run->pool, "%s/%s", folder, entry->d_name);
        if (run->paths.n_items > 1)
                qsort(run->paths.items, run->paths.n_items, sizeof(*run->paths.items),
                      compare_texts);
}

static bool is_listed(const Run *run, const char *path) {
        return run->paths.n_items > 0 && bsearch(&path, run->paths.items, run->paths.n_items,
                                                 sizeof(*run->paths.items), compare_texts);
}

/* The unpacker's stream for an open archive. */
static int start_unpacker(Run *run, const char *path, int archive, int *ret_fd) {
        _cleanup_close_ int from = -1, to = -1;
        int pair[2], r;

        if (pipe2(pair, O_CLOEXEC) < 0)
                return error_origin(-errno);
        from = pair[0];
        to = pair[1];
        (void) !fcntl(to, F_SETPIPE_SZ, PIPE_BYTES);
        r = worker_start(&run->unpacker, &(WorkerSetup){
                                                         .input = archive,
                                                         .output = to,
                                                         .socket = -1,
                                                         .cpu_seconds = LARGE_CPU_SECONDS,
                                                         .document = path,
                                                         .work = unpack,
                                                         .data = (char *) path,
                                         });
        if (r)
                return error_fold(r);
        *ret_fd = TAKE_FD(from);
        return 0;
}

/* Opens what the parser asks for: 0, a positive errno, or a negative one. */
static int open_listed(Run *run, const char *path, int *ret_fd) {
        _cleanup_close_ int fd = -1;
        int r;

        if (!is_listed(run, path))
                return run->list_error ?: ENOENT;
        if (run->job->source && strcmp(path, STANDARD_INPUT) == 0) {
                *ret_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
                return *ret_fd < 0 ? errno : 0;
        }
        r = bounded_read_open(AT_FDCWD, path, &fd);
        if (r)
                return r < 0 ? error_trace(r) : errno;
        if (run->job->source && document_archive_is_name(path)) {
                r = start_unpacker(run, path, fd, ret_fd);
                return r ? error_fold(r) : 0;
        }
        *ret_fd = TAKE_FD(fd);
        return 0;
}

/*
 * Whoever asks for the next is done with the last: how its unpacker ended is of no interest. One that is
 * not confined ends by itself as nobody reads, and has time to look for leaks before.
 */
static void end_unpacker(Run *run) {
        char reason[WORKER_REASON_BYTES];

        if (run->unpacker)
                (void) !worker_end(run->unpacker, sandbox_is_on(), reason);
        run->unpacker = worker_free(run->unpacker);
}

/* Answers the parser until it ends. */
static int serve(Run *run, int socket) {
        for (;;) {
                _cleanup_close_ int fd = -1;
                const char *path = NULL;
                bool large;
                int r;

                r = opener_receive(socket, run->pool, &path);
                if (r)
                        return error_fold(r);
                if (!path)
                        return 0;
                end_unpacker(run);
                large = !run->job->source || document_archive_is_name(path);
                r = open_listed(run, path, &fd);
                if (r < 0)
                        return error_trace(r);
                worker_allow(run->parser, large ? LARGE_CPU_SECONDS : DOCUMENT_CPU_SECONDS);
                r = opener_answer(socket, fd, r);
                if (r)
                        return error_fold(r);
        }
}

static int start_parser(Run *run, int digest, int *ret_socket) {
        _cleanup_close_ int asking = -1, answering = -1;
        int r;

        r = opener_pair(&asking, &answering);
        if (r)
                return error_fold(r);
        r = worker_start(&run->parser, &(WorkerSetup){
                                                       .input = run->nothing,
                                                       .output = digest,
                                                       .socket = asking,
                                                       .cpu_seconds = DOCUMENT_CPU_SECONDS,
                                                       .document = "the inputs",
                                                       .work = parse,
                                                       .data = run,
                                       });
        if (r)
                return error_fold(r);
        *ret_socket = TAKE_FD(answering);
        return 0;
}

static void tell(Run *run, const char *reason, bool died) {
        run->died |= died;
        fprintf(stderr, "%s (nothing was written)\n",
                text_printable(run->pool, reason, WORKER_REASON_BYTES));
}

/* How it went: true if what the parser left is to be used. */
static int judge(Run *run, bool *ret) {
        char reason[WORKER_REASON_BYTES] = "";
        int r;

        r = worker_end(run->parser, false, reason);
        if (r < 0)
                return error_trace(r);
        if (r == WORKER_E_DIED)
                tell(run, reason, true);
        *ret = r == 0 && run->outcome->complete;
        if (r != 0 || !run->outcome->lost)
                return 0;

        r = run->unpacker ? worker_end(run->unpacker, true, reason) : 0;
        run->unpacker = worker_free(run->unpacker);
        if (r < 0)
                return error_trace(r);
        if (r != WORKER_E_FAILED)
                tell(run, r ? reason : "an archive's documents did not arrive", r != 0);
        return 0;
}

static void *shared_page(size_t n_bytes) {
        void *page = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

        return page == MAP_FAILED ? NULL : page;
}

static int run_workers(Run *run, int digest, ConfinedResult *ret) {
        _cleanup_close_ int socket = -1;
        bool useful;
        int r;

        r = start_parser(run, digest, &socket);
        if (r == 0)
                r = serve(run, socket);
        if (r == 0)
                r = judge(run, &useful);
        if (r)
                return error_fold(r);
        *ret = (ConfinedResult){ .digest = -1, .complete = useful, .died = run->died };
        if (useful) {
                ret->counts = run->outcome->counts;
                ret->written = run->outcome->written;
        }
        return 0;
}

int confined_run(const ConfinedJob *job, ConfinedResult *ret) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_close_ int digest = -1, nothing = -1;
        Run run = { .job = job };
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        run.pool = pool;
        if (job->source)
                document_source_list(job->source, pool, &run.paths);
        else
                list_repository(&run);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);

        digest = memfd_create("digest", MFD_CLOEXEC);
        nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
        run.nothing = nothing;
        if (digest < 0 || nothing < 0)
                return error_origin(-errno);
        run.outcome = shared_page(sizeof(*run.outcome));
        if (!run.outcome)
                return error_origin(-errno);

        sandbox_prime();
        r = run_workers(&run, digest, ret);
        if (r == 0)
                ret->digest = TAKE_FD(digest);
        worker_free(run.parser);
        end_unpacker(&run);
        munmap(run.outcome, sizeof(*run.outcome));
        return r ? error_fold(r) : 0;
}
