/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>

#include "base/text.h"
#include "host-tree.h"
#include "settings.h"
#include "unit-test.h"

#define KERNEL "5.14.0-427.13.1.el9_4.x86_64"
#define DEFAULTS "auto - sla - - - -"

/*
 * Settings on one line: intent, channel@place, the days of critical, important, moderate and low, and
 * each override as {kernel eligible@place start@place end@place}; - where nothing is set.
 */
static const char *at(const char *place) {
        static char texts[3][64];
        static size_t n;
        char *text = texts[n++ % ELEMENTS(texts)];

        snprintf(text, sizeof(texts[0]), "%s%s", place ? "@" : "", place ? place : "");
        return text;
}

static const char *summary(const Settings *settings) {
        static const char *const intents[] = { "auto", "yes", "no" };
        const OperatorPolicy *policy = &settings->policy;
        static char text[2048];
        size_t n;

        n = (size_t) snprintf(text, sizeof(text), "%s ", intents[policy->live_patching]);
        if (policy->channel == CHANNEL_UNKNOWN && !policy->channel_place)
                n += (size_t) snprintf(text + n, sizeof(text) - n, "- sla");
        else
                n += (size_t) snprintf(text + n, sizeof(text) - n, "%s@%s sla",
                                       policy->channel == CHANNEL_UNKNOWN
                                                       ? "-"
                                                       : channel_to_text(policy->channel),
                                       policy->channel_place ? policy->channel_place : "-");
        for (Severity severity = SEVERITY_CRITICAL; severity > SEVERITY_UNKNOWN; severity--)
                if (policy->sla_days[severity] == 0)
                        n += (size_t) snprintf(text + n, sizeof(text) - n, " -");
                else
                        n += (size_t) snprintf(text + n, sizeof(text) - n, " %d",
                                               policy->sla_days[severity]);
        for (size_t i = 0; i < policy->n_overrides; i++) {
                const KernelOverride *override = &policy->overrides[i];
                char start[UTC_DAY_TEXT_BYTES], end[UTC_DAY_TEXT_BYTES];

                n += (size_t) snprintf(text + n, sizeof(text) - n, " {%s %s%s %s%s %s%s}",
                                       override->kernel,
                                       !override->has_eligible ? "-"
                                       : override->eligible    ? "yes"
                                                               : "no",
                                       at(override->eligible_place),
                                       utc_day_format(override->start, start),
                                       at(override->start_place),
                                       utc_day_format(override->end, end), at(override->end_place));
        }
        ck_assert_uint_lt(n, sizeof(text));
        return text;
}

static Settings *parse(const char *text) {
        Settings *settings = NULL;

        ck_assert_int_eq(settings_parse(text, "f", &settings), 0);
        return settings;
}

START_TEST(without_settings_the_defaults_hold) {
        _cleanup_(settings_freep) Settings *settings = NULL, *empty = parse("");

        ck_assert_int_eq(settings_new(&settings), 0);
        ck_assert_str_eq(summary(settings), DEFAULTS);
        ck_assert_uint_eq(settings->warnings.n_items, 0);
        ck_assert_str_eq(summary(empty), DEFAULTS);
        ck_assert_uint_eq(empty->warnings.n_items, 0);
        ck_assert_ptr_null(settings_free(NULL));
}
END_TEST

