/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/sha256.h"
#include "base/text.h"
#include "digest/repository-metadata.h"
#include "unit-test.h"

#define ID "rhel-9-for-x86_64-baseos-eus-rpms"
#define PACKAGE(name, arch, version, release, vendor, more)                \
        "<package type=\"rpm\"><name>" name "</name><arch>" arch "</arch>" \
        "<version epoch=\"0\" ver=\"" version "\" rel=\"" release "\"/>"   \
        "<format><rpm:vendor>" vendor "</rpm:vendor>" more "</format></package>\n"
#define KERNEL(release) PACKAGE("kernel-core", "x86_64", "5.14.0", release, "Red Hat, Inc.", "")
#define REQUIRES(release)                                                              \
        "<rpm:requires><rpm:entry name=\"kernel-uname-r\" flags=\"EQ\" ver=\"5.14.0\"" \
        " rel=\"" release "\"/></rpm:requires>"
#define PATCH(stem, version, release, base)                                                 \
        PACKAGE("kpatch-patch-" stem, "x86_64", version, release ".el9_4", "Red Hat, Inc.", \
                REQUIRES(base ".el9_4.x86_64"))
#define PRIMARY(count, packages) "<metadata packages=\"" count "\">" packages "</metadata>"
#define UPDATE(id, date, inner)                                                       \
        "<update><id>" id "</id><issued date=\"" date "\"/><severity>Low</severity>"  \
        "<references>" inner "</references><pkglist><collection>"                     \
        "<package name=\"kernel-core\" version=\"5.14.0\" release=\"427.31.1.el9_4\"" \
        " arch=\"x86_64\"/></collection></pkglist></update>"

#define FOLDER "/tmp/klpwatch-repository-XXXXXX"

static char folder[] = FOLDER;
static const Opener opener = { .socket = -1 };
static Facts *facts;
static RepositoryMetadata metadata;
static char reason[REPOSITORY_FILE_REASON_BYTES];

static void put(const char *name, const char *text) {
        char path[200];
        FILE *file;

        snprintf(path, sizeof(path), "%s/repodata/%s", folder, name);
        file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        fputs(text, file);
        fclose(file);
}

static void put_data(FILE *file, const char *kind, const char *text) {
        char hash[SHA256_TEXT_BYTES];

        if (!text)
                return;
        put(kind, text);
        fprintf(file,
                "<data type=\"%s\"><checksum type=\"sha256\">%s</checksum>"
                "<location href=\"repodata/%s\"/></data>",
                kind, sha256_text(text, strlen(text), hash), kind);
}

static int read_repository(const char *revision, const char *primary, const char *updates,
                           const char *other) {
        char path[200];
        FILE *file;

        if (!facts) {
                ck_assert_ptr_nonnull(mkdtemp(folder));
                snprintf(path, sizeof(path), "%s/repodata", folder);
                ck_assert_int_eq(mkdir(path, 0700), 0);
        }
        facts_free(facts);
        ck_assert_int_eq(facts_new(&facts), 0);
        snprintf(path, sizeof(path), "%s/repodata/repomd.xml", folder);
        file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        fprintf(file, "<repomd><revision>%s</revision>", revision);
        put_data(file, "primary", primary);
        put_data(file, "updateinfo", updates);
        put_data(file, "other", other);
        fputs("</repomd>", file);
        fclose(file);
        metadata = (RepositoryMetadata){};
        reason[0] = '\0';
        return repository_metadata_read(&opener, folder, ID, facts, &metadata, reason);
}

static void clean(void) {
        char command[100];

        snprintf(command, sizeof(command), "rm -rf %s", folder);
        ck_assert_int_eq(system(command), 0);
        memcpy(folder, FOLDER, sizeof(FOLDER));
        facts = facts_free(facts);
}

