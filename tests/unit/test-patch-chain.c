/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "ctl/patch-chain.h"
#include "ctl/remedy.h"
#include "unit-test.h"

#define LOADED(version, enabled, transition, survives)                                          \
        "\"loaded\":[{\"name\":\"m\",\"package\":\"p\",\"version\":\"" version                  \
        "\",\"known\":true,"                                                                    \
        "\"enabled\":" enabled ",\"transition\":" transition ",\"survives_reboot\":\"" survives \
        "\"}]"
#define LOADED_NEXT(survives)                                                               \
        "\"loaded\":[{\"name\":\"m\",\"package\":\"p\",\"version\":\"1-2\",\"known\":true," \
        "\"enabled\":true,\"transition\":false,\"survives_reboot\":\"" survives             \
        "\",\"survives_reboot_because\":\"the next boot is of another kernel\","            \
        "\"survives_reboot_kernel\":\"another\"}]"
#define NEWEST(version) "\"newest\":{\"package\":\"p\",\"version\":\"" version "\"}"
#define ON_DISK(version) "\"on_disk\":\"" version "\""

START_TEST(each_link_is_judged_by_its_own_fact) {
        static const struct {
                const char *freshness, *patch; /* members of "patch" */
                const char *marks;   /* a letter a link: good, neutral, unknown, warning, bad */
                const char *trouble; /* of the first link in trouble behind the feed; NULL: none */
        } cases[] = {
                { "fresh",
                  "\"state\":\"applied\"," LOADED("1-2", "true", "false",
                                                  "yes") "," NEWEST("1-2") "," ON_DISK("1-2"),
                  "ggggggg", NULL },
                { "fresh",
                  "\"state\":\"outdated\"," LOADED("1-2", "true", "false",
                                                   "yes") "," NEWEST("1-10") "," ON_DISK("1-2"),
                  "ggwgggg", "live patch 1-10 is released, the newest on this host is 1-2" },
                { "fresh",
                  "\"state\":\"outdated\"," LOADED("1-9", "true", "false",
                                                   "no") "," NEWEST("1-10") "," ON_DISK("1-10"),
                  "gggwggb", "loaded is 1-9, on disk is 1-10" },
                { "stale", "\"state\":\"missing\",\"loaded\":[]," NEWEST("1-2") ",\"on_disk\":null",
                  "wgbnnnn", "no live patch for the running kernel is on this host" },
                { "fresh", "\"state\":\"missing\",\"loaded\":[]," NEWEST("1-2") "," ON_DISK("1-2"),
                  "gggbnnn", "the live patch on disk is not loaded" },
                { "fresh",
                  "\"state\":\"disabled\"," LOADED("1-2", "false", "false",
                                                   "yes") "," NEWEST("1-2") "," ON_DISK("1-2"),
                  "ggggbng", "the live patch is loaded, but not enabled: it protects nothing" },
                { "fresh",
                  "\"state\":\"transitioning\"," LOADED("1-2", "true", "true",
                                                        "yes") "," NEWEST("1-2") "," ON_DISK("1-2"),
                  "gggggwg", "tasks are still moving to the patched code" },
                { "fresh",
                  "\"state\":\"stalled\"," LOADED("1-2", "true", "true",
                                                  "yes") "," NEWEST("1-2") "," ON_DISK("1-2"),
                  "gggggbg", "some tasks have not moved to the patched code" },
                { "fresh",
                  "\"state\":\"applied\"," LOADED("1-2", "true", "false",
                                                  "unknown") "," NEWEST("1-2") ",\"on_disk\":null",
                  "ggugggu", NULL },
                { "fresh",
                  "\"state\":\"applied\"," LOADED_NEXT("no") "," NEWEST("1-2") "," ON_DISK("1-2"),
                  "ggggggw", "the next boot is of another kernel" },
                { "fresh",
                  "\"state\":\"applied\"," LOADED_NEXT("yes") "," NEWEST("1-2") "," ON_DISK("1-2"),
                  "ggggggg", NULL },
                { "expired",
                  "\"state\":\"unknown\"," LOADED("1-2", "null", "null",
                                                  "unknown") ",\"newest\":null",
                  "buuguuu", NULL },
                { "fresh",
                  "\"state\":\"none-needed\",\"loaded\":[],\"newest\":null,\"on_disk\":null",
                  "gnnnnnn", NULL },
                { "never", "\"state\":\"not-applicable\"", "bnnnnnn", NULL },
                { "fresh",
                  "\"state\":\"foreign\",\"loaded\":[{\"name\":\"f\",\"known\":false,\"enabled\":"
                  "true,"
                  "\"transition\":false}]," NEWEST("1-2"),
                  "ggunnnn", NULL },
                { NULL, "\"state\":null", "uuunnnn", NULL },
        };
        static const char letters[] = {
                [MARK_NONE] = '-',    [MARK_GOOD] = 'g',    [MARK_NEUTRAL] = 'n',
                [MARK_UNKNOWN] = 'u', [MARK_WARNING] = 'w', [MARK_BAD] = 'b',
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(description_freep) Description *description = NULL;
                PatchChainLink links[_PATCH_CHAIN_MAX];
                char marks[_PATCH_CHAIN_MAX + 1] = "";
                const char *json, *trouble = NULL;

                json = memory_pool_format(
                                pool,
                                "{\"schema\":1,\"freshness\":{\"state\":\"%s\"},\"patch\":{%s}}",
                                cases[i].freshness ? cases[i].freshness : "", cases[i].patch);
                ck_assert_msg(description_parse(pool, json, &description) == 0,
                              "row %zu is no JSON: %s", i, json);
                patch_chain_judge(description, pool, links);
                for (size_t j = 0; j < _PATCH_CHAIN_MAX; j++) {
                        marks[j] = letters[links[j].mark];
                        if (j > PATCH_CHAIN_FEED && !trouble)
                                trouble = links[j].trouble;
                        ck_assert_msg(!links[j].trouble == !links[j].command,
                                      "row %zu, link %zu: trouble without a command", i, j);
                        ck_assert_msg(!links[j].trouble || links[j].mark >= MARK_WARNING,
                                      "row %zu, link %zu", i, j);
                }
                ck_assert_msg(strcmp(marks, cases[i].marks) == 0, "row %zu gave %s", i, marks);
                ck_assert_msg(!cases[i].trouble == !trouble &&
                                              (!trouble || strcmp(trouble, cases[i].trouble) == 0),
                              "row %zu gave '%s'", i, trouble ? trouble : "no trouble");
        }
}
END_TEST