START_TEST(every_key_is_read) {
        static const struct {
                const char *text, *summary;
        } cases[] = {
                { "[Host]\n", DEFAULTS },
                { "# nothing\n[Sla]\n; nothing\n", DEFAULTS },
                { "[Host]\nLivePatching=auto\n", DEFAULTS },
                { "[Host]\nLivePatching=yes\n", "yes - sla - - - -" },
                { "[Host]\nLivePatching=no\n", "no - sla - - - -" },
                { "[Host]\nLivePatching=yes\nLivePatching=auto\n", DEFAULTS },
                { "[Host]\nLivePatching=yes\nLivePatching=\n", DEFAULTS },
                { "[Host]\nChannel=auto\n", DEFAULTS },
                { "[Host]\nChannel=eus\nChannel=\n", DEFAULTS },
                { "[Host]\nChannel=main\n", "auto main@f:2 sla - - - -" },
                { "[Host]\nChannel=eus\n", "auto eus@f:2 sla - - - -" },
                { "[Host]\nChannel=e4s\n", "auto e4s@f:2 sla - - - -" },
                { "[Host]\nChannel=aus\n", "auto aus@f:2 sla - - - -" },
                { "[Host]\nChannel=tus\n", "auto tus@f:2 sla - - - -" },
                { "[Host]\nChannel=ltss\n", "auto ltss@f:2 sla - - - -" },
                { "\n#\n[Host]\n\n Channel = aus \r\n", "auto aus@f:5 sla - - - -" },
                { "[Host]\nChannel=eus\nChannel=tus\n", "auto tus@f:3 sla - - - -" },
                { "[Sla]\nCritical=7d\n", "auto - sla 7 - - -" },
                { "[Sla]\nImportant=30d\n", "auto - sla - 30 - -" },
                { "[Sla]\nModerate=90d\n", "auto - sla - - 90 -" },
                { "[Sla]\nLow=180d\n", "auto - sla - - - 180" },
                { "[Sla]\nLow=180d\nLow=\n", DEFAULTS },
                { "[Sla]\nLow=1d\nCritical=36500d", "auto - sla 36500 - - 1" },
                { "[Override " KERNEL "]\n", DEFAULTS " {" KERNEL " - - -}" },
                { "[Override " KERNEL "]\nEligible=yes\n", DEFAULTS " {" KERNEL " yes@f:2 - -}" },
                { "[Override " KERNEL "]\nEligible=no\n", DEFAULTS " {" KERNEL " no@f:2 - -}" },
                { "[Override " KERNEL "]\nStart=2024-04-30\n",
                  DEFAULTS " {" KERNEL " - 2024-04-30@f:2 -}" },
                { "[Override " KERNEL "]\nEnd=2025-04-30\n",
                  DEFAULTS " {" KERNEL " - - 2025-04-30@f:2}" },
                { "[Override " KERNEL "]\nEligible=no\nEligible=\nEnd=2025-04-30\nEnd=\n",
                  DEFAULTS " {" KERNEL " - - -}" },
                { "[Override 5.14.0-1.el9]\nEligible=yes\n",
                  DEFAULTS " {5.14.0-1.el9 yes@f:2 - -}" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(settings_freep) Settings *settings = parse(cases[i].text);

                ck_assert_msg(strcmp(summary(settings), cases[i].summary) == 0, "row %zu gave %s",
                              i, summary(settings));
                ck_assert_msg(settings->warnings.n_items == 0, "row %zu warns: %s", i,
                              settings->warnings.items[0]);
        }
}
END_TEST

START_TEST(all_sections_hold_side_by_side) {
        _cleanup_(settings_freep) Settings *settings = NULL;

        settings = parse("[Override 5.14.0-1.el9]\nEligible=no\n"
                         "[Host]\nLivePatching=yes\nChannel=eus\n"
                         "[Override " KERNEL "]\nEligible=yes\nStart=2024-05-15\nEnd=2026-01-31\n"
                         "[Sla]\nCritical=7d\nImportant=30d\nModerate=90d\nLow=180d\n"
                         "[Host]\nLivePatching=no\n");
        ck_assert_str_eq(summary(settings),
                         "no eus@f:5 sla 7 30 90 180 {5.14.0-1.el9 no@f:2 - -} {" KERNEL
                         " yes@f:7 2024-05-15@f:8 2026-01-31@f:9}");
        ck_assert_uint_eq(settings->warnings.n_items, 0);
}
END_TEST

START_TEST(alerts_are_set_class_by_class) {
        _cleanup_(settings_freep) Settings *settings = NULL;
        const AlertPolicy *alerts;

        settings = parse("[Alerts]\nForeignPatch=ignore\nExposure=critical\nExposure=loud\n"
                         "LeadInfo=120d\nLeadWarning=30d\nLeadCritical=9h\nStalledWarning=10min\n"
                         "StalledCritical=1h\nStalledCritical=\nNotAppliedCritical=soon\n");
        alerts = &settings->policy.alerts;
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                ck_assert(alerts->settings[kind] ==
                          (kind == ALERT_FOREIGN_PATCH ? ALERT_SETTING_IGNORE
                           : kind == ALERT_EXPOSURE    ? ALERT_SETTING_CRITICAL
                                                       : ALERT_SETTING_AUTO));
        ck_assert(alert_policy_delay(alerts, ALERT_LEAD_INFO) == 120 * USEC_PER_DAY);
        ck_assert(alert_policy_delay(alerts, ALERT_STALLED_WARNING) == 600 * USEC_PER_SEC);
        ck_assert(alerts->delays[ALERT_LEAD_INFO].set && !alerts->delays[ALERT_LEAD_WARNING].set &&
                  !alerts->delays[ALERT_LEAD_CRITICAL].set &&
                  !alerts->delays[ALERT_STALLED_CRITICAL].set &&
                  !alerts->delays[ALERT_NOT_APPLIED_CRITICAL].set);
        ck_assert_uint_eq(settings->warnings.n_items, 3);
        ck_assert_str_eq(settings->warnings.items[0],
                         "f:4: Exposure=loud is not auto, ignore, info, warning or critical; the "
                         "line is ignored");
}
END_TEST

START_TEST(a_bad_line_is_named_and_its_default_stays) {
        static const struct {
                const char *text, *warning, *summary;
        } cases[] = {
                { "[Host]\nLivePatching=maybe\n",
                  "f:2: LivePatching=maybe is not auto, yes or no; the line is ignored", DEFAULTS },
                { "[Host]\nLivePatching=Yes\n",
                  "f:2: LivePatching=Yes is not auto, yes or no; the line is ignored", DEFAULTS },
                { "[Host]\nLivePatching=yes # so\n",
                  "f:2: LivePatching=yes # so is not auto, yes or no; the line is ignored",
                  DEFAULTS },
                { "[Host]\nLivePatching=no\n\nLivePatching=bogus\n",
                  "f:4: LivePatching=bogus is not auto, yes or no; the line is ignored",
                  "no - sla - - - -" },
                { "[Host]\nChannel=EUS\n",
                  "f:2: Channel=EUS is not auto, main, eus, e4s, aus, tus or ltss; the line is "
                  "ignored",
                  DEFAULTS },
                { "[Host]\nChannel=eus\nChannel=unknown\n",
                  "f:3: Channel=unknown is not auto, main, eus, e4s, aus, tus or ltss; the line is "
                  "ignored",
                  "auto eus@f:2 sla - - - -" },
                { "[Sla]\nCritical=7\n",
                  "f:2: Critical=7 is not days such as 7d; the line is ignored", DEFAULTS },
                { "[Sla]\nImportant=1w\n",
                  "f:2: Important=1w is not days such as 30d; the line is ignored", DEFAULTS },
                { "[Sla]\nModerate=7 d\n",
                  "f:2: Moderate=7 d is not days such as 90d; the line is ignored", DEFAULTS },
                { "[Sla]\nLow=d\n", "f:2: Low=d is not days such as 180d; the line is ignored",
                  DEFAULTS },
                { "[Sla]\nLow=-1d\n", "f:2: Low=-1d is not days such as 180d; the line is ignored",
                  DEFAULTS },
                { "[Sla]\nLow=+1d\n", "f:2: Low=+1d is not days such as 180d; the line is ignored",
                  DEFAULTS },
                { "[Sla]\nLow=0x1d\n",
                  "f:2: Low=0x1d is not days such as 180d; the line is ignored", DEFAULTS },
                { "[Sla]\nLow=1dd\n", "f:2: Low=1dd is not days such as 180d; the line is ignored",
                  DEFAULTS },
                { "[Sla]\nLow=36501d\n",
                  "f:2: Low=36501d is not days such as 180d; the line is ignored", DEFAULTS },
                { "[Sla]\nLow=99999999999999999999d\n",
                  "f:2: Low=99999999999999999999d is not days such as 180d; the line is ignored",
                  DEFAULTS },
                { "[Override " KERNEL "]\nEligible=possible\n",
                  "f:2: Eligible=possible is not yes or no; the line is ignored",
                  DEFAULTS " {" KERNEL " - - -}" },
                { "[Override " KERNEL "]\nStart=30.04.2024\n",
                  "f:2: Start=30.04.2024 is not a date YYYY-MM-DD; the line is ignored",
                  DEFAULTS " {" KERNEL " - - -}" },
                { "[Override " KERNEL "]\nEnd=2024-02-30\n",
                  "f:2: End=2024-02-30 is not a date YYYY-MM-DD; the line is ignored",
                  DEFAULTS " {" KERNEL " - - -}" },
                { "[Override " KERNEL "]\nEnd=2024-02-29\nEnd=never\n",
                  "f:3: End=never is not a date YYYY-MM-DD; the line is ignored",
                  DEFAULTS " {" KERNEL " - - 2024-02-29@f:2}" },
                { "[Override " KERNEL "]\nStart=2025-04-30\nEnd=2025-04-29\n",
                  "f:3: the window of " KERNEL " ends before it starts; both dates are ignored",
                  DEFAULTS " {" KERNEL " - - -}" },
                { "[Override " KERNEL "]\nEligible=no\nEnd=2025-04-29\n",
                  "f:3: " KERNEL " is said to be not eligible, so its End= counts for nothing",
                  DEFAULTS " {" KERNEL " no@f:2 - 2025-04-29@f:3}" },
                { "[Host]\nChanel=eus\n", "f:2: unknown key Chanel= in [Host]; the line is ignored",
                  DEFAULTS },
                { "[Host]\nchannel=eus\n",
                  "f:2: unknown key channel= in [Host]; the line is ignored", DEFAULTS },
                { "[Host]\nCritical=7d\n",
                  "f:2: unknown key Critical= in [Host]; the line is ignored", DEFAULTS },
                { "[Sla]\nChannel=eus\n", "f:2: unknown key Channel= in [Sla]; the line is ignored",
                  DEFAULTS },
                { "[Override " KERNEL "]\nChannel=eus\n",
                  "f:2: unknown key Channel= in [Override " KERNEL "]; the line is ignored",
                  DEFAULTS " {" KERNEL " - - -}" },
                { "Channel=eus\n", "f:1: unknown key Channel= in []; the line is ignored",
                  DEFAULTS },
                { "[Host]\nword\n", "f:2: neither a section nor key=value; the line is ignored",
                  DEFAULTS },
                { "[Host]\n=eus\nChannel=eus\n",
                  "f:2: neither a section nor key=value; the line is ignored",
                  "auto eus@f:3 sla - - - -" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(settings_freep) Settings *settings = parse(cases[i].text);

                ck_assert_msg(settings->warnings.n_items == 1, "row %zu has %zu warnings", i,
                              settings->warnings.n_items);
                ck_assert_msg(strcmp(settings->warnings.items[0], cases[i].warning) == 0,
                              "row %zu warns '%s'", i, settings->warnings.items[0]);
                ck_assert_msg(strcmp(summary(settings), cases[i].summary) == 0, "row %zu gave %s",
                              i, summary(settings));
        }
}
END_TEST

/* One warning for the section; its keys are passed over, those of the next section count again. */
START_TEST(an_unknown_section_is_named_once_and_left_out) {
        static const struct {
                const char *section, *warning;
        } cases[] = {
                { "[Hosts]", "f:2: unknown section [Hosts]; it is ignored" },
                { "[host]", "f:2: unknown section [host]; it is ignored" },
                { "[Host x]", "f:2: unknown section [Host x]; it is ignored" },
                { "[Sla important]", "f:2: unknown section [Sla important]; it is ignored" },
                { "[Override]", "f:2: unknown section [Override]; it is ignored" },
                { "[Overrides " KERNEL "]",
                  "f:2: unknown section [Overrides " KERNEL "]; it is ignored" },
                { "[Override 9.4]", "f:2: '9.4' is no kernel release; the section is ignored" },
                { "[Override kernel-5.14.0-1.el9]",
                  "f:2: 'kernel-5.14.0-1.el9' is no kernel release; the section is ignored" },
                { "[Override 5.14.0-1.el9 5.14.0-2.el9]",
                  "f:2: '5.14.0-1.el9 5.14.0-2.el9' is no kernel release; the section is ignored" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(settings_freep) Settings *settings = NULL;
                char text[512];

                snprintf(text, sizeof(text),
                         "\n%s\nLivePatching=no\nCritical=1d\nEligible=yes\nEnd=2030-01-01\nBogus="
                         "\n[Host]\nChannel=eus\n",
                         cases[i].section);
                settings = parse(text);
                ck_assert_msg(settings->warnings.n_items == 1, "row %zu has %zu warnings", i,
                              settings->warnings.n_items);
                ck_assert_msg(strcmp(settings->warnings.items[0], cases[i].warning) == 0,
                              "row %zu warns '%s'", i, settings->warnings.items[0]);
                ck_assert_msg(strcmp(summary(settings), "auto eus@f:9 sla - - - -") == 0,
                              "row %zu gave %s", i, summary(settings));
        }
}
END_TEST

START_TEST(every_mistake_is_named_in_its_order) {
        _cleanup_(settings_freep) Settings *settings = NULL;
        char joined[1024] = "";

        settings = parse("a=b\n[Nothing]\nc=d\n[Host]\nChannel=x\nword\n[Sla]\nLow=1d\nHigh=1d\n");
        for (size_t i = 0; i < settings->warnings.n_items; i++) {
                strncat(joined, settings->warnings.items[i],
                        strcspn(settings->warnings.items[i], " "));
                strcat(joined, " ");
        }
        ck_assert_str_eq(joined, "f:1: f:2: f:5: f:6: f:9: ");
        ck_assert_str_eq(summary(settings), "auto - sla - - - 1");
}
END_TEST

/* The worst mistake: the word on one kernel taken for the word on another. */
START_TEST(a_broken_override_section_does_not_speak_of_the_kernel_before) {
        _cleanup_(settings_freep) Settings *settings = NULL;

        settings = parse("[Override 5.14.0-1.el9]\nEligible=no\n"
                         "[Override 5.14.0-2.el9\nEligible=yes\nEnd=2030-01-01\n");
        ck_assert_str_eq(summary(settings), DEFAULTS " {5.14.0-1.el9 no@f:2 - -}");
        ck_assert_uint_ge(settings->warnings.n_items, 1);
        ck_assert_str_eq(settings->warnings.items[0],
                         "f:3: neither a section nor key=value; the line is ignored");
}
END_TEST

/* Whoever fills a file with rubbish gets the first hundred mistakes, and how many more there are. */
START_TEST(warnings_and_overrides_have_an_end) {
        _cleanup_(settings_freep) Settings *settings = NULL, *many = NULL;
        size_t n_bytes = 0;
        char *text = NULL;
        FILE *file = open_memstream(&text, &n_bytes);

        for (int i = 0; i < 5000; i++)
                fprintf(file, "rubbish\n");
        fclose(file);
        settings = parse(text);
        free(text);
        ck_assert_uint_eq(settings->warnings.n_items, 101);
        ck_assert_str_eq(settings->warnings.items[99],
                         "f:100: neither a section nor key=value; the line is ignored");
        ck_assert_str_eq(settings->warnings.items[100], "f: 4900 more warnings are left out");

        file = open_memstream(&text, &n_bytes);
        for (int i = 0; i < 4097; i++)
                fprintf(file, "[Override 5.14.0-%d.el9]\nEligible=yes\n", i);
        fclose(file);
        many = parse(text);
        free(text);
        ck_assert_uint_eq(many->policy.n_overrides, 4096);
        ck_assert_uint_eq(many->warnings.n_items, 1);
        ck_assert_str_eq(many->warnings.items[0],
                         "f:8193: there are 4096 overrides already; the section is ignored");
}
END_TEST

START_TEST(a_channel_set_back_to_auto_has_no_place) {
        _cleanup_(settings_freep) Settings *settings = parse("[Host]\nChannel=eus\nChannel=auto\n");

        ck_assert_int_eq(settings->policy.channel, CHANNEL_UNKNOWN);
        ck_assert_msg(!settings->policy.channel_place, "the place is %s",
                      settings->policy.channel_place);
}
END_TEST

START_TEST(warnings_are_fit_for_a_terminal) {
        static const char *const texts[] = {
                "[Host]\nChannel=\033[31mred\n",
                "[Host]\nK\033\342\200\256\377=x\n",
                "[Bad\033[31m\377]\n",
                "[Override 5\033[31m]\n",
                "[Override \342\200\2565.14.0-1.el9]\n",
        };

        for (size_t i = 0; i < ELEMENTS(texts); i++) {
                _cleanup_(settings_freep) Settings *settings = parse(texts[i]);
                const char *warning, *printable;

                ck_assert_uint_eq(settings->warnings.n_items, 1);
                warning = settings->warnings.items[0];
                printable = text_printable(settings->pool, warning, 4096);
                ck_assert_msg(strcmp(warning, printable) == 0, "row %zu warns with raw bytes: %s",
                              i, printable);
        }
}
END_TEST

START_TEST(texts_do_not_hang_on_what_was_parsed) {
        char text[] = "[Host]\nChannel=eus\nBogus=1\n[Override 5.14.0-1.el9]\nEligible=yes\n",
             file[] = "klpwatch.conf";
        _cleanup_(settings_freep) Settings *settings = NULL;

        ck_assert_int_eq(settings_parse(text, file, &settings), 0);
        memset(text, 'x', sizeof(text) - 1);
        memset(file, 'x', sizeof(file) - 1);
        ck_assert_str_eq(summary(settings), "auto eus@klpwatch.conf:2 sla - - - - {5.14.0-1.el9 "
                                            "yes@klpwatch.conf:5 - -}");
        ck_assert_str_eq(settings->warnings.items[0],
                         "klpwatch.conf:3: unknown key Bogus= in [Host]; the line is ignored");
}
END_TEST

static int load(const HostTree *tree, const char *path, bool must_exist, Settings **ret) {
        _cleanup_close_ int folder = open(tree->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int r, saved;

        ck_assert_int_ge(folder, 0);
        errno = 0;
        r = settings_load(folder, path, must_exist, ret);
        saved = errno;
        ck_assert_msg(r == 0 || r == SETTINGS_E_UNREADABLE, "%s gave %d", path, r);
        errno = saved;
        return r;
}

START_TEST(a_file_is_read_below_its_folder) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_write(&tree, "etc/klpwatch.conf", "[Host]\nLivePatching=no\nChannel=x\n");
        for (int must_exist = 0; must_exist < 2; must_exist++) {
                _cleanup_(settings_freep) Settings *settings = NULL;

                ck_assert_int_eq(load(&tree, "etc/klpwatch.conf", must_exist, &settings), 0);
                ck_assert_str_eq(summary(settings), "no - sla - - - -");
                ck_assert_uint_eq(settings->warnings.n_items, 1);
                ck_assert(text_starts_with(settings->warnings.items[0],
                                           "etc/klpwatch.conf:3: Channel=x is not "));
        }
}
END_TEST

START_TEST(a_missing_file_gives_the_defaults_unless_it_must_exist) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(settings_freep) Settings *settings = NULL;
        Settings *none = NULL;

        ck_assert_int_eq(load(&tree, "etc/klpwatch.conf", false, &settings), 0);
        ck_assert_str_eq(summary(settings), DEFAULTS);
        ck_assert_uint_eq(settings->warnings.n_items, 0);
        ck_assert_int_eq(load(&tree, "etc/klpwatch.conf", true, &none), SETTINGS_E_UNREADABLE);
        ck_assert_int_eq(errno, ENOENT);
        ck_assert_ptr_null(none);
}
END_TEST

START_TEST(an_unreadable_file_is_never_the_defaults) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_mkdir(&tree, "folder");
        ck_assert_int_eq(mkfifo(host_tree_path(&tree, "fifo"), 0644), 0);
        host_tree_link(&tree, "loop", "loop");
        alarm(20); /* a FIFO that is waited for ends the test */
        for (int must_exist = 0; must_exist < 2; must_exist++) {
                Settings *settings = NULL;

                ck_assert_int_eq(load(&tree, "folder", must_exist, &settings),
                                 SETTINGS_E_UNREADABLE);
                ck_assert_int_eq(errno, EISDIR);
                ck_assert_int_eq(load(&tree, "fifo", must_exist, &settings), SETTINGS_E_UNREADABLE);
                ck_assert_int_eq(errno, EINVAL);
                ck_assert_int_eq(load(&tree, "loop", must_exist, &settings), SETTINGS_E_UNREADABLE);
                ck_assert_int_eq(errno, ELOOP);
                ck_assert_ptr_null(settings);
        }
        alarm(0);
}
END_TEST

START_TEST(a_file_of_more_than_a_mebibyte_is_refused) {
        static const char head[] = "[Host]\nLivePatching=no\n#";
        size_t n_limit = 1024 * 1024;
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(settings_freep) Settings *settings = NULL;
        _cleanup_free_ char *text = malloc(n_limit + 1);
        Settings *none = NULL;

        ck_assert_ptr_nonnull(text);
        memset(text, 'x', n_limit + 1);
        memcpy(text, head, strlen(head));
        host_tree_write_bytes(&tree, "file", text, n_limit);
        ck_assert_int_eq(load(&tree, "file", true, &settings), 0);
        ck_assert_str_eq(summary(settings), "no - sla - - - -");
        host_tree_write_bytes(&tree, "file", text, n_limit + 1);
        ck_assert_int_eq(load(&tree, "file", false, &none), SETTINGS_E_UNREADABLE);
        ck_assert_int_eq(errno, EFBIG);
        ck_assert_ptr_null(none);
}
END_TEST

/* A NUL byte (a torn write, UTF-16) must not end the settings unnoticed. */
START_TEST(what_follows_a_nul_byte_is_not_lost_in_silence) {
        static const char bytes[] = "[Host]\nLivePatching=yes\n\0\n[Sla]\nCritical=7d\n";
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(settings_freep) Settings *settings = NULL;

        host_tree_write_bytes(&tree, "file", bytes, sizeof(bytes) - 1);
        if (load(&tree, "file", true, &settings) == SETTINGS_E_UNREADABLE)
                return;
        ck_assert_msg(settings->warnings.n_items > 0 ||
                                      settings->policy.sla_days[SEVERITY_CRITICAL] == 7,
                      "no warning, and %s", summary(settings));
}
END_TEST

/* The row of a key as "value|default|origin". */
static const char *row_of(const SettingRow *rows, size_t n_rows, const char *section,
                          const char *key) {
        static char text[256];

        for (size_t i = 0; i < n_rows; i++)
                if (strcmp(rows[i].section, section) == 0 && strcmp(rows[i].key, key) == 0) {
                        snprintf(text, sizeof(text), "%s|%s|%s", rows[i].value, rows[i].fallback,
                                 rows[i].origin);
                        return text;
                }
        return "not there";
}

START_TEST(what_is_in_force_is_listed_with_its_origin) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_(settings_freep) Settings *settings = NULL;
        SettingRow *rows = NULL;
        size_t n_rows = 0;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_int_eq(settings_new(&settings), 0);
        ck_assert_int_eq(settings_append(settings,
                                         "[Host]\nChannel=eus\n[Sla]\nLow=soon\nCritical=7d\n"
                                         "[Override 5.14.0-427.13.1.el9_4]\nEnd=2025-01-01\n",
                                         "a.conf"),
                         0);
        ck_assert_int_eq(settings_append(settings, "\n[Host]\nChannel=main\n", "b.conf"), 0);
        ck_assert_int_eq(settings_list(settings, pool, &rows, &n_rows), 0);

        /* The two of [Host], the four of [Sla], the four of the built-in feed, the one that the override has, and [Alerts]. */
        ck_assert_uint_eq(n_rows, 11 + _ALERT_CLASS_MAX + _ALERT_DELAY_MAX);
        ck_assert_str_eq(row_of(rows, n_rows, "Feed package-cache", "Enabled"), "yes|yes|");
        ck_assert_str_eq(row_of(rows, n_rows, "Host", "Channel"), "main|auto|b.conf:3");
        ck_assert_str_eq(row_of(rows, n_rows, "Host", "LivePatching"), "auto|auto|");
        ck_assert_str_eq(row_of(rows, n_rows, "Sla", "Critical"), "7d||a.conf:5");
        ck_assert_str_eq(row_of(rows, n_rows, "Sla", "Low"), "||");
        ck_assert_str_eq(row_of(rows, n_rows, "Override 5.14.0-427.13.1.el9_4", "End"),
                         "2025-01-01||a.conf:7");
        for (size_t i = 0; i + 1 < n_rows; i++)
                ck_assert_int_le(strcmp(rows[i].section, rows[i + 1].section), 0);
}
END_TEST

