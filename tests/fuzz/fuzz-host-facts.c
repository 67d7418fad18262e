/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What klpwatch-hostfacts says, as the daemon reads it: all or nothing.
 */

#include "format/host-facts-json.h"
#include "fuzz-target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        const char *problem = NULL;
        HostFacts *host = NULL;
        int r;

        fuzz_require(host_facts_new(&host) == 0);
        r = host_facts_json_read((const char *) data, n_bytes, host, &problem);
        fuzz_require(r >= 0);
        if (r > 0)
                fuzz_require(problem && host->packages_unknown && host->n_packages == 0);
        host_facts_free(host);
        return 0;
}
