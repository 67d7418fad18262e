/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Links: the ids of CVEs and advisories in a finished page, made to lead to the page that is about
 * them on terminals that follow hyperlinks (OSC 8).
 */

#include <stdbool.h>

#include "base/memory-pool.h"

typedef enum LinkMode {
        LINK_MODE_OFF,
        LINK_MODE_DIRECT, /* on the terminal itself, not through a pager */
        LINK_MODE_ALWAYS, /* somebody asked for it: through a pager and a pipe as well */
} LinkMode;

/*
 * `urlify` and `term` are the environment's SYSTEMD_URLIFY and TERM (NULL: not set). SYSTEMD_URLIFY
 * decides when it is a boolean.
 */
LinkMode link_mode_choose(const char *urlify, const char *term, bool is_terminal);

/*
 * `text` with a link at each id whose page is known; `text` itself when there is none. `vendor` is the
 * one whose kernel runs (NULL: not known); its own page on a CVE is preferred. The text's own escape
 * sequences are colours. "" when the pool is exhausted.
 */
const char *link_text(MemoryPool *pool, const char *vendor, const char *text);
