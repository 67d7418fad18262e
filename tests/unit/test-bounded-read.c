/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The linker gives this test the reader's read(): what a file that goes while it is read says cannot
 * be had from a file that a test can make.
 */

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/bounded-read.h"
#include "host-tree.h"
#include "unit-test.h"

ssize_t __real_read(int fd, void *buffer, size_t n_bytes);
ssize_t __wrap_read(int fd, void *buffer, size_t n_bytes);
ssize_t __real___read_chk(int fd, void *buffer, size_t n_bytes, size_t n_room);
ssize_t __wrap___read_chk(int fd, void *buffer, size_t n_bytes, size_t n_room);

/* What the next calls of read() do: an errno, or 0 to read `n_short` bytes at most. */
static struct {
        int errors[4];
        size_t n_calls, n_errors, n_short;
} next_reads;

static bool read_fails(size_t *n_bytes) {
        if (next_reads.n_short > 0 && *n_bytes > next_reads.n_short)
                *n_bytes = next_reads.n_short;
        if (next_reads.n_calls >= next_reads.n_errors)
                return false;
        errno = next_reads.errors[next_reads.n_calls++];
        return errno != 0;
}

ssize_t __wrap_read(int fd, void *buffer, size_t n_bytes) {
        return read_fails(&n_bytes) ? -1 : __real_read(fd, buffer, n_bytes);
}

/* What read() is called with -D_FORTIFY_SOURCE. */
ssize_t __wrap___read_chk(int fd, void *buffer, size_t n_bytes, size_t n_room) {
        return read_fails(&n_bytes) ? -1 : __real___read_chk(fd, buffer, n_bytes, n_room);
}

static char untouched[] = "untouched";

/* The outcome of reading a path; on refusal the results must be as they were. */
static int outcome_of(const char *path, size_t max_bytes) {
        char *text = untouched;
        size_t n_bytes = 4711;
        int r, saved;

        errno = 0;
        r = bounded_read(AT_FDCWD, path, max_bytes, &text, &n_bytes);
        saved = errno;
        if (r == 0)
                free(text);
        else
                ck_assert_msg(text == untouched && n_bytes == 4711, "%s touched its results", path);
        errno = saved;
        return r;
}

START_TEST(what_is_not_there_is_missing) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_write(&tree, "file", "x");
        host_tree_link(&tree, "dangling", "nowhere");
        ck_assert_int_eq(outcome_of(host_tree_path(&tree, "none"), 10), BOUNDED_READ_E_MISSING);
        ck_assert_int_eq(outcome_of(host_tree_path(&tree, "none/file"), 10),
                         BOUNDED_READ_E_MISSING);
        ck_assert_int_eq(outcome_of(host_tree_path(&tree, "file/below"), 10),
                         BOUNDED_READ_E_MISSING);
        ck_assert_int_eq(outcome_of(host_tree_path(&tree, "dangling"), 10), BOUNDED_READ_E_MISSING);
        ck_assert_int_eq(outcome_of("", 10), BOUNDED_READ_E_MISSING);
}
END_TEST

START_TEST(the_limit_is_exact) {
        static const size_t sizes[] = { 0, 1, 2, 4095, 4096, 4097, 8191, 8192, 8193, 100000 };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        char bytes[100000];

        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (char) (i * 31 + i / 256); /* NUL bytes too */
        for (size_t i = 0; i < ELEMENTS(sizes); i++) {
                static const size_t rooms[] = { 0, 1, 5000 };
                const char *path = host_tree_path(&tree, "file");

                host_tree_write_bytes(&tree, "file", bytes, sizes[i]);
                for (size_t k = 0; k < ELEMENTS(rooms); k++) {
                        _cleanup_free_ char *text = NULL;
                        size_t n_bytes = 4711;
                        int r = bounded_read(AT_FDCWD, path, sizes[i] + rooms[k], &text, &n_bytes);

                        ck_assert_msg(r == 0, "%zu bytes, limit %zu more: %d", sizes[i], rooms[k],
                                      r);
                        ck_assert_msg(n_bytes == sizes[i] && memcmp(text, bytes, n_bytes) == 0,
                                      "%zu bytes differ", sizes[i]);
                        ck_assert_msg(text[n_bytes] == '\0', "%zu bytes are not terminated",
                                      sizes[i]);
                }
                if (sizes[i] > 0)
                        ck_assert_msg(outcome_of(path, sizes[i] - 1) == BOUNDED_READ_E_TOO_LARGE,
                                      "%zu bytes were taken with a limit one below", sizes[i]);
                if (sizes[i] > 1)
                        ck_assert_msg(outcome_of(path, 1) == BOUNDED_READ_E_TOO_LARGE,
                                      "%zu bytes, limit 1", sizes[i]);
        }
}
END_TEST

