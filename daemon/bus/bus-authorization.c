/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Authorization. polkit may ask a person for a password, so its answer can take minutes: each
 * question is a record of its own that holds the call until then, and there are only so many. A
 * polkit that is not there or says nothing refuses, within seconds when nobody can be asked. It
 * refuses to remember any answer.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "bus/bus-authorization.h"
#include "dbus/bus-names.h"

#define MAX_QUESTIONS 16
#define MAX_QUESTIONS_OF_ONE 4 /* so that one user cannot take all places */
#define POLKIT_ERRORS "org.freedesktop.PolicyKit1.Error."
#define SILENT_USEC ((uint64_t) 5 * 1000 * 1000) /* nobody is asked: polkit answers at once */
#define INTERACTIVE_USEC ((uint64_t) 120 * 1000 * 1000) /* somebody looks for a password */

typedef struct Question Question;
struct Question {
        BusAuthorization *owner; /* NULL when the slot is free */
        uid_t uid;
        sd_bus_message *call;
        sd_bus_slot *slot;
        BusAuthorized on_allowed;
        void *userdata;
};

struct BusAuthorization {
        sd_bus *bus;
        BusCallers *callers;
        Question questions[MAX_QUESTIONS];
};

static void unref_message(sd_bus_message **message) {
        sd_bus_message_unref(*message);
}

int bus_authorization_new(sd_bus *bus, BusCallers *callers, BusAuthorization **ret) {
        BusAuthorization *authorization;

        authorization = calloc(1, sizeof(*authorization));
        if (!authorization)
                return error_origin(-ENOMEM);
        authorization->bus = sd_bus_ref(bus);
        authorization->callers = callers;

        *ret = authorization;
        return 0;
}

static void question_clear(Question *question) {
        sd_bus_slot_unref(question->slot);
        sd_bus_message_unref(question->call);
        *question = (Question){};
}

BusAuthorization *bus_authorization_free(BusAuthorization *authorization) {
        if (!authorization)
                return NULL;

        for (size_t i = 0; i < MAX_QUESTIONS; i++)
                question_clear(&authorization->questions[i]);
        sd_bus_unref(authorization->bus);
        free(authorization);
        return NULL;
}

/* A free place for a question of `uid`; NULL when all, or too many of this user's, are open. */
static Question *find_place(BusAuthorization *authorization, uid_t uid) {
        Question *place = NULL;
        size_t n_of_user = 0;

        for (size_t i = 0; i < MAX_QUESTIONS; i++) {
                Question *question = &authorization->questions[i];

                if (!question->owner)
                        place = place ? place : question;
                else
                        n_of_user += question->uid == uid;
        }
        return n_of_user < MAX_QUESTIONS_OF_ONE ? place : NULL;
}

/* Refuses; a caller that has left in the meantime is not an error of ours. */
static int refuse(sd_bus_message *call, const char *name, const char *text) {
        int r;

        r = sd_bus_reply_method_errorf(call, name, "%s", text);
        return r == -ENOMEM ? error_origin(r) : 0;
}

/* An error that polkit gave: it is there, but takes no question from this user about this action. */
static bool is_polkits_own(sd_bus_message *error) {
        return strncmp(sd_bus_message_get_error(error)->name, POLKIT_ERRORS,
                       strlen(POLKIT_ERRORS)) == 0;
}

