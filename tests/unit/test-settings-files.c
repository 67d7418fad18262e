/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "settings-files.h"
#include "base/text.h"
#include "host-tree.h"
#include "unit-test.h"

#define ETC "etc/klpwatch.conf"
#define RUN "run/klpwatch.conf"
#define LIB "usr/lib/klpwatch/klpwatch.conf"

/* What comes of a tree: the channel, the SLA of important CVEs, and the warnings. */
static const char *load(const HostTree *tree) {
        static char summary[1024];
        _cleanup_(settings_freep) Settings *settings = NULL;
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        const char *channel;

        ck_assert_int_eq(host_root_new(tree->path, &root), 0);
        ck_assert_int_eq(settings_files_load(root, &settings), 0);
        channel = channel_to_text(settings->policy.channel);
        snprintf(summary, sizeof(summary), "%s from %s, %d days%s%s", channel ? channel : "auto",
                 settings->policy.channel_place ? settings->policy.channel_place : "nowhere",
                 settings->policy.sla_days[SEVERITY_IMPORTANT],
                 settings->warnings.n_items > 0 ? ", " : "",
                 settings->warnings.n_items > 0 ? settings->warnings.items[0] : "");
        return summary;
}

START_TEST(one_main_file_counts_by_its_priority) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        ck_assert_str_eq(load(&tree), "auto from nowhere, 0 days");
        host_tree_write(&tree, LIB, "[Host]\nChannel=aus\n[Sla]\nImportant=9d\n");
        ck_assert_str_eq(load(&tree), "aus from /" LIB ":2, 9 days");
        host_tree_write(&tree, RUN, "[Host]\nChannel=e4s\n");
        ck_assert_str_eq(load(&tree), "e4s from /" RUN ":2, 0 days");
        host_tree_write(&tree, ETC, "[Host]\n\nChannel=eus\n");
        ck_assert_str_eq(load(&tree), "eus from /" ETC ":3, 0 days");
}
END_TEST

START_TEST(drop_ins_follow_in_the_order_of_their_names) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_write(&tree, ETC, "[Host]\nChannel=eus\n[Sla]\nImportant=30d\n");
        host_tree_write(&tree, "etc/klpwatch.conf.d/10-a.conf", "[Host]\nChannel=main\n");
        ck_assert_str_eq(load(&tree), "main from /etc/klpwatch.conf.d/10-a.conf:2, 30 days");
        host_tree_write(&tree, "usr/lib/klpwatch.conf.d/20-b.conf", "[Host]\nChannel=tus\n");
        ck_assert_str_eq(load(&tree), "tus from /usr/lib/klpwatch.conf.d/20-b.conf:2, 30 days");
        host_tree_write(&tree, "run/klpwatch.conf.d/30-c.conf", "[Sla]\nImportant=7d\n");
        ck_assert_str_eq(load(&tree), "tus from /usr/lib/klpwatch.conf.d/20-b.conf:2, 7 days");
        host_tree_write(&tree, "etc/klpwatch.conf.d/40-d.conf.bak", "[Host]\nChannel=aus\n");
        host_tree_write(&tree, "etc/klpwatch.conf.d/.50-e.conf", "[Host]\nChannel=aus\n");
        ck_assert_str_eq(load(&tree), "tus from /usr/lib/klpwatch.conf.d/20-b.conf:2, 7 days");
}
END_TEST

START_TEST(each_feed_has_a_file) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(settings_freep) Settings *settings = NULL;
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        const FeedSources *feeds;

        host_tree_write(&tree, "usr/lib/klpwatch/feeds.d/a.conf", "[Feed]\nLocation=/a\n");
        host_tree_write(&tree, "usr/lib/klpwatch/feeds.d/b.conf", "[Feed]\nLocation=/b\n");
        host_tree_write(&tree, "usr/lib/klpwatch/feeds.d/c.conf", "[Feed]\nLocation=/c\n");
        host_tree_write(&tree, "usr/lib/klpwatch/feeds.d/imported.conf", "[Feed]\nLocation=/i\n");
        host_tree_write(&tree, "usr/lib/klpwatch/feeds.d/d.conf.bak", "[Feed]\nLocation=/d\n");
        host_tree_write(&tree, "etc/klpwatch/feeds.d/b.conf",
                        "[Feed]\nLocation=/other\n[Host]\nChannel=eus\n[Feed x]\nType=y\n");
        host_tree_write(&tree, "etc/klpwatch/feeds.d/c.conf", "");
        host_tree_write(&tree, ETC, "[Feed a]\nEnabled=no\n");
        ck_assert_int_eq(host_root_new(tree.path, &root), 0);
        ck_assert_int_eq(settings_files_load(root, &settings), 0);

        feeds = &settings->feeds;
        ck_assert_uint_eq(feeds->n_items, 3);
        ck_assert_str_eq(feeds->items[0].name, "package-cache");
        ck_assert_str_eq(feeds->items[1].name, "a");
        ck_assert_str_eq(feeds->items[1].location, "/a");
        ck_assert_int_eq(feed_source_enabled(&feeds->items[1]), FEED_ENABLED_NO);
        ck_assert_str_eq(feeds->items[2].name, "b");
        ck_assert_str_eq(feeds->items[2].location, "/other");
        ck_assert_int_eq(settings->policy.channel, CHANNEL_UNKNOWN);
        ck_assert_uint_eq(settings->warnings.n_items, 3);
        ck_assert_str_eq(settings->warnings.items[0],
                         "/etc/klpwatch/feeds.d/b.conf:3: the file of a feed has the section "
                         "[Feed] alone; [Host] is ignored");
        ck_assert_str_eq(settings->warnings.items[1],
                         "/etc/klpwatch/feeds.d/b.conf:5: the file of a feed has the section "
                         "[Feed] alone; [Feed x] is ignored");
        ck_assert_str_eq(settings->warnings.items[2],
                         "/usr/lib/klpwatch/feeds.d/imported.conf:1: 'imported' is no name for a "
                         "feed; the section is ignored");
}
END_TEST