START_TEST(packages_and_their_base_are_read) {
        const PatchFact *patch;

        ck_assert_msg(read_repository("1728950400",
                                      PRIMARY("4",
                                              KERNEL("427.13.1.el9_4") KERNEL("362.8.1.el9_3")
                                                              PATCH("5_14_0-427_13_1", "0", "1",
                                                                    "427.13.1") KERNEL("427.31.1."
                                                                                       "el9_4")),
                                      NULL, NULL) == 0,
                      "%s", reason);
        ck_assert_str_eq(metadata.vendor, "redhat");
        ck_assert_uint_eq(facts->n_patches, 1);
        patch = &facts->patches[0];
        ck_assert_str_eq(patch->base, "5.14.0-427.13.1.el9_4");
        ck_assert_str_eq(patch->version, "0-1");
        ck_assert_str_eq(patch->stream, "rhel-9.4");
        ck_assert(patch->released == UTC_TIME_NONE && !patch->advisory);
        /* Kernels of an older minor prove nothing. */
        ck_assert_uint_eq(facts->n_repositories, 1);
        ck_assert_str_eq(facts->repositories[0].stream, "rhel-9.4");
        ck_assert_uint_eq(facts->repositories[0].kernels.n_items, 2);
        ck_assert_int_eq(facts->repositories[0].channel, CHANNEL_EUS);
        clean();
}
END_TEST

START_TEST(without_the_list_a_patchs_own_dist_tag_tells_the_minor) {
        static const struct {
                const char *release, *stream;
        } cases[] = { { "2.el9_4", "rhel-9.4" }, { "2.el8_6", "rhel-8.6" }, { "2.el8", NULL } };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                char updates[512];

                snprintf(updates, sizeof(updates),
                         "<updates><update><id>RHSA-2024:5523</id><issued date=\"2024-08-19\"/>"
                         "<pkglist><collection><package name=\"kpatch-patch-5_14_0-427_13_1\" "
                         "version=\"1\" release=\"%s\" arch=\"x86_64\"/></collection></pkglist>"
                         "</update></updates>",
                         cases[i].release);
                ck_assert_msg(read_repository("1728950400", NULL, updates, NULL) == 0, "%s",
                              reason);
                ck_assert_uint_eq(facts->n_patches, 1);
                ck_assert_ptr_null(facts->patches[0].base);
                ck_assert_str_eq(facts->patches[0].version, "1-2");
                ck_assert_msg(text_equal(facts->patches[0].stream, cases[i].stream), "%s gave %s",
                              cases[i].release, facts->patches[0].stream);
        }
        clean();
}
END_TEST

START_TEST(rebuilds_by_others_prove_nothing) {
        ck_assert_int_eq(read_repository("1728950400",
                                         PRIMARY("1", PACKAGE("kernel-core", "x86_64", "5.14.0",
                                                              "427.13.1.el9_4", "AlmaLinux", "")),
                                         NULL, NULL),
                         0);
        ck_assert_ptr_null(metadata.vendor);
        ck_assert_uint_eq(facts->n_repositories + facts->n_kernels + facts->n_patches, 0);
        clean();
}
END_TEST

START_TEST(absence_needs_the_list_and_a_time) {
        ck_assert_int_eq(read_repository("7", PRIMARY("1", KERNEL("427.13.1.el9_4")), NULL, NULL),
                         0);
        ck_assert_uint_eq(facts->n_repositories, 0);
        ck_assert_uint_eq(metadata.notes.n_items, 1);
        ck_assert_int_eq(read_repository("1728950400", NULL,
                                         "<updates>" UPDATE("RHSA-2024:5363", "2024-08-15",
                                                            "") "</updates>",
                                         NULL),
                         0);
        ck_assert_uint_eq(facts->n_repositories, 0);
        ck_assert_uint_eq(facts->n_kernels, 1);
        ck_assert_uint_eq(metadata.notes.n_items, 1);
        clean();
}
END_TEST

