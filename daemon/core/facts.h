/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Facts: what feeds say about kernels and live patches, as read from digests. Plain values; once
 * built they are const and shared. Everything they point to lives in the pool of their Facts.
 */

#include <stdint.h>

#include "base/memory-pool.h"
#include "base/utc-time.h"

/* As vendors rate; ordered, so that a larger value is worse. */
typedef enum Severity {
        SEVERITY_UNKNOWN, /* not stated */
        SEVERITY_LOW,
        SEVERITY_MODERATE,
        SEVERITY_IMPORTANT,
        SEVERITY_CRITICAL,
        _SEVERITY_MAX,
} Severity;

/* Support channels. Narrower support includes what the wider before it got: channel_set_of_host(). */
typedef enum Channel {
        CHANNEL_UNKNOWN,
        CHANNEL_MAIN,
        CHANNEL_EUS,
        CHANNEL_E4S,
        CHANNEL_AUS,
        CHANNEL_TUS,
        CHANNEL_LTSS,
        _CHANNEL_MAX,
} Channel;

/* A set of channels, a bit each (1 << Channel); 0 = not stated (null in a digest). */
typedef uint32_t ChannelSet;

const char *severity_to_text(Severity severity); /* NULL for unknown */
const char *channel_to_text(Channel channel);    /* NULL for unknown */

enum {
        FACTS_E_UNKNOWN_WORD = 1,
};

/* "important" → SEVERITY_IMPORTANT; lower case only. 0 or FACTS_E_UNKNOWN_WORD. */
int severity_from_text(const char *text, Severity *ret);
int channel_from_text(const char *text, Channel *ret);

/* Everything that a host subscribed to `channel` can get: eus → {main, eus}. Unknown is judged as main. */
ChannelSet channel_set_of_host(Channel channel);

/* How the digest reached us, which decides how soon it counts as stale. */
typedef enum FeedKind {
        FEED_KIND_FILE,    /* a file or medium: 35 d / 100 d */
        FEED_KIND_CACHE,   /* the package manager's cache: 7 d / 30 d */
        FEED_KIND_NETWORK, /* 48 h / 7 d */
} FeedKind;

typedef struct FactSource {
        const char *name;    /* of the feed: unique, fit for an object path */
        const char *vendor;  /* "redhat" */
        const char *source;  /* who published it, for people */
        UtcTime complete_to; /* UTC_TIME_NONE when not stated */
        FeedKind kind;
        size_t n_superseded; /* of its records: dropped by facts_drop_superseded() */
} FactSource;

/*
 * Which word of one teller is the later one: of an advisory's document, of what a repository says of an
 * advisory, of a list on a kernel. What a later word does not repeat was taken back.
 */
typedef struct Word {
        const char *repository; /* the id of the one that tells it; NULL: the advisory's document */
        UtcTime revised;        /* 0 when not stated: earlier than all others */
} Word;

typedef struct CveFact {
        const char *id;    /* CVE-2024-36971 */
        Severity severity; /* the CVE's own, not the advisory's */
} CveFact;

/* An advisory that released a kernel. */
typedef struct KernelFact {
        const char *release; /* VERSION-RELEASE: 5.14.0-427.31.1.el9_4 */
        const char *stream;  /* rhel-9.4; NULL when not stated */
        ChannelSet channels;
        TextList arch;        /* empty when not stated */
        UtcTime released;     /* the advisory's first publication; UTC_TIME_NONE when not stated */
        const char *advisory; /* RHSA-2024:5363; NULL when not stated */
        Severity severity;    /* the advisory's */
        CveFact *cves;        /* sorted by id */
        size_t n_cves;
        Word word;
        size_t source; /* index into Facts.sources */
} KernelFact;

/* A released version of a live-patch package. */
typedef struct PatchFact {
        const char *package; /* kpatch-patch-5_14_0-427_13_1 */
        const char *version; /* VERSION-RELEASE without dist tag: 1-2; 0-0 is the empty one */
        const char *base; /* VERSION-RELEASE of the base kernel; NULL when only the package's name tells */
        const char *stream;
        ChannelSet channels;
        TextList arch;
        UtcTime released;
        const char *advisory;
        Severity severity;
        CveFact *cves;
        size_t n_cves;
        bool cves_shared; /* they are of all the kernels that the advisory patches: nobody says whose is which */
        Word word;
        size_t source;
} PatchFact;

/* What one package repository holds: lets absence be proven. */
typedef struct RepositoryFact {
        const char *repository; /* its id */
        const char *stream;
        Channel channel;
        TextList kernels; /* VERSION-RELEASE each */
        UtcTime complete_at;
        size_t source;
} RepositoryFact;

/* A vendor's dated support end of one base kernel. */
typedef struct WindowFact {
        const char *kernel;  /* VERSION-RELEASE */
        const char *package; /* NULL when not stated */
        UtcDay end;
        const char *origin; /* which list says so */
        size_t source;
        Channel channel; /* whose hosts it is for; CHANNEL_UNKNOWN = all */
        UtcTime revised; /* when the list was; 0 when not stated */
} WindowFact;

/* An advisory that was withdrawn as a whole: what it said before counts no more. */
typedef struct WithdrawnFact {
        const char *advisory;
        Word word; /* its time is INT64_MAX when not stated: for good */
        size_t source;
} WithdrawnFact;

typedef struct CveIndex CveIndex; /* core/cve-index.h */

typedef struct Facts {
        MemoryPool *pool;
        FactSource *sources;
        size_t n_sources;
        KernelFact *kernels;
        size_t n_kernels;
        PatchFact *patches;
        size_t n_patches;
        RepositoryFact *repositories;
        size_t n_repositories;
        WindowFact *windows;
        size_t n_windows;
        WithdrawnFact *withdrawn;
        size_t n_withdrawn;
        const CveIndex *cve_index; /* NULL until facts_index(), and whenever facts were added since */
} Facts;

/* Empty facts with a pool of their own. 0 or -ENOMEM. Append with memory_pool_append(facts->pool, …). */
int facts_new(Facts **ret);
Facts *facts_free(Facts *facts);
DEFINE_CLEANUP(Facts, facts_free);

/* Makes assessments of these facts quick; call it when the last fact is there. 0 or -ENOMEM. */
int facts_index(Facts *facts);

/*
 * One flag for each patch: its CVEs are shared, while another record of the same package, version and
 * advisory has its own. Then the shared ones say nothing. NULL when memory is out.
 */
bool *patch_facts_find_overruled(MemoryPool *pool, const PatchFact *patches, size_t n_patches);

/* Sorts an array of CVEs by id, as CveFact arrays must be. */
void cve_facts_sort(CveFact *cves, size_t n_cves);

/* The entry with this id in a sorted array, or NULL. */
const CveFact *cve_facts_find(const CveFact *cves, size_t n_cves, const char *id);