START_TEST(a_name_in_etc_masks_the_same_name_below) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_write(&tree, "usr/lib/klpwatch.conf.d/20-b.conf", "[Host]\nChannel=tus\n");
        host_tree_write(&tree, "usr/local/lib/klpwatch.conf.d/20-b.conf", "[Host]\nChannel=eus\n");
        ck_assert_str_eq(load(&tree),
                         "eus from /usr/local/lib/klpwatch.conf.d/20-b.conf:2, 0 days");
        host_tree_write(&tree, "run/klpwatch.conf.d/20-b.conf", "[Host]\nChannel=aus\n");
        ck_assert_str_eq(load(&tree), "aus from /run/klpwatch.conf.d/20-b.conf:2, 0 days");
        host_tree_link(&tree, "etc/klpwatch.conf.d/20-b.conf", "/dev/null");
        ck_assert_str_eq(load(&tree), "auto from nowhere, 0 days");
}
END_TEST

START_TEST(an_empty_file_masks_too) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_write(&tree, "usr/lib/klpwatch.conf.d/20-b.conf", "[Host]\nChannel=tus\n");
        host_tree_write(&tree, "etc/klpwatch.conf.d/20-b.conf", "");
        ck_assert_str_eq(load(&tree), "auto from nowhere, 0 days");
}
END_TEST

START_TEST(what_cannot_be_read_is_said_and_the_others_count) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_mkdir(&tree, ETC);
        host_tree_write(&tree, "etc/klpwatch.conf.d/10-a.conf", "[Host]\nChannel=eus\n");
        ck_assert_str_eq(load(&tree), "eus from /etc/klpwatch.conf.d/10-a.conf:2, 0 days, "
                                      "/etc/klpwatch.conf: cannot be read (Is a directory); its "
                                      "settings are left out");
}
END_TEST

/* As root nothing is unreadable: what is no folder stands for one that may not be entered. */
START_TEST(a_folder_that_cannot_be_read_is_said) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(settings_freep) Settings *settings = NULL;
        _cleanup_(host_root_freep) HostRoot *root = NULL;

        host_tree_write(&tree, "run/klpwatch.conf.d/10-a.conf", "[Host]\nChannel=eus\n");
        host_tree_link(&tree, "etc/klpwatch.conf.d", "klpwatch.conf.d");
        ck_assert_str_eq(load(&tree), "eus from /run/klpwatch.conf.d/10-a.conf:2, 0 days, "
                                      "/etc/klpwatch.conf.d: cannot be read (Too many levels of "
                                      "symbolic links); the files in it are left out");
        ck_assert_int_eq(host_root_new(tree.path, &root), 0);
        ck_assert_int_eq(settings_files_load(root, &settings), 0);
        ck_assert(settings->incomplete);
}
END_TEST

START_TEST(an_override_goes_on_over_files) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(settings_freep) Settings *settings = NULL;
        _cleanup_(host_root_freep) HostRoot *root = NULL;

        host_tree_write(&tree, ETC,
                        "[Override 5.14.0-427.13.1.el9_4]\nEligible=yes\nEnd=2025-01-01\n");
        host_tree_write(&tree, "etc/klpwatch.conf.d/10-a.conf",
                        "[Override 5.14.0-427.13.1.el9_4]\nEnd=2026-01-01\n");
        ck_assert_int_eq(host_root_new(tree.path, &root), 0);
        ck_assert_int_eq(settings_files_load(root, &settings), 0);
        ck_assert_uint_eq(settings->policy.n_overrides, 1);
        ck_assert(settings->policy.overrides[0].eligible);
        ck_assert_int_eq(settings->policy.overrides[0].end, utc_day_from_date(2026, 1, 1));
        ck_assert_str_eq(settings->policy.overrides[0].eligible_place, "/etc/klpwatch.conf:2");
        ck_assert_str_eq(settings->policy.overrides[0].end_place,
                         "/etc/klpwatch.conf.d/10-a.conf:2");
}
END_TEST

UNIT_TEST(each_feed_has_a_file, one_main_file_counts_by_its_priority,
          drop_ins_follow_in_the_order_of_their_names, a_name_in_etc_masks_the_same_name_below,
          an_empty_file_masks_too, what_cannot_be_read_is_said_and_the_others_count,
          a_folder_that_cannot_be_read_is_said, an_override_goes_on_over_files)