START_TEST(dates_come_in_every_form_and_are_utc) {
        static const struct {
                const char *updates, *time;
        } cases[] = {
                { UPDATE("ALAS-1", "2023-04-13 17:56:00", ""), "2023-04-13T17:56:00Z" },
                { UPDATE("ALAS-1", "2023-04-13 17:56", ""), "2023-04-13T17:56:00Z" },
                { UPDATE("ALAS-1", "2023-04-13T17:56:01Z", ""), "2023-04-13T17:56:01Z" },
                { UPDATE("ALAS-1", "2023-04-13", ""), "2023-04-13T00:00:00Z" },
                { UPDATE("ALAS-1", "soon", ""), NULL },
                { UPDATE("ALAS-1", "2023-04-31 17:56", ""), NULL },
        };
        char text[1000], buffer[UTC_TIME_TEXT_BYTES];

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                int r;

                snprintf(text, sizeof(text), "<updates>%s</updates>", cases[i].updates);
                r = read_repository("1728950400", NULL, text, NULL);
                ck_assert_msg(r == (cases[i].time ? 0 : REPOSITORY_METADATA_E_REFUSED), "row %zu",
                              i);
                ck_assert_uint_eq(facts->n_kernels, cases[i].time ? 1 : 0);
                if (cases[i].time)
                        ck_assert_str_eq(utc_time_format(facts->kernels[0].released, buffer),
                                         cases[i].time);
        }
        clean();
}
END_TEST

START_TEST(changelogs_tell_cves_where_advisories_do_not) {
        ck_assert_int_eq(
                        read_repository("1728950400",
                                        PRIMARY("1",
                                                PATCH("5_14_0-427_13_1", "1", "2", "427.13.1")),
                                        NULL,
                                        "<otherdata><package name=\"kpatch-patch-5_14_0-427_13_1\">"
                                        "<version ver=\"1\" rel=\"2.el9_4\"/><changelog>- a "
                                        "{CVE-2024-36971}"
                                        "</changelog><changelog>- b {CVE-2024-0001,CVE-2024-36971} "
                                        "{no}"
                                        "</changelog></package></otherdata>"),
                        0);
        ck_assert_uint_eq(facts->n_patches, 1);
        ck_assert_uint_eq(facts->patches[0].n_cves, 2);
        ck_assert_str_eq(facts->patches[0].cves[0].id, "CVE-2024-0001");
        clean();
}
END_TEST

static const PatchFact *patch_of(const char *stem, const char *advisory) {
        for (size_t i = 0; i < facts->n_patches; i++)
                if (text_ends_with(facts->patches[i].package, stem) &&
                    text_equal(facts->patches[i].advisory, advisory))
                        return &facts->patches[i];
        ck_abort_msg("no patch of %s by %s", stem, advisory);
}

