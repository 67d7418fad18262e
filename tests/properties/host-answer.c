/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A made-up history's host and what is said of it. The host runs one of the history's kernels, is subscribed
 * to its channel and may have a live patch loaded.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bail-out.h"
#include "core/fact-revision.h"
#include "format/digest-read.h"
#include "host-answer.h"
#include "spelled-stream.h"

void host_answer_clear(HostAnswer *answer) {
        assessment_free(answer->assessment);
        host_facts_free(answer->host);
        facts_free(answer->facts);
}

static HostFacts *make_host(const RandomStream *stream, unsigned loaded) {
        const StreamKernel *running = &stream->kernels[stream->running];
        HostFacts *host;

        if (host_facts_new(&host) != 0)
                give_up("no memory");
        host->kernel = memory_pool_format(host->pool, "%s.x86_64", running->release);
        host->os_id = "rhel";
        host->kernel_unknown = host->os_unknown = host->livepatch_unknown = NULL;
        host->installed_kernels_unknown = host->packages_unknown = host->modules_unknown = NULL;
        host->loader_unknown = host->repositories_unknown = NULL;
        host->livepatch_support = TRISTATE_YES;
        text_list_add(&host->repositories, host->pool, spelled_stream_repository_id(stream));
        if (loaded > 0) {
                char name[80];
                LoadedPatch *patch = memory_pool_append(host->pool, host->patches, host->n_patches);

                snprintf(name, sizeof(name), "kpatch_%s_1_%u",
                         running->package + strlen("kpatch-patch-"), loaded);
                for (char *at = name; *at != '\0'; at++)
                        if (*at == '-')
                                *at = '_';
                *patch = (LoadedPatch){ .name = memory_pool_text(host->pool, name),
                                        .listed = true,
                                        .enabled = TRISTATE_YES,
                                        .transition = TRISTATE_NO,
                                        .since = UTC_TIME_NONE };
        }
        return host;
}

/* Forgets all sources but the first. */
static void keep_sources(Facts *facts, size_t n) {
#define KEEP(kind)                                                  \
        do {                                                        \
                size_t _n = 0;                                      \
                                                                    \
                for (size_t i = 0; i < facts->n_##kind; i++)        \
                        if (facts->kind[i].source < n)              \
                                facts->kind[_n++] = facts->kind[i]; \
                facts->n_##kind = _n;                               \
        } while (false)
        KEEP(kernels);
        KEEP(patches);
        KEEP(repositories);
        KEEP(windows);
        KEEP(withdrawn);
#undef KEEP
        facts->n_sources = n;
}

static Facts *read_facts(char *const *digests, size_t n_digests, size_t n_counting) {
        Facts *facts;

        if (facts_new(&facts) != 0)
                give_up("no memory");
        for (size_t i = 0; i < n_digests; i++) {
                char reason[DIGEST_READ_REASON_BYTES], name[24];

                snprintf(name, sizeof(name), "%zu", i);
                if (digest_read(facts, memory_pool_text(facts->pool, name), FEED_KIND_FILE,
                                digests[i], strlen(digests[i]), reason) != 0)
                        give_up(reason);
        }
        if (facts_drop_superseded(facts) != 0)
                give_up("no memory");
        keep_sources(facts, n_counting);
        if (facts_index(facts) != 0)
                give_up("no memory");
        return facts;
}

Assessment *host_answer_assess(const SupportCalendar *calendar, const RandomStream *stream,
                               const Facts *facts, HostFacts **ret_host, unsigned loaded) {
        static OperatorPolicy policy;
        static const SupportCalendar *calendars[1];
        Assessment *assessment;
        AssessInput input;

        calendars[0] = calendar;
        *ret_host = make_host(stream, loaded);
        input = (AssessInput){ .host = *ret_host,
                               .facts = facts,
                               .calendars = calendars,
                               .n_calendars = 1,
                               .policy = &policy,
                               .now = stream->now,
                               .clock = stream->now };
        if (assess_moment(&input, &assessment) != 0)
                give_up("no memory");
        return assessment;
}

HostAnswer host_answer_ask(const SupportCalendar *calendar, const RandomStream *stream,
                           char *const *digests, size_t n_digests, unsigned loaded) {
        return host_answer_ask_some(calendar, stream, digests, n_digests, n_digests, loaded);
}

HostAnswer host_answer_ask_some(const SupportCalendar *calendar, const RandomStream *stream,
                                char *const *digests, size_t n_digests, size_t n_counting,
                                unsigned loaded) {
        HostAnswer answer = { .facts = read_facts(digests, n_digests, n_counting) };

        answer.assessment =
                        host_answer_assess(calendar, stream, answer.facts, &answer.host, loaded);
        return answer;
}

static const char *or_none(const char *text) {
        return text ? text : "-";
}

char *host_answer_spell(const HostAnswer *answer) {
        const Assessment *assessment = answer->assessment;
        const RebootPlan *reboot = &assessment->reboot;
        const Advice *advice = &assessment->advice;
        char *text = NULL;
        size_t n_bytes;
        FILE *out = open_memstream(&text, &n_bytes);

        if (!out)
                give_up("no memory");
        fprintf(out, "fresh %d, %lld; selection %d\n", assessment->freshness.freshness,
                (long long) assessment->freshness.complete_to, assessment->next_selection);
        for (size_t i = 0; i < assessment->n_kernels; i++) {
                const JudgedKernel *kernel = &assessment->kernels[i];

                fprintf(out, "kernel %s %s: %s %d, %d (%d) to %d (%d) %d, %s, available %d\n",
                        kernel->name, or_none(kernel->stream),
                        or_none(eligible_to_text(kernel->eligible)), kernel->basis, kernel->start,
                        kernel->start_basis, kernel->end, kernel->end_basis, kernel->end_expected,
                        coverage_to_text(kernel->coverage), kernel->available);
        }
        fprintf(out, "patch %s, newest %s by %s\n", patch_state_to_text(assessment->patch.state),
                or_none(assessment->patch.newest_version),
                assessment->patch.newest ? or_none(assessment->patch.newest->advisory) : "-");
        for (size_t i = 0; i < assessment->exposure.n_exposures; i++) {
                const Exposure *exposure = &assessment->exposure.exposures[i];

                fprintf(out, "%s %d (%d): %s, kernel %s by %s, patch %s by %s, %s\n", exposure->cve,
                        exposure->severity,
                        exposure->severity == SEVERITY_UNKNOWN ? exposure->bound : 0,
                        verdict_to_text(exposure->verdict),
                        exposure->kernel ? exposure->kernel->release : "-",
                        exposure->kernel ? or_none(exposure->kernel->advisory) : "-",
                        exposure->patch ? exposure->patch->version : "-",
                        exposure->patch ? or_none(exposure->patch->advisory) : "-",
                        or_none(exposure->note));
        }
        fprintf(out, "advice %s by %d to %s; reboot %d by %d to %s\n",
                advice_to_text(advice->action), advice->by, or_none(advice->kernel), reboot->now,
                reboot->by, reboot->target ? reboot->target->name : "-");
        fclose(out);
        return text;
}
