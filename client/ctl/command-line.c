/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The command line. Options may stand before or after the verb, and each belongs to the verbs that
 * have a use for it: an option that would silently do nothing is refused. Written by hand instead of
 * getopt_long() because every complaint names what was probably meant. Words are checked here, before
 * any bus is touched.
 */

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "core/alert.h"
#include "ctl/command-line.h"
#include "ctl/nearest-word.h"
#include "ctl/wording.h"

#define AUTHOR_BYTES_MAX 1024
#define SHOWN_BYTES_MAX 64 /* of a word that is quoted back */

typedef enum Option {
        OPTION_HELP,
        OPTION_VERSION,
        OPTION_JSON,
        OPTION_JSON_AUTO,
        OPTION_NO_LEGEND,
        OPTION_NO_PAGER,
        OPTION_QUIET,
        OPTION_HOST,
        OPTION_MACHINE,
        OPTION_NO_ASK_PASSWORD,
        OPTION_ALL,
        OPTION_SEVERITY,
        OPTION_VERDICT,
        OPTION_AT,
        OPTION_SINCE,
        OPTION_DIRECTORY,
        OPTION_BLOCKING,
        OPTION_FOLLOW,
        OPTION_REBOOT,
        OPTION_VERBOSE,
        OPTION_WARNING,
        OPTION_CRITICAL,
        OPTION_TIMEOUT,
        OPTION_AUTHOR,
        _OPTION_MAX,
} Option;

#define OF(verb) (1u << (verb))
#define OF_ANY (~0u)

static const struct {
        const char *name; /* "-j" where there is no long form */
        char letter;      /* 0: none */
        bool has_value;
        unsigned verbs;
} options[] = {
        [OPTION_HELP] = { "--help", 'h', false, OF_ANY },
        [OPTION_VERSION] = { "--version", 'V', false, OF_ANY },
        [OPTION_JSON] = { "--json", 0, true, OF_ANY },
        [OPTION_JSON_AUTO] = { "-j", 'j', false, OF_ANY },
        [OPTION_NO_LEGEND] = { "--no-legend", 0, false, OF_ANY },
        [OPTION_NO_PAGER] = { "--no-pager", 0, false, OF_ANY },
        [OPTION_QUIET] = { "--quiet", 'q', false, OF_ANY },
        [OPTION_HOST] = { "--host", 'H', true, OF_ANY },
        [OPTION_MACHINE] = { "--machine", 'M', true, OF_ANY },
        [OPTION_NO_ASK_PASSWORD] = { "--no-ask-password", 0, false,
                                     OF(VERB_IMPORT) | OF(VERB_RESCAN) | OF(VERB_REFRESH) |
                                                     OF(VERB_ALERTS) },
        [OPTION_ALL] = { "--all", 0, false, OF(VERB_EXPOSURES) | OF(VERB_KERNELS) },
        [OPTION_SEVERITY] = { "--severity", 0, true, OF(VERB_EXPOSURES) },
        [OPTION_VERDICT] = { "--verdict", 0, true, OF(VERB_EXPOSURES) },
        [OPTION_AT] = { "--at", 0, true, OF(VERB_PLAN) },
        [OPTION_SINCE] = { "--since", 0, true, OF(VERB_HISTORY) },
        [OPTION_BLOCKING] = { "--blocking", 0, false, OF(VERB_PATCHES) },
        [OPTION_FOLLOW] = { "--follow", 0, false, OF(VERB_ALERTS) },
        [OPTION_REBOOT] = { "--reboot", 0, false, OF(VERB_CHECK) },
        [OPTION_VERBOSE] = { "--verbose", 'v', false, OF(VERB_CHECK) },
        [OPTION_WARNING] = { "--warning", 'w', true, OF(VERB_CHECK) },
        [OPTION_CRITICAL] = { "--critical", 'c', true, OF(VERB_CHECK) },
        [OPTION_TIMEOUT] = { "--timeout", 't', true, OF(VERB_CHECK) },
        [OPTION_AUTHOR] = { "--author", 0, true, OF(VERB_EXPORT) },
        [OPTION_DIRECTORY] = { "--directory", 0, true, OF(VERB_HISTORY) },
};

