/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Settings. One table of {section, key, reader}; the result is one struct that never changes. A
 * mistake in the file costs the one line it is in, and is said with its place: a daemon that refuses
 * to start over a typing error protects nobody.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/ini-text.h"
#include "base/text.h"
#include "core/kernel-release.h"
#include "format/feed-settings.h"
#include "settings.h"

#define MAX_SETTINGS_BYTES ((size_t) 1024 * 1024)
#define MAX_WARNINGS 100 /* of one file: whoever reads them has understood */
#define MAX_OVERRIDES 4096

typedef struct Parser {
        Settings *settings;
        const char *file;
        KernelOverride *override; /* of the section that is open */
        FeedSource *feed;         /* the same */
        const char *feed_name;    /* whose file it is; NULL in the settings of all else */
        bool ignore_section;
        size_t n_warnings;
} Parser;

/* False when the value is not of its form. */
typedef bool (*ReadValue)(Parser *parser, const IniLine *line, int detail);

static const char *place_of(Parser *parser, const IniLine *line) {
        return memory_pool_format(parser->settings->pool, "%s:%u", parser->file, line->line);
}

static bool read_live_patching(Parser *parser, const IniLine *line, _unused_ int detail) {
        static const char *const words[] = {
                [LIVE_PATCHING_AUTO] = "auto",
                [LIVE_PATCHING_YES] = "yes",
                [LIVE_PATCHING_NO] = "no",
        };

        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcmp(words[i], line->value) == 0) {
                        parser->settings->policy.live_patching = (LivePatchingIntent) i;
                        return true;
                }
        return false;
}

static bool read_channel(Parser *parser, const IniLine *line, _unused_ int detail) {
        OperatorPolicy *policy = &parser->settings->policy;

        if (strcmp(line->value, "auto") == 0) {
                policy->channel = CHANNEL_UNKNOWN;
                policy->channel_place = NULL;
                return true;
        }
        if (channel_from_text(line->value, &policy->channel) != 0)
                return false;
        policy->channel_place = place_of(parser, line);
        return true;
}

static bool read_eligible(Parser *parser, const IniLine *line, _unused_ int detail) {
        bool yes = strcmp(line->value, "yes") == 0;

        if (line->value[0] == '\0') {
                parser->override->has_eligible = false;
                parser->override->eligible_place = NULL;
                return true;
        }
        if (!yes && strcmp(line->value, "no") != 0)
                return false;
        parser->override->has_eligible = true;
        parser->override->eligible = yes;
        parser->override->eligible_place = place_of(parser, line);
        return true;
}

static bool read_override_day(Parser *parser, const IniLine *line, int is_end) {
        KernelOverride *override = parser->override;
        UtcDay *field = is_end ? &override->end : &override->start;
        const char **place = is_end ? &override->end_place : &override->start_place;

        if (line->value[0] == '\0') {
                *field = UTC_DAY_NONE;
                *place = NULL;
                return true;
        }
        if (utc_day_parse(line->value, field) != 0)
                return false;
        *place = place_of(parser, line);
        return true;
}

static bool read_sla(Parser *parser, const IniLine *line, int severity) {
        char *end;
        long days;

        if (line->value[0] == '\0') {
                parser->settings->policy.sla_days[severity] = 0;
                return true;
        }
        if (line->value[0] < '0' || line->value[0] > '9')
                return false;
        days = strtol(line->value, &end, 10);
        if (strcmp(end, "d") != 0 || days > 36500)
                return false;
        parser->settings->policy.sla_days[severity] = (int) days;
        return true;
}

static bool read_alert_setting(Parser *parser, const IniLine *line, int kind) {
        return alert_setting_from_text(line->value,
                                       &parser->settings->policy.alerts.settings[kind]) == 0;
}

static bool read_alert_delay(Parser *parser, const IniLine *line, int delay) {
        AlertPolicy *alerts = &parser->settings->policy.alerts;

        if (alert_delay_parse(line->value, &alerts->delays[delay].usec) != 0)
                return false;
        /* The default is not only a number: before the end of a window it shrinks with that. */
        alerts->delays[delay].set = strcmp(line->value, alert_delay_default(delay)) != 0;
        return true;
}

/* Coverage ends with a day, so what comes before that counts in days. */
static bool read_alert_lead(Parser *parser, const IniLine *line, int delay) {
        return text_ends_with(line->value, "d") && read_alert_delay(parser, line, delay);
}

