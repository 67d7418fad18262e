/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Times of live patches. They are dates for people, so they are kept by the wall clock; but a clock that
 * is set must not turn a transition of two minutes into one of a year. So the distance between the two
 * clocks is kept beside them, and all dates move with it. It refuses to guess what was before it looked.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic-file.h"
#include "base/error.h"
#include "base/text.h"
#include "host/patch-times.h"

#define MAX_BYTES ((size_t) 1024 * 1024)
#define NAME_BYTES 128

/* The kernel changes `enabled` within milliseconds after a transition has begun; what takes longer is something else. */
#define AWAITED_USEC (10 * USEC_PER_SEC)

/* The two clocks drift apart by less than this without anybody setting one. */
#define CLOCK_SET_USEC (2 * USEC_PER_SEC)

typedef struct PatchTime {
        char name[NAME_BYTES];
        char replaced_by[NAME_BYTES];   /* "" = not known to be replaced */
        UtcTime loaded, enabled, since; /* UTC_TIME_NONE = not known, or not so */
        int64_t took_usec;              /* 0 = not known */
        bool listed;
        Tristate awaited; /* with its beginning not kept in the file: it is a matter of milliseconds */
        UtcTime awaited_since;
        Tristate was_enabled, in_transition;
        bool present; /* in the scan that is noted now */
        bool settled; /* came to rest in it */
} PatchTime;

struct PatchTimes {
        const HostRoot *root;
        char boot_id[HOST_ROOT_BOOT_ID_BYTES];
        PatchTime *items;
        size_t n_items;
        int64_t offset; /* wall clock - CLOCK_BOOTTIME; 0 = not known yet */
        bool looked;    /* before this scan, in this boot */
        char *saved;    /* the file's text as it was written or read last */
};

static UtcTime read_time(const char *text) {
        char *end;
        long long time = strtoll(text, &end, 10);

        return *end == '\0' && time > 0 ? time : UTC_TIME_NONE;
}

/* False for a line that is not of the form. */
static bool read_patch(const char *line, PatchTime *ret) {
        char loaded[24], enabled[24], since[24];
        PatchTime item = {};
        int listed;

        if (sscanf(line, "%127s %d %23s %23s %23s %" SCNd64 " %127s", item.name, &listed, loaded,
                   enabled, since, &item.took_usec, item.replaced_by) != 7)
                return false;
        item.loaded = read_time(loaded);
        item.enabled = read_time(enabled);
        item.since = read_time(since);
        item.listed = listed != 0;
        item.in_transition = item.since != UTC_TIME_NONE ? TRISTATE_YES : TRISTATE_NO;
        item.was_enabled = TRISTATE_UNKNOWN;
        if (strcmp(item.replaced_by, "-") == 0)
                item.replaced_by[0] = '\0';
        *ret = item;
        return true;
}

static int add(PatchTimes *times, const PatchTime *item) {
        PatchTime *items;

        items = reallocarray(times->items, times->n_items + 1, sizeof(*items));
        if (!items)
                return error_origin(-ENOMEM);
        times->items = items;
        items[times->n_items++] = *item;
        return 0;
}

/* Takes over what an earlier daemon of this boot wrote; anything else is left aside whole. */
static int read_text(PatchTimes *times, char *text) {
        char boot_id[HOST_ROOT_BOOT_ID_BYTES], *line;
        int64_t offset;
        int r;

        line = strsep(&text, "\n");
        if (sscanf(line, "patch-times 1 %63s %" SCNd64, boot_id, &offset) != 2 ||
            strcmp(boot_id, times->boot_id) != 0)
                return 0;
        while ((line = strsep(&text, "\n"))) {
                PatchTime item;

                if (*line == '\0')
                        continue;
                if (!read_patch(line, &item)) {
                        times->n_items = 0;
                        return 0;
                }
                r = add(times, &item);
                if (r)
                        return error_fold(r);
        }
        times->offset = offset;
        times->looked = true;
        return 0;
}

int patch_times_new(const HostRoot *root, PatchTimes **ret) {
        _cleanup_(patch_times_freep) PatchTimes *times = NULL;
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        int r;

        times = calloc(1, sizeof(*times));
        if (!times)
                return error_origin(-ENOMEM);
        times->root = root;
        r = host_root_read_boot_id(root, times->boot_id);
        if (r)
                return error_fold(r);

        r = host_root_read(root, PATCH_TIMES_FOLDER "/" PATCH_TIMES_NAME, MAX_BYTES, &text,
                           &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == 0) {
                times->saved = strdup(text);
                if (!times->saved)
                        return error_origin(-ENOMEM);
                r = read_text(times, text);
                if (r)
                        return error_fold(r);
        }
        *ret = TAKE(times);
        return 0;
}

