/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Storage for what was seen on a host. A fresh object knows nothing and says so, so that a program
 * which fails half-way leaves "unknown" behind and never an empty list that looks like an answer.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/host-facts.h"

int host_facts_new(HostFacts **ret) {
        static const char not_yet[] = "not looked at yet";
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        int r;

        host = calloc(1, sizeof(*host));
        if (!host)
                return error_origin(-ENOMEM);
        r = memory_pool_new(&host->pool);
        if (r)
                return error_fold(r);

        host->kernel_built = host->booted = UTC_TIME_NONE;
        host->kernel_unknown = host->os_unknown = host->livepatch_unknown = not_yet;
        host->installed_kernels_unknown = host->default_kernel_unknown = not_yet;
        host->packages_unknown = host->modules_unknown = not_yet;
        host->loader_unknown = host->repositories_unknown = not_yet;

        *ret = TAKE(host);
        return 0;
}

HostFacts *host_facts_free(HostFacts *host) {
        if (!host)
                return NULL;

        memory_pool_free(host->pool);
        free(host);
        return NULL;
}

bool module_file_is_for_boot(const ModuleFile *file) {
        if (text_starts_with(file->path, "/usr/lib/kpatch/"))
                return false;
        return !text_starts_with(file->path, "/var/lib/kpatch/") ||
               text_ends_with(file->path, ".ko");
}

const LoadedPatch *host_facts_find_patch(const HostFacts *host, const char *name) {
        for (size_t i = 0; i < host->n_patches; i++)
                if (strcmp(host->patches[i].name, name) == 0)
                        return &host->patches[i];
        return NULL;
}

bool loaded_patch_in_transition(const LoadedPatch *patch) {
        return patch->listed && patch->transition == TRISTATE_YES;
}

bool loaded_patch_is_turned(const LoadedPatch *before, const LoadedPatch *after) {
        return loaded_patch_in_transition(before) && loaded_patch_in_transition(after) &&
               before->enabled != TRISTATE_UNKNOWN && after->enabled != TRISTATE_UNKNOWN &&
               before->enabled != after->enabled && after->enabled != before->awaited;
}
