/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Describe()'s JSON by path. The answer is made printable as a whole when it comes in; what is read
 * or printed afterwards needs no second thought. It refuses to guess: no defaults, no conversions
 * between types.
 */

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "ctl/description.h"

#define SCHEMA 1
#define TEXT_BYTES_MAX 4096

static void make_printable(MemoryPool *pool, json_object *object) {
        switch (json_object_get_type(object)) {
        case json_type_string:
                json_object_set_string(object, text_printable(pool, json_object_get_string(object),
                                                              TEXT_BYTES_MAX));
                break;
        case json_type_array:
                for (size_t i = 0; i < json_object_array_length(object); i++)
                        make_printable(pool, json_object_array_get_idx(object, i));
                break;
        case json_type_object: {
                json_object_object_foreach(object, key, value) {
                        (void) key;
                        make_printable(pool, value);
                }
                break;
        }
        default:
                break;
        }
}

int description_parse(MemoryPool *pool, const char *json, Description **ret) {
        _cleanup_(description_freep) Description *description = NULL;
        struct json_tokener *tokener;
        int64_t schema;

        tokener = json_tokener_new();
        if (!tokener)
                return error_origin(-ENOMEM);
        description = json_tokener_parse_ex(tokener, json, -1);
        json_tokener_free(tokener);

        if (!json_object_is_type(description, json_type_object))
                return DESCRIPTION_E_MALFORMED;
        if (!description_number(description, "schema", &schema) || schema != SCHEMA)
                return DESCRIPTION_E_OTHER_SCHEMA;

        make_printable(pool, description);
        *ret = TAKE(description);
        return 0;
}

Description *description_free(Description *description) {
        json_object_put(description);
        return NULL;
}

/* The value at a path, whatever its type; NULL for null too. */
static json_object *find(const Description *description, const char *path) {
        json_object *value = NULL;
        char key[64];

        for (;;) {
                size_t n = strcspn(path, ".");

                if (!json_object_is_type(description, json_type_object) || n >= sizeof(key))
                        return NULL;
                memcpy(key, path, n);
                key[n] = '\0';
                if (!json_object_object_get_ex(description, key, &value))
                        return NULL;
                if (path[n] == '\0')
                        return value;
                description = value;
                path += n + 1;
        }
}

static json_object *find_typed(const Description *description, const char *path, json_type type) {
        json_object *value = find(description, path);

        return value && json_object_is_type(value, type) ? value : NULL;
}

const char *description_text(const Description *description, const char *path) {
        json_object *value = find_typed(description, path, json_type_string);
        const char *text = value ? json_object_get_string(value) : NULL;

        return text && text[0] != '\0' ? text : NULL;
}

UtcTime description_time(const Description *description, const char *path) {
        const char *text = description_text(description, path);
        UtcTime time;

        return text && utc_time_parse_lenient(text, &time) == 0 ? time : UTC_TIME_NONE;
}

UtcDay description_day(const Description *description, const char *path) {
        return utc_day_of(description_time(description, path));
}

Answer description_answer(const Description *description, const char *path) {
        json_object *value = find_typed(description, path, json_type_boolean);

        if (value)
                return json_object_get_boolean(value) ? ANSWER_YES : ANSWER_NO;
        if (description_is(description, path, "yes"))
                return ANSWER_YES;
        return description_is(description, path, "no") ? ANSWER_NO : ANSWER_UNKNOWN;
}

bool description_number(const Description *description, const char *path, int64_t *ret) {
        json_object *value = find_typed(description, path, json_type_int);

        if (value)
                *ret = json_object_get_int64(value);
        return value;
}

int64_t description_count(const Description *description, const char *path) {
        int64_t n = 0;

        description_number(description, path, &n);
        return n < 0 ? 0 : n;
}

TextList description_texts(const Description *description, MemoryPool *pool, const char *path) {
        json_object *array = find_typed(description, path, json_type_array);
        TextList texts = {};

        for (size_t i = 0; array && i < json_object_array_length(array); i++) {
                json_object *item = json_object_array_get_idx(array, i);

                if (json_object_is_type(item, json_type_string))
                        text_list_add(&texts, pool, json_object_get_string(item));
        }
        return texts;
}

size_t description_n_items(const Description *description, const char *path) {
        json_object *array = find_typed(description, path, json_type_array);

        return array ? json_object_array_length(array) : 0;
}

const Description *description_item(const Description *description, const char *path, size_t i) {
        json_object *array = find_typed(description, path, json_type_array);

        return array ? json_object_array_get_idx(array, i) : NULL;
}

bool description_is(const Description *description, const char *path, const char *word) {
        return text_equal(description_text(description, path), word);
}

Description *description_part(const Description *description, const char *path) {
        return json_object_get(find(description, path));
}
