/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/facts.h"

/* Facts of one source make a digest that can be read, or contradict each other, which is said. */
void fuzz_round_trip(Facts *facts, const char *vendor, UtcTime complete_to);