static const char *const verbs[] = {
        [VERB_STATUS] = "status",
        [VERB_EXPOSURES] = "exposures",
        [VERB_WHY] = "why",
        [VERB_KERNELS] = "kernels",
        [VERB_PLAN] = "plan",
        [VERB_IMPORT] = "import",
        [VERB_EXPORT_DIGEST] = "export-digest",
        [VERB_RESCAN] = "rescan",
        [VERB_FEEDS] = "feeds",
        [VERB_REFRESH] = "refresh",
        [VERB_PATCHES] = "patches",
        [VERB_ALERTS] = "alerts",
        [VERB_CHECK] = "check",
        [VERB_EXPORT] = "export",
        [VERB_SHOW_CONFIG] = "show-config",
        [VERB_MONITOR] = "monitor",
        [VERB_HISTORY] = "history",
        [VERB_HELP] = "help",
};

static const char *const export_forms[] = {
        [EXPORT_FORM_OPENVEX] = "openvex",
        [EXPORT_FORM_CSV] = "csv",
};

static const char *const json_forms[] = { "off", "short", "pretty" };
static const char *const severities[] = { "unrated", "low", "moderate", "important", "critical" };

typedef struct Parser {
        MemoryPool *pool;
        CommandLine line;
        unsigned given; /* a bit per Option */
        const char *argument;
        TextList words; /* behind `alerts` */
        const char *complaint;
} Parser;

static const char *shown(const Parser *parser, const char *word) {
        return text_printable(parser->pool, word, SHOWN_BYTES_MAX);
}

static int complain(Parser *parser, const char *complaint) {
        parser->complaint = complaint;
        return COMMAND_LINE_E_USAGE;
}

/* "There is no verb 'exposure'. Did you mean 'exposures'?", or all the words where none is near. */
static int complain_unknown(Parser *parser, const char *what, const char *word,
                            const TextList *words) {
        const char *nearest = nearest_word(word, words);

        return complain(parser,
                        nearest ? memory_pool_format(parser->pool,
                                                     "There is no %s '%s'. Did you mean '%s'?",
                                                     what, shown(parser, word), nearest)
                                : memory_pool_format(parser->pool,
                                                     "There is no %s '%s'; there are: %s.", what,
                                                     shown(parser, word),
                                                     wording_list(parser->pool, words)));
}

static TextList words_of(const Parser *parser, const char *const *items, size_t n_items) {
        TextList words = {};

        for (size_t i = 0; i < n_items; i++)
                text_list_add(&words, parser->pool, items[i]);
        return words;
}

/* The place of `word` in `items`; a complaint when it has none. */
static int find_word(Parser *parser, const char *what, const char *word, const char *const *items,
                     size_t n_items, size_t *ret) {
        TextList words;

        for (size_t i = 0; i < n_items; i++)
                if (strcmp(items[i], word) == 0) {
                        *ret = i;
                        return 0;
                }

        words = words_of(parser, items, n_items);
        return complain_unknown(parser, what, word, &words);
}

static int take_verdict(Parser *parser, const char *value) {
        TextList words = {};

        for (size_t i = 0; i < wording_n_verdicts; i++)
                text_list_add(&words, parser->pool, wording_verdicts[i].verdict);
        if (!text_list_has(&words, value))
                return complain_unknown(parser, "verdict", value, &words);

        parser->line.verdict = wording_verdict(value)->verdict;
        return 0;
}

