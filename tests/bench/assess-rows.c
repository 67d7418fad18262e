/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One assessment over 10,000 CVE rows against a bare pass that compares each row's version with the
 * running kernel's once. In turn; prints the medians of all rounds in nanoseconds, with the search for
 * the next change apart, and how many exposures came out, so that an empty answer cannot look fast:
 * "MOMENT WITH-NEXT-CHANGE BARE N_EXPOSURES N_NEWER".
 *
 *   assess-rows CALENDAR
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bounded-read.h"
#include "core/assessment.h"
#include "core/package-version.h"
#include "rounds.h"

#define N_KERNELS 100
#define N_CVES 100 /* a kernel */
#define N_ROUNDS 21
#define RUNNING "5.14.0-427.13.1.el9_4"

/* A kernel a week. Within one the ids are sorted, as in a digest; between them they are mixed. */
static bool add_kernel(Facts *facts, unsigned number) {
        KernelFact *fact = memory_pool_append(facts->pool, facts->kernels, facts->n_kernels);
        CveFact *cves = memory_pool_alloc(facts->pool, N_CVES * sizeof(CveFact));

        if (!fact || !cves)
                return false;
        *fact = (KernelFact){
                .release = memory_pool_format(facts->pool, "5.14.0-427.%u.1.el9_4", 13 + number),
                .stream = "rhel-9.4",
                .channels = 1u << CHANNEL_MAIN | 1u << CHANNEL_EUS,
                .released = utc_day_start(utc_day_from_date(2024, 4, 30)) +
                            (UtcTime) number * 7 * USEC_PER_DAY,
                .advisory = memory_pool_format(facts->pool, "RHSA-2024:%u", 1000 + number),
                .severity = SEVERITY_IMPORTANT,
                .cves = cves,
                .n_cves = N_CVES,
        };
        for (unsigned i = 0; i < N_CVES; i++)
                cves[i] = (CveFact){
                        .id = memory_pool_format(facts->pool, "CVE-2024-%05u",
                                                 10000 + i * N_KERNELS + number * 37 % N_KERNELS),
                        .severity = SEVERITY_MODERATE
                };
        return true;
}

static unsigned bare_pass(const Facts *facts) {
        unsigned n_newer = 0;

        for (size_t i = 0; i < facts->n_kernels; i++)
                for (size_t j = 0; j < facts->kernels[i].n_cves; j++)
                        n_newer += package_evr_compare(facts->kernels[i].release, RUNNING) > 0;
        return n_newer;
}

static int time_both(const AssessInput *input) {
        uint64_t moments[N_ROUNDS], whole[N_ROUNDS], bare[N_ROUNDS];
        size_t n_exposures = 0;
        unsigned n_newer = 0;

        for (unsigned round = 0; round < N_ROUNDS; round++) {
                _cleanup_(assessment_freep) Assessment *moment = NULL, *assessment = NULL;
                uint64_t begin = now_nsec();

                if (assess_moment(input, &moment) != 0)
                        return EXIT_FAILURE;
                moments[round] = now_nsec() - begin;
                moment = assessment_free(moment);

                begin = now_nsec();
                if (assess(input, &assessment) != 0)
                        return EXIT_FAILURE;
                whole[round] = now_nsec() - begin;
                n_exposures = assessment->exposure.n_exposures;

                begin = now_nsec();
                n_newer = bare_pass(input->facts);
                bare[round] = now_nsec() - begin;
        }
        printf("%llu %llu %llu %zu %u\n", (unsigned long long) median(moments, N_ROUNDS),
               (unsigned long long) median(whole, N_ROUNDS),
               (unsigned long long) median(bare, N_ROUNDS), n_exposures, n_newer);
        return EXIT_SUCCESS;
}

int main(int argc, char *argv[]) {
        _cleanup_(support_calendar_freep) SupportCalendar *calendar = NULL;
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        _cleanup_(facts_freep) Facts *facts = NULL;
        _cleanup_free_ char *text = NULL, *message = NULL;
        FactSource source = { .name = "bench",
                              .vendor = "redhat",
                              .source = "made up",
                              .complete_to = utc_day_start(utc_day_from_date(2026, 6, 1)),
                              .kind = FEED_KIND_FILE };
        const SupportCalendar *calendars[1];
        OperatorPolicy policy = {};
        AssessInput input;
        size_t n_bytes;

        if (argc != 2 || bounded_read(AT_FDCWD, argv[1], 1024 * 1024, &text, &n_bytes) != 0 ||
            support_calendar_parse(text, argv[1], &calendar, &message) != 0 ||
            host_facts_new(&host) != 0 || facts_new(&facts) != 0)
                return EXIT_FAILURE;
        facts->sources = &source;
        facts->n_sources = 1;
        for (unsigned i = 0; i < N_KERNELS; i++)
                if (!add_kernel(facts, i))
                        return EXIT_FAILURE;
        if (facts_index(facts) != 0)
                return EXIT_FAILURE;
        host->kernel = RUNNING ".x86_64";
        host->os_id = "rhel";
        host->livepatch_support = TRISTATE_YES;
        text_list_add(&host->repositories, host->pool, "rhel-9-for-x86_64-baseos-eus-rpms");

        calendars[0] = calendar;
        input = (AssessInput){ .host = host,
                               .facts = facts,
                               .calendars = calendars,
                               .n_calendars = 1,
                               .policy = &policy,
                               .now = utc_day_start(utc_day_from_date(2026, 4, 15)),
                               .clock = utc_day_start(utc_day_from_date(2026, 4, 15)) };
        return time_both(&input);
}
