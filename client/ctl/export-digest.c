/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl export-digest`: writes what the daemon knows as a digest. A file appears whole or not at all; what
 * is written to standard output is for whoever reads it.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic-file.h"
#include "base/error.h"
#include "base/sealed-file.h"
#include "base/text.h"
#include "ctl/verbs.h"

#define MAX_BYTES ((size_t) 64 * 1024 * 1024)

static int cannot(VerbContext *context, const char *reason) {
        context->problem = (DaemonProblem){
                .sentence = memory_pool_format(
                                context->pool, "%s cannot be written: %s.",
                                text_printable(context->pool, context->line->file, 256), reason),
        };
        return VERB_E_NO_ANSWER;
}

static int write_all(const char *data, size_t n_bytes) {
        while (n_bytes > 0) {
                ssize_t n = write(STDOUT_FILENO, data, n_bytes);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                data += n;
                n_bytes -= (size_t) n;
        }
        return 0;
}

/* 0, or VERB_E_NO_ANSWER. Nothing but a file may be replaced by one. */
static int write_file(VerbContext *context, const char *data, size_t n_bytes) {
        const char *path = context->line->file, *slash = strrchr(path, '/');
        const char *folder =
                        slash == path ? "/"
                        : slash ? memory_pool_text_n(context->pool, path, (size_t) (slash - path))
                                : ".";
        _cleanup_close_ int fd = -1;
        struct stat status;

        if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
                return cannot(context, "something that is no file has that name");
        fd = open(folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
        if (fd < 0 || atomic_file_write(fd, slash ? slash + 1 : path, data, n_bytes, 0644) != 0)
                return cannot(context, strerror(errno));
        return 0;
}

int verb_export_digest(VerbContext *context) {
        _cleanup_free_ char *data = NULL;
        _cleanup_close_ int fd = -1;
        const char *reason;
        size_t n_bytes;
        int r;

        r = daemon_connection_export(context->connection, &fd);
        if (r != 0)
                return verb_judge_call(context, r);
        r = sealed_file_read(fd, MAX_BYTES, &data, &n_bytes, &reason);
        if (r < 0)
                return error_trace(r);
        if (r)
                return cannot(context, "klpwatchd has handed over no digest");
        if (strcmp(context->line->file, "-") == 0) {
                r = write_all(data, n_bytes);
                return r < 0 ? cannot(context, strerror(-r)) : 0;
        }
        r = write_file(context, data, n_bytes);
        if (r)
                return r;
        return verb_confirm(context, memory_pool_format(context->pool, "Wrote %s.",
                                                        text_printable(context->pool,
                                                                       context->line->file, 256)));
}
