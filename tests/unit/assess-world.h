/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A small world for tests of core: one vendor's calendar, a host and the facts about it, each set with
 * a line. It is a RHEL 9.4 EUS host with the initial kernel unless the test says otherwise.
 */

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/assessment.h"

#define WORLD_KERNEL "5.14.0-427.13.1.el9_4"
#define WORLD_PACKAGE "kpatch-patch-5_14_0-427_13_1"
#define WORLD_MODULE "kpatch_5_14_0_427_13_1_1_"

static const char world_calendar[] =
                "[Calendar]\nVendor=redhat\nOsIds=rhel\nKernelForm=el\nStreamPrefix="
                "rhel\nArchitectures=x86_64 ppc64le\n"
                "Scope=important critical\nPatchLag=30d\nBaseRepositories=rhel-*-baseos-* "
                "rhui-rhel-*-baseos-* rhel-7-server-rpms rhel-7-server-eus-rpms\n"
                "IgnoredRepositories=*-debug-* *-source-* "
                "*beta*\nLoaderService=kpatch.service\nLoaderOffOption=kpatch.enable=0\n"
                "[Model every]\nSelected=no\nMonths=6\n"
                "[Model selected]\nFrom=2024-04-30\nSelected=yes\nMonths=12\nSelectionDays=01-01 "
                "03-01 06-01 09-01 12-01\nTolerance=14d\n"
                "[Stream "
                "rhel-8.6]\nGeneralAvailability=2022-05-10\nInitialKernel=4.18.0-372.9.1."
                "el8\nMainEnd=2022-11-08\n"
                "EusEnd=2024-05-31\nE4sEnd=2026-05-31\nAusEnd=2028-05-31\nTusEnd=2026-05-"
                "31\nLivePatches=yes\n"
                "[Stream "
                "rhel-9.2]\nGeneralAvailability=2023-05-09\nInitialKernel=5.14.0-284.11.1.el9_"
                "2\nMainEnd=2023-11-07\n"
                "EusEnd=2025-05-31\nE4sEnd=2027-05-31\nAusEnd=-\nTusEnd=-\nLivePatches=yes\n"
                "[Stream "
                "rhel-9.3]\nGeneralAvailability=2023-11-07\nInitialKernel=5.14.0-362.8.1.el9_"
                "3\nMainEnd=2024-04-30\n"
                "EusEnd=-\nE4sEnd=-\nAusEnd=-\nTusEnd=-\nLivePatches=yes\n"
                "[Stream "
                "rhel-9.4]\nGeneralAvailability=2024-04-30\nInitialKernel=5.14.0-427.13.1.el9_"
                "4\nMainEnd=2024-11-12\n"
                "EusEnd=2026-04-30\nE4sEnd=2028-04-30\nAusEnd=-\nTusEnd=-\nLivePatches=yes\n"
                "[Stream "
                "rhel-9.5]\nGeneralAvailability=2024-11-12\nInitialKernel=5.14.0-503.14.1.el9_"
                "5\nMainEnd=?\n"
                "EusEnd=-\nE4sEnd=-\nAusEnd=-\nTusEnd=-\nLivePatches=yes\n"
                "[Stream "
                "rhel-10.1]\nGeneralAvailability=2025-11-11\nInitialKernel=6.12.0-124.8.1.el10_"
                "1\nMainEnd=2026-05-19\n"
                "EusEnd=-\nE4sEnd=-\nAusEnd=-\nTusEnd=-\nLivePatches=no\n"
                "[Stream "
                "rhel-10.2]\nGeneralAvailability=2026-05-19\nInitialKernel=6.12.0-211.7.1.el10_"
                "2\nMainEnd=?\n"
                "EusEnd=2028-05-31\nE4sEnd=2030-05-31\nAusEnd=-\nTusEnd=-\nLivePatches="
                "yes\nLivePatchesFrom=6.12.0-211.16.1.el10_2\n"
                "LivePatchesUntil=2027-01-31\n";

