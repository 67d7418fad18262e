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

static int compare_cves(const void *a, const void *b) {
        return strcmp(((const CveFact *) a)->id, ((const CveFact *) b)->id);
}

void cve_facts_sort(CveFact *cves, size_t n_cves) {
        if (n_cves > 1)
                qsort(cves, n_cves, sizeof(*cves), compare_cves);
}

const CveFact *cve_facts_find(const CveFact *cves, size_t n_cves, const char *id) {
        CveFact wanted = { .id = id };

        return n_cves == 0 ? NULL : bsearch(&wanted, cves, n_cves, sizeof(*cves), compare_cves);
}
