/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "service-notice.h"
#include "unit-test.h"

/* Each test runs in a process of its own, so its descriptors may lie where a service manager puts them. */
static void hand_over(const char *names, int n_fds) {
        char text[32];

        for (int i = 0; i < n_fds; i++)
                if (fcntl(3 + i, F_GETFD) < 0)
                        ck_assert_int_eq(dup2(STDIN_FILENO, 3 + i), 3 + i);
        snprintf(text, sizeof(text), "%d", (int) getpid());
        setenv("LISTEN_PID", text, 1);
        snprintf(text, sizeof(text), "%d", n_fds);
        setenv("LISTEN_FDS", text, 1);
        setenv("LISTEN_FDNAMES", names, 1);
}

START_TEST(the_kernel_log_is_found_by_its_name) {
        hand_over("other:kmsg:more", 3);
        ck_assert_int_eq(service_notice_take_kernel_log(), 4);
        ck_assert_int_ne(fcntl(4, F_GETFL) & O_NONBLOCK, 0);
        ck_assert_int_ne(fcntl(4, F_GETFD) & FD_CLOEXEC, 0);
        ck_assert_int_lt(fcntl(3, F_GETFD), 0);
        ck_assert_int_lt(fcntl(5, F_GETFD), 0);
        /* Once: whoever asks again, or a child, is not told. */
        ck_assert_ptr_null(getenv("LISTEN_FDS"));
        ck_assert_int_eq(service_notice_take_kernel_log(), -1);
}
END_TEST

START_TEST(without_one_there_is_none) {
        unsetenv("LISTEN_FDS");
        ck_assert_int_eq(service_notice_take_kernel_log(), -1);
        hand_over("other", 1);
        ck_assert_int_eq(service_notice_take_kernel_log(), -1);
        hand_over("kmsg", 1);
        setenv("LISTEN_PID", "1", 1);
        ck_assert_int_eq(service_notice_take_kernel_log(), -1);
}
END_TEST

UNIT_TEST(the_kernel_log_is_found_by_its_name, without_one_there_is_none)
