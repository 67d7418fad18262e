/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The union of records. Who is handed two digests judges by what either of them says; whoever is handed
 * their union must come to the same. So nothing that a source states is lost beside another that states
 * less: CVEs are united, the earliest release and the highest severity count, a date of support the
 * latest. Only the same teller's later word replaces the earlier one (fact-revision.h), and a later look
 * at a repository what it holds: absence is proven from that. It refuses to choose between two looks at
 * the same moment.
 *
 * Each rule is the larger of two in some order, which is what makes the whole independent of order.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "core/fact-revision.h"
#include "format/digest-record.h"
#include "format/digest-union.h"

typedef struct Union {
        const Facts *facts;
        Facts *united;
        TextList *notes;
        MemoryPool *notes_pool;
} Union;

static const char *name_of(const Union *unite, size_t source) {
        return unite->facts->sources[source].name;
}

static const char *thing_of(const Union *unite, DigestIdentity identity) {
        return digest_identity_text(unite->notes_pool, &identity);
}

static UtcTime earlier(UtcTime a, UtcTime b) {
        if (a == UTC_TIME_NONE || b == UTC_TIME_NONE)
                return a == UTC_TIME_NONE ? b : a;
        return a < b ? a : b;
}

/* A sorted copy: identities are compared by it. */
static TextList sort_arch(MemoryPool *pool, const TextList *arch) {
        TextList sorted = {};

        for (size_t i = 0; i < arch->n_items; i++)
                text_list_add(&sorted, pool, arch->items[i]);
        text_list_sort(&sorted);
        return sorted;
}

static void prepare_kernels(MemoryPool *pool, KernelFact *kernels, size_t n) {
        for (size_t i = 0; i < n; i++)
                kernels[i].arch = sort_arch(pool, &kernels[i].arch);
}

/* What patch_facts_find_overruled() finds stays: what overrules it may be withdrawn by a later word. */
static void prepare_patches(MemoryPool *pool, PatchFact *patches, size_t n) {
        for (size_t i = 0; i < n; i++)
                patches[i].arch = sort_arch(pool, &patches[i].arch);
}

static void prepare_repositories(_unused_ MemoryPool *pool, _unused_ RepositoryFact *repositories,
                                 _unused_ size_t n) {
}

static void prepare_windows(_unused_ MemoryPool *pool, _unused_ WindowFact *windows,
                            _unused_ size_t n) {
}

static void prepare_withdrawn(_unused_ MemoryPool *pool, _unused_ WithdrawnFact *withdrawn,
                              _unused_ size_t n) {
}

/* Both are sorted by id, and so is the union; each CVE has its highest severity. */
static CveFact *unite_cves(MemoryPool *pool, const CveFact *a, size_t n_a, const CveFact *b,
                           size_t n_b, size_t *ret_n) {
        CveFact *united = memory_pool_alloc(pool, (n_a + n_b + 1) * sizeof(*united));
        size_t i = 0, j = 0, n = 0;

        *ret_n = 0;
        if (!united)
                return NULL;
        while (i < n_a || j < n_b) {
                int order = i == n_a ? 1 : j == n_b ? -1 : strcmp(a[i].id, b[j].id);

                united[n] = order <= 0 ? a[i] : b[j];
                if (order == 0 && b[j].severity > united[n].severity)
                        united[n].severity = b[j].severity;
                i += order <= 0;
                j += order >= 0;
                n++;
        }
        *ret_n = n;
        return united;
}

static void note_severities(const Union *unite, size_t source_a, Severity a, size_t source_b,
                            Severity b, DigestIdentity identity) {
        if (a != b && a != SEVERITY_UNKNOWN && b != SEVERITY_UNKNOWN)
                text_list_format(unite->notes, unite->notes_pool,
                                 "%s and %s rate %s differently; the higher counts: %s",
                                 name_of(unite, source_a), name_of(unite, source_b),
                                 thing_of(unite, identity), severity_to_text(a > b ? a : b));
}

/* What kernel and patch records have in common. */
#define UNITE_RELEASE(unite, into, from, identity)                                           \
        do {                                                                                 \
                MemoryPool *_pool = (unite)->united->pool;                                   \
                                                                                             \
                note_severities(unite, (into)->source, (into)->severity, (from)->source,     \
                                (from)->severity, identity);                                 \
                (into)->released = earlier((into)->released, (from)->released);              \
                if ((from)->severity > (into)->severity)                                     \
                        (into)->severity = (from)->severity;                                 \
                (into)->cves = unite_cves(_pool, (into)->cves, (into)->n_cves, (from)->cves, \
                                          (from)->n_cves, &(into)->n_cves);                  \
        } while (false)

static int unite_kernels(const Union *unite, KernelFact *into, const KernelFact *from) {
        UNITE_RELEASE(unite, into, from, digest_identity_of_kernel(from));
        return 0;
}

static int unite_patches(const Union *unite, PatchFact *into, const PatchFact *from) {
        /* Where one tells a patch's own CVEs, those that it shares with other kernels' add none. */
        PatchFact own = *from;

        if (into->cves_shared && !own.cves_shared)
                into->n_cves = 0;
        if (own.cves_shared && !into->cves_shared)
                own.n_cves = 0;
        UNITE_RELEASE(unite, into, &own, digest_identity_of_patch(from));
        into->cves_shared &= own.cves_shared;
        return 0;
}

