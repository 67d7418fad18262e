/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>

#include "fuzz-target.h"

void fuzz_require(_Bool holds) {
        if (!holds)
                abort();
}
