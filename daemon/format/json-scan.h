/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The strict look at a JSON text before a tree is built of it: grammar (RFC 8259 to the letter),
 * encoding, caps, and keys that an object gives twice.
 */

#include <stddef.h>

#include "format/input-caps.h"

enum {
        JSON_SCAN_E_REFUSED = 1, /* the problem says where and why */
};

/* Where a text is wrong, and how; both may quote it and must be made printable before they are shown. */
typedef struct JsonProblem {
        char place[256]; /* `document.tracking.id`, `byte 4711` */
        char reason[256];
} JsonProblem;

/* The paths of keys given twice in one object, as json-read spells places: `document.tracking.id`. */
typedef struct JsonDoubledKeys {
        char *paths[JSON_MAX_DOUBLED_KEYS];
        size_t n_paths;
} JsonDoubledKeys;

/*
 * Looks at `n_bytes` of `text`; no object may have more than `max_keys` keys. Doubled keys are no
 * refusal in themselves (they may stand where nobody reads), they are handed back; release them with
 * json_doubled_keys_clear(), also after a refusal. 0, JSON_SCAN_E_REFUSED, or -ENOMEM.
 */
int json_scan(const char *text, size_t n_bytes, size_t max_keys, JsonDoubledKeys *ret_doubled,
              JsonProblem *ret_problem);

void json_doubled_keys_clear(JsonDoubledKeys *doubled);
