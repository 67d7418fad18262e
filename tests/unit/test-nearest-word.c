/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"
#include "ctl/nearest-word.h"
#include "unit-test.h"

START_TEST(what_was_meant_is_found) {
        static const struct {
                const char *typed, *nearest; /* NULL: too far from all */
        } cases[] = {
                { "exposure", "exposures" },
                { "exposrues", "exposures" },
                { "exp", "exposures" },
                { "kernel", "kernels" },
                { "kenrels", "kernels" },
                { "stauts", "status" },
                { "state", "status" },
                { "wy", "why" },
                { "paln", "plan" },
                { "reboot", NULL },
                { "x", NULL },
                { "", NULL },
                { "a-word-that-is-far-longer-than-any-verb-ever-was", NULL },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        TextList words;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        words = text_words(pool, "status exposures why kernels plan");
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const char *nearest = nearest_word(cases[i].typed, &words);

                ck_assert_msg(text_equal(nearest, cases[i].nearest), "'%s' gave '%s'",
                              cases[i].typed, nearest ? nearest : "nothing");
        }
}
END_TEST

UNIT_TEST(what_was_meant_is_found)
