/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A run. It decides by an input's first bytes whether it is a digest or a vendor's document, hands it
 * to the reader for that, and keeps the score. Freshness is measured from the time up to which a
 * source is complete: for loose documents that is the first publication of the newest one, noise
 * included, because a set that holds an advisory of some day was fetched no earlier. Not its
 * revision: vendors regenerate old documents by the thousand. It refuses to stop at a bad input.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "digest/digest-run.h"
#include "digest/document-name.h"
#include "digest/document-set.h"
#include "digest/lifecycle-list.h"
#include "digest/memory-watch.h"
#include "digest/repository-metadata.h"
#include "digest/worker.h"
#include "format/digest-read.h"
#include "format/digest-header.h"
#include "format/digest-write.h"

/* Whom the licence of their documents wants named wherever they go. */
static const char *const vendor_sources[_CSAF_VENDOR_MAX] = {
        [CSAF_VENDOR_REDHAT] = "Red Hat, Inc., "
                               "https://security.access.redhat.com/data/csaf/v2/advisories/, "
                               "CC-BY-4.0",
        [CSAF_VENDOR_SUSE] = "SUSE, https://ftp.suse.com/pub/projects/security/csaf/, CC-BY-4.0",
};
#define VENDOR_OF_LISTS "suse"

/* Three times what the largest real document has. Kept from one document to the next; more would not be there for it. */
#define CELLS_KEPT_BYTES ((size_t) 24 * 1024 * 1024)

struct DigestRun {
        DigestMode mode;
        Facts *facts; /* what digests said; with documents, one source for all of them */
        DocumentSet *documents;
        JsonText *json;        /* what documents are read by */
        Facts *others;         /* what lists and repositories said; not of documents */
        const char *vendor;    /* of all that was read, noise included; NULL before it is told */
        const char *vendor_of; /* the first input that tells */
        bool advisories;       /* documents tell the vendor, not lists alone */
        bool repository;       /* what was read is a repository's metadata */
        UtcTime newest;
        UtcTime as_of;    /* of lists that do not tell */
        TextList undated; /* lists of which nobody tells it */
        DigestRunCounts counts;
};

int digest_run_new(DigestRun **ret, DigestMode mode, UtcTime as_of) {
        _cleanup_(digest_run_freep) DigestRun *run = NULL;
        int r;

        run = calloc(1, sizeof(*run));
        if (!run)
                return error_origin(-ENOMEM);
        run->mode = mode;
        run->newest = UTC_TIME_NONE;
        run->as_of = as_of;
        r = facts_new(&run->facts);
        if (r)
                return error_fold(r);
        r = facts_new(&run->others);
        if (r)
                return error_fold(r);
        r = document_set_new(&run->documents);
        if (r)
                return error_fold(r);
        r = json_text_new_empty(&run->json);
        if (r)
                return error_fold(r);

        *ret = TAKE(run);
        return 0;
}

DigestRun *digest_run_free(DigestRun *run) {
        if (!run)
                return NULL;

        facts_free(run->facts);
        facts_free(run->others);
        document_set_free(run->documents);
        json_text_free(run->json);
        free(run);
        return NULL;
}

/* Foreign texts pass text_printable() on their way to the terminal. */
static void say(DigestRun *run, const char *text, const char *end) {
        fprintf(stderr, "%s%s\n", text_printable(run->facts->pool, text, 2048), end);
}

static void say_refused(DigestRun *run, const char *name, const char *place, const char *reason) {
        const char *text;

        run->counts.n_refused++;
        text = place ? memory_pool_format(run->facts->pool, "%s: %s: %s", name, place, reason)
                     : memory_pool_format(run->facts->pool, "%s: %s", name, reason);
        say(run, text, run->mode == DIGEST_MODE_CHECK ? " (refused)" : " (skipped)");
}

/*
 * After a negative answer, or where a library may have been silent: true if there was no memory for this
 * document alone, which was refused. What the others gave is sound then.
 */
