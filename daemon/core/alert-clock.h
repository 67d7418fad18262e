/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The rule about a clock that cannot be right.
 */

#include "core/alert-finder.h"

void alert_clock_find(AlertFinder *finder, Alert *alert);
