/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "digest/document-room.h"
#include "format/input-caps.h"
#include "unit-test.h"

#define MIB ((size_t) 1024 * 1024)

START_TEST(there_is_a_byte_behind_what_was_asked_for) {
        static const size_t sizes[] = { 0,
                                        1,
                                        4 * MIB - 1,
                                        4 * MIB,
                                        24 * MIB,
                                        CSAF_DOCUMENT_MAX_BYTES - 1,
                                        CSAF_DOCUMENT_MAX_BYTES };

        for (size_t i = 0; i < ELEMENTS(sizes); i++) {
                DocumentRoom room = {};

                ck_assert_int_eq(document_room_make(&room, sizes[i]), 0);
                ck_assert_msg(room.n_bytes > sizes[i], "%zu bytes for %zu", room.n_bytes, sizes[i]);
                memset(room.bytes, 'x', sizes[i] + 1);
                document_room_clear(&room);
        }
}
END_TEST

START_TEST(what_is_large_enough_stays_where_it_is) {
        DocumentRoom room = {};
        size_t n_bytes;
        char *bytes;

        ck_assert_int_eq(document_room_make(&room, 5 * MIB), 0);
        bytes = room.bytes;
        n_bytes = room.n_bytes;
        bytes[0] = 'x';
        for (size_t n = 0; n < n_bytes; n += MIB) {
                ck_assert_int_eq(document_room_make(&room, n), 0);
                ck_assert_msg(room.bytes == bytes && room.n_bytes == n_bytes, "moved for %zu", n);
        }
        ck_assert_int_eq(document_room_make(&room, n_bytes - 1), 0);
        ck_assert_uint_eq(room.n_bytes, n_bytes);
        ck_assert_int_eq(bytes[0], 'x');
        ck_assert_int_eq(document_room_make(&room, n_bytes), 0);
        ck_assert_uint_gt(room.n_bytes, n_bytes);
        document_room_clear(&room);
}
END_TEST

/* So that documents which grow little by little do not each want a new one. */
START_TEST(it_doubles_up_to_the_cap_on_documents) {
        DocumentRoom room = {};
        size_t n_made = 0;

        for (size_t n = 0; n < CSAF_DOCUMENT_MAX_BYTES; n += MIB / 2) {
                size_t n_before = room.n_bytes;

                ck_assert_int_eq(document_room_make(&room, n), 0);
                n_made += room.n_bytes != n_before;
                ck_assert_uint_le(room.n_bytes, CSAF_DOCUMENT_MAX_BYTES);
        }
        ck_assert_uint_eq(n_made, 5); /* 4, 8, 16, 32, 64 MiB */
        ck_assert_int_eq(document_room_make(&room, CSAF_DOCUMENT_MAX_BYTES), 0);
        ck_assert_uint_eq(room.n_bytes, (size_t) CSAF_DOCUMENT_MAX_BYTES + 1);
        document_room_clear(&room);
}
END_TEST

START_TEST(only_what_is_larger_than_real_documents_need_is_given_back) {
        static const struct {
                size_t n_bytes;
                bool kept;
        } cases[] = {
                { 0, true },
                { 4 * MIB, true },
                { DOCUMENT_ROOM_KEPT_BYTES - 1, true },
                { DOCUMENT_ROOM_KEPT_BYTES, false },
                { CSAF_DOCUMENT_MAX_BYTES, false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                DocumentRoom room = {};

                ck_assert_int_eq(document_room_make(&room, cases[i].n_bytes), 0);
                document_room_trim(&room);
                ck_assert_msg((room.bytes != NULL) == cases[i].kept, "%zu bytes", cases[i].n_bytes);
                ck_assert((room.n_bytes > 0) == cases[i].kept);
                ck_assert_int_eq(document_room_make(&room, 1), 0);
                room.bytes[1] = '\0';
                document_room_clear(&room);
        }
}
END_TEST

START_TEST(what_it_takes_replaces_what_it_held) {
        DocumentRoom room = {};
        char *bytes = malloc(10);

        ck_assert_ptr_nonnull(bytes);
        ck_assert_int_eq(document_room_make(&room, 1), 0);
        document_room_take(&room, bytes, 10);
        ck_assert_ptr_eq(room.bytes, bytes);
        ck_assert_uint_eq(room.n_bytes, 10);
        document_room_clear(&room);
        ck_assert_ptr_null(room.bytes);
        ck_assert_uint_eq(room.n_bytes, 0);
        document_room_clear(&room);
}
END_TEST

UNIT_TEST(there_is_a_byte_behind_what_was_asked_for, what_is_large_enough_stays_where_it_is,
          it_doubles_up_to_the_cap_on_documents,
          only_what_is_larger_than_real_documents_need_is_given_back,
          what_it_takes_replaces_what_it_held)
