/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Calls in waiting. What they wait for takes seconds, and each of them holds memory meanwhile, so there is an end to
 * their number. It refuses to know what they wait for.
 */

#include <string.h>

#include "base/error.h"
#include "bus/bus-callers.h"
#include "bus/waiting-calls.h"

#define PAUSE_USEC ((uint64_t) 10 * 1000 * 1000) /* between two that one user asks for */

void waiting_calls_clear(WaitingCalls *waiting) {
        while (waiting->n_items > 0)
                waiting_calls_forget_last(waiting);
}

int waiting_calls_add(WaitingCalls *waiting, sd_bus_message *call, uid_t uid, const char *calls,
                      const char *wanted) {
        uint64_t wait;
        int r;

        if (waiting->n_items == WAITING_CALLS_MAX) {
                r = sd_bus_reply_method_errorf(call, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                               "Too many %s are waiting already", calls);
                return r < 0 ? error_origin(r) : WAITING_CALLS_E_REFUSED;
        }
        wait = bus_callers_take_turn(&waiting->limit, sd_bus_message_get_bus(call), uid,
                                     PAUSE_USEC);
        if (wait > 0) {
                r = sd_bus_reply_method_errorf(call, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                               "You asked for %s a moment ago; ask again in %u s",
                                               wanted, (unsigned) (wait / 1000000 + 1));
                return r < 0 ? error_origin(r) : WAITING_CALLS_E_REFUSED;
        }
        waiting->items[waiting->n_items++] = sd_bus_message_ref(call);
        return 0;
}

void waiting_calls_forget_last(WaitingCalls *waiting) {
        sd_bus_message_unref(waiting->items[--waiting->n_items]);
}

int waiting_calls_answer(WaitingCalls *waiting, size_t n,
                         void (*problem_of)(const void *userdata, sd_bus_message *call,
                                            sd_bus_error *ret),
                         const void *userdata) {
        int r = 0;

        for (size_t i = 0; i < n; i++) {
                sd_bus_error problem = SD_BUS_ERROR_NULL;
                sd_bus_message *call = waiting->items[i];
                int answered;

                problem_of(userdata, call, &problem);
                answered = sd_bus_error_is_set(&problem) ? sd_bus_reply_method_error(call, &problem)
                                                         : sd_bus_reply_method_return(call, NULL);
                if (answered < 0 && r == 0)
                        r = answered;
                sd_bus_error_free(&problem);
                sd_bus_message_unref(call);
        }
        waiting->n_items -= n;
        memmove(waiting->items, waiting->items + n, waiting->n_items * sizeof(*waiting->items));
        return r < 0 ? error_origin(r) : 0;
}
