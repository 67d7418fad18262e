/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "base/cleanup.h"
#include "host/kernel-messages.h"
#include "unit-test.h"

#define PATCH "kpatch_6_1_0_56_1_1"

static KernelMessage message_of(const char *record) {
        KernelMessage message;

        kernel_message_read(record, strlen(record), &message);
        return message;
}

START_TEST(the_kernels_texts_are_known) {
        static const struct {
                const char *record, *word, *name, *object;
        } cases[] = {
                { "5,812,30123456,-;livepatch: enabling patch '" PATCH "'\n", "enabling", PATCH,
                  "" },
                { "5,813,30123460,-,caller=T12;livepatch: '" PATCH
                  "': starting patching transition\n SUBSYSTEM=module\n",
                  "patching", PATCH, "" },
                { "5,1,2,-;livepatch: '" PATCH "': starting unpatching transition\n", "unpatching",
                  PATCH, "" },
                { "5,1,2,-;livepatch: '" PATCH "': patching complete\n", "patched", PATCH, "" },
                { "5,1,2,-;livepatch: '" PATCH "': unpatching complete", "unpatched", PATCH, "" },
                { "5,1,2,-;livepatch: signaling remaining tasks\n", "signaling", "", "" },
                { "4,1,2,-;livepatch: forcing remaining tasks to the patched state\n", "forcing",
                  "", "" },
                { "4,1,2,-;livepatch: failed to enable patch 'a'\n", "enable-failed", "a", "" },
                { "4,1,2,-;livepatch: failed to patch object 'vmlinux'\n", "object-failed", "",
                  "vmlinux" },
                { "4,1,2,-;livepatch: pre-patch callback failed for object 'nfs'\n",
                  "callback-failed", "", "nfs" },
                { "3,1,2,-;livepatch: Livepatch patch (a) is not compatible with the already "
                  "installed livepatches.\n",
                  "not-compatible", "a", "" },
                { "4,1,2,-;livepatch: patch 'a' failed for module 'nfs', refusing to load module "
                  "'nfs'\n",
                  "module-refused", "a", "nfs" },
        };

        ck_assert_uint_eq(ELEMENTS(cases) + 1, _KERNEL_MESSAGE_MAX);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                KernelMessage message = message_of(cases[i].record);

                ck_assert_msg(message.kind != KERNEL_MESSAGE_OTHER, "%s", cases[i].record);
                ck_assert_str_eq(kernel_message_kind_to_text(message.kind), cases[i].word);
                ck_assert_str_eq(message.name, cases[i].name);
                ck_assert_str_eq(message.object, cases[i].object);
        }
}
END_TEST

START_TEST(everything_else_is_somebody_elses) {
        static const char *const records[] = {
                "13,812,30123456,-;livepatch: enabling patch 'a'\n", /* written by a user */
                "8,1,2,-;livepatch: enabling patch 'a'\n",
                "6,1,2,-;livepatch: initializing\n", /* printed by a patch of SUSE's itself */
                "5,1,2,-;kpatch: enabling patch 'a'\n",
                "5,1,2,-; livepatch: enabling patch 'a'\n",
                "5,1,2,-;livepatch: enabling patch ''\n",
                "5,1,2,-;livepatch: enabling patch 'a b'\n",
                "5,1,2,-;livepatch: enabling patch 'a' now\n",
                "5,1,2,-;livepatch: enabling patch 'a\n",
                ("5,1,2,-;livepatch: enabling patch "
                 "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\n"),
                "5 1,2,-;livepatch: enabling patch 'a'\n",
                ",1,2,-;livepatch: enabling patch 'a'\n",
                "99999999999999999999,1,2,-;livepatch: enabling patch 'a'\n",
                "5,1,2,-",
                "5",
                ";",
                "",
                "5,1,2,-;",
                "5,1,2,-;x\n livepatch: enabling patch 'a'\n",
        };

        for (size_t i = 0; i < ELEMENTS(records); i++)
                ck_assert_msg(message_of(records[i]).kind == KERNEL_MESSAGE_OTHER, "%s",
                              records[i]);
}
END_TEST

START_TEST(a_record_cut_anywhere_is_another_or_none) {
        static const char record[] = "5,1,2,-;livepatch: '" PATCH "': patching complete\n";

        for (size_t n = 0; n + 2 < sizeof(record); n++) {
                char exact[sizeof(record)] = {};
                KernelMessage message;

                memcpy(exact, record, n);
                kernel_message_read(exact, n, &message);
                ck_assert_int_eq(message.kind, KERNEL_MESSAGE_OTHER);
        }
        ck_assert_int_eq(message_of(record).kind, KERNEL_MESSAGE_PATCHED);
}
END_TEST

UNIT_TEST(the_kernels_texts_are_known, everything_else_is_somebody_elses,
          a_record_cut_anywhere_is_another_or_none)
