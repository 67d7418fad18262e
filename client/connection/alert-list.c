/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The alert objects among all that the daemon has. One call gives all of them at one moment, so nobody has to
 * put a list together from signals that may have been missed. Whoever only listens does not start a daemon
 * that an administrator stopped.
 */

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "connection/alert-list.h"
#include "connection/row-message.h"
#include "dbus/bus-names.h"

/* One a{sa{sv}}: the object's interfaces. */
static int read_object(sd_bus_message *reply, MemoryPool *pool, const char *path, AlertList *list) {
        const char *interface;
        int r;

        r = sd_bus_message_enter_container(reply, 'a', "{sa{sv}}");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sa{sv}")) > 0) {
                AlertItem *item = NULL;

                r = sd_bus_message_read_basic(reply, 's', &interface);
                if (r >= 0 && strcmp(interface, BUS_INTERFACE_ALERT) == 0) {
                        item = memory_pool_append(pool, list->items, list->n_items);
                        if (!item)
                                return -ENOMEM;
                        item->path = memory_pool_text(pool, path);
                        if (row_message_read(reply, pool, &item->values) != 0)
                                return -EBADMSG;
                } else if (r >= 0)
                        r = sd_bus_message_skip(reply, "a{sv}");
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int read_all(sd_bus_message *reply, MemoryPool *pool, AlertList *list) {
        const char *path;
        int r;

        r = sd_bus_message_enter_container(reply, 'a', "{oa{sa{sv}}}");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "oa{sa{sv}}")) > 0) {
                r = sd_bus_message_read_basic(reply, 'o', &path);
                if (r >= 0)
                        r = read_object(reply, pool, path, list);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return r;
}

int alert_list_read(sd_bus *bus, MemoryPool *pool, AlertList *ret) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        AlertList list = {};
        int r;

        r = sd_bus_message_new_method_call(bus, &call, BUS_NAME, BUS_PATH,
                                           "org.freedesktop.DBus.ObjectManager",
                                           "GetManagedObjects");
        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, 0);
        if (r >= 0)
                r = sd_bus_call(bus, call, 0, &error, &reply);
        if (r < 0) {
                bool no_daemon = sd_bus_error_has_names(
                                &error, "org.freedesktop.DBus.Error.ServiceUnknown",
                                "org.freedesktop.DBus.Error.NameHasNoOwner");

                sd_bus_error_free(&error);
                if (r == -ENOMEM)
                        return error_origin(r);
                return no_daemon ? ALERT_LIST_E_NO_DAEMON : ALERT_LIST_E_FAILED;
        }

        r = read_all(reply, pool, &list);
        if (r == -ENOMEM || memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        if (r < 0)
                return ALERT_LIST_E_FAILED;
        *ret = list;
        return 0;
}
