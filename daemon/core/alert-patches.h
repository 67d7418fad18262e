/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Rules about the live patches on this host.
 */

#include "core/alert-finder.h"

void alert_patches_find_not_applied(AlertFinder *finder, Alert *alert);
void alert_patches_find_stalled(AlertFinder *finder, Alert *alert);
void alert_patches_find_failed(AlertFinder *finder, Alert *alert);
void alert_patches_find_not_surviving(AlertFinder *finder, Alert *alert);
void alert_patches_find_foreign(AlertFinder *finder, Alert *alert);

/* Takes over, of the failures that are known, those that still count; before find_failed() is asked. */
void alert_patches_keep_failures(AlertFinder *finder);
