/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounded-read.h"
#include "base/cleanup.h"
#include "ctl/pager.h"
#include "unit-test.h"

#define N_ROWS 4
#define FITS "1\n2\n3\n"
#define TOO_LONG FITS "4\n"
#define NOTE_BYTES_MAX 4096

typedef struct Environment {
        const char *systemd_pager, *pager, *less, *secure, *sudo_uid, *term;
} Environment;

static void set(const char *name, const char *value) {
        if (value)
                ck_assert_int_eq(setenv(name, value, 1), 0);
        else
                ck_assert_int_eq(unsetenv(name), 0);
}

static void set_all(const Environment *environment) {
        set("SYSTEMD_PAGER", environment->systemd_pager);
        set("PAGER", environment->pager);
        set("SYSTEMD_LESS", environment->less);
        set("SYSTEMD_PAGERSECURE", environment->secure);
        set("SUDO_UID", environment->sudo_uid);
        set("TERM", environment->term);
}

/* Standard output as long as a test lasts: a terminal of `n_rows`; 0 for one that does not know. */
typedef struct Screen {
        int ours, kept;
} Screen;

static Screen screen_open(unsigned short n_rows) {
        Screen screen = { .ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC),
                          .kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) };
        _cleanup_close_ int theirs = -1;

        ck_assert_int_ge(screen.ours, 0);
        ck_assert_int_ge(screen.kept, 0);
        ck_assert_int_eq(grantpt(screen.ours), 0);
        ck_assert_int_eq(unlockpt(screen.ours), 0);
        theirs = open(ptsname(screen.ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
        ck_assert_int_ge(theirs, 0);
        ck_assert_int_eq(ioctl(theirs, TIOCSWINSZ,
                               &(struct winsize){ .ws_row = n_rows, .ws_col = 80 }),
                         0);
        ck_assert_int_ge(dup2(theirs, STDOUT_FILENO), 0);
        return screen;
}

static void screen_close(Screen screen) {
        ck_assert_int_ge(dup2(screen.kept, STDOUT_FILENO), 0);
        close(screen.kept);
        close(screen.ours);
}

START_TEST(a_pager_is_wanted_for_what_does_not_fit) {
        static const struct {
                Environment environment;
                const char *text;
                bool wanted;
        } cases[] = {
                { { .term = "xterm" }, TOO_LONG, true },
                { { .term = "xterm" }, FITS, false },
                { { .term = "xterm" }, "", false },
                { { .term = "dumb" }, TOO_LONG, false },
                { { .term = NULL }, TOO_LONG, false },
                { { .term = "xterm", .pager = "" }, TOO_LONG, false },
                { { .term = "xterm", .pager = "cat" }, TOO_LONG, false },
                { { .term = "xterm", .systemd_pager = "", .pager = "less" }, TOO_LONG, false },
                { { .term = "xterm", .systemd_pager = "cat", .pager = "less" }, TOO_LONG, false },
                { { .term = "xterm", .systemd_pager = "less", .pager = "cat" }, TOO_LONG, true },
                { { .term = "xterm", .systemd_pager = "less", .pager = "" }, TOO_LONG, true },
                { { .term = "xterm", .sudo_uid = "1000" }, TOO_LONG, false },
                { { .term = "xterm", .sudo_uid = "1000", .secure = "0" }, TOO_LONG, true },
                { { .term = "xterm", .sudo_uid = "1000", .secure = "1" }, TOO_LONG, true },
                { { .term = "xterm", .sudo_uid = "1000", .secure = "1" }, FITS, false },
        };
        Screen screen = screen_open(N_ROWS);

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                set_all(&cases[i].environment);
                ck_assert_msg(pager_is_wanted(cases[i].text) == cases[i].wanted, "row %zu", i);
        }
        screen_close(screen);
}
END_TEST

START_TEST(no_pager_is_wanted_where_no_terminal_with_a_height_is) {
        Screen screen = screen_open(0);
        int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

        set_all(&(Environment){ .term = "xterm" });
        ck_assert(!pager_is_wanted(TOO_LONG));

        ck_assert_int_ge(dup2(null_fd, STDOUT_FILENO), 0);
        close(null_fd);
        ck_assert(!pager_is_wanted(TOO_LONG));
        screen_close(screen);
}
END_TEST

