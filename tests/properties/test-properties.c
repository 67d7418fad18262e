/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What must hold of every history of kernels and live patches, asked of many that are made up. Each is
 * spelled as CSAF documents (in two halves that overlap, of which one may hold older revisions), as the
 * metadata of two repositories and as a list of support ends (as it was and as it is), distilled by klpwatch-digest's code, and assessed.
 *
 *   test-properties --calendar=FILE [--cases=N] [--seed=N] [--case=N]
 *
 * The seed is printed; with --case only that one is run again, and said in full. TAP: a line a property.
 */

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bounded-read.h"
#include "base/text.h"
#include "bail-out.h"
#include "digest-runs.h"
#include "host-answer.h"
#include "spelled-stream.h"

#define DEFAULT_SEED 20240430
#define DEFAULT_CASES 500
#define MAX_PATHS (2 * STREAM_MAX_ADVISORIES + 2)

typedef enum Property {
        DOCUMENTS_COUNT_IN_ANY_ORDER,
        DIGESTS_COUNT_IN_ANY_ORDER,
        MERGING_IS_IDEMPOTENT_COMMUTATIVE_ASSOCIATIVE,
        A_MERGED_DIGEST_SAYS_WHAT_ITS_PARTS_SAY,
        DOCUMENTS_AND_REPOSITORY_TELL_THE_SAME,
        MORE_FACTS_TURN_NOTHING_FIXED_INTO_OPEN,
        A_LATER_PATCH_COVERS_NO_LESS,
        A_FEED_LESS_LENGTHENS_NO_COVERAGE,
        WHAT_WAS_TAKEN_BACK_IS_GONE,
        _PROPERTY_MAX,
} Property;

static const char *const sentences[_PROPERTY_MAX] = {
        [DOCUMENTS_COUNT_IN_ANY_ORDER] = "the order of documents never matters",
        [DIGESTS_COUNT_IN_ANY_ORDER] = "the order of digests never matters",
        [MERGING_IS_IDEMPOTENT_COMMUTATIVE_ASSOCIATIVE] =
                        "merging is idempotent, commutative and associative",
        [A_MERGED_DIGEST_SAYS_WHAT_ITS_PARTS_SAY] = "a merged digest says what its parts say",
        [DOCUMENTS_AND_REPOSITORY_TELL_THE_SAME] =
                        "documents and repository metadata tell the same windows and exposures",
        [MORE_FACTS_TURN_NOTHING_FIXED_INTO_OPEN] =
                        "more facts of the same revisions turn nothing fixed into open",
        [A_LATER_PATCH_COVERS_NO_LESS] = "a later patch covers no less",
        [A_FEED_LESS_LENGTHENS_NO_COVERAGE] =
                        "a feed less lengthens no coverage, with the same revisions",
        [WHAT_WAS_TAKEN_BACK_IS_GONE] = "what a later revision took back is gone, merged or not",
};

/* The feeds of a case. */
typedef enum Feed {
        FEED_A, /* may hold first revisions of documents */
        FEED_B,
        FEED_REPOSITORY,
        FEED_OTHER_REPOSITORY,
        FEED_FIRST_LIST,
        FEED_LIST,
        _FEED_MAX,
} Feed;

typedef struct Case {
        unsigned number;
        Random random;
        RandomStream stream;
        bool list_of_packages;
        char *feeds[_FEED_MAX]; /* digests */
        char *visible;          /* the digest of the documents that the repository has, too */
        char *paths[MAX_PATHS]; /* of all documents */
        size_t n_paths;
        char *first_revisions[MAX_PATHS]; /* of those with the same index; NULL: none */
        StreamAdvisory phantom;           /* one that was withdrawn as a whole */
        char *phantom_path, *withdrawal_path;
        char *first_part[MAX_PATHS]; /* those of feed A */
        size_t n_first_part;
} Case;

typedef struct Tally {
        size_t n_failed;
        unsigned first_failed;
        size_t n_looked_at; /* things compared: a property that finds nothing to compare proves nothing */
} Tally;

static char *folder;
static SupportCalendar *calendar;
static Tally tallies[_PROPERTY_MAX];
static bool verbose;

