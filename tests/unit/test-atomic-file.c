/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The linker gives this test the writer's way to the disk: it sees the order of the steps, and lets one
 * of them fail as no disk that a test can have would.
 */

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "base/atomic-file.h"
#include "base/bounded-read.h"
#include "host-tree.h"
#include "unit-test.h"

ssize_t __real_write(int fd, const void *bytes, size_t n_bytes);
ssize_t __wrap_write(int fd, const void *bytes, size_t n_bytes);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);

/* What the next write does, and what it did. */
static struct {
        size_t n_short;    /* write() takes so many bytes at most; 0: all */
        int n_interrupted; /* so many calls of write() are interrupted first */
        int fails_at;      /* this fsync() fails, counted from 1; 0: none */
        int n_syncs;
        char steps[16]; /* f: file synced, r: renamed over a file, n: to a new name, d: folder synced */
} disk;

static void add_step(char step) {
        size_t n = strlen(disk.steps);

        if (n < sizeof(disk.steps) - 1)
                disk.steps[n] = step;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n_bytes) {
        if (disk.n_interrupted > 0) {
                disk.n_interrupted--;
                errno = EINTR;
                return -1;
        }
        return __real_write(fd, bytes,
                            disk.n_short > 0 && n_bytes > disk.n_short ? disk.n_short : n_bytes);
}

int __wrap_fsync(int fd) {
        struct stat st;

        add_step(fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? 'd' : 'f');
        if (++disk.n_syncs == disk.fails_at) {
                errno = EIO;
                return -1;
        }
        return __real_fsync(fd);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to) {
        add_step(faccessat(to_fd, to, F_OK, 0) == 0 ? 'r' : 'n');
        return __real_renameat(from_fd, from, to_fd, to);
}

static int open_folder(const char *path) {
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        ck_assert_int_ge(fd, 0);
        return fd;
}

static int write_text(const HostTree *tree, const char *name, const char *text) {
        _cleanup_close_ int fd = open_folder(tree->path);
        int r, saved;

        r = atomic_file_write(fd, name, text, strlen(text), 0644);
        saved = errno;
        ck_assert_msg(r == 0 || r == ATOMIC_FILE_E_REFUSED, "%s gave %d", name, r);
        errno = saved;
        return r;
}

static void assert_content(const HostTree *tree, const char *name, const char *wanted) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;

        ck_assert_msg(bounded_read(AT_FDCWD, host_tree_path(tree, name), 1024 * 1024, &text,
                                   &n_bytes) == 0,
                      "%s", name);
        ck_assert_msg(strcmp(text, wanted) == 0, "%s holds '%s'", name, text);
}

/* How many entries the folder has: nothing but the file itself may stay behind. */
static size_t n_entries(const HostTree *tree) {
        _cleanup_closedir_ DIR *dir = opendir(tree->path);
        struct dirent *entry;
        size_t n = 0;

        ck_assert_ptr_nonnull(dir);
        while ((entry = readdir(dir)))
                n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        return n;
}

START_TEST(a_new_file_holds_what_was_given) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        ck_assert_int_eq(write_text(&tree, "facts", "new\n"), 0);
        assert_content(&tree, "facts", "new\n");
        ck_assert_int_eq(write_text(&tree, "empty", ""), 0);
        assert_content(&tree, "empty", "");
        ck_assert_uint_eq(n_entries(&tree), 2);
}
END_TEST

START_TEST(any_bytes_and_sizes_are_written_whole) {
        static const size_t sizes[] = { 1, 4096, 65537, 3000000 };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int fd = open_folder(tree.path);

        for (size_t i = 0; i < ELEMENTS(sizes); i++) {
                _cleanup_free_ char *bytes = malloc(sizes[i]), *back = NULL;
                size_t n_bytes;

                ck_assert_ptr_nonnull(bytes);
                for (size_t k = 0; k < sizes[i]; k++)
                        bytes[k] = (char) (k * 7 + k / 256);
                ck_assert_int_eq(atomic_file_write(fd, "file", bytes, sizes[i], 0600), 0);
                ck_assert_int_eq(bounded_read(fd, "file", sizes[i], &back, &n_bytes), 0);
                ck_assert_msg(n_bytes == sizes[i] && memcmp(bytes, back, n_bytes) == 0,
                              "%zu bytes differ", sizes[i]);
        }
}
END_TEST

