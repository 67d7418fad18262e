/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/journal-log.h"
#include "bystanders.h"
#include "core/summary.h"
#include "login-message.h"
#include "service-notice.h"

struct Bystanders {
        LoginMessage *login; /* NULL = it is not kept */
        bool complained;     /* it could not be written or removed when that was tried last */
};

int bystanders_new(const HostRoot *root, bool login, Bystanders **ret) {
        _cleanup_(bystanders_freep) Bystanders *bystanders = NULL;
        int r;

        bystanders = calloc(1, sizeof(*bystanders));
        if (!bystanders)
                return error_origin(-ENOMEM);
        r = login ? login_message_new(root, &bystanders->login) : 0;
        if (r)
                return error_fold(r);

        *ret = TAKE(bystanders);
        return 0;
}

Bystanders *bystanders_free(Bystanders *bystanders) {
        if (!bystanders)
                return NULL;

        login_message_free(bystanders->login);
        free(bystanders);
        return NULL;
}

int bystanders_tell(Bystanders *bystanders, const Assessment *assessment) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const char *line, *message = NULL;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        line = summary_status(pool, assessment);
        if (summary_must_act(assessment))
                message = summary_login(pool, assessment);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        r = service_notice_status(line);
        if (r == 0 && bystanders->login) {
                r = login_message_put(bystanders->login, message);
                if (r > 0 && !bystanders->complained)
                        journal_log(LOG_WARNING, "the login message cannot be %s: %s",
                                    message ? "written" : "removed", strerror(errno));
                bystanders->complained = r > 0;
        }
        return r < 0 ? error_trace(r) : 0;
}

void bystanders_leave(Bystanders *bystanders) {
        service_notice_stopping();
        if (bystanders->login && login_message_put(bystanders->login, NULL) != 0)
                journal_log(LOG_WARNING, "the login message cannot be removed: %s",
                            strerror(errno));
}