/* Programs that note how they were called and what they got. */
static void make_programs(const char *folder, const char *const *names, MemoryPool *pool) {
        for (; *names; names++) {
                const char *path = memory_pool_format(pool, "%s/%s", folder, *names);
                _cleanup_(fclosep) FILE *file = fopen(path, "we");

                ck_assert_ptr_nonnull(file);
                fprintf(file,
                        "#!/bin/sh\n{ echo \"$0 $* $LESS ${LESSCHARSET-none} ${LESSSECURE-none}\"\n"
                        "while read -r line; do echo \"$line\"; done; } >%s/note\n",
                        folder);
                ck_assert_int_eq(fchmod(fileno(file), 0755), 0);
        }
}

static void remove_all(const char *folder, const char *const *names, MemoryPool *pool) {
        for (; *names; names++)
                unlink(memory_pool_format(pool, "%s/%s", folder, *names));
        rmdir(folder);
}

START_TEST(the_pager_is_the_one_that_was_chosen) {
        static const struct {
                Environment environment;
                bool ascii;
                const char *installed[4],
                                *note; /* what the pager notes before the text; NULL: none ran */
        } cases[] = {
                { {}, false, { "less", "more" }, "less  FRSXMK utf-8 none" },
                { {}, true, { "less", "more" }, "less  FRSXMK none none" },
                { {}, false, { "more" }, "more  FRSXMK utf-8 none" },
                { {}, false, {}, NULL },
                { { .less = "SX" }, false, { "less" }, "less  SX utf-8 none" },
                { { .pager = "mine -a  b" },
                  false,
                  { "less", "mine" },
                  "mine -a b FRSXMK utf-8 none" },
                { { .systemd_pager = "mine 1", .pager = "mine 2" },
                  false,
                  { "less", "mine" },
                  "mine 1 FRSXMK utf-8 none" },
                { { .pager = "gone" }, false, { "less", "more" }, "less  FRSXMK utf-8 none" },
                { { .pager = "gone" }, false, { "more" }, "more  FRSXMK utf-8 none" },
                { { .pager = " " }, false, { "less" }, "less  FRSXMK utf-8 none" },
                { { .pager = "mine", .secure = "1" },
                  false,
                  { "less", "more", "mine" },
                  "less  FRSXMK utf-8 1" },
                { { .pager = "mine", .secure = "yes" }, false, { "more", "mine" }, NULL },
                { { .pager = "mine", .secure = "no" },
                  false,
                  { "mine" },
                  "mine  FRSXMK utf-8 none" },
        };
        static const char *const all[] = { "less", "more", "mine", "note", NULL };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
                char folder[] = "/tmp/test-pager-XXXXXX";
                Terminal terminal = { .utf8 = !cases[i].ascii };
                _cleanup_free_ char *note = NULL;
                size_t n_bytes;
                int r;

                ck_assert_int_eq(memory_pool_new(&pool), 0);
                ck_assert_ptr_nonnull(mkdtemp(folder));
                make_programs(folder, cases[i].installed, pool);
                set_all(&cases[i].environment);
                set("PATH", folder);
                set("LESSCHARSET", NULL);
                set("LESSSECURE", NULL);

                r = pager_show(pool, &terminal, TOO_LONG);
                ck_assert_msg(r == (cases[i].note ? 0 : PAGER_E_NONE), "row %zu: %d", i, r);
                r = bounded_read(AT_FDCWD, memory_pool_format(pool, "%s/note", folder),
                                 NOTE_BYTES_MAX, &note, &n_bytes);
                ck_assert_msg(r == (cases[i].note ? 0 : BOUNDED_READ_E_MISSING), "row %zu: %d", i,
                              r);
                if (cases[i].note) {
                        const char *expected = memory_pool_format(pool, "%s/%s\n%s", folder,
                                                                  cases[i].note, TOO_LONG);

                        ck_assert_msg(strcmp(note, expected) == 0, "row %zu: %s", i, note);
                }
                remove_all(folder, all, pool);
        }
}
END_TEST

START_TEST(a_reader_who_ends_early_is_no_error) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        Terminal terminal = {};
        size_t n_bytes = (size_t) 1024 * 1024; /* more than a pipe holds */
        char *text;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        text = memory_pool_alloc(pool, n_bytes);
        ck_assert_ptr_nonnull(text);
        memset(text, 'x', n_bytes - 1);
        set_all(&(Environment){ .pager = "false" });
        setenv("PATH", "/usr/bin:/bin", 1);
        ck_assert_int_eq(pager_show(pool, &terminal, text), 0);
}
END_TEST

UNIT_TEST(a_pager_is_wanted_for_what_does_not_fit,
          no_pager_is_wanted_where_no_terminal_with_a_height_is,
          the_pager_is_the_one_that_was_chosen, a_reader_who_ends_early_is_no_error)
