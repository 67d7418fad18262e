/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Kernel releases. The text is taken apart from its ends: a '+' behind the release opens the variant, a
 * second '-' the flavour, the last '.' the architecture if a known one follows, the first '-' parts
 * version from release. A realtime kernel of its own version (`.rt14.296.` inside the release) has the variant
 * "rt" too. It refuses to guess: what does not have the form is malformed, and the caller says so.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel-release.h"
#include "core/package-version.h"

static const char *const architectures[] = {
        "x86_64", "aarch64", "ppc64le", "s390x", "riscv64", "i686", "ppc64", "armv7hl",
};

static bool is_release_char(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               strchr("._-+~^", c) != NULL;
}

static void take_variant(char *text, KernelRelease *kernel) {
        char *plus = strrchr(text, '+'), *dash = strchr(text, '-');

        /* Debian's `6.12.48+deb13-amd64` has its '+' in the version. */
        if (!plus || plus[1] == '\0' || strlen(plus + 1) >= sizeof(kernel->variant) || !dash ||
            dash > plus)
                return;
        strcpy(kernel->variant, plus + 1);
        *plus = '\0';
}

static void take_flavour(char *text, KernelRelease *kernel) {
        char *dash = strchr(text, '-');

        dash = dash ? strchr(dash + 1, '-') : NULL;
        if (!dash || dash[-1] == '-' || dash[1] == '\0' ||
            strlen(dash + 1) >= sizeof(kernel->flavour))
                return;
        strcpy(kernel->flavour, dash + 1);
        *dash = '\0';
}

static void take_arch(char *text, KernelRelease *kernel) {
        char *dot = strrchr(text, '.');

        for (size_t i = 0; dot && i < ELEMENTS(architectures); i++)
                if (strcmp(dot + 1, architectures[i]) == 0) {
                        strcpy(kernel->arch, architectures[i]);
                        *dot = '\0';
                        return;
                }
}

/* `.rt14.296.` in the middle of a release: a kernel of the separate realtime package. */
static bool has_realtime_part(const char *release) {
        for (const char *at = strstr(release, ".rt"); at; at = strstr(at + 1, ".rt")) {
                size_t n = strspn(at + 3, "0123456789");

                if (n > 0 && at[3 + n] == '.')
                        return true;
        }
        return false;
}

static void take_dist(KernelRelease *kernel) {
        static const char *const letters[] = { "el", "amzn" };
        const char *dist = NULL;
        size_t n_letters = 0;
        char *end;
        long number;

        kernel->dist_major = kernel->dist_minor = -1;
        for (const char *at = strchr(kernel->release, '.'); at; at = strchr(at + 1, '.'))
                for (size_t i = 0; i < ELEMENTS(letters); i++) {
                        size_t n = strlen(letters[i]);

                        if (strncmp(at + 1, letters[i], n) != 0)
                                continue;
                        dist = at + 1;
                        n_letters = n;
                }
        if (!dist || dist[n_letters] < '0' || dist[n_letters] > '9' ||
            strlen(dist) >= sizeof(kernel->dist))
                return;

        strcpy(kernel->dist, dist);
        number = strtol(dist + n_letters, &end, 10);
        if (number > 9999 || (*end != '\0' && *end != '_' && *end != '.'))
                return;
        kernel->dist_major = (int) number;
        if (*end == '_' && end[1] >= '0' && end[1] <= '9') {
                number = strtol(end + 1, &end, 10);
                if (number <= 999 && (*end == '\0' || *end == '.'))
                        kernel->dist_minor = (int) number;
        }
}

int kernel_release_parse(const char *text, KernelRelease *ret) {
        KernelRelease kernel = {};
        char *dash;
        size_t n;

        n = strlen(text);
        if (n == 0 || n >= KERNEL_RELEASE_BYTES || text[0] < '0' || text[0] > '9')
                return KERNEL_RELEASE_E_MALFORMED;
        for (size_t i = 0; i < n; i++)
                if (!is_release_char(text[i]))
                        return KERNEL_RELEASE_E_MALFORMED;

        memcpy(kernel.name, text, n + 1);
        take_variant(kernel.name, &kernel);
        take_flavour(kernel.name, &kernel);
        take_arch(kernel.name, &kernel);

        dash = strchr(kernel.name, '-');
        if (!dash || dash == kernel.name || dash[1] == '\0')
                return KERNEL_RELEASE_E_MALFORMED;
        memcpy(kernel.version, kernel.name, (size_t) (dash - kernel.name));
        strcpy(kernel.release, dash + 1);

        if (kernel.variant[0] == '\0' && has_realtime_part(kernel.release))
                strcpy(kernel.variant, "rt");
        take_dist(&kernel);

        *ret = kernel;
        return 0;
}

bool kernel_release_is_bare(const KernelRelease *kernel) {
        return kernel->flavour[0] == '\0' && kernel->arch[0] == '\0' &&
               strspn(kernel->release, "0123456789.") == strlen(kernel->release);
}

/* `longer` is `shorter` with a dot and a number behind it. */
static bool has_one_number_more(const char *longer, const char *shorter) {
        size_t n = strlen(shorter);

        return strncmp(longer, shorter, n) == 0 && longer[n] == '.' && longer[n + 1] != '\0' &&
               longer[n + 1 + strspn(longer + n + 1, "0123456789")] == '\0';
}

bool kernel_release_is_same(const KernelRelease *a, const KernelRelease *b) {
        if (strcmp(a->name, b->name) == 0)
                return true;
        return (a->flavour[0] != '\0' && kernel_release_is_bare(b) &&
                has_one_number_more(b->name, a->name)) ||
               (b->flavour[0] != '\0' && kernel_release_is_bare(a) &&
                has_one_number_more(a->name, b->name));
}

int kernel_release_compare(const KernelRelease *a, const KernelRelease *b) {
        int order;

        if (kernel_release_is_same(a, b))
                return 0;
        order = package_version_compare(a->version, b->version);
        return order != 0 ? order : package_version_compare(a->release, b->release);
}

int kernel_release_compare_texts(const char *a, const char *b) {
        KernelRelease release_a, release_b;

        if (kernel_release_parse(a, &release_a) != 0 || kernel_release_parse(b, &release_b) != 0)
                return package_version_compare(a, b);
        return kernel_release_compare(&release_a, &release_b);
}

int kernel_release_first_number(const KernelRelease *kernel) {
        size_t n = strspn(kernel->release, "0123456789");

        return n > 0 && n < 9 ? atoi(kernel->release) : -1;
}
