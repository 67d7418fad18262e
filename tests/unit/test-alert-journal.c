/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <string.h>

#include "alert/alert-journal.h"
#include "alert/alert-record.h"
#include "alert/message-ids.h"
#include "host-tree.h"
#include "kernel-news.h"
#include "unit-test.h"

static char written[8192]; /* what the writer was told, a line a record */

static void write_down(int priority, const char *message_id, const char *message,
                       const JournalField *fields, size_t n_fields) {
        size_t n = strlen(written);

        n += (size_t) snprintf(written + n, sizeof(written) - n, "%d %s %s", priority, message_id,
                               message);
        for (size_t i = 0; i < n_fields; i++)
                n += (size_t) snprintf(written + n, sizeof(written) - n, "|%s=%s", fields[i].name,
                                       fields[i].value);
        snprintf(written + n, sizeof(written) - n, "\n");
}

static void expect(const ChangeEvent *event, const char *kernel, const char *expected) {
        ChangeEvents events = { (ChangeEvent *) event, 1 };

        written[0] = '\0';
        ck_assert_int_eq(alert_journal_write(&events, kernel, write_down), 0);
        ck_assert_str_eq(written, expected);
}

START_TEST(records_have_ids_and_fields) {
        expect(&(ChangeEvent){ .kind = EVENT_PATCH_LOADED, .patch = "p", .text = "Loaded." }, "1.2",
               "5 " MESSAGE_PATCH_LOADED " Loaded.|KLPWATCH_EVENT=patch-loaded|KLPWATCH_KERNEL=1."
               "2|KLPWATCH_PATCH=p\n");
        expect(&(ChangeEvent){ .kind = EVENT_TRANSITION_FINISHED,
                               .patch = "p",
                               .took_usec = 1500000,
                               .text = "Done." },
               NULL,
               "5 " MESSAGE_TRANSITION_FINISHED
               " Done.|KLPWATCH_EVENT=transition-finished|KLPWATCH_PATCH=p|KLPWATCH_DIRECTION=to|"
               "KLPWATCH_TOOK_USEC=1500000\n");
        expect(&(ChangeEvent){ .kind = EVENT_TRANSITION_FINISHED,
                               .patch = "p",
                               .removed = true,
                               .replaced_by = "q",
                               .text = "Done." },
               NULL,
               "5 " MESSAGE_TRANSITION_FINISHED
               " Done.|KLPWATCH_EVENT=transition-finished|KLPWATCH_PATCH=p|KLPWATCH_REPLACED_BY=q|"
               "KLPWATCH_DIRECTION=away\n");
        expect(&(ChangeEvent){ .kind = EVENT_PATCH_FAILED,
                               .patch = "p",
                               .reason = "because",
                               .text = "Failed." },
               NULL,
               "4 " MESSAGE_PATCH_FAILED
               " Failed.|KLPWATCH_EVENT=patch-failed|KLPWATCH_PATCH=p|KLPWATCH_REASON=because\n");
        expect(&(ChangeEvent){ .kind = EVENT_COVERAGE_CHANGED,
                               .before = "covered",
                               .after = "ended",
                               .text = "Other." },
               NULL,
               "5 " MESSAGE_COVERAGE_CHANGED
               " Other.|KLPWATCH_EVENT=coverage-changed|KLPWATCH_COVERAGE_BEFORE=covered|"
               "KLPWATCH_COVERAGE=ended\n");
}
END_TEST

START_TEST(every_event_has_an_id_of_its_own) {
        char ids[_EVENT_MAX][33];

        for (ChangeEventKind kind = 0; kind < _EVENT_MAX; kind++) {
                ChangeEvent event = { .kind = kind, .text = "" };
                ChangeEvents events = { &event, 1 };

                written[0] = '\0';
                ck_assert_int_eq(alert_journal_write(&events, NULL, write_down), 0);
                ck_assert_int_eq(sscanf(written, "%*d %32[0-9a-f] ", ids[kind]), 1);
                ck_assert_uint_eq(strlen(ids[kind]), 32);
                for (ChangeEventKind other = 0; other < kind; other++)
                        ck_assert_str_ne(ids[kind], ids[other]);
        }
}
END_TEST

