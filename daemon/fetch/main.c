/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * klpwatch-fetch: brings one feed up to date and ends. A straight line: one request from the socket,
 * one job, one answer. It keeps nothing, decides nothing about what a host is told, and parses nothing
 * that came from outside: klpwatch-digest, its child, does that. Whoever closes the socket ends both.
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/packet-socket.h"
#include "base/program-place.h"
#include "base/sealed-file.h"
#include "base/text.h"
#include "fetch/csaf-feed.h"
#include "fetch/digest-feed.h"
#include "fetch/lifecycle-feed.h"
#include "fetch/package-cache.h"
#include "fetch/repository-feed.h"
#include "format/digest-record.h"
#include "format/input-caps.h"

#define REQUEST_WAIT_MSEC 30000
#define MAX_CURSOR_BYTES ((size_t) 1024 * 1024)

enum {
        EXIT_ANSWERED = 0,  /* also with an answer that the feed could not be read */
        EXIT_NO_ANSWER = 1, /* nothing sound was asked, or nobody was left to answer */
        EXIT_USAGE = 2,
        NOT_ANSWERED = 3, /* within the program: the result is still to be sent */
};

static const char help[] =
                "Usage: klpwatch-fetch [--root=DIR] [--cache=DIR]\n"
                "\n"
                "Brings one feed of klpwatchd up to date. klpwatchd starts it, and speaks with it "
                "over\n"
                "the socket that is its standard input; see klpwatch-fetch(8).\n"
                "\n"
                "      --root=DIR  look for package managers' caches below DIR instead of /\n"
                "      --cache=DIR keep downloads in DIR, between attempts too\n"
                "  -h, --help      show this text\n"
                "      --version   show the version\n";

/* Negative: go on; else the exit status. */
static int parse_options(int argc, char **argv, const char **ret_root, const char **ret_cache) {
        enum { ROOT = 256, CACHE, VERSION };
        static const struct option longs[] = {
                { "root", required_argument, NULL, ROOT },
                { "cache", required_argument, NULL, CACHE },
                { "help", no_argument, NULL, 'h' },
                { "version", no_argument, NULL, VERSION },
                {},
        };
        int c;

        while ((c = getopt_long(argc, argv, "h", longs, NULL)) >= 0)
                switch (c) {
                case ROOT:
                        *ret_root = optarg;
                        break;
                case CACHE:
                        *ret_cache = optarg;
                        break;
                case 'h':
                        fputs(help, stdout);
                        return EXIT_ANSWERED;
                case VERSION:
                        puts("klpwatch-fetch " KLPWATCH_VERSION);
                        return EXIT_ANSWERED;
                default:
                        return EXIT_USAGE;
                }
        if (optind < argc) {
                fprintf(stderr, "klpwatch-fetch: unexpected argument %s\n", argv[optind]);
                return EXIT_USAGE;
        }
        return -1;
}

/* The first descriptor of a socket unit, else standard input. */
static int find_socket(void) {
        const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
        int fd = STDIN_FILENO, type = 0;
        socklen_t n_type = sizeof(type);

        if (pid && n && atoll(pid) == (long long) getpid() && strcmp(n, "1") == 0)
                fd = 3;
        /* It is handed over open for every child; klpwatch-digest is not to speak with klpwatchd. */
        if (fd == 3)
                (void) fcntl(fd, F_SETFD, FD_CLOEXEC);
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n_type) < 0 || type != SOCK_SEQPACKET)
                return -1;
        return fd;
}

/* Feeds that are fetched over the network. */
typedef struct RemoteType {
        const char *name;
        int (*fetch)(const FetchJob *job, FetchResult *ret);
} RemoteType;

static const RemoteType remote_types[] = {
        { "csaf", csaf_feed_fetch },
        { "digest", digest_feed_fetch },
        { "lifecycle", lifecycle_feed_fetch },
        { "repository", repository_feed_fetch },
};

static const RemoteType *find_remote(const char *name) {
        for (size_t i = 0; i < ELEMENTS(remote_types); i++)
                if (strcmp(remote_types[i].name, name) == 0)
                        return &remote_types[i];
        return NULL;
}

