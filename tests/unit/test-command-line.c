/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "base/text.h"
#include "ctl/command-line.h"
#include "unit-test.h"

#define WORDS_MAX 8

/* Splits at blanks; "''" stands for an empty word. */
static int parse(MemoryPool *pool, const char *text, CommandLine *ret, const char **ret_complaint) {
        TextList words = text_words(pool, text);
        char *argv[WORDS_MAX + 1] = {};

        ck_assert_uint_le(words.n_items, WORDS_MAX);
        for (size_t i = 0; i < words.n_items; i++)
                argv[i] = (char *) (strcmp(words.items[i], "''") == 0 ? "" : words.items[i]);
        return command_line_parse(pool, (int) words.n_items, argv, ret, ret_complaint);
}

START_TEST(verbs_options_and_arguments_come_in_any_order) {
        static const struct {
                const char *text;
                CommandLine line;
        } cases[] = {
                { "", { .verb = VERB_STATUS } },
                { "--json=pretty", { .verb = VERB_STATUS, .json = JSON_FORM_PRETTY } },
                { "status --json=short",
                  { .verb = VERB_STATUS, .verb_given = true, .json = JSON_FORM_SHORT } },
                { "--json short status",
                  { .verb = VERB_STATUS, .verb_given = true, .json = JSON_FORM_SHORT } },
                { "--json=short --json=off", { .verb = VERB_STATUS, .json = JSON_FORM_OFF } },
                { "--all exposures --severity critical",
                  { .verb = VERB_EXPOSURES,
                    .verb_given = true,
                    .all = true,
                    .severity = "critical" } },
                { "exposures --verdict=reboot-needed",
                  { .verb = VERB_EXPOSURES, .verb_given = true, .verdict = "reboot-needed" } },
                { "why cve-2024-36971",
                  { .verb = VERB_WHY, .verb_given = true, .cve = "CVE-2024-36971" } },
                { "why --json=off -- CVE-1999-0001",
                  { .verb = VERB_WHY, .verb_given = true, .cve = "CVE-1999-0001" } },
                { "plan --at=2025-04-30",
                  { .verb = VERB_PLAN, .verb_given = true, .at = 20208 * USEC_PER_DAY } },
                { "plan --at 2025-04-30T01:00:00+01:00",
                  { .verb = VERB_PLAN, .verb_given = true, .at = 20208 * USEC_PER_DAY } },
                { "rescan", { .verb = VERB_RESCAN, .verb_given = true } },
                { "-qjH root@web1 --no-legend",
                  { .verb = VERB_STATUS,
                    .json = JSON_FORM_AUTO,
                    .quiet = true,
                    .no_legend = true,
                    .host = "root@web1" } },
                { "-Mweb rescan --no-pager --no-ask-password",
                  { .verb = VERB_RESCAN,
                    .verb_given = true,
                    .machine = "web",
                    .no_pager = true,
                    .no_ask_password = true } },
                { "--help", { .verb = VERB_STATUS, .help = true } },
                { "-h plan", { .verb = VERB_PLAN, .verb_given = true, .help = true } },
                { "why --help", { .verb = VERB_WHY, .verb_given = true, .help = true } },
                { "help", { .verb = VERB_STATUS, .help = true } },
                { "help kernels", { .verb = VERB_KERNELS, .verb_given = true, .help = true } },
                { "--version", { .verb = VERB_STATUS, .version = true } },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const CommandLine *expected = &cases[i].line;
                const char *complaint = NULL;
                CommandLine line;
                int r = parse(pool, cases[i].text, &line, &complaint);

                ck_assert_msg(r == 0, "'%s': %s", cases[i].text, complaint);
                ck_assert_msg(line.verb == expected->verb &&
                                              line.verb_given == expected->verb_given &&
                                              line.help == expected->help &&
                                              line.version == expected->version &&
                                              line.json == expected->json &&
                                              line.all == expected->all &&
                                              line.quiet == expected->quiet &&
                                              line.no_legend == expected->no_legend &&
                                              line.no_pager == expected->no_pager &&
                                              line.no_ask_password == expected->no_ask_password &&
                                              text_equal(line.host, expected->host) &&
                                              text_equal(line.machine, expected->machine) &&
                                              line.at == (expected->at ? expected->at
                                                                       : UTC_TIME_NONE) &&
                                              text_equal(line.severity, expected->severity) &&
                                              text_equal(line.verdict, expected->verdict) &&
                                              text_equal(line.cve, expected->cve),
                              "'%s' was read as something else", cases[i].text);
        }
}
END_TEST

