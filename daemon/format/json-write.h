/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * JSON objects put together a key at a time, without json-c's own words. What cannot be had for lack of
 * memory is remembered, and told once at the end.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/memory-pool.h"
#include "base/utc-time.h"

struct json_object;

typedef struct JsonWriter {
        struct json_object *object;
        bool failed;
} JsonWriter;

/* An empty object, to be released with json_writer_clear(). */
JsonWriter json_writer_new(void);
void json_writer_clear(JsonWriter *writer);

void json_writer_text(JsonWriter *writer, const char *key, const char *text); /* NULL is null */
void json_writer_number(JsonWriter *writer, const char *key, int64_t number);
void json_writer_bool(JsonWriter *writer, const char *key, bool flag);
void json_writer_time(JsonWriter *writer, const char *key, UtcTime time); /* NONE is null */

/* Appends `item` to the array `key`, which the first one makes; takes the item over and clears it. */
void json_writer_append(JsonWriter *writer, const char *key, JsonWriter *item);

/* An array without items, where there may be none. */
void json_writer_array(JsonWriter *writer, const char *key);

/* The object as one line in `pool`. 0 or -ENOMEM. */
int json_writer_finish(const JsonWriter *writer, MemoryPool *pool, const char **ret);
