/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/document-archive.h"
#include "unit-test.h"

#define N_MEMBERS 4
#define MEMBER_BYTES 3000

static char path[] = "/tmp/klpwatch-archive-XXXXXX"; /* of the archive made last */
static char reason[DOCUMENT_SOURCE_REASON_BYTES];
static uint64_t n_packed_bytes, n_bytes;

/* Three documents and something else; each in 3,000 bytes, that is 512 + 3,072 of tar. */
static void make_archive(void) {
        char content[MEMBER_BYTES];
        struct archive_entry *entry = archive_entry_new();
        struct archive *archive = archive_write_new();
        struct stat st;
        int fd;

        memset(path + strlen(path) - 6, 'X', 6);
        fd = mkstemp(path);
        ck_assert_int_ge(fd, 0);
        memset(content, ' ', sizeof(content));
        ck_assert_int_eq(archive_write_set_format_ustar(archive), ARCHIVE_OK);
        ck_assert_int_eq(archive_write_add_filter_gzip(archive), ARCHIVE_OK);
        ck_assert_int_eq(archive_write_open_fd(archive, fd), ARCHIVE_OK);
        for (int i = 0; i < N_MEMBERS; i++) {
                char name[64];

                snprintf(name, sizeof(name), i == 1 ? "other-%d" : "2024/rhsa-2024_%d.json", i);
                archive_entry_clear(entry);
                archive_entry_set_pathname(entry, name);
                archive_entry_set_filetype(entry, AE_IFREG);
                archive_entry_set_perm(entry, 0644);
                archive_entry_set_size(entry, MEMBER_BYTES);
                ck_assert_int_eq(archive_write_header(archive, entry), ARCHIVE_OK);
                ck_assert_int_eq(archive_write_data(archive, content, MEMBER_BYTES), MEMBER_BYTES);
        }
        ck_assert_int_eq(archive_write_close(archive), ARCHIVE_OK);
        archive_write_free(archive);
        archive_entry_free(entry);

        ck_assert_int_eq(fstat(fd, &st), 0);
        n_packed_bytes = (uint64_t) st.st_size;
        n_bytes = N_MEMBERS * (512 + 3072) + 1024;
        close(fd);
}

/* Reads to the end; what ended it. */
static int read_all(const DocumentArchiveCaps *caps, size_t *ret_n, size_t *ret_n_refused) {
        _cleanup_(document_archive_freep) DocumentArchive *archive = NULL;
        int r, fd = open(path, O_RDONLY | O_CLOEXEC);

        ck_assert_int_ge(fd, 0);
        *ret_n = *ret_n_refused = 0;
        r = document_archive_new(&archive, fd, path, caps, reason);
        while (r == 0 || r == DOCUMENT_ARCHIVE_E_REFUSED) {
                Document document = {};

                r = document_archive_next(archive, &document, reason);
                if (r == 0) {
                        ck_assert_uint_eq(document.n_bytes, MEMBER_BYTES);
                        ck_assert_uint_eq(strlen(document.text), MEMBER_BYTES);
                        ck_assert(strncmp(document.member, "2024/rhsa-2024_", 15) == 0);
                        ++*ret_n;
                }
                *ret_n_refused += r == DOCUMENT_ARCHIVE_E_REFUSED;
        }
        return r;
}

START_TEST(at_its_caps_an_archive_is_read_and_one_less_refuses_it) {
        DocumentArchiveCaps caps, most;
        struct {
                uint64_t *cap;
                const char *message;
        } cases[] = {
                { &caps.n_packed_bytes, "archive-packed-bytes: larger than " },
                { &caps.n_bytes, "archive-bytes: unpacks to more than " },
                { &caps.n_members, "archive-members: more than 3 members" },
                { &caps.ratio, "expansion-ratio: unpacks to more than " },
        };
        size_t n, n_refused;

        make_archive();
        most = (DocumentArchiveCaps){ n_packed_bytes, n_bytes, N_MEMBERS, MEMBER_BYTES,
                                      (n_bytes + n_packed_bytes - 1) / n_packed_bytes };
        ck_assert_msg(read_all(&most, &n, &n_refused) == DOCUMENT_ARCHIVE_E_END, "%s", reason);
        ck_assert_uint_eq(n, 3);
        ck_assert_uint_eq(n_refused, 0);
        ck_assert_int_eq(read_all(NULL, &n, &n_refused), DOCUMENT_ARCHIVE_E_END);
        ck_assert_uint_eq(n, 3);

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                caps = most;
                --*cases[i].cap;
                ck_assert_msg(read_all(&caps, &n, &n_refused) == DOCUMENT_ARCHIVE_E_BROKEN, "%s",
                              cases[i].message);
                ck_assert_msg(strncmp(reason, cases[i].message, strlen(cases[i].message)) == 0,
                              "%s: %s", cases[i].message, reason);
        }
        unlink(path);
}
END_TEST

START_TEST(a_member_above_its_cap_is_refused_alone) {
        DocumentArchiveCaps caps = { 1 << 20, 1 << 20, 100, MEMBER_BYTES - 1, 1 << 20 };
        size_t n, n_refused;

        make_archive();
        ck_assert_int_eq(read_all(&caps, &n, &n_refused), DOCUMENT_ARCHIVE_E_END);
        ck_assert_uint_eq(n, 0);
        ck_assert_uint_eq(n_refused, 3);
        unlink(path);
}
END_TEST

START_TEST(archives_are_known_by_their_names) {
        ck_assert(document_archive_is_name("a/csaf.tar.bz2"));
        ck_assert(document_archive_is_name("csaf_advisories_2025-02-15.tar.zst"));
        ck_assert(document_archive_is_name("a.tar"));
        ck_assert(!document_archive_is_name("rhsa-2024_1.json.xz"));
        ck_assert(!document_archive_is_name("csaf.tar.zst.asc"));
        ck_assert(!document_archive_is_name("-"));
}
END_TEST

UNIT_TEST(at_its_caps_an_archive_is_read_and_one_less_refuses_it,
          a_member_above_its_cap_is_refused_alone, archives_are_known_by_their_names)