static bool read_feed_type(Parser *parser, const IniLine *line, _unused_ int detail) {
        return feed_source_set_type(parser->feed, parser->settings->pool, line->value);
}

static bool read_feed_enabled(Parser *parser, const IniLine *line, _unused_ int detail) {
        return feed_source_set_enabled(parser->feed, parser->settings->pool, line->value);
}

static bool read_feed_location(Parser *parser, const IniLine *line, _unused_ int detail) {
        return feed_source_set_location(parser->feed, parser->settings->pool, line->value);
}

static bool read_feed_vendor(Parser *parser, const IniLine *line, _unused_ int detail) {
        return feed_source_set_vendor(parser->feed, parser->settings->pool, line->value);
}

/*
 * What is for klpwatch-fetch. A value that is not of its form is handed on all the same, and refused there: a feed
 * that is fetched in another way than was written would be worse than one that is not.
 */
static bool read_feed_setting(Parser *parser, const IniLine *line, _unused_ int detail) {
        MemoryPool *pool = parser->settings->pool;

        /* What cannot even be handed on becomes what is refused, or names nothing. */
        if (!feed_source_set(parser->feed, pool, line->key, line->value)) {
                (void) feed_source_set(parser->feed, pool, line->key, "?");
                return false;
        }
        return line->value[0] == '\0' || feed_settings_is_value(line->key, line->value, pool);
}

static const struct {
        const char *section, *key;
        ReadValue read;
        int detail;
        const char *form;
        const char *fallback;
} keys[] = {
        { "Host", "LivePatching", read_live_patching, 0, "auto, yes or no", "auto" },
        { "Host", "Channel", read_channel, 0, "auto, main, eus, e4s, aus, tus or ltss", "auto" },
        { "Override", "Eligible", read_eligible, 0, "yes or no", "" },
        { "Override", "Start", read_override_day, false, "a date YYYY-MM-DD", "" },
        { "Override", "End", read_override_day, true, "a date YYYY-MM-DD", "" },
        { "Feed", "Type", read_feed_type, 0, "package-cache, csaf, repository, lifecycle or digest",
          "package-cache" },
        { "Feed", "Enabled", read_feed_enabled, 0, "yes, no or auto", "" },
        { "Feed", "Vendor", read_feed_vendor, 0, "a vendor such as redhat", "" },
        { "Feed", "Location", read_feed_location, 0, "an absolute path", "" },
        { "Feed", "Url", read_feed_setting, 0, "an https URL", "" },
        { "Feed", "MirrorList", read_feed_setting, 0, "an https URL", "" },
        { "Feed", "Repository", read_feed_setting, 0, "the id of a repository", "" },
        { "Feed", "CaFile", read_feed_setting, 0, "an absolute path or credential:NAME", "" },
        { "Feed", "ClientCertificate", read_feed_setting, 0, "an absolute path or credential:NAME",
          "" },
        { "Feed", "ClientKey", read_feed_setting, 0, "an absolute path or credential:NAME", "" },
        { "Feed", "Proxy", read_feed_setting, 0, "a URL or none", "" },
        { "Feed", "RedirectHosts", read_feed_setting, 0, "names of hosts", "" },
        { "Feed", "Signature", read_feed_setting, 0, "require, warn or off", "" },
        { "Feed", "Keyring", read_feed_setting, 0, "an absolute path or credential:NAME", "" },
        { "Feed", "Fingerprint", read_feed_setting, 0, "fingerprints of 40 digits", "" },
        { "Feed", "ConnectTimeoutSec", read_feed_setting, 0, "seconds", "" },
        { "Feed", "TransferTimeoutSec", read_feed_setting, 0, "seconds", "" },
        { "Feed", "StallTimeoutSec", read_feed_setting, 0, "seconds", "" },
        { "Feed", "RequestsPerSecond", read_feed_setting, 0, "a number", "" },
        { "Feed", "MaxBytes", read_feed_setting, 0, "a number", "" },
        { "Feed", "MaxDocuments", read_feed_setting, 0, "a number up to 2000", "" },
        { "Sla", "Critical", read_sla, SEVERITY_CRITICAL, "days such as 7d", "" },
        { "Sla", "Important", read_sla, SEVERITY_IMPORTANT, "days such as 30d", "" },
        { "Sla", "Moderate", read_sla, SEVERITY_MODERATE, "days such as 90d", "" },
        { "Sla", "Low", read_sla, SEVERITY_LOW, "days such as 180d", "" },
        { "Alerts", "CoverageEnding", read_alert_setting, ALERT_COVERAGE_ENDING,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "CoverageEndedEarly", read_alert_setting, ALERT_COVERAGE_ENDED_EARLY,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "UnsupportedKernel", read_alert_setting, ALERT_UNSUPPORTED_KERNEL,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "UnconfirmedKernel", read_alert_setting, ALERT_UNCONFIRMED_KERNEL,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "NextBootLeavesStream", read_alert_setting, ALERT_NEXT_BOOT_LEAVES_STREAM,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "PatchNotApplied", read_alert_setting, ALERT_PATCH_NOT_APPLIED,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "Exposure", read_alert_setting, ALERT_EXPOSURE,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "TransitionStalled", read_alert_setting, ALERT_TRANSITION_STALLED,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "PatchFailed", read_alert_setting, ALERT_PATCH_FAILED,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "PatchWouldNotSurviveReboot", read_alert_setting,
          ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT, "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "ForeignPatch", read_alert_setting, ALERT_FOREIGN_PATCH,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "FeedStale", read_alert_setting, ALERT_FEED_STALE,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "FeedExpired", read_alert_setting, ALERT_FEED_EXPIRED,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "FeedFailing", read_alert_setting, ALERT_FEED_FAILING,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "ClockImplausible", read_alert_setting, ALERT_CLOCK_IMPLAUSIBLE,
          "auto, ignore, info, warning or critical", "auto" },
        { "Alerts", "LeadInfo", read_alert_lead, ALERT_LEAD_INFO, "days such as 90d", "90d" },
        { "Alerts", "LeadWarning", read_alert_lead, ALERT_LEAD_WARNING, "days such as 30d", "30d" },
        { "Alerts", "LeadCritical", read_alert_lead, ALERT_LEAD_CRITICAL, "days such as 7d", "7d" },
        { "Alerts", "NotAppliedCritical", read_alert_delay, ALERT_NOT_APPLIED_CRITICAL,
          "a time such as 48h", "48h" },
        { "Alerts", "NotAppliedImportant", read_alert_delay, ALERT_NOT_APPLIED_IMPORTANT,
          "a time such as 48h", "7d" },
        { "Alerts", "StalledWarning", read_alert_delay, ALERT_STALLED_WARNING,
          "a time such as 5min", "5min" },
        { "Alerts", "StalledCritical", read_alert_delay, ALERT_STALLED_CRITICAL,
          "a time such as 5min", "30min" },
};

