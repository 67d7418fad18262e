/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Facts and the words they use. Plain storage: reading digests is format/digest-read's work, judging
 * is assess()'s. It refuses to merge or to drop anything: two feeds may tell the same twice.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/cve-index.h"
#include "core/facts.h"

static const char *const severity_words[_SEVERITY_MAX] = {
        [SEVERITY_LOW] = "low",
        [SEVERITY_MODERATE] = "moderate",
        [SEVERITY_IMPORTANT] = "important",
        [SEVERITY_CRITICAL] = "critical",
};

static const char *const channel_words[_CHANNEL_MAX] = {
        [CHANNEL_MAIN] = "main", [CHANNEL_EUS] = "eus", [CHANNEL_E4S] = "e4s",
        [CHANNEL_AUS] = "aus",   [CHANNEL_TUS] = "tus", [CHANNEL_LTSS] = "ltss",
};

const char *severity_to_text(Severity severity) {
        return severity_words[severity];
}

const char *channel_to_text(Channel channel) {
        return channel_words[channel];
}

int severity_from_text(const char *text, Severity *ret) {
        for (Severity severity = SEVERITY_LOW; severity < _SEVERITY_MAX; severity++)
                if (strcmp(severity_words[severity], text) == 0) {
                        *ret = severity;
                        return 0;
                }
        return FACTS_E_UNKNOWN_WORD;
}

int channel_from_text(const char *text, Channel *ret) {
        for (Channel channel = CHANNEL_MAIN; channel < _CHANNEL_MAX; channel++)
                if (strcmp(channel_words[channel], text) == 0) {
                        *ret = channel;
                        return 0;
                }
        return FACTS_E_UNKNOWN_WORD;
}

ChannelSet channel_set_of_host(Channel channel) {
        ChannelSet main = 1u << CHANNEL_MAIN, eus = main | 1u << CHANNEL_EUS;

        switch (channel) {
        case CHANNEL_EUS:
                return eus;
        case CHANNEL_E4S:
        case CHANNEL_AUS:
        case CHANNEL_TUS:
                return eus | 1u << channel;
        case CHANNEL_LTSS:
                return main | 1u << CHANNEL_LTSS;
        default:
                return main;
        }
}

int facts_new(Facts **ret) {
        _cleanup_(facts_freep) Facts *facts = NULL;
        int r;

        facts = calloc(1, sizeof(*facts));
        if (!facts)
                return error_origin(-ENOMEM);
        r = memory_pool_new(&facts->pool);
        if (r)
                return error_fold(r);

        *ret = TAKE(facts);
        return 0;
}

Facts *facts_free(Facts *facts) {
        if (!facts)
                return NULL;

        memory_pool_free(facts->pool);
        free(facts);
        return NULL;
}

int facts_index(Facts *facts) {
        facts->cve_index = cve_index_build(facts->pool, facts);
        return facts->cve_index ? 0 : error_origin(-ENOMEM);
}

static int compare_texts(const char *a, const char *b) {
        if (!a || !b)
                return (a != NULL) - (b != NULL);
        return strcmp(a, b);
}

static int compare_told(const PatchFact *a, const PatchFact *b) {
        int order = strcmp(a->package, b->package);

        if (order == 0)
                order = strcmp(a->version, b->version);
        return order != 0 ? order : compare_texts(a->advisory, b->advisory);
}

static int compare_shared(const void *a, const void *b) {
        const PatchFact *const *x = a, *const *y = b;
        int order = compare_told(*x, *y);

        return order != 0 ? order : (int) (*x)->cves_shared - (int) (*y)->cves_shared;
}

bool *patch_facts_find_overruled(MemoryPool *pool, const PatchFact *patches, size_t n_patches) {
        bool *overruled = memory_pool_alloc(pool, (n_patches + 1) * sizeof(*overruled)),
             any = false;
        _cleanup_free_ const PatchFact **sorted = NULL;
        const PatchFact *own = NULL;

        for (size_t i = 0; i < n_patches && !any; i++)
                any = patches[i].cves_shared;
        if (!overruled || !any)
                return overruled;
        sorted = malloc(n_patches * sizeof(*sorted));
        if (!sorted)
                return memory_pool_fail(pool);
        for (size_t i = 0; i < n_patches; i++)
                sorted[i] = &patches[i];
        qsort((void *) sorted, n_patches, sizeof(*sorted), compare_shared);
        for (size_t i = 0; i < n_patches; i++) {
                if (!sorted[i]->cves_shared)
                        own = sorted[i];
                else
                        overruled[sorted[i] - patches] = own && compare_told(own, sorted[i]) == 0;
        }
        return overruled;
}

static int compare_cves(const void *a, const void *b) {
        return strcmp(((const CveFact *) a)->id, ((const CveFact *) b)->id);
}

/* Digests are written in this order. */
static bool cve_facts_are_sorted(const CveFact *cves, size_t n_cves) {
        for (size_t i = 1; i < n_cves; i++)
                if (strcmp(cves[i - 1].id, cves[i].id) > 0)
                        return false;
        return true;
}

void cve_facts_sort(CveFact *cves, size_t n_cves) {
        if (!cve_facts_are_sorted(cves, n_cves))
                qsort(cves, n_cves, sizeof(*cves), compare_cves);
}

const CveFact *cve_facts_find(const CveFact *cves, size_t n_cves, const char *id) {
        CveFact wanted = { .id = id };

        return n_cves == 0 ? NULL : bsearch(&wanted, cves, n_cves, sizeof(*cves), compare_cves);
}
