/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"
#include "host-tree.h"
#include "host/patch-times.h"
#include "unit-test.h"

#define FILE_PATH PATCH_TIMES_FOLDER "/" PATCH_TIMES_NAME
#define SECOND USEC_PER_SEC
#define START ((UtcTime) 1727697600 * USEC_PER_SEC)

/* A host, its times, and both clocks. */
typedef struct Stage {
        HostTree tree;
        HostRoot *root;
        PatchTimes *times;
        HostFacts *host;
        UtcTime now;
        uint64_t boot_usec;
} Stage;

static void stage_times(Stage *stage) {
        patch_times_free(stage->times);
        ck_assert_int_eq(patch_times_new(stage->root, &stage->times), 0);
}

static Stage stage_new(void) {
        Stage stage = { .tree = host_tree_new(), .now = START, .boot_usec = 1000 * SECOND };

        host_tree_write(&stage.tree, "proc/sys/kernel/random/boot_id", "first\n");
        host_tree_write(&stage.tree, PATCH_TIMES_FOLDER "/.keep", "");
        ck_assert_int_eq(host_root_new(stage.tree.path, &stage.root), 0);
        stage_times(&stage);
        return stage;
}

static void stage_free(Stage *stage) {
        host_facts_free(stage->host);
        patch_times_free(stage->times);
        host_root_free(stage->root);
        host_tree_freep(&stage->tree);
}

static void pass(Stage *stage, int64_t seconds) {
        stage->now += seconds * SECOND;
        stage->boot_usec += (uint64_t) (seconds * SECOND);
}

/* A scan that finds "NAME ENABLED TRANSITION" each: 1, 0 or ?; `- -` for one that is not listed any more. */
static void see(Stage *stage, const char *const *patches) {
        host_facts_free(stage->host);
        ck_assert_int_eq(host_facts_new(&stage->host), 0);
        stage->host->livepatch_unknown = NULL;
        for (; *patches; patches++) {
                LoadedPatch *patch = memory_pool_append(stage->host->pool, stage->host->patches,
                                                        stage->host->n_patches);
                TextList words = text_words(stage->host->pool, *patches);
                Tristate values[2];

                for (int i = 0; i < 2; i++)
                        values[i] = words.items[i + 1][0] == '1'   ? TRISTATE_YES
                                    : words.items[i + 1][0] == '0' ? TRISTATE_NO
                                                                   : TRISTATE_UNKNOWN;
                *patch = (LoadedPatch){ .name = words.items[0],
                                        .listed = words.items[1][0] != '-',
                                        .enabled = values[0],
                                        .transition = values[1],
                                        .since = UTC_TIME_NONE,
                                        .loaded_since = UTC_TIME_NONE,
                                        .enabled_since = UTC_TIME_NONE };
        }
        ck_assert_int_eq(patch_times_note(stage->times, stage->host, stage->now, stage->boot_usec),
                         0);
        ck_assert_int_eq(patch_times_save(stage->times), 0);
}

#define SEE(stage, ...) see((stage), (const char *const[]){ __VA_ARGS__, NULL })

static void show(char *text, const char *word, UtcTime time) {
        if (time != UTC_TIME_NONE)
                sprintf(text + strlen(text), " %s %+lld", word,
                        (long long) ((time - START) / SECOND));
}

/* "loaded +5 enabled +7 took 2": seconds behind START; what is not known is left out. */
static const char *told(const Stage *stage, const char *name) {
        const LoadedPatch *patch = host_facts_find_patch(stage->host, name);
        static char text[256];

        ck_assert_ptr_nonnull(patch);
        strcpy(text, "");
        show(text, "loaded", patch->loaded_since);
        show(text, "enabled", patch->enabled_since);
        show(text, "since", patch->since);
        if (patch->transition_usec > 0)
                sprintf(text + strlen(text), " took %lld",
                        (long long) (patch->transition_usec / SECOND));
        if (patch->replaced_by)
                sprintf(text + strlen(text), " by %s", patch->replaced_by);
        return text[0] == ' ' ? text + 1 : text;
}

