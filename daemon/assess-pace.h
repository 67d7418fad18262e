/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * When the next assessment is made: once for any number of hints, and not at once after something was announced.
 */

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"

typedef struct AssessPace AssessPace;

/* `on_due` is called behind everything else that is to be done; a negative result of it ends the loop. 0 or negative. */
int assess_pace_new(sd_event *loop, int (*on_due)(void *userdata), void *userdata,
                    AssessPace **ret);
AssessPace *assess_pace_free(AssessPace *pace);
DEFINE_CLEANUP(AssessPace, assess_pace_free);

/* Asks for an assessment: in this turn of the loop, or when the pause after an announcement is over. 0 or negative. */
int assess_pace_request(AssessPace *pace);

/* An assessment was asked for and is made as soon as nothing else is to be done. */
bool assess_pace_is_due(const AssessPace *pace);

/* Something was announced: the next assessment that is asked for waits until 250 ms from now. 0 or negative. */
int assess_pace_rest(AssessPace *pace);