/* An advisory of two kernels has two CVEs; only changelogs tell whose is which. */
START_TEST(cves_of_several_kernels_are_shared) {
#define CVE_OF(id) "<reference type=\"cve\" id=\"" id "\"/>"
#define LISTED(stem, version, release)                                                       \
        "<package name=\"kpatch-patch-" stem "\" version=\"" version "\" release=\"" release \
        ".el9_4\" arch=\"x86_64\"/>"
#define UPDATE_OF(id, cves, packages)                                           \
        "<update><id>" id "</id><issued date=\"2024-08-19\"/><references>" cves \
        "</references><pkglist><collection>" packages "</collection></pkglist></update>"
#define TWO_CVES CVE_OF("CVE-2024-1111") CVE_OF("CVE-2024-2222")
#define LOG(stem, version, release, text)                                                     \
        "<package name=\"kpatch-patch-" stem "\"><version ver=\"" version "\" rel=\"" release \
        ".el9_4\"/><changelog>" text "</changelog></package>"
        static const char *const updates[] = {
                "<updates>" UPDATE_OF("RHSA-1", TWO_CVES,
                                      LISTED("1", "1", "2") LISTED("2", "1", "1"))
                                UPDATE_OF("RHSA-2", CVE_OF("CVE-2024-3333"),
                                          LISTED("1", "1", "3") LISTED("1", "1", "4")) "</updates>",
                "<updates>" UPDATE_OF("RHSA-1", TWO_CVES, LISTED("1", "1", "2")) UPDATE_OF(
                                "RHSA-2", CVE_OF("CVE-2024-3333"), LISTED("1", "1", "3"))
                                UPDATE_OF("RHSA-1", TWO_CVES, LISTED("2", "1", "1")) "</updates>",
        };
        static const char other[] = "<otherdata>" LOG("1", "1", "2",
                                                      "{CVE-2024-1111} {CVE-2020-0001}")
                        LOG("1", "1", "3", "{CVE-2024-2222}") LOG("2", "1", "2", "{CVE-2024-2222}")
                                        LOG("2", "1", "1", "nothing told") "</otherdata>";
        static const char none_of_them[] = "<otherdata>" LOG("1", "1", "2", "{CVE-2020-0001}")
                        LOG("1", "1", "2", "{CVE-2024-1111}") "</otherdata>";

        for (size_t i = 0; i < ELEMENTS(updates); i++) {
                const PatchFact *patch;

                ck_assert_msg(read_repository("1728950400", NULL, updates[i], NULL) == 0, "%s",
                              reason);
                ck_assert(patch_of("-1", "RHSA-1")->cves_shared);
                ck_assert(patch_of("-2", "RHSA-1")->cves_shared);
                ck_assert_uint_eq(patch_of("-2", "RHSA-1")->n_cves, 2);
                ck_assert(!patch_of("-1", "RHSA-2")->cves_shared); /* of one kernel */

                ck_assert_int_eq(read_repository("1728950400", NULL, updates[i], other), 0);
                patch = patch_of("-1", "RHSA-1");
                ck_assert(!patch->cves_shared);
                ck_assert_uint_eq(patch->n_cves, 1);
                ck_assert_str_eq(patch->cves[0].id, "CVE-2024-1111");
                ck_assert(patch_of("-2", "RHSA-1")->cves_shared); /* its changelog names none */

                /* What is in one changelog alone is no CVE of the advisory's, however often it is asked. */
                ck_assert_int_eq(read_repository("1728950400", NULL, updates[i], none_of_them), 0);
                patch = patch_of("-1", "RHSA-1");
                ck_assert(!patch->cves_shared && patch->n_cves == 0);
        }
        clean();
}
END_TEST

/* Seconds of processor time for a repository of `n` patches, each told by all three files. */
static double time_of_patches(int n) {
        char *texts[3] = {};
        struct timespec before, after;
        size_t n_bytes;
        FILE *out;

        for (size_t file = 0; file < 3; file++) {
                static const char *const ends[] = { "</metadata>", "</updates>", "</otherdata>" };

                out = open_memstream(&texts[file], &n_bytes);
                ck_assert_ptr_nonnull(out);
                if (file == 0)
                        fprintf(out, "<metadata packages=\"%d\">", 2 * n);
                else
                        fputs(file == 1 ? "<updates>" : "<otherdata>", out);
                for (int i = 0; i < n; i++) {
                        if (file == 0)
                                fprintf(out, KERNEL("%d.el9_4") PATCH("5_14_0-%d", "1", "2", "%d"),
                                        i, i, i);
                        else if (file == 1)
                                fprintf(out,
                                        UPDATE_OF("RHSA-%d", CVE_OF("CVE-2024-1111"),
                                                  LISTED("5_14_0-%d", "1", "2")),
                                        i / 2, i);
                        else
                                fprintf(out, LOG("5_14_0-%d", "1", "2", "{CVE-2024-1111}"), i);
                }
                fputs(ends[file], out);
                fclose(out);
        }
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
        ck_assert_msg(read_repository("1728950400", texts[0], texts[1], texts[2]) == 0, "%s",
                      reason);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
        ck_assert_uint_eq(facts->n_patches, (size_t) n);
        ck_assert_uint_eq(facts->repositories[0].kernels.n_items, (size_t) n);
        ck_assert_ptr_nonnull(facts->patches[n - 1].base);
        for (int i = 0; i < n; i++)
                ck_assert(facts->patches[i].n_cves == 1 && !facts->patches[i].cves_shared);
        for (size_t i = 0; i < 3; i++)
                free(texts[i]);
        return (double) (after.tv_sec - before.tv_sec) +
               (double) (after.tv_nsec - before.tv_nsec) / 1e9;
}

