/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Live-patch names. The way from a kernel to its patch package is a rule; the way back from a module
 * name is not, because every separator has become '_', or because the name says nothing of a kernel
 * at all. So a module name is only ever read against the kernel that runs. It refuses to decode a
 * name without a kernel at hand.
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

/* A kernel with a flavour, or a feed's name of one: the number of rebuilds at its end goes. */
static int flavoured_stem(const KernelRelease *kernel, char ret[static LIVEPATCH_NAME_BYTES]) {
        char text[KERNEL_RELEASE_BYTES];
        char *last;

        strcpy(text, kernel->name);
        if (kernel->flavour[0] == '\0') {
                last = strrchr(text, '.');
                if (!kernel_release_is_bare(kernel) || !last || last < strchr(text, '-'))
                        return LIVEPATCH_NAME_E_OTHER;
                *last = '\0';
        }
        replace(text, ".", '_');
        snprintf(ret, LIVEPATCH_NAME_BYTES, "%s-%s", text,
                 kernel->flavour[0] != '\0' ? kernel->flavour : "default");
        return 0;
}

int livepatch_package_name(const KernelRelease *kernel, char ret[static LIVEPATCH_NAME_BYTES]) {
        char text[LIVEPATCH_NAME_BYTES];

        if (stem(kernel, text) == 0) {
                snprintf(ret, LIVEPATCH_NAME_BYTES, LIVEPATCH_PACKAGE_PREFIX "%.120s", text);
                return 0;
        }
        if (text_starts_with(kernel->dist, "amzn")) {
                size_t n = strlen(kernel->name) - strlen(kernel->dist) - 1;

                snprintf(ret, LIVEPATCH_NAME_BYTES, LIVEPATCH_PACKAGE_PREFIX_KERNEL "%.*s", (int) n,
                         kernel->name);
                return 0;
        }
        if (strcmp(kernel->flavour, "generic") != 0 && flavoured_stem(kernel, text) == 0) {
                snprintf(ret, LIVEPATCH_NAME_BYTES, LIVEPATCH_PACKAGE_PREFIX_KERNEL "%.120s", text);
                return 0;
        }
        return LIVEPATCH_NAME_E_OTHER;
}

/* `1_2`, `14_150500_2_1`: so many numbers with '_' between them become `1-2`, `14-150500.2.1`. */
static int decode_version(const char *text, size_t max_fields, char ret[static 32]) {
        size_t n_fields = 1;

        if (strlen(text) >= 32)
                return LIVEPATCH_NAME_E_OTHER;
        for (const char *at = text; *at != '\0'; at++) {
                if (*at == '_' && at > text && at[-1] != '_' && at[1] != '\0')
                        n_fields++;
                else if (*at < '0' || *at > '9')
                        return LIVEPATCH_NAME_E_OTHER;
        }
        if (n_fields < 2 || n_fields > max_fields)
                return LIVEPATCH_NAME_E_OTHER;

        strcpy(ret, text);
        *strchr(ret, '_') = '-';
        replace(ret, "_", '.');
        return 0;
}

static int decode_kpatch(const char *module, const KernelRelease *running, LivepatchName *name) {
        char prefix[LIVEPATCH_NAME_BYTES];
        const char *rest;

        if (stem(running, prefix) != 0)
                return LIVEPATCH_NAME_E_OTHER;
        replace(prefix, "-", '_');
        if (!text_starts_with(module, "kpatch_") ||
            !text_starts_with(module + strlen("kpatch_"), prefix))
                return LIVEPATCH_NAME_E_OTHER;

        rest = module + strlen("kpatch_") + strlen(prefix);
        /* VERSION_RELEASE, or one field more for a rebuild's dotted release. */
        if (rest[0] != '_' || decode_version(rest + 1, 3, name->version) != 0)
                return LIVEPATCH_NAME_E_OTHER;
        name->names_kernel = true;
        return livepatch_package_name(running, name->package);
}

static int decode_suse(const char *module, const KernelRelease *running, LivepatchName *name) {
        if (running->flavour[0] == '\0' || !text_starts_with(module, "livepatch_") ||
            decode_version(module + strlen("livepatch_"), 6, name->version) != 0)
                return LIVEPATCH_NAME_E_OTHER;
        return livepatch_package_name(running, name->package);
}

/* livepatch_CVE_2022_36946; other words behind the prefix are fixes without a CVE. */
static int decode_amazon(const char *module, const KernelRelease *running, LivepatchName *name) {
        const char *rest = module + strlen("livepatch_");

        if (!text_starts_with(running->dist, "amzn") || !text_starts_with(module, "livepatch_") ||
            rest[0] == '\0')
                return LIVEPATCH_NAME_E_OTHER;
        if (text_starts_with(rest, "CVE_") && strlen(rest) < sizeof(name->cve)) {
                strcpy(name->cve, rest);
                replace(name->cve, "_", '-');
        }
        name->each_fix = true;
        return livepatch_package_name(running, name->package);
}

