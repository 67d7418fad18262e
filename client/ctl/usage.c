/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Usage texts: a table, a line each. Printed to standard output when asked for; a usage error
 * instead names the one thing that was wrong and where to read on.
 */

#include "ctl/usage.h"

#define NAME_COLUMNS 24u

typedef struct UsageLine {
        const char *name, *text;
} UsageLine;

typedef struct UsageVerb {
        const char *synopsis;
        const char *summary;
        const char *detail;
        UsageLine options[8]; /* up to a NULL name */
} UsageVerb;

#define JSON_OPTION \
        { "--json=FORM", "as JSON: short, pretty or off" }

#define NO_ASK_PASSWORD_OPTION \
        { "--no-ask-password", "refuse instead of asking for a password" }

/* Those that every verb has. */
static const UsageLine general_options[] = {
        { "-h, --help", "this text; behind a verb: more about it and its options" },
        { "-V, --version", "the version of klpctl" },
        { "-H, --host=HOST", "ask klpwatchd on [USER@]HOST, over ssh" },
        { "-M, --machine=NAME", "ask klpwatchd in a container of this host" },
        { "--json=FORM", "the answer as JSON: short, pretty or off" },
        { "-j", "--json=pretty on a terminal, else --json=short" },
        { "--no-legend", "no headings and no lines that explain a list" },
        { "--no-pager", "long answers straight to the terminal" },
        { "-q, --quiet", "no hints, and no word from what only worked" },
};

static const UsageVerb verbs[] = {
        [VERB_STATUS] = {
                "status",
                "the whole answer on one screen (also without a verb)",
                "Shows what to do first, until when the running kernel is covered and who says so, which CVEs are "
                "open, which kernel comes next, and whether the chain from feed to reboot is whole. Lines that need "
                "attention end with the command that inspects or fixes them.",
                { JSON_OPTION },
        },
        [VERB_EXPOSURES] = {
                "exposures",
                "the open CVEs, worst first",
                "Lists the CVEs that newer kernels or live patches fix and this host does not have fixed. Columns "
                "that do not fit the terminal are left out; JSON has them all.",
                { { "--all", "the closed ones too" },
                  { "--severity=WORD", "only these: critical, important, moderate, low, unrated" },
                  { "--verdict=WORD", "only these: live-patch-available, reboot-needed, …" },
                  JSON_OPTION },
        },
        [VERB_WHY] = {
                "why CVE",
                "one CVE: the verdict and every fact behind it",
                "Explains the verdict on a CVE step by step, with date, advisory and source of each fact.",
                { JSON_OPTION },
        },
        [VERB_KERNELS] = {
                "kernels",
                "base kernels and their windows on a time line",
                "Lists the kernels that run, are installed, boot next, are advised or get live patches, with the "
                "window in which they do.",
                { { "--all", "every kernel of the host's streams" }, JSON_OPTION },
        },
        [VERB_PLAN] = {
                "plan",
                "what to do, by when, and what it gains",
                "Lists all steps in order, with the commands. klpwatch itself never installs, loads or sets anything.",
                { { "--at=DATE", "what if it were that day (or time)" }, JSON_OPTION },
        },
        [VERB_PATCHES] = {
                "patches",
                "each live patch and its chain from feed to reboot",
                "Shows for each loaded live patch, or for the one that should be loaded, whether each link is whole: "
                "feed, package, file, loaded, enabled, transition, and back after a reboot.",
                { { "--blocking", "instead the tasks that hold up a transition (as root)" }, JSON_OPTION },
        },
        [VERB_ALERTS] = {
                "alerts [WORD…]",
                "what you should hear of, the most urgent first",
                "Lists the alerts. \"alerts ack ID…\" says that you have seen one: it counts no more, until it gets worse. "
                "\"alerts snooze ID… TIME\" puts it off, such as for 3d or 12h.",
                { { "--follow", "a line for each that comes, gets worse or goes" }, NO_ASK_PASSWORD_OPTION, JSON_OPTION },
        },
        [VERB_CHECK] = {
                "check",
                "the state for a monitoring system, or whether to reboot",
                "Prints one line with the state, numbers for graphs, and what there is to do below; the exit code is "
                "the state: 0 ok, 1 warning, 2 critical, 3 unknown. It is also there as check_klpwatch. A range is "
                "written as monitoring plugins do: 30: is 30 and more, and what is outside of it counts.",
                { { "-w, --warning=RANGE", "a warning when the days left are outside of it" },
                  { "-c, --critical=RANGE", "critical when the days left are outside of it" },
                  { "-t, --timeout=SEC", "unknown when there is no answer by then; 10 without it" },
                  { "-v, --verbose", "also what the answer rests on" },
                  { "--reboot", "instead: is a reboot needed? 0 no, 1 by a date, 2 now, 3 unknown" },
                  JSON_OPTION },
        },
        [VERB_EXPORT] = {
                "export FORM",
                "all CVEs for other programs: openvex or csv",
                "Writes all CVEs, closed ones too, as an OpenVEX document about this host's kernel (for scanners), or as "
                "comma-separated values (for tables).",
                { { "--author=NAME", "who makes the statements of openvex" }, JSON_OPTION },
        },
        [VERB_FEEDS] = {
                "feeds",
                "where the facts come from, and how that goes",
                "Lists the feeds: how old each is, when it was read and is read next, and what did not work.",
                { JSON_OPTION },
        },
        [VERB_REFRESH] = {
                "refresh",
                "ask all feeds for what is new now",
                "Makes klpwatchd read its feeds now, such as the package manager's cache; returns when that is done.",
                { NO_ASK_PASSWORD_OPTION, JSON_OPTION },
        },
        [VERB_IMPORT] = {
                "import FILE",
                "give klpwatchd the facts of a digest",
                "Hands a digest, as klpwatch-digest writes it, to klpwatchd (\"-\" is standard input). It is checked, "
                "kept as the feed \"imported\", and in force when the command returns.",
                { NO_ASK_PASSWORD_OPTION, JSON_OPTION },
        },
        [VERB_EXPORT_DIGEST] = {
                "export-digest [FILE]",
                "write the facts that klpwatchd holds as a digest",
                "Writes all facts that klpwatchd holds, of whatever feeds, as one digest to the file that is named (\"-\", the default, is "
                "standard output): for a host without a network, or for a mirror of the site.",
                { JSON_OPTION },
        },
        [VERB_RESCAN] = {
                "rescan",
                "look at this host again now",
                "Makes klpwatchd look at the host again and judge anew; returns when that is done.",
                { NO_ASK_PASSWORD_OPTION, JSON_OPTION },
        },
        [VERB_MONITOR] = {
                "monitor",
                "a line for each change, until it is stopped",
                "Prints what changes in the answer, in the kernels and in the live patches, as it changes. It goes on "
                "when klpwatchd is restarted, and ends with Ctrl+C or when nobody reads it any more.",
                { JSON_OPTION },
        },
        [VERB_HISTORY] = {
                "history",
                "what happened to live patches and coverage",
                "Reads back what klpwatchd wrote into the journal: live patches that were loaded, failed or went, "
                "transitions, changes of coverage. It needs no running klpwatchd, but the right to read the journal.",
                { { "--since=DATE", "only from that day (or time) on" },
                  { "--directory=DIR", "the journal files in DIR, as of another host" },
                  JSON_OPTION },
        },
        [VERB_SHOW_CONFIG] = {
                "show-config",
                "the settings in force, and where each comes from",
                "Shows every setting that klpwatchd goes by, with the file and line it comes from. The text can be "
                "read back as a settings file.",
                { JSON_OPTION },
        },
        [VERB_HELP] = {
                "help [VERB]",
                "this text, or more about one verb",
                "Shows all verbs, or one verb with its options.",
                { { NULL, NULL } },
        },
};

