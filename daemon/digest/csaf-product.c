/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Product ids. CSAF calls them opaque, and in Red Hat's documents they are nevertheless the only
 * place that tells a main-stream erratum's minor: the CPE stops at the major. So they are parsed, and
 * by exact words: a channel that is not known here stays unknown, because to take a long-life
 * extension for EUS would promise kernels to hosts that cannot get them. SUSE's ids are the names of
 * its products as people read them, and each product has only those components that it really ships;
 * its real-time and cloud kernels have numbers of their own and are left alone. It refuses to look at
 * titles, and at the form of the tree around the ids.
 */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "digest/csaf-product.h"
#include "format/digest-record.h"

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

/* One number of at most three digits, and the dot behind it if there is one. */
static bool take_number(const char **at, int *ret) {
        size_t n = strspn(*at, "0123456789");
        char next = (*at)[n];

        if (n == 0 || n > 3 || (next != '.' && next != '\0'))
                return false;
        *ret = atoi(*at);
        *at += next == '.' ? n + 1 : n;
        return true;
}

/* `GA`, `Z.MAIN.EUS`, `Z.E4S`: what is not a word we know adds nothing. */
static ChannelSet channels_of(const char *words) {
        static const struct {
                const char *word;
                Channel channel;
        } known[] = {
                { "GA", CHANNEL_MAIN }, { "MAIN", CHANNEL_MAIN }, { "EUS", CHANNEL_EUS },
                { "E4S", CHANNEL_E4S }, { "AUS", CHANNEL_AUS },   { "TUS", CHANNEL_TUS },
        };
        ChannelSet channels = 0;

        for (const char *word = words; *word != '\0';) {
                size_t n = strcspn(word, ".");

                for (size_t i = 0; i < ELEMENTS(known); i++)
                        if (strlen(known[i].word) == n && strncasecmp(known[i].word, word, n) == 0)
                                channels |= 1u << known[i].channel;
                word += word[n] == '.' ? n + 1 : n;
        }
        return channels;
}

/* RHEL 7 has no BaseOS; its editions share one kernel, and plain `Z` is the main stream. */
static bool parse_edition(const char *id, CsafProduct *ret) {
        static const char *const editions[] = { "7Server-", "7ComputeNode-", "7Workstation-",
                                                "7Client-" };
        CsafProduct product = { .vendor = CSAF_VENDOR_REDHAT, .minor = -1 };

        for (size_t i = 0; i < ELEMENTS(editions); i++) {
                const char *at = id + strlen(editions[i]);

                if (!text_starts_with(id, editions[i]) || !take_number(&at, &product.major) ||
                    product.major != 7 || !take_number(&at, &product.minor))
                        continue;
                product.channels = *at == '\0' || strcmp(at, "Z") == 0 ? 1u << CHANNEL_MAIN
                                                                       : channels_of(at);
                *ret = product;
                return true;
        }
        return false;
}

/* `rhel-9.4.0.z.eus`, `rhel-9.7.z::appstream`; real time and other add-ons have kernels of their own. */
static bool parse_flat(const char *id, CsafProduct *ret) {
        static const char prefix[] = "rhel-";
        CsafProduct product = { .vendor = CSAF_VENDOR_REDHAT, .minor = -1, .flat = true };
        const char *repository = strstr(id, "::");
        size_t n = repository ? (size_t) (repository - id) : strlen(id);
        const char *at;
        char text[64];
        int update;

        if (!text_starts_with(id, prefix) || n >= sizeof(text) ||
            (repository && strcmp(repository, "::appstream") != 0 &&
             strcmp(repository, "::baseos") != 0))
                return false;
        memcpy(text, id, n);
        text[n] = '\0';
        at = text + strlen(prefix);
        if (!take_number(&at, &product.major) ||
            (is_digit(*at) && !take_number(&at, &product.minor)) ||
            (is_digit(*at) && !take_number(&at, &update)))
                return false;
        product.channels = channels_of(at);
        *ret = product;
        return true;
}

/*
 * `… 15 SP5`, `… 15 SP4-LTSS`, `… 12-LTSS`, `… Server 16.0`. Micro counts in releases of its own, on
 * kernels of others. What the name says of a channel is LTSS or the plain system; SAP's and the
 * service-pack overlaps' long support say nothing of it.
 */
