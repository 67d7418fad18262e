/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>
#include <string.h>

#include "digest/xml-stream.h"
#include "unit-test.h"

static char reason[XML_STREAM_REASON_BYTES];

static void on_open(void *data, _unused_ XmlStream *stream, _unused_ const char *name,
                    _unused_ const char **attributes) {
        ++*(size_t *) data;
}

static void on_close(_unused_ void *data, _unused_ XmlStream *stream, _unused_ const char *name,
                     _unused_ const char *text) {
}

/* Feeds it in pieces of `n_piece`; 0 with the number of elements. */
static int read_xml(const char *text, size_t n_bytes, size_t n_piece, size_t *ret_n) {
        _cleanup_(xml_stream_freep) XmlStream *stream = NULL;
        size_t n = 0;
        const XmlStreamReader reader = { on_open, on_close, &n };
        int r = 0;

        reason[0] = '\0';
        ck_assert_int_eq(xml_stream_new(&stream, &reader), 0);
        for (size_t at = 0; r == 0 && at < n_bytes; at += n_piece) {
                size_t n_left = n_bytes - at;

                r = xml_stream_feed(stream, text + at, n_left < n_piece ? n_left : n_piece,
                                    n_left <= n_piece, reason);
        }
        *ret_n = n;
        return r;
}

/* `before`, then `n` bytes of `fill`, then `after`; as a whole and in pieces. */
static void hold(const char *before, const char *fill, size_t n_fills, const char *after,
                 const char *expected) {
        size_t n_fill = strlen(fill), n_before = strlen(before), n_after = strlen(after),
               n_bytes = n_before + n_fill * n_fills + n_after, n;
        char *text = malloc(n_bytes + 1), *at = text;

        ck_assert_ptr_nonnull(text);
        at = (char *) memcpy(at, before, n_before) + n_before;
        for (size_t i = 0; i < n_fills; i++)
                at = (char *) memcpy(at, fill, n_fill) + n_fill;
        memcpy(at, after, n_after + 1);
        for (size_t n_piece = n_bytes; n_piece >= 1000 || n_piece == n_bytes;
             n_piece = n_piece / 7 + 1) {
                int r = read_xml(text, n_bytes, n_piece, &n);

                ck_assert_msg(r == (expected ? XML_STREAM_E_REFUSED : 0),
                              "%zu of %zu bytes: %d, %s", n_piece, n_bytes, r, reason);
                if (expected)
                        ck_assert_str_eq(reason, expected);
        }
        free(text);
}

START_TEST(at_its_caps_xml_is_read_and_one_more_refuses_it) {
        static const char ends[] =
                        "</a></a></a></a></a></a></a></a></a></a></a></a></a></a></a></a>"
                        "</a></a></a></a></a></a></a></a></a></a></a></a></a></a></a></a>";

        hold("", "<a>", XML_MAX_DEPTH, ends, NULL);
        hold("", "<a>", XML_MAX_DEPTH + 1, ends, "1: xml-depth: nested deeper than 32");
        /* <a b=''/> */
        hold("<a b='", "x", XML_MAX_TAG_BYTES - 9, "'/>", NULL);
        hold("<a b='", "x", XML_MAX_TAG_BYTES - 8, "'/>",
             "1: xml-tag: a tag longer than 1048576 bytes");
        hold("<a>", "x", XML_MAX_TEXT_BYTES, "</a>", NULL);
        hold("<a>", "x", XML_MAX_TEXT_BYTES + 1, "</a>",
             "1: xml-text: a text longer than 1048576 bytes");
}
END_TEST

START_TEST(only_utf_8_is_read) {
        static const struct {
                const char *text;
                size_t n_bytes;
                bool good;
        } cases[] = {
                { "<a/>", 4, true },
                { "\xEF\xBB\xBF<a/>", 7, true },
                { "\xFE\xFF\0<\0a\0/\0>", 10, false },
                { "\xFF\xFE<\0a\0/\0>\0", 10, false },
                { "\0<\0a\0/\0>", 8, false },
                { "<\0a\0/\0>\0", 8, false },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                for (size_t n_piece = 1; n_piece <= 10; n_piece += 9) {
                        size_t n;
                        int r = read_xml(cases[i].text, cases[i].n_bytes, n_piece, &n);

                        ck_assert_msg(r == (cases[i].good ? 0 : XML_STREAM_E_REFUSED),
                                      "row %zu: %d, %s", i, r, reason);
                        ck_assert_uint_eq(n, cases[i].good);
                        if (!cases[i].good)
                                ck_assert_str_eq(reason, "1: not UTF-8, but UTF-16");
                }
}
END_TEST

UNIT_TEST(at_its_caps_xml_is_read_and_one_more_refuses_it, only_utf_8_is_read)
