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
#include <string.h>

#include "base/error.h"
#include "bus/bus-callers.h"
#include "bus/bus-rescan.h"
#include "bus/caller-limit.h"
#include "dbus/bus-names.h"

#define MAX_WAITING 64
#define PAUSE_USEC ((uint64_t) 10 * 1000 * 1000) /* between two looks that one user asks for */

struct BusRescan {
        sd_bus *bus;
        BusAuthorization *authorization; /* borrowed */
        BusRescanOwner owner;
        CallerLimit limit;
        sd_bus_message *waiting[MAX_WAITING]; /* calls to be answered */
        size_t n_waiting;
        size_t n_served; /* of them: those that came before the look that runs began */
};

static int allowed(void *userdata, sd_bus_message *call, uid_t uid) {
        BusRescan *rescan = userdata;
        uint64_t wait;
        int r;

        if (rescan->n_waiting == MAX_WAITING)
                return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                                  "Too many rescans are waiting already");
        wait = bus_callers_take_turn(&rescan->limit, rescan->bus, uid, PAUSE_USEC);
        if (wait > 0)
                return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                                  "You asked for a look at this host a moment "
                                                  "ago; ask again in %u s",
                                                  (unsigned) (wait / 1000000 + 1));

        rescan->waiting[rescan->n_waiting++] = sd_bus_message_ref(call);
        /* What it is to see may be newer than the look that runs, whoever began that: it gets the next. */
        if (rescan->n_waiting > 1 || rescan->owner.is_looking(rescan->owner.userdata))
                return 0;
        rescan->n_served = 1;
        r = rescan->owner.rescan(rescan->owner.userdata);
        if (r) {
                rescan->n_served = 0;
                rescan->waiting[--rescan->n_waiting] = sd_bus_message_unref(call);
                return error_fold(r);
        }
        return 0;
}

int bus_rescan_ask(BusRescan *rescan, sd_bus_message *call, sd_bus_error *error) {
        return bus_authorization_check(rescan->authorization, call, BUS_ACTION_RESCAN, allowed,
                                       rescan, error);
}

int bus_rescan_done(BusRescan *rescan, const char *problem) {
        int r = 0;

        for (size_t i = 0; i < rescan->n_served; i++) {
                sd_bus_message *call = rescan->waiting[i];
                int answered;

                answered = problem ? sd_bus_reply_method_errorf(call, BUS_ERROR_RESCAN_FAILED, "%s",
                                                                problem)
                                   : sd_bus_reply_method_return(call, NULL);
                if (answered < 0 && r == 0)
                        r = answered;
                sd_bus_message_unref(call);
        }
        rescan->n_waiting -= rescan->n_served;
        memmove(rescan->waiting, rescan->waiting + rescan->n_served,
                rescan->n_waiting * sizeof(*rescan->waiting));
        rescan->n_served = rescan->n_waiting;
        if (r < 0)
                return error_origin(r);
        if (rescan->n_served == 0)
                return 0;
        r = rescan->owner.rescan(rescan->owner.userdata);
        return r ? error_fold(r) : 0;
}

int bus_rescan_new(sd_bus *bus, BusAuthorization *authorization, const BusRescanOwner *owner,
                   BusRescan **ret) {
        BusRescan *rescan;

        rescan = calloc(1, sizeof(*rescan));
        if (!rescan)
                return error_origin(-ENOMEM);
        rescan->bus = sd_bus_ref(bus);
        rescan->authorization = authorization;
        rescan->owner = *owner;

        *ret = rescan;
        return 0;
}

BusRescan *bus_rescan_free(BusRescan *rescan) {
        if (!rescan)
                return NULL;

        for (size_t i = 0; i < rescan->n_waiting; i++)
                sd_bus_message_unref(rescan->waiting[i]);
        sd_bus_unref(rescan->bus);
        free(rescan);
        return NULL;
}
