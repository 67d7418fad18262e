/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading rows by key. A row has about fifteen keys and is read once, so a search from the front is
 * all it takes. It refuses to tell "absent" from "empty": the bus has no null, and an older daemon
 * leaves out what it does not know.
 */

#include <string.h>

#include "connection/bus-row.h"

static const BusField *find(const BusRow *row, const char *key, BusValueType type) {
        for (size_t i = 0; i < row->n_fields; i++)
                if (row->fields[i].type == type && strcmp(row->fields[i].key, key) == 0)
                        return &row->fields[i];
        return NULL;
}

const char *bus_row_text(const BusRow *row, const char *key) {
        const BusField *field = find(row, key, BUS_VALUE_TEXT);

        return field && field->text[0] != '\0' ? field->text : NULL;
}

UtcTime bus_row_time(const BusRow *row, const char *key) {
        const BusField *field = find(row, key, BUS_VALUE_TIME);

        return field ? field->time : UTC_TIME_NONE;
}

UtcDay bus_row_day(const BusRow *row, const char *key) {
        return utc_day_of(bus_row_time(row, key));
}

bool bus_row_flag(const BusRow *row, const char *key) {
        const BusField *field = find(row, key, BUS_VALUE_FLAG);

        return field && field->flag;
}

TextList bus_row_texts(const BusRow *row, const char *key) {
        const BusField *field = find(row, key, BUS_VALUE_TEXTS);

        return field ? field->texts : (TextList){};
}

BusRows bus_row_rows(const BusRow *row, const char *key) {
        const BusField *field = find(row, key, BUS_VALUE_ROWS);

        return field ? field->rows : (BusRows){};
}
