/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The sandbox. A parser that was taken over by its document must find nothing to do: no file to open, no
 * network, no program, no second process, no code to bring along. So the list says what is allowed,
 * which is what reading a descriptor, getting memory and writing a result take, and all else fails with
 * ENOSYS, the answer that every library knows from old kernels. It refuses to be left, and to judge
 * what a pointer points to: seccomp sees numbers.
 */

#include <iconv.h>
#include <langinfo.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#if KLPWATCH_VALGRIND
#include <valgrind/valgrind.h>
#endif

#include "base/error.h"
#include "digest/sandbox.h"

/* Allowed whatever their arguments are. */
static const int allowed[] = {
        SCMP_SYS(read),
        SCMP_SYS(readv),
        SCMP_SYS(write),
        SCMP_SYS(writev),
        SCMP_SYS(lseek),
        SCMP_SYS(_llseek),
        SCMP_SYS(close),
        SCMP_SYS(fstat),
        SCMP_SYS(fstat64),
        SCMP_SYS(recvmsg),
        SCMP_SYS(brk),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(getrandom),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(clock_gettime64),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(time),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(restart_syscall),
};

bool sandbox_is_on(void) {
#if KLPWATCH_SANDBOX && KLPWATCH_VALGRIND
        return !RUNNING_ON_VALGRIND;
#else
        return KLPWATCH_SANDBOX;
#endif
}

static int compare_bytes(const void *a, const void *b) {
        return *(const char *) a - *(const char *) b;
}

void sandbox_prime(void) {
        time_t epoch = 0;
        struct tm tm;
        iconv_t converter;
        char bytes[] = "ba";

        /* The time zone, which gmtime_r() looks up, too. */
        tzset();
        (void) !gmtime_r(&epoch, &tm);
        /* The list of converters, of which libarchive takes one for names in UTF-8. */
        converter = iconv_open(nl_langinfo(CODESET), "UTF-8");
        if (converter != (iconv_t) -1)
                iconv_close(converter);
        /* How much memory there is, which qsort() asks for once. */
        qsort(bytes, 2, 1, compare_bytes);
        (void) !sysconf(_SC_PHYS_PAGES);
}

static int limit(int resource, rlim_t soft, rlim_t hard) {
        struct rlimit now;

        if (getrlimit(resource, &now) < 0)
                return error_origin(-errno);
        if (hard < now.rlim_max)
                now.rlim_max = hard;
        if (soft < now.rlim_cur)
                now.rlim_cur = soft;
        if (now.rlim_cur > now.rlim_max)
                now.rlim_cur = now.rlim_max;
        return setrlimit(resource, &now) < 0 ? error_origin(-errno) : 0;
}

static int limit_all(unsigned cpu_seconds) {
        rlim_t n_file_bytes = SANDBOX_OUTPUT_BYTES;
        struct stat st;
        int r;

        /* Messages may go to a file that is large already. */
        if (fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode))
                n_file_bytes += (rlim_t) st.st_size;
        r = limit(RLIMIT_AS, SANDBOX_MEMORY_BYTES, SANDBOX_MEMORY_BYTES);
        if (r == 0)
                r = limit(RLIMIT_CPU, cpu_seconds, RLIM_INFINITY);
        if (r == 0)
                r = limit(RLIMIT_FSIZE, n_file_bytes, n_file_bytes);
        if (r == 0)
                r = limit(RLIMIT_NOFILE, SANDBOX_MAX_DESCRIPTORS, SANDBOX_MAX_DESCRIPTORS);
        if (r == 0)
                r = limit(RLIMIT_CORE, 0, 0);
        if (r == 0)
                r = limit(RLIMIT_NPROC, 0, 0);
        return r < 0 ? error_trace(r) : 0;
}

static int allow_all(scmp_filter_ctx filter) {
        static const int mapping[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect) };
        int r = 0;

        for (size_t i = 0; i < ELEMENTS(allowed) && r == 0; i++)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
        /* Memory, but none that holds code. */
        for (size_t i = 0; i < ELEMENTS(mapping) && r == 0; i++)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, mapping[i], 1,
                                     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        /* How large an open file is: fstat() is this call. Exactly so: a link is followed else. */
        if (r == 0)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                                     SCMP_A3(SCMP_CMP_EQ, 0x1000 /* AT_EMPTY_PATH */));
        if (r == 0)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fstatat64), 1,
                                     SCMP_A3(SCMP_CMP_EQ, 0x1000));
        /* abort() ends this process, and no other. */
        if (r == 0)
                r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t) getpid()));
        return r;
}

int sandbox_enter(unsigned cpu_seconds) {
        scmp_filter_ctx filter;
        int r;

        if (!sandbox_is_on())
                return 0;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return error_origin(-errno);
        filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
        if (!filter)
                return error_origin(-ENOMEM);
        /*
         * On kernels before 5.16 a filter turns a guard against speculation on that makes it
         * slower. It is there for processes that run foreign code, and this one can have none. Where
         * the kernel cannot do without, it stays on.
         */
        (void) !seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
        r = allow_all(filter);
        if (r == 0)
                r = limit_all(cpu_seconds);
        if (r == 0)
                r = seccomp_load(filter);
        seccomp_release(filter);
        return r < 0 ? error_trace(r) : 0;
}
