/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Callers. What a connection's user is never changes, and its unique name is never given to another, so
 * an answer of the bus holds for ever; only the last few hundred are kept. It refuses to wait, and to
 * hold more questions than a fixed number.
 */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "bus/bus-callers.h"

#define NAME_BYTES 32
#define N_KNOWN 256

/* Somebody who wants to know; those of one connection in the order in which they came. */
typedef struct Waiter Waiter;
struct Waiter {
        Waiter *next;
        BusCallerKnown on_known;
        void (*forget)(void *userdata);
        void *userdata;
};

/* What the bus is being asked about one connection. */
typedef struct Question Question;
struct Question {
        Question *next;
        BusCallers *owner;
        char name[NAME_BYTES];
        sd_bus_slot *slot;
        Waiter *first, **end;
        size_t n_waiters;
};

struct BusCallers {
        sd_bus *bus;
        struct {
                char name[NAME_BYTES];
                uid_t uid;
        } known[N_KNOWN];
        size_t next; /* the place that is given away next */
        Question *questions;
        size_t n_waiters; /* of all of them */
};

bool bus_callers_trusted(uid_t uid) {
        return uid == 0 || uid == geteuid();
}

uint64_t bus_callers_take_turn(CallerLimit *limit, sd_bus *bus, uid_t uid, uint64_t pause_usec) {
        uint64_t now = 0, wait = 0;

        if (bus_callers_trusted(uid))
                return 0;
        (void) sd_event_now(sd_bus_get_event(bus), CLOCK_BOOTTIME, &now);
        caller_limit_take(limit, uid, now, pause_usec, &wait);
        return wait;
}

int bus_callers_new(sd_bus *bus, BusCallers **ret) {
        BusCallers *callers;

        callers = calloc(1, sizeof(*callers));
        if (!callers)
                return error_origin(-ENOMEM);
        callers->bus = sd_bus_ref(bus);

        *ret = callers;
        return 0;
}

static Waiter *waiter_take(Question *question) {
        Waiter *waiter = question->first;

        if (waiter) {
                question->first = waiter->next;
                question->n_waiters--;
                question->owner->n_waiters--;
        }
        return waiter;
}

/* Takes it out of the list; nobody who waits for it is told any more. */
static void question_free(Question *question) {
        Question **at = &question->owner->questions;
        Waiter *waiter;

        while (*at && *at != question)
                at = &(*at)->next;
        if (*at)
                *at = question->next;
        while ((waiter = waiter_take(question))) {
                waiter->forget(waiter->userdata);
                free(waiter);
        }
        sd_bus_slot_unref(question->slot);
        free(question);
}

static void question_freep(Question **question) {
        if (*question)
                question_free(*question);
}

BusCallers *bus_callers_free(BusCallers *callers) {
        if (!callers)
                return NULL;

        while (callers->questions)
                question_free(callers->questions);
        sd_bus_unref(callers->bus);
        free(callers);
        return NULL;
}

static bool recall(const BusCallers *callers, const char *name, uid_t *ret) {
        for (size_t i = 0; i < N_KNOWN; i++)
                if (strcmp(callers->known[i].name, name) == 0) {
                        *ret = callers->known[i].uid;
                        return true;
                }
        return false;
}

static void remember(BusCallers *callers, const char *name, uid_t uid) {
        uid_t known;

        if (recall(callers, name, &known))
                return;
        strcpy(callers->known[callers->next].name, name);
        callers->known[callers->next].uid = uid;
        callers->next = (callers->next + 1) % N_KNOWN;
}

static int on_answer(sd_bus_message *answer, void *userdata, _unused_ sd_bus_error *error) {
        _cleanup_(question_freep) Question *question = userdata;
        uint32_t uid = UINT32_MAX;
        Waiter *waiter;

        if (!sd_bus_message_is_method_error(answer, NULL) &&
            sd_bus_message_read(answer, "u", &uid) >= 0)
                remember(question->owner, question->name, uid);
        while ((waiter = waiter_take(question))) {
                int r;

                r = waiter->on_known(waiter->userdata, uid);
                free(waiter);
                if (r < 0)
                        return error_trace(r);
        }
        return 0;
}

static Question *find_question(const BusCallers *callers, const char *name) {
        Question *question = callers->questions;

        while (question && strcmp(question->name, name) != 0)
                question = question->next;
        return question;
}

/* 0 or negative; then there is no question. */
static int ask_bus(BusCallers *callers, const char *name, Question **ret) {
        _cleanup_(question_freep) Question *question = NULL;
        int r;

        question = calloc(1, sizeof(*question));
        if (!question)
                return error_origin(-ENOMEM);
        question->owner = callers;
        question->end = &question->first;
        strcpy(question->name, name);
        r = sd_bus_call_method_async(callers->bus, &question->slot, "org.freedesktop.DBus",
                                     "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                     "GetConnectionUnixUser", on_answer, question, "s", name);
        if (r < 0)
                return error_origin(r);
        question->next = callers->questions;
        callers->questions = question;
        *ret = TAKE(question);
        return 0;
}

static int add_waiter(Question *question, const Waiter *wanted) {
        Waiter *waiter;

        waiter = malloc(sizeof(*waiter));
        if (!waiter)
                return error_origin(-ENOMEM);
        *waiter = *wanted;
        if (!question->first)
                question->end = &question->first;
        *question->end = waiter;
        question->end = &waiter->next;
        question->n_waiters++;
        question->owner->n_waiters++;
        return 0;
}

int bus_callers_ask(BusCallers *callers, sd_bus_message *call, BusCallerKnown on_known,
                    void (*forget)(void *userdata), void *userdata) {
        const char *name = sd_bus_message_get_sender(call);
        Question *question;
        uid_t uid = (uid_t) -1;
        int r = 0;

        if (!name || strlen(name) >= NAME_BYTES || recall(callers, name, &uid))
                return on_known(userdata, uid);
        question = find_question(callers, name);
        if (callers->n_waiters == BUS_CALLERS_MAX ||
            (question && question->n_waiters == BUS_CALLERS_MAX_OF_ONE))
                return BUS_CALLERS_E_FULL;

        if (!question)
                r = ask_bus(callers, name, &question);
        if (r == 0)
                r = add_waiter(question, &(Waiter){ .on_known = on_known,
                                                    .forget = forget,
                                                    .userdata = userdata });
        if (r) {
                forget(userdata);
                return error_fold(r);
        }
        return 0;
}