/* The file's own words are in it, so the whole is made fit for a terminal. */
static void _printf_(3, 4) warn(Parser *parser, const IniLine *line, const char *format, ...) {
        MemoryPool *pool = parser->settings->pool;
        const char *text;
        va_list arguments;

        if (++parser->n_warnings > MAX_WARNINGS)
                return;
        va_start(arguments, format);
        text = memory_pool_format_va(pool, format, arguments);
        va_end(arguments);
        text_list_add(&parser->settings->warnings, pool,
                      text_printable(pool,
                                     memory_pool_format(pool, "%s: %s", place_of(parser, line),
                                                        text),
                                     1024));
}

static void open_override(Parser *parser, const IniLine *line, const char *kernel) {
        OperatorPolicy *policy = &parser->settings->policy;
        KernelRelease release;

        if (kernel_release_parse(kernel, &release) != 0) {
                warn(parser, line, "'%s' is no kernel release; the section is ignored", kernel);
                parser->ignore_section = true;
                return;
        }
        for (size_t i = 0; i < policy->n_overrides; i++)
                if (strcmp(policy->overrides[i].kernel, kernel) == 0) {
                        parser->override = &policy->overrides[i];
                        return;
                }
        if (policy->n_overrides == MAX_OVERRIDES) {
                warn(parser, line, "there are %u overrides already; the section is ignored",
                     MAX_OVERRIDES);
                parser->ignore_section = true;
                return;
        }
        parser->override = memory_pool_append(parser->settings->pool, policy->overrides,
                                              policy->n_overrides);
        if (!parser->override)
                return;
        *parser->override = (KernelOverride){
                .kernel = memory_pool_text(parser->settings->pool, kernel),
                .start = UTC_DAY_NONE,
                .end = UTC_DAY_NONE,
        };
}

