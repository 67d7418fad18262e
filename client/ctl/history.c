/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl history`: what happened, oldest first, as klpwatchd wrote it into the journal. It asks no
 * daemon: what is in the journal can be read while none runs, and on another host.
 */

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "connection/journal-history.h"
#include "ctl/json-output.h"
#include "ctl/text-table.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

enum {
        COLUMN_TIME,
        COLUMN_EVENT,
        COLUMN_TEXT,
};

static const TextColumn columns[] = {
        [COLUMN_TIME] = { "TIME", 0 },
        [COLUMN_EVENT] = { "EVENT", 1 },
        [COLUMN_TEXT] = { "WHAT HAPPENED", 0 },
};

static Style event_style(const char *event) {
        static const char *const bad[] = { "transition-stalled", "transition-forced",
                                           "patch-failed", "assessment-impossible" };

        for (size_t i = 0; i < ELEMENTS(bad); i++)
                if (text_equal(event, bad[i]))
                        return STYLE_WARNING;
        return STYLE_PLAIN;
}

static int show_table(VerbContext *context, const BusRows *rows) {
        _cleanup_(text_table_freep) TextTable *table = NULL;
        int r;

        r = text_table_new(context->pool, columns, ELEMENTS(columns), &table);
        for (size_t i = 0; i < rows->n_items && r == 0; i++) {
                const BusRow *row = &rows->items[i];
                const char *event = bus_row_text(row, "event");

                r = text_table_add_row(table);
                if (r)
                        break;
                text_table_set(table, COLUMN_TIME, STYLE_PLAIN,
                               wording_time(context->pool, bus_row_time(row, "time")));
                text_table_set(table, COLUMN_EVENT, event_style(event), event);
                text_table_set(table, COLUMN_TEXT, STYLE_PLAIN, bus_row_text(row, "text"));
        }
        return r == 0 ? text_table_show(table, context->page, !context->line->no_legend) : r;
}

static int refuse(VerbContext *context, int outcome) {
        const char *directory = context->line->directory;

        switch (outcome) {
        case JOURNAL_HISTORY_E_NO_JOURNAL:
                context->problem = (DaemonProblem){
                        "No journal is kept on this host, so nothing can be read back.",
                        "systemctl status systemd-journald"
                };
                break;
        case JOURNAL_HISTORY_E_NO_RIGHT:
                context->problem = (DaemonProblem){
                        "The system's journal is for root and the group systemd-journal alone.",
                        "sudo klpctl history"
                };
                break;
        default:
                context->problem = (DaemonProblem){
                        memory_pool_format(context->pool, "%s cannot be read: %s.",
                                           directory ? text_printable(context->pool, directory, 256)
                                                     : "The journal",
                                           strerror(errno)),
                        NULL
                };
        }
        return VERB_E_NO_ANSWER;
}

static const char *empty_text(const VerbContext *context) {
        if (context->line->since == UTC_TIME_NONE)
                return "Nothing has happened since the journal begins, as far as klpwatchd saw.";
        return memory_pool_format(context->pool,
                                  "Nothing has happened since %s, as far as klpwatchd saw.",
                                  wording_time(context->pool, context->line->since));
}

int verb_history(VerbContext *context) {
        BusRows rows = {};
        int r;

        r = journal_history_read(context->pool, context->line->directory, context->line->since,
                                 &rows);
        if (r)
                return r < 0 ? r : refuse(context, r);
        if (context->line->json != JSON_FORM_OFF)
                return json_output_show(context->page, json_output_rows("history", &rows),
                                        context->line->json);
        if (rows.n_items > 0)
                return show_table(context, &rows);
        if (!context->line->no_legend)
                page_paragraph(context->page, 0, STYLE_PLAIN, empty_text(context));
        return 0;
}
