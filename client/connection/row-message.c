/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From a{sv} to rows. Every text passes text_printable() here, at the one door through which answers
 * come in, so that no verb can forget it. Rows nest once (the facts inside an explanation); what
 * nests deeper is refused as malformed instead of followed.
 */

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "connection/row-message.h"

#define TEXT_BYTES_MAX 4096
#define DEPTH_MAX 2

static int read_rows(sd_bus_message *message, MemoryPool *pool, unsigned depth, BusRows *ret);

/* What sd-bus says about a message that is not as asked for; only lack of memory is ours. */
static int judge(int r) {
        return r == -ENOMEM ? error_origin(r) : ROW_MESSAGE_E_MALFORMED;
}

static int read_texts(sd_bus_message *message, MemoryPool *pool, TextList *ret) {
        TextList texts = {};
        const char *text;
        int r;

        r = sd_bus_message_enter_container(message, 'a', "s");
        if (r < 0)
                return judge(r);

        while ((r = sd_bus_message_read_basic(message, 's', &text)) > 0)
                text_list_add(&texts, pool, text_printable(pool, text, TEXT_BYTES_MAX));
        if (r < 0)
                return judge(r);

        r = sd_bus_message_exit_container(message);
        if (r < 0)
                return judge(r);

        *ret = texts;
        return 0;
}

static int read_basic(sd_bus_message *message, MemoryPool *pool, char type, BusField *field) {
        union {
                const char *text;
                uint64_t t;
                uint32_t u;
                int b;
        } value;
        int r;

        r = sd_bus_message_read_basic(message, type, &value);
        if (r < 0)
                return judge(r);

        switch (type) {
        case 's':
                field->type = BUS_VALUE_TEXT;
                field->text = text_printable(pool, value.text, TEXT_BYTES_MAX);
                break;
        case 't':
                /* Every t of these interfaces is a time; 0 and what no calendar holds are "none". */
                field->type = BUS_VALUE_TIME;
                field->time = value.t == 0 || value.t > (uint64_t) INT64_MAX ? UTC_TIME_NONE
                                                                             : (UtcTime) value.t;
                break;
        case 'u':
                field->type = BUS_VALUE_NUMBER;
                field->number = value.u;
                break;
        default:
                field->type = BUS_VALUE_FLAG;
                field->flag = value.b != 0;
        }
        return 0;
}

/* Reads one variant into `field`, or skips it and says so in `ret_known`. */
static int read_value(sd_bus_message *message, MemoryPool *pool, unsigned depth, BusField *field,
                      bool *ret_known) {
        const char *contents;
        char type;
        int r;

        r = sd_bus_message_peek_type(message, &type, &contents);
        if (r < 0)
                return judge(r);
        if (r == 0 || type != 'v')
                return ROW_MESSAGE_E_MALFORMED;

        *ret_known = strlen(contents) == 1 ? strchr("stub", contents[0]) != NULL
                                           : strcmp(contents, "as") == 0 ||
                                                             strcmp(contents, "aa{sv}") == 0;
        if (!*ret_known) {
                r = sd_bus_message_skip(message, "v");
                return r < 0 ? judge(r) : 0;
        }

        r = sd_bus_message_enter_container(message, 'v', contents);
        if (r < 0)
                return judge(r);

        if (strcmp(contents, "as") == 0) {
                field->type = BUS_VALUE_TEXTS;
                r = read_texts(message, pool, &field->texts);
        } else if (strcmp(contents, "aa{sv}") == 0) {
                field->type = BUS_VALUE_ROWS;
                r = read_rows(message, pool, depth + 1, &field->rows);
        } else
                r = read_basic(message, pool, contents[0], field);
        if (r != 0)
                return r;

        r = sd_bus_message_exit_container(message);
        return r < 0 ? judge(r) : 0;
}

static int read_field(sd_bus_message *message, MemoryPool *pool, unsigned depth, BusRow *row) {
        BusField field = {}, *slot;
        const char *key;
        bool known = false;
        int r;

        r = sd_bus_message_read_basic(message, 's', &key);
        if (r < 0)
                return judge(r);

        r = read_value(message, pool, depth, &field, &known);
        if (r != 0 || !known)
                return r;

        field.key = text_printable(pool, key, TEXT_BYTES_MAX);
        slot = memory_pool_append(pool, row->fields, row->n_fields);
        if (!slot)
                return error_origin(-ENOMEM);

        *slot = field;
        return 0;
}

static int read_row(sd_bus_message *message, MemoryPool *pool, unsigned depth, BusRow *ret) {
        BusRow row = {};
        int r;

        r = sd_bus_message_enter_container(message, 'a', "{sv}");
        if (r < 0)
                return judge(r);

        while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                r = read_field(message, pool, depth, &row);
                if (r != 0)
                        return r;
                r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return judge(r);
        }
        if (r < 0)
                return judge(r);

        r = sd_bus_message_exit_container(message);
        if (r < 0)
                return judge(r);

        *ret = row;
        return 0;
}

static int read_rows(sd_bus_message *message, MemoryPool *pool, unsigned depth, BusRows *ret) {
        BusRows rows = {};
        int r;

        if (depth > DEPTH_MAX)
                return ROW_MESSAGE_E_MALFORMED;

        r = sd_bus_message_enter_container(message, 'a', "a{sv}");
        if (r < 0)
                return judge(r);

        while ((r = sd_bus_message_at_end(message, 0)) == 0) {
                BusRow row, *slot;

                r = read_row(message, pool, depth, &row);
                if (r != 0)
                        return r;
                slot = memory_pool_append(pool, rows.items, rows.n_items);
                if (!slot)
                        return error_origin(-ENOMEM);
                *slot = row;
        }
        if (r < 0)
                return judge(r);

        r = sd_bus_message_exit_container(message);
        if (r < 0)
                return judge(r);

        *ret = rows;
        return 0;
}

int row_message_read(sd_bus_message *message, MemoryPool *pool, BusRow *ret) {
        return read_row(message, pool, 0, ret);
}

int row_message_read_all(sd_bus_message *message, MemoryPool *pool, BusRows *ret) {
        return read_rows(message, pool, 0, ret);
}
