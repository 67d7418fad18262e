/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The notifier. A signal of the daemon's is taken for a hint only: all alerts are read anew and handed to the book,
 * which says what is to be shown. So it does not matter which of the three, daemon, notification server or this program,
 * starts, ends or comes back first. It waits on descriptors and one timer and looks at nothing in between. While the
 * daemon is away, what stands on the screen is left there: nothing says that it is over.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "connection/alert-list.h"
#include "dbus/bus-names.h"
#include "notifier/details.h"
#include "notifier/notice-book.h"
#include "notifier/notification-server.h"
#include "notifier/notifier.h"

#define SNOOZE_DAYS 7
/* As long as somebody types a password. */
#define PASSWORD_USEC (5 * 60 * UINT64_C(1000000))
#define TIMER_ACCURACY_USEC (10 * UINT64_C(1000000))

struct Notifier {
        sd_event *loop;
        sd_bus *system;
        UtcTime (*now)(void);
        NoticeBook *book;
        NotificationServer *server;
        bool has_server;
        sd_event_source *look, *timer;
        bool hinted; /* the alerts may have changed since the last look */
        sd_bus_slot *signals, *owners;
        MemoryPool *raised_pool; /* of the paths that were announced since the last look */
        TextList raised;
};

static uint64_t boot_now(const Notifier *notifier) {
        uint64_t now = 0;

        /* Fails only for a loop that was never run, or a clock that is not there. */
        if (sd_event_now(notifier->loop, CLOCK_BOOTTIME, &now) < 0)
                return 0;
        return now;
}

static void look_soon(Notifier *notifier, bool hinted) {
        notifier->hinted = notifier->hinted || hinted;
        sd_event_source_set_enabled(notifier->look, SD_EVENT_ONESHOT);
}

static NoticeLevel level_of(const char *word) {
        return !word                           ? NOTICE_LEVEL_INFO
               : strcmp(word, "critical") == 0 ? NOTICE_LEVEL_CRITICAL
               : strcmp(word, "warning") == 0  ? NOTICE_LEVEL_WARNING
                                               : NOTICE_LEVEL_INFO;
}

static bool is_open(const Notifier *notifier, const AlertItem *item) {
        UtcTime snoozed = bus_row_time(&item->values, "SnoozedUntil");

        return !bus_row_flag(&item->values, "Acknowledged") &&
               bus_row_text(&item->values, "Text") &&
               (snoozed == UTC_TIME_NONE || snoozed <= notifier->now());
}

static int update_book(Notifier *notifier, MemoryPool *pool, const AlertList *list) {
        NoticeAlert *alerts = NULL;
        size_t n_alerts = 0;

        for (size_t i = 0; i < list->n_items; i++) {
                const AlertItem *item = &list->items[i];
                const char *action = bus_row_text(&item->values, "Action");
                NoticeAlert *slot;

                if (!is_open(notifier, item))
                        continue;
                slot = memory_pool_append(pool, alerts, n_alerts);
                if (!slot)
                        return error_origin(-ENOMEM);
                *slot = (NoticeAlert){
                        .id = item->path,
                        .level = level_of(bus_row_text(&item->values, "Level")),
                        .text = bus_row_text(&item->values, "Text"),
                        .action = action ? action : "",
                        .again = text_list_has(&notifier->raised, item->path),
                };
        }
        return notice_book_update(notifier->book, alerts, n_alerts, boot_now(notifier));
}

/* 0 also without an answer: then nothing has changed as far as anybody knows. */
static int read_alerts(Notifier *notifier) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        AlertList list;
        int r;

        r = memory_pool_new(&pool);
        if (r < 0)
                return error_trace(r);
        r = alert_list_read(notifier->system, pool, &list);
        if (r == 0) {
                r = update_book(notifier, pool, &list);
                notifier->raised_pool = memory_pool_free(notifier->raised_pool);
                notifier->raised = (TextList){};
        }
        return r < 0 ? error_trace(r) : 0;
}

