/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A watch and what it listens to, for tests that feed it with crafted records. Uevents come through a pair
 * of sockets whose datagrams begin with the port of their sender, kernel messages through a pipe. Each test
 * runs the loop until what it waits for has happened, or for a time that the watch itself sets.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "host-tree.h"
#include "host/livepatch-watch.h"
#include "unit-test.h"

#define MSEC ((uint64_t) 1000)
#define ADD "add@/module/klpw\0ACTION=add\0SUBSYSTEM=module\0SEQNUM=7"

typedef struct Stage {
        HostTree tree;
        HostRoot *root;
        HostFacts *host;
        LivepatchWatch *watch;
        sd_event *loop;
        int uevents, messages; /* our ends */
        int kernel_messages;   /* the watch's own */
        unsigned n_looks, n_host_facts, n_said, n_heard_out;
        uint64_t looks[64]; /* when, since the stage was set */
        uint64_t start;
        KernelMessage said;
} Stage;

static int fail_next; /* the error that the next receive gives; 0 = none */

static inline ssize_t receive_with_port(int fd, void *data, size_t n_bytes, uint32_t *ret_port) {
        char datagram[16384];
        ssize_t n;

        if (fail_next != 0) {
                errno = fail_next;
                fail_next = 0;
                return -1;
        }
        n = recv(fd, datagram, sizeof(datagram), MSG_DONTWAIT);
        if (n < 0)
                return n;
        memcpy(ret_port, datagram, sizeof(*ret_port));
        n -= (ssize_t) sizeof(*ret_port);
        n = n < (ssize_t) n_bytes ? n : (ssize_t) n_bytes;
        memcpy(data, datagram + sizeof(*ret_port), (size_t) n);
        return n;
}

static inline uint64_t boot_now(void) {
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return (uint64_t) now.tv_sec * 1000 * MSEC + (uint64_t) now.tv_nsec / 1000;
}

static inline int on_look(void *userdata) {
        Stage *stage = userdata;

        if (stage->n_looks < ELEMENTS(stage->looks))
                stage->looks[stage->n_looks] = boot_now() - stage->start;
        stage->n_looks++;
        return 0;
}

static inline int on_host_facts(void *userdata) {
        ((Stage *) userdata)->n_host_facts++;
        return 0;
}

static inline int on_said(void *userdata, const KernelMessage *message) {
        Stage *stage = userdata;

        stage->said = *message;
        stage->n_said++;
        return 0;
}

static inline int on_heard_out(void *userdata) {
        ((Stage *) userdata)->n_heard_out++;
        return 0;
}

static inline Stage *stage_of(bool earlier) {
        Stage *stage = calloc(1, sizeof(*stage));
        LivepatchWatchOwner owner = { on_look, on_host_facts, on_said, on_heard_out, stage };
        LivepatchWatchSources sources = { .receive = receive_with_port, .earlier = earlier };
        int ends[2], pipe_ends[2], size = 8 * 1024 * 1024;

        ck_assert_ptr_nonnull(stage);
        stage->tree = host_tree_new();
        host_tree_write(&stage->tree, "sys/kernel/livepatch/.keep", "");
        host_tree_write(&stage->tree, "run/klpwatch/.keep", "");
        ck_assert_int_eq(host_root_new(stage->tree.path, &stage->root), 0);
        ck_assert_int_eq(host_facts_new(&stage->host), 0);
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
        setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
        ck_assert_int_eq(pipe2(pipe_ends, O_NONBLOCK | O_DIRECT), 0);
        sources.uevents = ends[0];
        sources.kernel_messages = pipe_ends[0];
        stage->uevents = ends[1];
        stage->messages = pipe_ends[1];
        stage->kernel_messages = pipe_ends[0];
        ck_assert_int_ge(sd_event_new(&stage->loop), 0);
        ck_assert_int_eq(livepatch_watch_new(stage->loop, stage->root, &sources, &owner,
                                             &stage->watch),
                         0);
        stage->start = boot_now();
        return stage;
}

