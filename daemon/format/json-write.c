/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writing JSON. It refuses to make texts printable: what is data stays as it is, and whoever writes
 * for people does that before.
 */

#include <errno.h>
#include <json-c/json.h>

#include "base/error.h"
#include "format/json-write.h"

JsonWriter json_writer_new(void) {
        JsonWriter writer = { .object = json_object_new_object() };

        writer.failed = !writer.object;
        return writer;
}

void json_writer_clear(JsonWriter *writer) {
        json_object_put(writer->object);
        *writer = (JsonWriter){ .failed = true };
}

/* Takes `value` over; without one the key is null if it `may_be` so. */
static void put(JsonWriter *writer, const char *key, json_object *value, bool may_be_null) {
        if (!writer->failed && (value || may_be_null) &&
            json_object_object_add(writer->object, key, value) == 0)
                return;
        json_object_put(value);
        writer->failed = true;
}

void json_writer_text(JsonWriter *writer, const char *key, const char *text) {
        put(writer, key, text ? json_object_new_string(text) : NULL, !text);
}

void json_writer_number(JsonWriter *writer, const char *key, int64_t number) {
        put(writer, key, json_object_new_int64(number), false);
}

void json_writer_bool(JsonWriter *writer, const char *key, bool flag) {
        put(writer, key, json_object_new_boolean(flag), false);
}

void json_writer_time(JsonWriter *writer, const char *key, UtcTime time) {
        char buffer[UTC_TIME_TEXT_BYTES];

        json_writer_text(writer, key, time == UTC_TIME_NONE ? NULL : utc_time_format(time, buffer));
}

void json_writer_array(JsonWriter *writer, const char *key) {
        put(writer, key, json_object_new_array(), false);
}

void json_writer_append(JsonWriter *writer, const char *key, JsonWriter *item) {
        json_object *array = NULL;

        if (!writer->failed && !json_object_object_get_ex(writer->object, key, &array))
                json_writer_array(writer, key);
        if (!writer->failed && !item->failed &&
            json_object_object_get_ex(writer->object, key, &array) &&
            json_object_array_add(array, item->object) == 0)
                item->object = NULL;
        else
                writer->failed = true;
        json_writer_clear(item);
}

int json_writer_finish(const JsonWriter *writer, MemoryPool *pool, const char **ret) {
        const char *text = NULL;

        if (!writer->failed)
                text = json_object_to_json_string_ext(
                                writer->object,
                                JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
        text = memory_pool_text(pool, text);
        if (!text || memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        *ret = text;
        return 0;
}