START_TEST(the_command_mends_what_says_no) {
        static const char option[] = "grubby --update-kernel=DEFAULT --remove-args=kpatch.enable=0",
                          service[] = "systemctl enable kpatch.service";
        static const struct {
                const char *vendor, *obstacle, *package, *on_disk;
                const char *chain, *advice; /* the command there */
        } cases[] = {
                { "redhat", "\"service\"", "p", "1-2", service, service },
                { "redhat", "\"option\"", "p", "1-2", option, option },
                { "redhat", "\"file\"", "p", "1-2", "dnf reinstall p", "dnf reinstall p" },
                { "redhat", "\"file\"", "p; reboot", "1-2", REMEDY_FALLBACK, REMEDY_FALLBACK },
                /* Another version's file is none of its own. */
                { "redhat", "\"file\"", "p", "1-1", "dnf install n", "dnf install n" },
                { "redhat", "\"service\"", "p", "1-1", "dnf install n", service },
                { "amazon", "\"service\"", "p", "1-2", service, service },
                { "suse", "\"file\"", "p", "1-2", REMEDY_FALLBACK, REMEDY_FALLBACK },
                { "redhat", "\"moon\"", "p", "1-2", REMEDY_FALLBACK, REMEDY_FALLBACK },
                { "redhat", "null", "p", "1-2", REMEDY_FALLBACK, REMEDY_FALLBACK },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(description_freep) Description *description = NULL;
                PatchChainLink links[_PATCH_CHAIN_MAX];
                const char *json, *advice;

                /* What the sentence says is not looked at. */
                json = memory_pool_format(
                                pool,
                                "{\"schema\":1,\"host\":{\"vendor\":\"%s\",\"stream\":\"rhel-9.4\"}"
                                ",\"freshness\":{\"state\":\"fresh\"},"
                                "\"advice\":{\"action\":\"enable-at-boot\"},"
                                "\"patch\":{\"state\":\"applied\",\"on_disk\":\"%s\","
                                "\"newest\":{\"package\":\"n\",\"version\":\"1-2\"},"
                                "\"loaded\":[{\"name\":\"m\",\"package\":\"%s\",\"version\":\"1-2\""
                                ",\"known\":true,\"enabled\":true,\"transition\":false,"
                                "\"survives_reboot\":\"no\",\"survives_reboot_obstacle\":%s,"
                                "\"survives_reboot_because\":\"kpatch.enable=0 /usr/lib/kpatch\"}]"
                                "}}",
                                cases[i].vendor, cases[i].on_disk, cases[i].package,
                                cases[i].obstacle);
                ck_assert_int_eq(description_parse(pool, json, &description), 0);
                patch_chain_judge(description, pool, links);
                ck_assert_msg(strcmp(links[PATCH_CHAIN_REBOOT].command, cases[i].chain) == 0,
                              "row %zu: '%s' in the chain", i, links[PATCH_CHAIN_REBOOT].command);
                advice = remedy_for_advice(description, pool);
                ck_assert_msg(strcmp(advice, cases[i].advice) == 0, "row %zu: '%s' as advice", i,
                              advice);
        }
}
END_TEST

