/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Rows to JSON. Programs read this, so it holds everything that came over the bus, also keys that
 * this version does not know, and it does not depend on locale, width or colours. json-c hands out
 * NULL both for null and for lack of memory; each place here knows which of the two it asked for.
 */

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "ctl/json-output.h"

#define SCHEMA 1

static json_object *rows_value(const BusRows *rows);

/* Keys whose times stand for whole days. */
static bool is_day(const char *key) {
        static const char *const days[] = { "start", "end", "deadline" };

        for (size_t i = 0; i < ELEMENTS(days); i++)
                if (strcmp(days[i], key) == 0)
                        return true;
        return false;
}

static json_object *time_value(const char *key, UtcTime time) {
        char text[UTC_TIME_TEXT_BYTES];

        if (is_day(key)) {
                char day[UTC_DAY_TEXT_BYTES];

                return json_object_new_string(utc_day_format(utc_day_of(time), day));
        }
        return json_object_new_string(utc_time_format(time, text));
}

static json_object *texts_value(const TextList *texts) {
        json_object *array = json_object_new_array();

        for (size_t i = 0; array && i < texts->n_items; i++) {
                json_object *text = json_object_new_string(texts->items[i]);

                if (!text || json_object_array_add(array, text) < 0) {
                        json_object_put(text);
                        json_object_put(array);
                        return NULL;
                }
        }
        return array;
}

static bool is_null(const BusField *field) {
        return (field->type == BUS_VALUE_TEXT && field->text[0] == '\0') ||
               (field->type == BUS_VALUE_TIME && field->time == UTC_TIME_NONE);
}

static json_object *field_value(const BusField *field) {
        switch (field->type) {
        case BUS_VALUE_TEXT:
                return json_object_new_string(field->text);
        case BUS_VALUE_NUMBER:
                return json_object_new_int64((int64_t) field->number);
        case BUS_VALUE_TIME:
                return time_value(field->key, field->time);
        case BUS_VALUE_FLAG:
                return json_object_new_boolean(field->flag);
        case BUS_VALUE_TEXTS:
                return texts_value(&field->texts);
        case BUS_VALUE_ROWS:
                return rows_value(&field->rows);
        }
        return NULL;
}

json_object *json_output_answer(void) {
        json_object *object = json_object_new_object();

        if (object && json_object_object_add(object, "schema", json_object_new_int(SCHEMA)) == 0)
                return object;
        json_object_put(object);
        return NULL;
}

json_object *json_output_list(const char *name, json_object *array) {
        json_object *object = array ? json_output_answer() : NULL;

        if (object && json_object_object_add(object, name, array) == 0)
                return object;
        json_object_put(array);
        json_object_put(object);
        return NULL;
}

json_object *json_output_rows(const char *name, const BusRows *rows) {
        return json_output_list(name, rows_value(rows));
}

json_object *json_output_add_row(json_object *object, const BusRow *row) {
        for (size_t i = 0; object && i < row->n_fields; i++) {
                const BusField *field = &row->fields[i];
                json_object *value = is_null(field) ? NULL : field_value(field);

                if ((!value && !is_null(field)) ||
                    json_object_object_add(object, field->key, value) < 0) {
                        json_object_put(value);
                        json_object_put(object);
                        return NULL;
                }
        }
        return object;
}

static json_object *rows_value(const BusRows *rows) {
        json_object *array = json_object_new_array();

        for (size_t i = 0; array && i < rows->n_items; i++) {
                json_object *row = json_output_add_row(json_object_new_object(), &rows->items[i]);

                if (!row || json_object_array_add(array, row) < 0) {
                        json_object_put(row);
                        json_object_put(array);
                        return NULL;
                }
        }
        return array;
}

int json_output_show(Page *page, json_object *object, JsonForm form) {
        int flags = JSON_C_TO_STRING_NOSLASHESCAPE |
                    (form == JSON_FORM_PRETTY ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
                                              : 0);
        const char *text = object ? json_object_to_json_string_ext(object, flags) : NULL;

        if (text)
                page_raw(page, text);
        json_object_put(object);
        return text ? 0 : error_origin(-ENOMEM);
}

int json_output_print_texts(const char *const (*members)[2], size_t n_members) {
        json_object *object = json_output_answer();
        bool whole = object != NULL;

        for (size_t i = 0; whole && i < n_members; i++) {
                json_object *value = members[i][1] ? json_object_new_string(members[i][1]) : NULL;

                whole = (value || !members[i][1]) &&
                        json_object_object_add(object, members[i][0], value) == 0;
        }
        if (whole)
                puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(object);
        return whole ? 0 : error_origin(-ENOMEM);
}
