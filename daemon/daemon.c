/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The daemon. One thread, one loop. Whatever happens (a timer, a call, a finished look at the host)
 * only asks for a new assessment; one deferred source makes it, so that any number of hints in one
 * turn give one assessment. Data flows one way: host and facts in, assessment, differences, bus.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>

#include "alert/alert-journal.h"
#include "alert/alert-record.h"
#include "alerts.h"
#include "base/error.h"
#include "base/journal-log.h"
#include "base/loop-timer.h"
#include "bus/bus-connection.h"
#include "bus/bus-log-control.h"
#include "bus/bus-manager.h"
#include "bus/bus-network.h"
#include "bus/bus-rest.h"
#include "bus/describe.h"
#include "bystanders.h"
#include "core/assessment-change.h"
#include "core/change-event.h"
#include "core/freshness.h"
#include "daemon.h"
#include "dbus/bus-names.h"
#include "feeds.h"
#include "host-follow.h"
#include "host-look.h"
#include "host/host-root.h"
#include "inputs.h"
#include "base/program-place.h"
#include "service-notice.h"
#include "settings-files.h"
#include "settings.h"
#include "store/digest-store.h"

/* An assessment and the host facts it borrows from. */
typedef struct Answer {
        HostFacts *host;
        Assessment *assessment;
} Answer;

struct Daemon {
        const DaemonOptions *options;
        MemoryPool *pool;
        HostRoot *root;
        Settings *settings;
        Calendars calendars;
        DigestStore *store;
        Facts *facts;
        Facts *retired_facts; /* what the present answer still borrows from */
        Settings *retired_settings;
        char *imported; /* the digest that was imported, where no store keeps it; NULL = none */
        size_t n_imported;

        Alerts *alerts;
        Feeds *feeds; /* NULL where the caller named the digests that count */
        bool feeds_begun;
        HostLook *look;
        HostFollow *follow;     /* NULL while one assessment is printed */
        Bystanders *bystanders; /* the same */
        Answer answer;
        bool printing;       /* one assessment is wanted, no bus */
        bool named;          /* the bus name is ours */
        const char *refused; /* what the last rescan did not take over; NULL = nothing */
        bool recalled; /* the first answer is made of an earlier look; a new one is to follow */
        uint64_t announced_usec; /* when something was announced last (CLOCK_BOOTTIME); 0 = never */

        sd_event *loop;
        sd_event_source *assess_source;
        sd_event_source *pace_source; /* asks for an assessment once the pause is over */
        LoopTimer *wake_up;
        sd_bus *bus;
        BusRest *rest;
        BusCallers *callers;
        BusManager *manager;
        BusLogControl *log_control;
        BusNetwork *network;
};

/* Whatever happens on the host, so often a second something is announced at most. */
#define PAUSE_USEC ((uint64_t) 250 * 1000)

/* Of klpwatch-fetch.socket, below the root. */
#define FETCH_SOCKET "run/klpwatch-fetch.socket"

static void answer_clear(Answer *answer) {
        answer->assessment = assessment_free(answer->assessment);
        answer->host = host_facts_free(answer->host);
}

static UtcTime daemon_now(const Daemon *daemon) {
        return daemon->options->at != UTC_TIME_NONE ? daemon->options->at : utc_time_now();
}

/* With `reloading`, settings of which a part cannot be read do not replace those that are in force. */
static int load_settings(Daemon *daemon, bool reloading) {
        const char *path = daemon->options->settings;
        int r;

        if (path) {
                r = settings_load(AT_FDCWD, path, true, &daemon->settings);
                if (r < 0)
                        return error_trace(r);
                if (r) {
                        journal_log(LOG_ERR, "%s: the settings cannot be read: %s", path,
                                    strerror(errno));
                        return DAEMON_E_REFUSED;
                }
        } else {
                r = settings_files_load(daemon->root, &daemon->settings);
                if (r)
                        return error_fold(r);
        }
        for (size_t i = 0; i < daemon->settings->warnings.n_items; i++)
                journal_log(LOG_WARNING, "%s", daemon->settings->warnings.items[i]);
        if (reloading && daemon->settings->incomplete) {
                journal_log(LOG_WARNING,
                            "a part of the settings cannot be read; those in force stay");
                return DAEMON_E_REFUSED;
        }
        return 0;
}

