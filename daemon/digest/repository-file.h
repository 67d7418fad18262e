/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One XML file of a repository's metadata: plain, .gz, .xz or .zst, held against its checksum first.
 */

#include "digest/opener.h"
#include "digest/xml-stream.h"

#define REPOSITORY_FILE_REASON_BYTES 1024

enum {
        REPOSITORY_FILE_E_REFUSED = 1, /* the reason names path and line */
        REPOSITORY_FILE_E_MISSING,     /* it is not there; the reason says so, too */
};

/*
 * Reads `path`, which `opener` opens, and tells `reader` its elements. Nothing is told before the hash of the file as it
 * lies there was found to be `sha256` (NULL: not known). 0, REPOSITORY_FILE_E_*, or a negative errno.
 */
int repository_file_read(const Opener *opener, const char *path, const char *sha256,
                         const XmlStreamReader *reader,
                         char ret_reason[static REPOSITORY_FILE_REASON_BYTES]);