static void fail(const Case *c, Property property, const char *what) {
        Tally *tally = &tallies[property];

        if (tally->n_failed++ == 0)
                tally->first_failed = c->number;
        if (tally->n_failed <= 3 || verbose)
                printf("# case %u: %s: %s\n", c->number, sentences[property], what);
}

static char *path_of(const char *name) {
        char *path;

        if (asprintf(&path, "%s/%s", folder, name) < 0)
                give_up("no memory");
        return path;
}

/* --- digests */

static char *write_new(const char *name, const char *text) {
        char *path = path_of(name);

        if (!text || !spelled_stream_write_file(path, text, strlen(text)))
                give_up("a file cannot be written");
        return path;
}

static char *must(char *digest, const Case *c, const char *what) {
        if (!digest) {
                printf("# case %u: %s was refused\n", c->number, what);
                give_up("a digest was refused");
        }
        return digest;
}

static void write_documents(Case *c) {
        const RandomStream *stream = &c->stream;
        _cleanup_free_ char *noise = spelled_stream_noise(stream);

        for (size_t i = 0; i < stream->n_advisories; i++) {
                const StreamAdvisory *advisory = &stream->advisories[i];
                _cleanup_free_ char *text = NULL;
                char name[32];

                if (advisory->empty || advisory->released > stream->complete)
                        continue;
                text = spelled_stream_document(&c->random, stream, advisory);
                if (advisory->taken_back != 0) {
                        _cleanup_free_ char *first =
                                        spelled_stream_first_revision(&c->random, stream, advisory);

                        snprintf(name, sizeof(name), "%zu-first.json", i);
                        c->first_revisions[c->n_paths] = write_new(name, first);
                }
                snprintf(name, sizeof(name), "%zu.json", i);
                c->paths[c->n_paths++] = write_new(name, text);
        }
        c->paths[c->n_paths++] = write_new("noise.json", noise);
}

/* One of the history's advisories under another id, and its withdrawal. */
static void write_phantom(Case *c) {
        _cleanup_free_ char *document = NULL, *withdrawal = NULL;

        c->phantom = c->stream.advisories[random_below(&c->random,
                                                       (unsigned) c->stream.n_advisories)];
        if (c->phantom.empty || c->phantom.released > c->stream.complete ||
            !random_chance(&c->random, 40))
                return;
        snprintf(c->phantom.id, sizeof(c->phantom.id), "RHSA-2023:7777");
        c->phantom.packages[0].cves |= 1u << random_below(&c->random, STREAM_MAX_CVES);
        document = spelled_stream_document(&c->random, &c->stream, &c->phantom);
        withdrawal = spelled_stream_withdrawal(&c->phantom);
        c->phantom_path = write_new("phantom.json", document);
        c->withdrawal_path = write_new("withdrawn.json", withdrawal);
}

static void shuffle(Random *random, char **items, size_t n) {
        for (size_t i = n; i > 1; i--) {
                size_t j = random_below(random, (unsigned) i);
                char *item = items[i - 1];

                items[i - 1] = items[j];
                items[j] = item;
        }
}

/* A document, or its first revision in its place or beside it. */
static size_t add_path(Case *c, size_t i, bool first_revisions, char **paths, size_t n) {
        char *first = first_revisions ? c->first_revisions[i] : NULL;

        if (first)
                paths[n++] = first;
        if (!first || random_chance(&c->random, 25))
                paths[n++] = c->paths[i];
        return n;
}

/* A part of the documents, and one `more` than these: those that `keep` says, and the noise, which comes last in the list of all. */
static char *digest_of_part(Case *c, bool (*keep)(Case *c, size_t i), bool first_revisions,
                            char *more, char **paths, size_t *ret_n) {
        size_t n = 0;

        for (size_t i = 0; i < c->n_paths; i++)
                if (i + 1 == c->n_paths || keep(c, i))
                        n = add_path(c, i, first_revisions, paths, n);
        if (more)
                paths[n++] = more;
        shuffle(&c->random, paths, n);
        *ret_n = n;
        return must(digest_run_of_files(DIGEST_MODE_DOCUMENTS, paths, n), c, "a part");
}

static bool keep_first_part(Case *c, size_t i) {
        return i % 3 != 2 || random_chance(&c->random, 20);
}

static bool keep_second_part(Case *c, size_t i) {
        (void) c;
        return i % 3 != 0;
}