static void show_line(Page *page, MemoryPool *pool, const char *name, const char *text) {
        page_item(page, NAME_COLUMNS, memory_pool_format(pool, "  %s", name), STYLE_PLAIN,
                  STYLE_PLAIN, text);
}

void usage_show(Page *page) {
        MemoryPool *pool = page_pool(page);

        page_paragraph(page, 0, STYLE_PLAIN, "klpctl [OPTIONS…] [VERB]");
        page_gap(page);
        page_paragraph(page, 0, STYLE_PLAIN,
                       "Until when is this kernel covered by live patches, and what is open?");
        page_gap(page);
        page_heading(page, "Verbs");
        for (unsigned verb = 0; verb < _VERB_MAX; verb++)
                show_line(page, pool, verbs[verb].synopsis, verbs[verb].summary);
        page_gap(page);
        page_heading(page, "Options");
        for (size_t i = 0; i < ELEMENTS(general_options); i++)
                show_line(page, pool, general_options[i].name, general_options[i].text);
        page_gap(page);
        page_paragraph(page, 0, STYLE_PLAIN,
                       "Exit codes: 0 answered, 1 not answered. Only check tells a state: 0 ok, 1 "
                       "warning, 2 critical, 3 unknown.");
}

void usage_show_verb(Page *page, Verb verb) {
        const UsageVerb *usage = &verbs[verb];
        MemoryPool *pool = page_pool(page);

        page_paragraph(page, 0, STYLE_PLAIN,
                       memory_pool_format(pool, "klpctl %s%s",
                                          usage->options[0].name ? "[OPTIONS…] " : "",
                                          usage->synopsis));
        page_gap(page);
        page_paragraph(page, 0, STYLE_PLAIN, usage->detail);
        if (!usage->options[0].name)
                return;

        page_gap(page);
        page_heading(page, "Options");
        for (size_t i = 0; i < ELEMENTS(usage->options) && usage->options[i].name; i++)
                show_line(page, pool, usage->options[i].name, usage->options[i].text);
}
