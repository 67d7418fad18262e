/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Keys in ASCII armour: what comes out is never more than three bytes of each four that went in. Keys without: nobody
 * reads behind their end.
 */

#include <stdlib.h>

#include "base/cleanup.h"
#include "fetch/openpgp-armour.h"
#include "fetch/openpgp-key.h"
#include "fuzz-target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        _cleanup_free_ char *bytes = NULL;
        static const char fingerprint[] = "7E4624258C406535D56D6F135054E4A45A6340B3";
        size_t n = 0;
        UtcTime end;
        int r;

        r = openpgp_armour_open((const char *) data, n_bytes, &bytes, &n);
        fuzz_require(r == 0 || (r == OPENPGP_ARMOUR_E_NONE && !bytes));
        fuzz_require(r != 0 || (n > 0 && n <= n_bytes * 3 / 4));
        (void) openpgp_key_find_end(r == 0 ? (const void *) bytes : data, r == 0 ? n : n_bytes,
                                    fingerprint, &end);
        return 0;
}