START_TEST(an_alert_is_found_by_its_fields) {
        AlertEntry entry = { .used = true,
                             .kind = ALERT_COVERAGE_ENDING,
                             .alert = { .level = ALERT_LEVEL_CRITICAL,
                                        .text = "It ends.",
                                        .action = "Reboot.",
                                        .kernel = "k",
                                        .coverage_end = 20208 } };
        const char *cves[] = { "CVE-1", "CVE-2" };

        written[0] = '\0';
        ck_assert_int_eq(alert_record_write(&entry, write_down), 0);
        ck_assert_str_eq(written, ""); /* nothing is news */
        entry.news = ALERT_NEWS_RAISED;
        ck_assert_int_eq(alert_record_write(&entry, write_down), 0);
        ck_assert_str_eq(written,
                         "2 " MESSAGE_ALERT_COVERAGE_ENDING
                         " It ends. What to do: Reboot.|KLPWATCH_ALERT=coverage-ending|"
                         "KLPWATCH_ALERT_NEWS=raised|KLPWATCH_LEVEL=critical|KLPWATCH_ACTION="
                         "Reboot.|KLPWATCH_KERNEL=k|KLPWATCH_COVERAGE_END=2025-04-30\n");
        entry.news = ALERT_NEWS_CLEARED;
        entry.kind = ALERT_EXPOSURE;
        entry.alert.coverage_end = UTC_DAY_NONE;
        entry.alert.cves = (TextList){ cves, 2 };
        written[0] = '\0';
        ck_assert_int_eq(alert_record_write(&entry, write_down), 0);
        ck_assert_str_eq(
                        written,
                        "5 " MESSAGE_ALERT_EXPOSURE
                        " No longer so: It ends.|KLPWATCH_ALERT=exposure|KLPWATCH_ALERT_NEWS="
                        "cleared|KLPWATCH_LEVEL=critical|KLPWATCH_ACTION=Reboot.|KLPWATCH_KERNEL=k|"
                        "KLPWATCH_CVES=CVE-1 CVE-2\n");
}
END_TEST

START_TEST(every_class_has_an_id_of_its_own_and_every_level_its_priority) {
        static const char priorities[_ALERT_LEVEL_MAX] = { '?', '6', '4', '2' };
        char ids[_ALERT_CLASS_MAX][33];

        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                for (AlertLevel level = ALERT_LEVEL_INFO; level < _ALERT_LEVEL_MAX; level++) {
                        AlertEntry entry = { .kind = kind,
                                             .alert = { .level = level,
                                                        .text = "",
                                                        .action = "",
                                                        .coverage_end = UTC_DAY_NONE },
                                             .news = ALERT_NEWS_WORSENED };

                        written[0] = '\0';
                        ck_assert_int_eq(alert_record_write(&entry, write_down), 0);
                        ck_assert_int_eq(sscanf(written, "%*d %32[0-9a-f] ", ids[kind]), 1);
                        ck_assert_int_eq(written[0], priorities[level]);
                        for (AlertClass other = 0; other < kind; other++)
                                ck_assert_str_ne(ids[kind], ids[other]);
                }
}
END_TEST

/* Kernel messages, one after the other, and the records that they make. */
static void expect_news(const KernelMessage *messages, size_t n_messages, const HostFacts *host,
                        const char *expected) {
        KernelNews news = {};
        ChangeEvents events = {};
        MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < n_messages; i++)
                kernel_news_tell(&news, &messages[i], host, pool, &events);
        ck_assert(!memory_pool_exhausted(pool));
        written[0] = '\0';
        for (size_t i = 0; i < events.n_items; i++)
                snprintf(written + strlen(written), sizeof(written) - strlen(written),
                         "%s %s: %s\n", change_event_kind_to_text(events.items[i].kind),
                         events.items[i].patch ? events.items[i].patch : "-",
                         events.items[i].reason ? events.items[i].reason : "-");
        ck_assert_str_eq(written, expected);
        memory_pool_free(pool);
}

