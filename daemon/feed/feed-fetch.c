/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One fetch. The fetcher may have been talked into anything by what it read, so nothing that it sends is
 * taken on trust: packets are read strictly, descriptors must be sealed memfds, and nothing here waits
 * for it. Whatever it does costs one attempt.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child-process.h"
#include "base/error.h"
#include "base/packet-socket.h"
#include "base/sealed-file.h"
#include "base/text.h"
#include "feed/feed-fetch.h"
#include "format/input-caps.h"

#define MAX_PACKETS 4096 /* nobody needs as many to tell how far it is */

struct FeedFetch {
        MemoryPool *pool;
        pid_t pid; /* 0 once reaped, and where a service manager has it */
        int socket;
        size_t n_packets;
        char *progress;
        uint64_t n_done, n_total;
        Packet packet;
};

static int spawn(FeedFetch *fetch, const FeedFetchProgram *program, const char *root, int socket) {
        const int fds[] = { socket, CHILD_PROCESS_NULL, CHILD_PROCESS_INHERIT };
        const char *option = memory_pool_format(fetch->pool, "--root=%s", root);
        const char *cache = program->cache ? memory_pool_format(fetch->pool, "--cache=%s",
                                                                program->cache)
                                           : NULL;
        char *argv[] = { (char *) program->path, (char *) option, (char *) cache, NULL };

        return child_process_spawn(program->path, argv, fds, &fetch->pid);
}

static int send_request(FeedFetch *fetch, const FetchRequest *request, const FeedFetchHeld *held) {
        _cleanup_close_ int digest = -1, cursor = -1;
        FetchRequest whole = *request;
        int fds[PACKET_MAX_FDS], r;
        const char *text, *reason;
        size_t n_fds = 0;

        whole.digest = held->digest != NULL;
        whole.cursor = held->cursor != NULL;
        r = fetch_request_write(&whole, fetch->pool, &text);
        if (r)
                return error_fold(r);
        if (held->digest) {
                if (sealed_file_new("digest", held->digest, held->n_digest, &digest) != 0)
                        return FEED_FETCH_E_FAILED;
                fds[n_fds++] = digest;
        }
        if (held->cursor) {
                if (sealed_file_new("cursor", held->cursor, held->n_cursor, &cursor) != 0)
                        return FEED_FETCH_E_FAILED;
                fds[n_fds++] = cursor;
        }
        /* The socket is new and empty: what does not fit now never will. */
        return packet_send(fetch->socket, text, fds, n_fds, false, &reason) == 0
                               ? 0
                               : FEED_FETCH_E_FAILED;
}

/* Never waits: where too many are connected already, this attempt fails. */
static int connect_to(FeedFetch *fetch, const char *path) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        if (strlen(path) >= sizeof(address.sun_path)) {
                errno = ENAMETOOLONG;
                return FEED_FETCH_E_FAILED;
        }
        strcpy(address.sun_path, path);
        fetch->socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fetch->socket < 0 ||
            connect(fetch->socket, (struct sockaddr *) &address, sizeof(address)) < 0)
                return FEED_FETCH_E_FAILED;
        return 0;
}

static int start(FeedFetch *fetch, const FeedFetchProgram *program, const char *root,
                 const FetchRequest *request, const FeedFetchHeld *held) {
        _cleanup_close_ int theirs = -1;
        int fds[2], r;

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
                return FEED_FETCH_E_FAILED;
        fetch->socket = fds[0];
        theirs = fds[1];
        r = send_request(fetch, request, held);
        if (r)
                return r < 0 ? error_trace(r) : FEED_FETCH_E_FAILED;
        r = spawn(fetch, program, root, theirs);
        if (r == ENOMEM)
                return error_origin(-ENOMEM);
        if (r) {
                errno = r;
                return FEED_FETCH_E_FAILED;
        }
        return 0;
}

int feed_fetch_new(const FeedFetchProgram *program, const char *root, const FetchRequest *request,
                   const FeedFetchHeld *held, FeedFetch **ret) {
        _cleanup_(feed_fetch_freep) FeedFetch *fetch = NULL;
        int r;

        fetch = calloc(1, sizeof(*fetch));
        if (!fetch)
                return error_origin(-ENOMEM);
        fetch->socket = -1;
        r = memory_pool_new(&fetch->pool);
        if (r)
                return error_fold(r);
        if (program->path)
                r = start(fetch, program, root, request, held);
        else {
                r = connect_to(fetch, program->socket);
                if (r == 0)
                        r = send_request(fetch, request, held);
        }
        if (r < 0)
                return error_trace(r);
        if (r) {
                int saved = errno;

                fetch = feed_fetch_free(fetch);
                errno = saved;
                return FEED_FETCH_E_FAILED;
        }
        *ret = TAKE(fetch);
        return 0;
}

FeedFetch *feed_fetch_free(FeedFetch *fetch) {
        if (!fetch)
                return NULL;

        closep(&fetch->socket);
        if (fetch->pid > 0)
                child_process_end(fetch->pid);
        packet_clear(&fetch->packet);
        memory_pool_free(fetch->pool);
        free(fetch->progress);
        free(fetch);
        return NULL;
}

int feed_fetch_get_fd(const FeedFetch *fetch) {
        return fetch->socket;
}

