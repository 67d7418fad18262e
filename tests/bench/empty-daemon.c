/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The reference of the bus benches: the least that an sd-bus service can be. It takes a name, answers
 * one method with a constant text of the length it was told, and shows as many constant properties of
 * each type as it was told. What klpwatchd needs beyond this is what klpwatchd costs.
 *
 *   empty-daemon NAME N_TEXT_BYTES N_TEXTS N_TIMES N_NUMBERS
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#define PROPERTIES_MAX 64
#define NAME_BYTES 16

static const char *const constant = "covered";

static int on_constant(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        (void) error;
        return sd_bus_reply_method_return(call, "s", (const char *) userdata);
}

static int on_get(sd_bus *bus, const char *path, const char *interface, const char *property,
                  sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        uint64_t time = 1714435200000000;
        uint32_t number = 7;

        (void) bus, (void) path, (void) interface, (void) userdata, (void) error;
        if (property[0] == 's')
                return sd_bus_message_append_basic(reply, 's', constant);
        return property[0] == 't' ? sd_bus_message_append_basic(reply, 't', &time)
                                  : sd_bus_message_append_basic(reply, 'u', &number);
}

static size_t add_properties(sd_bus_vtable *vtable, size_t n, char names[][NAME_BYTES],
                             const char *type, unsigned wanted) {
        for (unsigned i = 0; i < wanted && n < PROPERTIES_MAX; i++) {
                snprintf(names[n], NAME_BYTES, "%s%u", type, i);
                vtable[n + 2] = (sd_bus_vtable) SD_BUS_PROPERTY(
                                names[n], type, on_get, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE);
                n++;
        }
        return n;
}

int main(int argc, char *argv[]) {
        static char names[PROPERTIES_MAX][NAME_BYTES];
        sd_bus_vtable vtable[PROPERTIES_MAX + 3] = {
                SD_BUS_VTABLE_START(0),
                SD_BUS_METHOD_WITH_ARGS("Constant", SD_BUS_NO_ARGS, SD_BUS_RESULT("s", text),
                                        on_constant, SD_BUS_VTABLE_UNPRIVILEGED),
        };
        sd_event *loop = NULL;
        sd_bus *bus = NULL;
        size_t n_bytes, n = 0;
        char *text;
        int r;

        if (argc != 6)
                return 2;
        n_bytes = strtoul(argv[2], NULL, 10);
        text = malloc(n_bytes + 1);
        if (!text)
                return 1;
        memset(text, 'x', n_bytes);
        text[n_bytes] = '\0';
        n = add_properties(vtable, n, names, "s", (unsigned) atoi(argv[3]));
        n = add_properties(vtable, n, names, "t", (unsigned) atoi(argv[4]));
        n = add_properties(vtable, n, names, "u", (unsigned) atoi(argv[5]));
        vtable[n + 2] = (sd_bus_vtable) SD_BUS_VTABLE_END;

        r = sd_event_new(&loop);
        if (r >= 0)
                r = sd_bus_open_system(&bus);
        if (r >= 0)
                r = sd_bus_set_exit_on_disconnect(bus, true);
        if (r >= 0)
                r = sd_bus_attach_event(bus, loop, 0);
        if (r >= 0)
                r = sd_bus_add_object_vtable(bus, NULL, "/empty", "org.klpwatch.Empty", vtable,
                                             text);
        if (r >= 0)
                r = sd_bus_request_name(bus, argv[1], 0);
        if (r >= 0)
                r = sd_event_loop(loop);
        sd_bus_flush_close_unref(bus);
        sd_event_unref(loop);
        free(text);
        return r < 0 ? 1 : 0;
}
