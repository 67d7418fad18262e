/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The patch state. sysfs says which modules are active, their names (read against the running kernel
 * alone) say which version they are, the facts say which version there is. RHEL 8 stacks patches of
 * one kernel: the highest counts. It refuses to call anything applied that is still in transition.
 */

#include <string.h>

#include "base/text.h"
#include "core/package-version.h"
#include "core/patch-state.h"
#include "core/patch-survival.h"

const char *patch_state_to_text(PatchState state) {
        static const char *const words[_PATCH_STATE_MAX] = {
                [PATCH_UNKNOWN] = "unknown",   [PATCH_NOT_APPLICABLE] = "not-applicable",
                [PATCH_STALLED] = "stalled",   [PATCH_TRANSITIONING] = "transitioning",
                [PATCH_APPLIED] = "applied",   [PATCH_OUTDATED] = "outdated",
                [PATCH_DISABLED] = "disabled", [PATCH_FOREIGN] = "foreign",
                [PATCH_MISSING] = "missing",   [PATCH_NONE_NEEDED] = "none-needed",
        };

        return words[state];
}

const char *survival_obstacle_to_text(SurvivalObstacle obstacle) {
        static const char *const words[_SURVIVAL_OBSTACLE_MAX] = {
                [SURVIVAL_OBSTACLE_FILE] = "file",
                [SURVIVAL_OBSTACLE_OPTION] = "option",
                [SURVIVAL_OBSTACLE_SERVICE] = "service",
        };

        return words[obstacle];
}

/* Keeps the higher of two versions, either may be NULL. */
static void raise(const char **highest, const char *version) {
        if (version && (!*highest || package_evr_compare(version, *highest) > 0))
                *highest = version;
}

/* The version-release of the highest non-empty package that is installed for the running kernel; NULL = none. */
static const char *installed_version(const Situation *situation, const char *package) {
        const HostFacts *host = situation->input->host;
        const char *version = NULL;

        for (size_t i = 0; package && i < host->n_packages; i++)
                if (strcmp(host->packages[i].name, package) == 0 &&
                    !livepatch_version_is_empty(host->packages[i].version))
                        raise(&version, livepatch_version_without_dist(situation->pool,
                                                                       host->packages[i].version));
        return version;
}

/* Decodes a module's name; one that tells no version gets its package's. */
static bool decode(const Situation *situation, const char *module, LivepatchName *ret) {
        const char *version;

        if (livepatch_name_decode(module, &situation->running, ret) != 0)
                return false;
        if (ret->version[0] != '\0')
                return true;
        version = installed_version(situation, ret->package);
        if (!version || strlen(version) >= sizeof(ret->version))
                return false;
        strcpy(ret->version, version);
        return true;
}

/* The version of a live-patch module file that lies in the running kernel's folder; NULL when it is another's. */
static const char *version_of_file(const Situation *situation, const ModuleFile *file) {
        LivepatchName name;

        if (!file->livepatch || !text_equal(file->kernel, situation->input->host->kernel) ||
            (file->vermagic && !text_equal(file->vermagic, situation->input->host->kernel)) ||
            !decode(situation, file->name, &name))
                return NULL;
        return memory_pool_text(situation->pool, name.version);
}

static void find_on_disk(const Situation *situation, PatchReport *report) {
        const HostFacts *host = situation->input->host;

        for (size_t i = 0; i < host->n_modules; i++)
                raise(&report->on_disk, version_of_file(situation, &host->modules[i]));
        if (host->modules_unknown)
                raise(&report->on_disk, installed_version(situation, report->package));
}

static void find_newest(const Situation *situation, const JudgedKernel *running,
                        PatchReport *report) {
        for (size_t i = 0; i < situation->n_patches; i++) {
                const PatchFact *patch = situation->patches[i];

                if (livepatch_version_is_empty(patch->version) ||
                    !situation_patch_is_for(situation, patch, &running->release, running->stream) ||
                    !situation_can_get_patch(situation, patch, running->stream))
                        continue;
                if (!report->newest ||
                    package_evr_compare(patch->version, report->newest->version) > 0)
                        report->newest = patch;
        }
        if (report->newest)
                report->newest_version = report->newest->version;
        raise(&report->newest_version, report->on_disk);
        raise(&report->newest_version, installed_version(situation, report->package));
}