START_TEST(a_patch_is_followed_from_load_to_rest) {
        Stage stage = stage_new();

        SEE(&stage, "old 1 0");
        ck_assert_str_eq(told(&stage, "old"), ""); /* was there before anybody looked */
        pass(&stage, 10);
        SEE(&stage, "old 1 0", "new 1 1");
        ck_assert_str_eq(told(&stage, "new"), "loaded +10 since +10");
        pass(&stage, 2);
        SEE(&stage, "old 1 0", "new 1 1");
        ck_assert_str_eq(told(&stage, "new"), "loaded +10 since +10");
        pass(&stage, 1);
        SEE(&stage, "new 1 0", "old - -");
        ck_assert_str_eq(told(&stage, "new"), "loaded +10 enabled +13 took 3");
        ck_assert_str_eq(told(&stage, "old"), "by new");
        pass(&stage, 5);
        SEE(&stage, "new 1 0", "old - -");
        ck_assert_str_eq(told(&stage, "new"), "loaded +10 enabled +13 took 3");
        ck_assert_str_eq(told(&stage, "old"), "by new");
        stage_free(&stage);
}
END_TEST

START_TEST(a_transition_that_is_turned_round_begins_again) {
        Stage stage = stage_new();

        SEE(&stage, "a 1 0");
        pass(&stage, 5);
        SEE(&stage, "a 0 1");
        ck_assert_str_eq(told(&stage, "a"), "since +5");
        pass(&stage, 60);
        SEE(&stage, "a 1 1");
        ck_assert_str_eq(told(&stage, "a"), "since +65");
        pass(&stage, 1);
        SEE(&stage, "a ? ?"); /* unreadable for once: nothing is concluded */
        pass(&stage, 1);
        SEE(&stage, "a 1 0");
        ck_assert_str_eq(told(&stage, "a"), "enabled +67 took 2");
        pass(&stage, 10);
        SEE(&stage, "a 0 1");
        pass(&stage, 3);
        SEE(&stage, "a - -");
        ck_assert_str_eq(told(&stage, "a"),
                         "took 3"); /* disabled by somebody, replaced by nobody */
        stage_free(&stage);
}
END_TEST

START_TEST(what_has_just_come_is_not_turned_round) {
        Stage stage = stage_new();

        SEE(&stage, "old 1 0");
        pass(&stage, 10);
        SEE(&stage, "old 1 0", "new 0 1"); /* the kernel's order: on its way, then enabled */
        ck_assert_int_eq(host_facts_find_patch(stage.host, "new")->awaited, TRISTATE_YES);
        ck_assert_int_eq(host_facts_find_patch(stage.host, "old")->awaited, TRISTATE_UNKNOWN);
        pass(&stage, 1);
        SEE(&stage, "old 1 0", "new 1 1");
        ck_assert_str_eq(told(&stage, "new"), "loaded +10 since +10");
        ck_assert_int_eq(host_facts_find_patch(stage.host, "new")->awaited, TRISTATE_UNKNOWN);
        pass(&stage, 1);
        SEE(&stage, "old 1 0", "new 0 1"); /* now it is */
        ck_assert_str_eq(told(&stage, "new"), "loaded +10 since +12");
        ck_assert_int_eq(host_facts_find_patch(stage.host, "new")->awaited, TRISTATE_UNKNOWN);
        /* What is still not enabled after a while is not on its way there. */
        SEE(&stage, "old 1 0", "new 1 0", "late 0 1");
        ck_assert_int_eq(host_facts_find_patch(stage.host, "late")->awaited, TRISTATE_YES);
        pass(&stage, 11);
        SEE(&stage, "old 1 0", "new 1 0", "late 0 1");
        ck_assert_int_eq(host_facts_find_patch(stage.host, "late")->awaited, TRISTATE_UNKNOWN);
        stage_free(&stage);
}
END_TEST

