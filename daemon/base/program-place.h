/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where the other programs and data files of klpwatch are: beside this program when it runs from a
 * build folder, else where they are installed.
 */

#include "base/memory-pool.h"

/* `in_build` is a path relative to this program's own folder; `installed` an absolute one. */
const char *program_place_find(MemoryPool *pool, const char *in_build, const char *installed);