static PatchFile file_of_version(const Situation *situation, const char *version) {
        const HostFacts *host = situation->input->host;
        PatchFile best = PATCH_FILE_NONE;

        for (size_t i = 0; i < host->n_modules && best != PATCH_FILE_FOR_BOOT; i++) {
                const char *found = version_of_file(situation, &host->modules[i]);

                if (found && package_evr_compare(found, version) == 0)
                        best = module_file_is_for_boot(&host->modules[i]) ? PATCH_FILE_FOR_BOOT
                                                                          : PATCH_FILE_PACKAGED;
        }
        return best;
}

/* In the kernel '-' of a file's name has become '_'. */
static bool is_file_of_module(const ModuleFile *file, const char *module) {
        size_t n;

        for (n = 0; file->name[n] != '\0' && module[n] != '\0'; n++)
                if (file->name[n] != module[n] && !(file->name[n] == '-' && module[n] == '_'))
                        break;
        return file->name[n] == '\0' && module[n] == '\0';
}

/* The file that this module can have been loaded from: the one that boot loads before one that only a package put there. */
static const char *path_of_file(const Situation *situation, const char *module) {
        const HostFacts *host = situation->input->host;
        const char *packaged = NULL;

        for (size_t i = 0; i < host->n_modules; i++) {
                const ModuleFile *file = &host->modules[i];

                if (!text_equal(file->kernel, host->kernel) || !is_file_of_module(file, module))
                        continue;
                if (module_file_is_for_boot(file))
                        return file->path;
                if (!packaged)
                        packaged = file->path;
        }
        return packaged;
}

static bool is_unreadable(const LoadedPatch *loaded) {
        return loaded->listed &&
               (loaded->enabled == TRISTATE_UNKNOWN || loaded->transition == TRISTATE_UNKNOWN);
}

/* Where the name says no kernel, or no version: what was taken for it, and why. */
static void explain_name(const Situation *situation, const JudgedPatch *patch,
                         PatchReport *report) {
        const char *installed = installed_version(situation, patch->name.package);

        if (patch->name.names_kernel)
                return;
        if (installed && package_evr_compare(installed, patch->name.version) == 0)
                text_list_format(&report->because, situation->pool,
                                 "module %s names no kernel: by the installed package %s-%s, which "
                                 "is the running kernel's",
                                 patch->loaded->name, patch->name.package, installed);
        else
                text_list_format(&report->because, situation->pool,
                                 "module %s names no kernel: taken for the running kernel's, as it "
                                 "is loaded there (package %s is %s%s)",
                                 patch->loaded->name, patch->name.package,
                                 installed ? "installed as " : "not installed",
                                 installed ? installed : "");
}

/* Packages leave a module in two places: the first file of each name counts. */
static bool is_first_file(const HostFacts *host, size_t file) {
        for (size_t i = 0; i < file; i++)
                if (strcmp(host->modules[i].name, host->modules[file].name) == 0 &&
                    strcmp(host->modules[i].kernel, host->modules[file].kernel) == 0)
                        return false;
        return true;
}

/*
 * A package of several fixes is active when every module file of it is. What is on disk and not
 * active, while others of the same version are, takes the version back from `active`.
 */
static void require_all_modules(const Situation *situation, PatchReport *report) {
        const HostFacts *host = situation->input->host;
        size_t n_active = 0, n_idle = 0;

        for (size_t i = 0; i < report->n_patches; i++)
                if (report->patches[i].known && report->patches[i].name.each_fix)
                        report->patches[i].active ? n_active++ : n_idle++;
        for (size_t i = 0; i < host->n_modules; i++) {
                const ModuleFile *file = &host->modules[i];
                LivepatchName name;

                if (file->livepatch && text_equal(file->kernel, host->kernel) &&
                    decode(situation, file->name, &name) && name.each_fix &&
                    !host_facts_find_patch(host, file->name) && is_first_file(host, i))
                        n_idle++;
        }
        if (n_active == 0 || n_idle == 0)
                return;
        text_list_format(&report->because, situation->pool,
                         "%zu of the %zu modules of %s are active: the package is not wholly "
                         "applied",
                         n_active, n_active + n_idle, report->package);
        report->partial = true;
        raise(&report->idle, report->active);
        report->active = NULL;
}

