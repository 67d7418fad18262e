/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The daemon's answers, one after the other: each is made of what is known now, told, and stays until the next.
 */

#include <systemd/sd-event.h>

#include "alerts.h"
#include "audience.h"
#include "feeds.h"
#include "host-follow.h"
#include "host-look.h"
#include "knowledge.h"

typedef struct Answers Answers;

/* What they are made of, and who is told; all borrowed. */
typedef struct AnswersParts {
        sd_event *loop;
        HostLook *look;
        Knowledge *knowledge;
        Alerts *alerts;
        Feeds *feeds;       /* NULL = none */
        HostFollow *follow; /* NULL = patches are not followed from scan to scan */
        Audience *audience; /* NULL = the first answer that is complete is printed as JSON, and the loop ends */
        UtcTime (*now)(void *userdata);
        bool now_is_fixed; /* it always says the same */
        void *userdata;
} AnswersParts;

int answers_new(const AnswersParts *parts, Answers **ret);
Answers *answers_free(Answers *answers);
DEFINE_CLEANUP(Answers, answers_free);

/* Sees to the first answer: of what klpwatch-hostfacts left since boot, else of a first run of it. 0 or negative. */
int answers_begin(Answers *answers);

/* Asks for a new one, soon. 0 or negative. */
int answers_request(Answers *answers);

/* Makes one now, and tells it. 0 or negative. */
int answers_make(Answers *answers);

/*
 * Looks at the host anew; the end of that asks for an answer. Whoever asked for the look hears `refused` then (NULL = nothing), or
 * what of the look did not work. 0 or negative.
 */
int answers_look(Answers *answers, const char *refused);

/* The present one; NULL before the first. */
const Assessment *answers_present(const Answers *answers);

/* What would be said at `time`, the caller's to free. 0 or negative. */
int answers_what_if(Answers *answers, UtcTime time, Assessment **ret);
