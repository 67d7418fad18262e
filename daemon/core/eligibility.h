/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Is a base kernel eligible for live patches? Steps in the order of their strength, the first that
 * fires decides, and each one leaves a sentence. Never more than `possible` without evidence.
 */

#include "core/judged-kernel.h"

/*
 * Fills eligible, basis, selection_day, override and because of `kernel`, whose name, stream and known
 * are set. `facts_expired`: the facts are too old for anything that was not proven.
 */
void eligibility_judge(const Situation *situation, JudgedKernel *kernel, bool facts_expired);

/* The day from which the calendar's model for this kernel follows; UTC_DAY_NONE when nothing dates it. */
UtcDay eligibility_model_day(const Situation *situation, const JudgedKernel *kernel);

/* The next minor is expected so long after a minor's general availability, where nothing else tells. */
#define ELIGIBILITY_EXPECTED_MINOR_MONTHS 6

/* The last day of a minor in a channel and what says so. `ret_expected`: main's end is only expected. UTC_DAY_NONE = not established. */
UtcDay eligibility_stream_end(const Situation *situation, const CalendarStream *stream,
                              Channel channel, Basis *ret_basis, bool *ret_expected,
                              const char **ret_why);
