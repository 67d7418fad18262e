/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The worst defect is a wrong "covered". Every kernel of the bundled facts from 2025 on is put on a host
 * in every channel and asked for on many days, without any package on the host.
 */

#include <fcntl.h>

#include "base/bounded-read.h"
#include "core/livepatch-name.h"
#include "format/digest-read.h"
#include "assess-world.h"
#include "unit-test.h"

static char *read_file(const char *folder, const char *name) {
        _cleanup_free_ char *path = NULL;
        char *text = NULL;
        size_t n_bytes;

        ck_assert_int_gt(asprintf(&path, "%s/%s", getenv(folder), name), 0);
        ck_assert_msg(bounded_read(AT_FDCWD, path, DIGEST_MAX_BYTES, &text, &n_bytes) == 0, "%s",
                      path);
        return text;
}

static World *world_of_bundled_facts(void) {
        _cleanup_free_ char *calendar = read_file("CALENDARS", "redhat.conf"),
                            *digest = read_file("BUNDLED_FACTS", "redhat-bundled.digest");
        char reason[DIGEST_READ_REASON_BYTES], *message = NULL;
        World *world = world_new();

        world->calendar = support_calendar_free(world->calendar);
        ck_assert_int_eq(
                        support_calendar_parse(calendar, "redhat.conf", &world->calendar, &message),
                        0);
        world->facts->n_sources = 0;
        ck_assert_msg(digest_read(world->facts, "bundled", FEED_KIND_FILE, digest, strlen(digest),
                                  reason) == 0,
                      "%s", reason);
        return world;
}

/* Is a package for this kernel, whatever its channel, known on that day? */
static bool has_evidence(const Assessment *assessment) {
        for (size_t i = 0; i < assessment->situation.n_patches; i++)
                if (situation_patch_is_for(&assessment->situation, assessment->situation.patches[i],
                                           &assessment->running->release,
                                           assessment->running->stream))
                        return true;
        return false;
}

START_TEST(no_kernel_without_evidence_is_covered) {
        static const int days[] = { 0, 1, 13, 14, 15, 45, 90, 104, 105, 200, 330, 365, 366, 400 };
        static const char *const channels[] = { "", "eus", "e4s", NULL };
        World *world = world_of_bundled_facts();
        const SupportCalendar *calendars[] = { world->calendar };
        /* Under valgrind a part of them has to do. */
        size_t every = getenv("KLPWATCH_TEST_EVERY") ? (size_t) atoi(getenv("KLPWATCH_TEST_EVERY"))
                                                     : 1;
        size_t n_asked = 0, n_with_evidence = 0, n_covered = 0;

        for (size_t i = 0; i < world->facts->n_kernels; i += every) {
                const KernelFact *fact = &world->facts->kernels[i];

                if (utc_day_of(fact->released) < utc_day_from_date(2025, 1, 1))
                        continue;
                world_set_kernel(world, fact->release);
                for (size_t c = 0; c < ELEMENTS(channels); c++)
                        for (size_t d = 0; d < ELEMENTS(days); d++) {
                                _cleanup_(assessment_freep) Assessment *assessment = NULL;
                                AssessInput input = { .host = world->host,
                                                      .facts = world->facts,
                                                      .calendars = calendars,
                                                      .n_calendars = 1,
                                                      .policy = &world->policy,
                                                      .now = fact->released +
                                                             days[d] * USEC_PER_DAY };
                                bool covered;

                                input.clock = input.now;
                                world_channel(world, channels[c]);
                                ck_assert_int_eq(assess_moment(&input, &assessment), 0);
                                covered = assessment->running->coverage == COVERAGE_COVERED ||
                                          assessment->running->coverage == COVERAGE_ENDING;
                                n_asked++;
                                n_covered += covered;
                                if (has_evidence(assessment))
                                        n_with_evidence++;
                                else
                                        ck_assert_msg(!covered, "%s, channel %s, day %d is %s",
                                                      fact->release,
                                                      channels[c] ? channels[c] : "unknown",
                                                      days[d],
                                                      coverage_to_text(assessment->running
                                                                                       ->coverage));
                        }
        }
        ck_assert_uint_gt(n_asked, 4000 / every);
        ck_assert_uint_lt(n_with_evidence, n_asked / 4);
        ck_assert_uint_le(n_covered, n_with_evidence);
        world_free(world);
}
END_TEST

