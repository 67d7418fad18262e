/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Kernel objects: /org/klpwatch1/kernel/RELEASE, documented in dbus/org.klpwatch1.Kernel.xml.
 */

#include "bus/bus-publish.h"

extern const BusObjectKind bus_kernel_kind;
