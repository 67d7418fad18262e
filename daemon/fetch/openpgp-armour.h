/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Keys in ASCII armour, as vendors publish them; gpgv only takes them without.
 */

#include <stddef.h>

enum {
        OPENPGP_ARMOUR_E_NONE = 1, /* it is no armour, or a broken one */
};

/* The bytes of all public-key blocks in `text`, allocated and the caller's to free(). 0, _E_NONE or -ENOMEM. */
int openpgp_armour_open(const char *text, size_t n_bytes, char **ret, size_t *ret_n_bytes);