START_TEST(what_is_about_to_go_is_not_turned_round) {
        Stage stage = stage_new();

        SEE(&stage, "a 1 0");
        pass(&stage, 5);
        SEE(&stage, "a 1 1"); /* the kernel's order: in transition, then no longer enabled */
        ck_assert_int_eq(host_facts_find_patch(stage.host, "a")->awaited, TRISTATE_NO);
        pass(&stage, 1);
        SEE(&stage, "a 0 1");
        ck_assert_str_eq(told(&stage, "a"), "since +5");
        ck_assert_int_eq(host_facts_find_patch(stage.host, "a")->awaited, TRISTATE_UNKNOWN);
        pass(&stage, 1);
        SEE(&stage, "a 1 1"); /* now it is */
        ck_assert_str_eq(told(&stage, "a"), "since +7");
        ck_assert_int_eq(host_facts_find_patch(stage.host, "a")->awaited, TRISTATE_UNKNOWN);
        SEE(&stage, "a 1 0");
        SEE(&stage, "a 1 1");
        pass(&stage, 11); /* what is still enabled after a while is not on its way away */
        SEE(&stage, "a 1 1");
        ck_assert_int_eq(host_facts_find_patch(stage.host, "a")->awaited, TRISTATE_UNKNOWN);
        stage_free(&stage);
}
END_TEST

START_TEST(what_comes_again_is_not_turned_round) {
        Stage stage = stage_new();

        SEE(&stage, "a 1 0");
        pass(&stage, 5);
        SEE(&stage, "a 0 0"); /* disabled; then it is unloaded and loaded between two looks */
        pass(&stage, 5);
        SEE(&stage, "a 0 1");
        ck_assert_int_eq(host_facts_find_patch(stage.host, "a")->awaited, TRISTATE_YES);
        pass(&stage, 1);
        SEE(&stage, "a 1 1");
        ck_assert_str_eq(told(&stage, "a"), "since +10");
        stage_free(&stage);
}
END_TEST

START_TEST(a_transition_under_way_counts_from_the_first_look) {
        Stage stage = stage_new();

        SEE(&stage, "a 1 1");
        ck_assert_str_eq(told(&stage, "a"), "since +0");
        pass(&stage, 80);
        SEE(&stage, "a 1 1");
        ck_assert_str_eq(told(&stage, "a"), "since +0");
        stage_free(&stage);
}
END_TEST

START_TEST(times_outlive_the_daemon_and_not_the_boot) {
        Stage stage = stage_new();

        SEE(&stage, "a 1 0");
        pass(&stage, 7);
        SEE(&stage, "a 1 0", "b 1 1");
        pass(&stage, 3);
        stage_times(&stage);
        SEE(&stage, "a 1 0", "b 1 1");
        ck_assert_str_eq(told(&stage, "a"), "");
        ck_assert_str_eq(told(&stage, "b"), "loaded +7 since +7");
        pass(&stage, 2);
        stage_times(&stage);
        SEE(&stage, "a - -", "b 1 0"); /* it ended while nobody looked */
        ck_assert_str_eq(told(&stage, "b"), "loaded +7 enabled +12 took 5");
        ck_assert_str_eq(told(&stage, "a"), "by b");

        host_tree_write(&stage.tree, "proc/sys/kernel/random/boot_id", "second\n");
        stage_times(&stage);
        SEE(&stage, "b 1 0");
        ck_assert_str_eq(told(&stage, "b"), "");
        stage_free(&stage);
}
END_TEST

