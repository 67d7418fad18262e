/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What assess() says of a made-up history's host, given some digests.
 */

#include "core/assessment.h"
#include "random-stream.h"

typedef struct HostAnswer {
        Facts *facts; /* NULL: borrowed from elsewhere */
        HostFacts *host;
        Assessment *assessment;
} HostAnswer;

/* The host with the patch 1-LOADED active, or none where that is 0. Without memory the test ends. */
HostAnswer host_answer_ask(const SupportCalendar *calendar, const RandomStream *stream,
                           char *const *digests, size_t n_digests, unsigned loaded);

/* The same by what the first `n_counting` digests say, where all of them tell what was taken back since. */
HostAnswer host_answer_ask_some(const SupportCalendar *calendar, const RandomStream *stream,
                                char *const *digests, size_t n_digests, size_t n_counting,
                                unsigned loaded);
void host_answer_clear(HostAnswer *answer);

/* The same of facts that are there already; the host is the caller's, too. */
Assessment *host_answer_assess(const SupportCalendar *calendar, const RandomStream *stream,
                               const Facts *facts, HostFacts **ret_host, unsigned loaded);

/* Everything that is said, but for the names of feeds and the reasons; allocated, the caller's to free(). */
char *host_answer_spell(const HostAnswer *answer);
