/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * After a reboot a live patch is there again when two things hold: something loads it, and the file that
 * this loads is there for the kernel that boots. Each of them can say "no"; what of them could not be
 * read is no reason for "no", and none for "yes". It refuses to judge whether the kernel that boots needs a
 * live patch: that is the next boot's to say.
 */

#include <string.h>

#include "base/text.h"
#include "core/patch-survival.h"

static bool boots_another_kernel(const HostFacts *host) {
        return host->default_kernel && host->kernel &&
               !text_equal(host->default_kernel, host->kernel);
}

static bool only_this_kernel_is_there(const HostFacts *host) {
        return !host->installed_kernels_unknown && host->installed_kernels.n_items == 1 &&
               text_equal(host->installed_kernels.items[0], host->kernel);
}

/* A file that boot would look at for this kernel, and of which nobody knows what it is. */
static bool kernel_has_unreadable_file(const HostFacts *host, const char *kernel) {
        for (size_t i = 0; i < host->n_modules; i++)
                if (host->modules[i].unreadable && text_equal(host->modules[i].kernel, kernel) &&
                    module_file_is_for_boot(&host->modules[i]))
                        return true;
        return false;
}

/* Is there a live-patch module file, of whatever version, that boot would find for this kernel? */
static Tristate kernel_has_file(const HostFacts *host, const char *kernel) {
        for (size_t i = 0; i < host->n_modules; i++) {
                const ModuleFile *file = &host->modules[i];

                if (text_equal(file->kernel, kernel) && file->livepatch &&
                    (!file->vermagic || text_equal(file->vermagic, kernel)) &&
                    module_file_is_for_boot(file))
                        return TRISTATE_YES;
        }
        return kernel_has_unreadable_file(host, kernel) ? TRISTATE_UNKNOWN : TRISTATE_NO;
}

/* What kept it from loading in this boot and is gone from the next one's options does not count. */
static bool loader_failed(const Situation *situation) {
        const HostFacts *host = situation->input->host;
        const char *off = situation->calendar ? situation->calendar->loader_off_option : NULL;

        return host->loader_result && host->loader_service &&
               !(text_equal(host->loader_result, "skipped") && off &&
                 text_list_has(&host->cmdline, off));
}

static const char *loader_name(const Situation *situation) {
        const char *found = situation->input->host->loader_service;

        return found ? found
               : situation->calendar && situation->calendar->loader_service
                               ? situation->calendar->loader_service
                               : "the loader service";
}

/* A patch is for one kernel: where boot picks another one, what lies on disk for that one decides. */
static void judge_file_of_next_kernel(const Situation *situation, JudgedPatch *patch) {
        const HostFacts *host = situation->input->host;
        Tristate has_file = kernel_has_file(host, host->default_kernel);

        patch->for_next_kernel = true;
        patch->survives_reboot = has_file;
        /* The plug-in may install one before the reboot: it does with each kernel that gets one. */
        if (has_file == TRISTATE_NO && host->patches_follow == TRISTATE_YES)
                patch->survives_reboot = TRISTATE_UNKNOWN;
        patch->survives_because = memory_pool_format(
                        situation->pool, "the next boot is of %s, which has %s",
                        host->default_kernel,
                        has_file == TRISTATE_YES       ? "a live patch of its own on disk"
                        : has_file == TRISTATE_UNKNOWN ? "a module file on disk that cannot be read"
                        : host->patches_follow == TRISTATE_YES
                                        ? "no live patch on disk yet; dnf installs one when there "
                                          "is one"
                        : host->patches_follow == TRISTATE_NO
                                        ? "no live patch on disk, and dnf installs none by itself "
                                          "(autoupdate in /etc/dnf/plugins/kpatch.conf)"
                                        : "no live patch on disk");
}