/* A whole feed, with one line more, and what is said of that; of a file of its own. */
START_TEST(mistakes_in_feeds_are_named_with_their_lines) {
        static const struct {
                const char *lines, *warning; /* NULL = none */
        } rows[] = {
                { "", NULL },
                { "Signature=off\nUrl=\nUrl=https://mirror.example/x", NULL },
                { "CaFile=credential:ca.pem", NULL },
                { "Signature=requier",
                  "f:4: Signature= is not require, warn or off; the feed is not fetched" },
                { "Url=http://mirror.example/",
                  "f:4: Url= is not an https URL; the feed is not fetched" },
                { "Url=ftp://user:secret@mirror.example/",
                  "f:4: Url= is not an https URL; the feed is not fetched" },
                { "CaFile=ca.pem", "f:4: CaFile= is not an absolute path or credential:NAME; the "
                                   "feed is not fetched" },
                { "Keyring=credential:../x\nFingerprint=0123456789012345678901234567890123456789",
                  "f:4: Keyring= is not an absolute path or "
                  "credential:NAME; the feed is not fetched" },
                { "Fingerprint=97F5EAC4\nKeyring=/k",
                  "f:4: Fingerprint= is not fingerprints of 40 digits; the feed is not fetched" },
                { "StallTimeoutSec=1min",
                  "f:4: StallTimeoutSec= is not seconds; the feed is not fetched" },
                { "RequestsPerSecond=0",
                  "f:4: RequestsPerSecond= is not a number; the feed is not fetched" },
                { "MaxDocuments=2001",
                  "f:4: MaxDocuments= is not a number up to 2000; the feed is not fetched" },
                { "Proxy=sec\001ret", "f:4: Proxy= is not a URL or none; the feed is not fetched" },
                { "Fingerprints=x",
                  "f:4: unknown key Fingerprints= in [Feed]; the line is ignored" },
                { "Keyring=/k", "f:2: feed site: Keyring= and Fingerprint= go together; the feed "
                                "is not fetched" },
                { "ClientKey=/k", "f:2: feed site: ClientKey= goes with ClientCertificate=; the "
                                  "feed is not fetched" },
                { "Url=", "f:2: feed site: Url= is missing; the feed is not fetched" },
                { "Url=\nEnabled=no", NULL },
                { "Url=\nMirrorList=https://mirror.example/list",
                  "f:2: feed site: Url= is missing; the feed is not fetched" },
                { "Url=\nMirrorList=https://mirror.example/list\nType=repository", NULL },
                { "Location=/srv/x", "f:2: feed site: Location= and Url= do not go together; the "
                                     "feed is not fetched" },
                { "Url=\nLocation=/srv/x", NULL },
                { "Type=csaf\nLocation=/srv/x",
                  "f:4: feed site: Location= is for package caches and digests alone; the feed is "
                  "not fetched" },
                { "Type=", "f:4: feed site: a package-cache has no Url= (is Type= missing?); it "
                           "counts for nothing" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_(settings_freep) Settings *settings = NULL;
                _cleanup_free_ char *text = NULL;

                ck_assert_int_ge(asprintf(&text,
                                          "[Feed]\nType=digest\nUrl=https://mirror.example/x\n%s\n",
                                          rows[i].lines),
                                 0);
                ck_assert_int_eq(settings_new(&settings), 0);
                ck_assert_int_eq(settings_append_feed(settings, text, "f", "site"), 0);
                ck_assert_int_eq(settings_check(settings), 0);
                ck_assert_msg(settings->warnings.n_items == (rows[i].warning != NULL) &&
                                              (!rows[i].warning ||
                                               strcmp(settings->warnings.items[0],
                                                      rows[i].warning) == 0),
                              "row %zu: %zu warnings, %s", i, settings->warnings.n_items,
                              settings->warnings.n_items ? settings->warnings.items[0] : "");
        }
}
END_TEST

/* What is not of its form must not become the default, which may be less strict: klpwatch-fetch refuses it. */
START_TEST(a_value_of_another_form_reaches_the_one_that_refuses_it) {
        static const char *const rows[][2] = { { "requier", "requier" }, { "re\001quire", "?" } };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_(settings_freep) Settings *settings = NULL;
                _cleanup_free_ char *text = NULL;
                const FeedSource *feed;

                ck_assert_int_ge(asprintf(&text, "[Feed site]\nSignature=%s\n", rows[i][0]), 0);
                settings = parse(text);
                feed = feed_sources_find(&settings->feeds, "site");
                ck_assert_uint_eq(feed->n_settings, 1);
                ck_assert_str_eq(feed->settings[0].value, rows[i][1]);
        }
}
END_TEST