static void open_feed(Parser *parser, const IniLine *line, const char *name) {
        parser->feed = feed_sources_open(&parser->settings->feeds, parser->settings->pool, name);
        if (parser->feed || memory_pool_exhausted(parser->settings->pool))
                return;
        warn(parser, line, "'%s' is no name for a feed; the section is ignored",
             text_printable(parser->settings->pool, name, 100));
        parser->ignore_section = true;
}

static void open_section(Parser *parser, const IniLine *line) {
        parser->override = NULL;
        parser->feed = NULL;
        parser->ignore_section = false;
        if (parser->feed_name) {
                if (strcmp(line->section, "Feed") == 0)
                        open_feed(parser, line, parser->feed_name);
                else {
                        warn(parser, line,
                             "the file of a feed has the section [Feed] alone; [%s] is ignored",
                             line->section);
                        parser->ignore_section = true;
                }
                return;
        }
        if (strcmp(line->section, "Host") == 0 || strcmp(line->section, "Sla") == 0 ||
            strcmp(line->section, "Alerts") == 0)
                return;
        if (text_starts_with(line->section, "Override ")) {
                open_override(parser, line, line->section + strlen("Override "));
                return;
        }
        if (text_starts_with(line->section, "Feed ")) {
                open_feed(parser, line, line->section + strlen("Feed "));
                return;
        }
        warn(parser, line, "unknown section [%s]; it is ignored", line->section);
        parser->ignore_section = true;
}

/* Remembers what is in force and why; of two lines for one setting the later. */
static void note_set(Parser *parser, const IniLine *line, const char *fallback) {
        MemoryPool *pool = parser->settings->pool;
        Settings *settings = parser->settings;
        SettingRow *row = NULL;

        for (size_t i = 0; i < settings->n_set && !row; i++)
                if (strcmp(settings->set[i].section, line->section) == 0 &&
                    strcmp(settings->set[i].key, line->key) == 0)
                        row = &settings->set[i];
        if (!row)
                row = memory_pool_append(pool, settings->set, settings->n_set);
        if (row)
                *row = (SettingRow){ .section = memory_pool_text(pool, line->section),
                                     .key = memory_pool_text(pool, line->key),
                                     .value = memory_pool_text(
                                                     pool, feed_settings_shown(line->key,
                                                                               line->value, pool)),
                                     .fallback = fallback,
                                     .origin = place_of(parser, line) };
}

/* Of a feed's own file [Feed] is [Feed NAME]. */
static const char *section_name(const Parser *parser, const char *section) {
        return parser->feed_name && strcmp(section, "Feed") == 0
                               ? memory_pool_format(parser->settings->pool, "Feed %s",
                                                    parser->feed_name)
                               : section;
}

static void read_line(Parser *parser, const IniLine *line) {
        size_t n_section = strcspn(line->section, " ");
        IniLine given = *line;

        if (line->malformed) {
                warn(parser, line, "neither a section nor key=value; the line is ignored");
                return;
        }
        if (!line->key) {
                open_section(parser, line);
                return;
        }
        if (parser->ignore_section)
                return;

        for (size_t i = 0; i < ELEMENTS(keys); i++) {
                if (strlen(keys[i].section) != n_section ||
                    strncmp(keys[i].section, line->section, n_section) != 0 ||
                    strcmp(keys[i].key, line->key) != 0)
                        continue;
                if ((strcmp(keys[i].section, "Override") == 0 && !parser->override) ||
                    (strcmp(keys[i].section, "Feed") == 0 && !parser->feed))
                        return;
                given.section = section_name(parser, line->section);
                if (line->value[0] == '\0')
                        given.value = keys[i].fallback;
                if (keys[i].read(parser, &given, keys[i].detail))
                        note_set(parser, &given, keys[i].fallback);
                else if (keys[i].read == read_feed_setting)
                        /* It may be a password: it is not repeated. */
                        warn(parser, line, "%s= is not %s; the feed is not fetched", line->key,
                             keys[i].form);
                else
                        warn(parser, line, "%s=%s is not %s; the line is ignored", line->key,
                             text_printable(parser->settings->pool, line->value, 100),
                             keys[i].form);
                return;
        }
        warn(parser, line, "unknown key %s= in [%s]; the line is ignored",
             text_printable(parser->settings->pool, line->key, 100), line->section);
}

