/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * INI texts as systemd and dnf write them: `[section]`, `key=value`, `#` and `;` comments on lines of
 * their own. Read line by line, so that whoever complains can name the line.
 */

#include <stdbool.h>
#include <stddef.h>

typedef struct IniLine {
        const char *section; /* "" before the first section */
        const char *key;     /* NULL on the line that opens a section, and on a malformed one */
        const char *value;   /* trimmed; "" when empty */
        unsigned line;       /* from 1 */
        bool malformed;      /* neither comment, section nor key=value */
} IniLine;

typedef struct IniReader {
        char *rest;
        const char *section;
        unsigned line;
} IniReader;

/* `text` is changed while it is read and must outlive the reader and every IniLine. */
void ini_reader_init(IniReader *reader, char *text);

/* The next line that says something; false at the end. */
bool ini_reader_next(IniReader *reader, IniLine *ret);
