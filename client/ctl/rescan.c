/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl rescan`: makes the daemon look at the host again, for whoever has just changed something
 * and does not want to wait for the daemon to notice. It says what is the answer then, and
 * with --json only that it is done.
 */

#include "ctl/password-agent.h"
#include "ctl/verbs.h"

int verb_rescan(VerbContext *context) {
        PasswordAgent agent;
        int r;

        password_agent_start(context->line, &agent);
        r = daemon_connection_rescan(context->connection, !context->line->no_ask_password);
        password_agent_end(&agent);
        if (r != 0)
                return verb_judge_call(context, r);
        return verb_confirm(context, "Looked at this host again.");
}