/* Where the daemon is. The name is shown inside commands to type, so it holds nothing that a shell reads. */
static int take_place(Parser *parser, const char *what, const char *value, const char **ret) {
        size_t n = strlen(value);

        if (n == 0 || n > 255 || value[0] == '-' ||
            strspn(value,
                   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:@/%[]") != n)
                return complain(parser, memory_pool_format(parser->pool, "'%s' is no name of a %s.",
                                                           shown(parser, value), what));
        *ret = value;
        return 0;
}

/* Those without a value. */
static bool take_flag(CommandLine *line, Option option) {
        switch (option) {
        case OPTION_HELP:
                line->help = true;
                return true;
        case OPTION_VERSION:
                line->version = true;
                return true;
        case OPTION_JSON_AUTO:
                line->json = JSON_FORM_AUTO;
                return true;
        case OPTION_NO_LEGEND:
                line->no_legend = true;
                return true;
        case OPTION_NO_PAGER:
                line->no_pager = true;
                return true;
        case OPTION_QUIET:
                line->quiet = true;
                return true;
        case OPTION_NO_ASK_PASSWORD:
                line->no_ask_password = true;
                return true;
        case OPTION_BLOCKING:
                line->blocking = true;
                return true;
        case OPTION_FOLLOW:
                line->follow = true;
                return true;
        case OPTION_REBOOT:
                line->reboot = true;
                return true;
        case OPTION_VERBOSE:
                line->verbose = true;
                return true;
        case OPTION_ALL:
                line->all = true;
                return true;
        default:
                return false;
        }
}

/* 0 on the bus means "no time", so the epoch's first instant cannot be asked for; dates end with 9999. */
static int take_time(Parser *parser, const char *value, UtcTime *ret) {
        if (utc_time_parse_lenient(value, ret) == 0 && *ret > 0)
                return *ret < utc_day_start(utc_day_from_date(9999, 12, 31))
                                       ? 0
                                       : complain(parser, "Times end with 9999-12-30.");
        return complain(parser, memory_pool_format(parser->pool,
                                                   "'%s' is not a date (YYYY-MM-DD) or a time with "
                                                   "its zone (2025-04-30T12:00:00Z).",
                                                   shown(parser, value)));
}

static int take_range(Parser *parser, const char *value, ThresholdRange *ret) {
        if (threshold_range_parse(value, ret) == 0)
                return 0;
        return complain(parser,
                        memory_pool_format(parser->pool,
                                           "'%s' is no range of days: \"30:\" warns below 30, "
                                           "\"@0:6\" from 0 to 6.",
                                           shown(parser, value)));
}

/* Whole seconds, a day at most. */
static int take_timeout(Parser *parser, const char *value) {
        size_t n = strlen(value);
        unsigned seconds = 0;

        if (n > 0 && n <= 5 && strspn(value, "0123456789") == n)
                for (size_t i = 0; i < n; i++)
                        seconds = seconds * 10 + (unsigned) (value[i] - '0');
        parser->line.timeout = seconds;
        return seconds > 0 && seconds <= 86400
                               ? 0
                               : complain(parser, memory_pool_format(parser->pool,
                                                                     "'%s' is no number of seconds "
                                                                     "(1 to 86400).",
                                                                     shown(parser, value)));
}

static int take_option(Parser *parser, Option option, const char *value) {
        size_t i = 0;
        int r;

        parser->given |= 1u << option;
        if (take_flag(&parser->line, option))
                return 0;

        switch (option) {
        case OPTION_HOST:
                return take_place(parser, "host", value, &parser->line.host);
        case OPTION_MACHINE:
                return take_place(parser, "machine", value, &parser->line.machine);
        case OPTION_JSON:
                r = find_word(parser, "form of JSON", value, json_forms, ELEMENTS(json_forms), &i);
                if (r == 0)
                        parser->line.json = (JsonForm) i;
                return r;
        case OPTION_SEVERITY:
                r = find_word(parser, "severity", value, severities, ELEMENTS(severities), &i);
                if (r == 0)
                        parser->line.severity = severities[i];
                return r;
        case OPTION_VERDICT:
                return take_verdict(parser, value);
        case OPTION_DIRECTORY:
                parser->line.directory = value;
                return value[0] != '\0' ? 0 : complain(parser, "--directory needs a folder.");
        case OPTION_AUTHOR:
                parser->line.author = text_printable(parser->pool, value, AUTHOR_BYTES_MAX);
                return value[0] != '\0' && text_is_utf8(value, strlen(value))
                                       ? 0
                                       : complain(parser, "--author needs a name, in UTF-8.");
        case OPTION_WARNING:
                return take_range(parser, value, &parser->line.warning);
        case OPTION_CRITICAL:
                return take_range(parser, value, &parser->line.critical);
        case OPTION_TIMEOUT:
                return take_timeout(parser, value);
        case OPTION_SINCE:
                return take_time(parser, value, &parser->line.since);
        default:
                return take_time(parser, value, &parser->line.at);
        }
}

/* Letters may stand together ("-qj"); the value of the last may follow at once ("-Hroot@web1"). */
static int parse_letters(Parser *parser, int argc, char *const argv[], int *i) {
        const char *word = argv[*i];

        for (const char *letter = word + 1; *letter; letter++) {
                unsigned option = 0;
                int r;

                while (option < _OPTION_MAX && options[option].letter != *letter)
                        option++;
                if (option == _OPTION_MAX)
                        return complain(parser,
                                        memory_pool_format(parser->pool,
                                                           "There is no option '-%s'.",
                                                           text_printable(parser->pool, letter,
                                                                          SHOWN_BYTES_MAX)));
                if (!options[option].has_value) {
                        r = take_option(parser, option, NULL);
                        if (r != 0)
                                return r;
                        continue;
                }
                if (letter[1] != '\0')
                        return take_option(parser, option, letter + 1);
                if (*i + 1 >= argc)
                        return complain(parser,
                                        memory_pool_format(parser->pool, "-%c needs a value: %s=…",
                                                           *letter, options[option].name));
                return take_option(parser, option, argv[++*i]);
        }
        return 0;
}

/* Reads the option at `argv[*i]`, and its value, which may be the word after it. */
static int parse_option(Parser *parser, int argc, char *const argv[], int *i) {
        const char *word = argv[*i], *value = strchr(word, '=');
        size_t n_name = value ? (size_t) (value - word) : strlen(word);
        TextList names = {};

        if (word[1] != '-')
                return parse_letters(parser, argc, argv, i);

        for (unsigned option = 0; option < _OPTION_MAX; option++) {
                const char *name = options[option].name;

                if (name[1] != '-')
                        continue;
                text_list_add(&names, parser->pool, name);
                if (strlen(name) != n_name || strncmp(name, word, n_name) != 0)
                        continue;
                if (value && !options[option].has_value)
                        return complain(parser, memory_pool_format(parser->pool,
                                                                   "%s takes no value.", name));
                if (!value && options[option].has_value) {
                        if (*i + 1 >= argc)
                                return complain(parser, memory_pool_format(parser->pool,
                                                                           "%s needs a value: %s=…",
                                                                           name, name));
                        return take_option(parser, option, argv[++*i]);
                }
                return take_option(parser, option, value ? value + 1 : NULL);
        }
        return complain_unknown(parser, "option", memory_pool_text_n(parser->pool, word, n_name),
                                &names);
}

static int parse_verb(Parser *parser, const char *word, Verb *ret) {
        size_t i = 0;
        int r;

        r = find_word(parser, "verb", word, verbs, ELEMENTS(verbs), &i);
        if (r == 0)
                *ret = (Verb) i;
        return r;
}

static int parse_word(Parser *parser, const char *word) {
        CommandLine *line = &parser->line;

        if (!line->verb_given) {
                line->verb_given = true;
                return parse_verb(parser, word, &line->verb);
        }
        if (line->verb == VERB_ALERTS) {
                text_list_add(&parser->words, parser->pool, word);
                return 0;
        }
        if ((line->verb != VERB_WHY && line->verb != VERB_IMPORT &&
             line->verb != VERB_EXPORT_DIGEST && line->verb != VERB_EXPORT &&
             line->verb != VERB_HELP) ||
            parser->argument)
                return complain(parser, memory_pool_format(parser->pool,
                                                           "'%s' is one word too many for '%s'.",
                                                           shown(parser, word), verbs[line->verb]));
        parser->argument = word;
        return 0;
}

/* CVE-YYYY-NNNN, up to twelve digits as the daemon takes them, in any case; the result is in capitals. NULL for anything else. */
static const char *cve_id(MemoryPool *pool, const char *word) {
        size_t n = strlen(word);
        char *id;

        if (n < strlen("CVE-1999-0001") || n > strlen("CVE-1999-000000000001"))
                return NULL;
        id = memory_pool_alloc(pool, n + 1);
        if (!id)
                return NULL;
        for (size_t i = 0; i < n; i++)
                id[i] = (char) toupper((unsigned char) word[i]);
        if (strncmp(id, "CVE-", 4) != 0 || strspn(id + 4, "0123456789") != 4 || id[8] != '-' ||
            strspn(id + 9, "0123456789") != n - 9)
                return NULL;
        return id;
}

/* "ack ID…" or "snooze ID… TIME" or nothing. */
static int check_alerts(Parser *parser) {
        static const char *const actions[] = { "ack", "snooze" };
        const TextList *words = &parser->words;
        CommandLine *line = &parser->line;
        size_t n = words->n_items, action;
        TextList ids = {};
        int r;

        if (n == 0)
                return 0;
        r = find_word(parser, "action on alerts", words->items[0], actions, ELEMENTS(actions),
                      &action);
        if (r != 0)
                return r;
        if (line->follow)
                return complain(parser, "--follow shows alerts; it acts on none.");
        if (action == 1) {
                if (n < 3 || alert_delay_parse(words->items[n - 1], &line->snooze_usec) != 0 ||
                    line->snooze_usec == 0)
                        return complain(parser,
                                        "'alerts snooze' needs an id and a time in s, min, h "
                                        "or d: klpctl alerts snooze exposure 3d");
                n--;
        }
        if (n < 2)
                return complain(parser, "'alerts ack' needs an id: klpctl alerts ack exposure");
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                text_list_add(&ids, parser->pool, alert_class_to_text(kind));
        for (size_t i = 1; i < n; i++) {
                if (!text_list_has(&ids, words->items[i]))
                        return complain_unknown(parser, "alert", words->items[i], &ids);
                text_list_add(&line->alerts, parser->pool, words->items[i]);
        }
        return 0;
}

static int check_export(Parser *parser) {
        CommandLine *line = &parser->line;
        size_t i = 0;
        int r;

        if (!parser->argument)
                return complain(parser, "'export' needs a form: klpctl export openvex");
        r = find_word(parser, "form to export", parser->argument, export_forms,
                      ELEMENTS(export_forms), &i);
        if (r != 0)
                return r;
        line->export_form = (ExportForm) i;
        if (line->export_form == EXPORT_FORM_CSV && (line->json != JSON_FORM_OFF || line->author))
                return complain(parser, line->author ? "Comma-separated values have no author: "
                                                       "--author goes "
                                                       "with openvex."
                                                     : "Comma-separated values are no JSON: klpctl "
                                                       "exposures "
                                                       "--all --json=short");
        return 0;
}

/* What only the whole line can tell. */
static int check(Parser *parser) {
        CommandLine *line = &parser->line;

        if (line->verb == VERB_HELP) {
                line->help = true;
                line->verb_given = parser->argument;
                line->verb = VERB_STATUS;
                return parser->argument ? parse_verb(parser, parser->argument, &line->verb) : 0;
        }
        if (line->help || line->version)
                return 0;
        if (line->host && line->machine)
                return complain(parser, "--host and --machine name two places; choose one.");

        for (unsigned option = 0; option < _OPTION_MAX; option++)
                if (parser->given & 1u << option && !(options[option].verbs & OF(line->verb)))
                        return complain(parser,
                                        memory_pool_format(parser->pool, "'%s' has no option %s.",
                                                           verbs[line->verb],
                                                           options[option].name));
        if (line->verb == VERB_IMPORT && line->host)
                return complain(parser,
                                "'import' hands over an open file, which no ssh connection "
                                "carries: copy the digest to that host and import it there.");
        if (line->verb == VERB_EXPORT_DIGEST && line->host)
                return complain(parser,
                                "'export-digest' is handed an open file, which no ssh connection "
                                "carries: run it there over ssh, with - as its file.");
        if (line->verb == VERB_HISTORY && (line->host || line->machine))
                return complain(parser,
                                line->host ? "'history' reads the journal of this host: run it "
                                             "over "
                                             "ssh, or copy the journal here and give --directory."
                                           : "'history' reads the journal of this host: give "
                                             "--directory with the container's journal.");
        if (line->reboot && (line->warning.text || line->critical.text))
                return complain(parser,
                                "--reboot knows the dates itself: it goes without --warning and "
                                "--critical.");
        if (line->blocking && (line->host || line->machine))
                return complain(parser, "'patches --blocking' looks at the tasks of this host: run "
                                        "it there.");
        if (line->verb == VERB_EXPORT_DIGEST) {
                line->file = parser->argument ? parser->argument : "-";
                return 0;
        }
        if (line->verb == VERB_ALERTS)
                return check_alerts(parser);
        if (line->verb == VERB_IMPORT) {
                line->file = parser->argument;
                return line->file ? 0
                                  : complain(parser, "'import' needs a digest: klpctl import "
                                                     "redhat.digest");
        }
        if (line->verb == VERB_EXPORT)
                return check_export(parser);
        if (line->verb != VERB_WHY)
                return 0;
        if (!parser->argument)
                return complain(parser, "'why' needs a CVE: klpctl why CVE-2024-36971");
        line->cve = cve_id(parser->pool, parser->argument);
        if (!line->cve)
                return complain(parser, memory_pool_format(parser->pool,
                                                           "'%s' is no CVE id (CVE-YYYY-NNNN).",
                                                           shown(parser, parser->argument)));
        return 0;
}

/* Whether a line that cannot be read is meant for a monitoring system. */
static Verb meant_verb(const Parser *parser, int argc, char *const argv[]) {
        if (parser->line.verb_given)
                return parser->line.verb;
        for (unsigned option = 0; option < _OPTION_MAX; option++)
                if (parser->given & 1u << option && options[option].verbs == OF(VERB_CHECK))
                        return VERB_CHECK;
        for (int i = 0; i < argc; i++)
                if (strcmp(argv[i], verbs[VERB_CHECK]) == 0)
                        return VERB_CHECK;
        return parser->line.verb;
}

int command_line_parse(MemoryPool *pool, int argc, char *const argv[], CommandLine *ret,
                       const char **ret_complaint) {
        Parser parser = {
                .pool = pool,
                .line = { .verb = VERB_STATUS, .at = UTC_TIME_NONE, .since = UTC_TIME_NONE }
        };
        bool words_only = false;
        int r = 0;

        for (int i = 0; i < argc && r == 0; i++) {
                if (!words_only && strcmp(argv[i], "--") == 0)
                        words_only = true;
                else if (!words_only && argv[i][0] == '-' && argv[i][1] != '\0')
                        r = parse_option(&parser, argc, argv, &i);
                else
                        r = parse_word(&parser, argv[i]);
        }
        if (r == 0)
                r = check(&parser);
        if (r != 0) {
                *ret_complaint = parser.complaint;
                *ret = (CommandLine){ .verb = meant_verb(&parser, argc, argv) };
                return r;
        }

        *ret = parser.line;
        return 0;
}
