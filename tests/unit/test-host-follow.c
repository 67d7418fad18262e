/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the kernel said before anybody listened. The host is a folder that passes for no recording, so that its log is
 * listened to, and the journal is this test.
 */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alert/alert-journal.h"
#include "base/cleanup.h"
#include "host-follow.h"
#include "host-tree.h"
#include "unit-test.h"

bool __wrap_host_root_is_recorded(const HostRoot *root);
int __wrap_alert_journal_write(const ChangeEvents *events, const char *kernel,
                               AlertJournalWriter writer);

typedef struct Stage {
        HostTree tree;
        HostRoot *root;
        sd_event *loop;
        HostFollow *follow;
        int kernel;
        HostFacts *scanned; /* NULL: no scan yet */
        unsigned n_failed;
} Stage;

static char records[1024];

bool __wrap_host_root_is_recorded(_unused_ const HostRoot *root) {
        return false;
}

int __wrap_alert_journal_write(const ChangeEvents *events, const char *kernel,
                               _unused_ AlertJournalWriter writer) {
        for (size_t i = 0; i < events->n_items; i++) {
                size_t n = strlen(records);

                snprintf(records + n, sizeof(records) - n, "%s on %s\n", events->items[i].patch,
                         kernel ? kernel : "nothing");
        }
        return 0;
}

static int on_look(_unused_ void *userdata) {
        return 0;
}

static const HostFacts *last_scan(void *userdata) {
        return ((Stage *) userdata)->scanned;
}

static int on_patch_failed(void *userdata, _unused_ const char *patch,
                           _unused_ const char *reason) {
        ((Stage *) userdata)->n_failed++;
        return 0;
}

static void fails(const Stage *stage, unsigned number, const char *patch) {
        char record[128];
        int n = snprintf(record, sizeof(record),
                         "3,%u,1,-;livepatch: failed to enable patch '%s'\n", number, patch);

        ck_assert_int_eq(write(stage->kernel, record, (size_t) n), n);
}

/* Until nothing more is there to be heard. */
static void run_loop(Stage *stage) {
        int r;

        do
                r = sd_event_run(stage->loop, 0);
        while (r > 0);
        ck_assert_int_eq(r, 0);
}

static void start(Stage *stage) {
        HostFollowOwner owner = { on_look, on_look, last_scan, on_patch_failed, stage };
        int ends[2];

        ck_assert_int_eq(pipe2(ends, O_NONBLOCK | O_DIRECT | O_CLOEXEC), 0);
        stage->kernel = ends[1];
        ck_assert_int_ge(sd_event_new(&stage->loop), 0);
        ck_assert_int_eq(host_follow_new(stage->loop, stage->root, ends[0], &owner, &stage->follow),
                         0);
}

static void end(Stage *stage) {
        host_follow_free(stage->follow);
        close(stage->kernel);
        sd_event_unref(stage->loop);
}

static void scan(Stage *stage, HostFacts *host) {
        ck_assert_int_eq(host_follow_note(stage->follow, host, 1, 1), 0);
        stage->scanned = host;
}

START_TEST(a_record_of_before_waits_for_the_first_scan_and_is_told_once) {
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        Stage stage = { .tree = host_tree_new() };

        host_tree_write(&stage.tree, "sys/kernel/livepatch/.keep", "");
        host_tree_write(&stage.tree, "run/klpwatch/.keep", "");
        host_tree_write(&stage.tree, "proc/sys/kernel/random/boot_id", "one\n");
        ck_assert_int_eq(host_root_new(stage.tree.path, &stage.root), 0);
        ck_assert_int_eq(host_facts_new(&host), 0);
        host->kernel = "5.14.0-427.13.1.el9_4.x86_64";

        start(&stage);
        fails(&stage, 7, "a");
        run_loop(&stage);
        /* Heard between the last word of before and the first scan: after that, all the same. */
        fails(&stage, 8, "b");
        run_loop(&stage);
        ck_assert_str_eq(records, "");
        ck_assert_uint_eq(stage.n_failed, 0);
        scan(&stage, host);
        ck_assert_str_eq(records, "a on 5.14.0-427.13.1.el9_4.x86_64\n"
                                  "b on 5.14.0-427.13.1.el9_4.x86_64\n");
        ck_assert_uint_eq(stage.n_failed, 2);
        records[0] = '\0';
        scan(&stage, host);
        fails(&stage, 9, "c");
        run_loop(&stage);
        ck_assert_str_eq(records, "c on 5.14.0-427.13.1.el9_4.x86_64\n");
        ck_assert_uint_eq(stage.n_failed, 3);
        end(&stage);

        /* The next klpwatchd of this boot hears it all again; here its first scan is there before that. */
        records[0] = '\0';
        start(&stage);
        scan(&stage, host);
        fails(&stage, 7, "a");
        fails(&stage, 9, "c");
        fails(&stage, 10, "d");
        run_loop(&stage);
        ck_assert_str_eq(records, "d on 5.14.0-427.13.1.el9_4.x86_64\n");
        end(&stage);

        host_root_free(stage.root);
        host_tree_freep(&stage.tree);
}
END_TEST

UNIT_TEST(a_record_of_before_waits_for_the_first_scan_and_is_told_once)
