// SPDX-FileCopyrightText: The klpwatch authors
// SPDX-License-Identifier: GPL-2.0
#define CUMULATIVE true
#include "loadavg-patch.h"
