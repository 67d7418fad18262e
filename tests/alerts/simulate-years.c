/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * simulate-years CALENDAR DIGEST advised|newest: two years of a host, an hour before noon each day, with the kernels and
 * live patches that were really released. Prints what its alerts told, and ends with a failure as soon as one was
 * told twice, was not told, or has no action.
 *
 * advised: updates install every kernel and make it the default, until the first alert; then the default is kept. It
 *          applies live patches and reboots when that is advised and due.
 * newest:  boots each kernel on the day of its release.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounded-read.h"
#include "base/text.h"
#include "core/assessment.h"
#include "format/digest-read.h"

#define FIRST_KERNEL "5.14.0-427.13.1.el9_4"
#define FIRST_DAY "2024-05-02"
#define LAST_DAY "2026-05-27"

typedef struct Years {
        HostFacts *host;
        Facts *facts;
        SupportCalendar *calendar;
        OperatorPolicy policy;
        MemoryPool *pools[2]; /* of the book, and of the one before */
        AlertBook book;
        UtcTime now;
        bool advised;
        bool pinned; /* the default kernel is kept */
        unsigned n_told, n_days, n_reboots, n_of[_COVERAGE_MAX];
} Years;

static void __attribute__((__noreturn__))
fail(const Years *years, const char *what, const char *which) {
        char text[UTC_TIME_TEXT_BYTES];

        printf("%s: %s: %s\n", utc_time_format(years->now, text), what, which);
        exit(1);
}

static char *read_whole(const char *path, size_t *ret_n) {
        char *text = NULL;

        if (bounded_read(AT_FDCWD, path, DIGEST_MAX_BYTES, &text, ret_n) != 0) {
                printf("%s cannot be read\n", path);
                exit(1);
        }
        return text;
}

static void boot(Years *years, const char *kernel) {
        HostFacts *host = years->host;

        host->kernel = text_ends_with(kernel, ".x86_64")
                                       ? memory_pool_text(host->pool, kernel)
                                       : memory_pool_format(host->pool, "%s.x86_64", kernel);
        host->default_kernel = host->kernel;
        host->booted = years->now;
        host->n_patches = host->n_modules = 0;
        if (!text_list_has(&host->installed_kernels, host->kernel))
                text_list_add(&host->installed_kernels, host->pool, host->kernel);
        years->n_reboots++;
}

/* The module of a live-patch package for RHEL: kpatch_5_14_0_427_13_1_1_2. */
static void apply_patch(Years *years, const PatchFact *patch) {
        HostFacts *host = years->host;
        char module[128], *c;

        snprintf(module, sizeof(module), "kpatch_%s_%s", patch->package + strlen("kpatch-patch-"),
                 patch->version);
        for (c = module; *c; c++)
                if (*c == '-')
                        *c = '_';
        host->packages = memory_pool_alloc(host->pool, sizeof(*host->packages));
        host->packages[0] = (InstalledPackage){
                .name = patch->package,
                .version = memory_pool_format(host->pool, "%s.el9", patch->version),
                .arch = "x86_64",
        };
        host->n_packages = 1;
        host->modules = memory_pool_alloc(host->pool, sizeof(*host->modules));
        host->modules[0] = (ModuleFile){ .path = "/var/lib/kpatch/x.ko",
                                         .kernel = host->kernel,
                                         .name = memory_pool_text(host->pool, module),
                                         .vermagic = host->kernel,
                                         .livepatch = true };
        host->n_modules = 1;
        host->patches = memory_pool_alloc(host->pool, sizeof(*host->patches));
        host->patches[0] = (LoadedPatch){ .name = host->modules[0].name,
                                          .listed = true,
                                          .enabled = TRISTATE_YES,
                                          .transition = TRISTATE_NO,
                                          .since = UTC_TIME_NONE,
                                          .loaded_since = UTC_TIME_NONE,
                                          .enabled_since = UTC_TIME_NONE };
        host->n_patches = 1;
}

