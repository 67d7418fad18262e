/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The pager: long answers on a terminal, page by page, chosen the way systemd's tools choose it.
 */

#include <stdbool.h>

#include "base/memory-pool.h"
#include "ctl/terminal.h"

/* True when standard output is a terminal that `text` does not fit, and nothing speaks against a pager. */
bool pager_is_wanted(const char *text);

enum {
        PAGER_E_NONE = 1, /* no pager could be run: nothing was shown */
};

/* Shows `text` and returns when the reader is done with it. 0, PAGER_E_NONE, or a negative errno. */
int pager_show(MemoryPool *pool, const Terminal *terminal, const char *text);
