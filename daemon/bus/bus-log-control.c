/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Log control. Everybody may read it. Setting is for root and the service's own user, decided here and
 * not by the bus's policy alone: a property is set through an interface that all may call. sd-bus wants a
 * setter's answer at once, and who calls is only known a moment later; so the call is taken before
 * sd-bus looks at it.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "bus/bus-log-control.h"
#include "dbus/bus-names.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define WORD_BYTES 64

struct BusLogControl {
        sd_bus_slot *slot, *set_slot;
        BusCallers *callers;
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

/* A property to be set, as soon as it is known who wants it; both replies are ready. */
typedef struct WantedValue {
        const BusLogControl *control;
        sd_bus_message *done, *refusal, *mistake;
        bool is_level;
        char word[WORD_BYTES];
} WantedValue;

static void wanted_value_free(void *userdata) {
        WantedValue *wanted = userdata;

        sd_bus_message_unref(wanted->done);
        sd_bus_message_unref(wanted->refusal);
        sd_bus_message_unref(wanted->mistake);
        free(wanted);
}

static void wanted_value_freep(WantedValue **wanted) {
        if (*wanted)
                wanted_value_free(*wanted);
}

static int on_caller_known(void *userdata, uid_t uid) {
        _cleanup_(wanted_value_freep) WantedValue *wanted = userdata;
        const BusLogControlOwner *owner = wanted->control->owner;
        sd_bus_message *reply = wanted->refusal;
        int r;

        if (bus_callers_trusted(uid)) {
                bool taken = wanted->is_level ? owner->set_level(wanted->word)
                                              : owner->set_target(wanted->word);

                reply = taken ? wanted->done : wanted->mistake;
        }
        r = sd_bus_send(NULL, reply, NULL);
        return r == -ENOMEM ? error_origin(r) : 0;
}

/* 0 when the call is none of ours to set, which sd-bus then answers. */
static int read_wanted(sd_bus_message *call, WantedValue *ret) {
        const char *interface, *property, *word;
        int r;

        if (!sd_bus_message_is_method_call(call, PROPERTIES, "Set") ||
            !sd_bus_message_has_signature(call, "ssv"))
                return 0;
        r = sd_bus_message_read(call, "ss", &interface, &property);
        if (r < 0)
                return r;
        ret->is_level = strcmp(property, "LogLevel") == 0;
        if (strcmp(interface, BUS_INTERFACE_LOG_CONTROL) != 0 ||
            (!ret->is_level && strcmp(property, "LogTarget") != 0))
                return 0;
        r = sd_bus_message_read(call, "v", "s", &word);
        if (r == -ENXIO) /* not a text */
                return 0;
        if (r < 0)
                return r;
        snprintf(ret->word, sizeof(ret->word), "%s", word);
        return 1;
}

static int on_call(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        _cleanup_(wanted_value_freep) WantedValue *wanted = NULL;
        const BusLogControl *control = userdata;
        int r;

        wanted = calloc(1, sizeof(*wanted));
        if (!wanted)
                return error_origin(-ENOMEM);
        wanted->control = control;
        r = read_wanted(call, wanted);
        if (r <= 0) {
                if (r == 0)
                        r = sd_bus_message_rewind(call, true);
                return r < 0 ? r : 0;
        }
        r = sd_bus_message_new_method_return(call, &wanted->done);
        if (r >= 0)
                r = sd_bus_message_new_method_errorf(call, &wanted->refusal,
                                                     SD_BUS_ERROR_ACCESS_DENIED,
                                                     "Only root may change what is logged");
        if (r >= 0)
                r = sd_bus_message_new_method_errorf(
                                call, &wanted->mistake, SD_BUS_ERROR_INVALID_ARGS,
                                "There is no %s '%s'", wanted->is_level ? "LogLevel" : "LogTarget",
                                wanted->word);
        if (r < 0)
                return error_origin(r);
        r = bus_callers_ask(control->callers, call, on_caller_known, wanted_value_free, wanted);
        if (r == BUS_CALLERS_E_FULL)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many calls wait already; ask again in a moment");
        (void) TAKE(wanted);
        return r < 0 ? error_trace(r) : 1;
}

/* Never called: on_call() takes these calls before sd-bus comes to it. */
static int on_set(_unused_ sd_bus *bus, _unused_ const char *path, _unused_ const char *interface,
                  _unused_ const char *property, _unused_ sd_bus_message *value,
                  _unused_ void *userdata, sd_bus_error *error) {
        return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "Only root may change what is logged");
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_WRITABLE_PROPERTY("LogLevel", "s", on_get, on_set, 0, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_WRITABLE_PROPERTY("LogTarget", "s", on_get, on_set, 0, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("SyslogIdentifier", "s", on_get, 0, 0),
        SD_BUS_VTABLE_END,
};

int bus_log_control_new(sd_bus *bus, BusCallers *callers, const BusLogControlOwner *owner,
                        BusLogControl **ret) {
        _cleanup_(bus_log_control_freep) BusLogControl *control = NULL;
        int r;

        control = calloc(1, sizeof(*control));
        if (!control)
                return error_origin(-ENOMEM);
        control->callers = callers;
        control->owner = owner;
        r = sd_bus_add_object(bus, &control->set_slot, BUS_PATH_LOG_CONTROL, on_call, control);
        if (r < 0)
                return error_origin(r);
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

        sd_bus_slot_unref(control->set_slot);
        sd_bus_slot_unref(control->slot);
        free(control);
        return NULL;
}
