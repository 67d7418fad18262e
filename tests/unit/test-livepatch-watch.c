/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The watch, fed with crafted records. Uevents come through a pair of sockets whose datagrams begin with
 * the port of their sender, kernel messages through a pipe. Each test runs the loop until what it waits
 * for has happened, or for a time that the watch itself sets.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
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
        unsigned n_looks, n_host_facts, n_said, n_heard_out;
        uint64_t looks[64]; /* when, since the stage was set */
        uint64_t start;
        KernelMessage said;
} Stage;

static bool cancel_next; /* the clock is set while the timer that notices that is armed */

/* In the place of the C library's for this program: the kernel arms the timer, and may say so. */
int timerfd_settime(int fd, int flags, const struct itimerspec *new, struct itimerspec *old) {
        int r = (int) syscall(SYS_timerfd_settime, fd, flags, new, old);

        if (r == 0 && cancel_next && (flags & TFD_TIMER_CANCEL_ON_SET)) {
                cancel_next = false;
                errno = ECANCELED;
                return -1;
        }
        return r;
}

static int fail_next; /* the error that the next receive gives; 0 = none */

static ssize_t receive_with_port(int fd, void *data, size_t n_bytes, uint32_t *ret_port) {
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

static uint64_t boot_now(void) {
        struct timespec now;

        clock_gettime(CLOCK_BOOTTIME, &now);
        return (uint64_t) now.tv_sec * 1000 * MSEC + (uint64_t) now.tv_nsec / 1000;
}

static int on_look(void *userdata) {
        Stage *stage = userdata;

        if (stage->n_looks < ELEMENTS(stage->looks))
                stage->looks[stage->n_looks] = boot_now() - stage->start;
        stage->n_looks++;
        return 0;
}

static int on_host_facts(void *userdata) {
        ((Stage *) userdata)->n_host_facts++;
        return 0;
}

static int on_said(void *userdata, const KernelMessage *message) {
        Stage *stage = userdata;

        stage->said = *message;
        stage->n_said++;
        return 0;
}

static int on_heard_out(void *userdata) {
        ((Stage *) userdata)->n_heard_out++;
        return 0;
}

static Stage *stage_of(bool earlier) {
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
        ck_assert_int_ge(sd_event_new(&stage->loop), 0);
        ck_assert_int_eq(livepatch_watch_new(stage->loop, stage->root, &sources, &owner,
                                             &stage->watch),
                         0);
        stage->start = boot_now();
        return stage;
}

static Stage *stage_new(void) {
        return stage_of(false);
}

static void stage_free(Stage *stage) {
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
static void run_for(Stage *stage, uint64_t usec) {
        uint64_t end = boot_now() + usec, now;

        while ((now = boot_now()) < end)
                ck_assert_int_ge(sd_event_run(stage->loop, end - now), 0);
}

/* Runs it until so many looks were asked for. */
static void run_until(Stage *stage, unsigned n_looks) {
        uint64_t end = boot_now() + 10000 * MSEC, now;

        while (stage->n_looks < n_looks && (now = boot_now()) < end)
                ck_assert_int_ge(sd_event_run(stage->loop, end - now), 0);
        ck_assert_uint_ge(stage->n_looks, n_looks);
}

static void send_uevent(Stage *stage, uint32_t port, const char *data, size_t n_bytes) {
        char datagram[16384];

        memcpy(datagram, &port, sizeof(port));
        memcpy(datagram + sizeof(port), data, n_bytes);
        ck_assert_int_eq(send(stage->uevents, datagram, sizeof(port) + n_bytes, 0),
                         (ssize_t) (sizeof(port) + n_bytes));
}

static void print(Stage *stage, const char *record) {
        ck_assert_int_eq(write(stage->messages, record, strlen(record)), (ssize_t) strlen(record));
}

static Tristate transition_of(char c) {
        return c == '?' ? TRISTATE_UNKNOWN : c == '1' ? TRISTATE_YES : TRISTATE_NO;
}

/* The patches of a scan, each "NAME TRANSITION"; a transition "?" cannot be read. */
static void follow(Stage *stage, const char *const *patches) {
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
static void follow_unknown(Stage *stage) {
        host_facts_free(stage->host);
        ck_assert_int_eq(host_facts_new(&stage->host), 0);
        stage->host->livepatch_unknown = "no descriptors are left";
        ck_assert_int_eq(livepatch_watch_follow(stage->watch, stage->host), 0);
}

static unsigned n_inotify_watches(void) {
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

static void add_patch(Stage *stage, const char *name) {
        char path[256];

        snprintf(path, sizeof(path), "sys/kernel/livepatch/%s/enabled", name);
        host_tree_write(&stage->tree, path, "1\n");
}

static void settle(Stage *stage) {
        run_for(stage, 250 * MSEC);
        stage->n_looks = 0;
        stage->start = boot_now();
}

START_TEST(a_module_event_asks_at_once_and_twice_later) {
        Stage *stage = stage_new();

        send_uevent(stage, 0, ADD, sizeof(ADD));
        run_for(stage, 2300 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 3);
        ck_assert_uint_lt(stage->looks[0], 500 * MSEC);
        ck_assert_uint_ge(stage->looks[1], 500 * MSEC);
        ck_assert_uint_ge(stage->looks[2], 2000 * MSEC);
        stage_free(stage);
}
END_TEST

START_TEST(only_the_kernels_events_of_modules_count) {
        static const struct {
                uint32_t port;
                const char *data;
                size_t n_bytes;
        } cases[] = {
                { 4711, ADD, sizeof(ADD) }, /* another program sent it */
                { UINT32_MAX, ADD, sizeof(ADD) },
                { 0, "libudev\0\xfe\xed\xca\xfe", 12 },
                { 0, "add@/devices/pci0000:00", 23 },
                { 0, "change@/module/klpw", 19 },
                { 0, "add@/module/", 12 }, /* cut */
                { 0, "add@", 4 },
                { 0, "", 0 },
        };
        Stage *stage = stage_new();

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                send_uevent(stage, cases[i].port, cases[i].data, cases[i].n_bytes);
        run_for(stage, 700 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 0);
        send_uevent(stage, 0, "remove@/module/klpw", 19);
        run_until(stage, 1);
        stage_free(stage);
}
END_TEST

START_TEST(lost_events_ask_for_a_look) {
        Stage *stage = stage_new();

        fail_next = ENOBUFS;
        send_uevent(stage, 4711, ADD, sizeof(ADD)); /* wakes the loop, and counts for nothing */
        run_until(stage, 1);
        stage_free(stage);
}
END_TEST

START_TEST(a_flood_is_few_looks) {
        enum { N_EVENTS = 100000 };
        Stage *stage = stage_new();
        uint64_t begin = boot_now(), took;

        for (unsigned sent = 0; sent < N_EVENTS;) {
                char datagram[4 + sizeof(ADD)] = {};

                memcpy(datagram + 4, ADD, sizeof(ADD));
                if (send(stage->uevents, datagram, sizeof(datagram), 0) > 0)
                        sent++;
                else
                        ck_assert_int_ge(sd_event_run(stage->loop, 0), 0);
        }
        run_until(stage, 1);
        run_for(stage, 100 * MSEC);
        took = boot_now() - begin;
        ck_assert_uint_le(stage->n_looks, 4 + took / LIVEPATCH_WATCH_DEBOUNCE_USEC);
        /* It has an end: two seconds behind the last event, which a slow machine reads late. */
        for (unsigned i = 0; i < 5 && (i == 0 || stage->n_looks > 0); i++) {
                stage->n_looks = 0;
                run_for(stage, 2300 * MSEC);
        }
        ck_assert_uint_eq(stage->n_looks, 0);
        stage_free(stage);
}
END_TEST

START_TEST(a_write_to_a_patch_is_seen) {
        Stage *stage = stage_new();

        add_patch(stage, "a");
        add_patch(stage, "b");
        FOLLOW(stage, "a 0", "b 0");
        settle(stage);
        host_tree_write(&stage->tree, "sys/kernel/livepatch/b/enabled", "0\n");
        run_until(stage, 2); /* at once, and a little later, when it has had its effect */
        ck_assert_uint_ge(stage->looks[stage->n_looks - 1], 100 * MSEC);
        stage_free(stage);
}
END_TEST

START_TEST(a_patch_that_went_is_watched_no_more) {
        Stage *stage = stage_new();

        add_patch(stage, "a");
        FOLLOW(stage, "a 0");
        follow(stage, (const char *const[]){ NULL });
        settle(stage);
        host_tree_write(&stage->tree, "sys/kernel/livepatch/a/enabled", "0\n");
        run_for(stage, 250 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 0);
        FOLLOW(stage, "a 0"); /* back again */
        settle(stage);
        host_tree_write(&stage->tree, "sys/kernel/livepatch/a/enabled", "1\n");
        run_until(stage, 1);
        stage_free(stage);
}
END_TEST

START_TEST(a_transition_is_looked_at_every_second) {
        Stage *stage = stage_new();

        add_patch(stage, "a");
        FOLLOW(stage, "a 0");
        settle(stage);
        FOLLOW(stage, "a 1");
        run_for(stage, 2500 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 2);
        ck_assert_uint_ge(stage->looks[0], 1000 * MSEC);
        ck_assert_uint_ge(stage->looks[1], 2000 * MSEC);
        FOLLOW(stage, "a 0");
        stage->n_looks = 0;
        run_for(stage, 1300 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 0);
        stage_free(stage);
}
END_TEST

START_TEST(a_look_that_failed_leaves_the_watches) {
        Stage *stage = stage_new();

        add_patch(stage, "a");
        FOLLOW(stage, "a 0");
        follow_unknown(stage);
        settle(stage);
        host_tree_write(&stage->tree, "sys/kernel/livepatch/a/enabled", "0\n");
        run_for(stage, 250 * MSEC);
        ck_assert_uint_ge(stage->n_looks, 1);
        stage_free(stage);
}
END_TEST

START_TEST(a_look_that_failed_is_tried_again_ever_later) {
        Stage *stage = stage_new();

        add_patch(stage, "a");
        FOLLOW(stage, "a 0");
        settle(stage);
        follow_unknown(stage);
        follow_unknown(stage); /* another hint in between puts nothing off */
        run_for(stage, 1200 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 1);
        ck_assert_uint_ge(stage->looks[0], 1000 * MSEC);
        FOLLOW(stage, "a ?"); /* one patch that cannot be read is as bad */
        run_for(stage, 1500 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 1);
        run_until(stage, 2);
        ck_assert_uint_ge(stage->looks[1], 3000 * MSEC);
        FOLLOW(stage, "a 0");
        follow_unknown(stage); /* after a good one it begins anew */
        settle(stage);
        run_for(stage, 1000 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 1);
        FOLLOW(stage, "a 0");
        stage->n_looks = 0;
        run_for(stage, 2300 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 0);
        stage_free(stage);
}
END_TEST

START_TEST(a_transition_may_be_unreadable_for_a_while) {
        Stage *stage = stage_new();

        add_patch(stage, "a");
        FOLLOW(stage, "a 1");
        settle(stage);
        for (unsigned i = 1; i <= 4; i++) {
                if (i % 2)
                        FOLLOW(stage, "a ?");
                else
                        follow_unknown(stage);
                run_for(stage, 1000 * MSEC);
                ck_assert_uint_ge(stage->n_looks, i);
        }
        stage_free(stage);
}
END_TEST

START_TEST(a_patch_that_was_loaded_anew_is_watched) {
        Stage *stage = stage_new();
        unsigned before;

        add_patch(stage, "a");
        FOLLOW(stage, "a 0");
        before = n_inotify_watches();
        /* Another folder of the same name, while the old one still is somewhere. */
        ck_assert_int_eq(rename(host_tree_path(&stage->tree, "sys/kernel/livepatch/a"),
                                host_tree_path(&stage->tree, "sys/kernel/old")),
                         0);
        add_patch(stage, "a");
        FOLLOW(stage, "a 0");
        ck_assert_uint_eq(n_inotify_watches(), before);
        settle(stage);
        host_tree_write(&stage->tree, "sys/kernel/old/enabled", "0\n");
        run_for(stage, 250 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 0);
        host_tree_write(&stage->tree, "sys/kernel/livepatch/a/enabled", "0\n");
        run_until(stage, 1);
        /* One that is not there yet when it is looked at. */
        FOLLOW(stage, "a 0", "b 0");
        add_patch(stage, "b");
        FOLLOW(stage, "a 0", "b 0");
        settle(stage);
        host_tree_write(&stage->tree, "sys/kernel/livepatch/b/enabled", "0\n");
        run_until(stage, 1);
        stage_free(stage);
}
END_TEST

START_TEST(a_clock_that_is_set_while_it_begins_is_no_failure) {
        Stage *stage;

        cancel_next = true;
        stage = stage_new();
        ck_assert(!cancel_next);
        stage_free(stage);
}
END_TEST

START_TEST(the_kernels_words_are_told_and_looked_after) {
        Stage *stage = stage_new();

        print(stage, "13,1,2,-;livepatch: enabling patch 'a'\n"); /* a user's */
        print(stage, "6,1,2,-;usb 1-1: new device\n");
        run_for(stage, 300 * MSEC);
        ck_assert_uint_eq(stage->n_looks + stage->n_said, 0);
        stage->start = boot_now();
        print(stage, "5,3,4,-;livepatch: 'a': patching complete\n");
        run_for(stage, 1300 * MSEC);
        ck_assert_uint_eq(stage->n_said, 1);
        ck_assert_int_eq(stage->said.kind, KERNEL_MESSAGE_PATCHED);
        ck_assert_str_eq(stage->said.name, "a");
        ck_assert_uint_eq(stage->n_looks, 2);
        ck_assert_uint_ge(stage->looks[0], 150 * MSEC);
        ck_assert_uint_ge(stage->looks[1], 1000 * MSEC);
        /* The end of the stream is not the end of the watch. */
        close(stage->messages);
        stage->messages = dup(stage->uevents);
        run_for(stage, 100 * MSEC);
        stage->n_looks = 0;
        send_uevent(stage, 0, ADD, sizeof(ADD));
        run_until(stage, 1);
        stage_free(stage);
}
END_TEST

START_TEST(new_host_facts_are_noticed) {
        Stage *stage = stage_new();

        host_tree_write(&stage->tree, "run/klpwatch/patch-times", "x");
        run_for(stage, 100 * MSEC);
        ck_assert_uint_eq(stage->n_host_facts, 0);
        host_tree_write(&stage->tree, "run/klpwatch/aside", "x");
        ck_assert_int_eq(rename(host_tree_path(&stage->tree, "run/klpwatch/aside"),
                                host_tree_path(&stage->tree, "run/klpwatch/host-facts")),
                         0);
        run_for(stage, 100 * MSEC);
        ck_assert_uint_eq(stage->n_host_facts, 1);
        ck_assert_uint_eq(stage->n_looks, 0);
        stage_free(stage);
}
END_TEST

START_TEST(host_facts_may_be_among_lost_hints) {
        Stage *stage = stage_new();
        FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
        unsigned n_max = 0;

        ck_assert_ptr_nonnull(file);
        ck_assert_int_eq(fscanf(file, "%u", &n_max), 1);
        fclose(file);
        /* One after the other of two names, or they would count as one. */
        for (unsigned i = 0; i <= n_max; i++) {
                int fd = open(host_tree_path(&stage->tree,
                                             i % 2 ? "run/klpwatch/x" : "run/klpwatch/y"),
                              O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

                ck_assert_int_ge(fd, 0);
                close(fd);
        }
        host_tree_write(&stage->tree, "run/klpwatch/host-facts", "x");
        run_for(stage, 300 * MSEC);
        ck_assert_uint_eq(stage->n_host_facts, 1);
        ck_assert_uint_ge(stage->n_looks, 1);
        stage_free(stage);
}
END_TEST

START_TEST(a_thousand_patches_leave_nothing_behind) {
        Stage *stage = stage_new();
        unsigned n_watches;
        int before, after;

        FOLLOW(stage, "a 0");
        n_watches = n_inotify_watches();
        before = open("/dev/null", O_RDONLY | O_CLOEXEC);
        for (unsigned i = 0; i < 1000; i++) {
                char name[32];

                snprintf(name, sizeof(name), "p%u", i);
                add_patch(stage, name);
                strcat(name, " 0");
                FOLLOW(stage, name);
        }
        after = open("/dev/null", O_RDONLY | O_CLOEXEC);
        ck_assert_int_eq(after, before + 1);
        FOLLOW(stage, "a 0");
        ck_assert_uint_eq(n_inotify_watches(), n_watches);
        close(before);
        close(after);
        stage_free(stage);
}
END_TEST

START_TEST(an_idle_watch_sleeps) {
        Stage *stage = stage_new();
        unsigned n_turns = 0;
        uint64_t end;

        add_patch(stage, "a");
        FOLLOW(stage, "a 0");
        settle(stage);
        end = boot_now() + 3000 * MSEC;
        for (uint64_t now; (now = boot_now()) < end;)
                n_turns += sd_event_run(stage->loop, end - now) > 0;
        ck_assert_uint_eq(n_turns, 0);
        ck_assert_uint_eq(stage->n_looks, 0);
        stage_free(stage);
}
END_TEST

START_TEST(what_was_said_before_is_heard_and_no_reason_to_look) {
        Stage *stage = stage_of(true);

        print(stage, "4,7,30,-;livepatch: failed to enable patch 'a'\n");
        print(stage, "6,8,31,-;livepatch: 'b': patching complete\n");
        run_for(stage, 50 * MSEC);
        ck_assert_uint_eq(stage->n_said, 2);
        ck_assert_uint_eq(stage->said.number, 8);
        ck_assert_uint_eq(stage->n_heard_out, 1);
        ck_assert_uint_eq(stage->n_looks, 0);

        print(stage, "6,9,32,-;livepatch: 'c': patching complete\n");
        run_until(stage, 1);
        ck_assert_uint_eq(stage->n_said, 3);
        ck_assert_uint_eq(stage->n_heard_out, 1);
        stage_free(stage);
}
END_TEST

/* A real netlink socket of this program's own: what another socket sends to it is not the kernel's. */
START_TEST(a_log_that_was_read_by_a_daemon_before_is_read_from_its_beginning) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        LivepatchWatchSources sources;
        TextList problems = {};
        char record[64];
        int fd = memfd_create("kmsg", MFD_CLOEXEC);

        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(write(fd, "4,7,30,-;first\n", 15), 15);
        ck_assert_int_eq(memory_pool_new(&pool), 0);
        livepatch_watch_open(fd, pool, &sources, &problems);
        ck_assert_int_eq(sources.kernel_messages, fd);
        ck_assert(sources.earlier);
        ck_assert_int_eq(read(fd, record, sizeof(record)), 15);
        close(sources.kernel_messages);
        if (sources.uevents >= 0)
                close(sources.uevents);
}
END_TEST

START_TEST(a_forged_datagram_on_netlink_counts_for_nothing) {
        struct sockaddr_nl address = { .nl_family = AF_NETLINK };
        Stage *stage = stage_new();
        LivepatchWatchOwner owner = { on_look, on_host_facts, on_said, on_heard_out, stage };
        LivepatchWatchSources sources = { .kernel_messages = -1 };
        LivepatchWatch *watch = NULL;
        socklen_t n = sizeof(address);
        int sender;

        sources.uevents = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
        sender = socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
        ck_assert_int_eq(bind(sources.uevents, (struct sockaddr *) &address, n), 0);
        ck_assert_int_eq(getsockname(sources.uevents, (struct sockaddr *) &address, &n), 0);
        ck_assert_int_eq(livepatch_watch_new(stage->loop, stage->root, &sources, &owner, &watch),
                         0);
        if (sendto(sender, ADD, sizeof(ADD), 0, (struct sockaddr *) &address, n) > 0) {
                run_for(stage, 200 * MSEC);
                ck_assert_uint_eq(stage->n_looks, 0);
                /* It was taken from the socket, so it had been there. */
                ck_assert_int_eq(recv(sources.uevents, (char[1]){}, 1, MSG_DONTWAIT), -1);
        } else
                ck_assert_int_eq(errno, EPERM); /* where only root may send */
        close(sender);
        livepatch_watch_free(watch);
        stage_free(stage);
}
END_TEST

UNIT_TEST(a_module_event_asks_at_once_and_twice_later, only_the_kernels_events_of_modules_count,
          lost_events_ask_for_a_look, a_flood_is_few_looks, a_write_to_a_patch_is_seen,
          a_patch_that_went_is_watched_no_more, a_transition_is_looked_at_every_second,
          a_look_that_failed_leaves_the_watches, a_look_that_failed_is_tried_again_ever_later,
          a_transition_may_be_unreadable_for_a_while, a_patch_that_was_loaded_anew_is_watched,
          a_clock_that_is_set_while_it_begins_is_no_failure, host_facts_may_be_among_lost_hints,
          the_kernels_words_are_told_and_looked_after, new_host_facts_are_noticed,
          a_thousand_patches_leave_nothing_behind, an_idle_watch_sleeps,
          what_was_said_before_is_heard_and_no_reason_to_look,
          a_log_that_was_read_by_a_daemon_before_is_read_from_its_beginning,
          a_forged_datagram_on_netlink_counts_for_nothing)