START_TEST(one_buffer_holds_file_after_file) {
        static const size_t sizes[] = { 100000, 0, 5, 200000, 4096, 200001 };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_free_ char *buffer = NULL;
        size_t n_room = 0, n_most = 0;
        static char bytes[200001];

        for (size_t i = 0; i < ELEMENTS(sizes); i++) {
                _cleanup_close_ int fd = -1;
                size_t n_before = n_room, n_bytes = 4711;

                memset(bytes, 'a' + (int) i, sizes[i]);
                host_tree_write_bytes(&tree, "file", bytes, sizes[i]);
                ck_assert_int_eq(bounded_read_open(AT_FDCWD, host_tree_path(&tree, "file"), &fd),
                                 0);
                ck_assert_int_eq(bounded_read_into(fd, sizeof(bytes), &buffer, &n_room, &n_bytes),
                                 0);
                ck_assert_msg(n_bytes == sizes[i] && memcmp(buffer, bytes, n_bytes) == 0 &&
                                              buffer[n_bytes] == '\0',
                              "%zu bytes differ", sizes[i]);
                ck_assert_msg(sizes[i] < n_most ? n_room == n_before : n_room > sizes[i],
                              "%zu bytes: %zu, then %zu", sizes[i], n_before, n_room);
                if (sizes[i] > n_most)
                        n_most = sizes[i];
        }
}
END_TEST

START_TEST(what_is_no_file_is_refused_without_waiting) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int writer = -1;

        alarm(20); /* a FIFO that is waited for ends the test */
        ck_assert_int_eq(mkfifo(host_tree_path(&tree, "fifo"), 0644), 0);
        ck_assert_int_eq(outcome_of(host_tree_path(&tree, "fifo"), 10), BOUNDED_READ_E_REFUSED);
        ck_assert_int_eq(errno, EINVAL);
        writer = open(host_tree_path(&tree, "fifo"), O_RDWR | O_CLOEXEC);
        ck_assert_int_ge(writer, 0);
        ck_assert_int_eq(write(writer, "x", 1), 1);
        ck_assert_int_eq(outcome_of(host_tree_path(&tree, "fifo"), 10), BOUNDED_READ_E_REFUSED);
        ck_assert_int_eq(errno, EINVAL);

        ck_assert_int_eq(outcome_of("/dev/null", 10), BOUNDED_READ_E_REFUSED);
        ck_assert_int_eq(errno, EINVAL);
        ck_assert_int_eq(outcome_of("/dev/zero", 10), BOUNDED_READ_E_REFUSED);
        ck_assert_int_eq(outcome_of(tree.path, 10), BOUNDED_READ_E_REFUSED);
        ck_assert_int_eq(errno, EISDIR);
        alarm(0);
}
END_TEST

/* A socket is there, so it must not pass as a file that is not. */
START_TEST(a_socket_is_refused_not_missing) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        ck_assert_int_ge(fd, 0);
        snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", tree.path);
        ck_assert_int_eq(bind(fd, (const struct sockaddr *) &address, sizeof(address)), 0);
        ck_assert_int_eq(outcome_of(address.sun_path, 10), BOUNDED_READ_E_REFUSED);
}
END_TEST

START_TEST(errno_says_why_it_was_refused) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        char long_name[300];

        host_tree_link(&tree, "loop", "loop");
        ck_assert_int_eq(outcome_of(host_tree_path(&tree, "loop"), 10), BOUNDED_READ_E_REFUSED);
        ck_assert_int_eq(errno, ELOOP);
        memset(long_name, 'x', sizeof(long_name) - 1);
        long_name[sizeof(long_name) - 1] = '\0';
        ck_assert_int_eq(outcome_of(host_tree_path(&tree, long_name), 10), BOUNDED_READ_E_REFUSED);
        ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

