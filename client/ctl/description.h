/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Reading what Describe() says. Keys are paths with dots ("coverage.end"). A key that is absent, null
 * or of another type reads as "not known", so that an older or newer daemon is never an error.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/memory-pool.h"
#include "base/utc-time.h"

/* The whole answer, or one object inside it. */
typedef struct json_object Description;

enum {
        DESCRIPTION_E_MALFORMED = 1, /* not a JSON object */
        DESCRIPTION_E_OTHER_SCHEMA,  /* written to another schema than 1 */
};

/* Yes, no, or not known. */
typedef enum Answer {
        ANSWER_UNKNOWN,
        ANSWER_NO,
        ANSWER_YES,
} Answer;

/* Every text in the result is fit to show. 0, DESCRIPTION_E_*, or -ENOMEM. */
int description_parse(MemoryPool *pool, const char *json, Description **ret);
Description *description_free(Description *description);
DEFINE_CLEANUP(Description, description_free);

const char *description_text(const Description *description,
                             const char *path); /* NULL when not known or empty */
UtcDay description_day(const Description *description, const char *path); /* of a date or a time */
UtcTime description_time(const Description *description, const char *path);
Answer description_answer(const Description *description,
                          const char *path); /* a bool, or yes/no as text */
bool description_number(const Description *description, const char *path, int64_t *ret);
int64_t description_count(const Description *description,
                          const char *path); /* a number, 0 when not known */
TextList description_texts(const Description *description, MemoryPool *pool, const char *path);

/* The objects of an array: how many, and each. */
size_t description_n_items(const Description *description, const char *path);
const Description *description_item(const Description *description, const char *path, size_t i);

/* What is at `path` as it is: a reference that is the caller's; NULL when not known. */
Description *description_part(const Description *description, const char *path);

/* True when the text at `path` is `word`. */
bool description_is(const Description *description, const char *path, const char *word);