static void tell(Years *years, AlertEntry *entry) {
        char day[UTC_DAY_TEXT_BYTES];

        printf("%s  %-8s  %-8s  %-23s  %s\n", utc_day_format(utc_day_of(years->now), day),
               alert_news_to_text(entry->news), alert_level_to_text(entry->alert.level),
               alert_class_to_text(entry->kind), entry->alert.text);
        if (entry->news != ALERT_NEWS_CLEARED)
                printf("%12s%s\n", "", entry->alert.action);
        entry->news = ALERT_NEWS_NONE;
        years->n_told++;
}

/* What was told before must not be told again, and what is there must have been. */
static void check(const Years *years, const AlertBook *before, const AlertEntry *entry) {
        const AlertEntry *old = &before->entries[entry->kind];
        const char *class = alert_class_to_text(entry->kind);
        bool open = entry->used && entry->open, was_open = old->used && old->open;

        if (open && (!entry->alert.text || !entry->alert.action || !entry->alert.action[0]))
                fail(years, "an alert without an action", class);
        if (open && !was_open && entry->news != ALERT_NEWS_RAISED &&
            entry->tell_at == UTC_TIME_NONE)
                fail(years, "an alert that was not told", class);
        if (was_open && !open && entry->news != ALERT_NEWS_CLEARED)
                fail(years, "the end of an alert that was not told", class);
        if (open && was_open && entry->alert.level > old->told_level &&
            entry->news == ALERT_NEWS_NONE)
                fail(years, "a worse alert that was not told", class);
        if (open && was_open && entry->news == ALERT_NEWS_RAISED && entry->since == old->since &&
            old->tell_at == UTC_TIME_NONE)
                fail(years, "an alert that was told twice", class);
        if (entry->news == ALERT_NEWS_WORSENED && entry->alert.level <= old->told_level &&
            entry->alert.objects.n_items == old->alert.objects.n_items)
                fail(years, "an alert that is no worse", class);
}

static void take_alerts(Years *years, const Assessment *assessment) {
        AlertBook before = years->book;
        Coverage coverage = assessment->running->coverage;
        bool bad = coverage == COVERAGE_ENDING || coverage == COVERAGE_ENDED ||
                   coverage == COVERAGE_UNSUPPORTED || coverage == COVERAGE_UNCONFIRMED;
        bool any = false;

        memory_pool_free(years->pools[1]);
        years->pools[1] = years->pools[0];
        if (memory_pool_new(&years->pools[0]) != 0)
                exit(1);
        years->book = alert_book_copy(years->pools[0], &assessment->alerts);
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++) {
                AlertEntry *entry = &years->book.entries[kind];

                any = any || (entry->used && entry->open);
                check(years, &before, entry);
                if (entry->news != ALERT_NEWS_NONE)
                        tell(years, entry);
        }
        if (bad && !any)
                fail(years, "no alert though the kernel is", coverage_to_text(coverage));
}

static const KernelFact *released_today(const Years *years) {
        const KernelFact *newest = NULL;

        for (size_t i = 0; i < years->facts->n_kernels; i++) {
                const KernelFact *fact = &years->facts->kernels[i];

                if (fact->stream && text_starts_with(fact->stream, "rhel-9.") &&
                    fact->channels & 1u << CHANNEL_MAIN &&
                    utc_day_of(fact->released) == utc_day_of(years->now))
                        newest = fact;
        }
        return newest;
}

static void live(Years *years, const Assessment *assessment) {
        const Advice *advice = &assessment->advice;
        UtcDay today = assessment->situation.today;
        char day[UTC_DAY_TEXT_BYTES];

        if (years->book.entries[ALERT_NEXT_BOOT_LEAVES_STREAM].used && !years->pinned) {
                years->pinned = true;
                years->host->default_kernel = years->host->kernel;
                printf("%s  — the default kernel is %s from now on\n", utc_day_format(today, day),
                       years->host->kernel);
        }
        if ((advice->action == ADVICE_APPLY_LIVE_PATCH ||
             advice->action == ADVICE_LOAD_LIVE_PATCH) &&
            assessment->patch.newest) {
                apply_patch(years, assessment->patch.newest);
                printf("%s  — live patch %s is applied\n", utc_day_format(today, day),
                       years->host->patches[0].name);
        }
        if (advice->action == ADVICE_REBOOT && advice->kernel &&
            (advice->by == UTC_DAY_NONE || advice->by <= today)) {
                char kernel[128];

                snprintf(kernel, sizeof(kernel), "%s", advice->kernel);
                boot(years, kernel);
                printf("%s  — reboot into %s\n", utc_day_format(today, day), years->host->kernel);
        }
}

