/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What all verbs do the same way: asking for the description, and handing up why there is none.
 */

#include <json-c/json.h>

#include "base/error.h"
#include "ctl/json-output.h"
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
        page_set_vendor(context->page,
                        memory_pool_text(context->pool, description_text(*ret, "host.vendor")));
        return 0;
}

static int confirm_as_json(VerbContext *context) {
        json_object *object = json_output_answer();

        if (object && json_object_object_add(object, "done", json_object_new_boolean(true)) < 0) {
                json_object_put(object);
                object = NULL;
        }
        return json_output_show(context->page, object, context->line->json);
}

int verb_confirm(VerbContext *context, const char *sentence) {
        _cleanup_(description_freep) Description *description = NULL;
        const char *text;
        int r;

        if (context->line->json != JSON_FORM_OFF)
                return confirm_as_json(context);
        if (context->line->quiet)
                return 0;

        r = verb_describe(context, UTC_TIME_NONE, &description);
        if (r != 0)
                return r;
        text = description_text(description, "advice.text");
        page_paragraph(context->page, 0, STYLE_PLAIN,
                       memory_pool_format(context->pool, "%s %s", sentence, text ? text : ""));
        return 0;
}
