/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl export`: all exposures, closed ones too, for programs that are not ours. Each form is the one that
 * its readers specified: an OpenVEX document for scanners, comma-separated values (RFC 4180) for tables. Like JSON
 * they are UTF-8 and depend on neither terminal nor locale.
 */

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "ctl/json-output.h"
#include "ctl/openvex.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

#define DEFAULT_AUTHOR "The administrators of this host"

typedef struct Column {
        const char *name; /* in the header, and the key of the exposure's row */
        BusValueType type;
        bool is_day;
} Column;

static const Column columns[] = {
        { "cve", BUS_VALUE_TEXT, false },
        { "severity", BUS_VALUE_TEXT, false },
        { "severity_bound", BUS_VALUE_TEXT, false },
        { "verdict", BUS_VALUE_TEXT, false },
        { "open", BUS_VALUE_FLAG, false },
        { "kernel", BUS_VALUE_TEXT, false },
        { "kernel_stream", BUS_VALUE_TEXT, false },
        { "kernel_advisory", BUS_VALUE_TEXT, false },
        { "kernel_date", BUS_VALUE_TIME, false },
        { "patch_package", BUS_VALUE_TEXT, false },
        { "patch", BUS_VALUE_TEXT, false },
        { "patch_advisory", BUS_VALUE_TEXT, false },
        { "patch_date", BUS_VALUE_TIME, false },
        { "deadline", BUS_VALUE_TIME, true },
        { "note", BUS_VALUE_TEXT, false },
};

/* In quotes where RFC 4180 wants them, and then each quote twice. */
static const char *cell(MemoryPool *pool, const char *text) {
        const char *all = "\"";

        if (text[strcspn(text, "\",\r\n")] == '\0')
                return text;
        while (*text != '\0') {
                size_t n = strcspn(text, "\"");

                all = memory_pool_format(pool, "%s%.*s%s", all, (int) n, text,
                                         text[n] == '"' ? "\"\"" : "");
                text += n + (text[n] == '"');
        }
        return memory_pool_format(pool, "%s\"", all);
}

/* Nothing for what is not known. */
static const char *value(MemoryPool *pool, const BusRow *row, const Column *column) {
        char text[UTC_TIME_TEXT_BYTES];
        const char *word;
        UtcTime time;

        switch (column->type) {
        case BUS_VALUE_FLAG:
                return bus_row_flag(row, column->name) ? "true" : "false";
        case BUS_VALUE_TIME:
                time = bus_row_time(row, column->name);
                if (time == UTC_TIME_NONE)
                        return "";
                return column->is_day ? wording_day(pool, utc_day_of(time))
                                      : memory_pool_text(pool, utc_time_format(time, text));
        default:
                word = bus_row_text(row, column->name);
                return word ? cell(pool, word) : "";
        }
}

/* The running kernel opens each line, so that the lines of many hosts can stand in one table. */
static void show_csv(VerbContext *context, const Description *description,
                     const BusRows *exposures) {
        const char *kernel = description_text(description, "host.kernel"), *line = "running_kernel";

        kernel = kernel ? cell(context->pool, kernel) : "";
        for (size_t j = 0; j < ELEMENTS(columns); j++)
                line = memory_pool_format(context->pool, "%s,%s", line, columns[j].name);
        if (!context->line->no_legend)
                page_raw(context->page, memory_pool_format(context->pool, "%s\r", line));
        for (size_t i = 0; i < exposures->n_items; i++) {
                line = kernel;
                for (size_t j = 0; j < ELEMENTS(columns); j++)
                        line = memory_pool_format(
                                        context->pool, "%s,%s", line,
                                        value(context->pool, &exposures->items[i], &columns[j]));
                page_raw(context->page, memory_pool_format(context->pool, "%s\r", line));
        }
}

static int refuse(VerbContext *context, int outcome) {
        static const char *const sentences[] = {
                [OPENVEX_E_NO_KERNEL] = "Which kernel runs is not known, so there is no product to "
                                        "speak of.",
                [OPENVEX_E_NO_STATEMENTS] = "No fact names a CVE of this kernel, and an OpenVEX "
                                            "document needs one.",
                [OPENVEX_E_NO_TIME] = "klpwatchd does not say when it judged this host.",
        };

        context->problem = (DaemonProblem){ sentences[outcome], "klpctl feeds" };
        return VERB_E_NO_ANSWER;
}

static int show_openvex(VerbContext *context, const Description *description,
                        const BusRows *exposures) {
        const CommandLine *line = context->line;
        struct json_object *document;
        int r;

        r = openvex_document(description, context->pool, exposures,
                             line->author ? line->author : DEFAULT_AUTHOR, &document);
        if (r < 0)
                return error_trace(r);
        if (r > 0)
                return refuse(context, r);
        return json_output_show(context->page, document,
                                line->json == JSON_FORM_OFF ? JSON_FORM_PRETTY : line->json);
}

int verb_export(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        ExposureFilter filter = { .closed_too = true };
        BusRows exposures;
        int r;

        r = verb_describe(context, UTC_TIME_NONE, &description);
        if (r != 0)
                return r;
        r = daemon_connection_list_exposures(context->connection, context->pool, &filter,
                                             &exposures);
        if (r != 0)
                return verb_judge_call(context, r);
        if (context->line->export_form == EXPORT_FORM_OPENVEX)
                return show_openvex(context, description, &exposures);
        show_csv(context, description, &exposures);
        return memory_pool_exhausted(context->pool) ? error_origin(-ENOMEM) : 0;
}
