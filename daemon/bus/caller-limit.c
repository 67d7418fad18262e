/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Turns of users. A look at the host starts a process and reads hundreds of files; whoever may ask
 * for one may not thereby keep the machine busy. The table is small and fixed: an attacker with many
 * user ids pushes out entries, which costs a look each and no memory.
 */

#include "bus/caller-limit.h"

bool caller_limit_take(CallerLimit *limit, uid_t uid, uint64_t now_usec, uint64_t pause_usec,
                       uint64_t *ret_wait_usec) {
        size_t oldest = 0;

        for (size_t i = 0; i < CALLER_LIMIT_USERS; i++) {
                if (limit->users[i].usec != 0 && limit->users[i].uid == uid) {
                        uint64_t next = limit->users[i].usec + pause_usec;

                        if (next > now_usec) {
                                *ret_wait_usec = next - now_usec;
                                return false;
                        }
                        limit->users[i].usec = now_usec;
                        return true;
                }
                if (limit->users[i].usec < limit->users[oldest].usec)
                        oldest = i;
        }
        limit->users[oldest].uid = uid;
        limit->users[oldest].usec = now_usec;
        return true;
}

bool caller_limit_spend(CallerLimit *limit, uid_t uid, uint64_t now_usec, unsigned n_max) {
        size_t place = 0;

        for (size_t i = 0; i < CALLER_LIMIT_USERS; i++) {
                if (limit->users[i].usec != 0 && limit->users[i].uid == uid) {
                        place = i;
                        break;
                }
                if (limit->users[i].usec < limit->users[place].usec)
                        place = i;
        }
        if (limit->users[place].uid != uid || now_usec - limit->users[place].usec >= 1000000) {
                limit->users[place].uid = uid;
                limit->users[place].usec = now_usec;
                limit->users[place].n_spent = 0;
        }
        if (limit->users[place].n_spent >= n_max)
                return false;
        limit->users[place].n_spent++;
        return true;
}
