// SPDX-FileCopyrightText: The klpwatch authors
// SPDX-License-Identifier: GPL-2.0
#define CUMULATIVE false
#include "loadavg-patch.h"
