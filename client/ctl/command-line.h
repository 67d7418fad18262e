/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What was typed: a verb, its options and its argument, in any order.
 */

#include <stdbool.h>

#include "base/memory-pool.h"
#include "base/utc-time.h"
#include "ctl/threshold-range.h"

typedef enum JsonForm {
        JSON_FORM_OFF,
        JSON_FORM_SHORT,
        JSON_FORM_PRETTY,
        JSON_FORM_AUTO, /* -j: pretty on a terminal, else short */
} JsonForm;

typedef enum Verb {
        VERB_STATUS, /* no verb means this one */
        VERB_EXPOSURES,
        VERB_WHY,
        VERB_KERNELS,
        VERB_PLAN,
        VERB_PATCHES,
        VERB_ALERTS,
        VERB_CHECK,
        VERB_EXPORT,
        VERB_FEEDS,
        VERB_REFRESH,
        VERB_IMPORT,
        VERB_EXPORT_DIGEST,
        VERB_RESCAN,
        VERB_MONITOR,
        VERB_HISTORY,
        VERB_SHOW_CONFIG,
        VERB_HELP,
        _VERB_MAX,
} Verb;

typedef enum ExportForm {
        EXPORT_FORM_OPENVEX,
        EXPORT_FORM_CSV,
        _EXPORT_FORM_MAX,
} ExportForm;

typedef struct CommandLine {
        Verb verb;
        bool verb_given; /* else status was meant by saying nothing */
        bool help;       /* --help, or `help [VERB]`: then `verb` is what to explain */
        bool version;
        JsonForm json;
        bool no_legend; /* no headings, no sentences that only explain */
        bool no_pager;
        bool quiet; /* no hints, and nothing that only confirms */
        bool no_ask_password;
        const char *host;    /* NULL, or [USER@]HOST: reached with ssh */
        const char *machine; /* NULL, or a container; never both */
        bool all;
        bool blocking;       /* of `patches` */
        bool follow;         /* of `alerts` */
        TextList alerts;     /* ids to put aside; of `alerts ack` and `alerts snooze` */
        int64_t snooze_usec; /* for so long; 0: they are acknowledged */
        bool reboot;         /* of `check`, like all up to the time-out */
        bool verbose;
        ThresholdRange warning, critical; /* without text when not given */
        unsigned timeout;                 /* in seconds; 0 when not given */
        const char *severity;             /* NULL, or a word that the daemon knows */
        const char *verdict;              /* NULL, or a word that the daemon knows */
        UtcTime at;                       /* UTC_TIME_NONE when not given */
        UtcTime since;                    /* of `history`; UTC_TIME_NONE when not given */
        const char *directory; /* of `history`: with files of a journal; NULL = this host's */
        ExportForm export_form;
        const char *author; /* of `export`; NULL when not given */
        const char *cve;    /* in capitals; of `why` */
        const char *file;   /* of `import`; "-" is standard input */
} CommandLine;

enum {
        COMMAND_LINE_E_USAGE =
                        1, /* `ret_complaint` says in one sentence what is wrong and what may be meant */
};

/*
 * `argv` without the program's name. 0 or COMMAND_LINE_E_USAGE; then of `ret` only the verb holds, which is `check`
 * when that was meant: a monitoring system wants to be told in its own way.
 */
int command_line_parse(MemoryPool *pool, int argc, char *const argv[], CommandLine *ret,
                       const char **ret_complaint);