static int open_store(Daemon *daemon) {
        _cleanup_free_ char *message = NULL;
        int r;

        if (!daemon->options->state)
                return 0;
        r = digest_store_open(daemon->options->state, &daemon->store, &message);
        if (r < 0)
                return error_trace(r);
        if (r)
                journal_log(LOG_ERR, "%s; nothing is kept over a restart", message);
        return 0;
}

/* An alert is told twice: to whoever reads the journal, and to whoever listens on the bus. */
static int announce(void *userdata, const AlertEntry *entry) {
        Daemon *daemon = userdata;
        int r;

        r = alert_record_write(entry, journal_log_record);
        if (r == 0)
                r = bus_manager_announce(daemon->manager, entry);
        return r ? error_fold(r) : 0;
}

static int open_alerts(Daemon *daemon) {
        AlertsOwner owner = { .announce = announce, .userdata = daemon };
        int r;

        r = alerts_new(daemon->store ? daemon->options->state : NULL, &owner, &daemon->alerts);
        return r ? error_fold(r) : 0;
}

#define MAX_HELD (FEEDS_MAX + 1) /* the imported digest, and those of feeds */

static int load_facts(Daemon *daemon) {
        HeldDigest held[MAX_HELD];
        InputsSources sources = { .root = daemon->root,
                                  .digests = &daemon->options->digests,
                                  .store = daemon->store,
                                  .held = held,
                                  .feeds = &daemon->settings->feeds };
        int r;

        if (daemon->feeds)
                sources.n_held = feeds_held(daemon->feeds, held, MAX_HELD - 1);
        if (daemon->imported)
                held[sources.n_held++] = (HeldDigest){ .name = INPUTS_IMPORTED,
                                                       .data = daemon->imported,
                                                       .n_bytes = daemon->n_imported };
        r = inputs_load_facts(&sources, &daemon->facts);
        if (r < 0)
                return error_trace(r);
        return r ? DAEMON_E_REFUSED : 0;
}

static UtcTime now_of(void *userdata) {
        return daemon_now(userdata);
}

static int feeds_take(void *userdata, const char *name, const char *data, size_t n_bytes,
                      char **ret_kept, size_t *ret_n_kept, char **ret_message) {
        Daemon *daemon = userdata;
        const Situation *situation = &daemon->answer.assessment->situation;
        const char *vendor = situation->calendar ? situation->calendar->vendor : NULL;
        _cleanup_free_ char *message = NULL;
        int r;

        r = inputs_import(name, data, n_bytes, vendor, situation->running.dist_major, daemon->store,
                          ret_kept, ret_n_kept, &message);
        if (r == 0 || !daemon->store) {
                *ret_message = TAKE(message);
                return r < 0 ? error_trace(r) : r;
        }
        if (r < 0)
                return error_trace(r);
        /* A disk that is full is no reason not to believe what is sound: it counts as long as the daemon runs. */
        r = inputs_import(name, data, n_bytes, vendor, situation->running.dist_major, NULL,
                          ret_kept, ret_n_kept, ret_message);
        if (r == 0)
                journal_log(LOG_WARNING, "feed %s: %s; it counts until the daemon ends", name,
                            message);
        return r < 0 ? error_trace(r) : r;
}

static int on_feed_ended(void *userdata, bool facts);

static int on_feed_progress(void *userdata, const char *name, const FeedProgress *progress) {
        Daemon *daemon = userdata;

        return daemon->named ? bus_manager_progress(daemon->manager, name, progress->text,
                                                    progress->n_done, progress->n_total)
                             : 0;
}

/* Where klpwatch-fetch keeps downloads that this daemon starts; without it nothing is kept. */
static const char *make_fetch_cache(const Daemon *daemon) {
        const char *path =
                        memory_pool_format(daemon->pool, "%s/fetch-cache", daemon->options->state);

        if (mkdir(path, 0700) == 0 || errno == EEXIST)
                return path;
        journal_log(LOG_WARNING, "%s: cannot be made (%s); downloads are not kept", path,
                    strerror(errno));
        return NULL;
}

