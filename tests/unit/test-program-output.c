/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "hostfacts/program-output.h"
#include "unit-test.h"

static int run_shell(const char *script, int timeout_msec, char **ret, size_t *ret_n_bytes,
                     int *ret_status) {
        const char *const argv[] = { "/bin/sh", "-c", script, NULL };

        return program_output(argv, 100000, timeout_msec, ret, ret_n_bytes, ret_status);
}

START_TEST(output_and_exit_status_are_returned) {
        static const struct {
                const char *script, *output;
                int status;
        } cases[] = {
                { "echo one; echo two", "one\ntwo\n", 0 },
                { "echo lost >&2; exit 3", "", 3 },
                { "printf '%s' \"$LC_ALL $HOME $KLPWATCH_TEST\"", "C  ", 0 },
                { "cat", "", 0 }, /* nothing on its input */
                { "exec >&-; exit 5", "", 5 },
        };

        setenv("KLPWATCH_TEST", "inherited", 1);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_free_ char *output = NULL;
                size_t n_bytes = 99;
                int status = -1;

                ck_assert_int_eq(run_shell(cases[i].script, 30000, &output, &n_bytes, &status), 0);
                ck_assert_msg(strcmp(output, cases[i].output) == 0, "'%s' gave '%s'",
                              cases[i].script, output);
                ck_assert_uint_eq(n_bytes, strlen(cases[i].output));
                ck_assert_int_eq(status, cases[i].status);
        }
}
END_TEST

START_TEST(failures_have_names) {
        static const struct {
                const char *script;
                int timeout_msec, outcome;
        } cases[] = {
                { "yes", 30000, PROGRAM_OUTPUT_E_TOO_LARGE },
                { "exec tail -f /dev/null", 50, PROGRAM_OUTPUT_E_TOO_SLOW },
                { "exec >/dev/null; exec tail -f /dev/null", 50, PROGRAM_OUTPUT_E_TOO_SLOW },
                { "kill -9 $$", 30000, PROGRAM_OUTPUT_E_CRASHED },
                { "exec /nonexistent/program", 30000, PROGRAM_OUTPUT_E_MISSING },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                char *output = NULL;
                size_t n_bytes = 99;
                int status = -1, r;

                r = run_shell(cases[i].script, cases[i].timeout_msec, &output, &n_bytes, &status);
                ck_assert_msg(r == cases[i].outcome, "'%s' gave %d", cases[i].script, r);
                ck_assert_ptr_null(output);
                ck_assert_uint_eq(n_bytes, 99);
                ck_assert_int_eq(status, -1);
        }
}
END_TEST

START_TEST(a_program_that_is_not_there) {
        const char *const argv[] = { "/nonexistent/rpm", "-qa", NULL };
        char *output = NULL;
        size_t n_bytes;
        int status;

        ck_assert_int_eq(program_output(argv, 10, 1000, &output, &n_bytes, &status),
                         PROGRAM_OUTPUT_E_MISSING);
        ck_assert_ptr_null(output);
}
END_TEST

START_TEST(the_limit_is_exact) {
        const char *const argv[] = { "/bin/sh", "-c", "printf 12345", NULL };
        _cleanup_free_ char *output = NULL;
        size_t n_bytes;
        int status;

        ck_assert_int_eq(program_output(argv, 4, 30000, &output, &n_bytes, &status),
                         PROGRAM_OUTPUT_E_TOO_LARGE);
        ck_assert_int_eq(program_output(argv, 5, 30000, &output, &n_bytes, &status), 0);
        ck_assert_str_eq(output, "12345");
}
END_TEST

UNIT_TEST(output_and_exit_status_are_returned, failures_have_names, a_program_that_is_not_there,
          the_limit_is_exact)