static bool refused_for_memory(DigestRun *run, const char *name) {
        if (!memory_watch_failed() || memory_pool_exhausted(run->facts->pool) ||
            memory_pool_exhausted(run->others->pool) ||
            memory_pool_exhausted(document_set_pool(run->documents)))
                return false;
        memory_watch_forget();
        say_refused(run, name, NULL, "exceeds the memory limit");
        return true;
}

static int read_digest(DigestRun *run, const Document *document) {
        char reason[DIGEST_READ_REASON_BYTES];
        int r;

        if (document->member) {
                run->counts.n_documents++;
                say_refused(run, document->name, NULL, "a digest, not a document");
                return 0;
        }
        if (run->mode == DIGEST_MODE_DOCUMENTS) {
                say_refused(run, document->name, NULL,
                            "a digest, not a document; --merge unites digests");
                return 0;
        }

        if (run->mode == DIGEST_MODE_MERGE) {
                r = digest_read(run->facts, document->name, FEED_KIND_FILE, document->text,
                                document->n_bytes, reason);
        } else {
                _cleanup_(facts_freep) Facts *facts = NULL;

                r = facts_new(&facts);
                if (r)
                        return error_fold(r);
                r = digest_read(facts, document->name, FEED_KIND_FILE, document->text,
                                document->n_bytes, reason);
        }
        if (r < 0)
                return error_trace(r);
        run->counts.n_digests++;
        if (r > 0) {
                run->counts.n_refused++;
                say(run, reason, run->mode == DIGEST_MODE_CHECK ? " (refused)" : " (skipped)");
        }
        return 0;
}

static void count_released(DigestRun *run, UtcTime released) {
        if (released > run->newest)
                run->newest = released;
}

/* Does it begin like JSON at all? What does not is no document, whatever it holds. */
static bool looks_like_json(const char *text, size_t n_bytes) {
        size_t i = n_bytes >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

        while (i < n_bytes && strchr(" \t\r\n", text[i]) && text[i] != '\0')
                i++;
        return i < n_bytes && text[i] != '\0' && strchr("{[\"-0123456789tfn", text[i]);
}

/*
 * A digest is one vendor's, and so is the time up to which it is complete. Which of two counts must not
 * depend on their order: so neither does.
 */
static bool take_vendor(DigestRun *run, const char *name, const char *vendor) {
        MemoryPool *pool = run->facts->pool;

        if (!vendor || text_equal(run->vendor, vendor) || run->mode == DIGEST_MODE_CHECK)
                return true;
        if (!run->vendor) {
                run->vendor = memory_pool_text(pool, vendor);
                run->vendor_of = memory_pool_text(pool, name);
                return true;
        }
        say(run,
            memory_pool_format(pool, "%s: vendor '%s', but %s: vendor '%s'", name, vendor,
                               run->vendor_of, run->vendor),
            " (nothing was written)");
        return false;
}

static int read_list(DigestRun *run, const Document *document) {
        char reason[LIFECYCLE_LIST_REASON_BYTES];
        LifecycleList list = {};
        int r;

        run->counts.n_documents++;
        if (run->mode == DIGEST_MODE_MERGE) {
                say_refused(run, document->name, NULL, "not a digest; --merge takes nothing else");
                return 0;
        }
        r = lifecycle_list_read(document->name, document->text, document->n_bytes,
                                run->others->pool, &list, reason);
        if (r < 0)
                return error_trace(r);
        if (r == LIFECYCLE_LIST_E_REFUSED) {
                run->counts.n_refused++;
                say(run, memory_pool_format(run->facts->pool, "%s:%s", document->name, reason),
                    run->mode == DIGEST_MODE_CHECK ? " (refused)" : " (skipped)");
                return 0;
        }
        if (!take_vendor(run, document->name, VENDOR_OF_LISTS))
                return DIGEST_RUN_E_NOTHING;
        for (size_t i = 0; i < list.notes.n_items; i++)
                say(run,
                    memory_pool_format(run->facts->pool, "%s:%s", document->name,
                                       list.notes.items[i]),
                    "");
        if (list.updated == UTC_TIME_NONE)
                list.updated = run->as_of;
        if (list.updated == UTC_TIME_NONE && list.n_windows > 0)
                text_list_add(&run->undated, run->facts->pool,
                              memory_pool_text(run->facts->pool, document->name));
        for (size_t i = 0; i < list.n_windows; i++) {
                WindowFact *window = memory_pool_append(run->others->pool, run->others->windows,
                                                        run->others->n_windows);

                if (!window)
                        return error_origin(-ENOMEM);
                *window = list.windows[i];
                window->revised = list.updated > 0 ? list.updated : 0;
        }
        run->counts.n_with_records += list.n_windows > 0;
        count_released(run, list.updated);
        return 0;
}

