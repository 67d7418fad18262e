/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Strict JSON: the scan says whether the text is sound, json-c builds the tree, and the getters here
 * hold each value that is asked for against the type it must have. A place is not stored with the
 * values; it is the chain of JsonValues that led there, spelled out only when somebody complains.
 * It refuses to convert: a number is no string, null is not an empty list.
 */

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "format/json-read.h"

struct JsonText {
        json_object *root;
        JsonDoubledKeys doubled;
        JsonProblem problem;
};

static const char *const kind_words[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array",    [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_BOOLEAN] = "a boolean",
};

static const json_type kind_types[] = {
        [JSON_OBJECT] = json_type_object,   [JSON_ARRAY] = json_type_array,
        [JSON_STRING] = json_type_string,   [JSON_INTEGER] = json_type_int,
        [JSON_BOOLEAN] = json_type_boolean,
};

static int build_tree(JsonText *text, const char *bytes, size_t n_bytes) {
        enum json_tokener_error error;
        json_tokener *tokener;

        tokener = json_tokener_new_ex(JSON_MAX_DEPTH + 1);
        if (!tokener)
                return error_origin(-ENOMEM);

        /* The encoding has been looked at: json-c's own look costs more than all the rest of it. */
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
        text->root = json_tokener_parse_ex(tokener, bytes, (int) n_bytes);
        error = json_tokener_get_error(tokener);
        if (error == json_tokener_continue) {
                /* A lone number or word may go on behind the last byte; a NUL ends it. */
                text->root = json_tokener_parse_ex(tokener, "", 1);
                error = json_tokener_get_error(tokener);
        }
        json_tokener_free(tokener);
        if (error != json_tokener_success) {
                snprintf(text->problem.place, sizeof(text->problem.place), "text");
                snprintf(text->problem.reason, sizeof(text->problem.reason), "%s",
                         json_tokener_error_desc(error));
                return JSON_READ_E_REFUSED;
        }
        return 0;
}

int json_text_new(JsonText **ret, const char *bytes, size_t n_bytes, size_t max_keys,
                  JsonProblem *ret_problem) {
        _cleanup_(json_text_freep) JsonText *text = NULL;
        int r;

        text = calloc(1, sizeof(*text));
        if (!text)
                return error_origin(-ENOMEM);
        if (n_bytes > INT32_MAX) {
                snprintf(ret_problem->place, sizeof(ret_problem->place), "text");
                snprintf(ret_problem->reason, sizeof(ret_problem->reason), "too large");
                return JSON_READ_E_REFUSED;
        }

        r = json_scan(bytes, n_bytes, max_keys, &text->doubled, &text->problem);
        if (r < 0)
                return error_trace(r);
        if (r == 0) {
                r = build_tree(text, bytes, n_bytes);
                if (r < 0)
                        return error_trace(r);
        }
        if (r > 0) {
                *ret_problem = text->problem;
                return JSON_READ_E_REFUSED;
        }

        *ret = TAKE(text);
        return 0;
}

JsonText *json_text_free(JsonText *text) {
        if (!text)
                return NULL;

        json_object_put(text->root);
        json_doubled_keys_clear(&text->doubled);
        free(text);
        return NULL;
}

const JsonProblem *json_text_problem(const JsonText *text) {
        return &text->problem;
}

size_t json_text_n_doubled(const JsonText *text) {
        return text->doubled.n_paths;
}

/* Writes the place of `value` at the end of `place`; cut when it does not fit. */
static void append_place(const JsonValue *value, char *place, size_t n_room) {
        size_t n;

        if (!value->parent)
                return;
        append_place(value->parent, place, n_room);
        n = strlen(place);
        if (value->key)
                snprintf(place + n, n_room - n, "%s%s", n > 0 ? "." : "", value->key);
        else
                snprintf(place + n, n_room - n, "[%zu]", value->index);
}

