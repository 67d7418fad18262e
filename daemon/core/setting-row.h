/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One setting as an operator sees it: what is in force, and where that comes from. No text is NULL.
 */

typedef struct SettingRow {
        const char *section, *key, *value;
        const char *fallback; /* the default; "" = none */
        const char *origin;   /* FILE:LINE; "" = the default is in force */
} SettingRow;
