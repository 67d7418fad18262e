/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Revisions of facts. Vendors take things back: a CVE that an advisory does not fix after all, a date of
 * support that was too late. Who only adds facts up would keep what was taken back for ever. Times of
 * different tellers say nothing about each other: a repository's is always the newer one, and its
 * advisory says less than the vendor's document. So each is held against its own earlier words alone. It
 * refuses to mix two words of one teller, and to take silence about a thing for a word about it.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "core/fact-revision.h"

/* Whose word about what, and when. */
typedef struct Saying {
        const char *parts[5]; /* vendor, kind of teller, teller, what about: two */
        UtcTime revised;
        bool withdraws;
        bool *superseded;
} Saying;

static int compare_texts(const char *a, const char *b) {
        if (!a || !b)
                return (a != NULL) - (b != NULL);
        return strcmp(a, b);
}

static int compare_subjects(const Saying *a, const Saying *b) {
        int order = 0;

        for (size_t i = 0; order == 0 && i < ELEMENTS(a->parts); i++)
                order = compare_texts(a->parts[i], b->parts[i]);
        return order;
}

/* The latest first. */
static int compare_words(const Saying *a, const Saying *b) {
        if (a->revised != b->revised)
                return a->revised > b->revised ? -1 : 1;
        return (int) b->withdraws - (int) a->withdraws;
}

static int compare_sayings(const void *a, const void *b) {
        int order = compare_subjects(a, b);

        return order != 0 ? order : compare_words(a, b);
}

static Saying saying_of(const Facts *facts, size_t source, const Word *word, const char *advisory,
                        const char *name, const char *version) {
        return (Saying){ .parts = { facts->sources[source].vendor, "advisory", word->repository,
                                    advisory ? advisory : name, advisory ? NULL : version },
                         .revised = word->revised };
}

static void list_sayings(const Facts *facts, Saying *all) {
        for (size_t i = 0; i < facts->n_kernels; i++) {
                const KernelFact *kernel = &facts->kernels[i];

                *all++ = saying_of(facts, kernel->source, &kernel->word, kernel->advisory, "kernel",
                                   kernel->release);
        }
        for (size_t i = 0; i < facts->n_patches; i++) {
                const PatchFact *patch = &facts->patches[i];

                *all++ = saying_of(facts, patch->source, &patch->word, patch->advisory,
                                   patch->package, patch->version);
        }
        for (size_t i = 0; i < facts->n_windows; i++) {
                const WindowFact *window = &facts->windows[i];

                *all++ = (Saying){ .parts = { facts->sources[window->source].vendor, "list",
                                              window->origin, window->kernel, window->package },
                                   .revised = window->revised };
        }
        for (size_t i = 0; i < facts->n_withdrawn; i++) {
                const WithdrawnFact *withdrawn = &facts->withdrawn[i];

                *all = saying_of(facts, withdrawn->source, &withdrawn->word, withdrawn->advisory,
                                 NULL, NULL);
                all++->withdraws = true;
        }
}

/* Marks what is behind the latest word on the same thing. */
static void find_superseded(Saying *all, size_t n) {
        size_t latest = 0;

        if (n > 1)
                qsort(all, n, sizeof(*all), compare_sayings);
        for (size_t i = 1; i < n; i++) {
                if (compare_subjects(&all[latest], &all[i]) != 0)
                        latest = i;
                *all[i].superseded = compare_words(&all[latest], &all[i]) != 0;
        }
}

/* The order of those that stay is as it was. */
#define KEEP_LATEST(facts, kind, superseded)                                               \
        do {                                                                               \
                size_t _n = 0;                                                             \
                                                                                           \
                for (size_t _i = 0; _i < (facts)->n_##kind; _i++) {                        \
                        if (*(superseded)++)                                               \
                                (facts)->sources[(facts)->kind[_i].source].n_superseded++; \
                        else                                                               \
                                (facts)->kind[_n++] = (facts)->kind[_i];                   \
                }                                                                          \
                (facts)->n_##kind = _n;                                                    \
        } while (false)

int facts_drop_superseded(Facts *facts) {
        const size_t n =
                        facts->n_kernels + facts->n_patches + facts->n_windows + facts->n_withdrawn;
        _cleanup_free_ Saying *all = calloc(n + 1, sizeof(*all));
        _cleanup_free_ bool *superseded = calloc(n + 1, sizeof(*superseded));
        const bool *at = superseded;

        if (!all || !superseded)
                return error_origin(-ENOMEM);
        list_sayings(facts, all);
        for (size_t i = 0; i < n; i++)
                all[i].superseded = &superseded[i];
        find_superseded(all, n);
        /* In the order in which they were listed. */
        KEEP_LATEST(facts, kernels, at);
        KEEP_LATEST(facts, patches, at);
        KEEP_LATEST(facts, windows, at);
        KEEP_LATEST(facts, withdrawn, at);
        return 0;
}
