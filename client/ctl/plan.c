/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl plan`: the list for the next maintenance window: what to do, by when, what it gains and with
 * which commands. With a date it is a what-if, and says so before anything else: nobody may take
 * tomorrow's answer for today's.
 */

#include <errno.h>
#include <json-c/json.h>

#include "base/error.h"
#include "base/text.h"
#include "ctl/json-output.h"
#include "ctl/plan-steps.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

#define NUMBER_COLUMNS 4u
#define TEXT_COLUMN (NUMBER_COLUMNS + 2u)

static const char *when_text(MemoryPool *pool, const PlanStep *step) {
        switch (step->when) {
        case PLAN_WHEN_BY:
                return memory_pool_format(pool, "By %s", wording_day(pool, step->date));
        case PLAN_WHEN_ABOUT:
                return memory_pool_format(pool, "About %s", wording_day(pool, step->date));
        default:
                return "Now";
        }
}

static void show_step(const VerbContext *context, const PlanStep *step, size_t number) {
        page_gap(context->page);
        page_item(context->page, TEXT_COLUMN, memory_pool_format(context->pool, "%3zu. ", number),
                  STYLE_PLAIN, step->when == PLAN_WHEN_NOW ? STYLE_STRONG : STYLE_PLAIN,
                  memory_pool_format(context->pool, "%s: %s", when_text(context->pool, step),
                                     step->what));
        if (step->gain)
                page_paragraph(context->page, TEXT_COLUMN, STYLE_PLAIN, step->gain);
        /* What is to be run on the host is the plan; a verb of klpctl's only tells more of it. */
        for (size_t i = 0; i < step->commands.n_items; i++)
                if (text_starts_with(step->commands.items[i], "klpctl "))
                        page_command(context->page, TEXT_COLUMN, step->commands.items[i]);
                else
                        page_asked_command(context->page, TEXT_COLUMN, step->commands.items[i]);
}

static void show(const VerbContext *context, const Description *description,
                 const PlanSteps *steps) {
        UtcTime at = context->line->at;
        UtcDay assessed = description_day(description, "assessed");
        const char *text = description_text(description, "advice.text");

        if (at != UTC_TIME_NONE) {
                page_item(context->page, 2,
                          terminal_mark(page_terminal(context->page), MARK_UNKNOWN), STYLE_WARNING,
                          STYLE_STRONG,
                          memory_pool_format(context->pool, "What if it were %s?",
                                             wording_time(context->pool, at)));
                page_paragraph(context->page, 2, STYLE_PLAIN,
                               "This is not the present answer. What was released after that "
                               "moment is left out; the "
                               "age of the feeds is judged by the real clock.");
                page_gap(context->page);
        }

        if (steps->n_items == 0) {
                page_paragraph(context->page, 0, STYLE_PLAIN,
                               text ? text : "klpwatchd names nothing to do.");
                return;
        }
        page_heading(context->page,
                     at != UTC_TIME_NONE || assessed == UTC_DAY_NONE
                                     ? "What there would be to do"
                                     : memory_pool_format(context->pool,
                                                          "What there is to do, as of %s",
                                                          wording_day(context->pool, assessed)));
        for (size_t i = 0; i < steps->n_items; i++)
                show_step(context, &steps->items[i], i + 1);
}

/* Adds a text, or null for NULL. */
static int add_text(json_object *object, const char *key, const char *text) {
        json_object *value = text ? json_object_new_string(text) : NULL;

        if (text && !value)
                return -ENOMEM;
        return json_object_object_add(object, key, value) < 0 ? -ENOMEM : 0;
}

static json_object *step_json(MemoryPool *pool, const PlanStep *step) {
        static const char *const when[] = { "now", "by", "about" };
        json_object *object = json_object_new_object(), *commands = json_object_new_array();
        int r;

        for (size_t i = 0; commands && i < step->commands.n_items; i++)
                json_object_array_add(commands, json_object_new_string(step->commands.items[i]));
        if (!object || !commands || json_object_object_add(object, "commands", commands) < 0) {
                json_object_put(commands);
                json_object_put(object);
                return NULL;
        }
        r = add_text(object, "what", step->what);
        if (r == 0)
                r = add_text(object, "when", when[step->when]);
        if (r == 0)
                r = add_text(object, "date",
                             step->date == UTC_DAY_NONE ? NULL : wording_day(pool, step->date));
        if (r == 0)
                r = add_text(object, "gain", step->gain);
        if (r == 0)
                return object;

        json_object_put(object);
        return NULL;
}

static json_object *plan_json(const VerbContext *context, const Description *description,
                              const PlanSteps *steps) {
        json_object *object = json_output_answer(), *array = json_object_new_array(),
                    *advice = NULL;

        if (!object || !array || json_object_object_add(object, "steps", array) < 0) {
                json_object_put(array);
                json_object_put(object);
                return NULL;
        }
        json_object_object_add(object, "what_if",
                               json_object_new_boolean(context->line->at != UTC_TIME_NONE));
        add_text(object, "assessed", description_text(description, "assessed"));
        if (json_object_object_get_ex(description, "advice", &advice))
                json_object_object_add(object, "advice", json_object_get(advice));
        for (size_t i = 0; i < steps->n_items; i++)
                json_object_array_add(array, step_json(context->pool, &steps->items[i]));
        return object;
}

int verb_plan(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        PlanSteps steps;
        int r;

        r = verb_describe(context, context->line->at, &description);
        if (r != 0)
                return r;

        steps = plan_steps(description, context->pool);
        if (context->line->json != JSON_FORM_OFF)
                return json_output_show(context->page, plan_json(context, description, &steps),
                                        context->line->json);
        show(context, description, &steps);
        return 0;
}
