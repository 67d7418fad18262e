/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl import`: hands a digest to the daemon, sealed, so that both sides see the same bytes. Whether
 * they are a digest is for the daemon to say; here only what cannot be read at all is refused.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/sealed-file.h"
#include "base/text.h"
#include "ctl/password-agent.h"
#include "ctl/verbs.h"

#define MAX_BYTES ((size_t) 64 * 1024 * 1024)

static int read_digest(VerbContext *context, char **ret, size_t *ret_n_bytes) {
        const char *file = context->line->file, *reason;
        int r;

        r = strcmp(file, "-") == 0 ? bounded_read_fd(STDIN_FILENO, MAX_BYTES, ret, ret_n_bytes)
                                   : bounded_read(AT_FDCWD, file, MAX_BYTES, ret, ret_n_bytes);
        if (r <= 0)
                return r < 0 ? error_trace(r) : 0;
        reason = r == BOUNDED_READ_E_MISSING     ? "there is no such file"
                 : r == BOUNDED_READ_E_TOO_LARGE ? "it is larger than 64 MiB, which no digest is"
                                                 : strerror(errno);
        context->problem = (DaemonProblem){
                .sentence = memory_pool_format(context->pool, "%s cannot be imported: %s.",
                                               text_printable(context->pool, file, 256), reason),
        };
        return VERB_E_NO_ANSWER;
}

int verb_import(VerbContext *context) {
        _cleanup_free_ char *data = NULL;
        _cleanup_close_ int fd = -1;
        PasswordAgent agent;
        size_t n_bytes;
        int r;

        r = read_digest(context, &data, &n_bytes);
        if (r)
                return r;
        if (sealed_file_new("klpctl-digest", data, n_bytes, &fd) != 0)
                return error_origin(-errno);
        password_agent_start(context->line, &agent);
        r = daemon_connection_import(context->connection, fd, !context->line->no_ask_password);
        password_agent_end(&agent);
        if (r != 0)
                return verb_judge_call(context, r);
        return verb_confirm(context, "The digest is in force.");
}
