/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The situation. Before anything is judged it must be clear whose kernel runs, in which minor, what
 * the host can get, and what was known at the moment asked about: a fact released later must not
 * colour an answer about an earlier day. Everything here is found, nothing judged.
 */

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/livepatch-name.h"
#include "core/situation.h"

/* From when on a fact is known: its release, else what its source is complete to. */
static bool is_known_by(const Situation *situation, UtcTime moment, UtcTime released,
                        size_t source) {
        if (released == UTC_TIME_NONE)
                released = situation->input->facts->sources[source].complete_to;
        return released != UTC_TIME_NONE && released <= moment;
}

static bool is_known_at(const Situation *situation, UtcTime released, size_t source) {
        return is_known_by(situation, situation->input->now, released, source);
}

/* A list's own time: what its digest is complete to says more when it was united with others. */
static UtcTime known_since(const WindowFact *window) {
        return window->revised > 0 ? window->revised : UTC_TIME_NONE;
}

static bool is_of_vendor(const Situation *situation, size_t source) {
        return text_equal(situation->input->facts->sources[source].vendor,
                          situation->calendar->vendor);
}

static bool has_form(const SupportCalendar *calendar, const KernelRelease *kernel) {
        if (kernel->flavour[0] != '\0')
                return text_list_has(&calendar->flavours, kernel->flavour);
        return calendar->kernel_form && kernel->dist_major >= 0 &&
               text_starts_with(kernel->dist, calendar->kernel_form);
}

static bool has_flavours(const SupportCalendar *calendar) {
        return calendar->flavours.n_items > 0;
}

void situation_name_variant(const Situation *situation, KernelRelease *kernel) {
        if (kernel->flavour[0] != '\0' &&
            (!situation->calendar || !has_form(situation->calendar, kernel)))
                strcpy(kernel->variant, kernel->flavour);
}

int situation_parse_kernel(const Situation *situation, const char *text, KernelRelease *ret) {
        int r;

        r = kernel_release_parse(text, ret);
        if (r)
                return r;
        situation_name_variant(situation, ret);
        return 0;
}

bool situation_is_vendor_kernel(const Situation *situation, const KernelRelease *kernel) {
        return situation->calendar && kernel->variant[0] == '\0' &&
               (has_form(situation->calendar, kernel) ||
                (has_flavours(situation->calendar) && kernel_release_is_bare(kernel)));
}

static bool matches_any(const TextList *globs, const char *text) {
        for (size_t i = 0; i < globs->n_items; i++)
                if (fnmatch(globs->items[i], text, 0) == 0)
                        return true;
        return false;
}

/* What a kernel's own name says is more exact than a feed, whose advisories may cover several minors. */
static const char *stream_by_glob(const SupportCalendar *calendar, const KernelRelease *kernel) {
        for (size_t i = 0; i < calendar->n_streams; i++)
                if (matches_any(&calendar->streams[i].kernels, kernel->name))
                        return calendar->streams[i].name;
        return NULL;
}

static const CalendarStream *stream_of_initial_kernel(const SupportCalendar *calendar,
                                                      const KernelRelease *kernel) {
        for (size_t i = 0; i < calendar->n_streams; i++) {
                const CalendarStream *stream = &calendar->streams[i];
                KernelRelease initial;

                if (stream->major != kernel->dist_major || !stream->initial_kernel ||
                    kernel_release_parse(stream->initial_kernel, &initial) != 0)
                        continue;
                if (strcmp(initial.version, kernel->version) == 0 &&
                    kernel_release_first_number(&initial) == kernel_release_first_number(kernel))
                        return stream;
        }
        return NULL;
}

/* Without the facts: by the dist tag, or for a plain one by the initial kernel that shares its first number. */
static const char *stream_by_name(const Situation *situation, const KernelRelease *kernel) {
        const CalendarStream *stream;

        if (kernel->dist_major < 0 || !text_starts_with(kernel->dist, "el"))
                return NULL;
        if (kernel->dist_minor >= 0)
                return memory_pool_format(situation->pool, "%s-%d.%d",
                                          situation->calendar->stream_prefix, kernel->dist_major,
                                          kernel->dist_minor);
        stream = stream_of_initial_kernel(situation->calendar, kernel);
        return stream ? stream->name : NULL;
}