static bool parse_suse(const char *id, CsafProduct *ret) {
        static const char prefix[] = "SUSE Linux Enterprise ";
        CsafProduct product = { .vendor = CSAF_VENDOR_SUSE };
        const char *words = id + strlen(prefix), *at;

        if (!text_starts_with(id, prefix) || text_starts_with(words, "Micro"))
                return false;
        for (at = words; *at != '\0' && !(is_digit(*at) && at[-1] == ' '); at++)
                ;
        if (strspn(at, "0123456789") != 2)
                return false;
        product.major = atoi(at);
        at += 2;
        if (text_starts_with(at, " SP") && strspn(at + 3, "0123456789") == 1) {
                product.minor = at[3] - '0';
                at += 4;
        } else if (*at == '.' && strspn(at + 1, "0123456789") == 1) {
                product.minor = at[1] - '0';
                at += 2;
        }
        if (text_starts_with(at, "-LTSS"))
                product.channels = 1u << CHANNEL_LTSS;
        else if (*at == '\0' && (text_starts_with(words, "Module for Basesystem ") ||
                                 (text_starts_with(words, "Server ") && is_digit(words[7]))))
                product.channels = 1u << CHANNEL_MAIN;
        else if (*at != '\0' && *at != '-' && *at != ' ')
                return false;
        *ret = product;
        return true;
}

bool csaf_product_parse(const char *id, CsafProduct *ret) {
        static const char base[] = "BaseOS-";
        CsafProduct product = { .vendor = CSAF_VENDOR_REDHAT, .minor = -1 };
        const char *at = id + strlen(base);
        int update;

        if (!text_starts_with(id, base))
                return parse_edition(id, ret) || parse_flat(id, ret) || parse_suse(id, ret);
        if (!take_number(&at, &product.major))
                return false;
        if (is_digit(*at) && !take_number(&at, &product.minor))
                return false;
        if (is_digit(*at) && !take_number(&at, &update))
                return false;
        product.channels = channels_of(at);
        *ret = product;
        return true;
}

/* A word such as an architecture's behind the last dot: lower case, and no dist tag. */
static bool is_arch(const char *text) {
        return text[0] >= 'a' && text[0] <= 'z' &&
               strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text) &&
               !(text_starts_with(text, "el") && is_digit(text[2]));
}

/* Takes the architecture off the end, also one that nobody has heard of yet; false for sources. */
static bool take_arch(char *version, char *ret_arch, size_t n_arch) {
        char *dot = strrchr(version, '.');

        if (!dot)
                return true;
        if (strcmp(dot + 1, "src") == 0 || strcmp(dot + 1, "nosrc") == 0)
                return false;
        if (is_arch(dot + 1) && strlen(dot + 1) < n_arch) {
                strcpy(ret_arch, dot + 1);
                *dot = '\0';
        }
        return true;
}

static const char *behind_epoch(const char *evr) {
        size_t n = strspn(evr, "0123456789");

        return n > 0 && evr[n] == ':' ? evr + n + 1 : evr;
}

/* `[EPOCH:]VERSION-RELEASE[.ARCH]` behind a kernel package's name. */
static bool parse_kernel(const char *evr, CsafComponentKind kind, CsafComponent *ret) {
        CsafComponent component = { .vendor = kind == CSAF_COMPONENT_KERNEL_DEFAULT
                                                              ? CSAF_VENDOR_SUSE
                                                              : CSAF_VENDOR_REDHAT,
                                    .kind = kind };
        const char *version = behind_epoch(evr);
        KernelRelease kernel;

        if (strlen(version) >= sizeof(component.version)) {
                component.malformed = true;
        } else {
                strcpy(component.version, version);
                if (!take_arch(component.version, component.arch, sizeof(component.arch)))
                        return false;
                component.malformed = kernel_release_parse(component.version, &kernel) != 0 ||
                                      strcmp(kernel.name, component.version) != 0;
        }
        *ret = component;
        return true;
}

static bool is_version_part(const char *text, size_t n) {
        if (n == 0 || !is_digit(text[0]))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!is_digit(text[i]) && !strchr("._~^+", text[i]) &&
                    !(text[i] >= 'a' && text[i] <= 'z') && !(text[i] >= 'A' && text[i] <= 'Z'))
                        return false;
        return true;
}

