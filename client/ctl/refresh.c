/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl refresh`: makes the daemon ask its feeds now, for whoever has just brought the package manager's
 * cache up to date, or repaired a feed. On a terminal it shows how far they are. It says what is the answer
 * then, and with --json only that it is done.
 */

#include <unistd.h>

#include "ctl/password-agent.h"
#include "ctl/progress-line.h"
#include "ctl/verbs.h"

int verb_refresh(VerbContext *context) {
        ProgressLine line = { .terminal = page_terminal(context->page),
                              .pool = context->pool,
                              .on = isatty(STDERR_FILENO) && !context->line->quiet &&
                                    context->line->json == JSON_FORM_OFF };
        PasswordAgent agent;
        int r;

        password_agent_start(context->line, &agent);
        r = daemon_connection_refresh(context->connection, !context->line->no_ask_password,
                                      progress_line_show, &line);
        progress_line_end(&line);
        password_agent_end(&agent);
        if (r != 0)
                return verb_judge_call(context, r);
        return verb_confirm(context, "Asked all feeds for what is new.");
}
