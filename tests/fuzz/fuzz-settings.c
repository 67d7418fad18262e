/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Settings. Whatever stands there, what is in force can be listed, and every warning is fit for a terminal.
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz-target.h"
#include "settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        Settings *settings = NULL;
        SettingRow *rows = NULL;
        MemoryPool *pool = NULL;
        size_t n_rows = 0;
        char *text = malloc(n_bytes + 1);

        fuzz_require(text && memory_pool_new(&pool) == 0);
        memcpy(text, data, n_bytes);
        text[n_bytes] = '\0';
        fuzz_require(settings_parse(text, "fuzz.conf", &settings) == 0);
        fuzz_require(settings_list(settings, pool, &rows, &n_rows) == 0 && n_rows >= 6);
        for (size_t i = 0; i < settings->warnings.n_items; i++)
                for (const char *c = settings->warnings.items[i]; *c; c++)
                        fuzz_require((unsigned char) *c >= ' ');
        settings_free(settings);
        memory_pool_free(pool);
        free(text);
        return 0;
}