START_TEST(a_file_that_may_not_be_read_is_refused) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int folder = -1;
        char *text = untouched;
        size_t n_bytes;
        bool root = geteuid() == 0;
        int r, saved;

        host_tree_write(&tree, "secret", "x");
        ck_assert_int_eq(chmod(tree.path, 0755), 0);
        ck_assert_int_eq(chmod(host_tree_path(&tree, "secret"), 0), 0);
        folder = open(tree.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        ck_assert_int_ge(folder, 0);
        if (root && seteuid(65534) < 0) {
                fprintf(stderr, "not tested: root may read everything, and cannot become another "
                                "user here: %m\n");
                return;
        }
        r = bounded_read(folder, "secret", 10, &text, &n_bytes);
        saved = errno;
        if (root)
                ck_assert_int_eq(seteuid(0), 0);
        ck_assert_int_eq(r, BOUNDED_READ_E_REFUSED);
        ck_assert_int_eq(saved, EACCES);
        ck_assert_ptr_eq(text, untouched);
}
END_TEST

START_TEST(a_link_to_a_file_is_followed) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int folder = open(tree.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;

        host_tree_write(&tree, "below/file", "content");
        host_tree_link(&tree, "link", "below/file");
        ck_assert_int_ge(folder, 0);
        ck_assert_int_eq(bounded_read(folder, "link", 7, &text, &n_bytes), 0);
        ck_assert_str_eq(text, "content");
        ck_assert_uint_eq(n_bytes, 7);
}
END_TEST

/* Their stat() says 0 bytes; a reader that believes it reads nothing. */
START_TEST(nodes_of_procfs_have_content_without_a_size) {
        static const char *const paths[] = { "/proc/version", "/proc/self/cmdline",
                                             "/proc/self/status", "/proc/self/maps" };

        for (size_t i = 0; i < ELEMENTS(paths); i++) {
                _cleanup_free_ char *text = NULL;
                size_t n_bytes = 0;
                struct stat st;

                ck_assert_int_eq(stat(paths[i], &st), 0);
                ck_assert_int_eq(st.st_size, 0);
                ck_assert_msg(bounded_read(AT_FDCWD, paths[i], 1024 * 1024, &text, &n_bytes) == 0,
                              "%s", paths[i]);
                ck_assert_msg(n_bytes > 1, "%s gave %zu bytes", paths[i], n_bytes);
                ck_assert_msg(outcome_of(paths[i], 1) == BOUNDED_READ_E_TOO_LARGE,
                              "%s has no limit", paths[i]);
        }
}
END_TEST

START_TEST(a_descriptor_is_read_from_its_place_to_its_end) {
        _cleanup_close_ int fd = memfd_create("test", MFD_CLOEXEC),
                            write_only = open("/dev/null", O_WRONLY | O_CLOEXEC);
        _cleanup_free_ char *rest = NULL, *piped = NULL;
        char *none = untouched;
        size_t n_bytes;
        int ends[2];

        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(write(fd, "0123456789", 10), 10);
        ck_assert_int_eq(lseek(fd, 6, SEEK_SET), 6);
        ck_assert_int_eq(bounded_read_fd(fd, 4, &rest, &n_bytes), 0);
        ck_assert_str_eq(rest, "6789");
        ck_assert_uint_eq(n_bytes, 4);
        ck_assert_int_eq(lseek(fd, 5, SEEK_SET), 5);
        ck_assert_int_eq(bounded_read_fd(fd, 4, &none, &n_bytes), BOUNDED_READ_E_TOO_LARGE);
        ck_assert_ptr_eq(none, untouched);

        ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
        ck_assert_int_eq(write(ends[1], "piped", 5), 5);
        close(ends[1]);
        ck_assert_int_eq(bounded_read_fd(ends[0], 5, &piped, &n_bytes), 0);
        ck_assert_str_eq(piped, "piped");
        close(ends[0]);

        ck_assert_int_ge(write_only, 0);
        ck_assert_int_eq(bounded_read_fd(write_only, 10, &none, &n_bytes), BOUNDED_READ_E_REFUSED);
        ck_assert_int_eq(errno, EBADF);
        ck_assert_ptr_eq(none, untouched);
}
END_TEST

