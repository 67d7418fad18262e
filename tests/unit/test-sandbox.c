/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "digest/document-archive.h"
#include "digest/memory-watch.h"
#include "digest/sandbox.h"
#include "digest/xml-stream.h"
#include "format/json-read.h"
#include "unit-test.h"

/* Runs `work` in a child in the sandbox; its exit code. */
static int confined(int (*work)(void *data), void *data) {
        pid_t pid = fork();
        int status;

        ck_assert_int_ge(pid, 0);
        if (pid == 0) {
                sandbox_prime();
                if (sandbox_enter(20) < 0)
                        _exit(255);
                _exit(work(data));
        }
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_msg(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
        return WEXITSTATUS(status);
}

/* --- what must fail */

static char page[4096] __attribute__((__aligned__(4096)));
static char *const arguments[] = { (char *) "/bin/true", NULL };

#define CALL(...) (syscall(__VA_ARGS__) >= 0 ? 0 : errno)

static int call_open(void) {
        return open("/dev/null", O_RDONLY) >= 0 ? 0 : errno;
}

static int call_openat(void) {
        return CALL(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY);
}

static int call_openat2(void) {
        unsigned long long how[3] = { O_RDONLY };

        return CALL(SYS_openat2, AT_FDCWD, "/dev/null", how, sizeof(how));
}

static int call_create(void) {
        return creat("/tmp/klpwatch-sandbox-test", 0600) >= 0 ? 0 : errno;
}

static int call_socket(void) {
        return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

static int call_socketpair(void) {
        int pair[2];

        return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) >= 0 ? 0 : errno;
}

static int call_execve(void) {
        return CALL(SYS_execve, arguments[0], arguments, NULL);
}

static int call_execveat(void) {
        return CALL(SYS_execveat, AT_FDCWD, arguments[0], arguments, NULL, 0);
}

static int call_fork(void) {
        pid_t pid = fork();

        if (pid == 0)
                _exit(0);
        return pid > 0 ? 0 : errno;
}

static int call_clone3(void) {
        unsigned long long how[8] = { 0, 0, 0, 0, SIGCHLD };
        long pid = syscall(SYS_clone3, how, sizeof(how));

        if (pid == 0)
                _exit(0);
        return pid > 0 ? 0 : errno;
}

static int call_ptrace(void) {
        return CALL(SYS_ptrace, 0, 0, NULL, NULL);
}

static int call_process_vm_readv(void) {
        return CALL(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static int call_mprotect_code(void) {
        return mprotect(page, sizeof(page), PROT_READ | PROT_EXEC) == 0 ? 0 : errno;
}

static int call_mmap_code(void) {
        return mmap(NULL, sizeof(page), PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED
                               ? 0
                               : errno;
}

static int call_kill(void) {
        return kill(getpid(), 0) == 0 ? 0 : errno;
}

static int call_tgkill_parent(void) {
        return CALL(SYS_tgkill, 1, 1, 0);
}

static int call_prlimit(void) {
        struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

        return prlimit(0, RLIMIT_AS, &limit, NULL) == 0 ? 0 : errno;
}

static int call_ioctl(void) {
        char byte = 0;

        return CALL(SYS_ioctl, STDIN_FILENO, 0x5412 /* TIOCSTI */, &byte);
}

static int call_rename(void) {
        return rename("/tmp/klpwatch-a", "/tmp/klpwatch-b") == 0 ? 0 : errno;
}

static int call_unlink(void) {
        return unlink("/tmp/klpwatch-a") == 0 ? 0 : errno;
}

static int call_stat(void) {
        struct stat st;

        return stat("/etc/passwd", &st) == 0 ? 0 : errno;
}

static int call_prctl(void) {
        return CALL(SYS_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, 0, 0);
}

static int call_sigaction(void) {
        return signal(SIGXCPU, SIG_IGN) != SIG_ERR ? 0 : errno;
}

static int call_io_uring(void) {
        char parameters[256] = {};

        return CALL(SYS_io_uring_setup, 1, parameters);
}

static int call_bpf(void) {
        return CALL(SYS_bpf, 0, NULL, 0);
}

static int call_sendmsg(void) {
        struct msghdr message = {};

        return CALL(SYS_sendmsg, STDOUT_FILENO, &message, 0);
}

static int call_memfd(void) {
        return memfd_create("x", 0) >= 0 ? 0 : errno;
}

static int call_unshare(void) {
        return CALL(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */);
}

static const struct {
        const char *name;
        int (*call)(void);
} forbidden[] = {
        { "open", call_open },
        { "openat", call_openat },
        { "openat2", call_openat2 },
        { "creat", call_create },
        { "socket", call_socket },
        { "socketpair", call_socketpair },
        { "execve", call_execve },
        { "execveat", call_execveat },
        { "fork", call_fork },
        { "clone3", call_clone3 },
        { "ptrace", call_ptrace },
        { "process_vm_readv", call_process_vm_readv },
        { "mprotect to code", call_mprotect_code },
        { "mmap of code", call_mmap_code },
        { "kill", call_kill },
        { "tgkill of another", call_tgkill_parent },
        { "prlimit", call_prlimit },
        { "ioctl", call_ioctl },
        { "rename", call_rename },
        { "unlink", call_unlink },
        { "stat of a path", call_stat },
        { "prctl", call_prctl },
        { "sigaction", call_sigaction },
        { "io_uring_setup", call_io_uring },
        { "bpf", call_bpf },
        { "sendmsg", call_sendmsg },
        { "memfd_create", call_memfd },
        { "unshare", call_unshare },
};

/* 0 when each fails as if the kernel did not know it, else the number of the first that does not. */
static int try_all(void *data) {
        (void) data;
        for (size_t i = 0; i < ELEMENTS(forbidden); i++)
                if (forbidden[i].call() != ENOSYS)
                        return (int) i + 1;
        return 0;
}

START_TEST(what_is_not_on_the_list_fails) {
        int r = confined(try_all, NULL);

        ck_assert_msg(r == 0, "%s",
                      r > 0 && r <= (int) ELEMENTS(forbidden) ? forbidden[r - 1].name
                                                              : "the sandbox");
}
END_TEST

/* --- what must work */

static int use_memory(void *data) {
        size_t n_bytes = 10 * 1024 * 1024;
        char *memory = malloc(n_bytes);

        (void) data;
        if (!memory)
                return 1;
        memset(memory, 'x', n_bytes);
        memory = realloc(memory, 4 * n_bytes);
        if (!memory || memory[n_bytes - 1] != 'x')
                return 2;
        free(memory);
        for (size_t i = 0; i < 10000; i++)
                if (!(memory = malloc(i)))
                        return 3;
                else
                        free(memory);
        return 0;
}

static int use_descriptors(void *data) {
        int *pair = data;
        char byte = 'y';
        struct stat st;

        return write(pair[1], &byte, 1) == 1 && read(pair[0], &byte, 1) == 1 && byte == 'y' &&
                                               fstat(pair[0], &st) == 0 && S_ISFIFO(st.st_mode)
                               ? 0
                               : 1;
}

static int compare(const void *a, const void *b) {
        return *(const int *) a - *(const int *) b;
}

static int use_library(void *data) {
        int *numbers = malloc(100000 * sizeof(int));
        time_t now = 1700000000;
        char text[100];
        struct tm tm;

        (void) data;
        for (int i = 0; i < 100000; i++)
                numbers[i] = (i * 7919) % 100003;
        qsort(numbers, 100000, sizeof(int), compare);
        if (numbers[0] > numbers[1])
                return 1;
        if (!gmtime_r(&now, &tm) || strftime(text, sizeof(text), "%a %d %B %Y %Z", &tm) == 0)
                return 2;
        if (!localtime_r(&now, &tm) || mktime(&tm) != now || timegm(&tm) < 0)
                return 3;
        if (strtod("1.5", NULL) != 1.5 || !nl_langinfo(CODESET) || !strerror(ENOENT))
                return 4;
        return snprintf(text, sizeof(text), "%'d %.3f", 1000, 1.5) > 0 ? 0 : 5;
}

static int use_json(void *data) {
        static const char text[] = "{\"a\":[1,2.5,\"\\u00e9\"],\"b\":null}";
        _cleanup_(json_text_freep) JsonText *json = NULL;
        JsonProblem problem;

        (void) data;
        return json_text_new(&json, text, sizeof(text) - 1, 16, &problem) == 0 ? 0 : 1;
}

static void on_element(void *data, XmlStream *stream, const char *name, const char **attributes) {
        (void) stream, (void) name, (void) attributes;
        ++*(int *) data;
}

static void on_end(void *data, XmlStream *stream, const char *name, const char *text) {
        (void) data, (void) stream, (void) name, (void) text;
}

static int use_xml(void *data) {
        static const char text[] = "<?xml version='1.0' encoding='ISO-8859-1'?><a><b c='d'/></a>";
        _cleanup_(xml_stream_freep) XmlStream *stream = NULL;
        char reason[XML_STREAM_REASON_BYTES];
        int n = 0;
        XmlStreamReader reader = { on_element, on_end, &n };

        (void) data;
        return xml_stream_new(&stream, &reader) == 0 &&
                                               xml_stream_feed(stream, text, sizeof(text) - 1, true,
                                                               reason) == 0 &&
                                               n == 2
                               ? 0
                               : 1;
}

START_TEST(what_parsers_need_works) {
        int pair[2];

        ck_assert_int_eq(pipe(pair), 0);
        ck_assert_int_eq(confined(use_memory, NULL), 0);
        ck_assert_int_eq(confined(use_descriptors, pair), 0);
        ck_assert_int_eq(confined(use_library, NULL), 0);
        ck_assert_int_eq(confined(use_json, NULL), 0);
        ck_assert_int_eq(confined(use_xml, NULL), 0);
}
END_TEST

/* An archive in memory, packed by one filter, with a name beside the document's that is converted from UTF-8. */
static int make_archive(int (*filter)(struct archive *)) {
        static const char *const names[] = { "2024/rhsa-2024_1.json", "pfl\xC3\xBC"
                                                                      "cken" };
        static char content[300000];
        struct archive *archive = archive_write_new();
        int fd = memfd_create("archive", 0);

        ck_assert_int_ge(fd, 0);
        /* For the writer alone. */
        ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
        /* Of what repeats itself so little comes that it is taken for a bomb. */
        for (size_t i = 0; i < sizeof(content); i++)
                content[i] = (char) (i * i * i / 251 % 253);
        ck_assert_int_eq(archive_write_set_format_pax(archive), ARCHIVE_OK);
        ck_assert_int_eq(filter(archive), ARCHIVE_OK);
        ck_assert_int_eq(archive_write_open_fd(archive, fd), ARCHIVE_OK);
        for (size_t i = 0; i < ELEMENTS(names); i++) {
                struct archive_entry *entry = archive_entry_new();

                archive_entry_set_pathname(entry, names[i]);
                archive_entry_set_filetype(entry, AE_IFREG);
                archive_entry_set_size(entry, sizeof(content));
                ck_assert_int_eq(archive_write_header(archive, entry), ARCHIVE_OK);
                ck_assert_int_eq(archive_write_data(archive, content, sizeof(content)),
                                 sizeof(content));
                archive_entry_free(entry);
        }
        ck_assert_int_eq(archive_write_close(archive), ARCHIVE_OK);
        archive_write_free(archive);
        setlocale(LC_CTYPE, "C");
        ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
        return fd;
}

static int use_archive(void *data) {
        _cleanup_(document_archive_freep) DocumentArchive *archive = NULL;
        char reason[DOCUMENT_SOURCE_REASON_BYTES];
        Document document = {};

        if (document_archive_new(&archive, *(int *) data, "a.tar", NULL, reason) != 0)
                return 1;
        if (document_archive_next(archive, &document, reason) != 0 || document.n_bytes != 300000)
                return 2;
        return document_archive_next(archive, &document, reason) == DOCUMENT_ARCHIVE_E_END ? 0 : 3;
}

START_TEST(archives_of_every_kind_are_unpacked) {
        static const struct {
                const char *name;
                int (*filter)(struct archive *);
        } kinds[] = {
                { "none", archive_write_add_filter_none },
                { "zst", archive_write_add_filter_zstd },
                { "xz", archive_write_add_filter_xz },
                { "bz2", archive_write_add_filter_bzip2 },
                { "gz", archive_write_add_filter_gzip },
        };

        for (size_t i = 0; i < ELEMENTS(kinds); i++) {
                int fd = make_archive(kinds[i].filter), r = confined(use_archive, &fd);

                ck_assert_msg(r == 0, "%s: %d", kinds[i].name, r);
                close(fd);
        }
}
END_TEST

/* --- limits */

static int wait_for_byte(void *data) {
        char byte;

        return read(*(int *) data, &byte, 1) == 1 ? 0 : 1;
}

START_TEST(limits_are_set_and_the_kernel_says_so) {
        static const struct {
                int resource;
                rlim_t soft;
        } limits[] = {
                { RLIMIT_AS, 256 * 1024 * 1024 },
                { RLIMIT_CPU, 20 },
                { RLIMIT_NOFILE, 16 },
                { RLIMIT_CORE, 0 },
                { RLIMIT_NPROC, 0 },
        };
        char path[64], line[256];
        int ready[2], go[2], status;
        bool filtered = false, no_new_privileges = false;
        struct rlimit limit;
        FILE *file;
        pid_t pid;

        ck_assert(pipe(ready) == 0 && pipe(go) == 0);
        pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0) {
                if (sandbox_enter(20) < 0 || write(ready[1], "", 1) != 1)
                        _exit(255);
                _exit(wait_for_byte(&go[0]));
        }
        ck_assert_int_eq(read(ready[0], line, 1), 1);
        for (size_t i = 0; i < ELEMENTS(limits); i++) {
                ck_assert_int_eq(prlimit(pid, limits[i].resource, NULL, &limit), 0);
                ck_assert_msg(limit.rlim_cur == limits[i].soft, "%d: %llu", limits[i].resource,
                              (unsigned long long) limit.rlim_cur);
        }
        snprintf(path, sizeof(path), "/proc/%d/status", pid);
        file = fopen(path, "re");
        ck_assert_ptr_nonnull(file);
        while (fgets(line, sizeof(line), file)) {
                filtered |= strcmp(line, "Seccomp:\t2\n") == 0;
                no_new_privileges |= strcmp(line, "NoNewPrivs:\t1\n") == 0;
        }
        fclose(file);
        ck_assert(filtered && no_new_privileges);
        ck_assert_int_eq(write(go[1], "", 1), 1);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

static int want_too_much(void *data) {
        volatile bool failed = false;
        /* Volatile: compilers leave out memory that nobody looks at. */
        void *volatile memory;

        (void) data;
        memory_watch_begin(&failed);
        memory = malloc(1000);
        if (!memory || memory_watch_failed())
                return 1;
        free(memory);
        memory = malloc(SANDBOX_MEMORY_BYTES);
        if (memory || !failed || !memory_watch_failed())
                return 2;
        memory_watch_forget();
        memory = calloc(SANDBOX_MEMORY_BYTES, 1);
        if (memory || !memory_watch_failed())
                return 3;
        memory_watch_forget();
        memory = strdup("x");
        if (!memory || memory_watch_failed() || realloc(memory, SANDBOX_MEMORY_BYTES) || !failed)
                return 4;
        return 0;
}

START_TEST(memory_above_the_limit_is_not_there_and_it_is_noticed) {
        ck_assert_int_eq(confined(want_too_much, NULL), 0);
}
END_TEST

static int end_by_abort(void *data) {
        (void) data;
        abort();
}

START_TEST(abort_ends_it) {
        pid_t pid = fork();
        int status;

        ck_assert_int_ge(pid, 0);
        if (pid == 0)
                _exit(sandbox_enter(20) < 0 ? 255 : end_by_abort(NULL));
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
END_TEST

UNIT_TEST(what_is_not_on_the_list_fails, what_parsers_need_works,
          archives_of_every_kind_are_unpacked, limits_are_set_and_the_kernel_says_so,
          memory_above_the_limit_is_not_there_and_it_is_noticed, abort_ends_it)
