/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Uniting. A document that takes the place of an earlier one of the same advisory takes its records with
 * it; where the earlier one is not at hand to be compared (it came in an archive), both count, so that
 * an older document can never take anything back. Records of an advisory that nobody asked for are not
 * used: somebody has put one document in another one's place.
 */

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/csaf-unite.h"
#include "format/digest-read.h"
#include "format/digest-write.h"

#define N_MAX_SOURCES 2

/* Tells of one advisory whether its records stay. */
typedef struct Judge {
        const CsafUnion *job;
        size_t known, fresh; /* sources; N_MAX_SOURCES = none */
        TextList foreign;
} Judge;

static bool is_of_any(const CsafRows *rows, const char *advisory) {
        for (size_t i = 0; i < rows->n_items; i++)
                if (csaf_path_is_of(rows->items[i].path, advisory))
                        return true;
        return false;
}

static bool stays(Judge *judge, size_t source, const char *advisory) {
        const CsafUnion *job = judge->job;

        if (source == judge->known && advisory)
                for (size_t i = 0; i < job->replaced->n_items; i++)
                        if (csaf_path_is_of(job->replaced->items[i], advisory))
                                return false;
        if (source != judge->fresh || (advisory && is_of_any(job->read, advisory)))
                return true;
        if (!text_list_has(&judge->foreign, advisory ?: "?"))
                text_list_add(&judge->foreign, job->pool, advisory ?: "?");
        return false;
}

