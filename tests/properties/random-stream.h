/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A made-up history of one minor release: kernels, live patches, the advisories that released them and
 * the CVEs that they fix, drawn by chance. The same numbers give the same history everywhere.
 */

#include "core/facts.h"

/* splitmix64: small, and the same on every machine. */
typedef struct Random {
        uint64_t state;
} Random;

/* The generator of case `number` of a run: no case depends on those before it. */
Random random_of_case(uint64_t seed, unsigned number);
unsigned random_below(Random *random, unsigned n); /* 0 … n - 1 */
bool random_chance(Random *random, unsigned percent);

#define STREAM_MAX_CVES 32
#define STREAM_MAX_KERNELS 10
#define STREAM_MAX_ADVISORIES 40
#define STREAM_MAX_PACKAGES 3

typedef struct StreamCve {
        char id[24];
        Severity severity; /* its own */
} StreamCve;

typedef struct StreamKernel {
        char release[48]; /* 5.14.0-427.13.1.el9_4 */
        char package[64]; /* kpatch-patch-5_14_0-427_13_1 */
        const char *stream, *dist;
        UtcTime released;
        uint32_t cves;    /* that it fixes first, a bit each */
        uint32_t patched; /* that its live patches fix so far */
        bool selected;
        unsigned n_patches; /* the release of the last one: 1-N; 0 = none */
        UtcDay end, first_end; /* as a list of the vendor's says now, and said first; UTC_DAY_NONE: nothing */
} StreamKernel;

/* A package that an advisory releases. */
typedef struct StreamPackage {
        const StreamKernel *kernel; /* it, or what the live patch is for */
        char patch[16];             /* 1-2; "" for the kernel itself */
        uint32_t cves;
} StreamPackage;

typedef struct StreamAdvisory {
        char id[24];
        UtcTime released;
        Severity severity; /* SEVERITY_UNKNOWN: not stated */
        ChannelSet channels;
        bool initial; /* of the minor's first kernel */
        bool empty;   /* releases an empty package: no document tells of it, only repositories do */
        StreamPackage packages[STREAM_MAX_PACKAGES];
        size_t n_packages;
        uint32_t taken_back; /* CVEs that its first revision listed for the first package, and the last does not */
} StreamAdvisory;

typedef struct RandomStream {
        const char *name, *version; /* rhel-9.4, 9.4 */
        Channel channel;            /* of the host */
        bool even;                  /* each advisory fixes the same CVEs in all of its packages */
        bool changelogs; /* the repository has them: only they tell which CVEs are whose */
        bool rated;      /* documents state the severity of each CVE */
        bool no_empty;   /* no empty packages */
        StreamCve cves[STREAM_MAX_CVES];
        StreamKernel kernels[STREAM_MAX_KERNELS]; /* ascending; those of the next minor last */
        size_t n_kernels, n_own;                  /* all, and those of the minor itself */
        StreamAdvisory advisories[STREAM_MAX_ADVISORIES];
        size_t n_advisories;
        size_t running;   /* the host's kernel */
        UtcTime now;      /* the last second of a day */
        UtcTime complete; /* up to when the feeds are complete; not after now */
} RandomStream;

void random_stream_make(Random *random, RandomStream *ret);

/* Does the package repository of the host's channel hold what this advisory released? */
bool random_stream_is_in_repository(const RandomStream *stream, const StreamAdvisory *advisory);