const char *situation_stream_of(const Situation *situation, const KernelRelease *kernel) {
        const KnownKernel *known;
        const char *stream;

        if (!situation->calendar)
                return NULL;
        stream = stream_by_glob(situation->calendar, kernel);
        if (stream)
                return stream;
        known = situation_find_kernel(situation, kernel);
        return known && known->stream ? known->stream : stream_by_name(situation, kernel);
}

int situation_compare_kernels(int major_a, int minor_a, const KernelRelease *a, int major_b,
                              int minor_b, const KernelRelease *b) {
        if (major_a != major_b)
                return major_a - major_b;
        if (minor_a != minor_b)
                return minor_a - minor_b;
        return kernel_release_compare(a, b);
}

static int compare_known(const void *a, const void *b) {
        const KnownKernel *x = a, *y = b;
        int order;

        order = situation_compare_kernels(x->major, x->minor, &x->release, y->major, y->minor,
                                          &y->release);
        return order != 0 ? order : strcmp(x->name, y->name);
}

/* By release; those of one release in their order. */
static int compare_facts(const void *a, const void *b) {
        const KernelFact *const *x = a, *const *y = b;
        int order = strcmp((*x)->release, (*y)->release);

        return order != 0 ? order : (*x > *y) - (*x < *y);
}

static void name_kernel(const Situation *situation, const KernelRelease *release,
                        const char *stream, KnownKernel *known) {
        size_t n_prefix;

        known->release = *release;
        known->stream = stream_by_glob(situation->calendar, release);
        if (!known->stream)
                known->stream = stream ? stream : stream_by_name(situation, release);
        known->major = known->minor = -1;
        if (known->stream)
                stream_name_parse(known->stream, &n_prefix, &known->major, &known->minor);
        known->calendar_stream = support_calendar_find_stream(situation->calendar, known->stream);
}

/* The facts are all that there are of one kernel. */
static void add_kernel_facts(Situation *situation, const KernelFact **facts, size_t n_facts) {
        KnownKernel *known = &situation->kernels[situation->n_kernels];
        KernelRelease release;

        if (kernel_release_parse(facts[0]->release, &release) != 0)
                return;
        *known = (KnownKernel){ .name = facts[0]->release,
                                .released = UTC_DAY_NONE,
                                .facts = facts,
                                .n_facts = n_facts };
        name_kernel(situation, &release, facts[0]->stream, known);
        for (size_t i = 0; i < n_facts; i++) {
                UtcDay day = utc_day_of(facts[i]->released);

                if (day != UTC_DAY_NONE &&
                    (known->released == UTC_DAY_NONE || day < known->released))
                        known->released = day;
                known->channels |= facts[i]->channels;
        }
        situation->n_kernels++;
        situation->n_kernel_facts += n_facts;
}

/* Facts sorted by compare_facts(): those of one kernel stand together. */
static void add_kernels(Situation *situation, const KernelFact **facts, size_t n_facts) {
        size_t n_kernels = 0, n_same;

        for (size_t i = 0; i < n_facts; i++)
                n_kernels += i == 0 || strcmp(facts[i - 1]->release, facts[i]->release) != 0;
        situation->kernels = memory_pool_room(situation->pool, n_kernels * sizeof(KnownKernel));
        if (!situation->kernels)
                return;
        for (size_t i = 0; i < n_facts; i += n_same) {
                n_same = 1;
                while (i + n_same < n_facts &&
                       strcmp(facts[i]->release, facts[i + n_same]->release) == 0)
                        n_same++;
                add_kernel_facts(situation, facts + i, n_same);
        }
}

bool situation_has_architecture(const Situation *situation, const TextList *arch) {
        return arch->n_items == 0 || situation->running.arch[0] == '\0' ||
               text_list_has(arch, situation->running.arch);
}

