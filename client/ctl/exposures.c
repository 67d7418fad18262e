/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl exposures`: the CVEs, a line each, in the order that the daemon gives them: worst first.
 * The date in the last column is what presses: the deadline where an organisation has set one, else
 * the day since which a fix is out.
 */

#include <string.h>

#include "ctl/json-output.h"
#include "ctl/text-table.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

enum {
        COLUMN_CVE,
        COLUMN_SEVERITY,
        COLUMN_VERDICT,
        COLUMN_KERNEL,
        COLUMN_PATCH,
        COLUMN_DEADLINE,
        COLUMN_SINCE,
};

static const TextColumn columns[] = {
        [COLUMN_CVE] = { "CVE", 0 },         [COLUMN_SEVERITY] = { "SEVERITY", 1 },
        [COLUMN_VERDICT] = { "VERDICT", 0 }, [COLUMN_KERNEL] = { "FIXED BY KERNEL", 2 },
        [COLUMN_PATCH] = { "PATCH", 3 },     [COLUMN_DEADLINE] = { "DEADLINE", 4 },
        [COLUMN_SINCE] = { "FIX SINCE", 5 },
};

/* The first day on which any fix was out. */
static UtcDay since(const BusRow *exposure) {
        UtcDay kernel = bus_row_day(exposure, "kernel_date"),
               patch = bus_row_day(exposure, "patch_date");

        if (kernel == UTC_DAY_NONE || patch == UTC_DAY_NONE)
                return kernel == UTC_DAY_NONE ? patch : kernel;
        return kernel < patch ? kernel : patch;
}

static Style severity_style(const char *severity) {
        if (!severity)
                return STYLE_PLAIN;
        if (strcmp(severity, "critical") == 0)
                return STYLE_BAD;
        return strcmp(severity, "important") == 0 ? STYLE_WARNING : STYLE_PLAIN;
}

static const char *day_or_nothing(MemoryPool *pool, UtcDay day) {
        return day == UTC_DAY_NONE ? NULL : wording_day(pool, day);
}

static int add_exposure(TextTable *table, const VerbContext *context, const BusRow *exposure) {
        const char *severity = bus_row_text(exposure, "severity"),
                   *bound = bus_row_text(exposure, "severity_bound");
        const VerdictWording *verdict = wording_verdict(bus_row_text(exposure, "verdict"));
        UtcDay deadline = bus_row_day(exposure, "deadline");
        int r;

        r = text_table_add_row(table);
        if (r < 0)
                return r;

        text_table_set(table, COLUMN_CVE, STYLE_PLAIN, bus_row_text(exposure, "cve"));
        text_table_set(table, COLUMN_SEVERITY,
                       verdict->open ? severity_style(severity ? severity : bound) : STYLE_PLAIN,
                       wording_severity(page_terminal(context->page), context->pool, severity,
                                        bound));
        text_table_set(table, COLUMN_VERDICT, verdict->open ? STYLE_PLAIN : STYLE_GOOD,
                       verdict->brief);
        text_table_set(table, COLUMN_KERNEL, STYLE_PLAIN, bus_row_text(exposure, "kernel"));
        text_table_set(table, COLUMN_PATCH, STYLE_PLAIN, bus_row_text(exposure, "patch"));
        text_table_set(table, COLUMN_DEADLINE, STYLE_PLAIN,
                       day_or_nothing(context->pool, deadline));
        text_table_set(table, COLUMN_SINCE, STYLE_PLAIN,
                       day_or_nothing(context->pool, since(exposure)));
        return 0;
}

/* "open important CVEs", "CVEs with the verdict 'reboot needed'". */
static const char *noun(const VerbContext *context, bool closed_too, bool one) {
        const CommandLine *line = context->line;

        return memory_pool_format(context->pool, "%s%s%s%s%s%s%s", closed_too ? "" : "open ",
                                  line->severity ? line->severity : "", line->severity ? " " : "",
                                  one ? "CVE" : "CVEs", line->verdict ? " with the verdict \"" : "",
                                  line->verdict ? wording_verdict(line->verdict)->brief : "",
                                  line->verdict ? "\"" : "");
}

static int show(VerbContext *context, const BusRows *exposures, bool closed_too) {
        _cleanup_(text_table_freep) TextTable *table = NULL;
        _cleanup_(description_freep) Description *description = NULL;
        const char *as_of;
        UtcDay day;
        int r;

        r = verb_describe(context, UTC_TIME_NONE, &description);
        if (r != 0)
                return r;
        day = description_day(description, "exposure.as_of");
        as_of = day == UTC_DAY_NONE ? ""
                                    : memory_pool_format(context->pool, " as of %s",
                                                         wording_day(context->pool, day));

        if (exposures->n_items == 0) {
                if (day == UTC_DAY_NONE)
                        page_paragraph(context->page, 0, STYLE_PLAIN,
                                       "No facts about this kernel are there yet, so nothing can "
                                       "be said about CVEs.");
                else
                        page_paragraph(context->page, 0, STYLE_PLAIN,
                                       memory_pool_format(context->pool, "No %s are known%s.",
                                                          noun(context, closed_too, false), as_of));
                return 0;
        }

        r = text_table_new(context->pool, columns, ELEMENTS(columns), &table);
        for (size_t i = 0; i < exposures->n_items && r == 0; i++)
                r = add_exposure(table, context, &exposures->items[i]);
        if (r == 0)
                r = text_table_show(table, context->page, !context->line->no_legend);
        if (r < 0)
                return r;

        if (context->line->no_legend)
                return 0;
        page_gap(context->page);
        page_paragraph(context->page, 0, STYLE_PLAIN,
                       memory_pool_format(context->pool, "%zu %s%s.%s", exposures->n_items,
                                          noun(context, closed_too, exposures->n_items == 1), as_of,
                                          context->line->quiet ? "" : " The facts behind one:"));
        page_command(context->page, 0,
                     memory_pool_format(context->pool, "klpctl why %s",
                                        bus_row_text(&exposures->items[0], "cve")));
        return 0;
}

int verb_exposures(VerbContext *context) {
        const CommandLine *line = context->line;
        /* Who asks for a verdict that is a closed one wants to see the closed ones. */
        bool closed_too = line->all || (line->verdict && !wording_verdict(line->verdict)->open);
        ExposureFilter filter = { .closed_too = closed_too,
                                  .severity = line->severity,
                                  .verdict = line->verdict };
        BusRows exposures;
        int r;

        r = daemon_connection_list_exposures(context->connection, context->pool, &filter,
                                             &exposures);
        if (r != 0)
                return verb_judge_call(context, r);
        if (line->json != JSON_FORM_OFF)
                return json_output_show(context->page, json_output_rows("exposures", &exposures),
                                        line->json);
        return show(context, &exposures, closed_too);
}
