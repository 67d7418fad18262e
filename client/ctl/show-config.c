/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl show-config`: the settings that klpwatchd goes by, and the file and line that each comes
 * from. The text can be read back as a settings file: origins stand in comments above, because a
 * comment behind a value would belong to the value. What nobody has set is a comment too.
 */

#include <string.h>

#include "base/text.h"
#include "ctl/json-output.h"
#include "ctl/text-wrap.h"
#include "ctl/verbs.h"

#define COMMENT "# "

/* A text as lines of comment. */
static void show_comment(VerbContext *context, const char *text) {
        TextList lines = text_wrap(context->pool, text,
                                   page_terminal(context->page)->n_columns - strlen(COMMENT));

        for (size_t i = 0; i < lines.n_items; i++)
                page_raw(context->page,
                         memory_pool_format(context->pool, COMMENT "%s", lines.items[i]));
}

/* Origins and settings are never broken: they are there to be copied. */
static void show_setting(VerbContext *context, const BusRow *setting) {
        const char *key = bus_row_text(setting, "key"), *value = bus_row_text(setting, "value"),
                   *origin = bus_row_text(setting, "origin");
        const Terminal *terminal = page_terminal(context->page);

        if (origin && !context->line->no_legend)
                page_raw(context->page,
                         terminal_paint(terminal, context->pool, STYLE_QUIET,
                                        terminal_text(terminal, context->pool,
                                                      memory_pool_format(context->pool,
                                                                         COMMENT "%s", origin))));
        page_raw(context->page,
                 terminal_text(terminal, context->pool,
                               memory_pool_format(context->pool, "%s%s=%s", origin ? "" : "#",
                                                  key ? key : "", value ? value : "")));
}

int verb_show_config(VerbContext *context) {
        const char *section = NULL;
        BusRows settings;
        int r;

        r = daemon_connection_list_settings(context->connection, context->pool, &settings);
        if (r != 0)
                return verb_judge_call(context, r);
        if (context->line->json != JSON_FORM_OFF)
                return json_output_show(context->page, json_output_rows("settings", &settings),
                                        context->line->json);

        if (!context->line->no_legend) {
                show_comment(context, "What klpwatchd goes by. Above each value: where it is set.");
                show_comment(context, "Lines that begin with # and a key: defaults, set nowhere.");
        }
        for (size_t i = 0; i < settings.n_items; i++) {
                const char *next = bus_row_text(&settings.items[i], "section");

                if (i == 0 || !text_equal(section, next)) {
                        if (i > 0 || !context->line->no_legend)
                                page_gap(context->page);
                        page_heading(context->page,
                                     memory_pool_format(context->pool, "[%s]", next ? next : ""));
                }
                section = next;
                show_setting(context, &settings.items[i]);
        }
        return 0;
}