/* Whoever names digests asks for the answer that those give, and no others. */
static int open_feeds(Daemon *daemon) {
        FeedFetchProgram program = {};
        FeedsOwner owner = {
                .now = now_of,
                .take = feeds_take,
                .progress = on_feed_progress,
                .ended = on_feed_ended,
                .userdata = daemon,
        };
        int r;

        if (daemon->options->digests.n_items > 0)
                return 0;
        if (daemon->options->service)
                program.socket = memory_pool_format(
                                daemon->pool, "%s/" FETCH_SOCKET,
                                host_root_is_recorded(daemon->root) ? daemon->options->root : "");
        else {
                program.path = program_place_find(daemon->pool, "fetch/klpwatch-fetch",
                                                  PKGLIBEXECDIR "/klpwatch-fetch");
                if (daemon->options->state)
                        program.cache = make_fetch_cache(daemon);
        }
        if (memory_pool_exhausted(daemon->pool))
                return error_origin(-ENOMEM);
        r = feeds_new(daemon->options->root, &program, daemon->store, &owner, &daemon->feeds);
        if (r == 0)
                r = feeds_configure(daemon->feeds, &daemon->settings->feeds);
        return r ? error_fold(r) : 0;
}

int daemon_new(const DaemonOptions *options, Daemon **ret) {
        _cleanup_(daemon_freep) Daemon *daemon = NULL;
        int r, facts_outcome;

        daemon = calloc(1, sizeof(*daemon));
        if (!daemon)
                return error_origin(-ENOMEM);
        daemon->options = options;
        r = memory_pool_new(&daemon->pool);
        if (r)
                return error_fold(r);

        r = host_root_new(options->root, &daemon->root);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "%s: the host root cannot be opened: %s", options->root,
                            strerror(errno));
                return DAEMON_E_REFUSED;
        }
        r = load_settings(daemon, false);
        if (r)
                return r > 0 ? DAEMON_E_REFUSED : error_trace(r);
        r = inputs_load_calendars(
                        program_place_find(daemon->pool, "calendars", PKGLIBDIR "/calendars"),
                        &daemon->calendars);
        if (r)
                return r > 0 ? DAEMON_E_REFUSED : error_trace(r);
        r = host_look_new(daemon->root, options->root,
                          options->service
                                          ? NULL
                                          : program_place_find(daemon->pool,
                                                               "hostfacts/klpwatch-hostfacts",
                                                               PKGLIBEXECDIR "/klpwatch-hostfacts"),
                          &daemon->look);
        if (r)
                return error_fold(r);
        r = open_store(daemon);
        if (r)
                return error_fold(r);
        r = open_alerts(daemon);
        if (r == 0)
                r = open_feeds(daemon);
        if (r)
                return error_fold(r);
        facts_outcome = load_facts(daemon);
        if (facts_outcome < 0)
                return error_trace(facts_outcome);
        /* Without a store a refused digest would silently change the answer that was asked for. */
        if (facts_outcome && !daemon->store)
                return DAEMON_E_REFUSED;

        *ret = TAKE(daemon);
        return 0;
}

Daemon *daemon_free(Daemon *daemon) {
        if (!daemon)
                return NULL;

        bus_network_free(daemon->network);
        bus_rest_free(daemon->rest);
        bus_callers_free(daemon->callers); /* its questions belong to those below */
        bus_log_control_free(daemon->log_control);
        bus_manager_free(daemon->manager);
        sd_bus_flush_close_unref(daemon->bus);
        bystanders_free(daemon->bystanders);
        host_follow_free(daemon->follow);
        loop_timer_free(daemon->wake_up);
        feeds_free(daemon->feeds);
        alerts_free(daemon->alerts);
        host_look_free(daemon->look);
        sd_event_source_disable_unref(daemon->pace_source);
        sd_event_source_disable_unref(daemon->assess_source);
        sd_event_unref(daemon->loop);
        answer_clear(&daemon->answer);
        free(daemon->imported);
        facts_free(daemon->retired_facts);
        settings_free(daemon->retired_settings);
        facts_free(daemon->facts);
        digest_store_free(daemon->store);
        inputs_free_calendars(&daemon->calendars);
        settings_free(daemon->settings);
        host_root_free(daemon->root);
        memory_pool_free(daemon->pool);
        free(daemon);
        return NULL;
}

static AssessInput input_at(const Daemon *daemon, const HostFacts *host, UtcTime now) {
        size_t n_feeds = 0;
        const FeedStatus *feeds = daemon->feeds ? feeds_status(daemon->feeds, &n_feeds) : NULL;

        return (AssessInput){
                .feeds = feeds,
                .n_feeds = n_feeds,
                .alerts = alerts_book(daemon->alerts),
                .host = host,
                .facts = daemon->facts,
                .calendars = (const SupportCalendar *const *) daemon->calendars.items,
                .n_calendars = daemon->calendars.n_items,
                .policy = &daemon->settings->policy,
                .now = now,
                .clock = daemon_now(daemon),
                .clock_given = daemon->options->at != UTC_TIME_NONE,
        };
}