START_TEST(a_clock_that_is_set_moves_the_times_along) {
        static const int64_t days[] = { 400, -400 };

        for (size_t i = 0; i < ELEMENTS(days); i++) {
                int64_t jump = days[i] * 86400;
                Stage stage = stage_new();
                char expected[128];

                SEE(&stage, "a 1 0");
                pass(&stage, 10);
                SEE(&stage, "a 1 0", "b 1 1");
                pass(&stage, 5);
                stage.now += jump * SECOND;
                SEE(&stage, "a 1 0", "b 1 1");
                sprintf(expected, "loaded %+lld since %+lld", (long long) (jump + 10),
                        (long long) (jump + 10));
                ck_assert_str_eq(told(&stage, "b"), expected);
                stage_times(&stage);
                pass(&stage, 5);
                SEE(&stage, "a 1 0", "b 1 0");
                sprintf(expected, "loaded %+lld enabled %+lld took 10", (long long) (jump + 10),
                        (long long) (jump + 20));
                ck_assert_str_eq(told(&stage, "b"), expected);
                stage_free(&stage);
        }
}
END_TEST

START_TEST(no_time_is_in_the_future) {
        Stage stage = stage_new();

        SEE(&stage, "a 1 0");
        pass(&stage, 10);
        SEE(&stage, "a 1 0", "b 1 1");
        stage.now -= SECOND; /* less than counts as a set clock */
        SEE(&stage, "a 1 0", "b 1 1");
        ck_assert_str_eq(told(&stage, "b"), "loaded +9 since +9");
        stage_free(&stage);
}
END_TEST

START_TEST(a_file_of_another_form_is_left_aside) {
        static const char *const texts[] = {
                "",
                "\n",
                "patch-times 2 first 5\n",
                "patch-times 1 other 5\na 1 5 5 - 0 -\n",
                "patch-times 1 first\na 1 5 5 - 0 -\n",
                "patch-times 1 first 5\na 1 5 5 - 0 -\nb 1 5\n",
                "patch-times 1 first 5\na b c d e f g\n",
        };

        for (size_t i = 0; i < ELEMENTS(texts); i++) {
                Stage stage = stage_new();

                host_tree_write(&stage.tree, FILE_PATH, texts[i]);
                stage_times(&stage);
                SEE(&stage, "a 1 0");
                ck_assert_str_eq(told(&stage, "a"), "");
                stage_free(&stage);
        }
}
END_TEST

START_TEST(what_does_not_change_is_not_written) {
        Stage stage = stage_new();
        const char *path = host_tree_path(&stage.tree, FILE_PATH);
        struct stat before, after;

        SEE(&stage, "a 1 0");
        ck_assert_int_eq(stat(path, &before), 0);
        for (int i = 0; i < 100; i++) {
                pass(&stage, 1);
                stage.now += i % 2 ? 3000 : -3000; /* clocks are read one after the other */
                SEE(&stage, "a 1 0");
        }
        ck_assert_int_eq(stat(path, &after), 0);
        ck_assert_uint_eq(before.st_ino, after.st_ino);
        stage_free(&stage);
}
END_TEST

START_TEST(an_unreadable_list_makes_nothing_go) {
        Stage stage = stage_new();

        SEE(&stage, "a 1 0");
        pass(&stage, 1);
        SEE(&stage, "a 1 0", "b 1 0");
        ck_assert_str_eq(told(&stage, "b"), "loaded +1 enabled +1");
        host_facts_free(stage.host);
        ck_assert_int_eq(host_facts_new(&stage.host), 0);
        stage.host->livepatch_unknown = "Permission denied";
        ck_assert_int_eq(patch_times_note(stage.times, stage.host, stage.now, stage.boot_usec), 0);
        pass(&stage, 1);
        SEE(&stage, "a 1 0", "b 1 0");
        ck_assert_str_eq(told(&stage, "b"), "loaded +1 enabled +1");
        stage_free(&stage);
}
END_TEST

UNIT_TEST(a_patch_is_followed_from_load_to_rest, a_transition_that_is_turned_round_begins_again,
          what_has_just_come_is_not_turned_round, what_is_about_to_go_is_not_turned_round,
          what_comes_again_is_not_turned_round, a_transition_under_way_counts_from_the_first_look,
          times_outlive_the_daemon_and_not_the_boot, a_clock_that_is_set_moves_the_times_along,
          no_time_is_in_the_future, a_file_of_another_form_is_left_aside,
          what_does_not_change_is_not_written, an_unreadable_list_makes_nothing_go)