int settings_new(Settings **ret) {
        _cleanup_(settings_freep) Settings *settings = NULL;
        int r;

        settings = calloc(1, sizeof(*settings));
        if (!settings)
                return error_origin(-ENOMEM);
        r = memory_pool_new(&settings->pool);
        if (r)
                return error_fold(r);
        feed_sources_init(&settings->feeds, settings->pool);
        if (memory_pool_exhausted(settings->pool))
                return error_origin(-ENOMEM);

        *ret = TAKE(settings);
        return 0;
}

static int append(Settings *settings, const char *text, const char *file, const char *feed) {
        _cleanup_free_ char *copy = NULL;
        Parser parser;
        IniReader reader;
        IniLine line;

        copy = strdup(text);
        if (!copy)
                return error_origin(-ENOMEM);

        parser = (Parser){ .settings = settings,
                           .file = memory_pool_text(settings->pool, file),
                           .feed_name = memory_pool_text(settings->pool, feed) };
        ini_reader_init(&reader, copy);
        while (ini_reader_next(&reader, &line))
                read_line(&parser, &line);
        if (parser.n_warnings > MAX_WARNINGS)
                text_list_format(&settings->warnings, settings->pool,
                                 "%s: %zu more warnings are left out", parser.file,
                                 parser.n_warnings - MAX_WARNINGS);
        return memory_pool_exhausted(settings->pool) ? error_origin(-ENOMEM) : 0;
}

int settings_append(Settings *settings, const char *text, const char *file) {
        return append(settings, text, file, NULL);
}

int settings_append_feed(Settings *settings, const char *text, const char *file, const char *feed) {
        return append(settings, text, file, feed);
}

/* The first line about a feed. */
static const char *place_of_feed(const Settings *settings, const FeedSource *feed) {
        const char *section = memory_pool_format(settings->pool, "Feed %s", feed->name);

        for (size_t i = 0; i < settings->n_set; i++)
                if (strcmp(settings->set[i].section, section) == 0)
                        return settings->set[i].origin;
        return section;
}

/* What no line alone tells. */
static void check_feed(Settings *settings, const FeedSource *feed) {
        bool local = feed_source_is_local(feed);
        const char *gap = NULL, *effect = "the feed is not fetched";

        if (feed_source_enabled(feed) == FEED_ENABLED_NO)
                return;
        if (!local)
                gap = feed_settings_find_gap(feed_type_to_text(feed->type), feed->location,
                                             feed->settings, feed->n_settings);
        else if (feed->n_settings > 0) {
                gap = memory_pool_format(settings->pool,
                                         "a package-cache has no %s= (is Type= missing?)",
                                         feed->settings[0].key);
                effect = "it counts for nothing";
        }
        if (gap)
                text_list_format(&settings->warnings, settings->pool, "%s: feed %s: %s; %s",
                                 place_of_feed(settings, feed), feed->name, gap, effect);
}

int settings_check(Settings *settings) {
        for (size_t i = 0; i < settings->feeds.n_items; i++)
                check_feed(settings, &settings->feeds.items[i]);
        for (size_t i = 0; i < settings->policy.n_overrides; i++) {
                KernelOverride *override = &settings->policy.overrides[i];

                if (override->start != UTC_DAY_NONE && override->end != UTC_DAY_NONE &&
                    override->start > override->end) {
                        text_list_format(&settings->warnings, settings->pool,
                                         "%s: the window of %s ends before it starts; both dates "
                                         "are ignored",
                                         override->end_place, override->kernel);
                        override->start = override->end = UTC_DAY_NONE;
                        override->start_place = override->end_place = NULL;
                }
                if (override->has_eligible && !override->eligible && override->end != UTC_DAY_NONE)
                        text_list_format(&settings->warnings, settings->pool,
                                         "%s: %s is said to be not eligible, so its End= counts "
                                         "for nothing",
                                         override->end_place, override->kernel);
        }
        return memory_pool_exhausted(settings->pool) ? error_origin(-ENOMEM) : 0;
}