static bool same_kernels(const RepositoryFact *a, const RepositoryFact *b) {
        for (size_t i = 0; i < a->kernels.n_items; i++)
                if (!text_list_has(&b->kernels, a->kernels.items[i]))
                        return false;
        for (size_t i = 0; i < b->kernels.n_items; i++)
                if (!text_list_has(&a->kernels, b->kernels.items[i]))
                        return false;
        return true;
}

static int unite_repositories(const Union *unite, RepositoryFact *into,
                              const RepositoryFact *from) {
        if (into->complete_at == from->complete_at && !same_kernels(into, from)) {
                text_list_format(unite->notes, unite->notes_pool,
                                 "%s and %s contradict each other about %s, and neither is newer",
                                 name_of(unite, into->source), name_of(unite, from->source),
                                 thing_of(unite, digest_identity_of_repository(from)));
                return DIGEST_UNION_E_CONTRADICTION;
        }
        if (from->complete_at > into->complete_at)
                *into = *from;
        return 0;
}

static int unite_windows(const Union *unite, WindowFact *into, const WindowFact *from) {
        char buffer[UTC_DAY_TEXT_BYTES];

        if (into->end != from->end)
                text_list_format(unite->notes, unite->notes_pool,
                                 "%s and %s have different ends of %s; the later counts: %s",
                                 name_of(unite, into->source), name_of(unite, from->source),
                                 thing_of(unite, digest_identity_of_window(from)),
                                 utc_day_format(into->end > from->end ? into->end : from->end,
                                                buffer));
        if (from->end > into->end)
                into->end = from->end;
        return 0;
}

/* One word of one teller, told twice. */
static int unite_withdrawn(_unused_ const Union *unite, _unused_ WithdrawnFact *into,
                           _unused_ const WithdrawnFact *from) {
        return 0;
}

/* Sorts by identity and lets what is alike be united; sources in their order, for the notes. */
#define DEFINE_UNION(kind, Fact, noun)                                                         \
        static int compare_##kind(const void *a, const void *b) {                              \
                const Fact *x = a, *y = b;                                                     \
                DigestIdentity of_x = digest_identity_of_##noun(x),                            \
                               of_y = digest_identity_of_##noun(y);                            \
                int order = digest_identity_compare(&of_x, &of_y);                             \
                                                                                               \
                return order != 0 ? order : (x->source > y->source) - (x->source < y->source); \
        }                                                                                      \
                                                                                               \
        static int union_of_##kind(const Union *unite) {                                       \
                const Facts *facts = unite->facts;                                             \
                Facts *united = unite->united;                                                 \
                Fact *list;                                                                    \
                int r;                                                                         \
                                                                                               \
                if (facts->n_##kind == 0)                                                      \
                        return 0;                                                              \
                list = facts->kind; /* a copy already */                                       \
                prepare_##kind(united->pool, list, facts->n_##kind);                           \
                qsort(list, facts->n_##kind, sizeof(*list), compare_##kind);                   \
                united->kind = list;                                                           \
                united->n_##kind = 1;                                                          \
                for (size_t i = 1; i < facts->n_##kind; i++) {                                 \
                        Fact *last = &list[united->n_##kind - 1];                              \
                        DigestIdentity of_last = digest_identity_of_##noun(last),              \
                                       of_next = digest_identity_of_##noun(&list[i]);          \
                                                                                               \
                        if (digest_identity_compare(&of_last, &of_next) != 0) {                \
                                list[united->n_##kind++] = list[i];                            \
                                continue;                                                      \
                        }                                                                      \
                        r = unite_##kind(unite, last, &list[i]);                               \
                        if (r)                                                                 \
                                return r; /* a contradiction: the caller's to tell */          \
                }                                                                              \
                return 0;                                                                      \
        }

DEFINE_UNION(kernels, KernelFact, kernel)
DEFINE_UNION(patches, PatchFact, patch)
DEFINE_UNION(repositories, RepositoryFact, repository)
DEFINE_UNION(windows, WindowFact, window)
DEFINE_UNION(withdrawn, WithdrawnFact, withdrawn)

/* Copies of all arrays, so that records can be dropped. */
static Facts copy_arrays(const Facts *facts, MemoryPool *pool) {
        Facts copy = *facts;

#define COPY(kind)                                                                               \
        do {                                                                                     \
                copy.kind = memory_pool_alloc(pool, (facts->n_##kind + 1) * sizeof(*copy.kind)); \
                if (copy.kind && facts->n_##kind > 0)                                            \
                        memcpy(copy.kind, facts->kind, facts->n_##kind * sizeof(*copy.kind));    \
        } while (false)
        COPY(sources);
        COPY(kernels);
        COPY(patches);
        COPY(repositories);
        COPY(windows);
        COPY(withdrawn);
#undef COPY
        return copy;
}

int digest_union(const Facts *facts, Facts *united, TextList *notes, MemoryPool *notes_pool) {
        Facts latest = copy_arrays(facts, united->pool);
        const Union unite = { &latest, united, notes, notes_pool };
        int r;

        if (memory_pool_exhausted(united->pool))
                return error_origin(-ENOMEM);
        r = facts_drop_superseded(&latest);
        if (r)
                return error_fold(r);
        r = union_of_kernels(&unite);
        if (r == 0)
                r = union_of_patches(&unite);
        if (r == 0)
                r = union_of_windows(&unite);
        if (r == 0)
                r = union_of_withdrawn(&unite);
        if (r == 0)
                r = union_of_repositories(&unite);
        if (r < 0)
                return error_trace(r);
        if (memory_pool_exhausted(united->pool) || memory_pool_exhausted(notes_pool))
                return error_origin(-ENOMEM);
        return r ? DIGEST_UNION_E_CONTRADICTION : 0;
}