FeedProgress feed_fetch_progress(const FeedFetch *fetch) {
        return (FeedProgress){ .text = fetch->progress,
                               .n_done = fetch->n_done,
                               .n_total = fetch->n_total };
}

static int fail(FeedFetch *fetch, const char **ret_problem, const char *format, ...) _printf_(3, 4);

static int fail(FeedFetch *fetch, const char **ret_problem, const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        *ret_problem = memory_pool_format_va(fetch->pool, format, arguments);
        va_end(arguments);
        return memory_pool_exhausted(fetch->pool) ? error_origin(-ENOMEM) : FEED_FETCH_E_FAILED;
}

/* It has closed the socket without an answer: a short wait for its end, which says why. */
static int fail_at_end(FeedFetch *fetch, const char **ret_problem) {
        int status;

        if (fetch->pid == 0)
                return fail(fetch, ret_problem,
                            "klpwatch-fetch ended without an answer; its journal may say why");
        status = child_process_reap(fetch->pid);
        fetch->pid = 0;
        if (WIFSIGNALED(status))
                return fail(fetch, ret_problem, "klpwatch-fetch was ended by signal %d (%s)",
                            WTERMSIG(status), strsignal(WTERMSIG(status)));
        return fail(fetch, ret_problem, "klpwatch-fetch ended without an answer (exit status %d)",
                    WEXITSTATUS(status));
}

static int take_data(FeedFetch *fetch, size_t index, const char *what, size_t max_bytes, char **ret,
                     size_t *ret_n_bytes, const char **ret_problem) {
        const char *reason;
        int r;

        r = sealed_file_read(fetch->packet.fds[index], max_bytes, ret, ret_n_bytes, &reason);
        if (r < 0)
                return error_trace(r);
        return r ? fail(fetch, ret_problem, "klpwatch-fetch's %s is not taken: %s", what, reason)
                 : 0;
}

static int take_answer(FeedFetch *fetch, const FetchAnswer *answer, FeedFetchResult *ret,
                       const char **ret_problem) {
        FeedFetchResult result = { .outcome = answer->outcome,
                                   .text = answer->text,
                                   .untrusted = answer->untrusted,
                                   .retry_after_sec = answer->retry_after_sec };
        _cleanup_free_ char *digest = NULL, *cursor = NULL;
        size_t n_fds = fetch_outcome_n_fds(answer->outcome);
        int r = 0;

        if (fetch->packet.n_fds != n_fds)
                return fail(fetch, ret_problem,
                            "klpwatch-fetch handed over %zu descriptors with '%s'",
                            fetch->packet.n_fds, fetch_outcome_to_text(answer->outcome));
        if (n_fds == 2)
                r = take_data(fetch, 0, "digest", DIGEST_MAX_BYTES, &digest, &result.n_digest,
                              ret_problem);
        if (n_fds > 0 && r == 0)
                r = take_data(fetch, n_fds - 1, "cursor", FEED_FETCH_CURSOR_MAX_BYTES, &cursor,
                              &result.n_cursor, ret_problem);
        if (r)
                return r < 0 ? error_trace(r) : FEED_FETCH_E_FAILED;
        /* Cursors are kept as text. */
        if (cursor && (strlen(cursor) != result.n_cursor || !text_is_utf8(cursor, result.n_cursor)))
                return fail(fetch, ret_problem, "klpwatch-fetch's cursor is no text");
        result.digest = TAKE(digest);
        result.cursor = TAKE(cursor);
        *ret = result;
        return 0;
}

/* FEED_FETCH_E_RUNNING after a report of progress. */
static int take_packet(FeedFetch *fetch, FeedFetchResult *ret, const char **ret_problem) {
        const char *reason;
        FetchAnswer answer;
        int r;

        if (++fetch->n_packets > MAX_PACKETS)
                return fail(fetch, ret_problem, "klpwatch-fetch said more than %d packets",
                            MAX_PACKETS);
        r = fetch_answer_read(fetch->packet.text, fetch->packet.n_bytes, fetch->pool, &answer,
                              &reason);
        if (r < 0)
                return error_trace(r);
        if (r)
                return fail(fetch, ret_problem, "klpwatch-fetch said what cannot be read: %s",
                            reason);
        if (answer.outcome != FETCH_PROGRESS)
                return take_answer(fetch, &answer, ret, ret_problem);
        fetch->n_done = answer.n_done;
        fetch->n_total = answer.n_total;
        if (answer.text) {
                free(fetch->progress);
                fetch->progress = strdup(answer.text);
                if (!fetch->progress)
                        return error_origin(-ENOMEM);
        }
        return FEED_FETCH_E_RUNNING;
}

int feed_fetch_dispatch(FeedFetch *fetch, FeedFetchResult *ret, const char **ret_problem) {
        const char *reason;
        int r;

        do {
                packet_clear(&fetch->packet);
                r = packet_receive(fetch->socket, false, &fetch->packet, &reason);
                switch (r) {
                case 0:
                        r = take_packet(fetch, ret, ret_problem);
                        break;
                case PACKET_SOCKET_E_AGAIN:
                        return FEED_FETCH_E_RUNNING;
                case PACKET_SOCKET_E_END:
                        return fail_at_end(fetch, ret_problem);
                default:
                        return fail(fetch, ret_problem, "klpwatch-fetch sent %s", reason);
                }
        } while (r == FEED_FETCH_E_RUNNING);
        return r;
}
