/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What every unit test's main() does: one suite of libcheck tests, reported as TAP.
 */

#include <check.h>

#define UNIT_TEST(...)                                                        \
        int main(void) {                                                      \
                const TTest *const tests[] = { __VA_ARGS__ };                 \
                Suite *suite = suite_create("unit");                          \
                SRunner *runner = srunner_create(suite);                      \
                TCase *cases = tcase_create("all");                           \
                int n_failed;                                                 \
                                                                              \
                suite_add_tcase(suite, cases);                                \
                for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) \
                        tcase_add_test(cases, tests[i]);                      \
                tcase_set_timeout(cases, 60);                                 \
                srunner_run_all(runner, CK_ENV);                              \
                n_failed = srunner_ntests_failed(runner);                     \
                srunner_free(runner);                                         \
                return n_failed == 0 ? 0 : 1;                                 \
        }
