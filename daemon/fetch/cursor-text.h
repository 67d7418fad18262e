/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Cursors of all types of feeds are JSON objects; each type reads its own members.
 */

#include "base/memory-pool.h"
#include "format/json-read.h"

enum {
        CURSOR_TEXT_E_REFUSED = 1, /* it is no such object */
};

typedef bool (*CursorTextRead)(const JsonValue *root, MemoryPool *pool, void *ret);

/* Reads one by `read`, whose result only counts when this returns 0. 0, CURSOR_TEXT_E_REFUSED or -ENOMEM. */
int cursor_text_read(const char *text, size_t n_bytes, MemoryPool *pool, CursorTextRead read,
                     void *ret);
