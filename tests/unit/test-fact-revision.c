/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "core/fact-revision.h"
#include "unit-test.h"

static Facts *begin(void) {
        static const char *const vendors[] = { "redhat", "redhat", "suse" };
        Facts *facts;

        ck_assert_int_eq(facts_new(&facts), 0);
        for (size_t i = 0; i < ELEMENTS(vendors); i++)
                *memory_pool_append(facts->pool, facts->sources, facts->n_sources) =
                                (FactSource){ .name = "feed", .vendor = vendors[i] };
        return facts;
}

/* Records by their advisories; `left` has a letter for each that stays. */
typedef struct Told {
        char kind; /* k, p, w */
        const char *advisory, *repository;
        UtcTime revised;
        size_t source;
} Told;

static void add(Facts *facts, const Told *told) {
        Word word = { told->repository, told->revised };

        if (told->kind == 'k')
                *memory_pool_append(facts->pool, facts->kernels, facts->n_kernels) =
                                (KernelFact){ .release = "5.14.0-1.el9_4",
                                              .advisory = told->advisory,
                                              .word = word,
                                              .source = told->source };
        else if (told->kind == 'p')
                *memory_pool_append(facts->pool, facts->patches, facts->n_patches) =
                                (PatchFact){ .package = "kpatch-patch-1",
                                             .version = "1-2",
                                             .advisory = told->advisory,
                                             .word = word,
                                             .source = told->source };
        else
                *memory_pool_append(facts->pool, facts->withdrawn, facts->n_withdrawn) =
                                (WithdrawnFact){ told->advisory, word, told->source };
}

START_TEST(a_tellers_latest_word_counts) {
        static const struct {
                const char *what;
                Told told[3];
                size_t n_kernels, n_patches, n_withdrawn;
        } cases[] = {
                { "a later revision",
                  { { 'k', "A", NULL, 1, 0 }, { 'k', "A", NULL, 2, 1 } },
                  1,
                  0,
                  0 },
                { "of one time", { { 'k', "A", NULL, 2, 0 }, { 'k', "A", NULL, 2, 1 } }, 2, 0, 0 },
                { "no time is the earliest",
                  { { 'k', "A", NULL, 0, 0 }, { 'k', "A", NULL, 1, 1 } },
                  1,
                  0,
                  0 },
                { "another advisory",
                  { { 'k', "A", NULL, 1, 0 }, { 'k', "B", NULL, 2, 1 } },
                  2,
                  0,
                  0 },
                { "another vendor",
                  { { 'k', "A", NULL, 1, 0 }, { 'k', "A", NULL, 2, 2 } },
                  2,
                  0,
                  0 },
                { "a repository beside a document",
                  { { 'k', "A", NULL, 1, 0 }, { 'k', "A", "r", 2, 1 } },
                  2,
                  0,
                  0 },
                { "a repository's later look",
                  { { 'k', "A", "r", 1, 0 }, { 'k', "A", "r", 2, 1 } },
                  1,
                  0,
                  0 },
                { "another repository",
                  { { 'k', "A", "r", 1, 0 }, { 'k', "A", "s", 2, 1 } },
                  2,
                  0,
                  0 },
                { "a kernel taken back for a patch",
                  { { 'k', "A", NULL, 1, 0 }, { 'p', "A", NULL, 2, 1 } },
                  0,
                  1,
                  0 },
                { "without an advisory",
                  { { 'k', NULL, "r", 1, 0 }, { 'p', NULL, "r", 2, 1 } },
                  1,
                  1,
                  0 },
                { "a listed package, again",
                  { { 'p', NULL, "r", 1, 0 }, { 'p', NULL, "r", 2, 1 } },
                  0,
                  1,
                  0 },
                { "withdrawn",
                  { { 'k', "A", NULL, 1, 0 }, { 'p', "A", NULL, 2, 1 }, { 'w', "A", NULL, 2, 1 } },
                  0,
                  0,
                  1 },
                { "withdrawn for good",
                  { { 'k', "A", NULL, 9, 0 }, { 'w', "A", NULL, INT64_MAX, 1 } },
                  0,
                  0,
                  1 },
                { "published again",
                  { { 'w', "A", NULL, 1, 0 }, { 'k', "A", NULL, 2, 1 } },
                  1,
                  0,
                  0 },
                { "withdrawn by a repository",
                  { { 'k', "A", NULL, 1, 0 }, { 'w', "A", "r", 2, 1 } },
                  1,
                  0,
                  1 },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                for (size_t turn = 0; turn < 3; turn++) {
                        Facts *facts = begin();

                        for (size_t j = 0; j < 3; j++) {
                                const Told *told = &cases[i].told[(j + turn) % 3];

                                if (told->kind != '\0')
                                        add(facts, told);
                        }
                        for (size_t again = 0; again < 2; again++) {
                                ck_assert_int_eq(facts_drop_superseded(facts), 0);
                                ck_assert_msg(facts->n_kernels == cases[i].n_kernels &&
                                                              facts->n_patches ==
                                                                              cases[i].n_patches &&
                                                              facts->n_withdrawn ==
                                                                              cases[i].n_withdrawn,
                                              "%s: %zu kernels, %zu patches, %zu withdrawn",
                                              cases[i].what, facts->n_kernels, facts->n_patches,
                                              facts->n_withdrawn);
                        }
                        facts_free(facts);
                }
}
END_TEST

static void add_window(Facts *facts, const char *kernel, const char *list, Channel channel,
                       UtcDay end, UtcTime revised) {
        *memory_pool_append(facts->pool, facts->windows, facts->n_windows) =
                        (WindowFact){ kernel, kernel, end, list, 0, channel, revised };
}

START_TEST(a_lists_later_date_may_be_the_earlier_day) {
        Facts *facts = begin();

        add_window(facts, "6.4.0-1", "list", CHANNEL_UNKNOWN, 200, 1);
        add_window(facts, "6.4.0-1", "list", CHANNEL_LTSS, 300, 1);
        add_window(facts, "6.4.0-1", "list", CHANNEL_UNKNOWN, 100, 2);
        add_window(facts, "6.4.0-1", "another list", CHANNEL_UNKNOWN, 400, 1);
        add_window(facts, "6.4.0-2", "list", CHANNEL_UNKNOWN, 500, 1);
        ck_assert_int_eq(facts_drop_superseded(facts), 0);
        ck_assert_uint_eq(facts->n_windows, 3);
        /* In their order. */
        ck_assert_int_eq(facts->windows[0].end, 100);
        ck_assert_int_eq(facts->windows[1].end, 400);
        ck_assert_int_eq(facts->windows[2].end, 500);
        /* What a feed says is counted by what it came with. */
        ck_assert_uint_eq(facts->sources[0].n_superseded, 2);
        facts_free(facts);
}
END_TEST

UNIT_TEST(a_tellers_latest_word_counts, a_lists_later_date_may_be_the_earlier_day)
