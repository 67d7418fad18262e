/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/bounded-read.h"
#include "assess-world.h"
#include "unit-test.h"

#include <fcntl.h>
#include <fnmatch.h>

static SupportCalendar *parse(const char *text) {
        SupportCalendar *calendar = NULL;
        char *message = NULL;

        ck_assert_msg(support_calendar_parse(text, "test.conf", &calendar, &message) == 0, "%s",
                      message);
        return calendar;
}

START_TEST(a_mistake_is_named_with_its_line) {
        static const struct {
                const char *from, *to, *message;
        } cases[] = {
                { "Months=6", "Months=six", "test.conf:15: bad value: Months" },
                { "Months=6", "Months=0", "bad value: Months" },
                { "Months=6\n", "", "lacks Months= or SelectionDays=" },
                { "SelectionDays=01-01 03-01 06-01 09-01 12-01\n", "",
                  "lacks Months= or SelectionDays=" },
                { "SelectionDays=01-01 03-01", "SelectionDays=03-01 01-01",
                  "bad value: SelectionDays" },
                { "SelectionDays=01-01", "SelectionDays=1-1", "bad value: SelectionDays" },
                { "SelectionDays=01-01", "SelectionDays=02-30", "bad value: SelectionDays" },
                { "Tolerance=14d", "Tolerance=14", "bad value: Tolerance" },
                { "Tolerance=14d", "Tolerance=d", "bad value: Tolerance" },
                { "Scope=important critical", "Scope=grave", "bad value: Scope" },
                { "MainEnd=2024-11-12", "MainEnd=soon", "bad value: MainEnd" },
                { "InitialKernel=5.14.0-427.13.1.el9_4", "InitialKernel=none",
                  "bad value: InitialKernel" },
                { "LivePatches=no", "LivePatches=maybe", "bad value: LivePatches" },
                { "GeneralAvailability=2024-04-30", "GeneralAvailability=2024-04-31",
                  "bad value: GeneralAvailability" },
                { "Vendor=redhat", "Vendor=", "bad value: Vendor" },
                { "OsIds=rhel", "OsIds=", "bad value: OsIds" },
                { "Vendor=redhat\n", "",
                  "Vendor=, OsIds=, KernelForm= or Flavours=, and StreamPrefix= are needed" },
                { "Vendor=redhat", "Seller=redhat", "test.conf:2: unknown key: Seller" },
                { "[Calendar]", "[Kalender]", "test.conf:1: unknown section: Kalender" },
                { "[Stream rhel-9.4]", "[Stream nine]", "unknown section: Stream nine" },
                { "[Stream rhel-9.4]", "[Cream rhel-9.4]", "unknown section: Cream rhel-9.4" },
                { "Vendor=redhat", "just words", "neither a section nor key=value" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(support_calendar_freep) SupportCalendar *calendar = NULL;
                _cleanup_free_ char *message = NULL;
                char text[sizeof(world_calendar) + 100];
                const char *at = strstr(world_calendar, cases[i].from);

                ck_assert_ptr_nonnull(at);
                snprintf(text, sizeof(text), "%.*s%s%s", (int) (at - world_calendar),
                         world_calendar, cases[i].to, at + strlen(cases[i].from));
                ck_assert_msg(support_calendar_parse(text, "test.conf", &calendar, &message) ==
                                              SUPPORT_CALENDAR_E_INVALID,
                              "%s was taken", cases[i].to);
                ck_assert_msg(strstr(message, cases[i].message), "'%s' is not in: %s",
                              cases[i].message, message);
                ck_assert(strstr(message, "the calendar is not used"));
                ck_assert_ptr_null(calendar);
        }
}
END_TEST

START_TEST(a_calendar_without_models_is_refused) {
        SupportCalendar *calendar = NULL;
        char *message = NULL;

        ck_assert_int_eq(support_calendar_parse("[Calendar]\nVendor=a\nOsIds=a\nKernelForm="
                                                "el\nStreamPrefix=a\n",
                                                "x", &calendar, &message),
                         SUPPORT_CALENDAR_E_INVALID);
        ck_assert(strstr(message, "no [Model"));
        free(message);
}
END_TEST

START_TEST(streams_and_models_are_found) {
        SupportCalendar *calendar = parse(world_calendar);
        const CalendarStream *stream = support_calendar_find_stream(calendar, "rhel-9.4");

        ck_assert_int_eq(stream->major, 9);
        ck_assert_int_eq(stream->minor, 4);
        ck_assert(stream->has_channel[CHANNEL_E4S] && !stream->has_channel[CHANNEL_AUS]);
        ck_assert_str_eq(world_day(stream->channel_end[CHANNEL_EUS]), "2026-04-30");
        ck_assert_ptr_eq(support_calendar_find_minor(calendar, 9, 4), stream);
        ck_assert_ptr_null(support_calendar_find_minor(calendar, 9, 9));
        ck_assert_ptr_null(support_calendar_find_stream(calendar, "rhel-9.9"));
        ck_assert_ptr_null(support_calendar_find_stream(calendar, NULL));
        ck_assert(calendar_stream_follows(support_calendar_find_minor(calendar, 9, 5), stream));
        ck_assert(!calendar_stream_follows(support_calendar_find_minor(calendar, 9, 2), stream));
        ck_assert(!calendar_stream_follows(support_calendar_find_minor(calendar, 10, 2), stream));
        ck_assert(support_calendar_find_stream(calendar, "rhel-9.5")->has_channel[CHANNEL_MAIN]);
        ck_assert_int_eq(support_calendar_find_stream(calendar, "rhel-9.5")
                                         ->channel_end[CHANNEL_MAIN],
                         UTC_DAY_NONE);

        ck_assert_str_eq(support_calendar_model_at(calendar, utc_day_from_date(2024, 4, 29))->name,
                         "every");
        ck_assert_str_eq(support_calendar_model_at(calendar, utc_day_from_date(2024, 4, 30))->name,
                         "selected");
        support_calendar_free(calendar);
}
END_TEST

START_TEST(selection_days_follow_each_other) {
        static const struct {
                const char *day, *next, *last;
        } cases[] = {
                { "2024-09-30", "2024-12-01", "2024-09-01" },
                { "2024-12-01", "2025-01-01", "2024-12-01" },
                { "2024-12-31", "2025-01-01", "2024-12-01" },
                { "2025-01-01", "2025-03-01", "2025-01-01" },
                { "2024-02-29", "2024-03-01", "2024-01-01" },
        };
        SupportCalendar *calendar = parse(world_calendar);

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                UtcDay day;

                ck_assert_int_eq(utc_day_parse(cases[i].day, &day), 0);
                ck_assert_str_eq(
                                world_day(calendar_model_next_selection(&calendar->models[1], day)),
                                cases[i].next);
                ck_assert_str_eq(
                                world_day(calendar_model_last_selection(&calendar->models[1], day)),
                                cases[i].last);
                ck_assert_int_eq(calendar_model_next_selection(&calendar->models[0], day),
                                 UTC_DAY_NONE);
                ck_assert_int_eq(calendar_model_last_selection(&calendar->models[0], day),
                                 UTC_DAY_NONE);
        }
        /* With a last day before January 1 of the year, the year before has it. */
        calendar->models[1].selection_days[0] = 201;
        ck_assert_str_eq(world_day(calendar_model_last_selection(&calendar->models[1],
                                                                 utc_day_from_date(2025, 1, 15))),
                         "2024-12-01");
        support_calendar_free(calendar);
}
END_TEST

