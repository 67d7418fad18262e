/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The strict look at a JSON text before anything is made of it: grammar (RFC 8259 to the letter),
 * encoding, caps, and keys that an object gives twice.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/input-caps.h"

enum {
        JSON_SCAN_E_REFUSED = 1, /* the problem says where and why */
};

/* Where a text is wrong, and how; both may quote it and must be made printable before they are shown. */
typedef struct JsonProblem {
        char place[256]; /* `document.tracking.id`, `byte 4711` */
        char reason[256];
} JsonProblem;

/* A place is spelled so far and no further: keys of strangers are as long as they like. */
#define JSON_PATH_BYTES 4096

/* The paths of keys given twice in one object, as json-read spells places: `document.tracking.id`. */
typedef struct JsonDoubledKeys {
        char *paths[JSON_MAX_DOUBLED_KEYS];
        size_t n_paths;
} JsonDoubledKeys;

typedef enum JsonCellKind {
        JSON_CELL_OBJECT,
        JSON_CELL_ARRAY,
        JSON_CELL_KEY, /* its value's cell is the next one */
        JSON_CELL_STRING,
        JSON_CELL_NUMBER,
        JSON_CELL_TRUE,
        JSON_CELL_FALSE,
        JSON_CELL_NULL,
} JsonCellKind;

/* A key or value where it stands in the text. What an object or array holds follows it. */
typedef struct JsonCell {
        uint32_t at;      /* its first byte; of a string or key the one behind the quote */
        uint32_t n_bytes; /* of a string, key or number as it is spelled, without quotes */
        uint32_t behind;  /* the cell behind it and all that it holds */
        uint8_t kind;     /* a JsonCellKind */
        bool escaped;     /* a string or key that is not spelled as it reads */
} JsonCell;

typedef struct JsonCells {
        JsonCell *items;
        size_t n_items, n_room;
} JsonCells;

/*
 * Looks at `n_bytes` of `text`; no object may have more than `max_keys` keys. Doubled keys are no
 * refusal in themselves (they may stand where nobody reads), they are handed back; release them with
 * json_doubled_keys_clear(), also after a refusal. 0, JSON_SCAN_E_REFUSED, or -ENOMEM.
 */
int json_scan(const char *text, size_t n_bytes, size_t max_keys, JsonDoubledKeys *ret_doubled,
              JsonProblem *ret_problem);

/*
 * The same, and notes all keys and values in `cells`, in the order of the text; what they held before is
 * overwritten. `n_bytes` must not be more than UINT32_MAX. Whoever owns the cells frees `items`.
 */
int json_scan_cells(const char *text, size_t n_bytes, size_t max_keys, JsonCells *cells,
                    JsonDoubledKeys *ret_doubled, JsonProblem *ret_problem);

/* Takes a sound string's escapes away where it stands; none gets longer. Returns its length then. */
size_t json_unescape(char *text, size_t n_bytes);

void json_doubled_keys_clear(JsonDoubledKeys *doubled);
