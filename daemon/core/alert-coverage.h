/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Rules about the coverage of the running kernel, and of the one that boots next.
 */

#include "core/alert-finder.h"

void alert_coverage_find_ending(AlertFinder *finder, Alert *alert);
void alert_coverage_find_ended_early(AlertFinder *finder, Alert *alert);
void alert_coverage_find_unsupported(AlertFinder *finder, Alert *alert);
void alert_coverage_find_unconfirmed(AlertFinder *finder, Alert *alert);
void alert_coverage_find_next_boot(AlertFinder *finder, Alert *alert);
