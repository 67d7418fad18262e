/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Made-up histories. They keep to what vendors do (kernels ascend, a live patch fixes what a newer
 * kernel fixes, versions of one package ascend) and to nothing else: dates may fall together, advisories
 * may fix nothing, kernels may come without any live patch.
 */

#include <stdio.h>
#include <string.h>

#include "random-stream.h"

typedef struct Minor {
        const char *stream, *version, *dist, *kernel_version;
        unsigned number, first; /* 427.13.1; first 0: 553 alone */
        int available[3];
        int main_end[3]; /* a zero: none known */
        bool has_eus;
        const char *next_stream, *next_dist;
        unsigned next_number, next_first;
} Minor;

static const Minor minors[] = {
        { "rhel-9.4",
          "9.4",
          "el9_4",
          "5.14.0",
          427,
          13,
          { 2024, 4, 30 },
          { 2024, 11, 12 },
          true,
          "rhel-9.5",
          "el9_5",
          503,
          14 },
        { "rhel-9.2",
          "9.2",
          "el9_2",
          "5.14.0",
          284,
          11,
          { 2023, 5, 9 },
          { 2023, 11, 7 },
          true,
          "rhel-9.3",
          "el9_3",
          362,
          8 },
        { "rhel-9.6",
          "9.6",
          "el9_6",
          "5.14.0",
          570,
          12,
          { 2025, 5, 13 },
          { 2025, 11, 11 },
          true,
          "rhel-9.7",
          "el9_7",
          611,
          5 },
        { "rhel-8.8",
          "8.8",
          "el8_8",
          "4.18.0",
          477,
          10,
          { 2023, 5, 16 },
          { 2023, 11, 14 },
          true,
          "rhel-8.9",
          "el8_9",
          513,
          5 },
        { "rhel-9.8",
          "9.8",
          "el9_8",
          "5.14.0",
          687,
          5,
          { 2026, 5, 19 },
          {},
          true,
          NULL,
          NULL,
          0,
          0 },
        { "rhel-8.10",
          "8.10",
          "el8_10",
          "4.18.0",
          553,
          0,
          { 2024, 5, 22 },
          { 2029, 5, 31 },
          false,
          NULL,
          NULL,
          0,
          0 },
};

static uint64_t next(Random *random) {
        uint64_t z = (random->state += 0x9E3779B97F4A7C15);

        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
}

Random random_of_case(uint64_t seed, unsigned number) {
        Random random = { seed };

        random.state = next(&random) + number;
        return random;
}

unsigned random_below(Random *random, unsigned n) {
        return (unsigned) (next(random) % n);
}

bool random_chance(Random *random, unsigned percent) {
        return random_below(random, 100) < percent;
}

static UtcDay day_of(const int date[3]) {
        return date[0] == 0 ? UTC_DAY_NONE : utc_day_from_date(date[0], date[1], date[2]);
}

static void make_cves(Random *random, RandomStream *stream) {
        for (unsigned i = 0; i < STREAM_MAX_CVES; i++) {
                snprintf(stream->cves[i].id, sizeof(stream->cves[i].id), "CVE-2024-%u",
                         10000 + i * 37);
                stream->cves[i].severity = SEVERITY_LOW + random_below(random, 4);
        }
}

static ChannelSet channels_on(const Minor *minor, UtcDay day) {
        ChannelSet main = 1u << CHANNEL_MAIN, eus = minor->has_eus ? 1u << CHANNEL_EUS : 0;
        UtcDay main_end = day_of(minor->main_end);

        return main_end != UTC_DAY_NONE && day > main_end ? eus : main | eus;
}

static StreamAdvisory *add_advisory(Random *random, RandomStream *stream, const char *kind,
                                    UtcTime released, ChannelSet channels) {
        StreamAdvisory *advisory = &stream->advisories[stream->n_advisories];

        if (stream->n_advisories == STREAM_MAX_ADVISORIES)
                return NULL;
        *advisory = (StreamAdvisory){ .released = released, .channels = channels };
        snprintf(advisory->id, sizeof(advisory->id), "%s-2024:%zu", kind,
                 1000 + stream->n_advisories++);
        advisory->severity = random_chance(random, 85) ? SEVERITY_LOW + random_below(random, 4)
                                                       : SEVERITY_UNKNOWN;
        return advisory;
}