START_TEST(mistakes_are_named) {
        static const struct {
                const char *text, *complaint;
        } cases[] = {
                { "exposure", "There is no verb 'exposure'. Did you mean 'exposures'?" },
                { "reboot",
                  "There is no verb 'reboot'; there are: status, exposures, why, kernels, plan, "
                  "patches, alerts, check, export, feeds, refresh, import, export-digest, rescan, "
                  "monitor, history, show-config, help." },
                { "help kernel", "There is no verb 'kernel'. Did you mean 'kernels'?" },
                { "''", "There is no verb ''; there are: status, exposures, why, kernels, plan, "
                        "patches, alerts, check, export, feeds, refresh, import, export-digest, "
                        "rescan, monitor, history, show-config, help." },
                { "--jsn=short", "There is no option '--jsn'. Did you mean '--json'?" },
                { "-x", "There is no option '-x'." },
                { "-qx", "There is no option '-x'." },
                { "-H", "-H needs a value: --host=…" },
                { "-Ha;b", "'a;b' is no name of a host." },
                { "--machine=-x", "'-x' is no name of a machine." },
                { "-Ha -Mb", "--host and --machine name two places; choose one." },
                { "status --no-ask-password", "'status' has no option --no-ask-password." },
                { "--json=prety", "There is no form of JSON 'prety'. Did you mean 'pretty'?" },
                { "--json", "--json needs a value: --json=…" },
                { "kernels --all=yes", "--all takes no value." },
                { "status --all", "'status' has no option --all." },
                { "kernels --severity=low", "'kernels' has no option --severity." },
                { "exposures --at=2025-01-01", "'exposures' has no option --at." },
                { "exposures --severity=importnt",
                  "There is no severity 'importnt'. Did you mean 'important'?" },
                { "exposures --verdict=reboot",
                  "There is no verdict 'reboot'. Did you mean 'reboot-needed'?" },
                { "plan --at=tomorrow", "'tomorrow' is not a date (YYYY-MM-DD) or a time with its "
                                        "zone (2025-04-30T12:00:00Z)." },
                { "plan --at=1970-01-01", "'1970-01-01' is not a date (YYYY-MM-DD) or a time with "
                                          "its zone (2025-04-30T12:00:00Z)." },
                { "history --since=yesterday",
                  "'yesterday' is not a date (YYYY-MM-DD) or a time with its zone "
                  "(2025-04-30T12:00:00Z)." },
                { "history --directory=", "--directory needs a folder." },
                { "plan --since=2025-01-01", "'plan' has no option --since." },
                { "-Ha history", "'history' reads the journal of this host: run it over ssh, or "
                                 "copy the journal here and give --directory." },
                { "-Ma patches --blocking",
                  "'patches --blocking' looks at the tasks of this host: run it there." },
                { "status --blocking", "'status' has no option --blocking." },
                { "why", "'why' needs a CVE: klpctl why CVE-2024-36971" },
                { "why 36971", "'36971' is no CVE id (CVE-YYYY-NNNN)." },
                { "why CVE-2024-1x34", "'CVE-2024-1x34' is no CVE id (CVE-YYYY-NNNN)." },
                { "why CVE-20x4-1234", "'CVE-20x4-1234' is no CVE id (CVE-YYYY-NNNN)." },
                { "why CVE-2024-123", "'CVE-2024-123' is no CVE id (CVE-YYYY-NNNN)." },
                { "why CVE-2024-1234567890123",
                  "'CVE-2024-1234567890123' is no CVE id (CVE-YYYY-NNNN)." },
                { "why CVE-2024-0001 CVE-2024-0002",
                  "'CVE-2024-0002' is one word too many for 'why'." },
                { "status now", "'now' is one word too many for 'status'." },
                { "\033[31m",
                  "There is no verb '?[31m'; there are: status, exposures, why, kernels, plan, "
                  "patches, alerts, check, export, feeds, refresh, import, export-digest, rescan, "
                  "monitor, history, show-config, help." },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const char *complaint = NULL;
                CommandLine line = { .verb = VERB_PLAN };

                ck_assert_msg(parse(pool, cases[i].text, &line, &complaint) == COMMAND_LINE_E_USAGE,
                              "'%s' was taken", cases[i].text);
                ck_assert_str_eq(complaint, cases[i].complaint);
                ck_assert_int_ne(line.verb, VERB_CHECK);
        }

        /* A monitoring system is to be told in its own way. */
        {
                CommandLine line = {};
                const char *complaint = NULL;

                ck_assert_int_eq(parse(pool, "check --blocking", &line, &complaint),
                                 COMMAND_LINE_E_USAGE);
                ck_assert_int_eq(line.verb, VERB_CHECK);
        }
}
END_TEST

UNIT_TEST(verbs_options_and_arguments_come_in_any_order, mistakes_are_named)
