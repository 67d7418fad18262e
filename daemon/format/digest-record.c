/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Records of a digest: identity and the form of their names. Both sides of the format use these, so
 * that nothing can be written that would not be read. It refuses to know how a record is spelled.
 */

#include <string.h>

#include "base/text.h"
#include "core/kernel-release.h"
#include "format/digest-record.h"

DigestIdentity digest_identity_of_kernel(const KernelFact *kernel) {
        return (DigestIdentity){ "kernel",
                                 { kernel->release, kernel->stream, kernel->advisory,
                                   kernel->word.repository },
                                 kernel->channels,
                                 kernel->arch };
}

DigestIdentity digest_identity_of_patch(const PatchFact *patch) {
        return (DigestIdentity){ "patch",
                                 { patch->package, patch->version, patch->base, patch->stream,
                                   patch->advisory, patch->word.repository },
                                 patch->channels,
                                 patch->arch };
}

DigestIdentity digest_identity_of_repository(const RepositoryFact *repository) {
        return (DigestIdentity){ "repository",
                                 { repository->repository, repository->stream },
                                 1u << repository->channel,
                                 {} };
}

DigestIdentity digest_identity_of_window(const WindowFact *window) {
        return (DigestIdentity){ "window",
                                 { window->kernel, window->package, window->origin },
                                 window->channel == CHANNEL_UNKNOWN ? 0 : 1u << window->channel,
                                 {} };
}

DigestIdentity digest_identity_of_withdrawn(const WithdrawnFact *withdrawn) {
        return (DigestIdentity){
                "withdrawn", { withdrawn->advisory, withdrawn->word.repository }, 0, {}
        };
}

static int compare_texts(const char *a, const char *b) {
        if (!a || !b)
                return (a != NULL) - (b != NULL);
        return strcmp(a, b);
}

int digest_identity_compare(const DigestIdentity *a, const DigestIdentity *b) {
        int order;

        order = strcmp(a->kind, b->kind);
        for (size_t i = 0; order == 0 && i < ELEMENTS(a->parts); i++)
                order = compare_texts(a->parts[i], b->parts[i]);
        if (order == 0)
                order = (a->channels > b->channels) - (a->channels < b->channels);
        return order != 0 ? order : text_list_compare(&a->arch, &b->arch);
}

const char *digest_identity_text(MemoryPool *pool, const DigestIdentity *identity) {
        const char *text = memory_pool_format(pool, "%s %s", identity->kind, identity->parts[0]);

        for (size_t i = 1; i < ELEMENTS(identity->parts); i++)
                if (identity->parts[i])
                        text = memory_pool_format(pool, "%s, %s", text, identity->parts[i]);
        return text;
}

bool digest_is_id(const char *text) {
        size_t n;

        for (n = 0; text[n] != '\0'; n++)
                if (text[n] <= ' ' || text[n] > '~' || n == DIGEST_MAX_ID_BYTES)
                        return false;
        return n > 0;
}

static size_t count_digits(const char *text) {
        size_t n = 0;

        while (text[n] >= '0' && text[n] <= '9')
                n++;
        return n;
}

bool digest_is_cve(const char *text) {
        size_t n;

        if (!text_starts_with(text, "CVE-") || count_digits(text + 4) != 4 || text[8] != '-')
                return false;
        n = count_digits(text + 9);
        return n >= 4 && n <= 19 && text[9 + n] == '\0';
}

bool digest_is_kernel(const char *text) {
        KernelRelease kernel;

        return kernel_release_parse(text, &kernel) == 0 && strcmp(kernel.name, text) == 0;
}
