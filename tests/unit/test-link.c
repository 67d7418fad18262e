/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "ctl/link.h"
#include "unit-test.h"

#define AT(address, id) "\033]8;;" address id "\033\\" id "\033]8;;\033\\"
#define CVE(id) AT("https://www.cve.org/CVERecord?id=", id)
#define RED_HAT_CVE(id) AT("https://access.redhat.com/security/cve/", id)
#define ERRATUM(id) AT("https://access.redhat.com/errata/", id)

START_TEST(the_environment_decides_on_links) {
        static const struct {
                const char *urlify, *term;
                bool is_terminal;
                LinkMode mode;
        } cases[] = {
                { NULL, "xterm", true, LINK_MODE_DIRECT },
                { NULL, "xterm", false, LINK_MODE_OFF },
                { NULL, "dumb", true, LINK_MODE_OFF },
                { NULL, NULL, true, LINK_MODE_OFF },
                { "1", "dumb", false, LINK_MODE_ALWAYS },
                { "Yes", NULL, true, LINK_MODE_ALWAYS },
                { "0", "xterm", true, LINK_MODE_OFF },
                { "OFF", "xterm", true, LINK_MODE_OFF },
                { "", "xterm", true, LINK_MODE_DIRECT },
                { "maybe", "xterm", false, LINK_MODE_OFF },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                ck_assert_msg(link_mode_choose(cases[i].urlify, cases[i].term,
                                               cases[i].is_terminal) == cases[i].mode,
                              "row %zu", i);
}
END_TEST

START_TEST(ids_become_links_and_nothing_else_does) {
        static const struct {
                const char *vendor, *text, *linked; /* NULL: nothing becomes a link */
        } cases[] = {
                { NULL, "", NULL },
                { NULL, "CVE-2024-1086", CVE("CVE-2024-1086") },
                { "suse", "CVE-2024-1086", CVE("CVE-2024-1086") },
                { "redhat", "CVE-2024-1086", RED_HAT_CVE("CVE-2024-1086") },
                { NULL, "RHSA-2024:5363, RHBA-2024:5364 RHEA-2024:12345\n",
                  ERRATUM("RHSA-2024:5363") ", " ERRATUM("RHBA-2024:5364") " " ERRATUM(
                                  "RHEA-2024:12345") "\n" },
                { NULL, "See (CVE-2024-1086).", "See (" CVE("CVE-2024-1086") ")." },
                { NULL, "CVE-2024-1086.", CVE("CVE-2024-1086") "." },
                { NULL, "CVE-2024-1086: bad", CVE("CVE-2024-1086") ": bad" },
                { "redhat", "\033[0;1mCVE-2024-1086\033[0m is",
                  "\033[0;1m" RED_HAT_CVE("CVE-2024-1086") "\033[0m is" },
                /* Other forms, and other vendors' ids. */
                { NULL, "CVE-2024-123", NULL },
                { NULL, "CVE-2024-12345678901", NULL },
                { NULL, "CVE-20244-1234", NULL },
                { NULL, "CVE-2024:1234", NULL },
                { NULL, "cve-2024-1234", NULL },
                { NULL, "CVE-2024-", NULL },
                { NULL, "CVE-", NULL },
                { NULL, "RHSA-2024-5363", NULL },
                { NULL, "RHXA-2024:5363", NULL },
                { "redhat", "ALAS-2024-1234 SUSE-SU-2024:1234-1 ALSA-2024:5363 USN-6701-1", NULL },
                /* Parts of longer words. */
                { NULL, "XCVE-2024-1234", NULL },
                { NULL, "X-CVE-2024-1234", NULL },
                { NULL, "x.CVE-2024-1234", NULL },
                { NULL, "éCVE-2024-1234", NULL },
                { NULL, "CVE-2024-1234x", NULL },
                { NULL, "CVE-2024-1234-1", NULL },
                { NULL, "CVE-2024-1234é", NULL },
                { NULL, "CVE-2024-1234.txt", NULL },
                { NULL, "RHSA-2024:5363:1", NULL },
                { NULL, "RHSA-2024:5363/../x", NULL },
                { NULL, "http://x/CVE-2024-1234", NULL },
                { NULL, "id=CVE-2024-1234", NULL },
                { NULL, "CVE-2024-1234CVE-2024-1234", NULL },
                /* A sequence that does not end. */
                { NULL, "\033[0;1", NULL },
                { NULL, "\033", NULL },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                /* In a block of its own, so that reading beyond the end is noticed. */
                _cleanup_free_ char *text = strdup(cases[i].text);
                const char *linked;

                ck_assert_ptr_nonnull(text);
                linked = link_text(pool, cases[i].vendor, text);
                ck_assert_msg(strcmp(linked, cases[i].linked ? cases[i].linked : text) == 0,
                              "row %zu: %s", i, linked);
        }
}
END_TEST

UNIT_TEST(the_environment_decides_on_links, ids_become_links_and_nothing_else_does)