static int send_answer(int socket, MemoryPool *pool, const FetchAnswer *answer, const int *fds) {
        const char *text, *reason = "the other side is gone";
        int r;

        r = fetch_answer_write(answer, pool, &text);
        if (r)
                return error_fold(r);
        r = packet_send(socket, text, fds, fetch_outcome_n_fds(answer->outcome), true, &reason);
        if (r == 0)
                return EXIT_ANSWERED;
        fprintf(stderr, "klpwatch-fetch: the answer cannot be sent: %s\n", reason);
        return EXIT_NO_ANSWER;
}

static int fail(int socket, MemoryPool *pool, const char *text) {
        FetchAnswer answer = { .outcome = FETCH_FAILED, .text = text };
        int r;

        r = send_answer(socket, pool, &answer, NULL);
        return r < 0 ? error_trace(r) : EXIT_NO_ANSWER;
}

static int cancelled(void) {
        fputs("klpwatch-fetch: cancelled\n", stderr);
        return EXIT_NO_ANSWER;
}

static int send_result(int socket, MemoryPool *pool, const FetchResult *result) {
        _cleanup_close_ int digest = -1, cursor = -1;
        int fds[2] = { -1, -1 }, r = 0;
        size_t n_fds = fetch_outcome_n_fds(result->answer.outcome), n = 0;

        if (n_fds == 2) {
                r = sealed_file_new("digest", result->digest, result->n_digest, &digest);
                fds[n++] = digest;
        }
        if (n_fds > 0 && r == 0) {
                r = sealed_file_new("cursor", result->cursor, strlen(result->cursor), &cursor);
                fds[n++] = cursor;
        }
        if (r)
                return fail(socket, pool,
                            memory_pool_format(pool, "the digest cannot be handed over: %s",
                                               strerror(errno)));
        return send_answer(socket, pool, &result->answer, fds);
}

/*
 * Takes what the request says comes with it. The digest is only for feeds that go on with it, but what is
 * handed over is sealed or refused whoever needs it. NULL, or what is wrong.
 */
static const char *take_held(const Packet *packet, const FetchRequest *request, MemoryPool *pool,
                             char **ret_digest, size_t *ret_n_digest, char **ret_cursor,
                             size_t *ret_n_cursor) {
        const size_t n_wanted = (size_t) request->digest + request->cursor;
        const char *reason;
        size_t n = 0;

        if (packet->n_fds != n_wanted)
                return memory_pool_format(pool, "%zu descriptors came with a request for %zu",
                                          packet->n_fds, n_wanted);
        if (request->digest && sealed_file_read(packet->fds[n++], DIGEST_MAX_BYTES, ret_digest,
                                                ret_n_digest, &reason) != 0)
                return memory_pool_format(pool, "the digest is not taken: %s", reason);
        if (request->cursor && sealed_file_read(packet->fds[n], MAX_CURSOR_BYTES, ret_cursor,
                                                ret_n_cursor, &reason) != 0)
                return memory_pool_format(pool, "the cursor is not taken: %s", reason);
        return NULL;
}

/* What opens a location needs the root. 0, or the exit status of an answer. */
static int open_root(FetchJob *job, const char *path, HostRoot **ret) {
        int r;

        if (job->request->location && job->request->location[0] != '/')
                return fail(job->socket, job->pool, "the location is no absolute path");
        r = host_root_new(path, ret);
        if (r < 0)
                return error_trace(r);
        return r ? fail(job->socket, job->pool,
                        memory_pool_format(job->pool, "%s: the host root cannot be opened: %s",
                                           path, strerror(errno)))
                 : 0;
}

/* `ret_problem` is set where the request is none for a feed over the network. 0 or -ENOMEM. */
static int read_settings(FetchJob *job, const char **ret_problem) {
        int r;

        /* The feed's name becomes that of a folder. */
        if (!digest_is_id(job->request->feed) || job->request->feed[0] == '.') {
                *ret_problem = "the feed's name is none";
                return 0;
        }
        r = feed_settings_read(job->request, getenv("CREDENTIALS_DIRECTORY"), job->pool,
                               &job->settings, ret_problem);
        return r < 0 ? error_trace(r) : 0;
}