static int do_step(Notifier *notifier, const NoticeStep *step) {
        uint32_t number;
        int r;

        if (step->kind == NOTICE_STEP_WITHDRAW) {
                r = notification_server_withdraw(notifier->server, step->notification);
                if (r == 0)
                        notice_book_closed(notifier->book, step->notification);
                return r;
        }
        r = notification_server_show(notifier->server, step->notification, &step->alert, &number);
        if (r == 0)
                notice_book_shown(notifier->book, step->alert.id, number, boot_now(notifier));
        return r;
}

static int do_steps(Notifier *notifier) {
        NoticeStep step;
        int r = 0;

        while (r == 0 && (step = notice_book_step(notifier->book, boot_now(notifier))).kind !=
                                         NOTICE_STEP_NONE)
                r = do_step(notifier, &step);
        if (r < 0)
                return error_trace(r);
        notifier->has_server = r == 0;
        return 0;
}

static int set_timer(Notifier *notifier) {
        uint64_t next = notifier->has_server ? notice_book_next(notifier->book, boot_now(notifier))
                                             : NOTICE_NEVER;
        int r;

        if (next == NOTICE_NEVER)
                r = sd_event_source_set_enabled(notifier->timer, SD_EVENT_OFF);
        else {
                r = sd_event_source_set_time(notifier->timer, next);
                if (r >= 0)
                        r = sd_event_source_set_enabled(notifier->timer, SD_EVENT_ONESHOT);
        }
        return r < 0 ? error_origin(r) : 0;
}

/* However many hints there were in one turn. */
static int on_look(_unused_ sd_event_source *source, void *userdata) {
        Notifier *notifier = userdata;
        int r = 0;

        if (notifier->hinted) {
                r = read_alerts(notifier);
                /* A server that refused may have been started or have changed its mind. */
                notifier->has_server = true;
        }
        notifier->hinted = false;
        if (r == 0 && notifier->has_server)
                r = do_steps(notifier);
        if (r == 0)
                r = set_timer(notifier);
        return r < 0 ? sd_event_exit(notifier->loop, r) : 0;
}

static int on_timer(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        look_soon(userdata, false);
        return 0;
}

static int on_daemon(sd_bus_message *signal, void *userdata, _unused_ sd_bus_error *error) {
        Notifier *notifier = userdata;
        const char *path;

        if (sd_bus_message_is_signal(signal, BUS_INTERFACE_MANAGER, "AlertRaised") > 0 &&
            sd_bus_message_read(signal, "o", &path) > 0) {
                if (!notifier->raised_pool && memory_pool_new(&notifier->raised_pool) < 0)
                        return sd_event_exit(notifier->loop, -ENOMEM);
                text_list_add(&notifier->raised, notifier->raised_pool,
                              memory_pool_text(notifier->raised_pool, path));
        }
        look_soon(notifier, true);
        return 0;
}

static int on_daemon_owner(sd_bus_message *signal, void *userdata, _unused_ sd_bus_error *error) {
        const char *name, *before, *after;

        if (sd_bus_message_read(signal, "sss", &name, &before, &after) > 0 && after[0] != '\0')
                look_soon(userdata, true);
        return 0;
}

static void on_server(void *userdata, bool present) {
        Notifier *notifier = userdata;

        notice_book_lost(notifier->book);
        notifier->has_server = present;
        look_soon(notifier, false);
}

static void on_closed(void *userdata, uint32_t notification) {
        Notifier *notifier = userdata;

        notice_book_closed(notifier->book, notification);
}

static int on_snoozed(sd_bus_message *reply, _unused_ void *userdata,
                      _unused_ sd_bus_error *error) {
        const sd_bus_error *problem = sd_bus_message_get_error(reply);

        if (problem)
                fprintf(stderr,
                        "klpwatch-notifier: the alert is snoozed on this desktop only: klpwatchd "
                        "says: %s\n",
                        problem->message ? problem->message : problem->name);
        return 0;
}