/* The advisory of a document: its file is called by its number. */
static bool keep_visible(Case *c, size_t i) {
        size_t number = strtoul(strrchr(c->paths[i], '/') + 1, NULL, 10);

        return random_stream_is_in_repository(&c->stream, &c->stream.advisories[number]);
}

static char *digest_of_repository(Case *c, const RandomStream *stream) {
        if (!spelled_stream_write_repository(&c->random, stream, folder, c->list_of_packages))
                give_up("the repository cannot be written");
        return must(digest_run_of_repository(folder, spelled_stream_repository_id(stream)), c,
                    "the repository");
}

/* What a case's first part leaves out, its second has. */
static void case_make(Case *c, uint64_t seed, unsigned number) {
        char *paths[MAX_PATHS];
        RandomStream other;
        size_t n_paths;

        *c = (Case){ .number = number, .random = random_of_case(seed, number) };
        random_stream_make(&c->random, &c->stream);
        c->list_of_packages = random_chance(&c->random, 60);
        write_documents(c);
        write_phantom(c);
        c->feeds[FEED_A] = digest_of_part(c, keep_first_part, true, c->phantom_path, c->first_part,
                                          &c->n_first_part);
        c->feeds[FEED_B] = digest_of_part(c, keep_second_part, false, c->withdrawal_path, paths,
                                          &n_paths);
        c->visible = digest_of_part(c, keep_visible, false, NULL, paths, &n_paths);
        c->feeds[FEED_REPOSITORY] = digest_of_repository(c, &c->stream);
        other = c->stream;
        other.channel = other.channel == CHANNEL_EUS ? CHANNEL_MAIN : CHANNEL_EUS;
        c->feeds[FEED_OTHER_REPOSITORY] = digest_of_repository(c, &other);
        c->feeds[FEED_FIRST_LIST] = must(digest_of_list(&c->stream, true), c, "a list");
        c->feeds[FEED_LIST] = must(digest_of_list(&c->stream, false), c, "a list");
}

static void case_clear(Case *c) {
        for (size_t i = 0; i < c->n_paths; i++) {
                free(c->paths[i]);
                free(c->first_revisions[i]);
        }
        free(c->phantom_path);
        free(c->withdrawal_path);
        for (Feed feed = 0; feed < _FEED_MAX; feed++)
                free(c->feeds[feed]);
        free(c->visible);
}

/* --- answers */

static HostAnswer ask(const Case *c, char *const *digests, size_t n_digests, unsigned loaded) {
        return host_answer_ask(calendar, &c->stream, digests, n_digests, loaded);
}

static const char *or_none(const char *text) {
        return text ? text : "-";
}

/* The first lines in which two texts differ. */
static void fail_by_line(const Case *c, Property property, const char *a, const char *b) {
        char what[1024];
        size_t n = 0;

        for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++)
                if (a[i] == '\n')
                        n = i + 1;
        snprintf(what, sizeof(what), "'%.*s' is '%.*s'", (int) strcspn(a + n, "\n"), a + n,
                 (int) strcspn(b + n, "\n"), b + n);
        fail(c, property, what);
}

static void hold_equal(const Case *c, Property property, const char *a, const char *b) {
        tallies[property].n_looked_at++;
        if (strcmp(a, b) != 0)
                fail_by_line(c, property, a, b);
}

/* --- the properties */

static void hold_order_of_documents(Case *c) {
        _cleanup_free_ char *turned = NULL;

        shuffle(&c->random, c->first_part, c->n_first_part);
        turned = must(digest_run_of_files(DIGEST_MODE_DOCUMENTS, c->first_part, c->n_first_part), c,
                      "a part");
        hold_equal(c, DOCUMENTS_COUNT_IN_ANY_ORDER, c->feeds[FEED_A], turned);
}

static void hold_order_of_digests(Case *c, const HostAnswer *all, unsigned loaded) {
        _cleanup_free_ char *first = host_answer_spell(all), *second = NULL;
        _cleanup_(host_answer_clear) HostAnswer turned = {};
        char *digests[_FEED_MAX];

        memcpy(digests, c->feeds, sizeof(digests));
        shuffle(&c->random, digests, _FEED_MAX);
        turned = ask(c, digests, _FEED_MAX, loaded);
        second = host_answer_spell(&turned);
        hold_equal(c, DIGESTS_COUNT_IN_ANY_ORDER, first, second);
}