static int fetch_with(FetchJob *job, const RemoteType *remote, const char *root, FetchResult *ret) {
        _cleanup_(host_root_freep) HostRoot *opened = NULL;
        const char *problem = NULL;
        int r;

        r = remote ? read_settings(job, &problem) : 0;
        if (r < 0)
                return error_trace(r);
        if (problem)
                return fail(job->socket, job->pool,
                            memory_pool_format(job->pool, "the request is refused: %s", problem));
        r = open_root(job, root, &opened);
        if (r)
                return r < 0 ? error_trace(r) : r;
        job->root = opened;
        r = remote ? remote->fetch(job, ret) : package_cache_fetch(job, ret);
        job->root = NULL;
        if (r < 0)
                return error_trace(r);
        return r == FETCH_JOB_E_CANCELLED ? cancelled() : NOT_ANSWERED;
}

static int do_job(FetchJob *job, const char *root) {
        const RemoteType *remote = find_remote(job->request->type);
        FetchResult result = {};
        int r;

        if (remote || strcmp(job->request->type, "package-cache") == 0)
                r = fetch_with(job, remote, root, &result);
        else
                r = fail(job->socket, job->pool,
                         memory_pool_format(job->pool, "'%s' is no type of feed",
                                            text_printable(job->pool, job->request->type, 64)));
        if (r == NOT_ANSWERED)
                r = send_result(job->socket, job->pool, &result);
        free(result.digest);
        return r < 0 ? error_trace(r) : r;
}

static int serve(int socket, const char *root, const char *cache, MemoryPool *pool) {
        _cleanup_(packet_clear) Packet packet = {};
        struct pollfd wait_for = { .fd = socket, .events = POLLIN };
        const char *problem = "nothing was asked within 30 seconds";
        _cleanup_free_ char *cursor = NULL, *digest = NULL;
        FetchRequest request;
        FetchJob job;
        size_t n_cursor = 0, n_digest = 0;
        int r;

        if (poll(&wait_for, 1, REQUEST_WAIT_MSEC) <= 0)
                return fail(socket, pool, problem);
        r = packet_receive(socket, true, &packet, &problem);
        if (r == PACKET_SOCKET_E_END)
                return EXIT_NO_ANSWER;
        if (r)
                return fail(socket, pool,
                            memory_pool_format(pool, "the request is refused: %s", problem));
        r = fetch_request_read(packet.text, packet.n_bytes, pool, &request, &problem);
        if (r < 0)
                return error_trace(r);
        if (r == 0)
                problem = take_held(&packet, &request, pool, &digest, &n_digest, &cursor,
                                    &n_cursor);
        if (problem)
                return fail(socket, pool,
                            memory_pool_format(pool, "the request is refused: %s", problem));
        job = (FetchJob){
                .digest_program = program_place_find(pool, "../digest/klpwatch-digest",
                                                     BINDIR "/klpwatch-digest"),
                .cache = cache ?: getenv("CACHE_DIRECTORY"),
                .socket = socket,
                .request = &request,
                .digest = request.digest ? digest : NULL,
                .n_digest = n_digest,
                .cursor = request.cursor ? cursor : NULL,
                .n_cursor = n_cursor,
                .pool = pool,
        };
        return do_job(&job, root);
}

/* Nothing that it writes is larger than an archive may be; its child has a limit of its own. */
static void limit_files(void) {
        const struct rlimit limit = { ARCHIVE_MAX_PACKED_BYTES, ARCHIVE_MAX_PACKED_BYTES };

        signal(SIGXFSZ, SIG_IGN);
        (void) setrlimit(RLIMIT_FSIZE, &limit);
}

int main(int argc, char **argv) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const char *root = "/", *cache = NULL;
        int r, socket;

        r = parse_options(argc, argv, &root, &cache);
        if (r >= 0)
                return r;
        socket = find_socket();
        if (socket < 0) {
                fputs("klpwatch-fetch: standard input is no socket of klpwatchd (SOCK_SEQPACKET)\n",
                      stderr);
                return EXIT_USAGE;
        }
        limit_files();
        r = memory_pool_new(&pool);
        if (r == 0)
                r = serve(socket, root, cache, pool);
        if (r < 0) {
                fprintf(stderr, "klpwatch-fetch: %s\n", strerror(-r));
                return EXIT_NO_ANSWER;
        }
        return r;
}
