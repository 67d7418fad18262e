/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Answers as JSON. Keys as on the bus, dates `YYYY-MM-DD`, times RFC 3339 `Z`, what is not known null.
 * JSON is UTF-8 whatever the locale.
 */

#include "connection/bus-row.h"
#include "ctl/command-line.h"
#include "ctl/page.h"

struct json_object;

/* An object with `schema` alone, which each answer begins with; a new reference, NULL without memory. */
struct json_object *json_output_answer(void);

/* Adds the members of a row; `object` is gone, and NULL returned, without memory. */
struct json_object *json_output_add_row(struct json_object *object, const BusRow *row);

/* The answer of a verb whose only member is the list `name`; takes the reference over, also of a NULL. */
struct json_object *json_output_list(const char *name, struct json_object *array);
struct json_object *json_output_rows(const char *name, const BusRows *rows);

/* Puts `object` on the page; takes the reference over. 0 or -ENOMEM (also for a NULL object). */
int json_output_show(Page *page, struct json_object *object, JsonForm form);

/* Prints one object a line at once: texts by their keys, each {KEY, TEXT}, NULL is null. 0 or -ENOMEM. */
int json_output_print_texts(const char *const (*members)[2], size_t n_members);
