/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl rescan`: makes the daemon look at the host again, for whoever has just changed something
 * and does not want to wait for the daemon to notice. It says what is the answer then.
 */

#include "ctl/verbs.h"

int verb_rescan(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        const char *text;
        int r;

        r = daemon_connection_rescan(context->connection);
        if (r != 0)
                return verb_judge_call(context, r);
        r = verb_describe(context, UTC_TIME_NONE, &description);
        if (r != 0)
                return r;

        text = description_text(description, "advice.text");
        page_paragraph(context->page, 0, STYLE_PLAIN,
                       memory_pool_format(context->pool, "Looked at this host again. %s",
                                          text ? text : ""));
        return 0;
}