static int print_answer(const Daemon *daemon) {
        _cleanup_free_ char *json = NULL;
        int r;

        r = describe(daemon->answer.assessment, true, &json);
        if (r)
                return error_fold(r);
        if (fputs(json, stdout) == EOF || fflush(stdout) == EOF)
                return error_origin(-EIO);
        return sd_event_exit(daemon->loop, 0);
}

static int on_network(void *userdata);

static int take_name(Daemon *daemon) {
        int r;

        r = bus_connection_take_name(daemon->bus);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR,
                            r == BUS_CONNECTION_E_NAME_TAKEN
                                            ? "another klpwatchd already serves " BUS_NAME
                                              "; this one ends"
                                            : "the bus does not allow this user to own " BUS_NAME
                                              "; see its policy file");
                return sd_event_exit(daemon->loop, DAEMON_E_REFUSED);
        }
        daemon->named = true;
        service_notice_ready();
        r = bus_network_new(daemon->bus, on_network, daemon, &daemon->network);
        return r ? error_fold(r) : 0;
}

static int request_assessment(Daemon *daemon);

/* The situation says whose records are wanted; the feeds that are asked for then give the next answer. */
static int begin_feeds(Daemon *daemon, const Situation *situation,
                       const FreshnessReport *freshness) {
        int r, changed;

        if (!daemon->feeds)
                return 0;
        r = feeds_set_host(daemon->feeds, situation->calendar ? situation->calendar->vendor : NULL,
                           situation->running.dist_major);
        if (r)
                return error_fold(r);
        changed = feeds_set_cache_suffices(daemon->feeds,
                                           freshness_cache_suffices(situation, freshness));
        if (changed < 0)
                return error_trace(changed);
        if (!daemon->feeds_begun) {
                daemon->feeds_begun = true;
                r = feeds_begin(daemon->feeds, daemon->loop, daemon->printing);
        } else if (changed && !daemon->printing)
                r = request_assessment(daemon); /* which of them rest is a part of the answer */
        return r ? error_fold(r) : 0;
}

static int follow_feeds(Daemon *daemon) {
        const Assessment *assessment = daemon->answer.assessment;
        int r;

        r = begin_feeds(daemon, &assessment->situation, &assessment->freshness);
        return r ? error_fold(r) : 0;
}

/* No feed is being asked, and what those that were asked said is in the answer. */
static bool is_settled(const Daemon *daemon) {
        return (!daemon->feeds || !feeds_are_running(daemon->feeds)) &&
               sd_event_source_get_enabled(daemon->assess_source, NULL) == 0;
}

/* What happened from one answer to the next goes into the journal. */
static int record_events(const Assessment *before, const Assessment *after) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        ChangeEvents events = {};
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        change_events_find(pool, before, after, &events);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        r = alert_journal_write(&events, after->input.host->kernel, journal_log_record);
        return r ? error_fold(r) : 0;
}

static int publish(Daemon *daemon, Answer *answer) {
        AssessmentChange change = assessment_change(daemon->answer.assessment, answer->assessment);
        Answer before = daemon->answer;
        int r;

        daemon->answer = *answer;
        *answer = (Answer){};
        if (daemon->printing) {
                answer_clear(&before);
                r = follow_feeds(daemon);
                if (r)
                        return error_fold(r);
                return is_settled(daemon) ? print_answer(daemon) : 0;
        }

        r = record_events(before.assessment, daemon->answer.assessment);
        if (r == 0)
                r = alerts_take(daemon->alerts, &daemon->answer.assessment->alerts);
        if (r == 0)
                r = bus_manager_publish(daemon->manager, daemon->answer.assessment,
                                        daemon->named ? change : 0);
        answer_clear(&before);
        if (r)
                return error_fold(r);
        if (daemon->named && change) {
                r = sd_event_now(daemon->loop, CLOCK_BOOTTIME, &daemon->announced_usec);
                if (r < 0)
                        return error_origin(r);
        }
        /* A fixed time does not pass, so nothing is to be waited for. */
        r = loop_timer_set(daemon->wake_up,
                           daemon->options->at != UTC_TIME_NONE
                                           ? UTC_TIME_NONE
                                           : daemon->answer.assessment->next_change);
        if (r)
                return error_fold(r);
        r = bystanders_tell(daemon->bystanders, daemon->answer.assessment);
        if (r == 0 && !daemon->named)
                r = take_name(daemon);
        if (r == 0 && daemon->named)
                r = alerts_tell(daemon->alerts);
        if (r)
                return error_fold(r);
        return follow_feeds(daemon);
}

