/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Finding siblings. A developer runs what was just built, an administrator what is installed, and
 * neither wants to set a variable for it. It refuses to search PATH: a daemon runs no program that
 * somebody else may have put there.
 */

#include <string.h>
#include <unistd.h>

#include "base/program-place.h"

const char *program_place_find(MemoryPool *pool, const char *in_build, const char *installed) {
        char own[4096];
        const char *beside;
        char *slash;
        ssize_t n;

        n = readlink("/proc/self/exe", own, sizeof(own) - 1);
        if (n <= 0)
                return installed;
        own[n] = '\0';
        slash = strrchr(own, '/');
        if (!slash)
                return installed;
        *slash = '\0';

        beside = memory_pool_format(pool, "%s/%s", own, in_build);
        return access(beside, F_OK) == 0 ? beside : installed;
}
