/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Package URLs. A kernel's package is named after its vendor's habit: the one that holds the image, and in
 * the version what `uname -r` tells of it. Where that is not a package's version (Ubuntu's lacks the upload) the name
 * alone has to do, and what no vendor's habit is known of is a generic product.
 */

#include <string.h>

#include "base/text.h"
#include "core/kernel-release.h"
#include "ctl/package-url.h"
#include "ctl/wording.h"

/* What stands for itself in a purl. */
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~"

static const char *encoded(MemoryPool *pool, const char *text) {
        const char *all = "";

        for (;;) {
                size_t n = strspn(text, PLAIN);

                if (text[n] == '\0')
                        return memory_pool_format(pool, "%s%s", all, text);
                all = memory_pool_format(pool, "%s%.*s%%%02X", all, (int) n, text,
                                         (unsigned char) text[n]);
                text += n + 1;
        }
}

/* "?arch=x86_64&distro=rhel-9.4", what is known of it, in the order of the alphabet. */
static const char *qualifiers(const Description *description, MemoryPool *pool, const char *arch,
                              bool with_distro) {
        const char *distro = with_distro ? description_text(description, "host.stream") : NULL;

        return memory_pool_format(pool, "%s%s%s%s%s", arch || distro ? "?" : "",
                                  arch ? "arch=" : "", arch ? encoded(pool, arch) : "",
                                  distro ? arch ? "&distro=" : "distro=" : "",
                                  distro ? encoded(pool, distro) : "");
}

/* Of rpm packages: whose they are. NULL where the packages are no rpms, or nobody knows. */
static const char *rpm_namespace(const Description *description, MemoryPool *pool,
                                 const KernelRelease *kernel) {
        const char *os = description_text(description, "host.os");

        if (description_is(description, "host.vendor", "amazon"))
                return "amzn";
        if (description_is(description, "host.vendor", "suse"))
                return "suse";
        if (!text_starts_with(kernel->dist, "el"))
                return NULL;
        return !os || strcmp(os, "rhel") == 0 ? "redhat" : encoded(pool, os);
}

static const char *rpm_name(const Description *description, MemoryPool *pool,
                            const KernelRelease *kernel) {
        const char *variant = kernel->variant[0] != '\0'
                                              ? memory_pool_format(pool, "-%s", kernel->variant)
                                              : "";

        if (description_is(description, "host.vendor", "suse"))
                return memory_pool_format(pool, "kernel-%s",
                                          kernel->flavour[0] != '\0' ? kernel->flavour : "default");
        /* From 8 on the package `kernel` is empty and needs the one with the image. */
        return memory_pool_format(pool, "kernel%s%s", variant,
                                  text_starts_with(kernel->dist, "el") && kernel->dist_major >= 8
                                                  ? "-core"
                                                  : "");
}

const char *package_url_of_kernel(const Description *description, MemoryPool *pool) {
        const char *release = description_text(description, "host.kernel"), *namespace;
        const char *arch = description_text(description, "host.arch");
        KernelRelease kernel;

        if (!release)
                return NULL;
        if (kernel_release_parse(release, &kernel) != 0)
                return memory_pool_format(pool, "pkg:generic/linux@%s", encoded(pool, release));

        namespace = rpm_namespace(description, pool, &kernel);
        if (namespace)
                return memory_pool_format(pool, "pkg:rpm/%s/%s@%s%s", namespace,
                                          encoded(pool, rpm_name(description, pool, &kernel)),
                                          encoded(pool, kernel.name),
                                          qualifiers(description, pool, arch, true));
        if (description_is(description, "host.vendor", "ubuntu"))
                return memory_pool_format(pool, "pkg:deb/ubuntu/linux-image-%s%s",
                                          encoded(pool, release),
                                          qualifiers(description, pool, NULL, true));
        return memory_pool_format(pool, "pkg:generic/linux@%s%s", encoded(pool, release),
                                  qualifiers(description, pool, arch, false));
}

const char *package_url_of_patch(const Description *description, MemoryPool *pool,
                                 const char *package, const char *version) {
        const char *release = description_text(description, "host.kernel"), *namespace;
        KernelRelease kernel;

        if (!release || !package || !version || kernel_release_parse(release, &kernel) != 0)
                return NULL;
        namespace = rpm_namespace(description, pool, &kernel);
        return namespace ? memory_pool_format(pool, "pkg:rpm/%s/%s@%s%s", namespace,
                                              encoded(pool, package), encoded(pool, version),
                                              qualifiers(description, pool,
                                                         description_text(description, "host.arch"),
                                                         true))
                         : NULL;
}