int settings_parse(const char *text, const char *file, Settings **ret) {
        _cleanup_(settings_freep) Settings *settings = NULL;
        int r;

        r = settings_new(&settings);
        if (r)
                return error_fold(r);
        r = settings_append(settings, text, file);
        if (r == 0)
                r = settings_check(settings);
        if (r)
                return error_fold(r);

        *ret = TAKE(settings);
        return 0;
}

int settings_load(int dir_fd, const char *path, bool must_exist, Settings **ret) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        int r;

        r = bounded_read(dir_fd, path, MAX_SETTINGS_BYTES, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == BOUNDED_READ_E_MISSING && !must_exist) {
                r = settings_new(ret);
                return r ? error_fold(r) : 0;
        }
        if (r == BOUNDED_READ_E_TOO_LARGE)
                errno = EFBIG;
        /* Nothing behind a NUL byte would be read, and nobody would know. */
        if (r == 0 && strlen(text) < n_bytes) {
                errno = EILSEQ;
                return SETTINGS_E_UNREADABLE;
        }
        if (r)
                return SETTINGS_E_UNREADABLE;

        r = settings_parse(text, path, ret);
        return r ? error_fold(r) : 0;
}

static int compare_rows(const void *a, const void *b) {
        const SettingRow *x = a, *y = b;
        int order = strcmp(x->section, y->section);

        return order != 0 ? order : strcmp(x->key, y->key);
}

static bool is_set(const Settings *settings, const char *section, const char *key) {
        for (size_t i = 0; i < settings->n_set; i++)
                if (strcmp(settings->set[i].section, section) == 0 &&
                    strcmp(settings->set[i].key, key) == 0)
                        return true;
        return false;
}

/* What a feed is without a word hangs on its type. */
static const char *enabled_default(const FeedSource *source) {
        return feed_source_is_local(source) ? "yes" : "auto";
}

/*
 * What is not set of feeds, the one that is there without a word included. Of what is for klpwatch-fetch that alone
 * knows the defaults.
 */
static void list_feed_defaults(const Settings *settings, MemoryPool *pool, SettingRow **rows,
                               size_t *n_rows) {
        for (size_t i = 0; i < settings->feeds.n_items; i++) {
                const char *section =
                                memory_pool_format(pool, "Feed %s", settings->feeds.items[i].name);

                for (size_t j = 0; j < ELEMENTS(keys); j++) {
                        SettingRow *row;

                        const char *value = keys[j].fallback;

                        if (strcmp(keys[j].section, "Feed") != 0 ||
                            keys[j].read == read_feed_setting ||
                            is_set(settings, section, keys[j].key))
                                continue;
                        if (keys[j].read == read_feed_enabled)
                                value = enabled_default(&settings->feeds.items[i]);
                        row = memory_pool_append(pool, *rows, *n_rows);
                        if (row)
                                *row = (SettingRow){ section, keys[j].key, value, value, "" };
                }
        }
}

int settings_list(const Settings *settings, MemoryPool *pool, SettingRow **ret, size_t *ret_n) {
        SettingRow *rows = NULL, *row;
        size_t n_rows = 0;

        for (size_t i = 0; i < settings->n_set; i++) {
                const FeedSource *feed = NULL;

                row = memory_pool_append(pool, rows, n_rows);
                if (!row)
                        break;
                *row = settings->set[i];
                if (text_starts_with(row->section, "Feed "))
                        feed = feed_sources_find(&settings->feeds, row->section + strlen("Feed "));
                if (feed && strcmp(row->key, "Enabled") == 0)
                        row->fallback = enabled_default(feed);
        }
        for (size_t i = 0; i < ELEMENTS(keys); i++) {
                if (strcmp(keys[i].section, "Override") == 0 ||
                    strcmp(keys[i].section, "Feed") == 0 ||
                    is_set(settings, keys[i].section, keys[i].key))
                        continue;
                row = memory_pool_append(pool, rows, n_rows);
                if (row)
                        *row = (SettingRow){ keys[i].section, keys[i].key, keys[i].fallback,
                                             keys[i].fallback, "" };
        }
        list_feed_defaults(settings, pool, &rows, &n_rows);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        qsort(rows, n_rows, sizeof(*rows), compare_rows);
        *ret = rows;
        *ret_n = n_rows;
        return 0;
}

Settings *settings_free(Settings *settings) {
        if (!settings)
                return NULL;

        memory_pool_free(settings->pool);
        free(settings);
        return NULL;
}