static void add_kernel(Random *random, RandomStream *stream, const Minor *minor, bool of_next,
                       UtcTime released, unsigned *n_cves) {
        StreamKernel *kernel = &stream->kernels[stream->n_kernels];
        unsigned number = of_next ? minor->next_number : minor->number,
                 first = of_next ? minor->next_first : minor->first;
        StreamAdvisory *advisory;
        char part[24];

        *kernel = (StreamKernel){ .stream = of_next ? minor->next_stream : minor->stream,
                                  .dist = of_next ? minor->next_dist : minor->dist,
                                  .released = released,
                                  .selected = random_chance(random, 60) };
        first += 4 * (unsigned) (of_next ? stream->n_kernels - stream->n_own : stream->n_kernels);
        if (first == 0)
                snprintf(part, sizeof(part), "%u", number);
        else
                snprintf(part, sizeof(part), "%u.%u.1", number, first);
        snprintf(kernel->release, sizeof(kernel->release), "%s-%s.%s", minor->kernel_version, part,
                 kernel->dist);
        snprintf(kernel->package, sizeof(kernel->package), "kpatch-patch-%s-%s",
                 minor->kernel_version, part);
        for (char *at = kernel->package; *at != '\0'; at++)
                if (*at == '.')
                        *at = '_';

        for (unsigned n = random_below(random, 5); n > 0 && *n_cves < STREAM_MAX_CVES; n--)
                kernel->cves |= 1u << (*n_cves)++;
        advisory = add_advisory(
                        random, stream, random_chance(random, 90) ? "RHSA" : "RHBA", released,
                        of_next ? 1u << CHANNEL_MAIN : channels_on(minor, utc_day_of(released)));
        if (!advisory)
                return;
        advisory->packages[0] = (StreamPackage){ .kernel = kernel, .cves = kernel->cves };
        advisory->n_packages = 1;
        if (stream->n_kernels++ == 0) {
                advisory->initial = true;
                advisory->channels = 1u << CHANNEL_MAIN;
        }
        /* A vendor seldom lists a CVE again in one minor; the next minor often does. */
        if (*n_cves > 0 && random_chance(random, of_next ? 50 : 4))
                advisory->packages[0].cves |= 1u << random_below(random, *n_cves);
}

/* What kernels above `kernel` fixed up to `time`, and it does not. */
static uint32_t cves_above(const RandomStream *stream, const StreamKernel *kernel, UtcTime time) {
        uint32_t above = 0;

        for (const StreamKernel *other = kernel + 1; other < stream->kernels + stream->n_own;
             other++)
                if (other->released <= time)
                        above |= other->cves;
        return above;
}

static uint32_t random_part(Random *random, uint32_t set) {
        uint32_t part = 0;

        for (unsigned i = 0; i < 32; i++)
                if (set & 1u << i && random_chance(random, 60))
                        part |= 1u << i;
        return part;
}

/* One advisory for up to three base kernels, each of which gets what it lacks, or all the same. */
static void add_patches(Random *random, RandomStream *stream, const Minor *minor, UtcTime time) {
        StreamKernel *bases[STREAM_MAX_PACKAGES];
        StreamAdvisory *advisory;
        uint32_t common = UINT32_MAX, patched = UINT32_MAX, again;
        size_t n_bases = 0;

        for (size_t i = 0; i < stream->n_own && n_bases < STREAM_MAX_PACKAGES; i++) {
                StreamKernel *kernel = &stream->kernels[i];
                uint32_t lacking = cves_above(stream, kernel, time) & ~kernel->patched;

                if (!kernel->selected || kernel->released > time || lacking == 0 ||
                    (stream->even && (common & lacking) == 0))
                        continue;
                common &= lacking;
                patched &= kernel->patched;
                bases[n_bases++] = kernel;
        }
        /* Now and then an advisory names what an earlier version fixed already. */
        again = random_chance(random, 25) ? random_part(random, patched) : 0;
        common = random_part(random, common);
        if (n_bases == 0 || (stream->even && common == 0))
                return;
        advisory = add_advisory(random, stream, "RHSA", time, channels_on(minor, utc_day_of(time)));
        if (!advisory)
                return;
        for (size_t i = 0; i < n_bases; i++) {
                StreamKernel *kernel = bases[i];
                uint32_t lacking = cves_above(stream, kernel, time) & ~kernel->patched,
                         cves = stream->even ? common : random_part(random, lacking);
                StreamPackage *package = &advisory->packages[advisory->n_packages];

                if (cves == 0)
                        continue;
                kernel->patched |= cves;
                kernel->n_patches += 1 + (random_chance(random, 30) ? 8 : 0);
                package->kernel = kernel;
                package->cves = cves | again;
                snprintf(package->patch, sizeof(package->patch), "1-%u", kernel->n_patches);
                advisory->n_packages++;
        }
        if (advisory->n_packages == 0)
                stream->n_advisories--;
}

