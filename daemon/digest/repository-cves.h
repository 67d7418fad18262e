/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The CVEs of one advisory or one changelog.
 */

#include "core/facts.h"
#include "digest/xml-stream.h"

typedef struct RepositoryCves {
        CveFact *items; /* sorted, each once */
        size_t n_items;
} RepositoryCves;

/* Adds a CVE unless it is there; refuses the document when there are too many. The pool remembers. */
void repository_cves_add(RepositoryCves *cves, MemoryPool *pool, XmlStream *stream, const char *id);