/* When feeds are asked is a part of the first answer, so they begin before it is made. */
static int begin_feeds_first(Daemon *daemon, const AssessInput *input) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        FreshnessReport freshness;
        Situation situation;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        situation_init(&situation, input, pool);
        freshness_report(&situation, &freshness);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        r = begin_feeds(daemon, &situation, &freshness);
        return r ? error_fold(r) : 0;
}

static int assess_now(Daemon *daemon) {
        _cleanup_(answer_clear) Answer answer = {};
        AssessInput input;
        int r;

        r = host_look_take(daemon->look, &answer.host);
        if (r)
                return error_fold(r);
        if (daemon->follow) {
                uint64_t boot_usec;

                r = sd_event_now(daemon->loop, CLOCK_BOOTTIME, &boot_usec);
                if (r < 0)
                        return error_origin(r);
                r = host_follow_note(daemon->follow, answer.host, daemon_now(daemon), boot_usec);
                if (r == 0 && daemon->answer.host)
                        r = host_look_note(daemon->look, daemon->answer.host, answer.host);
                if (r)
                        return error_fold(r);
        }
        input = input_at(daemon, answer.host, daemon_now(daemon));
        if (!daemon->printing && daemon->feeds && !daemon->feeds_begun) {
                r = begin_feeds_first(daemon, &input);
                if (r)
                        return error_fold(r);
                input = input_at(daemon, answer.host, input.now);
        }
        r = assess(&input, &answer.assessment);
        if (r)
                return error_fold(r);
        r = publish(daemon, &answer);
        if (r < 0)
                return error_trace(r);
        daemon->retired_facts = facts_free(daemon->retired_facts);
        daemon->retired_settings = settings_free(daemon->retired_settings);
        return 0;
}

static int on_hint(void *userdata) {
        return request_assessment(userdata);
}

/* Looks at the host anew; its end asks for an assessment. */
static int begin_look(Daemon *daemon) {
        int r;

        r = host_look_begin(daemon->look, daemon->loop, on_hint, daemon);
        return r ? error_fold(r) : 0;
}

/* Whoever asked for a look hears what of it, or of the settings and digests read with it, did not work. */
static int tell_rescanned(Daemon *daemon) {
        const char *problem = host_look_problem(daemon->look);
        char text[1024];
        int r;

        if (problem)
                snprintf(text, sizeof(text), "%s; the last answer stays", problem);
        r = bus_manager_rescanned(daemon->manager, problem ? text : daemon->refused);
        return r ? error_fold(r) : 0;
}

/* Nobody has been told anything yet, and what klpwatch-hostfacts will say is not known. */
static bool is_first_look(const Daemon *daemon) {
        return !daemon->named && !daemon->recalled && host_look_is_running(daemon->look);
}

static int on_assess(_unused_ sd_event_source *source, void *userdata) {
        Daemon *daemon = userdata;
        int r;

        /* A hint in between: the end of the look asks again, and the answer then has all of it. */
        if (is_first_look(daemon))
                return 0;
        r = assess_now(daemon);
        if (r)
                return error_fold(r);
        if (daemon->recalled) {
                daemon->recalled = false;
                return begin_look(daemon);
        }
        if (!daemon->manager)
                return 0;
        if (is_settled(daemon)) {
                r = bus_manager_refreshed(daemon->manager);
                if (r)
                        return error_fold(r);
        }
        if (host_look_is_running(daemon->look))
                return 0;
        if (daemon->named)
                service_notice_ready();
        return tell_rescanned(daemon);
}

/*
 * The present answer borrows from the facts and settings it was made of. So those are only put aside
 * until the next answer; what came in between and made none is of no use to anybody.
 */
static void retire_facts(Daemon *daemon, Facts *facts) {
        if (daemon->retired_facts)
                facts_free(facts);
        else
                daemon->retired_facts = facts;
}

static void retire_settings(Daemon *daemon, Settings *settings) {
        if (daemon->retired_settings)
                settings_free(settings);
        else
                daemon->retired_settings = settings;
}

/* Loads the facts anew; the next assessment is made of them. */
static int reload_facts(Daemon *daemon) {
        Facts *before = TAKE(daemon->facts);
        int r;

        r = load_facts(daemon);
        if (r < 0) {
                facts_free(daemon->facts);
                daemon->facts = before;
                return error_trace(r);
        }
        retire_facts(daemon, before);
        return 0;
}

