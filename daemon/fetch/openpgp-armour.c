/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ASCII armour (RFC 4880, 6.2), of keyrings that an administrator or a package has put there. The checksum
 * is not looked at: what a key is worth is told by its fingerprint.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/openpgp-armour.h"

#define BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define END "-----END PGP PUBLIC KEY BLOCK-----"

static int value_of(char c) {
        static const char digits[] =
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const char *found = c ? strchr(digits, c) : NULL;

        return found ? (int) (found - digits) : -1;
}

/* One line of base64 behind `bytes`. False when it is none. */
static bool open_line(const char *line, char *bytes, size_t *n_bytes) {
        unsigned long group = 0;
        size_t n = 0;

        for (; *line && *line != '='; line++, n++) {
                int value = value_of(*line);

                if (value < 0)
                        return false;
                group = group << 6 | (unsigned long) value;
                if (n % 4 == 3) {
                        bytes[(*n_bytes)++] = (char) (group >> 16);
                        bytes[(*n_bytes)++] = (char) (group >> 8);
                        bytes[(*n_bytes)++] = (char) group;
                        group = 0;
                }
        }
        if (n % 4 == 1)
                return false;
        if (n % 4 >= 2)
                bytes[(*n_bytes)++] = (char) (group >> (n % 4 == 2 ? 4 : 10));
        if (n % 4 == 3)
                bytes[(*n_bytes)++] = (char) (group >> 2);
        return true;
}

int openpgp_armour_open(const char *text, size_t n_bytes, char **ret, size_t *ret_n_bytes) {
        enum { OUTSIDE, HEADERS, BODY } place = OUTSIDE;
        _cleanup_free_ char *copy = NULL, *bytes = NULL;
        char *rest, *line;
        size_t n = 0;

        copy = strndup(text, n_bytes);
        bytes = malloc(n_bytes + 1);
        if (!copy || !bytes)
                return error_origin(-ENOMEM);
        rest = copy;
        while ((line = strsep(&rest, "\n"))) {
                line = text_trim(line);
                if (place == OUTSIDE && strcmp(line, BEGIN) == 0)
                        place = HEADERS;
                else if (place == HEADERS && !*line)
                        place = BODY;
                else if (place == BODY && strcmp(line, END) == 0)
                        place = OUTSIDE;
                else if (place == BODY && *line != '=' && !open_line(line, bytes, &n))
                        return OPENPGP_ARMOUR_E_NONE;
        }
        if (n == 0 || place != OUTSIDE)
                return OPENPGP_ARMOUR_E_NONE;
        *ret = TAKE(bytes);
        *ret_n_bytes = n;
        return 0;
}