/* lkp_Ubuntu_5_15_0_25_25_generic_86: version, ABI, upload, flavour, patch. */
static int decode_ubuntu(const char *module, const KernelRelease *running, LivepatchName *name) {
        char prefix[LIVEPATCH_NAME_BYTES], flavour[sizeof(running->flavour) + 2];
        const char *rest;
        size_t n;

        snprintf(prefix, sizeof(prefix), "lkp_Ubuntu_%s_", running->name);
        snprintf(flavour, sizeof(flavour), "_%s_", running->flavour);
        replace(prefix, ".-", '_');
        replace(flavour, ".-", '_');
        if (running->flavour[0] == '\0' || !text_starts_with(module, prefix))
                return LIVEPATCH_NAME_E_OTHER;

        rest = module + strlen(prefix);
        n = strspn(rest, "0123456789");
        if (n == 0 || !text_starts_with(rest + n, flavour))
                return LIVEPATCH_NAME_E_OTHER;
        rest += n + strlen(flavour);
        n = strspn(rest, "0123456789");
        if (n == 0 || rest[n] != '\0' || n >= sizeof(name->version))
                return LIVEPATCH_NAME_E_OTHER;
        strcpy(name->version, rest);
        strcpy(name->package, "canonical-livepatch");
        name->names_kernel = true;
        return 0;
}

int livepatch_name_decode(const char *module, const KernelRelease *running, LivepatchName *ret) {
        static int (*const schemes[])(const char *, const KernelRelease *, LivepatchName *) = {
                decode_kpatch,
                decode_suse,
                decode_amazon,
                decode_ubuntu,
        };

        for (size_t i = 0; i < ELEMENTS(schemes); i++) {
                LivepatchName name = {};

                if (schemes[i](module, running, &name) != 0)
                        continue;
                *ret = name;
                return 0;
        }
        return LIVEPATCH_NAME_E_OTHER;
}

/* Behind `kernel-livepatch-`: SUSE's numbers with '_' and a flavour, or Amazon's with dots. */
static int kernel_livepatch_base(const char *rest, char ret[static LIVEPATCH_NAME_BYTES]) {
        char text[LIVEPATCH_NAME_BYTES];
        char *dash, *flavour;

        strcpy(text, rest);
        dash = strchr(text, '-');
        if (!dash || dash == text || dash[1] == '\0')
                return LIVEPATCH_NAME_E_OTHER;
        flavour = strchr(dash + 1, '-');
        if (flavour && flavour != dash + 1 && flavour[1] != '\0') {
                *flavour = '\0';
                if (strspn(text, "0123456789_-") != strlen(text))
                        return LIVEPATCH_NAME_E_OTHER;
        } else if (flavour || strspn(text, "0123456789.-") != strlen(text))
                return LIVEPATCH_NAME_E_OTHER;
        replace(text, "_", '.');
        strcpy(ret, text);
        return 0;
}

int livepatch_package_base(const char *package, char ret[static LIVEPATCH_NAME_BYTES]) {
        const char *dash;
        char text[LIVEPATCH_NAME_BYTES];

        if (!livepatch_package_is_one(package) || strlen(package) >= LIVEPATCH_NAME_BYTES)
                return LIVEPATCH_NAME_E_OTHER;
        if (text_starts_with(package, LIVEPATCH_PACKAGE_PREFIX_KERNEL))
                return kernel_livepatch_base(package + strlen(LIVEPATCH_PACKAGE_PREFIX_KERNEL),
                                             ret);

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
        static const size_t n_kernel = sizeof(LIVEPATCH_PACKAGE_PREFIX_KERNEL) - 1;

        if (text_ends_with(package, "-debuginfo") || text_ends_with(package, "-debugsource"))
                return false;
        /* kernel-livepatch-tools, kernel-livepatch-SLE15-SP5 carry none. */
        return text_starts_with(package, LIVEPATCH_PACKAGE_PREFIX) ||
               (text_starts_with(package, LIVEPATCH_PACKAGE_PREFIX_KERNEL) &&
                package[n_kernel] >= '0' && package[n_kernel] <= '9');
}

const char *livepatch_version_without_dist(MemoryPool *pool, const char *version_release) {
        const char *dist = strstr(version_release, ".el");

        if (!dist)
                dist = strstr(version_release, ".amzn");
        return dist ? memory_pool_text_n(pool, version_release, (size_t) (dist - version_release))
                    : memory_pool_text(pool, version_release);
}

bool livepatch_version_is_empty(const char *version_release) {
        size_t n = strspn(version_release, "0");

        if (strcmp(version_release, "1.0-0") == 0 || text_starts_with(version_release, "1.0-0."))
                return true;
        return n > 0 && (version_release[n] == '-' || version_release[n] == '\0');
}