START_TEST(what_goes_while_it_is_read_is_missing) {
        static const struct {
                int errors[4];
                size_t n_errors;
                int outcome;
        } cases[] = {
                { { ENODEV }, 1, BOUNDED_READ_E_MISSING },
                { { 0, ENODEV }, 2, BOUNDED_READ_E_MISSING },
                { { ENOENT }, 1, BOUNDED_READ_E_MISSING },
                { { EIO }, 1, BOUNDED_READ_E_REFUSED },
                { { 0, EIO }, 2, BOUNDED_READ_E_REFUSED },
                { { EAGAIN }, 1, BOUNDED_READ_E_REFUSED },
                { { ENOMEM }, 1, -ENOMEM },
                { { EINTR, 0, EINTR, EINTR }, 4, 0 },
        };
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_write(&tree, "file", "content");
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                int r, saved;

                memset(&next_reads, 0, sizeof(next_reads));
                memcpy(next_reads.errors, cases[i].errors, sizeof(next_reads.errors));
                next_reads.n_errors = cases[i].n_errors;
                next_reads.n_short = 3;
                r = outcome_of(host_tree_path(&tree, "file"), 7);
                saved = errno;
                ck_assert_msg(next_reads.n_calls == cases[i].n_errors,
                              "row %zu: read() was not asked", i);
                memset(&next_reads, 0, sizeof(next_reads));
                ck_assert_msg(r == cases[i].outcome, "row %zu gave %d", i, r);
                if (r == BOUNDED_READ_E_REFUSED)
                        ck_assert_msg(saved == cases[i].errors[cases[i].n_errors - 1],
                                      "row %zu says %d", i, saved);
        }
}
END_TEST

START_TEST(short_and_interrupted_reads_give_the_whole) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        int r;

        host_tree_write(&tree, "file", "content of a file");
        next_reads.errors[1] = next_reads.errors[2] = EINTR;
        next_reads.n_errors = 4;
        next_reads.n_short = 2;
        r = bounded_read(AT_FDCWD, host_tree_path(&tree, "file"), 100, &text, &n_bytes);
        memset(&next_reads, 0, sizeof(next_reads));
        ck_assert_int_eq(r, 0);
        ck_assert_str_eq(text, "content of a file");
}
END_TEST

START_TEST(a_line_comes_without_the_white_space_at_its_ends) {
        static const struct {
                const char *content, *line;
        } cases[] = {
                { "1\n", "1" },
                { "1", "1" },
                { "", "" },
                { "\n", "" },
                { " \t\r\n", "" },
                { "  kpatch_5_14_0 \r\n", "kpatch_5_14_0" },
                { "a b\tc\n", "a b\tc" },
                { "first\nsecond\n\n", "first\nsecond" },
        };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        const char *path = host_tree_path(&tree, "line");
        char *none = untouched;

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_free_ char *line = NULL;

                host_tree_write(&tree, "line", cases[i].content);
                ck_assert_int_eq(bounded_read_line(AT_FDCWD, path, 64, &line), 0);
                ck_assert_msg(strcmp(line, cases[i].line) == 0, "row %zu gave '%s'", i, line);
        }

        /* The limit counts the white space too. */
        host_tree_write(&tree, "line", "123\n");
        ck_assert_int_eq(bounded_read_line(AT_FDCWD, path, 3, &none), BOUNDED_READ_E_TOO_LARGE);
        ck_assert_int_eq(bounded_read_line(AT_FDCWD, "/nowhere/at/all", 3, &none),
                         BOUNDED_READ_E_MISSING);
        ck_assert_int_eq(bounded_read_line(AT_FDCWD, tree.path, 3, &none), BOUNDED_READ_E_REFUSED);
        ck_assert_ptr_eq(none, untouched);
}
END_TEST

UNIT_TEST(what_is_not_there_is_missing, the_limit_is_exact, one_buffer_holds_file_after_file,
          what_is_no_file_is_refused_without_waiting, a_socket_is_refused_not_missing,
          errno_says_why_it_was_refused, a_file_that_may_not_be_read_is_refused,
          a_link_to_a_file_is_followed, nodes_of_procfs_have_content_without_a_size,
          a_descriptor_is_read_from_its_place_to_its_end, what_goes_while_it_is_read_is_missing,
          short_and_interrupted_reads_give_the_whole,
          a_line_comes_without_the_white_space_at_its_ends)