/* A digest, and the file that it is in. */
typedef struct DigestFile {
        char *text, *path;
} DigestFile;

static void digest_file_clear(DigestFile *file) {
        free(file->text);
        free(file->path);
}

/* Digests united as the program does it: from files. */
static DigestFile merge(const Case *c, const char *name, char *const *paths, size_t n_paths) {
        DigestFile merged;

        merged.text = must(digest_run_of_files(DIGEST_MODE_MERGE, paths, n_paths), c, "a merge");
        merged.path = write_new(name, merged.text);
        return merged;
}

static DigestFile merge_two(const Case *c, const char *name, const DigestFile *a,
                            const DigestFile *b) {
        char *paths[] = { a->path, b->path };

        return merge(c, name, paths, ELEMENTS(paths));
}

/* One of the three laws, by chance: each merge costs as much as all else about a case. */
static void hold_laws_of_merging(Case *c, const DigestFile *a, const DigestFile *b,
                                 const DigestFile *d) {
        const Property property = MERGING_IS_IDEMPOTENT_COMMUTATIVE_ASSOCIATIVE;
        _cleanup_(digest_file_clear) DigestFile one = {}, other = {}, left = {}, right = {};
        unsigned law = random_below(&c->random, 100);

        if (law < 20) {
                one = merge_two(c, "one", a, a);
                hold_equal(c, property, a->text, one.text);
        } else if (law < 50) {
                one = merge_two(c, "one", a, b);
                other = merge_two(c, "other", b, a);
                hold_equal(c, property, one.text, other.text);
        } else {
                one = merge_two(c, "one", a, b);
                other = merge_two(c, "other", b, d);
                left = merge_two(c, "left", &one, d);
                right = merge_two(c, "right", a, &other);
                hold_equal(c, property, left.text, right.text);
        }
}

static void hold_merging(Case *c, const HostAnswer *apart, unsigned loaded) {
        _cleanup_free_ char *of_apart = host_answer_spell(apart), *of_together = NULL;
        _cleanup_(digest_file_clear) DigestFile all = {};
        _cleanup_(host_answer_clear) HostAnswer together = {};
        char *order[_FEED_MAX], *paths[_FEED_MAX];
        DigestFile files[_FEED_MAX];

        memcpy(order, c->feeds, sizeof(order));
        shuffle(&c->random, order, _FEED_MAX);
        for (size_t i = 0; i < _FEED_MAX; i++) {
                const char name[] = { (char) ('a' + i), '\0' };

                paths[i] = write_new(name, order[i]);
                files[i] = (DigestFile){ order[i], paths[i] };
        }
        hold_laws_of_merging(c, &files[0], &files[1], &files[2]);
        all = merge(c, "all", paths, ELEMENTS(paths));
        together = ask(c, &all.text, 1, loaded);
        of_together = host_answer_spell(&together);
        hold_equal(c, A_MERGED_DIGEST_SAYS_WHAT_ITS_PARTS_SAY, of_apart, of_together);
        for (size_t i = 0; i < _FEED_MAX; i++)
                free(paths[i]);
}

/* Where nobody tells whose an advisory's CVEs are, a patch is credited with none that documents do not. */
static void hold_no_false_credit(const Case *c, const HostAnswer *documents,
                                 const HostAnswer *repository) {
        const Property property = DOCUMENTS_AND_REPOSITORY_TELL_THE_SAME;
        const ExposureReport *report = &repository->assessment->exposure;
        char what[256];

        for (size_t i = 0; i < report->n_exposures; i++) {
                const Exposure *credited = &report->exposures[i],
                               *told = exposure_report_find(&documents->assessment->exposure,
                                                            credited->cve);

                if (!credited->patch)
                        continue;
                tallies[property].n_looked_at++;
                if (told && told->patch)
                        continue;
                snprintf(what, sizeof(what), "%s is %s by a patch that does not fix it",
                         credited->cve, verdict_to_text(credited->verdict));
                fail(c, property, what);
        }
}

