/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Taking over what klpwatch-hostfacts saw. The file is replaced atomically by its writer, so it is
 * read in one go and never watched for growth. It refuses more than 8 MiB: a host with a thousand
 * kernels needs a tenth of that.
 */

#include <fcntl.h>
#include <string.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "format/host-facts-json.h"
#include "host/host-facts-file.h"

static int take(int read_outcome, const char *text, size_t n_bytes, HostFacts *host,
                const char **ret_error) {
        int r;

        switch (read_outcome) {
        case 0:
                break;
        case BOUNDED_READ_E_MISSING:
                *ret_error = "the host facts are not there";
                return HOST_FACTS_FILE_E_MISSING;
        case BOUNDED_READ_E_TOO_LARGE:
                *ret_error = "the host facts are larger than 8 MiB";
                return HOST_FACTS_FILE_E_REFUSED;
        case BOUNDED_READ_E_REFUSED:
                *ret_error = memory_pool_format(host->pool, "the host facts cannot be read: %s",
                                                strerror(errno));
                return HOST_FACTS_FILE_E_REFUSED;
        default:
                return error_trace(read_outcome);
        }

        r = host_facts_json_read(text, n_bytes, host, ret_error);
        if (r < 0)
                return error_trace(r);
        return r == 0 ? 0 : HOST_FACTS_FILE_E_REFUSED;
}

int host_facts_file_read(const char *path, HostFacts *host, const char **ret_error) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes = 0;
        int r;

        r = bounded_read(AT_FDCWD, path, HOST_FACTS_FILE_BYTES_MAX, &text, &n_bytes);
        return take(r, text, n_bytes, host, ret_error);
}

int host_facts_file_read_fd(int fd, HostFacts *host, const char **ret_error) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes = 0;
        int r;

        r = bounded_read_fd(fd, HOST_FACTS_FILE_BYTES_MAX, &text, &n_bytes);
        return take(r, text, n_bytes, host, ret_error);
}
