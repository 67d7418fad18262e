/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Rules about the age of facts, and about the feeds that bring them.
 */

#include "core/alert-finder.h"

void alert_feeds_find_stale(AlertFinder *finder, Alert *alert);
void alert_feeds_find_expired(AlertFinder *finder, Alert *alert);
void alert_feeds_find_failing(AlertFinder *finder, Alert *alert);