/* Whether a CVE waits for a patch or a reboot depends on severities, which repositories do not tell of CVEs. */
static Verdict fold(Verdict verdict) {
        return verdict == VERDICT_LIVE_PATCH_AWAITED || verdict == VERDICT_BELOW_SCOPE
                               ? VERDICT_REBOOT_NEEDED
                               : verdict;
}

static const char *compare_exposures(const Exposure *a, const Exposure *b) {
        if (!b)
                return "is missing";
        if (fold(a->verdict) != fold(b->verdict))
                return "has another verdict";
        if (!a->kernel != !b->kernel || !a->patch != !b->patch)
                return "is not fixed by the same kind of release";
        if (a->kernel && (strcmp(a->kernel->release, b->kernel->release) != 0 ||
                          !text_equal(a->kernel->advisory, b->kernel->advisory) ||
                          utc_day_of(a->kernel->released) != utc_day_of(b->kernel->released)))
                return "is fixed by another kernel, advisory or on another day";
        if (a->patch && (strcmp(a->patch->version, b->patch->version) != 0 ||
                         !text_equal(a->patch->advisory, b->patch->advisory) ||
                         utc_day_of(a->patch->released) != utc_day_of(b->patch->released)))
                return "is fixed by another patch, advisory or on another day";
        return NULL;
}

static const char *compare_kernels(const Case *c, const JudgedKernel *a, const JudgedKernel *b) {
        /* Only a list of packages proves absence, and only repositories have empty packages. */
        bool comparable = !c->list_of_packages && c->stream.no_empty;

        if (!b)
                return "is missing";
        if (a->start != b->start || a->start_basis != b->start_basis)
                return "has another start";
        if (a->available != b->available || a->in_lineage != b->in_lineage)
                return "is not available alike";
        if (a->eligible == ELIGIBLE_YES && b->eligible != ELIGIBLE_YES)
                return "is eligible by documents alone";
        if (comparable && a->eligible != b->eligible)
                return "is not eligible alike";
        if (a->eligible == b->eligible &&
            (a->end != b->end || a->end_basis != b->end_basis || a->coverage != b->coverage))
                return "has another end";
        return NULL;
}

static void hold_same_facts(Case *c, unsigned loaded) {
        const Property property = DOCUMENTS_AND_REPOSITORY_TELL_THE_SAME;
        _cleanup_(host_answer_clear) HostAnswer documents = {}, repository = {};
        char what[512];

        documents = ask(c, &c->visible, 1, loaded);
        repository = ask(c, &c->feeds[FEED_REPOSITORY], 1, loaded);
        for (size_t i = 0; i < documents.assessment->n_kernels; i++) {
                const JudgedKernel *kernel = &documents.assessment->kernels[i];
                const char *wrong = compare_kernels(
                                c, kernel,
                                assessment_find_kernel(repository.assessment, kernel->full_name));

                tallies[property].n_looked_at++;
                snprintf(what, sizeof(what), "%s %s", kernel->name, or_none(wrong));
                if (wrong)
                        fail(c, property, what);
        }
        if (documents.assessment->n_kernels != repository.assessment->n_kernels)
                fail(c, property, "not as many kernels");
        if (!c->stream.changelogs) {
                hold_no_false_credit(c, &documents, &repository);
                return;
        }
        for (size_t i = 0; i < documents.assessment->exposure.n_exposures; i++) {
                const Exposure *exposure = &documents.assessment->exposure.exposures[i];
                const char *wrong = compare_exposures(
                                exposure, exposure_report_find(&repository.assessment->exposure,
                                                               exposure->cve));

                tallies[property].n_looked_at++;
                snprintf(what, sizeof(what), "%s (%s) %s", exposure->cve,
                         verdict_to_text(exposure->verdict), or_none(wrong));
                if (wrong)
                        fail(c, property, what);
        }
        if (documents.assessment->exposure.n_exposures !=
            repository.assessment->exposure.n_exposures)
                fail(c, property, "not as many exposures");
}

/* A newer kernel of the host's own minor lists the CVE again: then it is open, however it was before. */
static bool is_listed_again(const Case *c, const Exposure *exposure) {
        return exposure && exposure->note && text_starts_with(exposure->note, "listed again") &&
               exposure->kernel && text_equal(exposure->kernel->stream, c->stream.name);
}