static int take_noise(DigestRun *run, const char *name, CsafVendor vendor, UtcTime released) {
        if (!take_vendor(run, name, csaf_vendor_to_text(vendor)))
                return DIGEST_RUN_E_NOTHING;
        if (vendor != CSAF_VENDOR_UNKNOWN)
                count_released(run, released);
        return 0;
}

/* What whoever unpacked it saw to be noise. */
static int read_noise(DigestRun *run, const Document *document) {
        run->counts.n_documents++;
        if (run->mode == DIGEST_MODE_MERGE) {
                say_refused(run, document->name, NULL, "not a digest; --merge takes nothing else");
                return 0;
        }
        return take_noise(run, document->name, document->vendor, document->released);
}

static int read_document(DigestRun *run, const Document *document) {
        CsafDocument advisory = {};
        JsonProblem problem = {};
        int r;

        run->counts.n_documents++;
        if (!looks_like_json(document->text, document->n_bytes)) {
                say_refused(run, document->name, NULL,
                            document->n_bytes == 0 ? "empty" : "not a JSON document");
                return 0;
        }
        if (run->mode == DIGEST_MODE_MERGE) {
                say_refused(run, document->name, NULL, "not a digest; --merge takes nothing else");
                return 0;
        }

        r = csaf_document_read(run->json, document->text, document->n_bytes,
                               document_set_pool(run->documents), &advisory, &problem);
        json_text_trim(run->json, CELLS_KEPT_BYTES);
        if (memory_watch_failed())
                return refused_for_memory(run, document->name) ? 0 : error_origin(-ENOMEM);
        switch (r) {
        case 0:
                break;
        case CSAF_DOCUMENT_E_NOISE:
                return take_noise(run, document->name, advisory.vendor, advisory.released);
        case CSAF_DOCUMENT_E_REFUSED:
                say_refused(run, document->name, problem.place, problem.reason);
                return 0;
        default:
                return error_fold(r);
        }

        if (!take_vendor(run, document->name, csaf_vendor_to_text(advisory.vendor)))
                return DIGEST_RUN_E_NOTHING;
        run->advisories = true;
        if (document->member && !document_name_is_of(document->member, advisory.id)) {
                say_refused(run, document->name, "document.tracking.id",
                            memory_pool_format(run->facts->pool,
                                               "'%.100s' does not fit the file's name",
                                               advisory.id));
                return 0;
        }
        r = document_set_add(run->documents, &advisory);
        if (r < 0)
                return error_trace(r);
        if (r == DOCUMENT_SET_E_CONTRADICTION) {
                say_refused(run, document->name, advisory.id,
                            "contradicts another document with this id and the same revision date");
                return 0;
        }
        run->counts.n_with_records += advisory.n_kernels + advisory.n_patches > 0;
        count_released(run, advisory.released);
        return 0;
}

static int read_any(DigestRun *run, const Document *document) {
        int r;

        worker_note_document(document->name);
        if (digest_looks_like_one(document->text, document->n_bytes))
                r = read_digest(run, document);
        else if (lifecycle_list_looks_like_one(document->name, document->text, document->n_bytes))
                r = read_list(run, document);
        else
                r = read_document(run, document);
        if (r)
                return r > 0 ? DIGEST_RUN_E_NOTHING : error_trace(r);
        return memory_watch_failed() ? error_origin(-ENOMEM) : 0;
}

/* One whose archive is not whole. */
static int refuse_archive(DigestRun *run, const char *name, const char *reason) {
        if (run->mode == DIGEST_MODE_CHECK) {
                say_refused(run, name, NULL, reason);
                return 0;
        }
        say(run, memory_pool_format(run->facts->pool, "%s: %s", name, reason),
            " (nothing was written)");
        return DIGEST_RUN_E_NOTHING;
}

