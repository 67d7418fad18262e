/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The verbs: each asks the daemon and writes its page.
 */

#include "connection/daemon-connection.h"
#include "ctl/command-line.h"
#include "ctl/description.h"
#include "ctl/page.h"

typedef struct VerbContext {
        const CommandLine *line;
        DaemonConnection *connection;
        MemoryPool *pool;
        Page *page;
        UtcTime (*now)(void);
        DaemonProblem problem; /* set with VERB_E_NO_ANSWER */
        int exit_code;         /* of a verb that answers 0; only `check` has another one than 0 */
} VerbContext;

enum {
        VERB_E_NO_ANSWER = 1, /* the context's `problem` says why */
};

/* 0, VERB_E_NO_ANSWER, or a negative errno. */
int verb_status(VerbContext *context);
int verb_exposures(VerbContext *context);
int verb_why(VerbContext *context);
int verb_kernels(VerbContext *context);
int verb_plan(VerbContext *context);
int verb_import(VerbContext *context);
int verb_export_digest(VerbContext *context);
int verb_rescan(VerbContext *context);
int verb_feeds(VerbContext *context);
int verb_refresh(VerbContext *context);
int verb_patches(VerbContext *context);
int verb_alerts(VerbContext *context);
int verb_check(VerbContext *context);
int verb_export(VerbContext *context);
int verb_monitor(VerbContext *context);
int verb_history(VerbContext *context);
int verb_show_config(VerbContext *context);

/* The page of `patches --blocking`, of what is below `root`. Results as of a verb. */
int blocking_show(VerbContext *context, const char *root);

/*
 * What verbs share: Describe() at `at` (UTC_TIME_NONE: now), read. Results as of a verb.
 */
int verb_describe(VerbContext *context, UtcTime at, Description **ret);

/*
 * The page of a verb that did what it was told: `sentence` and what is advised now, nothing with --quiet,
 * {"schema":1,"done":true} as JSON. Results as of a verb.
 */
int verb_confirm(VerbContext *context, const char *sentence);

/* Turns a DAEMON_CONNECTION_E_* into VERB_E_NO_ANSWER; anything else is forwarded. */
int verb_judge_call(VerbContext *context, int r);
