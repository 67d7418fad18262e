/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Hints as nobody wants them: forged, lost, cut, out of their order, and by the hundred thousand. Each may cost a
 * look, none may cost more, and what is followed stays followed.
 */

#include <linux/netlink.h>

#include "watch-stage.h"

enum { N_FLOOD = 100000 };

/* While a flood lasts there are looks, too. */
#define LOOKS_AT_LEAST 2

/* What a flood costs that lasted so long: a look a debounce, one a little behind a hint, and those at its end. */
static void check_looks(const Stage *stage, uint64_t took) {
        ck_assert_uint_le(stage->n_looks, 4 + (unsigned) (took / LIVEPATCH_WATCH_DEBOUNCE_USEC +
                                                          took / (100 * MSEC)));
        ck_assert_uint_ge(stage->n_looks, LOOKS_AT_LEAST);
}

static int odd_fd = -1;    /* whose next read() fails … */
static int odd_error;      /* … with this; 0 = it does not */
static unsigned n_refused; /* how often it did */

ssize_t __real_read(int fd, void *data, size_t n_bytes);
ssize_t __wrap_read(int fd, void *data, size_t n_bytes);
ssize_t __wrap___read_chk(int fd, void *data, size_t n_bytes, size_t n_room);

ssize_t __wrap_read(int fd, void *data, size_t n_bytes) {
        if (fd >= 0 && fd == odd_fd && odd_error != 0) {
                errno = odd_error;
                odd_error = 0;
                n_refused++;
                return -1;
        }
        return __real_read(fd, data, n_bytes);
}

ssize_t __wrap___read_chk(int fd, void *data, size_t n_bytes, _unused_ size_t n_room) {
        return __wrap_read(fd, data, n_bytes);
}

static void fail_a_message(Stage *stage, int error) {
        odd_fd = stage->kernel_messages;
        odd_error = error;
        n_refused = 0;
}

static unsigned max_queued_events(void) {
        FILE *file = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
        unsigned n = 0;

        ck_assert_ptr_nonnull(file);
        ck_assert_int_eq(fscanf(file, "%u", &n), 1);
        fclose(file);
        return n;
}

/* Once a flood is over there is an end of looking, too: `usec` behind what a slow machine reads late. */
static void run_until_quiet(Stage *stage, uint64_t usec) {
        for (unsigned i = 0; i < 5 && (i == 0 || stage->n_looks > 0); i++) {
                stage->n_looks = 0;
                run_for(stage, usec);
        }
        ck_assert_uint_eq(stage->n_looks, 0);
}

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

START_TEST(a_hundred_thousand_events_are_few_looks) {
        Stage *stage = stage_new();
        uint64_t begin = boot_now();

        for (unsigned sent = 0; sent < N_FLOOD;) {
                char datagram[4 + sizeof(ADD)] = {};

                memcpy(datagram + 4, ADD, sizeof(ADD));
                if (send(stage->uevents, datagram, sizeof(datagram), 0) > 0)
                        sent++;
                else
                        ck_assert_int_ge(sd_event_run(stage->loop, 0), 0);
        }
        run_until(stage, 1);
        run_for(stage, 100 * MSEC);
        check_looks(stage, boot_now() - begin);
        run_until_quiet(stage, 2300 * MSEC);
        stage_free(stage);
}
END_TEST