static inline Stage *stage_new(void) {
        return stage_of(false);
}

static inline void stage_free(Stage *stage) {
        livepatch_watch_free(stage->watch);
        sd_event_unref(stage->loop);
        host_facts_free(stage->host);
        host_root_free(stage->root);
        host_tree_freep(&stage->tree);
        close(stage->uevents);
        close(stage->messages);
        free(stage);
}

/* Runs the loop for so long. */
static inline void run_for(Stage *stage, uint64_t usec) {
        uint64_t end = boot_now() + usec, now;

        while ((now = boot_now()) < end)
                ck_assert_int_ge(sd_event_run(stage->loop, end - now), 0);
}

/* Runs it until so many looks were asked for. */
static inline void run_until(Stage *stage, unsigned n_looks) {
        uint64_t end = boot_now() + 10000 * MSEC, now;

        while (stage->n_looks < n_looks && (now = boot_now()) < end)
                ck_assert_int_ge(sd_event_run(stage->loop, end - now), 0);
        ck_assert_uint_ge(stage->n_looks, n_looks);
}

static inline void send_uevent(Stage *stage, uint32_t port, const char *data, size_t n_bytes) {
        char datagram[16384];

        memcpy(datagram, &port, sizeof(port));
        memcpy(datagram + sizeof(port), data, n_bytes);
        ck_assert_int_eq(send(stage->uevents, datagram, sizeof(port) + n_bytes, 0),
                         (ssize_t) (sizeof(port) + n_bytes));
}

static inline void print(Stage *stage, const char *record) {
        ck_assert_int_eq(write(stage->messages, record, strlen(record)), (ssize_t) strlen(record));
}

static inline Tristate transition_of(char c) {
        return c == '?' ? TRISTATE_UNKNOWN : c == '1' ? TRISTATE_YES : TRISTATE_NO;
}

/* The patches of a scan, each "NAME TRANSITION"; a transition "?" cannot be read. */
static inline void follow(Stage *stage, const char *const *patches) {
        host_facts_free(stage->host);
        ck_assert_int_eq(host_facts_new(&stage->host), 0);
        stage->host->livepatch_unknown = NULL;
        for (; *patches; patches++) {
                LoadedPatch *patch = memory_pool_append(stage->host->pool, stage->host->patches,
                                                        stage->host->n_patches);
                TextList words = text_words(stage->host->pool, *patches);

                *patch = (LoadedPatch){ .name = words.items[0],
                                        .listed = true,
                                        .transition = transition_of(words.items[1][0]) };
        }
        ck_assert_int_eq(livepatch_watch_follow(stage->watch, stage->host), 0);
}

#define FOLLOW(stage, ...) follow((stage), (const char *const[]){ __VA_ARGS__, NULL })

/* A scan that failed. */
static inline void follow_unknown(Stage *stage) {
        host_facts_free(stage->host);
        ck_assert_int_eq(host_facts_new(&stage->host), 0);
        stage->host->livepatch_unknown = "no descriptors are left";
        ck_assert_int_eq(livepatch_watch_follow(stage->watch, stage->host), 0);
}

static inline unsigned n_inotify_watches(void) {
        unsigned n = 0;

        for (int fd = 0; fd < 64; fd++) {
                char path[64], line[256];
                FILE *file;

                snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
                file = fopen(path, "re");
                while (file && fgets(line, sizeof(line), file))
                        n += strncmp(line, "inotify wd:", 11) == 0;
                if (file)
                        fclose(file);
        }
        return n;
}

static inline void add_patch(Stage *stage, const char *name) {
        char path[256];

        snprintf(path, sizeof(path), "sys/kernel/livepatch/%s/enabled", name);
        host_tree_write(&stage->tree, path, "1\n");
}

static inline void settle(Stage *stage) {
        run_for(stage, 250 * MSEC);
        stage->n_looks = 0;
        stage->start = boot_now();
}
