/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * LivePatch objects: /org/klpwatch1/livepatch/NAME, documented in dbus/org.klpwatch1.LivePatch.xml.
 */

#include "bus/bus-publish.h"

extern const BusObjectKind bus_livepatch_kind;
