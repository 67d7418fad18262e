/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl patches --blocking`: the tasks that hold up a transition, with what each of them is doing in the
 * kernel. It looks itself and asks no daemon: that has no right to see other users' tasks.
 */

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "ctl/blocking-tasks.h"
#include "ctl/json-output.h"
#include "ctl/verbs.h"

static const char *number_text(MemoryPool *pool, const BusRow *row) {
        unsigned long long pid = row->fields[0].number, tid = row->fields[1].number;

        return pid == tid ? memory_pool_format(pool, "%llu", pid)
                          : memory_pool_format(pool, "%llu (thread %llu)", pid, tid);
}

static void show_task(VerbContext *context, const BusRow *row) {
        const char *command = bus_row_text(row, "command");
        TextList stack = bus_row_texts(row, "stack");
        const char *calls = "";

        for (size_t i = 0; i < stack.n_items; i++)
                calls = memory_pool_format(context->pool, "%s%s%s", calls, i == 0 ? "" : " < ",
                                           stack.items[i]);
        page_paragraph(context->page, 0, STYLE_STRONG,
                       memory_pool_format(context->pool, "%s  %s", number_text(context->pool, row),
                                          command ? command : "-"));
        if (stack.n_items > 0)
                page_paragraph(context->page, 8, STYLE_PLAIN, calls);
}

static int refuse(VerbContext *context, int outcome) {
        context->problem = (DaemonProblem){
                .sentence = outcome == BLOCKING_TASKS_E_NO_RIGHT
                                            ? "Only root is told which tasks have not moved over."
                                            : memory_pool_format(context->pool,
                                                                 "The kernel does not tell which "
                                                                 "tasks have moved over: %s.",
                                                                 strerror(errno)),
                .command = outcome == BLOCKING_TASKS_E_NO_RIGHT ? "sudo klpctl patches --blocking"
                                                                : "klpctl patches",
        };
        return VERB_E_NO_ANSWER;
}

int blocking_show(VerbContext *context, const char *root) {
        BlockingTasks found = {};
        int r;

        r = blocking_tasks_find(context->pool, root, &found);
        if (r < 0)
                return r;
        if (r > 0 && r != BLOCKING_TASKS_E_NO_TRANSITION)
                return refuse(context, r);
        if (context->line->json != JSON_FORM_OFF)
                return json_output_show(context->page, json_output_rows("blocking", &found.rows),
                                        context->line->json);
        if (r == BLOCKING_TASKS_E_NO_TRANSITION) {
                page_paragraph(context->page, 0, STYLE_PLAIN, "No live patch is in transition.");
                return 0;
        }
        if (!context->line->no_legend) {
                page_paragraph(context->page, 0, STYLE_PLAIN,
                               memory_pool_format(context->pool,
                                                  found.rows.n_items == 0
                                                                  ? "No task holds up the "
                                                                    "transition %s live patch %s "
                                                                    "any more."
                                                                  : "These tasks hold up the "
                                                                    "transition %s live patch %s:",
                                                  found.removed ? "away from" : "to", found.patch));
                if (found.rows.n_items > 0)
                        page_gap(context->page);
        }
        for (size_t i = 0; i < found.rows.n_items; i++)
                show_task(context, &found.rows.items[i]);
        if (found.rows.n_items > 0 && !found.stacks && !context->line->no_legend) {
                page_gap(context->page);
                page_paragraph(context->page, 0, STYLE_PLAIN,
                               "What they do in the kernel cannot be read here.");
        }
        return 0;
}
