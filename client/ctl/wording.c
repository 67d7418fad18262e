/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Wording. The daemon's words are exact and stable; what stands on the screen is for somebody who
 * has not read the design. The two are held together in tables here and nowhere else. A word that
 * this version does not know is shown as it came, never dropped.
 */

#include <string.h>

#include "core/kernel-release.h"
#include "ctl/wording.h"

const VerdictWording wording_verdicts[] = {
        { "live-patch-available", true, "patch released",
          "fixed by a live patch that is released, but not on this host",
          "is open: a live patch that fixes it is released, but it is not on this host" },
        { "live-patch-not-active", true, "patch inactive",
          "fixed by a live patch that is on this host, but not enabled",
          "is open: a live patch that fixes it is on this host, but it is not enabled" },
        { "live-patch-pending", true, "patch pending",
          "being fixed by a live patch whose transition has not finished",
          "is still open: the live patch that fixes it is loaded, but its transition has not "
          "finished" },
        { "live-patch-awaited", true, "patch awaited",
          "with a live patch to be expected within days or weeks",
          "is open: a newer kernel fixes it, and a live patch for it is to be expected" },
        { "reboot-needed", true, "reboot needed", "fixed only by a newer kernel",
          "is open: only a newer kernel fixes it, so it takes a reboot" },
        { "below-scope", true, "below scope",
          "below what the vendor live-patches, fixed by a newer kernel",
          "is open: only a newer kernel fixes it, and it is below the severity that the vendor "
          "live-patches" },
        { "unknown", true, "not known", "of which it is not known what fixes them here",
          "may be open: what fixes it on this host is not known" },
        { "live-patched", false, "live-patched", "fixed by the live patch",
          "is fixed on this host by the live patch that is applied" },
        { "fixed-in-kernel", false, "in the kernel", "fixed in the running kernel",
          "is fixed in the running kernel" },
};

const size_t wording_n_verdicts = ELEMENTS(wording_verdicts);

const VerdictWording *wording_verdict(const char *verdict) {
        const VerdictWording *unknown = NULL;

        for (size_t i = 0; i < wording_n_verdicts; i++) {
                if (verdict && strcmp(wording_verdicts[i].verdict, verdict) == 0)
                        return &wording_verdicts[i];
                if (strcmp(wording_verdicts[i].verdict, "unknown") == 0)
                        unknown = &wording_verdicts[i];
        }
        return unknown;
}

const char *wording_severity(const Terminal *terminal, MemoryPool *pool, const char *severity,
                             const char *bound) {
        if (severity)
                return severity;
        return bound ? memory_pool_format(pool, "%s %s", terminal_glyph(terminal, GLYPH_AT_MOST),
                                          bound)
                     : "not rated";
}

typedef struct Word {
        const char *word, *wording;
} Word;

static const char *look_up(const Word *words, size_t n_words, const char *word) {
        for (size_t i = 0; word && i < n_words; i++)
                if (strcmp(words[i].word, word) == 0)
                        return words[i].wording;
        return word;
}

const char *wording_basis(const char *basis) {
        static const Word words[] = {
                { "override", "your settings" },
                { "vendor", "the vendor's dated list" },
                { "package", "a patch package installed here" },
                { "feed", "what the vendor published" },
                { "policy", "the vendor's calendar rule" },
                { "build-date", "the kernel's build date" },
        };

        return look_up(words, ELEMENTS(words), basis);
}

const char *wording_count(MemoryPool *pool, int64_t n, const char *one, const char *many) {
        return memory_pool_format(pool, "%lld %s", (long long) n, n == 1 ? one : many);
}

const char *wording_days_left(MemoryPool *pool, int64_t n_days) {
        if (n_days == 0)
                return "last day today";
        if (n_days < 0)
                return memory_pool_format(pool, "%s ago",
                                          wording_count(pool, -n_days, "day", "days"));
        return memory_pool_format(pool, "%s left", wording_count(pool, n_days, "day", "days"));
}

const char *wording_day(MemoryPool *pool, UtcDay day) {
        char text[UTC_DAY_TEXT_BYTES];

        return memory_pool_text(pool, utc_day_format(day, text));
}

const char *wording_time(MemoryPool *pool, UtcTime time) {
        char text[UTC_TIME_TEXT_BYTES];

        utc_time_format(time, text);
        if (strlen(text) < strlen("YYYY-MM-DDTHH:MM"))
                return memory_pool_text(pool, text);
        return memory_pool_format(pool, "%.10s %.5s UTC", text, text + strlen("YYYY-MM-DDT"));
}

const char *wording_kernel(MemoryPool *pool, const char *release) {
        KernelRelease parsed;

        if (!release || kernel_release_parse(release, &parsed) != 0)
                return release;
        /* A variant or flavour is another kernel: that name stays whole. */
        return parsed.variant[0] != '\0' || parsed.flavour[0] != '\0'
                               ? release
                               : memory_pool_text(pool, parsed.name);
}

const char *wording_list(MemoryPool *pool, const TextList *list) {
        const char *text = "";

        for (size_t i = 0; i < list->n_items; i++)
                text = memory_pool_format(pool, "%s%s%s", text, i > 0 ? ", " : "", list->items[i]);
        return text;
}
