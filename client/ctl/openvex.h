/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The exposures as an OpenVEX document (0.2.0): a statement a CVE, about the running kernel of this host.
 */

#include "connection/bus-row.h"
#include "ctl/description.h"

struct json_object;

enum {
        OPENVEX_E_NO_KERNEL = 1, /* there is no product to speak of */
        OPENVEX_E_NO_STATEMENTS, /* and a document needs one at least */
        OPENVEX_E_NO_TIME,       /* the answer does not say when it was given */
};

/* The same answer makes the same document, byte for byte. 0 with a new reference, OPENVEX_E_*, or -ENOMEM. */
int openvex_document(const Description *description, MemoryPool *pool, const BusRows *exposures,
                     const char *author, struct json_object **ret);
