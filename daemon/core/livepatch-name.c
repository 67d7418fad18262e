/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Live-patch names. The way from a kernel to its patch package is a rule; the way back from a module
 * name is not, because every separator has become '_'. So a module name is only ever compared with
 * the prefix that the running kernel gives. It refuses to decode a name without a kernel at hand.
 */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/livepatch-name.h"

static void replace(char *text, const char *from, char to) {
        for (; *text != '\0'; text++)
                if (strchr(from, *text))
                        *text = to;
}

/* VERSION-RELEASE up to `.el`, each part's dots turned into '_', the dash between them kept. */
static int stem(const KernelRelease *kernel, char ret[static LIVEPATCH_NAME_BYTES]) {
        char text[KERNEL_RELEASE_BYTES];
        char *dist;

        strcpy(text, kernel->name);
        dist = strstr(text + strlen(kernel->version), ".el");
        if (!dist)
                return LIVEPATCH_NAME_E_OTHER;
        *dist = '\0';
        replace(text, ".", '_');
        strcpy(ret, text);
        return 0;
}

int livepatch_package_name(const KernelRelease *kernel, char ret[static LIVEPATCH_NAME_BYTES]) {
        char text[LIVEPATCH_NAME_BYTES];

        if (stem(kernel, text) != 0)
                return LIVEPATCH_NAME_E_OTHER;

        memcpy(ret, LIVEPATCH_PACKAGE_PREFIX, strlen(LIVEPATCH_PACKAGE_PREFIX));
        strcpy(ret + strlen(LIVEPATCH_PACKAGE_PREFIX), text);
        return 0;
}

int livepatch_name_decode(const char *module, const KernelRelease *running, LivepatchName *ret) {
        char prefix[LIVEPATCH_NAME_BYTES], version[32];
        LivepatchName name = {};
        const char *rest;
        size_t n_fields = 1;

        if (stem(running, prefix) != 0)
                return LIVEPATCH_NAME_E_OTHER;
        replace(prefix, "-", '_');
        if (!text_starts_with(module, "kpatch_") ||
            !text_starts_with(module + strlen("kpatch_"), prefix))
                return LIVEPATCH_NAME_E_OTHER;

        rest = module + strlen("kpatch_") + strlen(prefix);
        if (rest[0] != '_' || strlen(rest + 1) >= sizeof(version))
                return LIVEPATCH_NAME_E_OTHER;
        rest++;

        /* VERSION_RELEASE, or one field more for a rebuild's dotted release; every field a number. */
        for (const char *at = rest; *at != '\0'; at++) {
                if (*at == '_' && at > rest && at[-1] != '_' && at[1] != '\0')
                        n_fields++;
                else if (*at < '0' || *at > '9')
                        return LIVEPATCH_NAME_E_OTHER;
        }
        if (n_fields < 2 || n_fields > 3)
                return LIVEPATCH_NAME_E_OTHER;

        strcpy(version, rest);
        *strchr(version, '_') = '-';
        replace(version, "_", '.');
        strcpy(name.version, version);
        livepatch_package_name(running, name.package);
        *ret = name;
        return 0;
}

int livepatch_package_base(const char *package, char ret[static LIVEPATCH_NAME_BYTES]) {
        const char *dash;
        char text[LIVEPATCH_NAME_BYTES];

        if (!livepatch_package_is_one(package) || strlen(package) >= LIVEPATCH_NAME_BYTES)
                return LIVEPATCH_NAME_E_OTHER;

        strcpy(text, package + strlen(LIVEPATCH_PACKAGE_PREFIX));
        dash = strchr(text, '-');
        if (!dash || dash == text || dash[1] == '\0' || strchr(dash + 1, '-') ||
            strspn(text, "0123456789_-") != strlen(text))
                return LIVEPATCH_NAME_E_OTHER;
        replace(text, "_", '.');
        strcpy(ret, text);
        return 0;
}

bool livepatch_package_is_one(const char *package) {
        return text_starts_with(package, LIVEPATCH_PACKAGE_PREFIX) &&
               !text_ends_with(package, "-debuginfo") && !text_ends_with(package, "-debugsource");
}

const char *livepatch_version_without_dist(MemoryPool *pool, const char *version_release) {
        const char *dist = strstr(version_release, ".el");

        return dist ? memory_pool_text_n(pool, version_release, (size_t) (dist - version_release))
                    : memory_pool_text(pool, version_release);
}

bool livepatch_version_is_empty(const char *version_release) {
        size_t n = strspn(version_release, "0");

        return n > 0 && (version_release[n] == '-' || version_release[n] == '\0');
}
