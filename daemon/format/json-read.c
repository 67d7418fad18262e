/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Strict JSON. The scan has looked at every byte of a text and noted where each value stands, so nothing is
 * parsed a second time and no tree is built: a getter goes from cell to cell, and holds what it finds against the
 * type it must have. A string that is asked for gets its escapes taken away and its NUL put where it stands, in
 * place of the closing quote. A place is not stored with the values; it is the chain of JsonValues that led there,
 * spelled out only when somebody complains. It refuses to convert: a number is no string, null is not an empty list.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "format/json-read.h"

/* Arrays that are read at the same time, one in the other, have a walk each. */
#define N_WALKS 8

/* How far an array was read by numbers. */
typedef struct Walk {
        uint32_t array; /* its cell's number; 0 is the root, which has no other */
        bool used, counted;
        size_t n_items;
        size_t index; /* the item that is next */
        uint32_t at;  /* its cell */
} Walk;

struct JsonText {
        char *bytes, *own;
        size_t n_own_room;
        JsonCells cells;
        JsonDoubledKeys doubled;
        JsonProblem problem;
        uint32_t next_key; /* the cell behind the member that was found last: most often the next one wanted */
        Walk walks[N_WALKS];
};

int json_text_new_empty(JsonText **ret) {
        JsonText *text;

        text = calloc(1, sizeof(*text));
        if (!text)
                return error_origin(-ENOMEM);

        *ret = text;
        return 0;
}

JsonText *json_text_free(JsonText *text) {
        if (!text)
                return NULL;

        json_doubled_keys_clear(&text->doubled);
        free(text->own);
        free(text->cells.items);
        free(text);
        return NULL;
}

/* A copy with room for the NUL of a number that ends the text. */
static int copy_bytes(JsonText *text, const char *bytes, size_t n_bytes) {
        if (n_bytes >= text->n_own_room) {
                size_t n_room = n_bytes < 2048 ? 4096 : 2 * n_bytes;
                char *larger = realloc(text->own, n_room);

                if (!larger)
                        return error_origin(-ENOMEM);
                text->own = larger;
                text->n_own_room = n_room;
        }
        if (n_bytes > 0)
                memcpy(text->own, bytes, n_bytes);
        text->bytes = text->own;
        return 0;
}

static int read_bytes(JsonText *text, size_t n_bytes, size_t max_keys) {
        int r;

        json_doubled_keys_clear(&text->doubled);
        text->problem.place[0] = text->problem.reason[0] = '\0';
        text->next_key = 1;
        for (size_t i = 0; i < N_WALKS; i++)
                text->walks[i].used = false;
        r = json_scan_cells(text->bytes, n_bytes, max_keys, &text->cells, &text->doubled,
                            &text->problem);
        return r < 0 ? error_trace(r) : r == 0 ? 0 : JSON_READ_E_REFUSED;
}

static int refuse_size(JsonProblem *problem) {
        snprintf(problem->place, sizeof(problem->place), "text");
        snprintf(problem->reason, sizeof(problem->reason), "too large");
        return JSON_READ_E_REFUSED;
}

int json_text_read(JsonText *text, const char *bytes, size_t n_bytes, size_t max_keys) {
        int r;

        if (n_bytes > INT32_MAX)
                return refuse_size(&text->problem);
        r = copy_bytes(text, bytes, n_bytes);
        if (r)
                return error_fold(r);
        r = read_bytes(text, n_bytes, max_keys);
        return r < 0 ? error_trace(r) : r;
}

/* What came of reading goes to whoever asked, or away. */
static int hand_over(JsonText *text, int outcome, JsonText **ret, JsonProblem *ret_problem) {
        if (outcome == 0) {
                *ret = text;
                return 0;
        }
        *ret_problem = text->problem;
        json_text_free(text);
        return outcome < 0 ? error_trace(outcome) : outcome;
}

int json_text_new(JsonText **ret, const char *bytes, size_t n_bytes, size_t max_keys,
                  JsonProblem *ret_problem) {
        JsonText *text;
        int r;

        r = json_text_new_empty(&text);
        if (r)
                return error_fold(r);
        return hand_over(text, json_text_read(text, bytes, n_bytes, max_keys), ret, ret_problem);
}

int json_text_read_in_place(JsonText *text, char *bytes, size_t n_bytes, size_t max_keys) {
        int r;

        if (n_bytes > INT32_MAX)
                return refuse_size(&text->problem);
        text->bytes = bytes;
        r = read_bytes(text, n_bytes, max_keys);
        return r < 0 ? error_trace(r) : r;
}

void json_text_trim(JsonText *text, size_t n_kept) {
        text->bytes = NULL;
        text->cells.n_items = 0;
        if (text->cells.n_room * sizeof(*text->cells.items) > n_kept) {
                free(text->cells.items);
                text->cells = (JsonCells){};
        }
        if (text->n_own_room > n_kept) {
                free(text->own);
                text->own = NULL;
                text->n_own_room = 0;
        }
}

const JsonProblem *json_text_problem(const JsonText *text) {
        return &text->problem;
}

