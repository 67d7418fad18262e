/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Freshness. Age is judged by the real clock even when the question is about another day, because it
 * says how much the facts can be trusted now. It refuses to revoke anything: what grows old loses
 * only what was concluded from silence, and that is decided where it was concluded.
 */

#include <string.h>

#include "base/text.h"
#include "core/freshness.h"

const char *freshness_to_text(Freshness freshness) {
        static const char *const words[_FRESHNESS_MAX] = {
                [FRESHNESS_NEVER] = "never",
                [FRESHNESS_EXPIRED] = "expired",
                [FRESHNESS_STALE] = "stale",
                [FRESHNESS_FRESH] = "fresh",
        };

        return words[freshness];
}

void freshness_limits(FeedKind kind, int64_t *ret_stale_usec, int64_t *ret_expired_usec) {
        static const struct {
                int stale_hours, expired_days;
        } limits[] = {
                [FEED_KIND_FILE] = { 35 * 24, 100 },
                [FEED_KIND_CACHE] = { 7 * 24, 30 },
                [FEED_KIND_NETWORK] = { 48, 7 },
        };

        *ret_stale_usec = limits[kind].stale_hours * USEC_PER_HOUR;
        *ret_expired_usec = limits[kind].expired_days * USEC_PER_DAY;
}

static Freshness judge(const FactSource *source, UtcTime clock) {
        int64_t stale, expired;

        if (source->complete_to == UTC_TIME_NONE)
                return FRESHNESS_NEVER;
        freshness_limits(source->kind, &stale, &expired);
        if (clock - source->complete_to <= stale)
                return FRESHNESS_FRESH;
        return clock - source->complete_to <= expired ? FRESHNESS_STALE : FRESHNESS_EXPIRED;
}

static bool window_is_of_stream(const Situation *situation, const WindowFact *window) {
        KernelRelease release;

        return kernel_release_parse(window->kernel, &release) == 0 &&
               text_equal(situation_stream_of(situation, &release), situation->stream);
}

static bool carries_stream(const Situation *situation, size_t source) {
        const Facts *facts = situation->input->facts;

        if (!situation->stream)
                return false;
#define CARRIES(kind, test)                                    \
        for (size_t i = 0; i < facts->n_##kind; i++)           \
                if (facts->kind[i].source == source && (test)) \
                        return true;
        /* Where kernels' names tell the stream, feeds may have put them into a wider one. */
        for (size_t i = 0; i < situation->n_kernels; i++)
                for (size_t j = 0; j < situation->kernels[i].n_facts; j++)
                        if (situation->kernels[i].facts[j]->source == source &&
                            text_equal(situation->kernels[i].stream, situation->stream))
                                return true;
        CARRIES(kernels, text_equal(facts->kernels[i].stream, situation->stream))
        CARRIES(patches, text_equal(facts->patches[i].stream, situation->stream))
        CARRIES(repositories, text_equal(facts->repositories[i].stream, situation->stream))
        CARRIES(windows, window_is_of_stream(situation, &facts->windows[i]))
#undef CARRIES
        return false;
}

static size_t count_records(const Facts *facts, size_t source) {
        size_t n = 0;

#define COUNT(kind)                                  \
        for (size_t i = 0; i < facts->n_##kind; i++) \
                n += facts->kind[i].source == source;
        COUNT(kernels)
        COUNT(patches)
        COUNT(repositories)
        COUNT(windows)
        COUNT(withdrawn)
#undef COUNT
        return n + facts->sources[source].n_superseded;
}

/* The answer outlives the status that it was made of. */
static const FeedStatus *copy_status(MemoryPool *pool, const FeedStatus *status) {
        FeedStatus *copy = memory_pool_alloc(pool, sizeof(*copy));

        if (!copy)
                return NULL;
        *copy = *status;
        copy->name = memory_pool_text(pool, status->name);
        copy->type = memory_pool_text(pool, status->type);
        copy->location = memory_pool_text(pool, status->location);
        copy->error = memory_pool_text(pool, status->error);
        return copy;
}

static const FeedStatus *find_status(const Situation *situation, const char *name) {
        const AssessInput *input = situation->input;

        for (size_t i = 0; i < input->n_feeds; i++)
                if (strcmp(input->feeds[i].name, name) == 0)
                        return copy_status(situation->pool, &input->feeds[i]);
        return NULL;
}

/* Those that were asked and never answered. */
static void report_silent(const Situation *situation, FreshnessReport *report) {
        const AssessInput *input = situation->input;

        for (size_t i = 0; i < input->n_feeds; i++) {
                FeedFreshness *feed;
                bool known = false;

                for (size_t j = 0; j < report->n_feeds && !known; j++)
                        known = strcmp(report->feeds[j].name, input->feeds[i].name) == 0;
                if (known)
                        continue;
                feed = memory_pool_append(situation->pool, report->feeds, report->n_feeds);
                if (!feed)
                        return;
                feed->status = copy_status(situation->pool, &input->feeds[i]);
                feed->name = feed->status ? feed->status->name : "";
                feed->freshness = FRESHNESS_NEVER;
        }
}

void freshness_report(const Situation *situation, FreshnessReport *ret) {
        const Facts *facts = situation->input->facts;
        FreshnessReport report = { .freshness = FRESHNESS_NEVER, .complete_to = UTC_TIME_NONE };

        for (size_t i = 0; i < facts->n_sources; i++) {
                const FactSource *source = &facts->sources[i];
                FeedFreshness *feed;

                feed = memory_pool_append(situation->pool, report.feeds, report.n_feeds);
                if (!feed)
                        break;
                feed->name = source->name;
                feed->source = source;
                feed->status = find_status(situation, source->name);
                feed->n_records = count_records(facts, i);
                feed->freshness = judge(source, situation->input->clock);
                feed->carries_stream = situation->calendar &&
                                       text_equal(source->vendor, situation->calendar->vendor) &&
                                       carries_stream(situation, i);
                if (!feed->carries_stream || feed->freshness == FRESHNESS_NEVER)
                        continue;
                if (feed->freshness > report.freshness ||
                    (feed->freshness == report.freshness &&
                     source->complete_to > report.complete_to)) {
                        report.freshness = feed->freshness;
                        report.complete_to = source->complete_to;
                }
        }
        report_silent(situation, &report);
        *ret = report;
}

static bool tells_of_patches(const Situation *situation, size_t source) {
        const Facts *facts = situation->input->facts;

        for (size_t i = 0; i < facts->n_patches; i++)
                if (facts->patches[i].source == source &&
                    text_equal(facts->patches[i].stream, situation->stream))
                        return true;
        for (size_t i = 0; i < facts->n_repositories; i++)
                if (facts->repositories[i].source == source &&
                    text_equal(facts->repositories[i].stream, situation->stream))
                        return true;
        return false;
}

bool freshness_cache_suffices(const Situation *situation, const FreshnessReport *report) {
        const Facts *facts = situation->input->facts;

        for (size_t i = 0; i < report->n_feeds; i++) {
                const FeedFreshness *feed = &report->feeds[i];

                if (feed->source && feed->source->kind == FEED_KIND_CACHE &&
                    feed->freshness == FRESHNESS_FRESH && situation->stream &&
                    tells_of_patches(situation, (size_t) (feed->source - facts->sources)))
                        return true;
        }
        return false;
}