static void refuse_unread(DigestRun *run, const char *name, const char *reason) {
        run->counts.n_documents++;
        if (!refused_for_memory(run, name))
                say_refused(run, name, NULL, reason);
}

int digest_run_read(DigestRun *run, DocumentSource *source) {
        char reason[DOCUMENT_SOURCE_REASON_BYTES];
        int r;

        for (;;) {
                Document document = {};

                r = document_source_next(source, &document, reason);
                /* Of a file nothing is left that could be wrong, but an archive's stream cannot go on. */
                if (r < 0 && document.name && refused_for_memory(run, document.name)) {
                        run->counts.n_documents++;
                        continue;
                }
                switch (r) {
                case 0:
                        r = read_any(run, &document);
                        break;
                case DOCUMENT_SOURCE_E_NOISE:
                        r = read_noise(run, &document);
                        break;
                case DOCUMENT_SOURCE_E_END:
                        return 0;
                case DOCUMENT_SOURCE_E_REFUSED:
                        refuse_unread(run, document.name, reason);
                        r = 0;
                        break;
                case DOCUMENT_SOURCE_E_BROKEN:
                        r = refuse_archive(run, document.name, reason);
                        break;
                case DOCUMENT_SOURCE_E_LOST:
                        return DIGEST_RUN_E_LOST;
                case DOCUMENT_SOURCE_E_OTHER:
                        say(run, document.name, ": not a document (passed over)");
                        r = 0;
                        break;
                default:
                        return error_fold(r);
                }
                if (r)
                        return r > 0 ? DIGEST_RUN_E_NOTHING : error_trace(r);
        }
}

int digest_run_read_repository(DigestRun *run, const Opener *opener, const char *path,
                               const char *id) {
        char reason[REPOSITORY_FILE_REASON_BYTES];
        RepositoryMetadata metadata = {};
        int r;

        run->counts.n_documents++;
        r = repository_metadata_read(opener, path, id, run->others, &metadata, reason);
        if (r < 0)
                return error_trace(r);
        if (r == REPOSITORY_METADATA_E_REFUSED) {
                run->counts.n_refused++;
                say(run, reason, run->mode == DIGEST_MODE_CHECK ? " (refused)" : " (skipped)");
                return 0;
        }
        if (!metadata.vendor) {
                say(run, path, ": no kernel or live patch of a known vendor in it");
                return 0;
        }
        if (!take_vendor(run, path, metadata.vendor))
                return DIGEST_RUN_E_NOTHING;
        for (size_t i = 0; i < metadata.notes.n_items; i++)
                say(run,
                    memory_pool_format(run->facts->pool, "%s: %s", path, metadata.notes.items[i]),
                    "");
        run->repository = true;
        run->counts.n_with_records++;
        count_released(run, metadata.complete_at);
        return 0;
}

