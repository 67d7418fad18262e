/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Rescan() calls and the looks that answer them. A call is answered by a look that began after it
 * came, because what the caller has just changed may be missed by the one that runs; all calls that
 * came during a look share the next. It refuses to look at anything itself, and to let an ordinary
 * user have looks made one after the other.
 */

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "bus/bus-rescan.h"
#include "bus/waiting-calls.h"
#include "dbus/bus-names.h"

struct BusRescan {
        BusAuthorization *authorization; /* borrowed */
        BusRescanOwner owner;
        WaitingCalls waiting;
        size_t n_served; /* of them: those that came before the look that runs began */
};

static int allowed(void *userdata, sd_bus_message *call, uid_t uid) {
        BusRescan *rescan = userdata;
        int r;

        r = waiting_calls_add(&rescan->waiting, call, uid, "rescans", "a look at this host");
        if (r)
                return r < 0 ? error_trace(r) : 0;
        /* What it is to see may be newer than the look that runs, whoever began that: it gets the next. */
        if (rescan->waiting.n_items > 1 || rescan->owner.is_looking(rescan->owner.userdata))
                return 0;
        rescan->n_served = 1;
        r = rescan->owner.rescan(rescan->owner.userdata);
        if (r) {
                rescan->n_served = 0;
                waiting_calls_forget_last(&rescan->waiting);
                return error_fold(r);
        }
        return 0;
}

int bus_rescan_ask(BusRescan *rescan, sd_bus_message *call, sd_bus_error *error) {
        return bus_authorization_check(rescan->authorization, call, BUS_ACTION_RESCAN, allowed,
                                       rescan, error);
}

/* All of them hear the same of the look. */
static void set_problem(const void *userdata, _unused_ sd_bus_message *call, sd_bus_error *ret) {
        const char *problem = userdata;

        if (problem)
                sd_bus_error_set(ret, BUS_ERROR_RESCAN_FAILED, problem);
}

int bus_rescan_done(BusRescan *rescan, const char *problem) {
        int r;

        r = waiting_calls_answer(&rescan->waiting, rescan->n_served, set_problem, problem);
        rescan->n_served = rescan->waiting.n_items;
        if (r)
                return error_fold(r);
        if (rescan->n_served == 0)
                return 0;
        r = rescan->owner.rescan(rescan->owner.userdata);
        return r ? error_fold(r) : 0;
}

int bus_rescan_new(BusAuthorization *authorization, const BusRescanOwner *owner, BusRescan **ret) {
        BusRescan *rescan;

        rescan = calloc(1, sizeof(*rescan));
        if (!rescan)
                return error_origin(-ENOMEM);
        rescan->authorization = authorization;
        rescan->owner = *owner;

        *ret = rescan;
        return 0;
}

BusRescan *bus_rescan_free(BusRescan *rescan) {
        if (!rescan)
                return NULL;

        waiting_calls_clear(&rescan->waiting);
        free(rescan);
        return NULL;
}
