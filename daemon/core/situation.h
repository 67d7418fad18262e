/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The situation to be judged: the inputs of one assessment, and what follows from them at once: whose
 * kernel this is, which minor, which channel, which lineage, and which facts were known at that time.
 */

#include "core/facts.h"
#include "core/feed-status.h"
#include "core/host-facts.h"
#include "core/kernel-release.h"
#include "core/operator-policy.h"
#include "core/support-calendar.h"

/* What assess() is given. All of it is borrowed and must outlive the assessment. */
typedef struct AssessInput {
        const HostFacts *host;
        const Facts *facts;
        const SupportCalendar *const *calendars;
        size_t n_calendars;
        const OperatorPolicy *policy;
        const FeedStatus *feeds; /* copied where the answer needs them: they may change behind it */
        size_t n_feeds;
        const AlertBook *alerts; /* as they were; NULL = none were */
        UtcTime now;             /* the moment that is judged */
        UtcTime clock; /* the real time, by which the age of the facts is judged; = now but for what-if questions */
        bool clock_given; /* the real time was given by whoever asks: it is no clock that can be wrong */
} AssessInput;

/* A kernel that facts known at the time name. */
typedef struct KnownKernel {
        const char *name; /* VERSION-RELEASE */
        KernelRelease release;
        const char *stream;
        int major, minor;                      /* of the stream; -1 when not known */
        const CalendarStream *calendar_stream; /* NULL when the calendar does not name the minor */
        UtcDay released; /* the first release in the stream; UTC_DAY_NONE when no fact has a date */
        ChannelSet channels; /* of all facts; 0 when none states them */
        const KernelFact **facts;
        size_t n_facts;
} KnownKernel;

typedef struct Situation {
        MemoryPool *pool;
        const AssessInput *input;
        UtcDay today;

        /* The running kernel. */
        KernelRelease running;
        bool running_parsed;
        const SupportCalendar *calendar; /* NULL: no vendor that we have rules for */
        const char *stream;              /* NULL when not known */
        const CalendarStream *calendar_stream;
        Channel subscribed;         /* as the host's repositories or the operator say */
        Channel channel;            /* the same, brought down to one that the running minor has */
        const char *not_applicable; /* why live patching is no question here; NULL when it is one */
        const char *unjudgeable;    /* why nothing can be said; NULL normally */
        TextList because;           /* how vendor, minor and channel were found */
        bool exposures_apply;       /* the vendor's kernel facts hold for the running kernel */
        bool uses_live_patching;    /* the intent */
        const char *intent_because;

        /* The facts known at the time, of this vendor. */
        KnownKernel *kernels; /* ascending by major, minor, version */
        size_t n_kernels;
        size_t n_kernel_facts; /* of all of them */
        const PatchFact **patches;
        size_t n_patches;
        const RepositoryFact **repositories;
        size_t n_repositories;
        const WindowFact **windows;
        size_t n_windows;
} Situation;

/* Fills `ret`; everything derived lives in `pool`, which the caller checks for exhaustion. */
void situation_init(Situation *ret, const AssessInput *input, MemoryPool *pool);

/*
 * The same for a moment later than that of `earlier`, whose other inputs are the same. Nothing in a
 * situation but the facts known depends on the time: when no more are known, `ret` borrows all of them
 * from `earlier`. False when more are: `ret` is not filled then.
 */
bool situation_init_later(Situation *ret, const Situation *earlier, const AssessInput *input,
                          MemoryPool *pool);

/* A flavour that is not the vendor's plain one is a variant like any other. */
void situation_name_variant(const Situation *situation, KernelRelease *kernel);

/* The same as kernel_release_parse(), but a flavour that is not the vendor's plain one becomes the variant. */
int situation_parse_kernel(const Situation *situation, const char *text, KernelRelease *ret);

/* The known kernel that this is, or NULL. */
const KnownKernel *situation_find_kernel(const Situation *situation, const KernelRelease *kernel);

/*
 * The minor that a kernel belongs to: by the calendar's `Kernels=`, the facts, its dist tag, or the
 * calendar's initial kernels. NULL when not known.
 */
const char *situation_stream_of(const Situation *situation, const KernelRelease *kernel);

/* The host's channel in another minor: brought down to one that the minor has. */
Channel situation_channel_in(const Situation *situation, const CalendarStream *stream);

/* Can the host get what was published in `stream` for `channels`? False for channels not stated. */
bool situation_available(const Situation *situation, const char *stream, ChannelSet channels);

/* Can it get this patch of a kernel of `stream`? The patch's own stream counts where it is stated. */
bool situation_can_get_patch(const Situation *situation, const PatchFact *patch,
                             const char *stream);

/* Does what is for these architectures (none stated: all) concern the running kernel's? */
bool situation_has_architecture(const Situation *situation, const TextList *arch);

/* A day for a sentence, in the situation's pool. */
const char *situation_day_text(const Situation *situation, UtcDay day);

/* Will the host ever move to `stream`? */
bool situation_in_lineage(const Situation *situation, const char *stream);

/* Is `patch` for this kernel? By its stated base, else by the package's name and the stream. */
bool situation_patch_is_for(const Situation *situation, const PatchFact *patch,
                            const KernelRelease *kernel, const char *stream);

/* Orders kernels by major, minor, version; a minor that is not known (-1) comes first. */
int situation_compare_kernels(int major_a, int minor_a, const KernelRelease *a, int major_b,
                              int minor_b, const KernelRelease *b);

/* The kernel is of the vendor's plain form: right dist tag or flavour, no variant. */
bool situation_is_vendor_kernel(const Situation *situation, const KernelRelease *kernel);
