/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Rows: what the daemon's methods return as a{sv}, without the bus. Everything a row points to lives
 * in the pool it was read into, and every text in it is fit to show (text_printable()).
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/memory-pool.h"
#include "base/utc-time.h"

typedef struct BusRow BusRow;

typedef struct BusRows {
        BusRow *items;
        size_t n_items;
} BusRows;

typedef enum BusValueType {
        BUS_VALUE_TEXT,
        BUS_VALUE_NUMBER,
        BUS_VALUE_TIME,
        BUS_VALUE_FLAG,
        BUS_VALUE_TEXTS,
        BUS_VALUE_ROWS,
} BusValueType;

typedef struct BusField {
        const char *key;
        BusValueType type;
        union {
                const char *text;
                uint64_t number;
                UtcTime time; /* UTC_TIME_NONE for 0 on the bus */
                bool flag;
                TextList texts;
                BusRows rows;
        };
} BusField;

struct BusRow {
        BusField *fields;
        size_t n_fields;
};

/*
 * The value of `key`. A key that is absent, of another type than asked for, or an empty text reads as
 * NULL, UTC_TIME_NONE, UTC_DAY_NONE, false, or an empty list: to a reader they all mean "not known".
 */
const char *bus_row_text(const BusRow *row, const char *key);
UtcTime bus_row_time(const BusRow *row, const char *key);
UtcDay bus_row_day(const BusRow *row, const char *key);
bool bus_row_flag(const BusRow *row, const char *key);
TextList bus_row_texts(const BusRow *row, const char *key);
BusRows bus_row_rows(const BusRow *row, const char *key);