typedef struct World {
        SupportCalendar *calendar;
        Facts *facts;
        HostFacts *host;
        OperatorPolicy policy;
        const FeedStatus *feeds; /* the test's */
        size_t n_feeds;
        const AlertBook *alerts; /* the test's; NULL = none were before */
        bool clock_runs;         /* the time is that of a clock, which may be wrong */
        Assessment *assessment;
} World;

static inline UtcTime world_time(const char *text) {
        UtcTime time = UTC_TIME_NONE;

        if (text)
                ck_assert_msg(utc_time_parse_lenient(text, &time) == 0, "no time: %s", text);
        return time;
}

static inline const char *world_day(UtcDay day) {
        static char buffers[8][UTC_DAY_TEXT_BYTES];
        static unsigned next;

        return utc_day_format(day, buffers[next++ % 8]);
}

static inline void world_set_kernel(World *world, const char *release) {
        world->host->kernel = memory_pool_format(world->host->pool, "%s.x86_64", release);
        world->host->kernel_unknown = NULL;
}

/* A source that is complete up to `complete_to`; facts that follow are its. */
static inline void world_source(World *world, FeedKind kind, const char *complete_to) {
        FactSource *source = memory_pool_append(world->facts->pool, world->facts->sources,
                                                world->facts->n_sources);

        *source = (FactSource){ .name = "test",
                                .vendor = "redhat",
                                .source = "a test",
                                .complete_to = world_time(complete_to),
                                .kind = kind };
}

static inline World *world_new(void) {
        World *world = calloc(1, sizeof(*world));
        char *message = NULL;

        ck_assert_ptr_nonnull(world);
        ck_assert_msg(support_calendar_parse(world_calendar, "test.conf", &world->calendar,
                                             &message) == 0,
                      "%s", message);
        ck_assert_int_eq(facts_new(&world->facts), 0);
        ck_assert_int_eq(host_facts_new(&world->host), 0);
        world_set_kernel(world, WORLD_KERNEL);
        world->host->os_id = "rhel";
        world->host->os_unknown = world->host->livepatch_unknown = NULL;
        world->host->livepatch_support = TRISTATE_YES;
        world->host->installed_kernels_unknown = world->host->packages_unknown =
                        world->host->modules_unknown = NULL;
        world->host->loader_unknown = world->host->repositories_unknown = NULL;
        world->host->loader_service = "kpatch.service";
        world->host->loader_state = "enabled";
        world->host->default_kernel_unknown = "not recorded";
        text_list_add(&world->host->repositories, world->host->pool,
                      "rhel-9-for-x86_64-baseos-eus-rpms");
        world_source(world, FEED_KIND_FILE, "2030-01-01");
        return world;
}

static inline void world_free(World *world) {
        assessment_free(world->assessment);
        host_facts_free(world->host);
        facts_free(world->facts);
        support_calendar_free(world->calendar);
        free(world);
}

static inline void world_channel(World *world, const char *token) {
        world->host->repositories = (TextList){};
        if (token)
                text_list_format(&world->host->repositories, world->host->pool,
                                 "rhel-9-for-x86_64-baseos-%s%srpms", token, token[0] ? "-" : "");
}

/* "CVE-2024-1=important CVE-2024-2": sorted, the severity may be missing. */
static inline CveFact *world_cves(World *world, const char *text, size_t *ret_n) {
        CveFact *cves = NULL;
        char copy[1024], *rest = copy, *word;

        *ret_n = 0;
        snprintf(copy, sizeof(copy), "%s", text ? text : "");
        while ((word = strsep(&rest, " "))) {
                char *equals = strchr(word, '=');
                CveFact *cve;

                if (word[0] == '\0')
                        continue;
                cve = memory_pool_append(world->facts->pool, cves, *ret_n);
                if (equals) {
                        *equals = '\0';
                        ck_assert_int_eq(severity_from_text(equals + 1, &cve->severity), 0);
                }
                cve->id = memory_pool_text(world->facts->pool, word);
        }
        cve_facts_sort(cves, *ret_n);
        return cves;
}

static inline ChannelSet world_channels(const char *text) {
        ChannelSet set = 0;

        for (Channel channel = CHANNEL_MAIN; text && channel < _CHANNEL_MAX; channel++)
                if (strstr(text, channel_to_text(channel)))
                        set |= 1u << channel;
        return set;
}

