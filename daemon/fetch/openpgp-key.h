/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * When a pinned key expires: gpgv says so only once it has.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/utc-time.h"

/*
 * The end of the primary key with this fingerprint (40 hexadecimal digits) in a keyring as OpenPGP has it (RFC 4880,
 * not in armour), by its latest signature on itself, which is not checked: this is for a word of warning, never for
 * trust. False when the key is not there, has no end, or what is there cannot be read.
 */
bool openpgp_key_find_end(const void *keyring, size_t n_bytes, const char *fingerprint,
                          UtcTime *ret);