PatchTimes *patch_times_free(PatchTimes *times) {
        if (!times)
                return NULL;

        free(times->saved);
        free(times->items);
        free(times);
        return NULL;
}

static PatchTime *find(PatchTimes *times, const char *name) {
        for (size_t i = 0; i < times->n_items; i++)
                if (strcmp(times->items[i].name, name) == 0)
                        return &times->items[i];
        return NULL;
}

static void move(UtcTime *time, int64_t by, UtcTime now) {
        if (*time == UTC_TIME_NONE)
                return;
        *time += by;
        if (*time > now)
                *time = now;
}

/* Dates move when the clock is set, and none is ever in the future. */
static void keep_up_with_clock(PatchTimes *times, UtcTime now, uint64_t boot_usec) {
        int64_t offset = now - (int64_t) boot_usec, by = offset - times->offset;

        if (times->offset == 0 || (by < CLOCK_SET_USEC && by > -CLOCK_SET_USEC))
                by = 0;
        else
                times->offset = offset;
        if (times->offset == 0)
                times->offset = offset;
        for (size_t i = 0; i < times->n_items; i++) {
                move(&times->items[i].loaded, by, now);
                move(&times->items[i].enabled, by, now);
                move(&times->items[i].since, by, now);
                move(&times->items[i].awaited_since, by, now);
        }
}

/*
 * The kernel says first that a patch is in transition, and then which way it goes. One that is about to be used reads enabled 0,
 * transition 1 for that moment; one that is about to be no longer used reads 1 and 1. Before 5.1 `enabled` follows at the end.
 */
static void note_awaited(PatchTime *item, const LoadedPatch *patch, bool begins, UtcTime now) {
        if (begins && patch->enabled != TRISTATE_UNKNOWN && patch->enabled == item->was_enabled &&
            !patch->enabled_last) {
                item->awaited = patch->enabled == TRISTATE_YES ? TRISTATE_NO : TRISTATE_YES;
                item->awaited_since = now;
        } else if (patch->enabled == item->awaited || now - item->awaited_since > AWAITED_USEC)
                item->awaited = TRISTATE_UNKNOWN;
}

/* What one patch is now, against what it was. */
static void note_patch(PatchTime *item, const LoadedPatch *patch, bool looked, UtcTime now) {
        /* What is no longer listed is on its way nowhere. */
        Tristate transition = patch->listed ? patch->transition : TRISTATE_NO;
        bool in_transition = transition == TRISTATE_YES, was = item->in_transition == TRISTATE_YES;
        LoadedPatch before = { .listed = item->listed,
                               .transition = item->in_transition,
                               .enabled = item->was_enabled,
                               .awaited = item->awaited };

        note_awaited(item, patch, in_transition && item->in_transition == TRISTATE_NO, now);
        item->settled = false;
        /* A transition that is turned round begins again. */
        if (in_transition && (!was || loaded_patch_is_turned(&before, patch)))
                item->since = now;
        if (transition == TRISTATE_NO) {
                if (was && item->since != UTC_TIME_NONE)
                        item->took_usec = now - item->since;
                item->settled = patch->listed && (was || !item->listed);
                item->since = UTC_TIME_NONE;
        }
        if (!patch->listed || in_transition || patch->enabled == TRISTATE_NO)
                item->enabled = UTC_TIME_NONE;
        else if (transition == TRISTATE_NO && patch->enabled == TRISTATE_YES &&
                 item->enabled == UTC_TIME_NONE && looked && (was || !item->listed)) {
                item->enabled = now;
                item->replaced_by[0] = '\0';
        }
        if (transition != TRISTATE_UNKNOWN)
                item->in_transition = transition;
        if (patch->enabled != TRISTATE_UNKNOWN)
                item->was_enabled = patch->enabled;
}

/* The patch that came to rest, enabled, in this scan; "" when none did. */
static const char *find_settled(const PatchTimes *times) {
        for (size_t i = 0; i < times->n_items; i++)
                if (times->items[i].present && times->items[i].settled &&
                    times->items[i].was_enabled == TRISTATE_YES)
                        return times->items[i].name;
        return "";
}

