/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The inputs of assessments that come from files: support calendars and digests.
 */

#include "core/facts.h"
#include "core/support-calendar.h"
#include "feed/feed-source.h"
#include "host/host-root.h"
#include "store/digest-store.h"

#define INPUTS_MAX_CALENDARS 16

/* The feed that an imported digest is. */
#define INPUTS_IMPORTED "imported"

enum {
        INPUTS_E_REFUSED = 1, /* the reason was logged */
};

typedef struct Calendars {
        SupportCalendar *items[INPUTS_MAX_CALENDARS];
        size_t n_items;
} Calendars;

/* Reads every *.conf of a folder; one that is wrong is logged and left out. 0, INPUTS_E_REFUSED when the folder cannot be read, or negative. */
int inputs_load_calendars(const char *folder, Calendars *ret);
void inputs_free_calendars(Calendars *calendars);

/*
 * Takes a digest that came as the feed `name` (INPUTS_IMPORTED: handed over): into the store, or without one into
 * `ret_kept` (allocated, the caller's to free()). `vendor` is the host's, NULL when not known. When it is
 * refused, `ret_message` says why and that what was held stays, allocated. 0, INPUTS_E_REFUSED or negative.
 */
int inputs_import(const char *name, const char *data, size_t n_bytes, const char *vendor, int major,
                  DigestStore *store, char **ret_kept, size_t *ret_n_kept, char **ret_message);

/*
 * Appends one digest file to `facts`, or with a store puts it there: of its records those that concern
 * `major`, the host's major release (-1 = not known: all). What is sound and cannot be kept is appended all the same. 0, INPUTS_E_REFUSED or negative.
 */
int inputs_take_digest(const char *path, int major, Facts *facts, DigestStore *store);

/* A digest that no store keeps; it counts in place of one that a store has of the same feed. */
typedef struct HeldDigest {
        const char *name; /* of its feed */
        const char *data;
        size_t n_bytes;
} HeldDigest;

/* Where facts come from. */
typedef struct InputsSources {
        const HostRoot *root;    /* whose kernel decides what the store keeps */
        const TextList *digests; /* files that were named */
        DigestStore *store;      /* NULL = none */
        const HeldDigest *held;
        size_t n_held;
        const FeedSources *feeds; /* says how a feed reached us, and which are switched off */
} InputsSources;

/*
 * All facts there are, indexed. `ret` is set unless the result is negative, also with INPUTS_E_REFUSED, when
 * some digest was refused and the others count.
 */
int inputs_load_facts(const InputsSources *sources, Facts **ret);

/*
 * All facts as one digest, allocated. 0, INPUTS_E_REFUSED when they make none (with an allocated message), or -ENOMEM.
 */
int inputs_export(const Facts *facts, char **ret, size_t *ret_n_bytes, char **ret_message);
