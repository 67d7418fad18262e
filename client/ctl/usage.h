/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What `--help` and `help` print.
 */

#include "ctl/command-line.h"
#include "ctl/page.h"

/* All verbs. */
void usage_show(Page *page);

/* One verb with its options. */
void usage_show_verb(Page *page, Verb verb);
