/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The daemon. One thread, one loop. Whatever happens (a timer, a call, a finished look at the host) only asks for a
 * new answer; data flows one way: host and facts in, assessment, differences, bus. Here the parts are put together, and
 * what happens to one of them is told to the others. It refuses to judge anything.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>

#include "alerts.h"
#include "answers.h"
#include "audience.h"
#include "base/error.h"
#include "base/journal-log.h"
#include "base/program-place.h"
#include "daemon.h"
#include "feeds.h"
#include "host-follow.h"
#include "host-look.h"
#include "host/host-root.h"
#include "knowledge.h"
#include "loop-signals.h"
#include "service-notice.h"

struct Daemon {
        const DaemonOptions *options;
        MemoryPool *pool;
        HostRoot *root;
        Knowledge *knowledge;
        Alerts *alerts;
        Feeds *feeds; /* NULL where the caller named the digests that count */
        HostLook *look;
        sd_event *loop;
        HostFollow *follow; /* NULL while one assessment is printed */
        Audience *audience; /* the same */
        Answers *answers;
};

/* Of klpwatch-fetch.socket, below the root. */
#define FETCH_SOCKET "run/klpwatch-fetch.socket"

static UtcTime time_now(void *userdata) {
        const Daemon *daemon = userdata;

        return daemon->options->at != UTC_TIME_NONE ? daemon->options->at : utc_time_now();
}

static int announce(void *userdata, const AlertEntry *entry) {
        Daemon *daemon = userdata;

        return audience_announce(daemon->audience, entry);
}

static int open_alerts(Daemon *daemon) {
        AlertsOwner owner = { .announce = announce, .userdata = daemon };
        int r;

        r = alerts_new(knowledge_store(daemon->knowledge) ? daemon->options->state : NULL, &owner,
                       &daemon->alerts);
        return r ? error_fold(r) : 0;
}

static int feeds_take(void *userdata, const char *name, const char *data, size_t n_bytes,
                      char **ret_kept, size_t *ret_n_kept, char **ret_message) {
        const Daemon *daemon = userdata;

        return knowledge_take_digest(daemon->knowledge,
                                     &answers_present(daemon->answers)->situation, name, data,
                                     n_bytes, ret_kept, ret_n_kept, ret_message);
}

static int on_feed_ended(void *userdata, bool facts);

static int on_feed_progress(void *userdata, const char *name, const FeedProgress *progress) {
        Daemon *daemon = userdata;

        return daemon->audience ? audience_progress(daemon->audience, name, progress) : 0;
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
                .now = time_now,
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
        r = feeds_new(daemon->options->root, &program, knowledge_store(daemon->knowledge), &owner,
                      &daemon->feeds);
        if (r == 0)
                r = feeds_configure(daemon->feeds, &knowledge_settings(daemon->knowledge)->feeds);
        return r ? error_fold(r) : 0;
}

static int open_knowledge(Daemon *daemon) {
        KnowledgeSources sources = {
                .root = daemon->root,
                .settings = daemon->options->settings,
                .calendars = program_place_find(daemon->pool, "calendars", PKGLIBDIR "/calendars"),
                .digests = &daemon->options->digests,
                .state = daemon->options->state,
        };
        int r;

        r = knowledge_new(&sources, &daemon->knowledge);
        if (r < 0)
                return error_trace(r);
        return r ? DAEMON_E_REFUSED : 0;
}

int daemon_new(const DaemonOptions *options, Daemon **ret) {
        _cleanup_(daemon_freep) Daemon *daemon = NULL;
        int r;

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
        r = open_knowledge(daemon);
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
        r = open_alerts(daemon);
        if (r == 0)
                r = open_feeds(daemon);
        if (r)
                return error_fold(r);
        r = knowledge_load_facts(daemon->knowledge, daemon->feeds);
        if (r)
                return r > 0 ? DAEMON_E_REFUSED : error_trace(r);

        *ret = TAKE(daemon);
        return 0;
}

Daemon *daemon_free(Daemon *daemon) {
        if (!daemon)
                return NULL;

        audience_free(daemon->audience);
        host_follow_free(daemon->follow);
        feeds_free(daemon->feeds);
        alerts_free(daemon->alerts);
        host_look_free(daemon->look);
        answers_free(daemon->answers);
        sd_event_unref(daemon->loop);
        knowledge_free(daemon->knowledge);
        host_root_free(daemon->root);
        memory_pool_free(daemon->pool);
        free(daemon);
        return NULL;
}