static void judge_patches(const Situation *situation, PatchReport *report) {
        const HostFacts *host = situation->input->host;

        for (size_t i = 0; i < host->n_patches; i++) {
                const LoadedPatch *loaded = &host->patches[i];
                JudgedPatch *patch;

                patch = memory_pool_append(situation->pool, report->patches, report->n_patches);
                if (!patch)
                        return;
                patch->loaded = loaded;
                patch->known = situation_is_vendor_kernel(situation, &situation->running) &&
                               decode(situation, loaded->name, &patch->name);
                if (loaded->listed &&
                    (loaded->enabled == TRISTATE_UNKNOWN || loaded->transition == TRISTATE_UNKNOWN))
                        report->unreadable = true;
                patch->active = loaded->listed && loaded->enabled == TRISTATE_YES &&
                                loaded->transition == TRISTATE_NO;
                patch->module_path = path_of_file(situation, loaded->name);
                if (!patch->known)
                        continue;
                patch->base_kernel = situation->running.name;

                explain_name(situation, patch, report);
                patch_survival_judge(situation, file_of_version(situation, patch->name.version),
                                     patch);
                if (patch->active)
                        raise(&report->active, patch->name.version);
                else if (loaded->listed && loaded->enabled == TRISTATE_YES &&
                         loaded->transition == TRISTATE_YES && !loaded->enabled_last)
                        raise(&report->pending, patch->name.version);
                else if (!loaded->listed || (loaded->enabled != TRISTATE_UNKNOWN &&
                                             loaded->transition != TRISTATE_UNKNOWN))
                        raise(&report->idle, patch->name.version);
        }
        report->unreadable = report->unreadable || host->livepatch_unknown;
        raise(&report->idle, report->on_disk);
        require_all_modules(situation, report);
}

static PatchState find_transition(const Situation *situation, const PatchReport *report) {
        PatchState state = PATCH_UNKNOWN;

        for (size_t i = 0; i < report->n_patches; i++) {
                const LoadedPatch *loaded = report->patches[i].loaded;

                if (!loaded->listed || loaded->transition != TRISTATE_YES)
                        continue;
                if (loaded->since != UTC_TIME_NONE &&
                    situation->input->now - loaded->since >= PATCH_STALLED_USEC)
                        return PATCH_STALLED;
                state = PATCH_TRANSITIONING;
        }
        return state;
}

static bool any_known_idle(const PatchReport *report) {
        for (size_t i = 0; i < report->n_patches; i++)
                if (report->patches[i].known && !report->patches[i].active &&
                    !is_unreadable(report->patches[i].loaded))
                        return true;
        return false;
}

static bool any_foreign_enabled(const PatchReport *report) {
        for (size_t i = 0; i < report->n_patches; i++)
                if (!report->patches[i].known && report->patches[i].loaded->listed &&
                    report->patches[i].loaded->enabled == TRISTATE_YES)
                        return true;
        return false;
}

/*
 * Is there a source that would know of the newest patch for the host's channel? A package manager's cache
 * only knows of the repositories that were read of it; advisories speak of all channels.
 */
static bool channel_is_told(const Situation *situation) {
        const Facts *facts = situation->input->facts;
        bool any_cache = false;

        if (!situation->calendar || situation->channel == CHANNEL_UNKNOWN ||
            situation->calendar->base_repositories.n_items == 0)
                return true;
        for (size_t i = 0; i < facts->n_sources; i++) {
                if (!text_equal(facts->sources[i].vendor, situation->calendar->vendor))
                        continue;
                if (facts->sources[i].kind != FEED_KIND_CACHE)
                        return true;
                any_cache = true;
        }
        for (size_t i = 0; i < situation->n_repositories; i++)
                if (situation->repositories[i]->channel == situation->channel)
                        return true;
        return !any_cache;
}

