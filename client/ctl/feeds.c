/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl feeds`: where the facts come from: how old each feed is, when it was read and is read next, and
 * below the table in full what did not work. Digests that somebody handed over are in it too: what they
 * say counts the same.
 */

#include "base/text.h"
#include "ctl/json-output.h"
#include "ctl/text-table.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

#define FEEDS "freshness.feeds"

enum {
        COLUMN_NAME,
        COLUMN_STATE,
        COLUMN_COMPLETE_TO,
        COLUMN_RECORDS,
        COLUMN_LAST,
        COLUMN_NEXT,
        COLUMN_TYPE,
};

static const TextColumn columns[] = {
        [COLUMN_NAME] = { "FEED", 0 },
        [COLUMN_STATE] = { "FACTS", 0 },
        [COLUMN_COMPLETE_TO] = { "COMPLETE TO", 1 },
        [COLUMN_RECORDS] = { "RECORDS", 2 },
        [COLUMN_LAST] = { "READ LAST", 3 },
        [COLUMN_NEXT] = { "READ NEXT", 4 },
        [COLUMN_TYPE] = { "TYPE", 5 },
};

static Style state_style(const char *state) {
        return text_equal(state, "fresh")   ? STYLE_GOOD
               : text_equal(state, "stale") ? STYLE_WARNING
               : state                      ? STYLE_BAD
                                            : STYLE_PLAIN;
}

static const char *time_text(MemoryPool *pool, const Description *feed, const char *key) {
        UtcTime time = description_time(feed, key);

        return time == UTC_TIME_NONE ? NULL : wording_time(pool, time);
}

static void set_cells(TextTable *table, MemoryPool *pool, const Description *feed) {
        const char *state = description_text(feed, "state");
        int64_t n_records;

        text_table_set(table, COLUMN_NAME, STYLE_STRONG, description_text(feed, "name"));
        text_table_set(table, COLUMN_STATE, state_style(state), state);
        text_table_set(table, COLUMN_COMPLETE_TO, STYLE_PLAIN,
                       time_text(pool, feed, "complete_to"));
        if (description_number(feed, "records", &n_records))
                text_table_set(table, COLUMN_RECORDS, STYLE_PLAIN,
                               memory_pool_format(pool, "%lld", (long long) n_records));
        text_table_set(table, COLUMN_LAST, STYLE_PLAIN, time_text(pool, feed, "last_success"));
        text_table_set(table, COLUMN_NEXT, STYLE_PLAIN,
                       description_answer(feed, "standby") == ANSWER_YES
                                       ? "when needed"
                                       : time_text(pool, feed, "next_attempt"));
        text_table_set(table, COLUMN_TYPE, STYLE_PLAIN, description_text(feed, "type"));
}

static int show_table(VerbContext *context, const Description *description) {
        _cleanup_(text_table_freep) TextTable *table = NULL;
        int r;

        r = text_table_new(context->pool, columns, ELEMENTS(columns), &table);
        for (size_t i = 0; i < description_n_items(description, FEEDS) && r == 0; i++) {
                r = text_table_add_row(table);
                if (r == 0)
                        set_cells(table, context->pool, description_item(description, FEEDS, i));
        }
        return r == 0 ? text_table_show(table, context->page, !context->line->no_legend) : r;
}

static void show_errors(VerbContext *context, const Description *description) {
        bool first = true;

        for (size_t i = 0; i < description_n_items(description, FEEDS); i++) {
                const Description *feed = description_item(description, FEEDS, i);
                const char *name = description_text(feed, "name"),
                           *error = description_text(feed, "error");

                if (!error)
                        continue;
                if (first)
                        page_gap(context->page);
                first = false;
                page_paragraph(context->page, 0, STYLE_WARNING,
                               memory_pool_format(context->pool, "%s: %s", name ? name : "-",
                                                  error));
        }
        if (!first)
                page_command(context->page, 0, "klpctl refresh");
}

int verb_feeds(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        int r;

        r = verb_describe(context, UTC_TIME_NONE, &description);
        if (r != 0)
                return r;
        if (context->line->json != JSON_FORM_OFF) {
                Description *feeds = description_part(description, FEEDS);

                return json_output_show(context->page,
                                        feeds ? json_output_list("feeds", feeds)
                                              : json_output_rows("feeds", &(BusRows){}),
                                        context->line->json);
        }
        if (description_n_items(description, FEEDS) == 0) {
                page_paragraph(context->page, 0, STYLE_PLAIN,
                               "There is no feed: no package manager's cache was found, and no "
                               "digest was handed over.");
                page_command(context->page, 0, "klpctl import FILE");
                return 0;
        }
        r = show_table(context, description);
        if (r < 0)
                return r;
        show_errors(context, description);
        return 0;
}