START_TEST(stream_names_have_one_form) {
        static const char *const refused[] = {
                "rhel",      "rhel-",      "amzn-2023x", "rhel-9.",          "-9.4",
                "rhel-9.4x", "rhel-9.4.1", "rhel-x.y",   "rhel-9.444444444",
        };
        int major, minor;
        size_t n;

        ck_assert(stream_name_parse("rhel-9.4", &n, &major, &minor));
        ck_assert(n == 4 && major == 9 && minor == 4);
        ck_assert(stream_name_parse("sle-micro-5.10", &n, &major, &minor));
        ck_assert(n == 9 && major == 5 && minor == 10);
        ck_assert(stream_name_parse("amzn-2023", &n, &major, &minor));
        ck_assert(n == 4 && major == 2023 && minor == 0);
        for (size_t i = 0; i < ELEMENTS(refused); i++)
                ck_assert_msg(!stream_name_parse(refused[i], &n, &major, &minor), "%s was taken",
                              refused[i]);
}
END_TEST

START_TEST(every_calendar_that_is_shipped_is_sound) {
        static const struct {
                const char *file, *vendor;
                int n_months;
        } cases[] = {
                { "redhat.conf", "redhat", 6 },
                { "suse.conf", "suse", 12 },
                { "amazon.conf", "amazon", 3 },
                { "ubuntu.conf", "ubuntu", 13 },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(support_calendar_freep) SupportCalendar *calendar = NULL;
                _cleanup_free_ char *text = NULL, *path = NULL;
                size_t n_bytes;

                ck_assert_int_gt(asprintf(&path, "%s/%s", getenv("CALENDARS"), cases[i].file), 0);
                ck_assert_int_eq(bounded_read(AT_FDCWD, path, 1 << 20, &text, &n_bytes), 0);
                calendar = parse(text);
                ck_assert_str_eq(calendar->vendor, cases[i].vendor);
                ck_assert_int_eq(calendar->models[0].n_months, cases[i].n_months);
                for (size_t j = 0; j < calendar->n_streams; j++) {
                        const CalendarStream *stream = &calendar->streams[j];
                        KernelRelease initial;

                        ck_assert_msg(stream->certainty, "%s does not say how certain it is",
                                      stream->name);
                        ck_assert_msg(text_starts_with(stream->name, calendar->stream_prefix), "%s",
                                      stream->name);
                        ck_assert_msg(stream->has_channel[CHANNEL_MAIN], "%s", stream->name);
                        for (Channel channel = CHANNEL_MAIN; channel < _CHANNEL_MAX; channel++)
                                ck_assert_msg(stream->channel_end[channel] == UTC_DAY_NONE ||
                                                              stream->channel_end[channel] >
                                                                              stream->general_availability,
                                              "%s ends before it begins", stream->name);
                        if (i == 0 || !stream->initial_kernel)
                                continue;
                        /* The glob that tells a stream's kernels takes its first one. */
                        ck_assert_int_eq(kernel_release_parse(stream->initial_kernel, &initial), 0);
                        for (size_t k = 0; k < stream->kernels.n_items; k++)
                                if (fnmatch(stream->kernels.items[k], initial.name, 0) == 0)
                                        initial.name[0] = '\0';
                        ck_assert_msg(initial.name[0] == '\0', "%s", stream->name);
                }
        }
}
END_TEST

