/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Host facts: what was seen on one host. Each group that can be unreadable has a reason beside it
 * (`*_unknown`): NULL means the group was read and its content is complete; a text means it could
 * not be read, says why in words for an administrator, and the content must not be trusted.
 *
 * Two programs fill them: the daemon's own scan of sysfs and procfs (livepatch-scan), and
 * klpwatch-hostfacts for everything that needs privilege or a package database.
 */

#include "base/memory-pool.h"
#include "base/utc-time.h"

typedef enum Tristate {
        TRISTATE_UNKNOWN,
        TRISTATE_NO,
        TRISTATE_YES,
} Tristate;

/* A live-patch module in the running kernel. */
typedef struct LoadedPatch {
        const char *name; /* of the module, as in sysfs */
        bool listed; /* in /sys/kernel/livepatch; else only loaded: disabled or replaced (taint K) */
        Tristate enabled; /* unknown for an unreadable or odd value */
        Tristate transition;
        Tristate awaited; /* what `enabled` will say in a moment, as a transition is seen that began before it says so; else unknown */
        bool enabled_last; /* kernels before 5.1 change `enabled` when the transition is over, not when it begins */
        UtcTime since;         /* when the present transition began; UTC_TIME_NONE when not known */
        UtcTime loaded_since;  /* UTC_TIME_NONE when it was there before anybody looked */
        UtcTime enabled_since; /* at rest and enabled; UTC_TIME_NONE when not known, or not so */
        int64_t transition_usec; /* how long its last transition took; 0 when not known */
        const char *replaced_by; /* the patch that took its place; NULL when none is known to have */
        const char *srcversion;  /* NULL when the module has none */
} LoadedPatch;

typedef struct InstalledPackage {
        const char *name;    /* kpatch-patch-5_14_0-427_13_1 */
        const char *version; /* VERSION-RELEASE with dist tag: 1-2.el9_4 */
        const char *arch;
} InstalledPackage;

/* A kernel module file in one of the places that live patches are loaded from at boot. */
typedef struct ModuleFile {
        const char *path;     /* absolute on the host */
        const char *kernel;   /* the folder it lies in: a `uname -r` */
        const char *name;     /* the module's own name (modinfo name, else from the file's name) */
        const char *vermagic; /* first word; NULL when not readable */
        const char *srcversion; /* NULL when absent */
        const char *signer;     /* NULL when unsigned */
        bool livepatch;         /* modinfo has livepatch=Y */
        const char *unreadable; /* NULL, or why modinfo could not be read */
} ModuleFile;

typedef struct HostFacts {
        MemoryPool *pool;

        /* From livepatch-scan. */
        const char *kernel; /* uname -r; NULL when unreadable */
        const char *kernel_unknown;
        const char *arch; /* x86_64, for kernels whose release does not say it; NULL when not known */
        UtcTime kernel_built; /* from /proc/version; UTC_TIME_NONE when it has no date that parses */
        UtcTime booted;       /* UTC_TIME_NONE when not known */
        const char *os_id;    /* os-release ID; NULL when unreadable */
        const char *os_unknown;
        const char *container;      /* NULL, or how we know that this is one */
        Tristate livepatch_support; /* /sys/kernel/livepatch exists */
        const char *livepatch_unknown;
        LoadedPatch *patches; /* sorted by name */
        size_t n_patches;
        TextList cmdline; /* words of /proc/cmdline */

        /* From klpwatch-hostfacts. */
        TextList installed_kernels; /* `uname -r` each, newest first */
        const char *installed_kernels_unknown;
        const char *default_kernel; /* `uname -r` that the next boot picks; NULL when unknown */
        const char *default_kernel_from; /* how we know: "grubenv saved_entry", … */
        const char *default_kernel_unknown;
        TextList default_options; /* kernel command line words of that entry, when known */
        InstalledPackage *
                        packages; /* live-patch packages only, for whatever kernel; sorted by name */
        size_t n_packages;
        const char *packages_unknown;
        ModuleFile *modules; /* sorted by path */
        size_t n_modules;
        const char *modules_unknown;
        const char *loader_service; /* name of the unit that loads live patches at boot; NULL when none was found */
        const char *loader_state; /* "enabled", "disabled", "masked", … */
        const char *loader_result; /* how it went in this boot: "failed", "skipped"; NULL when well or not known */
        Tristate patches_follow; /* dnf's kpatch plug-in installs the live patches of each new kernel; unknown where it is not */
        const char *loader_unknown;
        TextList repositories; /* ids of all enabled package repositories */
        const char *repositories_unknown;
} HostFacts;

/* Empty host facts in which every group is unknown ("not looked at yet"). 0 or -ENOMEM. */
int host_facts_new(HostFacts **ret);
HostFacts *host_facts_free(HostFacts *host);
DEFINE_CLEANUP(HostFacts, host_facts_free);

/*
 * Would boot find the file? A package of kpatch's kind puts it below /usr/lib/kpatch, and `kpatch install` copies it to
 * /var/lib/kpatch: of that folder alone, and of plain *.ko there, `kpatch load --all` loads them. All other places are looked at
 * as they are.
 */
bool module_file_is_for_boot(const ModuleFile *file);

/* The patch of this name, or NULL. */
const LoadedPatch *host_facts_find_patch(const HostFacts *host, const char *name);

/* On its way to use or away from it; what is no longer listed is on its way nowhere. */
bool loaded_patch_in_transition(const LoadedPatch *patch);

/*
 * Of one patch in two scans: it is in transition in both, and the other way round; so the transition is not the one it was. One
 * that had just begun is not turned round by that: the kernel changes `enabled` a moment after `transition`.
 */
bool loaded_patch_is_turned(const LoadedPatch *before, const LoadedPatch *after);
