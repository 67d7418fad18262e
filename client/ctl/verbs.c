/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What all verbs do the same way: asking for the description, and handing up why there is none.
 */

#include "base/error.h"
#include "ctl/verbs.h"

int verb_judge_call(VerbContext *context, int r) {
        if (r <= 0)
                return r;

        context->problem = daemon_connection_problem(context->connection);
        return VERB_E_NO_ANSWER;
}

int verb_describe(VerbContext *context, UtcTime at, Description **ret) {
        const char *json;
        int r;

        r = daemon_connection_describe(context->connection, context->pool, at, &json);
        if (r != 0)
                return verb_judge_call(context, r);

        r = description_parse(context->pool, json, ret);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                context->problem = (DaemonProblem){
                        .sentence = r == DESCRIPTION_E_OTHER_SCHEMA
                                                    ? "klpwatchd answers in another form than this "
                                                      "klpctl reads: install the "
                                                      "same version of both."
                                                    : "The answer of klpwatchd is not JSON.",
                        .command = "klpctl --version",
                };
                return VERB_E_NO_ANSWER;
        }
        return 0;
}
