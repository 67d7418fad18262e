/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The settings of klpwatchd, from klpwatch.conf:
 *
 *   [Host]
 *   LivePatching=auto|yes|no     does this host use live patching
 *   Channel=auto|main|eus|e4s|aus|tus|ltss
 *
 *   [Override 5.14.0-427.13.1.el9_4.x86_64]   the operator's word on one kernel
 *   Eligible=yes|no
 *   Start=YYYY-MM-DD
 *   End=YYYY-MM-DD
 *
 *   [Sla]                        within so many days a CVE must be closed
 *   Critical=7d
 *   Important=30d
 *   Moderate=90d
 *   Low=180d
 *
 *   [Alerts]                     see core/alert.h
 *   CoverageEnding=auto|ignore|info|warning|critical    the same for every class
 *   LeadInfo=90d, LeadWarning=30d, LeadCritical=7d      before the end of coverage
 *   NotAppliedCritical=48h, NotAppliedImportant=7d      after the release of a live patch
 *   StalledWarning=5min, StalledCritical=30min          after the beginning of a transition
 *
 *   [Feed NAME]                  where facts are fetched from, see feed/feed-source.h
 *   Type=package-cache
 *   Enabled=yes|no
 *   Location=PATH
 *
 * What is not understood is warned about with file and line, and the default stays. An empty value gives the
 * default back.
 */

#include "core/operator-policy.h"
#include "core/setting-row.h"
#include "feed/feed-source.h"

typedef struct Settings {
        MemoryPool *pool;
        OperatorPolicy policy;
        FeedSources feeds;
        TextList warnings; /* FILE:LINE: what is wrong; what happens */
        SettingRow *set;   /* what some file sets, each once */
        size_t n_set;
        bool incomplete; /* a file that is there could not be read */
} Settings;

enum {
        SETTINGS_E_UNREADABLE = 1, /* errno says why */
};

/* All defaults. 0 or -ENOMEM. */
int settings_new(Settings **ret);

/*
 * Reads a text into `settings`, over what is there: a later value wins, an [Override] of the same kernel
 * goes on with the earlier one. `file` is its name in warnings. 0 or -ENOMEM.
 */
int settings_append(Settings *settings, const char *text, const char *file);

/* The same of the file of one feed, `feed`: its section [Feed] is [Feed NAME], and it has no other. */
int settings_append_feed(Settings *settings, const char *text, const char *file, const char *feed);

/* When all texts are read: warns about what does not fit together, and leaves it out. 0 or -ENOMEM. */
int settings_check(Settings *settings);

/* Reads settings from a text; `file` is its name in warnings. 0 or -ENOMEM. */
int settings_parse(const char *text, const char *file, Settings **ret);

/* Reads a file below the directory `dir_fd`; a missing one gives the defaults unless `must_exist`. */
int settings_load(int dir_fd, const char *path, bool must_exist, Settings **ret);

/*
 * All settings in force, sorted by section and key; in `pool`, and borrowing from `settings`. An override
 * has only the keys that are set. 0 or -ENOMEM.
 */
int settings_list(const Settings *settings, MemoryPool *pool, SettingRow **ret, size_t *ret_n);

Settings *settings_free(Settings *settings);
DEFINE_CLEANUP(Settings, settings_free);