START_TEST(short_and_interrupted_writes_are_gone_on_with) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        disk.n_short = 3;
        disk.n_interrupted = 2;
        ck_assert_int_eq(write_text(&tree, "file", "content of a file\n"), 0);
        memset(&disk, 0, sizeof(disk));
        assert_content(&tree, "file", "content of a file\n");
}
END_TEST

/* Else a power cut could leave an empty file, or none. */
START_TEST(the_content_is_on_disk_before_the_name_and_the_old_file_is_never_gone) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        memset(&disk, 0, sizeof(disk));
        ck_assert_int_eq(write_text(&tree, "file", "old"), 0);
        ck_assert_str_eq(disk.steps, "fnd");
        memset(&disk, 0, sizeof(disk));
        ck_assert_int_eq(write_text(&tree, "file", "new"), 0);
        ck_assert_str_eq(disk.steps, "frd");
}
END_TEST

/* What a power cut takes away in any case does not wait for a disk; the old file is never gone all the same. */
START_TEST(a_volatile_file_is_replaced_without_a_disk) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int fd = open_folder(tree.path);

        host_tree_write(&tree, "file", "old");
        memset(&disk, 0, sizeof(disk));
        ck_assert_int_eq(atomic_file_write_volatile(fd, "file", "new", 3, 0644), 0);
        ck_assert_str_eq(disk.steps, "r");
        assert_content(&tree, "file", "new");
}
END_TEST

START_TEST(a_refusal_leaves_the_old_file_and_success_the_new) {
        for (int fails_at = 1; fails_at <= 2; fails_at++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                int r, saved;

                host_tree_write(&tree, "file", "old");
                memset(&disk, 0, sizeof(disk));
                disk.fails_at = fails_at;
                r = write_text(&tree, "file", "new");
                saved = errno;
                ck_assert_int_ge(disk.n_syncs, fails_at);
                memset(&disk, 0, sizeof(disk));
                if (fails_at == 1)
                        ck_assert_int_eq(r, ATOMIC_FILE_E_REFUSED);
                if (r == ATOMIC_FILE_E_REFUSED)
                        ck_assert_int_eq(saved, EIO);
                assert_content(&tree, "file", r == 0 ? "new" : "old");
                ck_assert_uint_eq(n_entries(&tree), 1);
        }
}
END_TEST

START_TEST(a_reader_of_the_old_file_keeps_it) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int reader = -1;
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;

        host_tree_write(&tree, "facts", "the old and longer content\n");
        reader = open(host_tree_path(&tree, "facts"), O_RDONLY | O_CLOEXEC);
        ck_assert_int_ge(reader, 0);
        ck_assert_int_eq(write_text(&tree, "facts", "new\n"), 0);
        assert_content(&tree, "facts", "new\n");
        ck_assert_int_eq(bounded_read_fd(reader, 100, &text, &n_bytes), 0);
        ck_assert_str_eq(text, "the old and longer content\n");
        ck_assert_uint_eq(n_entries(&tree), 1);
}
END_TEST