static int note_all(PatchTimes *times, const HostFacts *host, UtcTime now) {
        int r;

        for (size_t i = 0; i < times->n_items; i++)
                times->items[i].present = false;
        for (size_t i = 0; i < host->n_patches; i++) {
                const LoadedPatch *patch = &host->patches[i];
                PatchTime *item = find(times, patch->name);

                if (strlen(patch->name) >= NAME_BYTES || strchr(patch->name, ' '))
                        continue; /* no module of the kernel's has such a name */
                if (!item) {
                        PatchTime new = { .loaded = times->looked ? now : UTC_TIME_NONE,
                                          .enabled = UTC_TIME_NONE,
                                          .since = UTC_TIME_NONE,
                                          .awaited = times->looked ? TRISTATE_YES
                                                                   : TRISTATE_UNKNOWN,
                                          .awaited_since = now };

                        strcpy(new.name, patch->name);
                        r = add(times, &new);
                        if (r)
                                return error_fold(r);
                        item = &times->items[times->n_items - 1];
                }
                item->present = true;
                note_patch(item, patch, times->looked, now);
        }
        return 0;
}

/* An active patch that leaves the list when another comes to rest was replaced by it. */
static void note_replaced(PatchTimes *times, const HostFacts *host) {
        char settled[NAME_BYTES];

        strcpy(settled, find_settled(times));
        for (size_t i = 0; i < host->n_patches; i++) {
                const LoadedPatch *patch = &host->patches[i];
                PatchTime *item = find(times, patch->name);

                if (!item)
                        continue;
                if (item->listed && !patch->listed && settled[0] != '\0')
                        strcpy(item->replaced_by, settled);
                item->listed = patch->listed;
        }
}

static void forget_absent(PatchTimes *times) {
        size_t n = 0;

        for (size_t i = 0; i < times->n_items; i++)
                if (times->items[i].present)
                        times->items[n++] = times->items[i];
        times->n_items = n;
}

static void complete(PatchTimes *times, HostFacts *host) {
        for (size_t i = 0; i < host->n_patches; i++) {
                LoadedPatch *patch = &host->patches[i];
                const PatchTime *item = find(times, patch->name);

                if (!item)
                        continue;
                if (patch->since == UTC_TIME_NONE)
                        patch->since = item->since;
                patch->loaded_since = item->loaded;
                patch->enabled_since = item->enabled;
                patch->awaited = item->awaited;
                patch->transition_usec = item->took_usec;
                if (item->replaced_by[0] != '\0')
                        patch->replaced_by = memory_pool_text(host->pool, item->replaced_by);
        }
}

int patch_times_note(PatchTimes *times, HostFacts *host, UtcTime now, uint64_t boot_usec) {
        int r;

        keep_up_with_clock(times, now, boot_usec);
        r = note_all(times, host, now);
        if (r)
                return error_fold(r);
        note_replaced(times, host);
        /* A list that could not be read is no proof that anything went. */
        if (!host->livepatch_unknown)
                forget_absent(times);
        times->looked = true;
        complete(times, host);
        return memory_pool_exhausted(host->pool) ? error_origin(-ENOMEM) : 0;
}

static void print_time(FILE *file, UtcTime time) {
        if (time == UTC_TIME_NONE)
                fputs(" -", file);
        else
                fprintf(file, " %" PRId64, time);
}

static int format_text(const PatchTimes *times, char **ret) {
        size_t n_bytes = 0;
        char *text = NULL;
        FILE *file;

        file = open_memstream(&text, &n_bytes);
        if (!file)
                return error_origin(-ENOMEM);
        fprintf(file, "patch-times 1 %s %" PRId64 "\n", times->boot_id, times->offset);
        for (size_t i = 0; i < times->n_items; i++) {
                const PatchTime *item = &times->items[i];

                fprintf(file, "%s %d", item->name, item->listed);
                print_time(file, item->loaded);
                print_time(file, item->enabled);
                print_time(file, item->since);
                fprintf(file, " %" PRId64 " %s\n", item->took_usec,
                        item->replaced_by[0] != '\0' ? item->replaced_by : "-");
        }
        if (fclose(file) != 0) {
                free(text);
                return error_origin(-ENOMEM);
        }
        *ret = text;
        return 0;
}

int patch_times_save(PatchTimes *times) {
        _cleanup_(closep) int folder = -1;
        _cleanup_free_ char *text = NULL;
        int r;

        r = format_text(times, &text);
        if (r)
                return error_fold(r);
        if (text_equal(text, times->saved))
                return 0;
        r = host_root_open(times->root, PATCH_TIMES_FOLDER, O_DIRECTORY, &folder);
        if (r < 0)
                return error_trace(r);
        if (r)
                return r == HOST_ROOT_E_MISSING ? 0 : 1;
        r = atomic_file_write_volatile(folder, PATCH_TIMES_NAME, text, strlen(text), 0644);
        if (r)
                return r < 0 ? error_trace(r) : 1;
        free(times->saved);
        times->saved = TAKE(text);
        return 0;
}
