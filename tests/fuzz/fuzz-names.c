/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Names of kernels, packages and modules. The input is lines: a kernel release first, then names that
 * are read against it. What decodes must lead back to a package of that kernel, but for Ubuntu, whose one package serves all.
 */

#include <stdlib.h>
#include <string.h>

#include "core/livepatch-name.h"
#include "core/package-version.h"
#include "fuzz-target.h"

static void read_name(const char *name, const KernelRelease *running) {
        char package[LIVEPATCH_NAME_BYTES], base[LIVEPATCH_NAME_BYTES];
        LivepatchName decoded;

        if (livepatch_name_decode(name, running, &decoded) == 0 && !decoded.each_fix &&
            decoded.names_kernel && strcmp(decoded.package, "canonical-livepatch") != 0)
                fuzz_require(livepatch_package_name(running, package) == 0 &&
                             strcmp(package, decoded.package) == 0);
        if (livepatch_package_base(name, base) == 0)
                fuzz_require(strlen(base) < LIVEPATCH_NAME_BYTES && livepatch_package_is_one(name));
        fuzz_require(package_evr_compare(name, name) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        char *text = malloc(n_bytes + 1), *rest = text, *line;
        KernelRelease running;

        fuzz_require(text != NULL);
        memcpy(text, data, n_bytes);
        text[n_bytes] = '\0';
        line = strsep(&rest, "\n");
        if (kernel_release_parse(line, &running) == 0)
                while ((line = strsep(&rest, "\n")))
                        read_name(line, &running);
        free(text);
        return 0;
}