static void add_empty_package(Random *random, RandomStream *stream, const Minor *minor,
                              const StreamKernel *kernel) {
        UtcTime time = kernel->released + random_below(random, 5) * USEC_PER_DAY;
        StreamAdvisory *advisory = add_advisory(random, stream, "RHEA", time,
                                                channels_on(minor, utc_day_of(time)));

        if (!advisory)
                return;
        advisory->empty = true;
        advisory->severity = SEVERITY_UNKNOWN;
        advisory->packages[0] = (StreamPackage){ .kernel = kernel, .patch = "0-0" };
        advisory->n_packages = 1;
}

/* Hosts with live patches have more to tell. */
static size_t random_running(Random *random, const RandomStream *stream) {
        size_t running = random_below(random, (unsigned) stream->n_own);

        for (unsigned i = 0; i < 3 && stream->kernels[running].n_patches == 0; i++)
                running = random_below(random, (unsigned) stream->n_own);
        return running;
}

static UtcTime some_time_on(Random *random, UtcDay day) {
        return utc_day_start(day) + random_below(random, 86400) * USEC_PER_SEC;
}

/* What vendors regret: fixes that were none. */
static void take_back(Random *random, RandomStream *stream) {
        for (size_t i = 0; i < stream->n_advisories; i++) {
                StreamAdvisory *advisory = &stream->advisories[i];

                if (advisory->empty || !random_chance(random, 30))
                        continue;
                advisory->taken_back = 1u << random_below(random, STREAM_MAX_CVES);
                advisory->taken_back &= ~advisory->packages[0].cves;
        }
}

/* And dates that were too late, or too early. */
static void date_windows(Random *random, RandomStream *stream) {
        bool dated = random_chance(random, 25);

        for (size_t i = 0; i < stream->n_kernels; i++) {
                StreamKernel *kernel = &stream->kernels[i];

                kernel->end = kernel->first_end = UTC_DAY_NONE;
                if (!dated || !random_chance(random, 60))
                        continue;
                kernel->end = utc_day_of(kernel->released) + 60 + (int) random_below(random, 300);
                kernel->first_end = kernel->end;
                if (random_chance(random, 60))
                        kernel->first_end += (int) random_below(random, 120) - 30;
        }
}

void random_stream_make(Random *random, RandomStream *ret) {
        const Minor *minor = &minors[random_below(random, ELEMENTS(minors))];
        UtcDay day = day_of(minor->available), first = day, last = day;
        unsigned n_cves = 0, n_kernels;
        RandomStream *stream = ret;

        *stream = (RandomStream){
                .name = minor->stream,
                .version = minor->version,
                .channel = minor->has_eus && random_chance(random, 60) ? CHANNEL_EUS : CHANNEL_MAIN,
                .even = random_chance(random, 30),
                .changelogs = random_chance(random, 70),
                .rated = random_chance(random, 70),
                .no_empty = random_chance(random, 60),
        };
        make_cves(random, stream);

        n_kernels = 1 + random_below(random, 5);
        for (unsigned i = 0; i < n_kernels; i++) {
                if (channels_on(minor, day) == 0)
                        break;
                add_kernel(random, stream, minor, false, some_time_on(random, day), &n_cves);
                day += (int) random_below(random, 60);
                last = day;
        }
        stream->n_own = stream->n_kernels;
        if (minor->next_stream && random_chance(random, 70)) {
                UtcDay next_day = day_of(minor->main_end) + (int) random_below(random, 20) - 2;

                for (unsigned n = 1 + random_below(random, 2); n > 0; n--) {
                        add_kernel(random, stream, minor, true, some_time_on(random, next_day),
                                   &n_cves);
                        next_day += 1 + (int) random_below(random, 40);
                }
        }
        if (!stream->no_empty)
                for (size_t i = 0; i < stream->n_own; i++)
                        if (stream->kernels[i].selected)
                                add_empty_package(random, stream, minor, &stream->kernels[i]);
        for (unsigned n = random_below(random, 5); n > 0; n--) {
                last += 1 + (int) random_below(random, 40);
                if (channels_on(minor, last) != 0)
                        add_patches(random, stream, minor, some_time_on(random, last));
        }

        take_back(random, stream);
        date_windows(random, stream);
        stream->running = random_running(random, stream);
        day = first + (int) random_below(random, (unsigned) (last - first) + 200);
        stream->now = utc_day_start(day + 1) - USEC_PER_SEC;
        stream->complete = stream->now - random_below(random, 20) * USEC_PER_DAY;
}

bool random_stream_is_in_repository(const RandomStream *stream, const StreamAdvisory *advisory) {
        const StreamKernel *kernel = advisory->packages[0].kernel;

        if (stream->channel == CHANNEL_EUS && strcmp(kernel->stream, stream->name) != 0)
                return false;
        return (advisory->channels & channel_set_of_host(stream->channel)) != 0;
}