/* Appends the records of one kind that stand beside the documents'. */
#define COLLECT_OTHERS(run, kind)                                                                \
        for (size_t i = 0; i < (run)->others->n_##kind; i++) {                                   \
                typeof((run)->facts->kind) _fact = memory_pool_append(                           \
                                (run)->facts->pool, (run)->facts->kind, (run)->facts->n_##kind); \
                if (_fact)                                                                       \
                        *_fact = (run)->others->kind[i];                                         \
        }

/* Whom to name as the source; NULL when nobody said. */
static const char *source_of(const DigestRun *run) {
        if (run->repository)
                return "package repository metadata";
        if (!run->advisories && run->others->n_windows > 0)
                return "SUSE LLC";
        for (CsafVendor vendor = CSAF_VENDOR_UNKNOWN + 1; vendor < _CSAF_VENDOR_MAX; vendor++)
                if (text_equal(run->vendor, csaf_vendor_to_text(vendor)))
                        return vendor_sources[vendor];
        return vendor_sources[CSAF_VENDOR_REDHAT];
}

/* What becomes of the dates of a list of which nobody knows when it was, and what helps. */
static void hint_at_undated(DigestRun *run) {
        MemoryPool *pool = run->facts->pool;
        char day[UTC_DAY_TEXT_BYTES];
        const char *effect = "so none of its dates counts";

        if (run->newest != UTC_TIME_NONE)
                effect = memory_pool_format(pool,
                                            "so its dates count from %s, as all that was read",
                                            utc_day_format(utc_day_of(run->newest), day));
        for (size_t i = 0; i < run->undated.n_items; i++)
                say(run, run->undated.items[i],
                    memory_pool_format(pool,
                                       ": it does not tell of what day it is, %s; name the day "
                                       "that it was fetched: --as-of=DATE",
                                       effect));
}

/* All documents together are one source; of whom, is open only where nothing could be read. */
static int collect_documents(DigestRun *run, DigestHeader *ret_header) {
        const char *vendor = run->vendor ? run->vendor : csaf_vendor_to_text(CSAF_VENDOR_REDHAT);
        FactSource *source;

        source = memory_pool_append(run->facts->pool, run->facts->sources, run->facts->n_sources);
        if (!source)
                return error_origin(-ENOMEM);
        hint_at_undated(run);
        *source = (FactSource){ .name = "documents", .vendor = vendor, .complete_to = run->newest };
        *ret_header = (DigestHeader){
                .vendor = vendor,
                .source = source_of(run),
                .complete_to = run->newest,
        };
        COLLECT_OTHERS(run, kernels)
        COLLECT_OTHERS(run, patches)
        COLLECT_OTHERS(run, repositories)
        COLLECT_OTHERS(run, windows)
        COLLECT_OTHERS(run, withdrawn)
        if (memory_pool_exhausted(run->facts->pool))
                return error_origin(-ENOMEM);
        return document_set_collect(run->documents, run->facts);
}

/* What the digest of several digests says about itself. */
static int unite_headers(DigestRun *run, DigestHeader *ret) {
        const char *problem;
        int r;

        r = digest_header_unite(run->facts, run->facts->pool, ret, &problem);
        if (r < 0)
                return error_trace(r);
        if (r)
                say(run, problem, " (nothing was written)");
        return r ? DIGEST_RUN_E_NOTHING : 0;
}

/* What is written must be readable: else nobody would notice before the daemon refuses it. */
static int hold_against_reader(DigestRun *run, const char *text, size_t n_bytes) {
        char reason[DIGEST_READ_REASON_BYTES];
        _cleanup_(facts_freep) Facts *facts = NULL;
        int r;

        r = facts_new(&facts);
        if (r)
                return error_fold(r);
        r = digest_read(facts, "output", FEED_KIND_FILE, text, n_bytes, reason);
        if (r < 0)
                return error_trace(r);
        if (r == 0)
                return 0;
        say(run, reason, " (nothing was written)");
        return DIGEST_RUN_E_NOTHING;
}

int digest_run_write(DigestRun *run, char **ret, size_t *ret_n_bytes) {
        DigestHeader header;
        TextList notes = {};
        bool refused;
        int r;

        worker_note_document("the digest");
        if (run->mode == DIGEST_MODE_MERGE)
                r = unite_headers(run, &header);
        else
                r = collect_documents(run, &header);
        if (r > 0)
                return DIGEST_RUN_E_NOTHING;
        if (r < 0)
                return error_trace(r);

        r = digest_write(run->facts, &header, &notes, run->facts->pool, ret, ret_n_bytes);
        if (r < 0)
                return error_trace(r);
        refused = r == DIGEST_WRITE_E_CONTRADICTION;
        for (size_t i = 0; i < notes.n_items; i++)
                say(run, notes.items[i],
                    refused && i + 1 == notes.n_items ? " (nothing was written)" : "");
        if (refused)
                return DIGEST_RUN_E_NOTHING;
        r = hold_against_reader(run, *ret, *ret_n_bytes);
        return r == 0 && memory_watch_failed() ? error_origin(-ENOMEM) : r;
}

DigestRunCounts digest_run_counts(const DigestRun *run) {
        return run->counts;
}