/* Settings are shown to everybody on the bus. */
START_TEST(passwords_in_feeds_are_not_listed) {
        static const char *const rows[][3] = {
                { "Url", "https://mirror.example/x", "https://mirror.example/x" },
                { "Url", "https://me:secret@mirror.example/x@y", "https://...@mirror.example/x@y" },
                { "Url", "https://mirror.example/x?token=secret", "https://mirror.example/x?..." },
                { "MirrorList", "https://me:se@cret@mirror.example", "https://...@mirror.example" },
                { "Proxy", "http://me:secret@proxy:3128", "http://...@proxy:3128" },
                { "Proxy", "me:secret@proxy:3128", "...@proxy:3128" },
                { "Proxy", "none", "none" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
                _cleanup_(settings_freep) Settings *settings = NULL;
                _cleanup_free_ char *text = NULL, *wanted = NULL;
                SettingRow *listed = NULL;
                const FeedSource *feed;
                size_t n_listed = 0;

                ck_assert_int_eq(memory_pool_new(&pool), 0);
                ck_assert_int_ge(asprintf(&text, "[Feed site]\nType=csaf\n%s=%s\n", rows[i][0],
                                          rows[i][1]),
                                 0);
                ck_assert_int_ge(asprintf(&wanted, "%s||f:3", rows[i][2]), 0);
                settings = parse(text);
                ck_assert_int_eq(settings_list(settings, pool, &listed, &n_listed), 0);
                ck_assert_str_eq(row_of(listed, n_listed, "Feed site", rows[i][0]), wanted);
                feed = feed_sources_find(&settings->feeds, "site");
                ck_assert_str_eq(feed->settings[0].value, rows[i][1]);
                if (strcmp(rows[i][0], "Proxy") != 0)
                        ck_assert_str_eq(feed_source_place(feed), rows[i][2]);
        }
}
END_TEST

UNIT_TEST(what_is_in_force_is_listed_with_its_origin, mistakes_in_feeds_are_named_with_their_lines,
          a_value_of_another_form_reaches_the_one_that_refuses_it,
          passwords_in_feeds_are_not_listed, alerts_are_set_class_by_class,
          without_settings_the_defaults_hold, every_key_is_read, all_sections_hold_side_by_side,
          a_bad_line_is_named_and_its_default_stays, an_unknown_section_is_named_once_and_left_out,
          every_mistake_is_named_in_its_order,
          a_broken_override_section_does_not_speak_of_the_kernel_before,
          warnings_and_overrides_have_an_end, a_channel_set_back_to_auto_has_no_place,
          warnings_are_fit_for_a_terminal, texts_do_not_hang_on_what_was_parsed,
          a_file_is_read_below_its_folder, a_missing_file_gives_the_defaults_unless_it_must_exist,
          an_unreadable_file_is_never_the_defaults, a_file_of_more_than_a_mebibyte_is_refused,
          what_follows_a_nul_byte_is_not_lost_in_silence)
