/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl why CVE`: the verdict as a sentence, the reasoning that led to it, and every fact that it
 * rests on, with its date and who published it. Somebody may have to defend the verdict to an
 * auditor, so nothing is summed up.
 */

#include <string.h>

#include "base/error.h"
#include "ctl/json-output.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

#define NUMBER_COLUMNS 4
#define DATE_COLUMNS 14

static Mark verdict_mark(const VerdictWording *verdict, const char *severity) {
        if (!verdict->open)
                return MARK_GOOD;
        if (strcmp(verdict->verdict, "unknown") == 0)
                return MARK_UNKNOWN;
        return severity && strcmp(severity, "critical") == 0 ? MARK_BAD : MARK_WARNING;
}

static void show_fix(const VerbContext *context, const BusRow *exposure, const char *label,
                     const char *what, const char *advisory_key, const char *date_key) {
        const char *advisory = bus_row_text(exposure, advisory_key);
        UtcDay date = bus_row_day(exposure, date_key);

        page_entry(context->page, MARK_NONE, label,
                   memory_pool_format(context->pool, "%s%s%s%s%s", what,
                                      advisory ? ", advisory " : "", advisory ? advisory : "",
                                      date == UTC_DAY_NONE ? "" : ", ",
                                      date == UTC_DAY_NONE ? "" : wording_day(context->pool, date)),
                   NULL);
}

static void show_verdict(const VerbContext *context, const BusRow *exposure) {
        const char *cve = bus_row_text(exposure, "cve"), *kernel = bus_row_text(exposure, "kernel");
        const char *severity = bus_row_text(exposure, "severity"),
                   *bound = bus_row_text(exposure, "severity_bound");
        const char *package = bus_row_text(exposure, "patch_package"),
                   *patch = bus_row_text(exposure, "patch");
        const char *stream = bus_row_text(exposure, "kernel_stream"),
                   *note = bus_row_text(exposure, "note");
        const VerdictWording *verdict = wording_verdict(bus_row_text(exposure, "verdict"));
        Mark mark = verdict_mark(verdict, severity ? severity : bound);
        UtcDay deadline = bus_row_day(exposure, "deadline");

        page_item(context->page, 2, terminal_mark(page_terminal(context->page), mark),
                  terminal_mark_style(mark), STYLE_STRONG,
                  memory_pool_format(context->pool, "%s %s.", cve ? cve : "This CVE",
                                     verdict->sentence));
        page_gap(context->page);

        page_entry(context->page, MARK_NONE, "Severity",
                   severity || !bound ? wording_severity(page_terminal(context->page),
                                                         context->pool, severity, bound)
                                      : memory_pool_format(context->pool,
                                                           "%s at most: the advisory's, the CVE "
                                                           "itself is not rated",
                                                           bound),
                   NULL);
        if (patch)
                show_fix(context, exposure, "Live patch",
                         memory_pool_format(context->pool, "%s%s%s", package ? package : "",
                                            package ? " " : "", patch),
                         "patch_advisory", "patch_date");
        else
                page_entry(context->page, MARK_NONE, "Live patch",
                           "none is known to fix it for the running kernel", NULL);
        if (kernel)
                show_fix(context, exposure, "Kernel",
                         stream ? memory_pool_format(context->pool, "%s (%s)", kernel, stream)
                                : kernel,
                         "kernel_advisory", "kernel_date");
        else
                page_entry(context->page, MARK_NONE, "Kernel", "none is known to fix it", NULL);
        if (deadline != UTC_DAY_NONE)
                page_entry(context->page, verdict->open ? MARK_WARNING : MARK_NONE, "Deadline",
                           wording_day(context->pool, deadline),
                           verdict->open ? "klpctl plan" : NULL);
        if (note)
                page_entry(context->page, MARK_NONE, "Note", note, NULL);
}

static void show_because(const VerbContext *context, const BusRow *exposure) {
        TextList because = bus_row_texts(exposure, "because");

        if (because.n_items == 0)
                return;

        page_gap(context->page);
        page_heading(context->page, "Why");
        for (size_t i = 0; i < because.n_items; i++)
                page_item(context->page, NUMBER_COLUMNS,
                          memory_pool_format(context->pool, "%2zu.", i + 1), STYLE_PLAIN,
                          STYLE_PLAIN, because.items[i]);
}

/* "important; the advisory RHSA-2024:5363 is rated critical". */
static const char *fact_rating(const VerbContext *context, const BusRow *fact) {
        const char *advisory = bus_row_text(fact, "advisory"),
                   *rated = bus_row_text(fact, "advisory_severity");
        const char *severity = bus_row_text(fact, "severity");

        return memory_pool_format(
                        context->pool, "%s%s; %s%s%s", severity ? "rated " : "not rated",
                        severity ? severity : "",
                        advisory ? memory_pool_format(context->pool, "advisory %s", advisory)
                                 : "without an advisory",
                        rated ? " is rated " : "", rated ? rated : "");
}

static const char *fact_source(const VerbContext *context, const BusRow *fact) {
        const char *source = bus_row_text(fact, "source");
        UtcTime complete_to = bus_row_time(fact, "complete_to");

        return memory_pool_format(context->pool, "source: %s%s%s", source ? source : "not stated",
                                  complete_to == UTC_TIME_NONE ? "" : ", complete to ",
                                  complete_to == UTC_TIME_NONE
                                                  ? ""
                                                  : wording_time(context->pool, complete_to));
}

static void show_fact(const VerbContext *context, const BusRow *fact) {
        const char *kind = bus_row_text(fact, "kind"), *name = bus_row_text(fact, "name");
        const char *stream = bus_row_text(fact, "stream"), *where = stream ? stream : "";
        TextList channels = bus_row_texts(fact, "channels");
        UtcDay date = bus_row_day(fact, "date");
        bool patch = kind && strcmp(kind, "patch") == 0;

        if (channels.n_items > 0)
                where = memory_pool_format(context->pool, "%s%s%s %s", where, stream ? ", " : "",
                                           channels.n_items == 1 ? "channel" : "channels",
                                           wording_list(context->pool, &channels));

        page_item(context->page, DATE_COLUMNS,
                  memory_pool_format(context->pool, "  %s",
                                     date == UTC_DAY_NONE ? "no date"
                                                          : wording_day(context->pool, date)),
                  STYLE_PLAIN, STYLE_PLAIN,
                  memory_pool_format(context->pool, "%s %s%s%s%s%s",
                                     patch ? "live patch" : "kernel", name ? name : "",
                                     where[0] == '\0' ? "" : " (", where,
                                     where[0] == '\0' ? "" : ")",
                                     bus_row_flag(fact, "available")
                                                     ? ""
                                                     : ", not for this host's channel"));
        if (bus_row_flag(fact, "shared"))
                page_paragraph(context->page, DATE_COLUMNS, STYLE_PLAIN,
                               "fixed in live patches of several kernels; nobody tells in which");
        page_paragraph(context->page, DATE_COLUMNS, STYLE_PLAIN, fact_rating(context, fact));
        page_paragraph(context->page, DATE_COLUMNS, STYLE_PLAIN, fact_source(context, fact));
}

/* Only links need the vendor; without an answer they lead to where every CVE has a page. */
static int learn_vendor(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        int r;

        if (page_terminal(context->page)->links == LINK_MODE_OFF)
                return 0;
        r = verb_describe(context, UTC_TIME_NONE, &description);
        return r < 0 ? error_trace(r) : 0;
}

int verb_why(VerbContext *context) {
        BusRows facts;
        BusRow exposure;
        int r;

        r = daemon_connection_explain(context->connection, context->pool, context->line->cve,
                                      &exposure);
        if (r == DAEMON_CONNECTION_E_NO_SUCH_CVE) {
                context->problem = (DaemonProblem){
                        .sentence = memory_pool_format(context->pool,
                                                       "No fact names %s: no kernel or live patch "
                                                       "that concerns this host "
                                                       "is known to fix it. That does not prove "
                                                       "that the host is safe.",
                                                       context->line->cve),
                        .command = "klpctl status",
                };
                return VERB_E_NO_ANSWER;
        }
        if (r != 0)
                return verb_judge_call(context, r);
        if (context->line->json != JSON_FORM_OFF)
                return json_output_show(context->page,
                                        json_output_add_row(json_output_answer(), &exposure),
                                        context->line->json);

        r = learn_vendor(context);
        if (r < 0)
                return error_trace(r);
        show_verdict(context, &exposure);
        show_because(context, &exposure);
        facts = bus_row_rows(&exposure, "facts");
        if (facts.n_items > 0) {
                page_gap(context->page);
                page_heading(context->page, "Facts, oldest first");
        }
        for (size_t i = 0; i < facts.n_items; i++)
                show_fact(context, &facts.items[i]);
        return 0;
}