static void gather_facts(Situation *situation) {
        const Facts *facts = situation->input->facts;
        const KernelFact **sorted = memory_pool_room(
                        situation->pool, (facts->n_kernels + 1) * sizeof(const KernelFact *));
        size_t n_sorted = 0;

        if (!sorted)
                return; /* whoever owns the pool finds out */
        for (size_t i = 0; i < facts->n_kernels; i++)
                if (is_of_vendor(situation, facts->kernels[i].source) &&
                    is_known_at(situation, facts->kernels[i].released, facts->kernels[i].source))
                        sorted[n_sorted++] = &facts->kernels[i];
        if (n_sorted > 1)
                qsort((void *) sorted, n_sorted, sizeof(*sorted), compare_facts);
        add_kernels(situation, sorted, n_sorted);
        if (situation->n_kernels > 1)
                qsort(situation->kernels, situation->n_kernels, sizeof(KnownKernel), compare_known);

#define GATHER(kind, time, counts)                                                                 \
        for (size_t i = 0; i < facts->n_##kind; i++) {                                             \
                typeof(situation->kind) _slot;                                                     \
                                                                                                   \
                if (!is_of_vendor(situation, facts->kind[i].source) || !(counts) ||                \
                    !is_known_at(situation, (time), facts->kind[i].source))                        \
                        continue;                                                                  \
                _slot = memory_pool_append(situation->pool, situation->kind, situation->n_##kind); \
                if (_slot)                                                                         \
                        *_slot = &facts->kind[i];                                                  \
        }
        /* A package for another architecture is no evidence here. */
        GATHER(patches, facts->patches[i].released,
               situation_has_architecture(situation, &facts->patches[i].arch))
        GATHER(repositories, facts->repositories[i].complete_at, true)
        GATHER(windows, known_since(&facts->windows[i]), true)
#undef GATHER
}

const KnownKernel *situation_find_kernel(const Situation *situation, const KernelRelease *kernel) {
        for (size_t i = 0; i < situation->n_kernels; i++)
                if (kernel_release_is_same(&situation->kernels[i].release, kernel))
                        return &situation->kernels[i];
        return NULL;
}

static Channel channel_of_repository(const char *id) {
        static const Channel widest_last[] = { CHANNEL_EUS, CHANNEL_E4S, CHANNEL_AUS, CHANNEL_TUS,
                                               CHANNEL_LTSS };
        Channel found = CHANNEL_MAIN;
        char token[8];

        for (size_t i = 0; i < ELEMENTS(widest_last); i++) {
                snprintf(token, sizeof(token), "-%s-", channel_to_text(widest_last[i]));
                if (strcasestr(id, token))
                        found = widest_last[i];
        }
        return found;
}

/* The widest channel named by an enabled base repository; the enum is in that order. */
static Channel channel_of_host(Situation *situation) {
        const HostFacts *host = situation->input->host;
        const char *from = NULL;
        Channel channel = CHANNEL_UNKNOWN;

        if (situation->input->policy->channel != CHANNEL_UNKNOWN) {
                text_list_format(&situation->because, situation->pool,
                                 "channel %s: set by the operator (%s)",
                                 channel_to_text(situation->input->policy->channel),
                                 situation->input->policy->channel_place);
                return situation->input->policy->channel;
        }
        /* A vendor with one channel has no repositories that would tell. */
        if (situation->calendar->base_repositories.n_items == 0)
                return CHANNEL_MAIN;
        if (host->repositories_unknown) {
                text_list_format(&situation->because, situation->pool,
                                 "channel unknown: enabled repositories: %s; judged as main",
                                 host->repositories_unknown);
                return CHANNEL_UNKNOWN;
        }

        for (size_t i = 0; i < host->repositories.n_items; i++) {
                const char *id = host->repositories.items[i];

                if (!matches_any(&situation->calendar->base_repositories, id) ||
                    matches_any(&situation->calendar->ignored_repositories, id))
                        continue;
                if (channel_of_repository(id) > channel) {
                        channel = channel_of_repository(id);
                        from = id;
                }
        }
        if (from)
                text_list_format(&situation->because, situation->pool,
                                 "channel %s: repository %s is enabled", channel_to_text(channel),
                                 from);
        else
                text_list_add(&situation->because, situation->pool,
                              "channel unknown: no base repository is enabled; judged as main");
        return channel;
}

static Channel bring_down(Channel channel, const CalendarStream *stream) {
        while (stream && channel > CHANNEL_MAIN && !stream->has_channel[channel])
                channel = channel == CHANNEL_EUS || channel == CHANNEL_LTSS ? CHANNEL_MAIN
                                                                            : CHANNEL_EUS;
        return channel;
}

Channel situation_channel_in(const Situation *situation, const CalendarStream *stream) {
        return bring_down(situation->channel, stream);
}

bool situation_available(const Situation *situation, const char *stream, ChannelSet channels) {
        const CalendarStream *calendar_stream =
                        support_calendar_find_stream(situation->calendar, stream);

        if (channels == 0 && situation->calendar->base_repositories.n_items == 0)
                return true; /* the vendor has one channel */
        return (channels & channel_set_of_host(situation_channel_in(situation, calendar_stream))) !=
               0;
}

bool situation_can_get_patch(const Situation *situation, const PatchFact *patch,
                             const char *stream) {
        return situation_available(situation, patch->stream ? patch->stream : stream,
                                   patch->channels);
}

const char *situation_day_text(const Situation *situation, UtcDay day) {
        char buffer[UTC_DAY_TEXT_BYTES];

        return memory_pool_text(situation->pool, utc_day_format(day, buffer));
}

bool situation_in_lineage(const Situation *situation, const char *stream) {
        int major, minor, own_major, own_minor;
        size_t n_prefix, n_own;

        if (!stream || !situation->stream)
                return false;
        if (strcmp(stream, situation->stream) == 0)
                return true;
        if (situation->channel > CHANNEL_MAIN || situation->calendar->minors_stay)
                return false;
        return stream_name_parse(stream, &n_prefix, &major, &minor) &&
               stream_name_parse(situation->stream, &n_own, &own_major, &own_minor) &&
               n_prefix == n_own && strncmp(stream, situation->stream, n_own) == 0 &&
               major == own_major && minor > own_minor;
}

bool situation_patch_is_for(_unused_ const Situation *situation, const PatchFact *patch,
                            const KernelRelease *kernel, const char *stream) {
        bool kpatch = text_starts_with(patch->package, LIVEPATCH_PACKAGE_PREFIX);
        char package[LIVEPATCH_NAME_BYTES];

        if (patch->base && kpatch && strcmp(patch->base, kernel->name) != 0)
                return false;
        /* A base under another package's name is a mistake of somebody's, and no proof. SUSE's and Amazon's package names say all that there is to say of a base. */
        return livepatch_package_name(kernel, package) == 0 &&
               strcmp(package, patch->package) == 0 &&
               (!kpatch || !patch->stream || text_equal(patch->stream, stream));
}

static void find_intent(Situation *situation) {
        const HostFacts *host = situation->input->host;
        LivePatchingIntent intent = situation->input->policy->live_patching;
        bool livepatch_file = false, loader;

        if (intent != LIVE_PATCHING_AUTO) {
                situation->uses_live_patching = intent == LIVE_PATCHING_YES;
                situation->intent_because = intent == LIVE_PATCHING_YES ? "LivePatching=yes is set"
                                                                        : "LivePatching=no is set";
                return;
        }

        for (size_t i = 0; i < host->n_modules; i++)
                livepatch_file = livepatch_file || host->modules[i].livepatch;
        loader = text_equal(host->loader_state, "enabled");
        situation->uses_live_patching = true;
        if (host->n_packages > 0)
                situation->intent_because = "a live-patch package is installed";
        else if (host->n_patches > 0)
                situation->intent_because = "a live patch is loaded";
        else if (livepatch_file)
                situation->intent_because = "a live-patch module file is on disk";
        else if (loader)
                situation->intent_because =
                                "the service that loads live patches at boot is enabled";
        else if (host->packages_unknown || host->loader_unknown)
                situation->intent_because = memory_pool_format(
                                situation->pool, "assumed, as %s could not be read: %s",
                                host->packages_unknown ? "packages" : "services",
                                host->packages_unknown ? host->packages_unknown
                                                       : host->loader_unknown);
        else {
                situation->uses_live_patching = false;
                situation->intent_because = "no live-patch package, module file, loaded patch or "
                                            "enabled loader service is on this host";
        }
}

static void find_vendor(Situation *situation) {
        const HostFacts *host = situation->input->host;

        for (size_t i = 0; host->os_id && i < situation->input->n_calendars; i++) {
                const SupportCalendar *calendar = situation->input->calendars[i];

                if (text_list_has(&calendar->os_ids, host->os_id) &&
                    (has_form(calendar, &situation->running) ||
                     (situation->running.flavour[0] != '\0' && has_flavours(calendar))))
                        situation->calendar = calendar;
        }
        /* Another flavour of the vendor's is a kernel of its own numbers, which nothing here judges. */
        if (situation->calendar && situation->running.flavour[0] != '\0' &&
            !has_form(situation->calendar, &situation->running))
                strcpy(situation->running.variant, situation->running.flavour);
}

/* Why live patching is no question on this host; NULL when it is one. */
static const char *find_not_applicable(const Situation *situation) {
        const HostFacts *host = situation->input->host;
        const KernelRelease *running = &situation->running;

        if (host->container)
                return memory_pool_format(
                                situation->pool,
                                "this is a container (%s), live patches belong to its host",
                                host->container);
        if (host->livepatch_support == TRISTATE_NO)
                return "the running kernel has no live-patch support (/sys/kernel/livepatch does "
                       "not exist)";
        if (!situation->calendar)
                return situation->unjudgeable ? NULL
                                              : memory_pool_format(situation->pool,
                                                                   "no vendor publishes live "
                                                                   "patches for this kernel on %s",
                                                                   host->os_id);
        if (running->flavour[0] != '\0' && running->variant[0] != '\0')
                return memory_pool_format(situation->pool,
                                          "only kernels of flavour %s are judged, this is the %s "
                                          "flavour",
                                          situation->calendar->flavours.items[0], running->variant);
        if (running->variant[0] != '\0')
                return memory_pool_format(
                                situation->pool,
                                "live patches are for the plain kernel, this is the %s variant",
                                running->variant);
        if (running->arch[0] != '\0' && situation->calendar->architectures.n_items > 0 &&
            !text_list_has(&situation->calendar->architectures, running->arch))
                return memory_pool_format(situation->pool,
                                          "there are no live patches for the %s architecture",
                                          running->arch);
        if (situation->calendar_stream && !situation->calendar_stream->live_patches)
                return memory_pool_format(situation->pool, "%s gets no live patches",
                                          situation->stream);
        return NULL;
}

static const char *find_unjudgeable(const Situation *situation) {
        const HostFacts *host = situation->input->host;

        if (!host->kernel)
                return memory_pool_format(situation->pool, "the running kernel is not known: %s",
                                          host->kernel_unknown);
        if (!host->os_id)
                return memory_pool_format(situation->pool, "the operating system is not known: %s",
                                          host->os_unknown);
        return NULL;
}

static bool becomes_known(const Situation *earlier, UtcTime now, UtcTime released, size_t source) {
        return !is_known_at(earlier, released, source) &&
               is_known_by(earlier, now, released, source);
}

static bool anything_becomes_known(const Situation *earlier, UtcTime now) {
        const Facts *facts = earlier->input->facts;

#define ANY(kind, time)                                                                      \
        for (size_t i = 0; i < facts->n_##kind; i++)                                         \
                if (becomes_known(earlier, now, facts->kind[i].time, facts->kind[i].source)) \
                        return true;
        ANY(kernels, released)
        ANY(patches, released)
        ANY(repositories, complete_at)
#undef ANY
        for (size_t i = 0; i < facts->n_windows; i++)
                if (becomes_known(earlier, now, known_since(&facts->windows[i]),
                                  facts->windows[i].source))
                        return true;
        return false;
}

bool situation_init_later(Situation *ret, const Situation *earlier, const AssessInput *input,
                          MemoryPool *pool) {
        if (anything_becomes_known(earlier, input->now))
                return false;
        *ret = *earlier;
        ret->pool = pool;
        ret->input = input;
        ret->today = utc_day_of(input->now);
        return true;
}

void situation_init(Situation *ret, const AssessInput *input, MemoryPool *pool) {
        Situation situation = { .pool = pool, .input = input, .today = utc_day_of(input->now) };
        const HostFacts *host = input->host;

        situation.running.dist_major = situation.running.dist_minor = -1;
        situation.running_parsed =
                        host->kernel && kernel_release_parse(host->kernel, &situation.running) == 0;
        if (situation.running.arch[0] == '\0' && host->arch &&
            strlen(host->arch) < sizeof(situation.running.arch))
                strcpy(situation.running.arch, host->arch);
        situation.unjudgeable = find_unjudgeable(&situation);
        find_intent(&situation);
        find_vendor(&situation);
        if (situation.calendar) {
                gather_facts(&situation);
                situation.stream = situation_stream_of(&situation, &situation.running);
                situation.calendar_stream =
                                support_calendar_find_stream(situation.calendar, situation.stream);
                situation.subscribed = channel_of_host(&situation);
                situation.channel = bring_down(situation.subscribed, situation.calendar_stream);
                if (situation.channel != situation.subscribed)
                        text_list_format(&situation.because, pool,
                                         "%s has no channel %s: judged as %s", situation.stream,
                                         channel_to_text(situation.subscribed),
                                         channel_to_text(situation.channel));
                situation.exposures_apply = situation.stream &&
                                            !strstr(situation.running.release, ".rt") &&
                                            (situation.running.flavour[0] == '\0' ||
                                             situation.running.variant[0] == '\0') &&
                                            !host->container;
        }
        situation.not_applicable = find_not_applicable(&situation);
        *ret = situation;
}
