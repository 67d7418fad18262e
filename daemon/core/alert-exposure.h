/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The rule about open CVEs.
 */

#include "core/alert-finder.h"

void alert_exposure_find(AlertFinder *finder, Alert *alert);
