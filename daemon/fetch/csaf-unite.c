/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Uniting. Of one advisory the latest revision counts, whole, whoever hands it out and in what order: so neither an
 * older document nor an older archive takes anything back. A document whose content changed without its date
 * cannot be told from a forged or a damaged one, so what was known before counts, and that is said. Records of an
 * advisory that nobody asked for are not used: somebody has put one document in another one's place.
 */

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/csaf-unite.h"
#include "format/digest-read.h"
#include "format/digest-write.h"

#define N_NO_SOURCE SIZE_MAX

/* Tells of one advisory whether its records stay. */
typedef struct Judge {
        const CsafUnion *job;
        size_t fresh;     /* the source */
        TextList changed; /* paths of documents that changed without their date */
        TextList foreign;
} Judge;

static bool is_of_any(const CsafRows *rows, const char *advisory) {
        for (size_t i = 0; i < rows->n_items; i++)
                if (csaf_path_is_of(rows->items[i].path, advisory))
                        return true;
        return false;
}

static bool is_of_one(const TextList *paths, const char *advisory) {
        for (size_t i = 0; i < paths->n_items; i++)
                if (csaf_path_is_of(paths->items[i], advisory))
                        return true;
        return false;
}

static bool stays(Judge *judge, size_t source, const char *advisory) {
        const CsafUnion *job = judge->job;

        if (source != judge->fresh)
                return !advisory || !is_of_one(job->deleted, advisory);
        if (advisory && is_of_any(job->read, advisory))
                return !is_of_one(&judge->changed, advisory);
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

/*
 * Does it still say all that was known? What it says beside that may be of other major releases, which klpwatchd does
 * not keep.
 */
static bool repeats(const Facts *fresh, const Facts *known, const char *path) {
        ALL_IN(known, fresh, kernels, kernels_equal, path)
        ALL_IN(known, fresh, patches, patches_equal, path)
        return true;
}

#define LATEST(facts, kind, path, latest)                                                       \
        for (size_t _i = 0; _i < (facts)->n_##kind; _i++)                                       \
                if ((facts)->kind[_i].advisory && (facts)->kind[_i].word.revised > *(latest) && \
                    csaf_path_is_of((path), (facts)->kind[_i].advisory))                        \
                        *(latest) = (facts)->kind[_i].word.revised;

/* The latest revision of the document at `path` in these facts; UTC_TIME_NONE = it is not known. */
static UtcTime revision_of(const Facts *facts, const char *path) {
        UtcTime latest = UTC_TIME_NONE;

        if (!facts)
                return UTC_TIME_NONE;
        LATEST(facts, kernels, path, &latest)
        LATEST(facts, patches, path, &latest)
        LATEST(facts, withdrawn, path, &latest)
        return latest;
}

/* Names what was fetched but is no news. */
static void judge_revision(Judge *judge, const char *path) {
        const CsafUnion *job = judge->job;
        const Facts *fresh = job->words[CSAF_TELLER_FRESH].facts;
        UtcTime now = revision_of(fresh, path);

        for (CsafTeller i = 0; i < CSAF_TELLER_FRESH && now != UTC_TIME_NONE; i++) {
                const Facts *known = job->words[i].facts;
                UtcTime before = revision_of(known, path);

                if (before > now) {
                        text_list_format(job->notes, job->pool,
                                         "%s%s: it is older than the one held, and ignored",
                                         job->shown, path);
                        return;
                }
                if (before == now && !repeats(fresh, known, path)) {
                        text_list_format(job->notes, job->pool,
                                         "%s%s: its content has changed but its date has not; what "
                                         "was known before counts",
                                         job->shown, path);
                        text_list_add(&judge->changed, job->pool, path);
                        return;
                }
        }
}

static int add(const CsafUnion *job, CsafTeller teller, Facts *facts, size_t *ret_source,
               const char **ret_reason) {
        static const char *const names[] = { [CSAF_TELLER_HELD] = "held",
                                             [CSAF_TELLER_ARCHIVE] = "archive",
                                             [CSAF_TELLER_FRESH] = "fresh" };
        const CsafWord *word = &job->words[teller];
        char reason[DIGEST_READ_REASON_BYTES];
        int r;

        if (!word->digest)
                return 0;
        r = digest_read(facts, names[teller], FEED_KIND_NETWORK, word->digest, word->n_digest,
                        reason);
        if (r < 0)
                return error_trace(r);
        if (r) {
                *ret_reason = memory_pool_text(job->pool, reason);
                return CSAF_UNION_E_REFUSED;
        }
        *ret_source = facts->n_sources - 1;
        return 0;
}

#define NEWEST(facts, kind, of, latest, newest)                                                   \
        for (size_t _i = 0; _i < (facts)->n_##kind; _i++)                                         \
                if ((facts)->kind[_i].source == (of) && (facts)->kind[_i].released <= (latest) && \
                    (facts)->kind[_i].released > *(newest))                                       \
                        *(newest) = (facts)->kind[_i].released;

/*
 * Up to when a source is complete. One document with a date of the future must neither make it fresh for years nor
 * keep all others from counting: then the newest record that is not of the future tells.
 */
static UtcTime complete_to(const CsafUnion *job, const Facts *facts, size_t source) {
        UtcTime newest = UTC_TIME_NONE;

        if (facts->sources[source].complete_to <= job->latest)
                return facts->sources[source].complete_to;
        NEWEST(facts, kernels, source, job->latest, &newest)
        NEWEST(facts, patches, source, job->latest, &newest)
        text_list_format(job->notes, job->pool,
                         "%s: it has a document of the future, whose date is no sign of news",
                         job->shown);
        return newest;
}

static int make_header(const CsafUnion *job, const Facts *facts, DigestHeader *ret,
                       const char **ret_reason) {
        DigestHeader header = { .complete_to = UTC_TIME_NONE };

        for (size_t i = 0; i < facts->n_sources; i++) {
                const FactSource *source = &facts->sources[i];
                UtcTime complete = complete_to(job, facts, i);

                if (header.vendor && source->vendor && !text_equal(header.vendor, source->vendor)) {
                        *ret_reason = memory_pool_format(job->pool,
                                                         "new documents are of %s, those before "
                                                         "of %s",
                                                         source->vendor, header.vendor);
                        return CSAF_UNION_E_REFUSED;
                }
                header.vendor = header.vendor ?: source->vendor;
                header.source = header.source ?: source->source;
                if (complete > header.complete_to)
                        header.complete_to = complete;
        }
        *ret = header;
        return 0;
}

int csaf_unite(const CsafUnion *job, CsafUnited *ret, const char **ret_reason) {
        Judge judge = { .job = job, .fresh = N_NO_SOURCE };
        _cleanup_(facts_freep) Facts *facts = NULL;
        DigestHeader header;
        TextList notes = {};
        int r;

        r = facts_new(&facts);
        if (r)
                return error_fold(r);
        for (CsafTeller i = 0; i < _CSAF_TELLER_MAX && r == 0; i++) {
                size_t source = N_NO_SOURCE;

                r = add(job, i, facts, &source, ret_reason);
                if (i == CSAF_TELLER_FRESH)
                        judge.fresh = source;
        }
        if (r == 0)
                r = make_header(job, facts, &header, ret_reason);
        if (r)
                return r < 0 ? error_trace(r) : CSAF_UNION_E_REFUSED;
        for (size_t i = 0; i < job->read->n_items; i++)
                judge_revision(&judge, job->read->items[i].path);
        FILTER(facts, kernels, &judge)
        FILTER(facts, patches, &judge)
        FILTER(facts, withdrawn, &judge)
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