START_TEST(failures_are_told_with_the_kernels_reason) {
        static const KernelMessage object[] = { { KERNEL_MESSAGE_ENABLING, "p", "" },
                                                { KERNEL_MESSAGE_OBJECT_FAILED, "", "vmlinux" },
                                                { KERNEL_MESSAGE_ENABLE_FAILED, "p", "" } };
        static const KernelMessage callback[] = { { KERNEL_MESSAGE_CALLBACK_FAILED, "", "ext4" },
                                                  { KERNEL_MESSAGE_ENABLE_FAILED, "p", "" },
                                                  { KERNEL_MESSAGE_ENABLE_FAILED, "q", "" } };
        static const KernelMessage stale[] = { { KERNEL_MESSAGE_OBJECT_FAILED, "", "vmlinux" },
                                               { KERNEL_MESSAGE_ENABLING, "p", "" },
                                               { KERNEL_MESSAGE_ENABLE_FAILED, "p", "" } };
        static const KernelMessage others[] = { { KERNEL_MESSAGE_NOT_COMPATIBLE, "p", "" },
                                                { KERNEL_MESSAGE_MODULE_REFUSED, "q", "ext4" } };
        static const KernelMessage success[] = { { KERNEL_MESSAGE_ENABLING, "p", "" },
                                                 { KERNEL_MESSAGE_PATCHING, "p", "" },
                                                 { KERNEL_MESSAGE_SIGNALING, "", "" },
                                                 { KERNEL_MESSAGE_PATCHED, "p", "" } };

        expect_news(object, ELEMENTS(object), NULL,
                    "patch-failed p: it could not patch object vmlinux\n");
        expect_news(callback, ELEMENTS(callback), NULL,
                    "patch-failed p: its pre-patch callback failed for object ext4\n"
                    "patch-failed q: -\n");
        expect_news(stale, ELEMENTS(stale), NULL, "patch-failed p: -\n");
        expect_news(others, ELEMENTS(others), NULL,
                    "patch-failed p: it is not compatible with those that are installed\n"
                    "patch-failed q: it could not be applied to module ext4, which was not loaded "
                    "therefore\n");
        expect_news(success, ELEMENTS(success), NULL, "");
}
END_TEST

START_TEST(force_is_told_of_the_patch_in_transition) {
        static const KernelMessage forced[] = { { KERNEL_MESSAGE_FORCING, "", "" } };
        LoadedPatch patches[] = {
                { .name = "a", .listed = true, .transition = TRISTATE_NO },
                { .name = "b", .listed = true, .transition = TRISTATE_YES },
        };
        HostFacts host = { .patches = patches, .n_patches = ELEMENTS(patches) };

        expect_news(forced, 1, &host, "transition-forced b: -\n");
        expect_news(forced, 1, NULL, "transition-forced -: -\n");
}
END_TEST

/* A load that failed and was tried again with success is over; what is told is not told after a restart of klpwatchd. */
START_TEST(what_was_said_before_may_be_over_or_told) {
        static const KernelMessage messages[] = { { KERNEL_MESSAGE_ENABLE_FAILED, "p", "", 5 },
                                                  { KERNEL_MESSAGE_ENABLE_FAILED, "q", "", 6 },
                                                  { KERNEL_MESSAGE_ENABLE_FAILED, "p", "", 7 },
                                                  { KERNEL_MESSAGE_PATCHED, "p", "", 8 } };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        ChangeEvents events = {};
        KernelNews news = {};
        uint64_t number = 1;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(messages); i++) {
                kernel_news_tell(&news, &messages[i], NULL, pool, &events);
                kernel_news_overtake(&messages[i], &events);
        }
        ck_assert_uint_eq(events.n_items, 1);
        ck_assert_str_eq(events.items[0].patch, "q");

        host_tree_write(&tree, "proc/sys/kernel/random/boot_id", "one\n");
        ck_assert_int_eq(host_root_new(tree.path, &root), 0);
        ck_assert_int_eq(kernel_told_write(root, 8), 1);
        ck_assert_int_eq(kernel_told_read(root, &number), 0);
        ck_assert_uint_eq(number, 0);
        host_tree_write(&tree, "run/klpwatch/.keep", "");
        ck_assert_int_eq(kernel_told_write(root, 8), 0);
        ck_assert_int_eq(kernel_told_read(root, &number), 0);
        ck_assert_uint_eq(number, 8);
        host_tree_write(&tree, "run/klpwatch/kernel-told", "kernel-told 2 one 8");
        ck_assert_int_eq(kernel_told_read(root, &number), 0);
        ck_assert_uint_eq(number, 0);
        ck_assert_int_eq(kernel_told_write(root, 8), 0);
        host_tree_write(&tree, "proc/sys/kernel/random/boot_id", "two\n");
        ck_assert_int_eq(kernel_told_read(root, &number), 0);
        ck_assert_uint_eq(number, 0);
}
END_TEST

UNIT_TEST(records_have_ids_and_fields, every_event_has_an_id_of_its_own,
          an_alert_is_found_by_its_fields,
          every_class_has_an_id_of_its_own_and_every_level_its_priority,
          failures_are_told_with_the_kernels_reason, force_is_told_of_the_patch_in_transition,
          what_was_said_before_may_be_over_or_told)
