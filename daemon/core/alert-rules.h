/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is the matter with a host: the rule of each class of alerts.
 */

#include "core/alert-state.h"
#include "core/assessment.h"

/* Everything is in the assessment's pool, or borrowed from it or from `before` (NULL = empty). */
void alert_rules_find(const Assessment *assessment, const AlertBook *before, AlertWants *ret);