static PatchState find_state(const Situation *situation, const JudgedKernel *running,
                             Freshness freshness, PatchReport *report) {
        bool told = channel_is_told(situation), outlived = freshness <= FRESHNESS_EXPIRED || !told;
        const char *why = told ? "the facts are too old (or missing)"
                               : memory_pool_format(situation->pool,
                                                    "no repository of channel %s was read of the "
                                                    "package manager's cache",
                                                    channel_to_text(situation->channel));
        PatchState state;

        if (running->coverage == COVERAGE_NOT_APPLICABLE)
                return PATCH_NOT_APPLICABLE;
        if (situation->input->host->livepatch_unknown) {
                text_list_format(&report->because, situation->pool,
                                 "loaded live patches could not be read: %s",
                                 situation->input->host->livepatch_unknown);
                return PATCH_UNKNOWN;
        }
        state = find_transition(situation, report);
        if (state != PATCH_UNKNOWN)
                return state;
        if (report->partial)
                return PATCH_OUTDATED;
        if (report->active && situation->calendar->patches_unlisted) {
                text_list_format(&report->because, situation->pool,
                                 "patch %s is active; its vendor publishes no versions: whether it "
                                 "is the newest cannot be told",
                                 report->active);
                return PATCH_APPLIED;
        }
        if (report->active) {
                if (report->newest_version &&
                    package_evr_compare(report->active, report->newest_version) < 0)
                        return PATCH_OUTDATED;
                if (!outlived)
                        return PATCH_APPLIED;
                text_list_format(&report->because, situation->pool,
                                 "patch %s is active; %s to say that it is the newest",
                                 report->active, why);
                return PATCH_UNKNOWN;
        }
        if (any_known_idle(report))
                return PATCH_DISABLED;
        if (any_foreign_enabled(report))
                return PATCH_FOREIGN;
        for (size_t i = 0; i < report->n_patches; i++)
                if (is_unreadable(report->patches[i].loaded)) {
                        text_list_format(&report->because, situation->pool,
                                         "the state of patch %s could not be read",
                                         report->patches[i].loaded->name);
                        return PATCH_UNKNOWN;
                }
        if (running->eligible == ELIGIBLE_YES && report->newest_version)
                return PATCH_MISSING;
        if (running->eligible == ELIGIBLE_YES && situation->calendar->patches_unlisted) {
                text_list_add(&report->because, situation->pool,
                              "no patch is loaded; its vendor publishes no versions: whether one "
                              "was "
                              "released cannot be told");
                return PATCH_UNKNOWN;
        }
        if (running->eligible == ELIGIBLE_YES && !outlived)
                return PATCH_NONE_NEEDED;
        if (running->eligible == ELIGIBLE_NO)
                return PATCH_NOT_APPLICABLE;
        text_list_add(&report->because, situation->pool,
                      running->eligible == ELIGIBLE_YES
                                      ? memory_pool_format(situation->pool,
                                                           "%s to say that no patch was released",
                                                           why)
                                      : "no patch is loaded, and it is not known whether this "
                                        "kernel gets one");
        return PATCH_UNKNOWN;
}

void patch_report(const Situation *situation, const JudgedKernel *running, Freshness freshness,
                  PatchReport *ret) {
        char package[LIVEPATCH_NAME_BYTES];
        PatchReport report = {};

        if (situation->calendar && livepatch_package_name(&situation->running, package) == 0)
                report.package = memory_pool_text(situation->pool, package);
        find_on_disk(situation, &report);
        if (situation->calendar && running->coverage != COVERAGE_NOT_APPLICABLE)
                find_newest(situation, running, &report);
        judge_patches(situation, &report);
        report.state = find_state(situation, running, freshness, &report);
        *ret = report;
}
