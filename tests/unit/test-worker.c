/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "digest/sandbox.h"
#include "digest/worker.h"
#include "unit-test.h"

static char reason[WORKER_REASON_BYTES];

/* What worker_end() says of a worker that does `work`. */
static int ended(int (*work)(void *data), unsigned cpu_seconds, unsigned allowed_seconds,
                 bool stop) {
        _cleanup_(worker_freep) Worker *worker = NULL;
        int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

        ck_assert_int_ge(nothing, 0);
        ck_assert_int_eq(worker_start(&worker, &(WorkerSetup){ .input = nothing,
                                                               .output = nothing,
                                                               .socket = -1,
                                                               .cpu_seconds = cpu_seconds,
                                                               .document = "the first",
                                                               .work = work }),
                         0);
        if (allowed_seconds > 0)
                worker_allow(worker, allowed_seconds);
        close(nothing);
        reason[0] = '\0';
        return worker_end(worker, stop, reason);
}

static int do_nothing(void *data) {
        (void) data;
        return 0;
}

/* Only what was handed over is open. */
static int look_at_descriptors(void *data) {
        char byte;

        (void) data;
        if (read(STDIN_FILENO, &byte, 1) != 0 || write(STDOUT_FILENO, "x", 1) != 1)
                return -EIO;
        for (int fd = 3; fd < 16; fd++)
                if (lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF)
                        return -EBADF;
        return 0;
}

static int go_wrong(void *data) {
        (void) data;
        return -EIO;
}

static int have_no_memory(void *data) {
        (void) data;
        worker_note_document("a.json");
        return -ENOMEM;
}

static int crash(void *data) {
        (void) data;
        worker_note_document("b.json");
        abort();
}

/* As a library does that never looks whether there was memory. */
static int crash_for_memory(void *data) {
        char *volatile memory;

        (void) data;
        worker_note_document("c.json");
        memory = malloc(SANDBOX_MEMORY_BYTES);
        if (!memory)
                abort();
        return 0;
}

static int spin(void *data) {
        volatile unsigned long n = 0;

        (void) data;
        worker_note_document("d.json");
        for (;;)
                n++;
        return 0;
}

static int wait_forever(void *data) {
        (void) data;
        for (;;)
                pause();
        return 0;
}

START_TEST(a_worker_that_comes_to_its_end_says_nothing) {
        ck_assert_int_eq(ended(do_nothing, 20, 0, false), 0);
        ck_assert_int_eq(ended(look_at_descriptors, 20, 0, false), 0);
        ck_assert_str_eq(reason, "");
}
END_TEST

START_TEST(an_error_is_handed_on) {
        ck_assert_int_eq(ended(go_wrong, 20, 0, false), -EIO);
}
END_TEST

START_TEST(how_it_died_is_told_with_its_document) {
        ck_assert_int_eq(ended(have_no_memory, 20, 0, false), WORKER_E_DIED);
        ck_assert_str_eq(reason, "a.json: exceeds the memory limit");
        ck_assert_int_eq(ended(crash, 20, 0, false), WORKER_E_DIED);
        ck_assert_str_eq(reason, "b.json: the process that read it was ended by a signal: Aborted");
        ck_assert_int_eq(ended(wait_forever, 20, 0, true), WORKER_E_DIED);
        ck_assert_str_eq(reason,
                         "the first: the process that read it was ended by a signal: Killed");
        if (!sandbox_is_on())
                return;
        ck_assert_int_eq(ended(crash_for_memory, 20, 0, false), WORKER_E_DIED);
        ck_assert_str_eq(reason, "c.json: exceeds the memory limit");
}
END_TEST

START_TEST(processor_time_is_limited_and_the_limit_moves) {
        if (!sandbox_is_on())
                return;
        ck_assert_int_eq(ended(spin, 1, 0, false), WORKER_E_DIED);
        ck_assert_str_eq(reason, "d.json: exceeds the limit of processor time");
        ck_assert_int_eq(ended(spin, 600, 1, false), WORKER_E_DIED);
        ck_assert_str_eq(reason, "d.json: exceeds the limit of processor time");
}
END_TEST

UNIT_TEST(a_worker_that_comes_to_its_end_says_nothing, an_error_is_handed_on,
          how_it_died_is_told_with_its_document, processor_time_is_limited_and_the_limit_moves)
