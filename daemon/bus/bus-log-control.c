/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Log control. Everybody may read it. Setting is for root and the service's own user, decided here and
 * not by the bus's policy alone: a property is set through an interface that all may call.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "bus/bus-authorization.h"
#include "bus/bus-log-control.h"
#include "dbus/bus-names.h"

struct BusLogControl {
        sd_bus_slot *slot;
        const BusLogControlOwner *owner;
};

static int on_get(_unused_ sd_bus *bus, _unused_ const char *path, _unused_ const char *interface,
                  const char *property, sd_bus_message *reply, void *userdata,
                  _unused_ sd_bus_error *error) {
        const BusLogControl *control = userdata;
        const char *value = strcmp(property, "LogLevel") == 0    ? control->owner->level()
                            : strcmp(property, "LogTarget") == 0 ? control->owner->target()
                                                                 : control->owner->identifier;

        return sd_bus_message_append_basic(reply, 's', value);
}

static int on_set(sd_bus *bus, _unused_ const char *path, _unused_ const char *interface,
                  const char *property, sd_bus_message *value, void *userdata,
                  sd_bus_error *error) {
        const BusLogControl *control = userdata;
        const char *word;
        bool taken;
        uid_t uid;
        int r;

        r = bus_authorization_uid(sd_bus_get_current_message(bus), &uid);
        if (r < 0)
                return error_trace(r);
        if (!bus_authorization_trusts(uid))
                return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED,
                                        "Only root may change what is logged");
        r = sd_bus_message_read(value, "s", &word);
        if (r < 0)
                return r;
        taken = strcmp(property, "LogLevel") == 0 ? control->owner->set_level(word)
                                                  : control->owner->set_target(word);
        return taken ? 0
                     : sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "There is no %s '%.64s'",
                                         property, word);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_WRITABLE_PROPERTY("LogLevel", "s", on_get, on_set, 0, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_WRITABLE_PROPERTY("LogTarget", "s", on_get, on_set, 0, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("SyslogIdentifier", "s", on_get, 0, 0),
        SD_BUS_VTABLE_END,
};

int bus_log_control_new(sd_bus *bus, const BusLogControlOwner *owner, BusLogControl **ret) {
        _cleanup_(bus_log_control_freep) BusLogControl *control = NULL;
        int r;

        control = calloc(1, sizeof(*control));
        if (!control)
                return error_origin(-ENOMEM);
        control->owner = owner;
        r = sd_bus_add_object_vtable(bus, &control->slot, BUS_PATH_LOG_CONTROL,
                                     BUS_INTERFACE_LOG_CONTROL, vtable, control);
        if (r < 0)
                return error_origin(r);

        *ret = TAKE(control);
        return 0;
}

BusLogControl *bus_log_control_free(BusLogControl *control) {
        if (!control)
                return NULL;

        sd_bus_slot_unref(control->slot);
        free(control);
        return NULL;
}
