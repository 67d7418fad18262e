/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the two say is documented by them: NetworkManager's StateChanged with NM_STATE_CONNECTED_GLOBAL, and
 * systemd-networkd's property OnlineState (org.freedesktop.network1(5)).
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "bus/bus-network.h"

#define NM_STATE_CONNECTED_GLOBAL 70
#define NETWORKD_MANAGER "org.freedesktop.network1.Manager"

struct BusNetwork {
        int (*on_back)(void *userdata);
        void *userdata;
        sd_bus_slot *network_manager, *networkd;
};

static int on_network_manager(sd_bus_message *signal, void *userdata,
                              _unused_ sd_bus_error *error) {
        BusNetwork *network = userdata;
        uint32_t state;

        if (sd_bus_message_read(signal, "u", &state) <= 0 || state != NM_STATE_CONNECTED_GLOBAL)
                return 0;
        return network->on_back(network->userdata);
}

/* Of the properties that changed, the one that is of interest; NULL when it is not among them. */
static const char *online_state(sd_bus_message *signal) {
        const char *interface, *name, *value = NULL;

        if (sd_bus_message_read(signal, "s", &interface) <= 0 ||
            strcmp(interface, NETWORKD_MANAGER) != 0 ||
            sd_bus_message_enter_container(signal, 'a', "{sv}") <= 0)
                return NULL;
        while (!value && sd_bus_message_enter_container(signal, 'e', "sv") > 0) {
                if (sd_bus_message_read(signal, "s", &name) <= 0)
                        return NULL;
                if (strcmp(name, "OnlineState") == 0)
                        return sd_bus_message_read(signal, "v", "s", &value) > 0 ? value : NULL;
                if (sd_bus_message_skip(signal, "v") < 0 ||
                    sd_bus_message_exit_container(signal) < 0)
                        return NULL;
        }
        return NULL;
}

static int on_networkd(sd_bus_message *signal, void *userdata, _unused_ sd_bus_error *error) {
        BusNetwork *network = userdata;
        const char *state = online_state(signal);

        return state && strcmp(state, "online") == 0 ? network->on_back(network->userdata) : 0;
}

int bus_network_new(sd_bus *bus, int (*on_back)(void *userdata), void *userdata, BusNetwork **ret) {
        _cleanup_(bus_network_freep) BusNetwork *network = NULL;
        int r;

        network = calloc(1, sizeof(*network));
        if (!network)
                return error_origin(-ENOMEM);
        network->on_back = on_back;
        network->userdata = userdata;
        r = sd_bus_match_signal_async(
                        bus, &network->network_manager, "org.freedesktop.NetworkManager",
                        "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager",
                        "StateChanged", on_network_manager, NULL, network);
        if (r >= 0)
                r = sd_bus_match_signal_async(bus, &network->networkd, "org.freedesktop.network1",
                                              "/org/freedesktop/network1",
                                              "org.freedesktop.DBus.Properties",
                                              "PropertiesChanged", on_networkd, NULL, network);
        if (r < 0)
                return error_origin(r);

        *ret = TAKE(network);
        return 0;
}

BusNetwork *bus_network_free(BusNetwork *network) {
        if (!network)
                return NULL;

        sd_bus_slot_unref(network->networkd);
        sd_bus_slot_unref(network->network_manager);
        free(network);
        return NULL;
}