size_t json_text_n_doubled(const JsonText *text) {
        return text->doubled.n_paths;
}

/* From the outermost in: the place of what holds `value`, then its own step. */
static size_t write_place(const JsonValue *value, char *place, size_t n_room) {
        size_t n;
        int more;

        if (!value->parent)
                return (size_t) snprintf(place, n_room, "%s", "");
        n = write_place(value->parent, place, n_room);
        if (n >= n_room)
                return n;
        more = value->key ? snprintf(place + n, n_room - n, "%s%s", n > 0 ? "." : "", value->key)
                          : snprintf(place + n, n_room - n, "[%zu]", value->index);
        return n + (size_t) more;
}

bool json_refuse(const JsonValue *value, const char *format, ...) {
        JsonProblem *problem = &value->text->problem;
        va_list arguments;

        if (problem->reason[0] != '\0')
                return false;

        if (write_place(value, problem->place, sizeof(problem->place)) == 0)
                strcpy(problem->place, "text");
        va_start(arguments, format);
        vsnprintf(problem->reason, sizeof(problem->reason), format, arguments);
        va_end(arguments);
        return false;
}

/* Almost no text has doubled keys, so the place is only spelled when there are some. */
static bool is_doubled(const JsonValue *value) {
        const JsonDoubledKeys *doubled = &value->text->doubled;
        char place[JSON_PATH_BYTES];

        if (doubled->n_paths == 0)
                return false;

        write_place(value, place, sizeof(place));
        for (size_t i = 0; i < doubled->n_paths; i++)
                if (strcmp(doubled->paths[i], place) == 0)
                        return true;
        return false;
}

/* With a point or an exponent a number is no integer. */
static bool is_integer(const JsonValue *value) {
        const JsonCell *cell = value->cell;

        if (cell->kind != JSON_CELL_NUMBER)
                return false;
        for (size_t i = 0; i < cell->n_bytes; i++)
                if (strchr(".eE", value->text->bytes[cell->at + i]))
                        return false;
        return true;
}

bool json_is(const JsonValue *value, JsonKind kind) {
        const JsonCell *cell = value->cell;

        if (!cell)
                return false;
        switch (kind) {
        case JSON_OBJECT:
                return cell->kind == JSON_CELL_OBJECT;
        case JSON_ARRAY:
                return cell->kind == JSON_CELL_ARRAY;
        case JSON_STRING:
                return cell->kind == JSON_CELL_STRING;
        case JSON_INTEGER:
                return is_integer(value);
        default:
                return cell->kind == JSON_CELL_TRUE || cell->kind == JSON_CELL_FALSE;
        }
}

bool json_is_null(const JsonValue *value) {
        return !value->cell || value->cell->kind == JSON_CELL_NULL;
}

bool json_check(const JsonValue *value, JsonKind kind) {
        static const char *const kinds[] = {
                [JSON_OBJECT] = "an object",  [JSON_ARRAY] = "an array",
                [JSON_STRING] = "a string",   [JSON_INTEGER] = "an integer",
                [JSON_BOOLEAN] = "a boolean",
        };
        static const char *const words[] = {
                [JSON_CELL_OBJECT] = "object", [JSON_CELL_ARRAY] = "array",
                [JSON_CELL_STRING] = "string", [JSON_CELL_NUMBER] = "double",
                [JSON_CELL_TRUE] = "boolean",  [JSON_CELL_FALSE] = "boolean",
                [JSON_CELL_NULL] = "null",
        };

        if (json_is(value, kind))
                return true;
        return json_refuse(value, "%s expected, %s found", kinds[kind],
                           !value->cell        ? "nothing"
                           : is_integer(value) ? "int"
                                               : words[value->cell->kind]);
}

bool json_root(JsonText *text, JsonKind kind, JsonValue *ret) {
        *ret = (JsonValue){ .text = text, .cell = &text->cells.items[0] };
        return json_check(ret, kind);
}

/* The text of a string, key or number, made whole where it stands: no escapes, a NUL behind it. */
static const char *text_of(JsonText *text, JsonCell *cell) {
        char *at = text->bytes + cell->at;

        if (cell->escaped) {
                cell->n_bytes = (uint32_t) json_unescape(at, cell->n_bytes);
                cell->escaped = false;
        }
        at[cell->n_bytes] = '\0';
        return at;
}

/* The cell of the key between the two, or NULL. */
static JsonCell *find_key(JsonText *text, uint32_t from, uint32_t to, const char *key,
                          size_t n_bytes) {
        JsonCell *cells = text->cells.items;

        for (uint32_t i = from; i < to; i = cells[i + 1].behind) {
                if (cells[i].escaped)
                        text_of(text, &cells[i]);
                if (cells[i].n_bytes == n_bytes &&
                    memcmp(text->bytes + cells[i].at, key, n_bytes) == 0)
                        return &cells[i];
        }
        return NULL;
}

static uint32_t number_of(const JsonText *text, const JsonCell *cell) {
        return (uint32_t) (cell - text->cells.items);
}

