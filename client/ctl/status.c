/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl status`: the whole answer on one screen. The advice stands first, because whoever looks
 * wants to know whether there is something to do; then the four questions, a label each: until when
 * the running kernel is covered, which CVEs are open, which kernel comes next, and whether the chain
 * from feed to reboot is whole. What is not known is said to be not known. On a host that does not
 * want live patches nothing is marked as bad.
 */

#include <string.h>

#include "base/text.h"
#include "ctl/json-output.h"
#include "ctl/patch-chain.h"
#include "ctl/reboot-target.h"
#include "ctl/remedy.h"
#include "ctl/text-wrap.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

typedef struct Status {
        const Description *description;
        MemoryPool *pool;
        Page *page;
        bool wanted;                /* live patching is */
        bool not_applicable;        /* live patching is no question here */
        const char *advice_command; /* NULL: none */
} Status;

static const char *text_of(const Status *status, const char *path) {
        return description_text(status->description, path);
}

/* A host that has no use for live patches is told the same, but nothing of it is bad. */
static void entry(const Status *status, Mark mark, const char *label, const char *text,
                  const char *command) {
        bool calm = !status->wanted || status->not_applicable;

        if (calm && mark >= MARK_UNKNOWN)
                page_entry(status->page, MARK_NEUTRAL, label, text, NULL);
        else
                page_entry(status->page, mark, label, text, command);
}

static const char *command_for(const Status *status, Remedy remedy, const char *kernel) {
        return remedy_command(status->description, status->pool, remedy, kernel);
}

static void show_advice(const Status *status) {
        static const struct {
                const char *action;
                Mark mark;
        } marks[] = {
                { "none", MARK_GOOD },
                { "look-at-stalled-transition", MARK_BAD },
                { "confirm-eligibility", MARK_UNKNOWN },
        };
        const char *text = text_of(status, "advice.text"),
                   *action = text_of(status, "advice.action");
        bool gone = description_is(status->description, "coverage.state", "ended") ||
                    description_is(status->description, "coverage.state", "unsupported");
        Mark mark = MARK_WARNING;

        if (!action)
                mark = MARK_UNKNOWN;
        else if (gone && strcmp(action, "none") != 0)
                mark = MARK_BAD;
        else if (strcmp(action, "reboot") == 0 &&
                 description_is(status->description, "coverage.state", "covered"))
                mark = MARK_GOOD;
        for (size_t i = 0; action && i < ELEMENTS(marks); i++)
                if (strcmp(marks[i].action, action) == 0)
                        mark = marks[i].mark;
        if (mark == MARK_GOOD && description_is(status->description, "coverage.state", "unknown"))
                mark = MARK_UNKNOWN;
        if (!status->wanted || status->not_applicable)
                mark = MARK_NEUTRAL;

        page_item(status->page, 2, terminal_mark(page_terminal(status->page), mark),
                  terminal_mark_style(mark), STYLE_STRONG,
                  text     ? text
                  : action ? memory_pool_format(status->pool, "Advice: %s.", action)
                           : "There is no advice yet.");
        if (mark != MARK_GOOD && mark != MARK_NEUTRAL && status->advice_command)
                page_command(status->page, 2, status->advice_command);
        page_gap(status->page);
}

static void show_kernel(const Status *status) {
        const char *kernel = text_of(status, "host.kernel"),
                   *channel = text_of(status, "host.channel");
        UtcDay booted = description_day(status->description, "host.booted");
        const char *stream = text_of(status, "host.stream");
        TextList parts = {};

        if (stream)
                text_list_add(&parts, status->pool, stream);
        text_list_add(&parts, status->pool,
                      channel ? memory_pool_format(status->pool, "channel %s", channel)
                              : "channel not known");
        if (booted != UTC_DAY_NONE)
                text_list_format(&parts, status->pool, "booted %s",
                                 wording_day(status->pool, booted));
        entry(status, MARK_NONE, "Kernel",
              memory_pool_format(status->pool, "%s (%s)",
                                 kernel ? wording_kernel(status->pool, kernel) : "not known",
                                 wording_list(status->pool, &parts)),
              NULL);
}

/* The last step of a reasoning: what it came to. */
static const char *last_because(const Status *status, const char *path) {
        TextList because = description_texts(status->description, status->pool, path);

        return because.n_items > 0 ? because.items[because.n_items - 1] : NULL;
}

/* Who says so, as a sentence of its own; NULL when nobody does. */
static const char *who_says(const Status *status) {
        const char *basis = wording_basis(text_of(status, "coverage.basis"));
        const char *end_basis = wording_basis(text_of(status, "coverage.end_basis"));

        if (!basis && !end_basis)
                return NULL;
        if (!end_basis || (basis && strcmp(basis, end_basis) == 0))
                return memory_pool_format(status->pool, "Known from %s.",
                                          basis ? basis : end_basis);
        if (!basis)
                return memory_pool_format(status->pool, "The end is known from %s.", end_basis);
        return memory_pool_format(status->pool, "Known from %s; the end from %s.", basis,
                                  end_basis);
}

static const char *end_text(const Status *status, UtcDay end, const char *word) {
        bool expected = description_answer(status->description, "coverage.end_expected") ==
                        ANSWER_YES;
        const char *left = NULL;
        int64_t n_days;

        if (description_number(status->description, "coverage.days_left", &n_days))
                left = wording_days_left(status->pool, n_days);
        return memory_pool_format(status->pool, "%s %s%s%s%s", word, wording_day(status->pool, end),
                                  expected ? " (expected)" : "", left ? ", " : "",
                                  left ? left : "");
}

typedef struct CoverageLine {
        const char *state;
        Mark mark;
        const char *with_end;    /* before the end's date */
        const char *without_end; /* alone */
        const char *command;     /* NULL: none */
} CoverageLine;

static const CoverageLine *coverage_line(const char *state) {
        static const CoverageLine lines[] = {
                { "covered", MARK_GOOD, "until", "covered; until when is not known", NULL },
                { "ending", MARK_WARNING, "only until", "ends soon", "klpctl plan" },
                { "ended", MARK_BAD, "ended", "ended", "klpctl plan" },
                { "unsupported", MARK_BAD, NULL, "not at all", "klpctl plan" },
                { "unconfirmed", MARK_UNKNOWN, "not proven; if at all, until", "not proven", NULL },
                { "unknown", MARK_UNKNOWN, NULL, "not known", "klpctl kernels" },
                { "not-applicable", MARK_NEUTRAL, NULL, "does not apply", NULL },
        };

        for (size_t i = 0; state && i < ELEMENTS(lines); i++)
                if (strcmp(lines[i].state, state) == 0)
                        return &lines[i];
        return &lines[5];
}

static void show_coverage(const Status *status) {
        const CoverageLine *line = coverage_line(text_of(status, "coverage.state"));
        UtcDay end = description_day(status->description, "coverage.end");
        const char *says = who_says(status), *text, *because, *command = line->command;

        if (end != UTC_DAY_NONE && line->with_end)
                text = end_text(status, end, line->with_end);
        else {
                /* Where it does not apply, the advice has said why. */
                because = status->not_applicable ? NULL : last_because(status, "coverage.because");
                text = because ? memory_pool_format(status->pool, "%s: %s", line->without_end,
                                                    because)
                               : line->without_end;
        }
        if (strcmp(line->state, "unconfirmed") == 0)
                command = command_for(status, REMEDY_ASK_REPOSITORY, NULL);

        /* The command belongs to what is wrong, so who says so goes in front of it. */
        entry(status, line->mark, "Covered",
              says ? memory_pool_format(status->pool, "%s%s %s", text,
                                        text_ends_with(text, ".") ? "" : ".", says)
                   : text,
              command);
}

/* "1 critical, 2 important". */
static const char *severities(const Status *status, Mark *ret_mark, int64_t *ret_n_open) {
        static const struct {
                const char *path, *word;
                Mark mark;
        } severity[] = {
                { "exposure.open.critical", "critical", MARK_BAD },
                { "exposure.open.important", "important", MARK_WARNING },
                { "exposure.open.moderate", "moderate", MARK_NEUTRAL },
                { "exposure.open.low", "low", MARK_NEUTRAL },
                { "exposure.open.unrated", "not rated", MARK_UNKNOWN },
        };
        TextList parts = {};

        *ret_mark = MARK_GOOD;
        *ret_n_open = 0;
        for (size_t i = 0; i < ELEMENTS(severity); i++) {
                int64_t n = description_count(status->description, severity[i].path);

                if (n == 0)
                        continue;
                *ret_n_open += n;
                if (severity[i].mark > *ret_mark)
                        *ret_mark = severity[i].mark;
                text_list_format(&parts, status->pool, "%lld %s", (long long) n, severity[i].word);
        }
        return wording_list(status->pool, &parts);
}

/* "2 fixed only by a newer kernel; 1 …". */
static const char *verdicts(const Status *status) {
        const char *text = "";

        for (size_t i = 0; i < wording_n_verdicts; i++) {
                const VerdictWording *verdict = &wording_verdicts[i];
                int64_t n = description_count(status->description,
                                              memory_pool_format(status->pool,
                                                                 "exposure.verdicts.%s",
                                                                 verdict->verdict));

                if (verdict->open && n > 0)
                        text = memory_pool_format(status->pool, "%s%s%lld %s", text,
                                                  text[0] == '\0' ? "" : "; ", (long long) n,
                                                  verdict->count);
        }
        return text;
}

static void show_exposures(const Status *status) {
        UtcDay as_of = description_day(status->description, "exposure.as_of");
        const char *counts, *by_verdict = verdicts(status), *when;
        int64_t n_open;
        Mark mark;

        counts = severities(status, &mark, &n_open);
        if (n_open == 0 && as_of == UTC_DAY_NONE) {
                entry(status, MARK_UNKNOWN, "Open CVEs",
                      "not known: there are no facts about this kernel yet",
                      command_for(status, REMEDY_GET_FACTS, NULL));
                return;
        }

        when = as_of == UTC_DAY_NONE ? ""
                                     : memory_pool_format(status->pool, " as of %s",
                                                          wording_day(status->pool, as_of));
        if (n_open == 0) {
                /* Silence of old facts, or about a kernel that they do not know, is no good news. */
                bool sure = description_is(status->description, "freshness.state", "fresh") &&
                            !description_is(status->description, "coverage.state", "unknown");

                entry(status, sure ? MARK_GOOD : MARK_UNKNOWN, "Open CVEs",
                      memory_pool_format(status->pool, "none known%s%s", when,
                                         sure ? "" : "; there may be newer ones"),
                      NULL);
                return;
        }
        entry(status, mark, "Open CVEs",
              memory_pool_format(status->pool, "%lld%s: %s%s%s", (long long) n_open, when, counts,
                                 by_verdict[0] == '\0' ? "" : ". ", by_verdict),
              "klpctl exposures");
}

static void show_next_kernel(const Status *status) {
        RebootTarget target = reboot_target_read(status->description, status->pool);
        const char *gain = reboot_target_gain(&target, status->pool), *text;
        const char *state = text_of(status, "coverage.state");
        bool due = target.now || target.by != UTC_DAY_NONE;
        /* With a reboot due and no selection to wait for, the next minor is what brings a kernel. */
        UtcDay selection = target.wait_for != UTC_DAY_NONE || due
                                           ? target.wait_for
                                           : description_day(status->description,
                                                             "coverage.next_selection");

        if (target.kernel) {
                text = memory_pool_format(status->pool, "%s%s%s (%s%s%s)", target.kernel,
                                          target.older                ? ", which is older"
                                          : target.now                ? ", now"
                                          : target.by == UTC_DAY_NONE ? ""
                                                                      : ", by ",
                                          target.now || target.by == UTC_DAY_NONE
                                                          ? ""
                                                          : wording_day(status->pool, target.by),
                                          target.installed ? "installed" : "not installed",
                                          gain ? "; " : "", gain ? gain : "");
                entry(status, target.now ? MARK_WARNING : MARK_NONE, "Next kernel", text,
                      target.now ? "klpctl plan" : NULL);
                return;
        }

        if (due && status->wanted)
                text = target.now ? "one is needed now, but none is known"
                                  : memory_pool_format(status->pool,
                                                       "none is known yet; one is needed by %s",
                                                       wording_day(status->pool, target.by));
        else
                text = !state || strcmp(state, "unknown") == 0 ? "not known" : "none is due";
        if (selection != UTC_DAY_NONE)
                text = memory_pool_format(status->pool,
                                          "%s; the vendor selects the next one about %s", text,
                                          wording_day(status->pool, selection));
        entry(status, target.now && status->wanted ? MARK_WARNING : MARK_NONE, "Next kernel", text,
              target.now && status->wanted ? "klpctl kernels" : NULL);
}

static void show_next_boot(const Status *status) {
        const char *kernel = wording_kernel(status->pool, text_of(status, "next_boot.kernel"));
        const char *because = last_because(status, "next_boot.because");
        const char *advised = text_of(status, "advice.kernel");
        UtcDay end = description_day(status->description, "next_boot.end");
        bool same = kernel && text_equal(kernel, wording_kernel(status->pool,
                                                                text_of(status, "host.kernel")));

        if (!kernel) {
                entry(status, MARK_UNKNOWN, "Next boot", because ? because : "not known",
                      "klpctl rescan");
                return;
        }
        switch (description_answer(status->description, "next_boot.leaves_stream")) {
        case ANSWER_YES:
                entry(status, MARK_BAD, "Next boot",
                      memory_pool_format(status->pool,
                                         "picks %s and would leave the live-patch stream", kernel),
                      advised && remedy_kernel_is_installed(status->description, status->pool,
                                                            advised)
                                      ? command_for(status, REMEDY_SET_DEFAULT, advised)
                                      : "klpctl plan");
                break;
        case ANSWER_NO:
                entry(status, MARK_GOOD, "Next boot",
                      memory_pool_format(status->pool, "picks %s%s%s",
                                         same ? "the running kernel again" : kernel,
                                         end == UTC_DAY_NONE ? ", which is covered"
                                                             : ", covered until ",
                                         end == UTC_DAY_NONE ? "" : wording_day(status->pool, end)),
                      NULL);
                break;
        default:
                entry(status, MARK_UNKNOWN, "Next boot",
                      memory_pool_format(status->pool, "picks %s%s",
                                         same ? "the running kernel again" : kernel,
                                         status->not_applicable ? ""
                                                                : "; whether it gets live patches "
                                                                  "is not known"),
                      "klpctl kernels");
        }
}

static const char *patch_text(const Status *status, Mark *ret_mark) {
        static const struct {
                const char *state;
                Mark mark;
                bool of_loaded; /* says something about the loaded patch */
                const char *text;
        } states[] = {
                { "applied", MARK_GOOD, true, "is applied" },
                { "outdated", MARK_WARNING, true, "is applied, but a newer one is released" },
                { "transitioning", MARK_WARNING, true, "is in its transition" },
                { "stalled", MARK_BAD, true, "is stuck in its transition" },
                { "disabled", MARK_BAD, true, "is loaded, but not enabled" },
                { "foreign", MARK_WARNING, true,
                  "is enabled, but no feed knows it and no vendor names one so" },
                { "missing", MARK_BAD, false, "none is loaded, though one is released" },
                { "none-needed", MARK_GOOD, false,
                  "none is needed: none has been released for this kernel" },
                { "not-applicable", MARK_NEUTRAL, false, "does not apply: this kernel gets none" },
                { "unknown", MARK_UNKNOWN, false, "not known" },
        };
        const Description *loaded = patch_chain_loaded(status->description);
        const char *state = text_of(status, "patch.state"), *name, *version;

        for (size_t i = 0; i < ELEMENTS(states); i++) {
                if (strcmp(states[i].state, state ? state : "unknown") != 0)
                        continue;
                *ret_mark = states[i].mark;
                if (!states[i].of_loaded || !loaded)
                        return states[i].text;
                name = description_text(loaded, "package");
                version = description_text(loaded, "version");
                if (!name)
                        name = description_text(loaded, "name");
                return memory_pool_format(status->pool, "%s%s%s %s", name ? name : "one",
                                          version ? " " : "", version ? version : "",
                                          states[i].text);
        }
        *ret_mark = MARK_UNKNOWN;
        return state;
}

/* The links in one wrapped line, each in one piece with its mark and the arrow to the next. */
static void show_chain(const Status *status) {
        const Terminal *terminal = page_terminal(status->page);
        PatchChainLink links[_PATCH_CHAIN_MAX];
        const char *text = "";

        patch_chain_judge(status->description, status->pool, links);
        for (size_t i = 0; i < ELEMENTS(links); i++)
                text = memory_pool_format(status->pool, "%s%s" TEXT_WRAP_GLUE "%s%s%s%s", text,
                                          terminal_mark(terminal, links[i].mark), links[i].name,
                                          i + 1 < ELEMENTS(links) ? TEXT_WRAP_GLUE : "",
                                          i + 1 < ELEMENTS(links)
                                                          ? terminal_glyph(terminal, GLYPH_ARROW)
                                                          : "",
                                          i + 1 < ELEMENTS(links) ? " " : "");
        page_entry(status->page, MARK_NONE, "Chain", text, NULL);

        /* The feed has a line of its own; a missing or old patch that the advice brings was named there. */
        for (size_t i = PATCH_CHAIN_FEED + 1; i < ELEMENTS(links); i++)
                if (links[i].trouble && (i > PATCH_CHAIN_LOADED ||
                                         !text_equal(links[i].command, status->advice_command)))
                        entry(status, links[i].mark, "", links[i].trouble, links[i].command);
}

static void show_patch(const Status *status) {
        Mark mark;
        const char *text = patch_text(status, &mark), *command = NULL;

        if (mark == MARK_UNKNOWN || description_is(status->description, "patch.state", "foreign"))
                command = command_for(status, REMEDY_LOOK_AT_PATCHES, NULL);
        entry(status, mark, "Live patch", text, command);
        if (mark != MARK_NEUTRAL)
                show_chain(status);
}

/* Nothing where there is none: that all is well stands above. */
static void show_alerts(const Status *status) {
        static const char alerts[] = "alerts";
        const Description *worst = description_item(status->description, alerts, 0);
        const char *level = text_of(status, "level"), *text;
        size_t n = description_n_items(status->description, alerts);

        if (n == 0 || !level || strcmp(level, "ok") == 0)
                return;
        text = description_text(worst, "text");
        entry(status,
              strcmp(level, "critical") == 0  ? MARK_BAD
              : strcmp(level, "warning") == 0 ? MARK_WARNING
                                              : MARK_NEUTRAL,
              "Alert",
              n == 1 ? memory_pool_format(status->pool, "%s: %s", level, text ? text : "-")
                     : memory_pool_format(status->pool, "%s: %s (%zu more)", level,
                                          text ? text : "-", n - 1),
              "klpctl alerts");
}

static void show_facts(const Status *status) {
        static const struct {
                const char *state;
                Mark mark;
                const char *text;
        } states[] = {
                { "fresh", MARK_GOOD, "fresh" },
                { "stale", MARK_WARNING, "stale" },
                { "expired", MARK_BAD, "too old to rely on" },
                { "never", MARK_BAD, "none: no feed has brought any yet" },
        };
        const char *state = text_of(status, "freshness.state"), *text = "not known";
        UtcTime complete_to = description_time(status->description, "freshness.complete_to");
        UtcTime assessed = description_time(status->description, "assessed");
        Mark mark = MARK_UNKNOWN;

        for (size_t i = 0; state && i < ELEMENTS(states); i++)
                if (strcmp(states[i].state, state) == 0) {
                        mark = states[i].mark;
                        text = states[i].text;
                }
        if (complete_to != UTC_TIME_NONE)
                text = memory_pool_format(status->pool, "%s, complete to %s", text,
                                          wording_time(status->pool, complete_to));
        if (assessed != UTC_TIME_NONE)
                text = memory_pool_format(status->pool, "%s; host looked at %s", text,
                                          wording_time(status->pool, assessed));
        for (size_t i = 0; i < description_n_items(status->description, "freshness.feeds"); i++) {
                const Description *feed =
                                description_item(status->description, "freshness.feeds", i);
                const char *name = description_text(feed, "name"),
                           *error = description_text(feed, "error");

                if (!error)
                        continue;
                mark = mark == MARK_GOOD ? MARK_WARNING : mark;
                text = memory_pool_format(status->pool, "%s; feed %s: %s", text,
                                          name ? name : "without a name", error);
        }
        entry(status, mark, "Facts", text,
              mark == MARK_GOOD ? NULL : command_for(status, REMEDY_GET_FACTS, NULL));
}

int verb_status(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        Status status;
        int r;

        r = verb_describe(context, UTC_TIME_NONE, &description);
        if (r != 0)
                return r;
        if (context->line->json != JSON_FORM_OFF)
                return json_output_show(context->page, TAKE(description), context->line->json);

        status = (Status){
                .description = description,
                .pool = context->pool,
                .page = context->page,
                .wanted = description_answer(description, "host.live_patching") != ANSWER_NO,
                .not_applicable = description_is(description, "coverage.state", "not-applicable"),
                .advice_command = remedy_for_advice(description, context->pool),
        };
        show_advice(&status);
        show_alerts(&status);
        show_kernel(&status);
        show_coverage(&status);
        show_exposures(&status);
        show_next_kernel(&status);
        show_next_boot(&status);
        show_patch(&status);
        show_facts(&status);
        return 0;
}