static int on_hint(void *userdata) {
        Daemon *daemon = userdata;

        return answers_request(daemon->answers);
}

/* What was read now counts; an attempt that changed nothing still has its time and outcome to show. */
static int on_feed_ended(void *userdata, bool facts) {
        Daemon *daemon = userdata;
        int r;

        r = facts ? knowledge_renew_facts(daemon->knowledge, daemon->feeds) : 0;
        return r ? error_fold(r) : answers_request(daemon->answers);
}

/* The assessment that follows answers the call, at the latest when the last attempt has ended. */
static int refresh(void *userdata, const char *feed) {
        Daemon *daemon = userdata;
        int r;

        r = daemon->feeds ? feeds_refresh(daemon->feeds, feed) : 0;
        return r ? error_fold(r) : answers_request(daemon->answers);
}

static int on_network(void *userdata) {
        Daemon *daemon = userdata;
        int r;

        r = daemon->feeds ? feeds_network_is_back(daemon->feeds) : 0;
        return r ? error_fold(r) : answers_request(daemon->answers);
}

static const char *refresh_problem(void *userdata, const char *feed, const char **ret_feed) {
        const Daemon *daemon = userdata;

        return daemon->feeds ? feeds_problem(daemon->feeds, feed, ret_feed) : NULL;
}

static int import_digest(void *userdata, const char *data, size_t n_bytes, char **ret_message) {
        Daemon *daemon = userdata;
        int r;

        r = knowledge_import(daemon->knowledge, &answers_present(daemon->answers)->situation,
                             daemon->feeds, data, n_bytes, ret_message);
        if (r)
                return r < 0 ? error_trace(r) : DAEMON_E_REFUSED;
        r = answers_make(daemon->answers);
        return r ? error_fold(r) : 0;
}

static int export_digest(void *userdata, char **ret, size_t *ret_n_bytes) {
        const Daemon *daemon = userdata;
        int r;

        r = knowledge_export(daemon->knowledge, ret, ret_n_bytes);
        if (r < 0)
                return error_trace(r);
        return r ? DAEMON_E_REFUSED : 0;
}

/* klpwatch-hostfacts has written anew, started by somebody else. */
static int on_host_facts(void *userdata) {
        Daemon *daemon = userdata;
        int r;

        r = host_look_came(daemon->look);
        if (r < 0)
                return error_trace(r);
        return r > 0 ? answers_request(daemon->answers) : 0;
}

/*
 * A Rescan also reads settings and digests again: whoever has just changed them asks for it. What
 * cannot be read or is refused leaves what was there.
 */
static int rescan(void *userdata) {
        Daemon *daemon = userdata;
        const char *refused = NULL;
        int r;

        r = knowledge_reread_settings(daemon->knowledge);
        if (r < 0)
                return error_trace(r);
        if (r)
                refused = "The settings cannot be read as a whole, so those in force stay; "
                          "the journal says which file";
        else if (daemon->feeds) {
                r = feeds_configure(daemon->feeds, &knowledge_settings(daemon->knowledge)->feeds);
                if (r)
                        return error_fold(r);
        }
        r = knowledge_reread_facts(daemon->knowledge, daemon->feeds);
        if (r < 0)
                return error_trace(r);
        if (r && !refused)
                refused = "A digest is refused, so what was held of it stays; the journal says "
                          "which";
        return answers_look(daemon->answers, refused);
}

static int acknowledge(void *userdata, AlertClass kind) {
        Daemon *daemon = userdata;
        int r;

        if (!alerts_acknowledge(daemon->alerts, kind))
                return 1;
        r = answers_make(daemon->answers);
        return r ? error_fold(r) : 0;
}

static int snooze(void *userdata, AlertClass kind, UtcTime until) {
        Daemon *daemon = userdata;
        int r;

        if (!alerts_snooze(daemon->alerts, kind, until))
                return 1;
        r = answers_make(daemon->answers);
        return r ? error_fold(r) : 0;
}