START_TEST(the_known_windows_come_out) {
        static const struct {
                const char *kernel, *channel, *package, *at, *end;
                Coverage coverage;
                Eligible eligible;
        } cases[] = {
                { "5.14.0-284.11.1.el9_2", "eus", NULL, "2023-09-15", "2023-11-09",
                  COVERAGE_COVERED, ELIGIBLE_YES },
                { "5.14.0-284.11.1.el9_2", "", NULL, "2023-09-15", "2023-11-07", COVERAGE_COVERED,
                  ELIGIBLE_YES },
                { "5.14.0-427.13.1.el9_4", "eus", "1-2.el9_4", "2024-09-15", "2025-04-30",
                  COVERAGE_COVERED, ELIGIBLE_YES },
                { "5.14.0-427.13.1.el9_4", "", "1-2.el9_4", "2024-09-15", "2024-11-12",
                  COVERAGE_COVERED, ELIGIBLE_YES },
                { "5.14.0-427.28.1.el9_4", "eus", NULL, "2024-09-15", "-", COVERAGE_UNSUPPORTED,
                  ELIGIBLE_NO },
                { "5.14.0-427.33.1.el9_4", "eus", NULL, "2024-09-15", "2025-08-28",
                  COVERAGE_UNCONFIRMED, ELIGIBLE_POSSIBLE },
                { "5.14.0-427.31.1.el9_4", "eus", NULL, "2024-09-15", "2025-08-15",
                  COVERAGE_UNCONFIRMED, ELIGIBLE_POSSIBLE },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_of_bundled_facts();
                char package[LIVEPATCH_NAME_BYTES];
                const JudgedKernel *kernel;
                KernelRelease release;

                world_set_kernel(world, cases[i].kernel);
                world_channel(world, cases[i].channel);
                ck_assert_int_eq(kernel_release_parse(cases[i].kernel, &release), 0);
                ck_assert_int_eq(livepatch_package_name(&release, package), 0);
                if (cases[i].package)
                        world_install(world, package, cases[i].package);
                kernel = world_judge(world, cases[i].at);
                ck_assert_msg(kernel->coverage == cases[i].coverage &&
                                              kernel->eligible == cases[i].eligible &&
                                              strcmp(world_day(kernel->end), cases[i].end) == 0,
                              "%s in channel %s is %s, ends %s", cases[i].kernel, cases[i].channel,
                              coverage_to_text(kernel->coverage), world_day(kernel->end));
                world_free(world);
        }
}
END_TEST

START_TEST(in_channel_main_the_open_cves_come_from_the_next_minor) {
        World *world = world_of_bundled_facts();
        const Assessment *assessment;
        size_t n = 0;

        world_set_kernel(world, "5.14.0-427.13.1.el9_4");
        world_channel(world, "");
        world_install(world, "kpatch-patch-5_14_0-427_13_1", "1-2.el9_4");
        assessment = world_assess(world, "2025-02-15");
        ck_assert_int_eq(assessment->running->coverage, COVERAGE_ENDED);
        for (size_t i = 0; i < assessment->exposure.n_exposures; i++) {
                const Exposure *exposure = &assessment->exposure.exposures[i];

                if (exposure->kernel && exposure->kernel->released > world_time("2024-11-13")) {
                        ck_assert_str_eq(exposure->kernel->stream, "rhel-9.5");
                        n++;
                }
        }
        ck_assert_uint_gt(n, 10);
        world_free(world);
}
END_TEST

UNIT_TEST(no_kernel_without_evidence_is_covered, the_known_windows_come_out,
          in_channel_main_the_open_cves_come_from_the_next_minor)
