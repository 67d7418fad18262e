/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A line reader for INI texts. It only splits: what a section or key means, and what to say of an
 * unknown one, is its caller's business. It refuses continuation lines and quoting, which none of
 * the files we read have. docs/decisions/0003 says why no library does this for us.
 */

#include <string.h>

#include "base/ini-text.h"
#include "base/text.h"

void ini_reader_init(IniReader *reader, char *text) {
        *reader = (IniReader){ .rest = text, .section = "" };
}

bool ini_reader_next(IniReader *reader, IniLine *ret) {
        while (reader->rest) {
                char *line = reader->rest, *end, *equals;

                end = strchr(line, '\n');
                if (end)
                        *end = '\0';
                reader->rest = end ? end + 1 : NULL;
                reader->line++;

                line = text_trim(line);
                if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
                        continue;

                *ret = (IniLine){ .section = reader->section, .line = reader->line };
                if (line[0] == '[') {
                        size_t n = strlen(line);

                        if (line[n - 1] == ']' && n > 2) {
                                line[n - 1] = '\0';
                                reader->section = ret->section = text_trim(line + 1);
                        } else {
                                /* What follows is in no section that anybody knows, least of all the last one. */
                                reader->section = ret->section = "";
                                ret->malformed = true;
                        }
                        return true;
                }

                equals = strchr(line, '=');
                if (!equals || equals == line) {
                        ret->malformed = true;
                        return true;
                }
                *equals = '\0';
                ret->key = text_trim(line);
                ret->value = text_trim(equals + 1);
                return true;
        }
        return false;
}