static void hold_fixed(const Case *c, const HostAnswer *less, const HostAnswer *more) {
        const Property property = MORE_FACTS_TURN_NOTHING_FIXED_INTO_OPEN;
        const ExposureReport *report = &less->assessment->exposure;
        char what[256];

        for (size_t i = 0; i < report->n_exposures; i++) {
                const Exposure *before = &report->exposures[i],
                               *after = exposure_report_find(&more->assessment->exposure,
                                                             before->cve);

                if (verdict_is_open(before->verdict))
                        continue;
                tallies[property].n_looked_at++;
                if ((after && !verdict_is_open(after->verdict)) || is_listed_again(c, after))
                        continue;
                snprintf(what, sizeof(what), "%s was %s and is %s", before->cve,
                         verdict_to_text(before->verdict),
                         after ? verdict_to_text(after->verdict) : "not known");
                fail(c, property, what);
        }
}

static bool is_covered(const JudgedKernel *kernel) {
        return kernel->coverage == COVERAGE_COVERED || kernel->coverage == COVERAGE_ENDING;
}

/* The end of main came with the first kernel of a later minor, which only the larger set of feeds has. */
static bool ends_with_next_minor(const HostAnswer *answer, const JudgedKernel *kernel) {
        const Situation *situation = &answer->assessment->situation;

        for (size_t i = 0; i < situation->n_kernels; i++)
                if (situation->kernels[i].major == kernel->major &&
                    situation->kernels[i].minor > kernel->minor &&
                    situation->kernels[i].released == kernel->end)
                        return kernel->end_basis == BASIS_FEED;
        return false;
}

static void hold_coverage(const Case *c, const HostAnswer *less, const HostAnswer *more) {
        const Property property = A_FEED_LESS_LENGTHENS_NO_COVERAGE;
        char what[256], end_less[UTC_DAY_TEXT_BYTES], end_more[UTC_DAY_TEXT_BYTES];

        for (size_t i = 0; i < less->assessment->n_kernels; i++) {
                const JudgedKernel *small = &less->assessment->kernels[i],
                                   *large = assessment_find_kernel(more->assessment,
                                                                   small->full_name);

                if (!is_covered(small))
                        continue;
                tallies[property].n_looked_at++;
                if (large && is_covered(large) && large->end >= small->end)
                        continue;
                if (large && (small->start != large->start || small->end_expected ||
                              ends_with_next_minor(more, large)))
                        continue;
                snprintf(what, sizeof(what), "%s covered until %s, and with all feeds %s until %s",
                         small->name, utc_day_format(small->end, end_less),
                         large ? coverage_to_text(large->coverage) : "gone",
                         large ? utc_day_format(large->end, end_more) : "-");
                fail(c, property, what);
        }
}

/*
 * Some of the feeds against all of them, where what is known of later revisions is the same: who does not
 * know that something was taken back goes by it. So it is with the list: only its dates are so short.
 */
static void hold_growth(Case *c, const HostAnswer *all, unsigned loaded) {
        _cleanup_(host_answer_clear) HostAnswer less = {};
        char *order[_FEED_MAX];

        memcpy(order, c->feeds, sizeof(order));
        order[0] = c->feeds[FEED_LIST];
        order[FEED_LIST] = c->feeds[0];
        shuffle(&c->random, order + 1, _FEED_MAX - 1);
        less = host_answer_ask_some(calendar, &c->stream, order, _FEED_MAX,
                                    2 + random_below(&c->random, _FEED_MAX - 2), loaded);
        hold_fixed(c, &less, all);
        hold_coverage(c, &less, all);
}

static bool lists(const Facts *facts, const char *advisory, const StreamPackage *package,
                  const char *cve) {
        for (size_t i = 0; i < facts->n_kernels; i++)
                if (package->patch[0] == '\0' && !facts->kernels[i].word.repository &&
                    text_equal(facts->kernels[i].advisory, advisory) &&
                    (!cve || cve_facts_find(facts->kernels[i].cves, facts->kernels[i].n_cves, cve)))
                        return true;
        for (size_t i = 0; i < facts->n_patches; i++)
                if (package->patch[0] != '\0' && !facts->patches[i].word.repository &&
                    text_equal(facts->patches[i].advisory, advisory) &&
                    strcmp(facts->patches[i].package, package->kernel->package) == 0 &&
                    (!cve || cve_facts_find(facts->patches[i].cves, facts->patches[i].n_cves, cve)))
                        return true;
        return false;
}

