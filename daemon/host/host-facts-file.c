/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Taking over what klpwatch-hostfacts saw. The file is replaced atomically by its writer, so it is
 * read in one go. It refuses more than 8 MiB: a host with a thousand kernels needs a tenth of that.
 */

#include "base/error.h"
#include "format/host-facts-json.h"
#include "host/host-facts-file.h"

int host_facts_file_read(const HostRoot *root, MemoryPool *pool, char **ret, size_t *ret_n_bytes,
                         const char **ret_reason) {
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        _cleanup_free_ char *text = NULL;
        const char *problem = NULL;
        size_t n_bytes;
        int r;

        r = host_root_read(root, HOST_FACTS_FILE, HOST_FACTS_FILE_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING)
                return HOST_FACTS_FILE_E_MISSING;
        if (r) {
                *ret_reason = host_root_explain(pool, r, HOST_FACTS_FILE);
                return HOST_FACTS_FILE_E_REFUSED;
        }

        r = host_facts_new(&host);
        if (r)
                return error_fold(r);
        r = host_facts_json_read(text, n_bytes, host, &problem);
        if (r < 0)
                return error_trace(r);
        if (r) {
                *ret_reason = memory_pool_format(pool, "/" HOST_FACTS_FILE ": %s", problem);
                return HOST_FACTS_FILE_E_REFUSED;
        }
        *ret = TAKE(text);
        *ret_n_bytes = n_bytes;
        return 0;
}