/* NAME-[EPOCH:]VERSION-RELEASE[.ARCH], where NAME has dashes of its own: taken apart from the end. */
static bool parse_patch(const char *id, CsafVendor vendor, CsafComponent *ret) {
        CsafComponent component = { .vendor = vendor,
                                    .kind = CSAF_COMPONENT_PATCH,
                                    .malformed = true };
        char text[LIVEPATCH_NAME_BYTES + KERNEL_RELEASE_BYTES];
        const char *version;
        char *release, *evr;

        *ret = component;
        if (strlen(id) >= sizeof(text))
                return true;
        strcpy(text, id);
        if (strstr(text, "-debuginfo") || strstr(text, "-debugsource") ||
            !take_arch(text, component.arch, sizeof(component.arch)))
                return false;

        release = strrchr(text, '-');
        if (!release || release == text)
                return true;
        evr = memrchr(text, '-', (size_t) (release - text));
        if (!evr || (size_t) (evr - text) >= sizeof(component.name) ||
            (size_t) (evr - text) <= strlen(LIVEPATCH_PACKAGE_PREFIX))
                return true;

        version = behind_epoch(evr + 1);
        if (strlen(version) >= sizeof(component.version) || version > release ||
            !is_version_part(version, (size_t) (release - version)) ||
            !is_version_part(release + 1, strlen(release + 1)))
                return true;
        memcpy(component.name, text, (size_t) (evr - text));
        strcpy(component.version, version);
        component.malformed = !digest_is_id(component.name);
        *ret = component;
        return true;
}

/* A name ends where a number begins that is no word's: `kernel-0:…`, but not `kernel-64k-core-0:…`. */
static bool is_evr(const char *text) {
        size_t n = strspn(text, "0123456789");

        return n > 0 && strchr(":.-", text[n]);
}

/* SUSE's patches for the kernels that are judged; the names of sources begin with a letter. */
static bool parse_suse_patch(const char *id, const char *prefix, CsafComponent *ret) {
        CsafComponent component;

        if (!text_starts_with(id, prefix) || !is_digit(id[strlen(prefix)]) ||
            !parse_patch(id, CSAF_VENDOR_SUSE, &component) ||
            (!component.malformed && !text_ends_with(component.name, "-default")))
                return false;
        *ret = component;
        return true;
}

bool csaf_component_parse(const char *id, CsafComponent *ret) {
        static const char core[] = "kernel-core-", kernel[] = "kernel-";
        static const char kernel_default[] = "kernel-default-";

        if (text_starts_with(id, core) && is_evr(id + strlen(core)))
                return parse_kernel(id + strlen(core), CSAF_COMPONENT_KERNEL_CORE, ret);
        if (text_starts_with(id, kernel) && is_evr(id + strlen(kernel)))
                return parse_kernel(id + strlen(kernel), CSAF_COMPONENT_KERNEL, ret);
        if (text_starts_with(id, kernel_default) && is_evr(id + strlen(kernel_default)))
                return parse_kernel(id + strlen(kernel_default), CSAF_COMPONENT_KERNEL_DEFAULT,
                                    ret);
        if (text_starts_with(id, LIVEPATCH_PACKAGE_PREFIX))
                return parse_patch(id, CSAF_VENDOR_REDHAT, ret);
        return parse_suse_patch(id, LIVEPATCH_PACKAGE_PREFIX_KERNEL, ret) ||
               parse_suse_patch(id, CSAF_PATCH_PREFIX_KGRAFT, ret);
}

bool csaf_pair_parse(const char *id, CsafProduct *ret_product, CsafComponent *ret_component) {
        CsafComponent component;
        CsafProduct product;
        char text[128];
        const char *colon;

        /* The first colon that is no part of `::`. */
        colon = strchr(id, ':');
        while (colon && colon[1] == ':')
                colon = strchr(colon + 2, ':');
        /* Documents list a hundred pairs for one of ours, whose components all begin alike. */
        if (!colon || colon[1] != 'k' || (size_t) (colon - id) >= sizeof(text))
                return false;
        memcpy(text, id, (size_t) (colon - id));
        text[colon - id] = '\0';
        if (!csaf_product_parse(text, &product) || !csaf_component_parse(colon + 1, &component))
                return false;
        *ret_product = product;
        *ret_component = component;
        return true;
}

bool csaf_component_counts(const CsafComponent *component, const CsafProduct *product) {
        if (component->vendor != product->vendor)
                return false;
        switch (component->kind) {
        case CSAF_COMPONENT_KERNEL_CORE:
                return product->major >= 8;
        case CSAF_COMPONENT_KERNEL:
                return product->major == 7 || (product->flat && component->arch[0] == '\0');
        default:
                return true;
        }
}
