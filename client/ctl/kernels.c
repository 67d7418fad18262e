/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl kernels`: which base kernels get live patches, and for how long: as a table, and as windows
 * on one time line. Without --all only those that somebody may choose or already has: a stream has a
 * hundred kernels that nobody needs to read about.
 */

#include <string.h>

#include "ctl/json-output.h"
#include "ctl/text-table.h"
#include "ctl/time-line.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

#define BAR_COLUMNS_MIN 20u
#define BAR_COLUMNS_MAX 100u
#define EXPECTED "~"    /* before a date that is not announced yet */
#define SIGN_COLUMNS 3u /* running, next boot, a blank */

enum {
        COLUMN_KERNEL,
        COLUMN_STATE,
        COLUMN_ELIGIBLE,
        COLUMN_END,
        COLUMN_RELEASED,
        COLUMN_SAYS,
};

/* What runs and what boots next stands on the time line too. */
static const TextColumn columns[] = {
        [COLUMN_KERNEL] = { "KERNEL", 0 },         [COLUMN_STATE] = { "HERE", 2 },
        [COLUMN_ELIGIBLE] = { "LIVE PATCHES", 1 }, [COLUMN_END] = { "UNTIL", 0 },
        [COLUMN_RELEASED] = { "RELEASED", 4 },     [COLUMN_SAYS] = { "BASIS", 3 },
};

static bool is(const BusRow *kernel, const char *key, const char *word) {
        const char *text = bus_row_text(kernel, key);

        return text && strcmp(text, word) == 0;
}

static bool is_worth_showing(const BusRow *kernel) {
        return bus_row_flag(kernel, "running") || bus_row_flag(kernel, "installed") ||
               bus_row_flag(kernel, "next_boot") || bus_row_flag(kernel, "advised") ||
               is(kernel, "eligible", "yes") || is(kernel, "eligible", "possible");
}

/* "running, next boot". */
static const char *state_text(MemoryPool *pool, const BusRow *kernel) {
        TextList words = {};

        if (bus_row_flag(kernel, "running"))
                text_list_add(&words, pool, "running");
        if (bus_row_flag(kernel, "next_boot"))
                text_list_add(&words, pool, "next boot");
        if (bus_row_flag(kernel, "advised"))
                text_list_add(&words, pool, "advised");
        /* What runs or boots next is installed: said only where it is news. */
        if (bus_row_flag(kernel, "installed") && !bus_row_flag(kernel, "running") &&
            !bus_row_flag(kernel, "next_boot"))
                text_list_add(&words, pool, "installed");
        if (words.n_items == 0 && !bus_row_flag(kernel, "available"))
                text_list_add(&words, pool, "other channel");
        return wording_list(pool, &words);
}

static const char *eligible_text(const BusRow *kernel) {
        const char *eligible = bus_row_text(kernel, "eligible");

        if (!eligible)
                return "not applicable";
        if (is(kernel, "coverage", "ended"))
                return "ended";
        return strcmp(eligible, "unknown") == 0 ? "not known" : eligible;
}

static Style eligible_style(const BusRow *kernel) {
        if (is(kernel, "coverage", "ended"))
                return STYLE_BAD;
        return is(kernel, "eligible", "yes")        ? STYLE_GOOD
               : is(kernel, "eligible", "possible") ? STYLE_WARNING
                                                    : STYLE_PLAIN;
}

static const char *end_text(MemoryPool *pool, const BusRow *kernel) {
        UtcDay end = bus_row_day(kernel, "end");

        if (end == UTC_DAY_NONE)
                return NULL;
        return memory_pool_format(pool, "%s%s",
                                  bus_row_flag(kernel, "end_expected") ? EXPECTED : "",
                                  wording_day(pool, end));
}

/* Who says that it gets live patches, and who says until when: once where it is the same. */
static const char *basis_text(MemoryPool *pool, const BusRow *kernel) {
        const char *basis = bus_row_text(kernel, "basis"),
                   *end_basis = bus_row_text(kernel, "end_basis");

        if (!basis || !end_basis || strcmp(basis, end_basis) == 0)
                return basis ? basis : end_basis;
        return memory_pool_format(pool, "%s/%s", basis, end_basis);
}

static int show_table(VerbContext *context, const BusRows *kernels) {
        _cleanup_(text_table_freep) TextTable *table = NULL;
        MemoryPool *pool = context->pool;
        int r;

        r = text_table_new(pool, columns, ELEMENTS(columns), &table);
        for (size_t i = 0; i < kernels->n_items && r == 0; i++) {
                const BusRow *kernel = &kernels->items[i];
                UtcDay released = bus_row_day(kernel, "released");

                r = text_table_add_row(table);
                if (r < 0)
                        break;
                text_table_set(table, COLUMN_KERNEL,
                               bus_row_flag(kernel, "running") ? STYLE_STRONG : STYLE_PLAIN,
                               wording_kernel(pool, bus_row_text(kernel, "release")));
                text_table_set(table, COLUMN_STATE, STYLE_PLAIN, state_text(pool, kernel));
                text_table_set(table, COLUMN_ELIGIBLE, eligible_style(kernel),
                               eligible_text(kernel));
                text_table_set(table, COLUMN_END, STYLE_PLAIN, end_text(pool, kernel));
                text_table_set(table, COLUMN_RELEASED, STYLE_PLAIN,
                               released == UTC_DAY_NONE ? NULL : wording_day(pool, released));
                text_table_set(table, COLUMN_SAYS, STYLE_PLAIN, basis_text(pool, kernel));
        }
        if (r == 0)
                r = text_table_show(table, context->page, !context->line->no_legend);
        return r;
}

static unsigned name_columns(MemoryPool *pool, const BusRows *kernels) {
        unsigned n_max = 0;

        for (size_t i = 0; i < kernels->n_items; i++) {
                const char *release = bus_row_text(&kernels->items[i], "release");
                unsigned n = release ? terminal_width(wording_kernel(pool, release)) : 0;

                n_max = n > n_max ? n : n_max;
        }
        return n_max;
}

static void show_bar(VerbContext *context, const TimeLine *line, const BusRow *kernel,
                     unsigned n_name) {
        const Terminal *terminal = page_terminal(context->page);
        const char *bar, *name = wording_kernel(context->pool, bus_row_text(kernel, "release"));

        bar = time_line_bar(line, context->pool, bus_row_day(kernel, "start"),
                            bus_row_day(kernel, "end"), is(kernel, "eligible", "yes"));
        page_raw(context->page,
                 memory_pool_format(context->pool, "%s%s %s%*s %s",
                                    bus_row_flag(kernel, "running")
                                                    ? terminal_glyph(terminal, GLYPH_RUNNING)
                                                    : " ",
                                    bus_row_flag(kernel, "next_boot")
                                                    ? terminal_glyph(terminal, GLYPH_NEXT_BOOT)
                                                    : " ",
                                    name ? name : "",
                                    (int) (n_name - terminal_width(name ? name : "")), "", bar));
}

/* Each sign with its word in one piece, as many on a line as fit. */
static void show_legend(VerbContext *context, const TimeLine *line) {
        const Terminal *terminal = page_terminal(context->page);
        const char *const entries[][2] = {
                { terminal_glyph(terminal, GLYPH_RUNNING), "running" },
                { terminal_glyph(terminal, GLYPH_NEXT_BOOT), "next boot" },
                { time_line_certain(line), "gets live patches" },
                { time_line_possible(line), "may get them" },
                { time_line_today(line), "today" },
        };
        const char *text = NULL;

        page_gap(context->page);
        for (size_t i = 0; i < ELEMENTS(entries); i++) {
                const char *longer =
                                memory_pool_format(context->pool, "%s%s%s %s", text ? text : "",
                                                   text ? "  " : "", entries[i][0], entries[i][1]);

                if (text && terminal_width(longer) > terminal->n_columns) {
                        page_raw(context->page, text);
                        longer = memory_pool_format(context->pool, "%s %s", entries[i][0],
                                                    entries[i][1]);
                }
                text = longer;
        }
        page_raw(context->page, text);
}

static void show_time_line(VerbContext *context, const BusRows *kernels, UtcDay today) {
        const Terminal *terminal = page_terminal(context->page);
        unsigned n_name = name_columns(context->pool, kernels), n_lead = SIGN_COLUMNS + n_name + 1,
                 n_bar;
        TimeLine line;

        if (today == UTC_DAY_NONE || terminal->n_columns < n_lead + BAR_COLUMNS_MIN)
                return;
        n_bar = terminal->n_columns - n_lead;
        time_line_init(&line, today, n_bar > BAR_COLUMNS_MAX ? BAR_COLUMNS_MAX : n_bar,
                       terminal->utf8);
        for (size_t i = 0; i < kernels->n_items; i++) {
                UtcDay end = bus_row_day(&kernels->items[i], "end");

                if (end == UTC_DAY_NONE)
                        continue;
                time_line_include(&line, bus_row_day(&kernels->items[i], "start"));
                time_line_include(&line, end);
        }
        if (line.from == line.to)
                return;

        page_gap(context->page);
        page_raw(context->page, memory_pool_format(context->pool, "%*s%s", (int) n_lead, "",
                                                   time_line_head(&line, context->pool)));
        for (size_t i = 0; i < kernels->n_items; i++)
                show_bar(context, &line, &kernels->items[i], n_name);
        page_raw(context->page, memory_pool_format(context->pool, "%*s%s", (int) n_lead, "",
                                                   time_line_ticks(&line, context->pool)));
        page_raw(context->page, memory_pool_format(context->pool, "%*s%s", (int) n_lead, "",
                                                   time_line_months(&line, context->pool)));
        if (!context->line->no_legend)
                show_legend(context, &line);
}

/* What the table's signs mean, and what is not in it. */
static void show_rest(VerbContext *context, const BusRows *shown, size_t n_hidden) {
        bool expected = false;

        for (size_t i = 0; i < shown->n_items; i++)
                expected = expected || bus_row_flag(&shown->items[i], "end_expected");
        if (expected || n_hidden > 0)
                page_gap(context->page);
        if (expected)
                page_paragraph(context->page, 0, STYLE_PLAIN,
                               EXPECTED " The end is expected; the vendor has not announced it.");
        if (n_hidden > 0) {
                page_paragraph(context->page, 0, STYLE_PLAIN,
                               memory_pool_format(context->pool, "%s not shown%s",
                                                  wording_count(context->pool, (int64_t) n_hidden,
                                                                "other kernel is",
                                                                "other kernels are"),
                                                  context->line->quiet ? "." : ":"));
                page_command(context->page, 0, "klpctl kernels --all");
        }
}

int verb_kernels(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        BusRows all, shown = {};
        int r;

        r = daemon_connection_list_kernels(context->connection, context->pool, &all);
        if (r != 0)
                return verb_judge_call(context, r);
        for (size_t i = 0; i < all.n_items; i++) {
                BusRow *slot;

                if (!context->line->all && !is_worth_showing(&all.items[i]))
                        continue;
                slot = memory_pool_append(context->pool, shown.items, shown.n_items);
                if (slot)
                        *slot = all.items[i];
        }
        if (context->line->json != JSON_FORM_OFF)
                return json_output_show(context->page, json_output_rows("kernels", &shown),
                                        context->line->json);

        /* Today is the daemon's, so that the line and the answers beside it speak of the same day. */
        r = verb_describe(context, UTC_TIME_NONE, &description);
        if (r != 0)
                return r;
        if (shown.n_items == 0) {
                page_paragraph(context->page, 0, STYLE_PLAIN,
                               "No kernels are known: the host was not looked at yet.");
                page_command(context->page, 0, "klpctl rescan");
                return 0;
        }

        r = show_table(context, &shown);
        if (r < 0)
                return r;
        show_time_line(context, &shown, description_day(description, "assessed"));
        if (!context->line->no_legend)
                show_rest(context, &shown, all.n_items - shown.n_items);
        return 0;
}