/* What was read now counts; an attempt that changed nothing still has its time and outcome to show. */
static int on_feed_ended(void *userdata, bool facts) {
        Daemon *daemon = userdata;
        int r;

        r = facts ? reload_facts(daemon) : 0;
        return r ? error_fold(r) : request_assessment(daemon);
}

/* The assessment that follows answers the call, at the latest when the last attempt has ended. */
static int refresh(void *userdata, const char *feed) {
        Daemon *daemon = userdata;
        int r;

        r = daemon->feeds ? feeds_refresh(daemon->feeds, feed) : 0;
        return r ? error_fold(r) : request_assessment(daemon);
}

static int on_network(void *userdata) {
        Daemon *daemon = userdata;
        int r;

        r = daemon->feeds ? feeds_network_is_back(daemon->feeds) : 0;
        return r ? error_fold(r) : request_assessment(daemon);
}

static const char *refresh_problem(void *userdata, const char *feed, const char **ret_feed) {
        const Daemon *daemon = userdata;

        return daemon->feeds ? feeds_problem(daemon->feeds, feed, ret_feed) : NULL;
}

static int import_digest(void *userdata, const char *data, size_t n_bytes, char **ret_message) {
        Daemon *daemon = userdata;
        const Situation *situation = &daemon->answer.assessment->situation;
        char *kept = NULL;
        size_t n_kept = 0;
        int r;

        r = inputs_import(INPUTS_IMPORTED, data, n_bytes,
                          situation->calendar ? situation->calendar->vendor : NULL,
                          situation->running.dist_major, daemon->store, &kept, &n_kept,
                          ret_message);
        if (r)
                return r < 0 ? error_trace(r) : DAEMON_E_REFUSED;
        if (kept) {
                free(daemon->imported);
                daemon->imported = kept;
                daemon->n_imported = n_kept;
        }
        r = reload_facts(daemon);
        if (r == 0)
                r = assess_now(daemon);
        return r ? error_fold(r) : 0;
}

static int export_digest(void *userdata, char **ret, size_t *ret_n_bytes) {
        const Daemon *daemon = userdata;
        _cleanup_free_ char *message = NULL;
        int r;

        r = inputs_export(daemon->facts, ret, ret_n_bytes, &message);
        if (r > 0)
                journal_log(LOG_WARNING, "no digest can be exported: %s", message);
        return r < 0 ? error_trace(r) : r;
}

static int on_pause_over(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        Daemon *daemon = userdata;
        int r;

        r = sd_event_source_set_enabled(daemon->assess_source, SD_EVENT_ONESHOT);
        return r < 0 ? error_origin(r) : 0;
}

/* Any number of hints, in one turn of the loop or in the pause after a change, give one assessment. */
static int request_assessment(Daemon *daemon) {
        uint64_t now, next = daemon->announced_usec + PAUSE_USEC;
        int r;

        r = sd_event_now(daemon->loop, CLOCK_BOOTTIME, &now);
        if (r >= 0 && daemon->announced_usec > 0 && now < next) {
                r = sd_event_source_set_time(daemon->pace_source, next);
                if (r >= 0)
                        r = sd_event_source_set_enabled(daemon->pace_source, SD_EVENT_ONESHOT);
        } else if (r >= 0)
                r = sd_event_source_set_enabled(daemon->assess_source, SD_EVENT_ONESHOT);
        return r < 0 ? error_origin(r) : 0;
}

/* klpwatch-hostfacts has written anew, started by somebody else. */
static int on_host_facts(void *userdata) {
        Daemon *daemon = userdata;
        int r;

        r = host_look_came(daemon->look);
        if (r < 0)
                return error_trace(r);
        return r > 0 ? request_assessment(daemon) : 0;
}

/*
 * A Rescan also reads settings and digests again: whoever has just changed them asks for it. What
 * cannot be read or is refused leaves what was there.
 */