START_TEST(the_mode_is_what_was_asked_for) {
        static const struct {
                mode_t mask, old_mode, mode; /* old_mode 0: there is none */
        } cases[] = {
                { 022, 0, 0644 }, { 077, 0, 0644 },    { 0777, 0, 0644 },
                { 0, 0, 0600 },   { 0777, 0, 0400 },   { 0, 0, 0666 },
                { 0777, 0, 0 },   { 077, 0600, 0644 }, { 022, 0666, 0640 },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_close_ int fd = open_folder(tree.path);
                struct stat st;
                mode_t mask;
                int r;

                if (cases[i].old_mode) {
                        host_tree_write(&tree, "file", "old");
                        ck_assert_int_eq(chmod(host_tree_path(&tree, "file"), cases[i].old_mode),
                                         0);
                }
                mask = umask(cases[i].mask);
                r = atomic_file_write(fd, "file", "new", 3, cases[i].mode);
                umask(mask);
                ck_assert_msg(r == 0, "row %zu gave %d", i, r);
                ck_assert_int_eq(stat(host_tree_path(&tree, "file"), &st), 0);
                ck_assert_msg((st.st_mode & 07777) == cases[i].mode, "row %zu gave mode %04o", i,
                              st.st_mode & 07777);
                ck_assert_int_eq(st.st_size, 3);
        }
}
END_TEST

START_TEST(a_name_too_long_is_refused) {
        static const struct {
                size_t n_bytes;
                int outcome;
        } cases[] = {
                { 250, 0 },
                { 251, ATOMIC_FILE_E_REFUSED },
                { 255, ATOMIC_FILE_E_REFUSED },
                { 256, ATOMIC_FILE_E_REFUSED },
                { 4000, ATOMIC_FILE_E_REFUSED },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                char name[4001];

                memset(name, 'x', cases[i].n_bytes);
                name[cases[i].n_bytes] = '\0';
                ck_assert_msg(write_text(&tree, name, "new") == cases[i].outcome, "%zu bytes",
                              cases[i].n_bytes);
                if (cases[i].outcome != 0) {
                        ck_assert_int_eq(errno, ENAMETOOLONG);
                        ck_assert_uint_eq(n_entries(&tree), 0);
                }
        }
}
END_TEST

START_TEST(an_unwritable_folder_is_refused) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int fd = open_folder(tree.path);
        bool root = geteuid() == 0;
        int r, saved;

        host_tree_write(&tree, "file", "old");
        ck_assert_int_eq(chmod(tree.path, 0555), 0);
        if (root && seteuid(65534) < 0) {
                fprintf(stderr, "not tested: root may write everywhere, and cannot become another "
                                "user here: %m\n");
                return;
        }
        r = atomic_file_write(fd, "file", "new", 3, 0644);
        saved = errno;
        if (root)
                ck_assert_int_eq(seteuid(0), 0);
        ck_assert_int_eq(chmod(tree.path, 0755), 0);
        ck_assert_int_eq(r, ATOMIC_FILE_E_REFUSED);
        ck_assert_int_eq(saved, EACCES);
        assert_content(&tree, "file", "old");
        ck_assert_uint_eq(n_entries(&tree), 1);
}
END_TEST

START_TEST(what_is_no_folder_is_refused) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int file = -1;

        host_tree_write(&tree, "file", "old");
        file = open(host_tree_path(&tree, "file"), O_RDONLY | O_CLOEXEC);
        ck_assert_int_eq(atomic_file_write(file, "x", "new", 3, 0644), ATOMIC_FILE_E_REFUSED);
        ck_assert_int_eq(errno, ENOTDIR);
        ck_assert_int_eq(atomic_file_write(-1, "x", "new", 3, 0644), ATOMIC_FILE_E_REFUSED);
        ck_assert_int_eq(errno, EBADF);
        ck_assert_int_eq(write_text(&tree, "no/such/folder", "new"), ATOMIC_FILE_E_REFUSED);
        ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(what_an_interrupted_write_left_is_removed) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        struct stat st;

        host_tree_write(&tree, "file", "old");
        host_tree_write(&tree, ".file.tmp", "half of a much longer content");
        ck_assert_int_eq(chmod(host_tree_path(&tree, ".file.tmp"), 0), 0);
        ck_assert_int_eq(write_text(&tree, "file", "new"), 0);
        assert_content(&tree, "file", "new");
        ck_assert_int_eq(stat(host_tree_path(&tree, "file"), &st), 0);
        ck_assert_int_eq(st.st_mode & 07777, 0644);
        ck_assert_uint_eq(n_entries(&tree), 1);
}
END_TEST