/* Is the file there that boot would load? */
static void judge_file(const Situation *situation, PatchFile file, JudgedPatch *patch) {
        const HostFacts *host = situation->input->host;

        patch->survives_reboot = TRISTATE_UNKNOWN;
        if (host->modules_unknown)
                patch->survives_because = host->modules_unknown;
        else if (boots_another_kernel(host))
                judge_file_of_next_kernel(situation, patch);
        else if (file != PATCH_FILE_FOR_BOOT && kernel_has_unreadable_file(host, host->kernel))
                patch->survives_because = "a module file on disk for this kernel cannot be read";
        else if (file != PATCH_FILE_FOR_BOOT) {
                patch->survives_reboot = TRISTATE_NO;
                patch->obstacle = SURVIVAL_OBSTACLE_FILE;
                patch->survives_because = memory_pool_format(
                                situation->pool,
                                file == PATCH_FILE_PACKAGED
                                                ? "its module file of version %s is only in "
                                                  "/usr/lib/kpatch, from where nothing is loaded "
                                                  "at "
                                                  "boot"
                                                : "no module file of version %s is on disk for "
                                                  "this kernel",
                                patch->name.version);
        } else if (!host->default_kernel && !only_this_kernel_is_there(host))
                patch->survives_because = memory_pool_format(
                                situation->pool, "the kernel of the next boot is not known: %s",
                                host->default_kernel_unknown ? host->default_kernel_unknown
                                                             : "no boot entry was found");
        else {
                patch->survives_reboot = TRISTATE_YES;
                patch->survives_because = "its module file is on disk";
        }
}

/* Where the service fetches live patches: it does so for the kernel that runs, if one is released for it. */
static void judge_fetched(const Situation *situation, JudgedPatch *patch) {
        const HostFacts *host = situation->input->host;

        patch->survives_reboot = boots_another_kernel(host) ? TRISTATE_UNKNOWN : TRISTATE_YES;
        patch->survives_because =
                        boots_another_kernel(host)
                                        ? memory_pool_format(situation->pool,
                                                             "the next boot is of %s, which this "
                                                             "live patch is not for",
                                                             host->default_kernel)
                                        : "the service fetches it";
}

/* Does the service run at boot that loads it? Only an option, or a state that was read, says no. */
static Tristate judge_loader(const Situation *situation, SurvivalObstacle *ret_obstacle,
                             const char **ret_because) {
        const HostFacts *host = situation->input->host;
        const char *off = situation->calendar ? situation->calendar->loader_off_option : NULL;
        const TextList *options =
                        host->default_options.n_items > 0 ? &host->default_options : &host->cmdline;

        *ret_obstacle = SURVIVAL_OBSTACLE_SERVICE;
        if (off && text_list_has(options, off)) {
                *ret_obstacle = SURVIVAL_OBSTACLE_OPTION;
                *ret_because = memory_pool_format(situation->pool,
                                                  "%s is on the kernel command line", off);
                return TRISTATE_NO;
        }
        /* Without one, the patches of this vendor are loaded from the initial file system. */
        if (situation->calendar && !situation->calendar->loader_service) {
                *ret_because = "this vendor's patches need no service to be loaded at boot";
                return TRISTATE_YES;
        }
        if (host->loader_unknown) {
                *ret_because = host->loader_unknown;
                return TRISTATE_UNKNOWN;
        }
        if (!text_equal(host->loader_state, "enabled")) {
                *ret_because = memory_pool_format(
                                situation->pool, "%s is %s", loader_name(situation),
                                host->loader_state ? host->loader_state : "not installed");
                return TRISTATE_NO;
        }
        if (loader_failed(situation)) {
                *ret_because = memory_pool_format(situation->pool,
                                                  "%s is enabled, but %s in this boot",
                                                  loader_name(situation),
                                                  strcmp(host->loader_result, "failed") == 0
                                                                  ? "failed"
                                                                  : "was skipped by a condition");
                return TRISTATE_UNKNOWN;
        }
        *ret_because = memory_pool_format(situation->pool, "%s is enabled", loader_name(situation));
        return TRISTATE_YES;
}

void patch_survival_judge(const Situation *situation, PatchFile file, JudgedPatch *patch) {
        const SupportCalendar *calendar = situation->calendar;
        const char *loader_because;
        SurvivalObstacle obstacle;
        Tristate loader = judge_loader(situation, &obstacle, &loader_because);

        if (calendar && calendar->patches_unlisted)
                judge_fetched(situation, patch);
        else
                judge_file(situation, file, patch);
        if (loader == TRISTATE_NO ||
            (loader == TRISTATE_UNKNOWN && patch->survives_reboot == TRISTATE_YES)) {
                patch->survives_reboot = loader;
                patch->survives_because = loader_because;
                patch->obstacle = loader == TRISTATE_NO ? obstacle : SURVIVAL_OBSTACLE_NONE;
                patch->for_next_kernel = false;
        } else if (patch->survives_reboot == TRISTATE_YES)
                patch->survives_because =
                                memory_pool_format(situation->pool, "%s, and %s",
                                                   patch->survives_because, loader_because);
}