START_TEST(ten_times_the_patches_take_ten_times_as_long) {
        double few, many;

        if (getenv("KLPWATCH_TEST_EVERY"))
                return; /* valgrind takes its own share of the time */
        few = time_of_patches(2000);
        many = time_of_patches(20000);
        ck_assert_msg(many < 30 * few, "%.3f s for 2,000 and %.3f s for 20,000", few, many);
        clean();
}
END_TEST

START_TEST(bad_files_refuse_the_repository) {
#define DEEP8 "<a><a><a><a><a><a><a><a>"
        static const struct {
                const char *primary, *reason;
        } cases[] = {
                { "<!DOCTYPE m [<!ENTITY e \"x\">]><metadata packages=\"0\"/>",
                  ":1: a document type" },
                { "<metadata packages=\"0\">\n&e;</metadata>", ":2: not well-formed" },
                { "<metadata packages=\"0\">\n\xC3\x28</metadata>", ":2: not well-formed" },
                { "<metadata packages=\"0\">\n", ":2: not well-formed" },
                { "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><metadata>\xE4</metadata>",
                  "not well-formed" },
                { DEEP8 DEEP8 DEEP8 DEEP8 DEEP8, ":1: xml-depth: nested deeper" },
                { PRIMARY("2", KERNEL("427.13.1.el9_4")), ":2: 1 packages, and its head says 2" },
                { PRIMARY("1", KERNEL("")), "has no sound version" },
                { PRIMARY("1", PACKAGE("kernel-core", "x86 64", "5.14.0", "427.13.1.el9_4",
                                       "Red Hat, Inc.", "")),
                  "kernel-core has no sound architecture" },
                { "", "no element found" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                ck_assert_msg(read_repository("1728950400", cases[i].primary, NULL, NULL) ==
                                              REPOSITORY_METADATA_E_REFUSED,
                              "row %zu", i);
                ck_assert_msg(strstr(reason, cases[i].reason), "row %zu: %s", i, reason);
                ck_assert_uint_eq(facts->n_repositories + facts->n_kernels + facts->n_patches, 0);
        }
        clean();
}
END_TEST

START_TEST(what_is_no_longer_as_listed_refuses_the_repository) {
        ck_assert_int_eq(read_repository("1", PRIMARY("0", ""), NULL, NULL), 0);
        put("primary", PRIMARY("0", " "));
        ck_assert_int_eq(repository_metadata_read(&opener, folder, ID, facts, &metadata, reason),
                         REPOSITORY_METADATA_E_REFUSED);
        ck_assert_ptr_nonnull(strstr(reason, "cut or changed"));
        put("repomd.xml", "<repomd><data type=\"primary\">\n<checksum type=\"sha\">00</checksum>"
                          "<location href=\"repodata/primary\"/></data></repomd>");
        ck_assert_int_eq(repository_metadata_read(&opener, folder, ID, facts, &metadata, reason),
                         REPOSITORY_METADATA_E_REFUSED);
        ck_assert_ptr_nonnull(strstr(reason, "repomd.xml:2: checksum of type 'sha'"));
        clean();
}
END_TEST

UNIT_TEST(packages_and_their_base_are_read, ten_times_the_patches_take_ten_times_as_long,
          cves_of_several_kernels_are_shared,
          without_the_list_a_patchs_own_dist_tag_tells_the_minor, rebuilds_by_others_prove_nothing,
          absence_needs_the_list_and_a_time, dates_come_in_every_form_and_are_utc,
          changelogs_tell_cves_where_advisories_do_not, bad_files_refuse_the_repository,
          what_is_no_longer_as_listed_refuses_the_repository)