static int on_answer(sd_bus_message *answer, void *userdata, _unused_ sd_bus_error *error) {
        Question *question = userdata, asked = *question;
        int r, authorized = 0, challenge = 0;

        /* The record is free before the call is served, which may ask again. */
        question->call = NULL;
        question->slot = NULL;
        *question = (Question){};
        if (sd_bus_message_is_method_error(answer, NULL))
                r = refuse(asked.call, BUS_ERROR_AUTHORITY_UNAVAILABLE,
                           is_polkits_own(answer) ? "Access denied: polkit, which decides about "
                                                    "this, does not let klpwatchd ask"
                                                  : "Access denied: polkit, which decides about "
                                                    "this, does not answer");
        else {
                r = sd_bus_message_enter_container(answer, 'r', "bba{ss}");
                if (r >= 0)
                        r = sd_bus_message_read(answer, "bb", &authorized, &challenge);
                if (r >= 0 && authorized) {
                        r = asked.on_allowed(asked.userdata, asked.call, asked.uid);
                        if (r < 0) /* no handler of sd-bus's is left that would answer */
                                (void) sd_bus_reply_method_errno(asked.call, r, NULL);
                } else
                        r = refuse(asked.call, BUS_ERROR_NOT_AUTHORIZED,
                                   challenge ? "Access denied: polkit wants to ask for a password, "
                                               "and nobody can be asked"
                                             : "Access denied by polkit");
        }
        sd_bus_slot_unref(asked.slot);
        sd_bus_message_unref(asked.call);
        return r < 0 ? error_trace(r) : 0;
}

static int send_question(Question *question, const char *action) {
        _cleanup_(unref_message) sd_bus_message *message = NULL;
        bool interactive = sd_bus_message_get_allow_interactive_authorization(question->call) > 0;
        int r;

        r = sd_bus_message_new_method_call(
                        question->owner->bus, &message, "org.freedesktop.PolicyKit1",
                        "/org/freedesktop/PolicyKit1/Authority",
                        "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");
        if (r >= 0)
                r = sd_bus_message_append(message, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name",
                                          "s", sd_bus_message_get_sender(question->call), action, 0,
                                          interactive ? 1 : 0, "");
        if (r >= 0)
                r = sd_bus_call_async(question->owner->bus, &question->slot, message, on_answer,
                                      question, interactive ? INTERACTIVE_USEC : SILENT_USEC);
        return r < 0 ? error_origin(r) : 0;
}

/* A call whose sender is being asked about. */
typedef struct Asker {
        BusAuthorization *authorization;
        sd_bus_message *call;
        const char *action;
        BusAuthorized on_allowed;
        void *userdata;
} Asker;

static void asker_free(void *userdata) {
        Asker *asker = userdata;

        sd_bus_message_unref(asker->call);
        free(asker);
}

static void asker_freep(Asker **asker) {
        if (*asker)
                asker_free(*asker);
}

static int ask_polkit(const Asker *asker, uid_t uid) {
        Question *question;
        int r;

        question = find_place(asker->authorization, uid);
        if (!question)
                return refuse(asker->call, SD_BUS_ERROR_LIMITS_EXCEEDED,
                              "Too many questions to polkit are open already");
        *question = (Question){ .owner = asker->authorization,
                                .uid = uid,
                                .call = sd_bus_message_ref(asker->call),
                                .on_allowed = asker->on_allowed,
                                .userdata = asker->userdata };
        r = send_question(question, asker->action);
        if (r) {
                question_clear(question);
                return error_fold(r);
        }
        return 0;
}

static int on_caller_known(void *userdata, uid_t uid) {
        _cleanup_(asker_freep) Asker *asker = userdata;
        int r;

        r = bus_callers_trusted(uid) ? asker->on_allowed(asker->userdata, asker->call, uid)
                                     : ask_polkit(asker, uid);
        if (r < 0) {
                (void) sd_bus_reply_method_errno(asker->call, r, NULL);
                return error_trace(r);
        }
        return 0;
}

int bus_authorization_check(BusAuthorization *authorization, sd_bus_message *call,
                            const char *action, BusAuthorized on_allowed, void *userdata,
                            sd_bus_error *error) {
        Asker *asker;
        int r;

        asker = malloc(sizeof(*asker));
        if (!asker)
                return error_origin(-ENOMEM);
        *asker = (Asker){ .authorization = authorization,
                          .call = sd_bus_message_ref(call),
                          .action = action,
                          .on_allowed = on_allowed,
                          .userdata = userdata };
        r = bus_callers_ask(authorization->callers, call, on_caller_known, asker_free, asker);
        if (r == BUS_CALLERS_E_FULL) {
                asker_free(asker);
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many calls wait already; ask again in a moment");
        }
        return r < 0 ? error_trace(r) : 1;
}
