/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Alerts over the bus. What the daemon tells is passed on as it comes: it has decided already what is worth
 * telling, so nothing is concluded here.
 */

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "connection/daemon-alerts.h"
#include "connection/daemon-call.h"
#include "dbus/bus-names.h"

#define TEXT_BYTES 4096

static int new_call(DaemonConnection *connection, const char *id, const char *method, bool may_ask,
                    sd_bus_message **ret) {
        _cleanup_free_ char *path = NULL;
        int r;

        r = sd_bus_path_encode(BUS_PATH_ALERTS, id, &path);
        if (r < 0)
                return error_origin(r);
        r = daemon_call_new(connection, path, BUS_INTERFACE_ALERT, method, ret);
        if (r != 0)
                return r;
        r = sd_bus_message_set_allow_interactive_authorization(*ret, may_ask);
        return r < 0 ? error_origin(r) : 0;
}

int daemon_alerts_acknowledge(DaemonConnection *connection, const char *id, bool may_ask) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *answer = NULL;
        int r;

        r = new_call(connection, id, "Acknowledge", may_ask, &call);
        return r != 0 ? r : daemon_call_send(connection, call, &answer);
}

int daemon_alerts_snooze(DaemonConnection *connection, const char *id, uint64_t until_usec,
                         bool may_ask) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *answer = NULL;
        int r;

        r = new_call(connection, id, "Snooze", may_ask, &call);
        if (r != 0)
                return r;
        r = sd_bus_message_append_basic(call, 't', &until_usec);
        return r < 0 ? error_origin(r) : daemon_call_send(connection, call, &answer);
}

/* --- Following */

typedef struct Follower {
        DaemonAlertFunction on_alert;
        void *userdata;
        int result;
} Follower;

/* The texts among the values; all else is passed over. */
static int read_values(sd_bus_message *signal, MemoryPool *pool, DaemonAlert *ret) {
        struct {
                const char *key;
                const char **place;
        } texts[] = {
                { "Id", &ret->id },     { "News", &ret->news },     { "Level", &ret->level },
                { "Text", &ret->text }, { "Action", &ret->action },
        };
        const char *path;
        int r;

        r = sd_bus_message_read(signal, "o", &path);
        if (r >= 0)
                r = sd_bus_message_enter_container(signal, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(signal, 'e', "sv")) > 0) {
                const char **place = NULL, *key, *text;

                r = sd_bus_message_read_basic(signal, 's', &key);
                for (size_t i = 0; r >= 0 && i < ELEMENTS(texts); i++)
                        if (strcmp(texts[i].key, key) == 0)
                                place = texts[i].place;
                if (r >= 0 && place) {
                        r = sd_bus_message_read(signal, "v", "s", &text);
                        if (r >= 0)
                                *place = text_printable(pool, text, TEXT_BYTES);
                } else if (r >= 0)
                        r = sd_bus_message_skip(signal, "v");
                if (r >= 0)
                        r = sd_bus_message_exit_container(signal);
        }
        return r < 0 || !ret->id || !ret->news || !ret->level || !ret->text ? -EBADMSG : 0;
}

static int on_signal(sd_bus_message *signal, void *userdata, _unused_ sd_bus_error *error) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        Follower *follower = userdata;
        DaemonAlert alert = {};
        int r;

        r = memory_pool_new(&pool);
        if (r < 0) {
                follower->result = r;
                return 0;
        }
        /* What cannot be read is of a later version. */
        if (follower->result == 0 && read_values(signal, pool, &alert) == 0)
                follower->result = follower->on_alert(follower->userdata, &alert);
        return 0;
}

int daemon_alerts_follow(DaemonConnection *connection, int reader_fd,
                         int (*on_begin)(void *userdata), DaemonAlertFunction on_alert,
                         void *userdata) {
        static const char *const members[] = { "AlertRaised", "AlertCleared" };
        Follower follower = { .on_alert = on_alert, .userdata = userdata };
        sd_bus *bus;
        int r;

        r = daemon_call_connect(connection, &bus);
        if (r != 0)
                return r;
        for (size_t i = 0; i < ELEMENTS(members) && r >= 0; i++)
                r = sd_bus_match_signal(bus, NULL, BUS_NAME, BUS_PATH, BUS_INTERFACE_MANAGER,
                                        members[i], on_signal, &follower);
        if (r < 0)
                return daemon_call_no_bus(connection, -r);
        r = on_begin(userdata);
        if (r != 0)
                return r;
        while (follower.result == 0) {
                r = sd_bus_process(bus, NULL);
                if (r < 0)
                        return r == -ENOMEM ? error_origin(r) : daemon_call_no_bus(connection, -r);
                if (r > 0)
                        continue;
                r = daemon_call_wait(bus, reader_fd);
                if (r == DAEMON_CALL_E_NO_READER)
                        return 0;
                if (r < 0)
                        return error_trace(r);
        }
        return follower.result < 0 ? error_trace(follower.result) : 0;
}