#define FILTER(facts, kind, judge)                                                                \
        {                                                                                         \
                size_t _n = 0;                                                                    \
                for (size_t _i = 0; _i < (facts)->n_##kind; _i++)                                 \
                        if (stays((judge), (facts)->kind[_i].source, (facts)->kind[_i].advisory)) \
                                (facts)->kind[_n++] = (facts)->kind[_i];                          \
                (facts)->n_##kind = _n;                                                           \
        }

bool csaf_facts_know(const Facts *facts, const char *path) {
        for (size_t i = 0; i < facts->n_kernels; i++)
                if (facts->kernels[i].advisory && csaf_path_is_of(path, facts->kernels[i].advisory))
                        return true;
        for (size_t i = 0; i < facts->n_patches; i++)
                if (facts->patches[i].advisory && csaf_path_is_of(path, facts->patches[i].advisory))
                        return true;
        return false;
}

static bool cves_equal(const CveFact *a, size_t n_a, const CveFact *b, size_t n_b) {
        if (n_a != n_b)
                return false;
        for (size_t i = 0; i < n_a; i++)
                if (strcmp(a[i].id, b[i].id) != 0 || a[i].severity != b[i].severity)
                        return false;
        return true;
}

static bool kernels_equal(const KernelFact *a, const KernelFact *b) {
        return strcmp(a->release, b->release) == 0 && text_equal(a->stream, b->stream) &&
               a->channels == b->channels && text_list_equal(&a->arch, &b->arch) &&
               a->released == b->released && text_equal(a->advisory, b->advisory) &&
               a->severity == b->severity && cves_equal(a->cves, a->n_cves, b->cves, b->n_cves);
}

static bool patches_equal(const PatchFact *a, const PatchFact *b) {
        return strcmp(a->package, b->package) == 0 && strcmp(a->version, b->version) == 0 &&
               text_equal(a->base, b->base) && text_equal(a->stream, b->stream) &&
               a->channels == b->channels && text_list_equal(&a->arch, &b->arch) &&
               a->released == b->released && text_equal(a->advisory, b->advisory) &&
               a->severity == b->severity && cves_equal(a->cves, a->n_cves, b->cves, b->n_cves) &&
               a->cves_shared == b->cves_shared;
}

/* Each record of `a` about it is among those of `b`. */
#define ALL_IN(a, b, kind, equal, path)                                                          \
        for (size_t _i = 0; _i < (a)->n_##kind; _i++) {                                          \
                bool _found = false;                                                             \
                if (!(a)->kind[_i].advisory || !csaf_path_is_of((path), (a)->kind[_i].advisory)) \
                        continue;                                                                \
                for (size_t _j = 0; _j < (b)->n_##kind && !_found; _j++)                         \
                        _found = equal(&(a)->kind[_i], &(b)->kind[_j]);                          \
                if (!_found)                                                                     \
                        return false;                                                            \
        }

bool csaf_facts_agree(const Facts *a, const Facts *b, const char *path) {
        ALL_IN(a, b, kernels, kernels_equal, path)
        ALL_IN(b, a, kernels, kernels_equal, path)
        ALL_IN(a, b, patches, patches_equal, path)
        ALL_IN(b, a, patches, patches_equal, path)
        return true;
}

static int add(const CsafUnion *job, Facts *facts, const char *name, const char *digest, size_t n,
               size_t *ret_source, const char **ret_reason) {
        char reason[DIGEST_READ_REASON_BYTES];
        int r;

        if (!digest)
                return 0;
        r = digest_read(facts, name, FEED_KIND_NETWORK, digest, n, reason);
        if (r < 0)
                return error_trace(r);
        if (r) {
                *ret_reason = memory_pool_text(job->pool, reason);
                return CSAF_UNION_E_REFUSED;
        }
        *ret_source = facts->n_sources - 1;
        return 0;
}

static int make_header(const CsafUnion *job, const Facts *facts, DigestHeader *ret,
                       const char **ret_reason) {
        DigestHeader header = { .complete_to = UTC_TIME_NONE };

        for (size_t i = 0; i < facts->n_sources; i++) {
                const FactSource *source = &facts->sources[i];

                if (header.vendor && source->vendor && !text_equal(header.vendor, source->vendor)) {
                        *ret_reason = memory_pool_format(job->pool,
                                                         "new documents are of %s, those before "
                                                         "of %s",
                                                         source->vendor, header.vendor);
                        return CSAF_UNION_E_REFUSED;
                }
                header.vendor = header.vendor ?: source->vendor;
                header.source = header.source ?: source->source;
                if (source->complete_to > header.complete_to)
                        header.complete_to = source->complete_to;
        }
        *ret = header;
        return 0;
}

int csaf_unite(const CsafUnion *job, CsafUnited *ret, const char **ret_reason) {
        Judge judge = { .job = job, .known = N_MAX_SOURCES, .fresh = N_MAX_SOURCES };
        _cleanup_(facts_freep) Facts *facts = NULL;
        DigestHeader header;
        TextList notes = {};
        int r;

        r = facts_new(&facts);
        if (r)
                return error_fold(r);
        r = add(job, facts, "known", job->known, job->n_known, &judge.known, ret_reason);
        if (r == 0)
                r = add(job, facts, "fresh", job->fresh, job->n_fresh, &judge.fresh, ret_reason);
        if (r == 0)
                r = make_header(job, facts, &header, ret_reason);
        if (r)
                return r < 0 ? error_trace(r) : CSAF_UNION_E_REFUSED;
        FILTER(facts, kernels, &judge)
        FILTER(facts, patches, &judge)
        for (size_t i = 0; i < judge.foreign.n_items; i++)
                text_list_format(job->notes, job->pool,
                                 "%s came under the name of another document and is not used",
                                 text_printable(job->pool, judge.foreign.items[i], 64));
        r = digest_write(facts, &header, &notes, job->pool, &ret->digest, &ret->n_digest);
        if (r < 0)
                return error_trace(r);
        if (r) {
                *ret_reason = notes.items[notes.n_items - 1];
                return CSAF_UNION_E_REFUSED;
        }
        ret->vendor = memory_pool_text(job->pool, header.vendor);
        ret->complete_to = header.complete_to;
        return memory_pool_exhausted(job->pool) ? error_origin(-ENOMEM) : 0;
}