/* At the daemon, for everybody, where that is allowed; here in any case. */
static void snooze(Notifier *notifier, const char *path) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        UtcTime until = notifier->now() + SNOOZE_DAYS * USEC_PER_DAY;
        int r;

        r = sd_bus_message_new_method_call(notifier->system, &call, BUS_NAME, path,
                                           BUS_INTERFACE_ALERT, "Snooze");
        if (r >= 0)
                r = sd_bus_message_append(call, "t", (uint64_t) until);
        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, 0);
        if (r >= 0)
                r = sd_bus_message_set_allow_interactive_authorization(call, 1);
        if (r >= 0)
                r = sd_bus_call_async(notifier->system, NULL, call, on_snoozed, NULL,
                                      PASSWORD_USEC);
        if (r < 0)
                fprintf(stderr, "klpwatch-notifier: klpwatchd cannot be asked to snooze: %s\n",
                        strerror(-r));
        notice_book_mute(notifier->book, path,
                         boot_now(notifier) + SNOOZE_DAYS * (uint64_t) USEC_PER_DAY);
        look_soon(notifier, false);
}

static void on_action(void *userdata, uint32_t notification, const char *action) {
        Notifier *notifier = userdata;
        const char *path = notice_book_find(notifier->book, notification);

        /* The signals of other programs' notifications come by here too. */
        if (!path)
                return;
        if (strcmp(action, NOTIFICATION_ACTION_SNOOZE) == 0)
                snooze(notifier, path);
        else if (strcmp(action, NOTIFICATION_ACTION_DETAILS) == 0 &&
                 details_open(notifier->system) != 0)
                fputs("klpwatch-notifier: neither Cockpit's page nor a terminal is here; klpctl "
                      "status has the "
                      "details\n",
                      stderr);
}

static int add_sources(Notifier *notifier) {
        int r;

        r = sd_event_add_defer(notifier->loop, &notifier->look, on_look, notifier);
        if (r >= 0)
                r = sd_event_source_set_description(notifier->look, "look");
        /* Behind all that comes from the buses: what is known at the end of a turn counts. */
        if (r >= 0)
                r = sd_event_source_set_priority(notifier->look, SD_EVENT_PRIORITY_IDLE);
        if (r >= 0)
                r = sd_event_add_time(notifier->loop, &notifier->timer, CLOCK_BOOTTIME,
                                      NOTICE_NEVER - 1, TIMER_ACCURACY_USEC, on_timer, notifier);
        if (r >= 0)
                r = sd_event_source_set_description(notifier->timer, "next notice");
        if (r >= 0)
                r = sd_event_source_set_enabled(notifier->timer, SD_EVENT_OFF);
        return r;
}

static int add_matches(Notifier *notifier) {
        int r;

        r = sd_bus_add_match(notifier->system, &notifier->signals,
                             "type='signal',sender='" BUS_NAME "',path_namespace='" BUS_PATH "'",
                             on_daemon, notifier);
        if (r >= 0)
                r = sd_bus_add_match(notifier->system, &notifier->owners,
                                     "type='signal',sender='org.freedesktop.DBus',"
                                     "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
                                     "arg0='" BUS_NAME "'",
                                     on_daemon_owner, notifier);
        return r;
}

int notifier_new(sd_event *loop, sd_bus *system, sd_bus *session, UtcTime (*now)(void),
                 Notifier **ret) {
        _cleanup_(notifier_freep) Notifier *notifier = calloc(1, sizeof(*notifier));
        int r;

        if (!notifier)
                return error_origin(-ENOMEM);
        *notifier = (Notifier){
                .loop = loop, .system = system, .now = now, .has_server = true, .hinted = true
        };

        r = notice_book_new(&notifier->book);
        if (r < 0)
                return error_trace(r);
        r = add_sources(notifier);
        if (r >= 0)
                r = add_matches(notifier);
        if (r < 0)
                return error_origin(r);
        r = notification_server_new(
                        session,
                        &(NotificationServerEvents){ on_action, on_closed, on_server, notifier },
                        &notifier->server);
        if (r < 0)
                return error_trace(r);
        *ret = TAKE(notifier);
        return 0;
}

Notifier *notifier_free(Notifier *notifier) {
        if (!notifier)
                return NULL;

        notification_server_free(notifier->server);
        sd_bus_slot_unref(notifier->signals);
        sd_bus_slot_unref(notifier->owners);
        sd_event_source_disable_unref(notifier->look);
        sd_event_source_disable_unref(notifier->timer);
        memory_pool_free(notifier->raised_pool);
        notice_book_free(notifier->book);
        free(notifier);
        return NULL;
}