START_TEST(what_has_a_file_is_mended_before_what_has_none) {
        static const char patch[] = "{\"name\":\"m\",\"package\":\"%s\",\"version\":\"%s\","
                                    "\"survives_reboot_obstacle\":%s}";
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        static const unsigned orders[][3] = { { 0, 1, 2 }, { 1, 2, 0 }, { 2, 0, 1 } };
        const char *patches[3];

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        patches[0] = memory_pool_format(pool, patch, "kept", "1-2", "\"file\"");
        patches[1] = memory_pool_format(pool, patch, "gone", "1-1", "\"file\"");
        patches[2] = memory_pool_format(pool, patch, "fine", "1-3", "null");
        for (size_t i = 0; i < ELEMENTS(orders); i++) {
                _cleanup_(description_freep) Description *description = NULL;
                const char *json = memory_pool_format(
                                pool,
                                "{\"schema\":1,\"host\":{\"vendor\":\"redhat\",\"stream\":\"rhel-9."
                                "4\"},\"patch\":{\"on_disk\":\"1-2\",\"loaded\":[%s,%s,%s]}}",
                                patches[orders[i][0]], patches[orders[i][1]],
                                patches[orders[i][2]]);

                ck_assert_int_eq(description_parse(pool, json, &description), 0);
                ck_assert_str_eq(remedy_command(description, pool, REMEDY_ENABLE_AT_BOOT, NULL),
                                 "dnf reinstall kept");
        }
}
END_TEST

START_TEST(what_is_no_description_is_refused) {
        static const struct {
                const char *json;
                int r;
        } cases[] = {
                { "", DESCRIPTION_E_MALFORMED },
                { "[]", DESCRIPTION_E_MALFORMED },
                { "\"schema\"", DESCRIPTION_E_MALFORMED },
                { "{\"schema\":1", DESCRIPTION_E_MALFORMED },
                { "{}", DESCRIPTION_E_OTHER_SCHEMA },
                { "{\"schema\":2}", DESCRIPTION_E_OTHER_SCHEMA },
                { "{\"schema\":\"1\"}", DESCRIPTION_E_OTHER_SCHEMA },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                Description *description = NULL;

                ck_assert_msg(description_parse(pool, cases[i].json, &description) == cases[i].r,
                              "row %zu", i);
                ck_assert_ptr_null(description);
        }
}
END_TEST

UNIT_TEST(each_link_is_judged_by_its_own_fact, the_command_mends_what_says_no,
          what_has_a_file_is_mended_before_what_has_none, what_is_no_description_is_refused)