bool json_refuse(const JsonValue *value, const char *format, ...) {
        JsonProblem *problem = &value->text->problem;
        va_list arguments;

        if (problem->reason[0] != '\0')
                return false;

        append_place(value, problem->place, sizeof(problem->place));
        if (problem->place[0] == '\0')
                snprintf(problem->place, sizeof(problem->place), "text");
        va_start(arguments, format);
        vsnprintf(problem->reason, sizeof(problem->reason), format, arguments);
        va_end(arguments);
        return false;
}

/* Almost no text has doubled keys, so the place is only spelled when there are some. */
static bool is_doubled(const JsonValue *value) {
        const JsonDoubledKeys *doubled = &value->text->doubled;
        char place[4096] = "";

        if (doubled->n_paths == 0)
                return false;

        append_place(value, place, sizeof(place));
        for (size_t i = 0; i < doubled->n_paths; i++)
                if (strcmp(doubled->paths[i], place) == 0)
                        return true;
        return false;
}

bool json_is(const JsonValue *value, JsonKind kind) {
        return json_object_is_type(value->object, kind_types[kind]);
}

bool json_is_null(const JsonValue *value) {
        return json_object_is_type(value->object, json_type_null);
}

static bool check_kind(const JsonValue *value, JsonKind kind) {
        if (json_is(value, kind))
                return true;
        return json_refuse(value, "%s expected, %s found", kind_words[kind],
                           json_type_to_name(json_object_get_type(value->object)));
}

bool json_root(JsonText *text, JsonKind kind, JsonValue *ret) {
        *ret = (JsonValue){ .text = text, .object = text->root };
        return check_kind(ret, kind);
}

bool json_member(const JsonValue *object, const char *key, JsonKind kind, JsonPresence presence,
                 JsonValue *ret) {
        bool present;

        *ret = (JsonValue){ .text = object->text, .parent = object, .key = key };
        present = object->object && json_object_object_get_ex(object->object, key, &ret->object);
        if (!present)
                return presence != JSON_REQUIRED || json_refuse(ret, "missing");
        if (is_doubled(ret))
                return json_refuse(ret, "given twice");
        if (presence == JSON_NULLABLE && json_is_null(ret))
                return true;
        return check_kind(ret, kind);
}

bool json_member_string(const JsonValue *object, const char *key, JsonPresence presence,
                        const char **ret) {
        JsonValue value;

        if (!json_member(object, key, JSON_STRING, presence, &value))
                return false;
        *ret = value.object ? json_string(&value) : NULL;
        return true;
}

size_t json_array_length(const JsonValue *array) {
        return array->object ? json_object_array_length(array->object) : 0;
}

bool json_item(const JsonValue *array, size_t index, JsonKind kind, JsonValue *ret) {
        *ret = (JsonValue){
                .text = array->text,
                .parent = array,
                .index = index,
                .object = json_object_array_get_idx(array->object, index),
        };
        return check_kind(ret, kind);
}

bool json_item_string(const JsonValue *array, size_t index, const char **ret) {
        JsonValue value;

        if (!json_item(array, index, JSON_STRING, &value))
                return false;
        *ret = json_string(&value);
        return true;
}

size_t json_object_size(const JsonValue *object) {
        return object->object ? (size_t) json_object_object_length(object->object) : 0;
}

bool json_next_member(const JsonValue *object, JsonValue *member) {
        struct lh_entry *entry;

        if (!object->object)
                return false;

        /* The entry of the member before is found again by its key, so that a JsonValue says it all. */
        entry = member->key ? lh_table_lookup_entry(json_object_get_object(object->object),
                                                    member->key)
                            : NULL;
        entry = member->key ? (entry ? lh_entry_next(entry) : NULL)
                            : lh_table_head(json_object_get_object(object->object));
        if (!entry)
                return false;

        *member = (JsonValue){
                .text = object->text,
                .parent = object,
                .key = lh_entry_k(entry),
                .object = (json_object *) lh_entry_v(entry),
        };
        return true;
}

const char *json_string(const JsonValue *value) {
        return json_object_get_string(value->object);
}

int64_t json_integer(const JsonValue *value) {
        return json_object_get_int64(value->object);
}

bool json_boolean(const JsonValue *value) {
        return json_object_get_boolean(value->object);
}
