/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Records of a document. All texts are copied, as the document's own go with it. It refuses to guess a base kernel's
 * dist tag where it is ambiguous: joining is the reader's work.
 */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "digest/csaf-record.h"
#include "format/digest-record.h"

static void keep_cves(MemoryPool *pool, const CsafPlace *place, CveFact **ret, size_t *ret_n,
                      Severity *ret_highest) {
        CveFact *cves = NULL;

        *ret = NULL;
        *ret_n = 0;
        *ret_highest = SEVERITY_UNKNOWN;
        if (place->n_cves > 0)
                cves = memory_pool_alloc(pool, place->n_cves * sizeof(*cves));
        if (!cves)
                return;
        for (size_t i = 0; i < place->n_cves; i++) {
                const CveFact *cve = &place->cves[i];

                if (cve->severity > *ret_highest)
                        *ret_highest = cve->severity;
                cves[i] = (CveFact){ memory_pool_text(pool, cve->id), cve->severity };
        }
        *ret = cves;
        *ret_n = place->n_cves;
}

static TextList keep_texts(MemoryPool *pool, const TextList *list) {
        TextList kept = {};

        for (size_t i = 0; i < list->n_items; i++)
                text_list_add(&kept, pool, memory_pool_text(pool, list->items[i]));
        return kept;
}

/*
 * The base kernel of a patch: as the notes name it, if that fits the package's name. Else the name
 * and the stream's dist tag, where the stream has one form only: RHEL 8 has `.el8` and `.el8_N`.
 */
static const char *base_of(const CsafRecordContext *context, const CsafRelease *release) {
        char name[LIVEPATCH_NAME_BYTES];

        if (livepatch_package_base(release->component.name, name) != 0)
                return NULL;
        for (size_t i = 0; i < context->targets->n_items; i++) {
                const char *target = context->targets->items[i];

                if (text_starts_with(target, name) &&
                    text_starts_with(target + strlen(name), ".el"))
                        return memory_pool_text(context->pool, target);
        }
        if (release->product.major == 7)
                return memory_pool_format(context->pool, "%s.el7", name);
        if (release->product.major >= 9 && release->product.minor >= 0)
                return memory_pool_format(context->pool, "%s.el%d_%d", name, release->product.major,
                                          release->product.minor);
        return NULL;
}

/* SUSE's names tell it all; the kernel itself has a number more, of the package's rebuilds. */
static const char *suse_base_of(MemoryPool *pool, const CsafRelease *release) {
        char base[LIVEPATCH_NAME_BYTES], renamed[2 * LIVEPATCH_NAME_BYTES];
        const char *name = release->component.name;

        if (text_starts_with(name, CSAF_PATCH_PREFIX_KGRAFT)) {
                snprintf(renamed, sizeof(renamed), LIVEPATCH_PACKAGE_PREFIX_KERNEL "%s",
                         name + strlen(CSAF_PATCH_PREFIX_KGRAFT));
                name = renamed;
        }
        return livepatch_package_base(name, base) == 0 && digest_is_kernel(base)
                               ? memory_pool_text(pool, base)
                               : NULL;
}

static UtcTime revised_of(const CsafDocument *document) {
        return document->revised > 0 ? document->revised : 0;
}

static void add_kernel(const CsafRecordContext *context, CsafDocument *document,
                       const CsafRelease *release, const CsafOffer *offer) {
        MemoryPool *pool = context->pool;
        KernelFact *kernel = memory_pool_append(pool, document->kernels, document->n_kernels);
        Severity highest;

        if (!kernel)
                return;
        kernel->release = memory_pool_text(pool, release->component.version);
        kernel->stream = memory_pool_text(pool, release->stream);
        kernel->channels = offer->channels_unknown ? 0 : offer->channels;
        kernel->arch = keep_texts(pool, &offer->arch);
        kernel->released = document->released;
        kernel->advisory = document->id;
        kernel->word.revised = revised_of(document);
        keep_cves(pool, offer->like, &kernel->cves, &kernel->n_cves, &highest);
        kernel->severity = context->severity != SEVERITY_UNKNOWN ? context->severity : highest;
}

static void add_patch(const CsafRecordContext *context, CsafDocument *document,
                      const CsafRelease *release, const CsafOffer *offer) {
        MemoryPool *pool = context->pool;
        PatchFact *patch = memory_pool_append(pool, document->patches, document->n_patches);
        Severity highest;

        if (!patch)
                return;
        patch->package = memory_pool_text(pool, release->component.name);
        patch->version = livepatch_version_without_dist(pool, release->component.version);
        patch->base = release->product.vendor == CSAF_VENDOR_SUSE ? suse_base_of(pool, release)
                                                                  : base_of(context, release);
        patch->stream = memory_pool_text(pool, release->stream);
        patch->channels = offer->channels_unknown ? 0 : offer->channels;
        patch->arch = keep_texts(pool, &offer->arch);
        patch->released = document->released;
        patch->advisory = document->id;
        patch->word.revised = revised_of(document);
        keep_cves(pool, offer->like, &patch->cves, &patch->n_cves, &highest);
        patch->severity = context->severity != SEVERITY_UNKNOWN ? context->severity : highest;
}

void csaf_record_add(const CsafRecordContext *context, CsafDocument *document,
                     const CsafRelease *release, const CsafOffer *offer) {
        if (release->component.kind == CSAF_COMPONENT_PATCH)
                add_patch(context, document, release, offer);
        else
                add_kernel(context, document, release, offer);
}