START_TEST(host_facts_may_be_among_lost_hints) {
        Stage *stage = stage_new();
        unsigned n_max = max_queued_events();

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

/* A real netlink socket of this program's own: what another socket sends to it is not the kernel's. */
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

START_TEST(events_that_are_cut_doubled_or_late_are_hints_all_the_same) {
        static const char *const events[] = {
                "remove@/module/klpw", "add@/module/klpw", /* was sent before that */
                "add@/module/klpw", "add@/module/k",       /* the rest is gone */
        };
        char large[12 * 1024] = ADD;
        Stage *stage = stage_new();

        for (size_t i = 0; i < ELEMENTS(events); i++)
                send_uevent(stage, 0, events[i], strlen(events[i]) + 1);
        run_for(stage, 2300 * MSEC);
        ck_assert_uint_ge(stage->n_looks, 3);
        ck_assert_uint_le(stage->n_looks, 5);
        stage->n_looks = 0;
        send_uevent(stage, 0, large, sizeof(large)); /* does not fit: what fits is enough */
        run_for(stage, 2300 * MSEC);
        ck_assert_uint_eq(stage->n_looks, 3);
        stage_free(stage);
}
END_TEST

START_TEST(lost_messages_of_the_kernel_ask_for_a_look_and_lose_nothing) {
        static const int errors[] = { EPIPE /* overwritten */,
                                      EINVAL /* too long for any buffer */ };

        for (size_t i = 0; i < ELEMENTS(errors); i++) {
                Stage *stage = stage_new();
                unsigned n_watches;

                add_patch(stage, "a");
                FOLLOW(stage, "a 1");
                settle(stage);
                n_watches = n_inotify_watches();
                fail_a_message(stage, errors[i]);
                print(stage, "6,50,60,-;usb 1-1: new device\n"); /* wakes it up, and says nothing */
                run_for(stage, 400 * MSEC);
                ck_assert_uint_eq(n_refused, 1);
                ck_assert_uint_eq(stage->n_looks, 1);
                ck_assert_uint_eq(stage->n_said, 0);
                /* What comes next is heard, the transition is still looked at, the folder still watched. */
                print(stage, "5,51,61,-;livepatch: 'a': patching complete\n");
                run_for(stage, 10 * MSEC);
                ck_assert_uint_eq(stage->n_said, 1);
                ck_assert_uint_eq(stage->said.number, 51);
                run_until(stage, 3);
                ck_assert_uint_eq(n_inotify_watches(), n_watches);
                FOLLOW(stage, "a 0");
                settle(stage);
                run_for(stage, 1300 * MSEC);
                stage->n_looks = 0;
                host_tree_write(&stage->tree, "sys/kernel/livepatch/a/enabled", "0\n");
                run_until(stage, 1);
                stage_free(stage);
        }
}
END_TEST

START_TEST(messages_are_lost_again_and_again) {
        Stage *stage = stage_new();
        uint64_t begin = boot_now();

        /* A thousand may be over before a second look is due: then it goes on until that has come, if it comes. */
        for (unsigned i = 0;
             i < 1000 || (stage->n_looks < LOOKS_AT_LEAST && boot_now() - begin < 10000 * MSEC);
             i++) {
                fail_a_message(stage, EPIPE);
                print(stage, "6,50,60,-;usb 1-1: new device\n");
                while (n_refused == 0)
                        ck_assert_int_ge(sd_event_run(stage->loop, 100 * MSEC), 0);
        }
        check_looks(stage, boot_now() - begin);
        run_until_quiet(stage, 1300 * MSEC);
        stage_free(stage);
}
END_TEST

START_TEST(messages_come_cut_late_or_from_somebody_else) {
        static const char *const strange[] = {
                "13,60,1,-;livepatch: 'a': patching complete\n", /* a program's: facility 1 */
                "30,61,1,-;livepatch: failed to enable patch 'a'\n",
                "4,62,1,-;livepatch: failed to enable pa",
                "4,63",
                "livepatch: failed to enable patch 'a'\n",
                ";",
                "\n",
        };
        Stage *stage = stage_new();

        for (size_t i = 0; i < ELEMENTS(strange); i++)
                print(stage, strange[i]);
        run_for(stage, 1300 * MSEC);
        ck_assert_uint_eq(stage->n_said + stage->n_looks, 0);
        /* Later ones first, and one of them twice: each is told as it is, with its own number. */
        print(stage, "5,71,9,-;livepatch: 'a': patching complete\n");
        run_for(stage, 10 * MSEC);
        ck_assert_uint_eq(stage->said.number, 71);
        print(stage, "5,70,8,-;livepatch: 'a': starting patching transition\n");
        print(stage, "5,70,8,-;livepatch: 'a': starting patching transition\n");
        run_for(stage, 1300 * MSEC);
        ck_assert_uint_eq(stage->said.number, 70);
        ck_assert_int_eq(stage->said.kind, KERNEL_MESSAGE_PATCHING);
        ck_assert_uint_eq(stage->n_said, 3);
        ck_assert_uint_ge(stage->n_looks, 2);
        ck_assert_uint_le(stage->n_looks, 3);
        stage_free(stage);
}
END_TEST

/* Writes as many of one record as a flood has; how long that took. */
static uint64_t flood_messages(Stage *stage, const char *record) {
        uint64_t begin = boot_now();

        for (unsigned sent = 0; sent < N_FLOOD;) {
                if (write(stage->messages, record, strlen(record)) > 0)
                        sent++;
                else
                        ck_assert_int_ge(sd_event_run(stage->loop, 0), 0);
        }
        return boot_now() - begin;
}

START_TEST(a_hundred_thousand_messages_are_few_looks) {
        Stage *stage = stage_new();
        uint64_t took;

        flood_messages(stage, "12,7,8,-;livepatch: 'a': patching complete\n");
        run_for(stage, 1300 * MSEC);
        ck_assert_uint_eq(stage->n_said + stage->n_looks, 0);

        took = flood_messages(stage, "5,7,8,-;livepatch: 'a': patching complete\n");
        run_until(stage, 1);
        check_looks(stage, took);
        run_until_quiet(stage, 1300 * MSEC);
        ck_assert_uint_eq(stage->n_said, N_FLOOD);
        stage_free(stage);
}
END_TEST

START_TEST(a_hundred_thousand_writes_are_few_looks) {
        Stage *stage = stage_new();
        uint64_t begin;
        int fds[2];

        add_patch(stage, "a");
        add_patch(stage, "b");
        FOLLOW(stage, "a 0", "b 0");
        settle(stage);
        for (unsigned i = 0; i < 2; i++) {
                fds[i] = open(host_tree_path(&stage->tree, i ? "sys/kernel/livepatch/a/enabled"
                                                             : "sys/kernel/livepatch/b/enabled"),
                              O_WRONLY | O_CLOEXEC);
                ck_assert_int_ge(fds[i], 0);
        }
        begin = boot_now();
        /* To one after the other, or they would count as one. */
        for (unsigned i = 0; i < N_FLOOD; i++) {
                ck_assert_int_eq(pwrite(fds[i % 2], "1\n", 2, 0), 2);
                if (i % 8 == 7)
                        ck_assert_int_ge(sd_event_run(stage->loop, 0), 0);
        }
        run_until(stage, 1);
        check_looks(stage, boot_now() - begin);
        run_until_quiet(stage, 300 * MSEC);

        /* More than the kernel keeps, with nobody to read it: one look, a later one, and all is watched as before. */
        for (unsigned i = 0; i < 2 * max_queued_events(); i++)
                ck_assert_int_eq(pwrite(fds[i % 2], "1\n", 2, 0), 2);
        run_until(stage, 1);
        run_until_quiet(stage, 300 * MSEC);
        ck_assert_uint_eq(stage->n_host_facts, 1); /* among what was lost may be those */
        ck_assert_int_eq(pwrite(fds[0], "0\n", 2, 0), 2);
        run_until(stage, 1);
        close(fds[0]);
        close(fds[1]);
        stage_free(stage);
}
END_TEST

UNIT_TEST(only_the_kernels_events_of_modules_count, lost_events_ask_for_a_look,
          a_hundred_thousand_events_are_few_looks, host_facts_may_be_among_lost_hints,
          a_forged_datagram_on_netlink_counts_for_nothing,
          events_that_are_cut_doubled_or_late_are_hints_all_the_same,
          lost_messages_of_the_kernel_ask_for_a_look_and_lose_nothing,
          messages_are_lost_again_and_again, messages_come_cut_late_or_from_somebody_else,
          a_hundred_thousand_messages_are_few_looks, a_hundred_thousand_writes_are_few_looks)