static int on_patch_failed(void *userdata, const char *patch, const char *reason) {
        Daemon *daemon = userdata;
        int r;

        r = alerts_add_failure(daemon->alerts, patch, reason, time_now(daemon));
        return r ? error_fold(r) : answers_request(daemon->answers);
}

static const HostFacts *last_scan(void *userdata) {
        const Daemon *daemon = userdata;
        const Assessment *present = answers_present(daemon->answers);

        return present ? present->input.host : NULL;
}

static bool is_looking(void *userdata) {
        const Daemon *daemon = userdata;

        return host_look_is_running(daemon->look);
}

static int assess_what_if(void *userdata, UtcTime time, Assessment **ret) {
        Daemon *daemon = userdata;

        return answers_what_if(daemon->answers, time, ret);
}

static int list_settings(void *userdata, MemoryPool *pool, SettingRow **ret, size_t *ret_n) {
        const Daemon *daemon = userdata;
        int r;

        r = settings_list(knowledge_settings(daemon->knowledge), pool, ret, ret_n);
        return r ? error_fold(r) : 0;
}

static int on_reload(_unused_ sd_event_source *source, _unused_ const struct signalfd_siginfo *info,
                     void *userdata) {
        service_notice_reloading();
        journal_log(LOG_INFO, "reading settings and digests again, and looking at the host anew");
        return rescan(userdata);
}

static int run(Daemon *daemon) {
        AnswersParts parts = {
                .loop = daemon->loop,
                .look = daemon->look,
                .knowledge = daemon->knowledge,
                .alerts = daemon->alerts,
                .feeds = daemon->feeds,
                .follow = daemon->follow,
                .audience = daemon->audience,
                .now = time_now,
                .now_is_fixed = daemon->options->at != UTC_TIME_NONE,
                .userdata = daemon,
        };
        int r;

        r = answers_new(&parts, &daemon->answers);
        if (r == 0)
                r = answers_begin(daemon->answers);
        if (r)
                return error_fold(r);
        r = sd_event_loop(daemon->loop);
        if (r < 0)
                return error_trace(r);
        if (daemon->audience)
                audience_leave(daemon->audience, r);
        return r > 0 ? DAEMON_E_REFUSED : 0;
}

/* Clients, and who else is told. 0, DAEMON_E_REFUSED or negative. */
static int open_audience(Daemon *daemon) {
        BusManagerOwner manager = { .assess_at = assess_what_if,
                                    .rescan = rescan,
                                    .is_looking = is_looking,
                                    .refresh = refresh,
                                    .refresh_problem = refresh_problem,
                                    .import = import_digest,
                                    .export = export_digest,
                                    .list_settings = list_settings,
                                    .acknowledge = acknowledge,
                                    .snooze = snooze,
                                    .now = time_now,
                                    .userdata = daemon };
        AudienceOwner owner = { .manager = &manager,
                                .network_is_back = on_network,
                                .userdata = daemon };
        int r;

        r = audience_new(daemon->loop, daemon->root, daemon->options->service, daemon->alerts,
                         &owner, &daemon->audience);
        if (r < 0)
                return error_trace(r);
        return r ? DAEMON_E_REFUSED : 0;
}

int daemon_serve(Daemon *daemon) {
        HostFollowOwner follow_owner = { .look = on_hint,
                                         .host_facts_came = on_host_facts,
                                         .host = last_scan,
                                         .patch_failed = on_patch_failed,
                                         .userdata = daemon };
        int r;

        r = sd_event_new(&daemon->loop);
        if (r >= 0)
                r = sd_event_set_watchdog(daemon->loop, true);
        if (r < 0)
                return error_origin(r);
        r = loop_signals_add(daemon->loop, on_reload, daemon);
        if (r == 0)
                r = host_follow_new(daemon->loop, daemon->root,
                                    daemon->options->service ? service_notice_take_kernel_log()
                                                             : -1,
                                    &follow_owner, &daemon->follow);
        if (r)
                return error_fold(r);
        r = open_audience(daemon);
        if (r)
                return r > 0 ? DAEMON_E_REFUSED : error_trace(r);
        return run(daemon);
}

int daemon_print_assessment(Daemon *daemon) {
        int r;

        r = sd_event_new(&daemon->loop);
        if (r < 0)
                return error_origin(r);
        return run(daemon);
}
