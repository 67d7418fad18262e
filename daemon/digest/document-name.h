/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What files of CSAF documents are called: by their vendors' archives, and by the standard.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * True for the whole name of a document in an archive: `2024/rhsa-2024_5363.json` of Red Hat,
 * `csaf/suse-su-2024_2883-1.json` of SUSE, also without the folder.
 */
bool document_name_is_member(const char *name);

/* True if a file called `name`, folders and `.json` left aside, is to hold the document with this id. */
bool document_name_is_of(const char *name, const char *id);
