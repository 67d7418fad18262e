/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl refresh`: makes the daemon ask its feeds now, for whoever has just brought the package manager's
 * cache up to date, or repaired a feed. It says what is the answer then, and with --json only that
 * it is done.
 */

#include "ctl/password-agent.h"
#include "ctl/verbs.h"

int verb_refresh(VerbContext *context) {
        PasswordAgent agent;
        int r;

        password_agent_start(context->line, &agent);
        r = daemon_connection_refresh(context->connection, !context->line->no_ask_password);
        password_agent_end(&agent);
        if (r != 0)
                return verb_judge_call(context, r);
        return verb_confirm(context, "Asked all feeds for what is new.");
}