static void live_a_day(Years *years) {
        const SupportCalendar *calendars[] = { years->calendar };
        const KernelFact *released = released_today(years);
        AssessInput input = { .host = years->host,
                              .facts = years->facts,
                              .calendars = calendars,
                              .n_calendars = 1,
                              .policy = &years->policy,
                              .alerts = &years->book,
                              .now = years->now,
                              .clock = years->now,
                              .clock_given = true };
        _cleanup_(assessment_freep) Assessment *assessment = NULL;

        if (released && !years->advised)
                boot(years, released->release);
        else if (released) {
                const char *name = memory_pool_format(years->host->pool, "%s.x86_64",
                                                      released->release);

                text_list_add(&years->host->installed_kernels, years->host->pool, name);
                if (!years->pinned)
                        years->host->default_kernel = name;
        }
        if (assess_moment(&input, &assessment) != 0)
                fail(years, "no answer", "");
        take_alerts(years, assessment);
        years->n_days++;
        years->n_of[assessment->running->coverage]++;
        if (years->advised)
                live(years, assessment);
}

static void begin(Years *years) {
        HostFacts *host;

        if (host_facts_new(&years->host) != 0)
                exit(1);
        host = years->host;
        host->os_id = "rhel";
        host->arch = "x86_64";
        host->os_unknown = host->kernel_unknown = host->livepatch_unknown = NULL;
        host->livepatch_support = TRISTATE_YES;
        host->installed_kernels_unknown = host->packages_unknown = host->modules_unknown = NULL;
        host->loader_unknown = host->repositories_unknown = host->default_kernel_unknown = NULL;
        host->loader_service = "kpatch.service";
        host->loader_state = "enabled";
        text_list_add(&host->repositories, host->pool, "rhel-9-for-x86_64-baseos-rpms");
        boot(years, FIRST_KERNEL);
        years->n_reboots = 0;
        years->policy.live_patching = LIVE_PATCHING_YES;
        years->book = alert_book_empty();
}

int main(int argc, char **argv) {
        char reason[DIGEST_READ_REASON_BYTES], *message = NULL;
        _cleanup_free_ char *calendar = NULL, *digest = NULL;
        Years years = {};
        UtcTime last;
        size_t n;

        if (argc != 4)
                return 1;
        calendar = read_whole(argv[1], &n);
        if (support_calendar_parse(calendar, argv[1], &years.calendar, &message) != 0)
                return 1;
        digest = read_whole(argv[2], &n);
        if (facts_new(&years.facts) != 0 ||
            digest_read(years.facts, "bundled", FEED_KIND_FILE, digest, n, reason) != 0 ||
            facts_index(years.facts) != 0)
                return 1;
        if (utc_time_parse_lenient(FIRST_DAY, &years.now) != 0 ||
            utc_time_parse_lenient(LAST_DAY, &last) != 0)
                return 1;
        years.now += 11 * USEC_PER_HOUR;
        years.advised = strcmp(argv[3], "advised") == 0;
        begin(&years);
        for (; years.now < last; years.now += USEC_PER_DAY)
                live_a_day(&years);

        printf("\n%u days, %u reboots, %u times something was told\n", years.n_days,
               years.n_reboots, years.n_told);
        for (Coverage coverage = 0; coverage < _COVERAGE_MAX; coverage++)
                if (years.n_of[coverage] > 0)
                        printf("%5u days %s\n", years.n_of[coverage], coverage_to_text(coverage));
        memory_pool_free(years.pools[0]);
        memory_pool_free(years.pools[1]);
        host_facts_free(years.host);
        facts_free(years.facts);
        support_calendar_free(years.calendar);
        return 0;
}
