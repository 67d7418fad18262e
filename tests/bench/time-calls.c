/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Times two D-Bus calls against each other, in turn, over one connection, and prints the medians of
 * all rounds in nanoseconds: "A B".
 *
 *   time-calls N_ROUNDS N_CALLS NAME PATH INTERFACE MEMBER ARGUMENT NAME PATH INTERFACE MEMBER ARGUMENT
 *
 * ARGUMENT is one text, or "-" for none.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "rounds.h"

typedef struct Call {
        char *const *words; /* name, path, interface, member, argument */
        uint64_t *rounds;   /* the median of each round */
} Call;

static int call_once(sd_bus *bus, const Call *call) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        const char *argument = call->words[4];
        bool with = strcmp(argument, "-") != 0;
        int r;

        r = sd_bus_call_method(bus, call->words[0], call->words[1], call->words[2], call->words[3],
                               &error, &reply, with ? "s" : NULL, argument);
        if (r < 0)
                fprintf(stderr, "%s: %s\n", call->words[3],
                        error.message ? error.message : strerror(-r));
        sd_bus_message_unref(reply);
        sd_bus_error_free(&error);
        return r;
}

static int time_round(sd_bus *bus, const Call *call, uint64_t *samples, size_t n, size_t round) {
        for (size_t i = 0; i < n; i++) {
                uint64_t begin = now_nsec();
                int r;

                r = call_once(bus, call);
                if (r < 0)
                        return r;
                samples[i] = now_nsec() - begin;
        }
        call->rounds[round] = median(samples, n);
        return 0;
}

int main(int argc, char *argv[]) {
        size_t n_rounds, n_calls;
        uint64_t *samples;
        Call calls[2] = {};
        sd_bus *bus = NULL;
        int r;

        if (argc != 13)
                return 2;
        n_rounds = strtoul(argv[1], NULL, 10);
        n_calls = strtoul(argv[2], NULL, 10);
        samples = calloc(n_calls, sizeof(*samples));
        for (size_t i = 0; i < 2; i++) {
                calls[i].words = argv + 3 + 5 * i;
                calls[i].rounds = calloc(n_rounds, sizeof(uint64_t));
        }
        if (!samples || !calls[0].rounds || !calls[1].rounds)
                return 1;

        r = sd_bus_open_system(&bus);
        for (size_t i = 0; i < 2 && r >= 0; i++)
                r = call_once(bus, &calls[i]);
        for (size_t round = 0; round < n_rounds && r >= 0; round++)
                for (size_t i = 0; i < 2 && r >= 0; i++)
                        r = time_round(bus, &calls[(round + i) % 2], samples, n_calls, round);
        sd_bus_flush_close_unref(bus);
        if (r < 0)
                return 1;
        printf("%llu %llu\n", (unsigned long long) median(calls[0].rounds, n_rounds),
               (unsigned long long) median(calls[1].rounds, n_rounds));
        return 0;
}