START_TEST(the_calendar_that_is_shipped_is_sound) {
        _cleanup_free_ char *text = NULL, *path = NULL;
        SupportCalendar *calendar;
        size_t n_bytes;

        ck_assert_int_gt(asprintf(&path, "%s/redhat.conf", getenv("CALENDARS")), 0);
        ck_assert_int_eq(bounded_read(AT_FDCWD, path, 1 << 20, &text, &n_bytes), 0);
        calendar = parse(text);
        ck_assert_uint_gt(calendar->n_streams, 20);
        for (size_t i = 0; i < calendar->n_streams; i++) {
                const CalendarStream *stream = &calendar->streams[i];
                KernelRelease initial;

                ck_assert_msg(stream->certainty, "%s does not say how certain it is", stream->name);
                ck_assert_msg(stream->initial_kernel && kernel_release_parse(stream->initial_kernel,
                                                                             &initial) == 0,
                              "%s", stream->name);
                ck_assert_int_eq(initial.dist_major, stream->major);
                ck_assert(stream->has_channel[CHANNEL_MAIN] &&
                          stream->general_availability != UTC_DAY_NONE);
                for (Channel channel = CHANNEL_MAIN; channel < _CHANNEL_MAX; channel++)
                        ck_assert_msg(stream->channel_end[channel] == UTC_DAY_NONE ||
                                                      stream->channel_end[channel] >
                                                                      stream->general_availability,
                                      "%s ends in %s before it begins", stream->name,
                                      channel_to_text(channel));
                if (i > 0 && calendar->streams[i - 1].major == stream->major &&
                    stream->channel_end[CHANNEL_EUS] != UTC_DAY_NONE)
                        ck_assert(stream->channel_end[CHANNEL_EUS] >
                                  stream->channel_end[CHANNEL_MAIN]);
        }
        support_calendar_free(calendar);
}
END_TEST

UNIT_TEST(a_mistake_is_named_with_its_line, a_calendar_without_models_is_refused,
          streams_and_models_are_found, selection_days_follow_each_other,
          stream_names_have_one_form, the_calendar_that_is_shipped_is_sound,
          every_calendar_that_is_shipped_is_sound)
