/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The watch: what asks for a look, and when. Lost, forged and flooding records are in test-watch-hints.c. */

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

#include "watch-stage.h"

static int clock_fd = -1;    /* the one that notices */
static unsigned n_clock_set; /* how often it was armed */
static bool cancel_next;     /* the clock is set while the timer that notices that is armed */

/* In the place of the C library's for this program: the kernel arms the timer, and may say so. */
int timerfd_settime(int fd, int flags, const struct itimerspec *new, struct itimerspec *old) {
        int r = (int) syscall(SYS_timerfd_settime, fd, flags, new, old);

        if (r == 0 && (flags & TFD_TIMER_CANCEL_ON_SET)) {
                clock_fd = fd;
                n_clock_set++;
        }
        if (r == 0 && cancel_next && (flags & TFD_TIMER_CANCEL_ON_SET)) {
                cancel_next = false;
                errno = ECANCELED;
                return -1;
        }
        return r;
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

START_TEST(a_clock_that_is_set_asks_for_a_look_each_time) {
        const struct itimerspec at_once = { .it_value.tv_nsec = 1 };
        Stage *stage = stage_new();

        for (unsigned i = 1; i <= 3; i++) {
                unsigned n_armed = n_clock_set;

                /* Nobody may set the clock here: that the descriptor has something to say is all that the watch hears. */
                stage->n_looks = 0;
                ck_assert_int_eq(syscall(SYS_timerfd_settime, clock_fd, 0, &at_once, NULL), 0);
                run_until(stage, 1);
                ck_assert_uint_eq(n_clock_set, n_armed + 1);
                run_for(stage, 100 * MSEC);
                ck_assert_uint_eq(stage->n_looks, 1);
        }
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

UNIT_TEST(a_module_event_asks_at_once_and_twice_later, a_write_to_a_patch_is_seen,
          a_patch_that_went_is_watched_no_more, a_transition_is_looked_at_every_second,
          a_look_that_failed_leaves_the_watches, a_look_that_failed_is_tried_again_ever_later,
          a_transition_may_be_unreadable_for_a_while, a_patch_that_was_loaded_anew_is_watched,
          a_clock_that_is_set_while_it_begins_is_no_failure,
          a_clock_that_is_set_asks_for_a_look_each_time,
          the_kernels_words_are_told_and_looked_after, new_host_facts_are_noticed,
          a_thousand_patches_leave_nothing_behind, an_idle_watch_sleeps,
          what_was_said_before_is_heard_and_no_reason_to_look,
          a_log_that_was_read_by_a_daemon_before_is_read_from_its_beginning)
