/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Many short JSON texts, read strictly one after the other with the same memory: the lines of a digest.
 * json-read answers the same questions about one large text; docs/decisions/0019-digest-lines.md says why
 * there are two.
 *
 * Getters answer true or false. False means refused: the first problem of a line is kept, and
 * json_line_problem() tells it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "format/json-read.h"
#include "format/json-scan.h"

enum {
        JSON_LINE_E_REFUSED = 1, /* the problem says where and why */
};

typedef struct JsonLine JsonLine;
typedef struct JsonField JsonField;

/* A value and where it stands. Lives on the caller's stack; valid until the next line is read. */
struct JsonField {
        JsonLine *line;
        const JsonField *parent;
        const char *key; /* in the parent; NULL for an item of an array */
        size_t index;    /* of an item */
        JsonCell *cell;  /* NULL when absent */
};

/* 0 or -ENOMEM. */
int json_line_new(JsonLine **ret);
JsonLine *json_line_free(JsonLine *line);
DEFINE_CLEANUP(JsonLine, json_line_free);

/*
 * Reads `n_bytes` of `bytes`, which are not kept; no object may have more than `max_keys` keys. Hands
 * back the value of the whole line. 0, JSON_LINE_E_REFUSED, or -ENOMEM.
 */
int json_line_read(JsonLine *line, const char *bytes, size_t n_bytes, size_t max_keys,
                   JsonField *ret);

/* Is a key given twice in its object, anywhere in the line? The getters do not look: ask before them. */
bool json_line_has_doubled(const JsonLine *line);

/* The first problem of the line. */
const JsonProblem *json_line_problem(const JsonLine *line);

/* The member `key` of an object; `ret->cell` is NULL when it is absent, or null, and may be. */
bool json_field_member(const JsonField *object, const char *key, JsonKind kind,
                       JsonPresence presence, JsonField *ret);

/* The member as text, valid until the next line is read; NULL when it is absent and may be. */
bool json_field_member_string(const JsonField *object, const char *key, JsonPresence presence,
                              const char **ret);

/*
 * The members of an object or the items of an array in the order of the text, none of an absent one:
 * `JsonField field = {}; while (json_field_next(&list, &field))`.
 */
bool json_field_next(const JsonField *list, JsonField *field);
size_t json_field_size(const JsonField *list);

/* True if it is of this kind; refuses the line otherwise. */
bool json_field_check(const JsonField *field, JsonKind kind);

/* What a value says. A string holds no NUL; an integer beyond 64 bits is the nearest that fits. */
bool json_field_is_null(const JsonField *field);
bool json_field_is_string(const JsonField *field);
const char *json_field_string(const JsonField *field);
int64_t json_field_integer(const JsonField *field);
bool json_field_boolean(const JsonField *field);

/* Refuses the line because of `field`, unless it is refused already; returns false. */
bool json_field_refuse(const JsonField *field, const char *format, ...) _printf_(2, 3);
