/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * JSON from outside, read strictly. Every value knows its place (`document.tracking.id`), so whoever
 * finds something wrong can say where.
 *
 * Getters answer true or false. False means refused: the first problem of a text is kept, and
 * json_text_problem() tells it. A key that is read must not be given twice in its object.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "format/json-scan.h"

enum {
        JSON_READ_E_REFUSED = 1, /* the problem says where and why */
};

typedef enum JsonKind {
        JSON_OBJECT,
        JSON_ARRAY,
        JSON_STRING,
        JSON_INTEGER,
        JSON_BOOLEAN,
} JsonKind;

typedef enum JsonPresence {
        JSON_REQUIRED,
        JSON_OPTIONAL, /* may be absent, but not null */
        JSON_NULLABLE, /* may be absent or null */
} JsonPresence;

typedef struct JsonText JsonText;
typedef struct JsonValue JsonValue;

/* A value and where it stands. Lives on the caller's stack; valid as long as its text and its parents. */
struct JsonValue {
        JsonText *text;
        const JsonValue *parent;
        const char *key; /* in the parent; NULL for an item of an array */
        size_t index;    /* of a member or item */
        JsonCell *cell;  /* NULL when absent */
};

/*
 * Reads `n_bytes` of `bytes`, which need not end in NUL and are not kept; no object may have more
 * than `max_keys` keys. 0, JSON_READ_E_REFUSED with `ret_problem` filled, or -ENOMEM.
 */
int json_text_new(JsonText **ret, const char *bytes, size_t n_bytes, size_t max_keys,
                  JsonProblem *ret_problem);

JsonText *json_text_free(JsonText *text);
DEFINE_CLEANUP(JsonText, json_text_free);

/* For many short texts with the same memory: an empty one, and the next into it, as json_text_new(). */
int json_text_new_empty(JsonText **ret);
int json_text_read(JsonText *text, const char *bytes, size_t n_bytes, size_t max_keys);

/*
 * The same without a copy: the bytes and one more behind them are the text's until it reads the next, and are
 * changed by reading.
 */
int json_text_read_in_place(JsonText *text, char *bytes, size_t n_bytes, size_t max_keys);

/* Forgets the text, and frees what is larger than `n_kept` bytes of what is kept for the next one. */
void json_text_trim(JsonText *text, size_t n_kept);

/* The first problem that the scan, a getter or json_refuse() found. */
const JsonProblem *json_text_problem(const JsonText *text);

/* How many keys are given twice in their object, anywhere in the text. */
size_t json_text_n_doubled(const JsonText *text);

/* The value of the whole text. */
bool json_root(JsonText *text, JsonKind kind, JsonValue *ret);

/* The member `key` of an object; `ret->cell` is NULL when it is absent, or null, and may be. */
bool json_member(const JsonValue *object, const char *key, JsonKind kind, JsonPresence presence,
                 JsonValue *ret);

/* The member as text, valid as long as its JsonText; NULL when it is absent and may be. */
bool json_member_string(const JsonValue *object, const char *key, JsonPresence presence,
                        const char **ret);

/*
 * The members of an object or the items of an array in the order of the text, none of an absent one:
 * `JsonValue value = {}; while (json_next(&list, &value))`.
 */
bool json_next(const JsonValue *list, JsonValue *value);
size_t json_size(const JsonValue *list);

/* The items of an array one after the other by their number; none of an absent one. */
size_t json_array_length(const JsonValue *array);
bool json_item(const JsonValue *array, size_t index, JsonKind kind, JsonValue *ret);
bool json_item_string(const JsonValue *array, size_t index, const char **ret);

/*
 * For who only looks around and refuses nothing: a member whatever it is (of those given twice the last), and
 * the strings anywhere below a value, one after the other, keys left out.
 */
bool json_find(const JsonValue *object, const char *key, JsonValue *ret);
bool json_next_string(const JsonValue *within, JsonValue *string);

/* True if it is of this kind; refuses the text otherwise. */
bool json_check(const JsonValue *value, JsonKind kind);

/* What a value says. A string holds no NUL; an integer beyond 64 bits is the nearest that fits. */
bool json_is(const JsonValue *value, JsonKind kind);
bool json_is_null(const JsonValue *value);
const char *json_string(const JsonValue *value);
int64_t json_integer(const JsonValue *value);
bool json_boolean(const JsonValue *value);

/* Refuses the text because of `value`, unless it is refused already; returns false. */
bool json_refuse(const JsonValue *value, const char *format, ...) _printf_(2, 3);