/* Does the digest of the second part, which has last revisions alone, tell of the advisory? */
static bool is_told(const Case *c, const StreamAdvisory *advisory) {
        char name[40];

        snprintf(name, sizeof(name), "\"advisory\":\"%s\"", advisory->id);
        return strstr(c->feeds[FEED_B], name) != NULL;
}

/* Of the facts of all feeds: a CVE, an advisory, a date. */
static void hold_taken_back(const Case *c, const Facts *facts) {
        const Property property = WHAT_WAS_TAKEN_BACK_IS_GONE;
        const RandomStream *stream = &c->stream;

        for (size_t i = 0; i < stream->n_advisories; i++) {
                const StreamAdvisory *advisory = &stream->advisories[i];

                for (unsigned v = 0; v < STREAM_MAX_CVES; v++) {
                        if (!(advisory->taken_back & 1u << v) || !is_told(c, advisory))
                                continue;
                        tallies[property].n_looked_at++;
                        if (lists(facts, advisory->id, &advisory->packages[0], stream->cves[v].id))
                                fail(c, property, advisory->id);
                }
        }
        for (size_t i = 0; i < c->phantom.n_packages && c->phantom_path; i++) {
                tallies[property].n_looked_at++;
                if (lists(facts, c->phantom.id, &c->phantom.packages[i], NULL))
                        fail(c, property, c->phantom.id);
        }
        for (size_t i = 0; i < facts->n_windows; i++)
                for (size_t k = 0; k < stream->n_kernels; k++) {
                        if (strcmp(stream->kernels[k].release, facts->windows[i].kernel) != 0)
                                continue;
                        tallies[property].n_looked_at++;
                        if (facts->windows[i].end != stream->kernels[k].end)
                                fail(c, property, facts->windows[i].kernel);
                }
}

/* The releases of the running kernel's live patch, ascending; each with the one below it. */
static size_t list_versions(const RandomStream *stream, unsigned *ret) {
        const StreamKernel *running = &stream->kernels[stream->running];
        size_t n = 0;

        ret[n++] = 0;
        for (size_t i = 0; i < stream->n_advisories; i++)
                for (size_t p = 0; p < stream->advisories[i].n_packages; p++) {
                        const StreamPackage *package = &stream->advisories[i].packages[p];
                        unsigned version;

                        if (package->kernel != running || package->patch[0] != '1')
                                continue;
                        version = (unsigned) strtoul(package->patch + 2, NULL, 10);
                        if (version - 1 > ret[n - 1])
                                ret[n++] = version - 1;
                        ret[n++] = version;
                }
        return n;
}

static void hold_later_patches(const Case *c, const Facts *facts) {
        const Property property = A_LATER_PATCH_COVERS_NO_LESS;
        unsigned versions[2 * STREAM_MAX_ADVISORIES + 1];
        size_t n_versions = list_versions(&c->stream, versions);
        _cleanup_(host_answer_clear) HostAnswer before = {};
        char what[256];

        before.assessment = host_answer_assess(calendar, &c->stream, facts, &before.host, 0);
        for (size_t v = 1; v < n_versions; v++) {
                HostAnswer after = {};
                const ExposureReport *report = &before.assessment->exposure;

                after.assessment = host_answer_assess(calendar, &c->stream, facts, &after.host,
                                                      versions[v]);
                for (size_t i = 0; i < report->n_exposures; i++) {
                        const Exposure *exposure = exposure_report_find(&after.assessment->exposure,
                                                                        report->exposures[i].cve);

                        if (report->exposures[i].verdict != VERDICT_LIVE_PATCHED)
                                continue;
                        tallies[property].n_looked_at++;
                        if (exposure && exposure->verdict == VERDICT_LIVE_PATCHED)
                                continue;
                        snprintf(what, sizeof(what), "%s is open with 1-%u",
                                 report->exposures[i].cve, versions[v]);
                        fail(c, property, what);
                }
                host_answer_clear(&before);
                before = after;
        }
}