static inline KernelFact *world_kernel(World *world, const char *release, const char *stream,
                                       const char *channels, const char *released,
                                       Severity severity, const char *cves) {
        KernelFact *fact = memory_pool_append(world->facts->pool, world->facts->kernels,
                                              world->facts->n_kernels);
        size_t n_cves;

        *fact = (KernelFact){ .release = release,
                              .stream = stream,
                              .channels = world_channels(channels),
                              .released = world_time(released),
                              .advisory = "RHSA-1",
                              .severity = severity,
                              .source = world->facts->n_sources - 1 };
        fact->cves = world_cves(world, cves, &n_cves);
        fact->n_cves = n_cves;
        return fact;
}

static inline PatchFact *world_patch(World *world, const char *package, const char *version,
                                     const char *base, const char *stream, const char *channels,
                                     const char *released, const char *cves) {
        PatchFact *fact = memory_pool_append(world->facts->pool, world->facts->patches,
                                             world->facts->n_patches);
        size_t n_cves;

        *fact = (PatchFact){ .package = package,
                             .version = version,
                             .base = base,
                             .stream = stream,
                             .channels = world_channels(channels),
                             .released = world_time(released),
                             .advisory = "RHSA-2",
                             .severity = SEVERITY_IMPORTANT,
                             .source = world->facts->n_sources - 1 };
        fact->cves = world_cves(world, cves, &n_cves);
        fact->n_cves = n_cves;
        return fact;
}

static inline LoadedPatch *world_load(World *world, const char *module, Tristate enabled,
                                      Tristate transition) {
        LoadedPatch *patch = memory_pool_append(world->host->pool, world->host->patches,
                                                world->host->n_patches);

        *patch = (LoadedPatch){ .name = module,
                                .listed = true,
                                .enabled = enabled,
                                .transition = transition,
                                .since = UTC_TIME_NONE,
                                .loaded_since = UTC_TIME_NONE,
                                .enabled_since = UTC_TIME_NONE };
        return patch;
}

static inline void world_install(World *world, const char *package, const char *version) {
        InstalledPackage *installed = memory_pool_append(world->host->pool, world->host->packages,
                                                         world->host->n_packages);

        *installed = (InstalledPackage){ .name = package, .version = version, .arch = "x86_64" };
}

/* A module file for the running kernel. */
static inline void world_file(World *world, const char *module) {
        ModuleFile *file = memory_pool_append(world->host->pool, world->host->modules,
                                              world->host->n_modules);

        *file = (ModuleFile){ .path = "/var/lib/kpatch/x.ko",
                              .kernel = world->host->kernel,
                              .name = module,
                              .vermagic = world->host->kernel,
                              .livepatch = true };
}

static inline void world_boots(World *world, const char *release) {
        world->host->default_kernel = memory_pool_format(world->host->pool, "%s.x86_64", release);
        world->host->default_kernel_unknown = NULL;
}

static inline void world_has_installed(World *world, const char *release) {
        text_list_format(&world->host->installed_kernels, world->host->pool, "%s.x86_64", release);
}

static inline const Assessment *world_assess(World *world, const char *at) {
        const SupportCalendar *calendars[] = { world->calendar };
        AssessInput input = { .host = world->host,
                              .facts = world->facts,
                              .calendars = calendars,
                              .n_calendars = 1,
                              .policy = &world->policy,
                              .feeds = world->feeds,
                              .n_feeds = world->n_feeds,
                              .alerts = world->alerts,
                              .now = world_time(at),
                              .clock = world_time(at),
                              .clock_given = !world->clock_runs };

        world->assessment = assessment_free(world->assessment);
        ck_assert_int_eq(assess(&input, &world->assessment), 0);
        world->assessment->input.calendars = NULL; /* an array of this call */
        return world->assessment;
}

static inline const JudgedKernel *world_judge(World *world, const char *at) {
        return world_assess(world, at)->running;
}

static inline bool world_says(const TextList *because, const char *part) {
        for (size_t i = 0; i < because->n_items; i++)
                if (strstr(because->items[i], part))
                        return true;
        return false;
}
