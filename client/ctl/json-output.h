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

/* A row, or all rows, as a new reference that is the caller's; NULL without memory. */
struct json_object *json_output_row(const BusRow *row);
struct json_object *json_output_rows(const BusRows *rows);

/* Puts `object` on the page; takes the reference over. 0 or -ENOMEM (also for a NULL object). */
int json_output_show(Page *page, struct json_object *object, JsonForm form);