static void hold_all(uint64_t seed, unsigned number) {
        _cleanup_(host_answer_clear) HostAnswer all = {};
        unsigned loaded;
        Case c;

        case_make(&c, seed, number);
        loaded = random_below(&c.random, c.stream.kernels[c.stream.running].n_patches + 1);
        if (verbose)
                for (Feed feed = 0; feed < _FEED_MAX; feed++)
                        printf("# feed %d, now %lld\n%s", feed, (long long) c.stream.now,
                               c.feeds[feed]);
        all = ask(&c, c.feeds, _FEED_MAX, loaded);
        hold_order_of_documents(&c);
        hold_order_of_digests(&c, &all, loaded);
        hold_merging(&c, &all, loaded);
        hold_same_facts(&c, loaded);
        hold_growth(&c, &all, loaded);
        hold_later_patches(&c, all.facts);
        hold_taken_back(&c, all.facts);
        case_clear(&c);
}

/* In memory where there is such a place: a case is many small files. */
static void make_folder(void) {
        const char *parent = getenv("TMPDIR");

        if (!parent)
                parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        if (asprintf(&folder, "%s/klpwatch-properties-XXXXXX", parent) < 0 || !mkdtemp(folder))
                give_up("no temporary folder");
}

static void remove_folder(void) {
        _cleanup_free_ char *command = NULL;

        if (asprintf(&command, "rm -r '%s'", folder) > 0 && system(command) != 0)
                printf("# %s stays\n", folder);
        free(folder);
}

static void read_calendar(const char *path) {
        _cleanup_free_ char *text = NULL, *message = NULL;
        size_t n_bytes;

        if (!path || bounded_read(AT_FDCWD, path, 1024 * 1024, &text, &n_bytes) != 0 ||
            support_calendar_parse(text, path, &calendar, &message) != 0)
                give_up("no calendar");
}

static int report(unsigned n_cases) {
        bool all = true;

        printf("1..%d\n", _PROPERTY_MAX);
        for (Property property = 0; property < _PROPERTY_MAX; property++) {
                const Tally *tally = &tallies[property];
                bool held = tally->n_failed == 0 && tally->n_looked_at >= n_cases / 10;

                all = all && held;
                if (tally->n_failed > 0)
                        printf("# %zu violations, the first in case %u\n", tally->n_failed,
                               tally->first_failed);
                printf("%sok %d - %s (%zu comparisons)\n", held ? "" : "not ", property + 1,
                       sentences[property], tally->n_looked_at);
        }
        return all ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char *argv[]) {
        enum { CALENDAR = 256, CASES, SEED, CASE };
        static const struct option longs[] = {
                { "calendar", required_argument, NULL, CALENDAR },
                { "cases", required_argument, NULL, CASES },
                { "seed", required_argument, NULL, SEED },
                { "case", required_argument, NULL, CASE },
                {},
        };
        uint64_t seed = DEFAULT_SEED;
        unsigned n_cases = DEFAULT_CASES, first = 0;
        _cleanup_free_ char *repodata = NULL;
        const char *path = NULL;
        struct timespec begin, end;
        int c, status;

        while ((c = getopt_long(argc, argv, "", longs, NULL)) >= 0) {
                if (c == CALENDAR)
                        path = optarg;
                else if (c == CASES)
                        n_cases = (unsigned) strtoul(optarg, NULL, 10);
                else if (c == SEED)
                        seed = strtoull(optarg, NULL, 10);
                else if (c == CASE) {
                        first = (unsigned) strtoul(optarg, NULL, 10);
                        n_cases = 1;
                        verbose = true;
                } else
                        return EXIT_FAILURE;
        }
        read_calendar(path);
        make_folder();
        repodata = path_of("repodata");
        if (mkdir(repodata, 0700) != 0)
                give_up("no temporary folder");

        clock_gettime(CLOCK_MONOTONIC, &begin);
        for (unsigned number = first; number < first + n_cases; number++)
                hold_all(seed, number);
        clock_gettime(CLOCK_MONOTONIC, &end);
        printf("# seed %llu, %u cases in %.1f s\n", (unsigned long long) seed, n_cases,
               (double) (end.tv_sec - begin.tv_sec) +
                               1e-9 * (double) (end.tv_nsec - begin.tv_nsec));
        remove_folder();
        status = report(n_cases);
        support_calendar_free(calendar);
        return status;
}
