/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Revisions of facts: of several words of one teller about one thing, the latest counts.
 */

#include "core/facts.h"

/*
 * Drops every record of which the same teller has a later word, whole: what that does not repeat was taken
 * back. Tellers are
 *   an advisory's document       on the advisory
 *   a repository                 on an advisory, or on a package without one
 *   a list of support ends       on a kernel's package
 * A word without a time is earlier than all others; of one moment all stay, but a withdrawal takes the
 * rest with it. It hangs on neither order nor number, and dropping again drops nothing. Call it when the
 * last fact is there, before facts_index(). 0 or -ENOMEM.
 */
int facts_drop_superseded(Facts *facts);