START_TEST(a_link_at_the_temporary_name_is_not_followed) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        struct stat st;

        host_tree_write(&tree, "victim", "precious");
        host_tree_link(&tree, ".file.tmp", "victim");
        ck_assert_int_eq(write_text(&tree, "file", "new"), 0);
        assert_content(&tree, "victim", "precious");
        assert_content(&tree, "file", "new");
        ck_assert_int_eq(lstat(host_tree_path(&tree, "file"), &st), 0);
        ck_assert(S_ISREG(st.st_mode));

        /* Nor is a hard link written through. */
        ck_assert_int_eq(link(host_tree_path(&tree, "victim"), host_tree_path(&tree, ".file.tmp")),
                         0);
        ck_assert_int_eq(write_text(&tree, "file", "newer"), 0);
        assert_content(&tree, "victim", "precious");
        assert_content(&tree, "file", "newer");
        ck_assert_uint_eq(n_entries(&tree), 2);
}
END_TEST

START_TEST(a_link_at_the_name_itself_is_replaced) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        struct stat st;

        host_tree_write(&tree, "victim", "precious");
        host_tree_link(&tree, "file", "victim");
        ck_assert_int_eq(write_text(&tree, "file", "new"), 0);
        assert_content(&tree, "victim", "precious");
        assert_content(&tree, "file", "new");
        ck_assert_int_eq(lstat(host_tree_path(&tree, "file"), &st), 0);
        ck_assert(S_ISREG(st.st_mode));
}
END_TEST

START_TEST(a_folder_in_the_way_is_refused_and_stays) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_mkdir(&tree, "file");
        ck_assert_int_eq(write_text(&tree, "file", "new"), ATOMIC_FILE_E_REFUSED);
        ck_assert_int_eq(errno, EISDIR);
        ck_assert_uint_eq(n_entries(&tree), 1);

        host_tree_write(&tree, "other", "old");
        host_tree_mkdir(&tree, ".other.tmp");
        ck_assert_int_eq(write_text(&tree, "other", "new"), ATOMIC_FILE_E_REFUSED);
        ck_assert_int_ne(errno, 0);
        assert_content(&tree, "other", "old");
        ck_assert_uint_eq(n_entries(&tree), 3);
}
END_TEST

/* The size limit of a process stands for a full disk: a part is written, then no more. */
START_TEST(a_disk_that_fills_up_leaves_the_old_file) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_close_ int fd = open_folder(tree.path);
        struct rlimit before, small;
        void (*handler)(int);
        char bytes[20000];
        int r, saved;

        memset(bytes, 'n', sizeof(bytes));
        host_tree_write(&tree, "file", "old");
        ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
        small = before;
        small.rlim_cur = 5000;
        handler = signal(SIGXFSZ, SIG_IGN);
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
        r = atomic_file_write(fd, "file", bytes, sizeof(bytes), 0644);
        saved = errno;
        ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
        signal(SIGXFSZ, handler);
        ck_assert_int_eq(r, ATOMIC_FILE_E_REFUSED);
        ck_assert_int_eq(saved, EFBIG);
        assert_content(&tree, "file", "old");
        ck_assert_uint_eq(n_entries(&tree), 1);
}
END_TEST

UNIT_TEST(a_new_file_holds_what_was_given, any_bytes_and_sizes_are_written_whole,
          short_and_interrupted_writes_are_gone_on_with,
          the_content_is_on_disk_before_the_name_and_the_old_file_is_never_gone,
          a_refusal_leaves_the_old_file_and_success_the_new, a_reader_of_the_old_file_keeps_it,
          the_mode_is_what_was_asked_for, a_name_too_long_is_refused,
          an_unwritable_folder_is_refused, what_is_no_folder_is_refused,
          what_an_interrupted_write_left_is_removed, a_link_at_the_temporary_name_is_not_followed,
          a_link_at_the_name_itself_is_replaced, a_folder_in_the_way_is_refused_and_stays,
          a_disk_that_fills_up_leaves_the_old_file, a_volatile_file_is_replaced_without_a_disk)