static int rescan(void *userdata) {
        Daemon *daemon = userdata;
        Settings *settings_before = TAKE(daemon->settings);
        Facts *facts_before;
        int r;

        daemon->refused = NULL;
        r = load_settings(daemon, true);
        if (r) {
                daemon->refused = "The settings cannot be read as a whole, so those in force stay; "
                                  "the journal says which file";
                settings_free(daemon->settings);
                daemon->settings = settings_before;
        } else
                retire_settings(daemon, settings_before);
        if (r < 0)
                return error_trace(r);
        if (r == 0 && daemon->feeds) {
                r = feeds_configure(daemon->feeds, &daemon->settings->feeds);
                if (r)
                        return error_fold(r);
        }

        facts_before = TAKE(daemon->facts);
        r = load_facts(daemon);
        if (r > 0 && !daemon->refused)
                daemon->refused = "A digest is refused, so what was held of it stays; the journal "
                                  "says which";
        if (r < 0 || (r > 0 && !daemon->store)) {
                facts_free(daemon->facts);
                daemon->facts = facts_before;
        } else
                retire_facts(daemon, facts_before);
        return r < 0 ? error_trace(r) : begin_look(daemon);
}

static int acknowledge(void *userdata, AlertClass kind) {
        Daemon *daemon = userdata;
        int r;

        if (!alerts_acknowledge(daemon->alerts, kind))
                return 1;
        r = assess_now(daemon);
        return r ? error_fold(r) : 0;
}

static int snooze(void *userdata, AlertClass kind, UtcTime until) {
        Daemon *daemon = userdata;
        int r;

        if (!alerts_snooze(daemon->alerts, kind, until))
                return 1;
        r = assess_now(daemon);
        return r ? error_fold(r) : 0;
}

static int on_patch_failed(void *userdata, const char *patch, const char *reason) {
        Daemon *daemon = userdata;
        int r;

        r = alerts_add_failure(daemon->alerts, patch, reason, daemon_now(daemon));
        return r ? error_fold(r) : request_assessment(daemon);
}

static const HostFacts *last_scan(void *userdata) {
        const Daemon *daemon = userdata;

        return daemon->answer.host;
}

static bool is_looking(void *userdata) {
        const Daemon *daemon = userdata;

        return host_look_is_running(daemon->look);
}

static int assess_what_if(void *userdata, UtcTime time, Assessment **ret) {
        Daemon *daemon = userdata;
        AssessInput input = input_at(daemon, daemon->answer.host, time);

        return assess(&input, ret);
}

static int list_settings(void *userdata, MemoryPool *pool, SettingRow **ret, size_t *ret_n) {
        const Daemon *daemon = userdata;
        int r;

        r = settings_list(daemon->settings, pool, ret, ret_n);
        return r ? error_fold(r) : 0;
}

static int on_reload(_unused_ sd_event_source *source, _unused_ const struct signalfd_siginfo *info,
                     void *userdata) {
        service_notice_reloading();
        journal_log(LOG_INFO, "reading settings and digests again, and looking at the host anew");
        return rescan(userdata);
}