/* An absent object has no members. */
static JsonCell *find_member(const JsonValue *object, const char *key) {
        JsonText *text = object->text;
        uint32_t first, end, middle;
        size_t n_bytes = strlen(key);
        JsonCell *found;

        if (!object->cell)
                return NULL;
        first = number_of(text, object->cell) + 1;
        end = object->cell->behind;
        /* Records are written in the order in which they are read: the search begins where the last one ended. */
        middle = !object->parent ? text->next_key : first;
        found = find_key(text, middle, end, key, n_bytes);
        if (!found)
                found = find_key(text, first, middle, key, n_bytes);
        if (found && !object->parent)
                text->next_key = found[1].behind;
        return found ? found + 1 : NULL;
}

bool json_member(const JsonValue *object, const char *key, JsonKind kind, JsonPresence presence,
                 JsonValue *ret) {
        *ret = (JsonValue){
                .text = object->text, .parent = object, .key = key, .cell = find_member(object, key)
        };
        if (!ret->cell)
                return presence != JSON_REQUIRED || json_refuse(ret, "missing");
        if (is_doubled(ret))
                return json_refuse(ret, "given twice");
        if (presence == JSON_NULLABLE && json_is_null(ret)) {
                ret->cell = NULL;
                return true;
        }
        return json_check(ret, kind);
}

bool json_member_string(const JsonValue *object, const char *key, JsonPresence presence,
                        const char **ret) {
        JsonValue value;

        if (!json_member(object, key, JSON_STRING, presence, &value))
                return false;
        *ret = value.cell ? json_string(&value) : NULL;
        return true;
}

bool json_next(const JsonValue *list, JsonValue *value) {
        JsonText *text = list->text;
        JsonCell *cells = text->cells.items, *next;
        bool named;

        if (!list->cell)
                return false;
        next = value->cell ? cells + value->cell->behind : list->cell + 1;
        if (next == cells + list->cell->behind)
                return false;

        named = next->kind == JSON_CELL_KEY;
        *value = (JsonValue){ .text = text,
                              .parent = list,
                              .key = named ? text_of(text, next) : NULL,
                              .index = value->cell ? value->index + 1 : 0,
                              .cell = named ? next + 1 : next };
        return true;
}

size_t json_size(const JsonValue *list) {
        JsonValue value = {};
        size_t n = 0;

        while (json_next(list, &value))
                n++;
        return n;
}

/* The array's walk, from its beginning where another array has used it meanwhile. */
static Walk *walk_of(const JsonValue *array) {
        uint32_t number = number_of(array->text, array->cell);
        Walk *walk = &array->text->walks[number % N_WALKS];

        if (!walk->used || walk->array != number)
                *walk = (Walk){ .array = number, .used = true, .at = number + 1 };
        return walk;
}

size_t json_array_length(const JsonValue *array) {
        Walk *walk;

        if (!array->cell)
                return 0;
        walk = walk_of(array);
        if (!walk->counted) {
                walk->n_items = json_size(array);
                walk->counted = true;
        }
        return walk->n_items;
}

bool json_item(const JsonValue *array, size_t index, JsonKind kind, JsonValue *ret) {
        const JsonCell *cells = array->text->cells.items;
        Walk *walk;

        *ret = (JsonValue){ .text = array->text, .parent = array, .index = index };
        if (array->cell) {
                walk = walk_of(array);
                if (index < walk->index) {
                        walk->index = 0;
                        walk->at = walk->array + 1;
                }
                for (; walk->index < index && walk->at < array->cell->behind; walk->index++)
                        walk->at = cells[walk->at].behind;
                if (walk->at < array->cell->behind)
                        ret->cell = &array->text->cells.items[walk->at];
        }
        return json_check(ret, kind);
}

bool json_item_string(const JsonValue *array, size_t index, const char **ret) {
        JsonValue value;

        if (!json_item(array, index, JSON_STRING, &value))
                return false;
        *ret = json_string(&value);
        return true;
}

bool json_find(const JsonValue *object, const char *key, JsonValue *ret) {
        JsonValue member = {};
        bool found = false;

        if (!json_is(object, JSON_OBJECT))
                return false;
        while (json_next(object, &member))
                if (strcmp(member.key, key) == 0) {
                        *ret = member;
                        found = true;
                }
        return found;
}

bool json_next_string(const JsonValue *within, JsonValue *string) {
        JsonCell *cells = within->text->cells.items;
        uint32_t at = string->cell ? number_of(within->text, string->cell) + 1
                                   : number_of(within->text, within->cell);

        for (; at < within->cell->behind; at++)
                if (cells[at].kind == JSON_CELL_STRING) {
                        *string = (JsonValue){ .text = within->text,
                                               .parent = within,
                                               .cell = &cells[at] };
                        return true;
                }
        return false;
}

const char *json_string(const JsonValue *value) {
        return text_of(value->text, value->cell);
}

int64_t json_integer(const JsonValue *value) {
        return strtoll(text_of(value->text, value->cell), NULL, 10);
}

bool json_boolean(const JsonValue *value) {
        return value->cell->kind == JSON_CELL_TRUE;
}