static int prepare_loop(Daemon *daemon) {
        int r;

        r = sd_event_new(&daemon->loop);
        if (r >= 0)
                r = sd_event_add_defer(daemon->loop, &daemon->assess_source, on_assess, daemon);
        if (r >= 0)
                r = sd_event_source_set_enabled(daemon->assess_source, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_priority(daemon->assess_source,
                                                 SD_EVENT_PRIORITY_NORMAL + 10);
        if (r >= 0)
                r = sd_event_source_set_description(daemon->assess_source, "assess");
        if (r >= 0) /* by default a fatal error in the handler would only switch the source off */
                r = sd_event_source_set_exit_on_failure(daemon->assess_source, true);
        if (r >= 0)
                r = sd_event_add_time(daemon->loop, &daemon->pace_source, CLOCK_BOOTTIME, 0, 1,
                                      on_pause_over, daemon);
        if (r >= 0)
                r = sd_event_source_set_enabled(daemon->pace_source, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(daemon->pace_source, "pause");
        if (r >= 0)
                r = sd_event_source_set_exit_on_failure(daemon->pace_source, true);
        return r < 0 ? error_origin(r) : 0;
}

static int prepare_signals(Daemon *daemon) {
        static const struct {
                int number;
                sd_event_signal_handler_t handler; /* NULL: the loop ends */
                const char *description;
        } signals[] = { { SIGTERM, NULL, "end" },
                        { SIGINT, NULL, "end" },
                        { SIGHUP, on_reload, "reload" } };
        sigset_t set;
        int r;

        sigemptyset(&set);
        for (size_t i = 0; i < ELEMENTS(signals); i++)
                sigaddset(&set, signals[i].number);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return error_origin(-errno);
        for (size_t i = 0; i < ELEMENTS(signals); i++) {
                sd_event_source *source = NULL;

                r = sd_event_add_signal(daemon->loop, &source, signals[i].number,
                                        signals[i].handler, signals[i].handler ? daemon : NULL);
                if (r >= 0)
                        r = sd_event_source_set_priority(source, SD_EVENT_PRIORITY_NORMAL - 20);
                if (r >= 0)
                        r = sd_event_source_set_description(source, signals[i].description);
                if (r >= 0)
                        r = sd_event_source_set_exit_on_failure(source, true);
                if (r >= 0)
                        r = sd_event_source_set_floating(source, true);
                sd_event_source_unref(source);
                if (r < 0)
                        return error_origin(r);
        }
        return 0;
}

/* The first answer: of what klpwatch-hostfacts left since boot, else of a first run of it. */
static int begin(Daemon *daemon) {
        int r = 0;

        if (!daemon->printing)
                r = host_look_recall(daemon->look);
        if (r < 0)
                return error_trace(r);
        daemon->recalled = r > 0;
        return daemon->recalled ? request_assessment(daemon) : begin_look(daemon);
}

static int run(Daemon *daemon) {
        int r;

        r = begin(daemon);
        if (r)
                return error_fold(r);
        r = sd_event_loop(daemon->loop);
        if (r < 0)
                return error_trace(r);
        if (daemon->bystanders)
                bystanders_leave(daemon->bystanders);
        /* With the name taken, only the loss of it or of the bus ends the loop with a failure. */
        if (r > 0 && daemon->named)
                journal_log(LOG_ERR, "%s; klpwatchd ends, to be started again",
                            r == BUS_CONNECTION_E_NAME_LOST ? "the bus has taken " BUS_NAME " away"
                                                            : "the bus is gone");
        return r > 0 ? DAEMON_E_REFUSED : 0;
}

static const BusLogControlOwner log_control_owner = {
        .level = journal_log_level,
        .set_level = journal_log_set_level,
        .target = journal_log_target,
        .set_target = journal_log_set_target,
        .identifier = "klpwatchd",
};

int daemon_serve(Daemon *daemon) {
        BusManagerOwner owner = { .assess_at = assess_what_if,
                                  .rescan = rescan,
                                  .is_looking = is_looking,
                                  .refresh = refresh,
                                  .refresh_problem = refresh_problem,
                                  .import = import_digest,
                                  .export = export_digest,
                                  .list_settings = list_settings,
                                  .acknowledge = acknowledge,
                                  .snooze = snooze,
                                  .now = now_of,
                                  .userdata = daemon };
        HostFollowOwner follow_owner = { .look = on_hint,
                                         .host_facts_came = on_host_facts,
                                         .host = last_scan,
                                         .patch_failed = on_patch_failed,
                                         .userdata = daemon };
        int r;

        r = prepare_loop(daemon);
        if (r)
                return error_fold(r);
        r = sd_event_set_watchdog(daemon->loop, true);
        if (r < 0)
                return error_origin(r);
        r = prepare_signals(daemon);
        if (r == 0)
                r = host_follow_new(daemon->loop, daemon->root,
                                    daemon->options->service ? service_notice_take_kernel_log()
                                                             : -1,
                                    &follow_owner, &daemon->follow);
        if (r == 0)
                r = bystanders_new(daemon->root, daemon->options->service, &daemon->bystanders);
        if (r)
                return error_fold(r);
        r = loop_timer_new(daemon->loop, "next-change", on_hint, daemon, &daemon->wake_up);
        if (r)
                return error_fold(r);
        r = bus_connection_open(daemon->loop, &daemon->bus);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "cannot connect to the system bus%s%s: %s",
                            getenv("DBUS_SYSTEM_BUS_ADDRESS") ? " at " : "",
                            getenv("DBUS_SYSTEM_BUS_ADDRESS") ? getenv("DBUS_SYSTEM_BUS_ADDRESS")
                                                              : "",
                            strerror(errno));
                return DAEMON_E_REFUSED;
        }
        r = bus_rest_new(daemon->bus, &daemon->rest);
        if (r == 0)
                r = bus_callers_new(daemon->bus, &daemon->callers);
        if (r == 0)
                r = bus_manager_new(daemon->bus, daemon->callers, &owner, &daemon->manager);
        if (r == 0)
                r = bus_log_control_new(daemon->bus, daemon->callers, &log_control_owner,
                                        &daemon->log_control);
        if (r)
                return error_fold(r);
        return run(daemon);
}

int daemon_print_assessment(Daemon *daemon) {
        int r;

        daemon->printing = true;
        r = prepare_loop(daemon);
        if (r)
                return error_fold(r);
        return run(daemon);
}
