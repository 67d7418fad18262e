/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest/document-stream.h"
#include "digest/opener.h"
#include "format/input-caps.h"
#include "unit-test.h"

/* A message's head, as a sender that was taken over could make it. */
typedef struct Head {
        uint32_t kind, n_member;
        uint64_t n_text;
        int64_t released;
        uint32_t vendor, unused;
} Head;

enum { A_DOCUMENT, NOISE, REFUSED, BROKEN, END };

static char reason[DOCUMENT_SOURCE_REASON_BYTES];

/* What the reader makes of a head and of what follows it, when nothing else comes. */
static int receive(const Head *head, const char *rest, size_t n_rest, Document *ret,
                   DocumentStream **ret_stream) {
        int pair[2];

        ck_assert_int_eq(pipe(pair), 0);
        ck_assert_int_eq(write(pair[1], head, sizeof(*head)), sizeof(*head));
        ck_assert_int_eq(write(pair[1], rest, n_rest), (ssize_t) n_rest);
        close(pair[1]);
        ck_assert_int_eq(document_stream_new(ret_stream, pair[0], "a.tar"), 0);
        return document_stream_next(*ret_stream, ret, reason);
}

START_TEST(sound_messages_are_what_was_sent) {
        static const struct {
                Head head;
                const char *rest, *name, *text;
                int outcome;
        } cases[] = {
                { { A_DOCUMENT, 3, 4, 0, 0, 0 }, "abcTEXT", "a.tar: abc", "TEXT", 0 },
                { { NOISE, 3, 0, 7, CSAF_VENDOR_SUSE, 0 },
                  "abc",
                  "a.tar: abc",
                  NULL,
                  DOCUMENT_STREAM_E_NOISE },
                { { REFUSED, 3, 3, 0, 0, 0 },
                  "abcwhy",
                  "a.tar: abc",
                  NULL,
                  DOCUMENT_STREAM_E_REFUSED },
                { { BROKEN, 0, 3, 0, 0, 0 }, "why", NULL, NULL, DOCUMENT_STREAM_E_BROKEN },
                { { END, 0, 0, 0, 0, 0 }, "", NULL, NULL, DOCUMENT_STREAM_E_END },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(document_stream_freep) DocumentStream *stream = NULL;
                Document document = {};
                int r = receive(&cases[i].head, cases[i].rest, strlen(cases[i].rest), &document,
                                &stream);

                ck_assert_msg(r == cases[i].outcome, "%zu: %d", i, r);
                if (cases[i].name)
                        ck_assert_str_eq(document.name, cases[i].name);
                if (cases[i].text)
                        ck_assert_str_eq(document.text, cases[i].text);
                else
                        ck_assert_ptr_null(document.text);
                if (cases[i].head.kind == REFUSED || cases[i].head.kind == BROKEN)
                        ck_assert_str_eq(reason, "why");
                if (r == DOCUMENT_STREAM_E_NOISE)
                        ck_assert(document.vendor == CSAF_VENDOR_SUSE && document.released == 7);
        }
}
END_TEST

START_TEST(what_is_no_sound_message_ends_the_stream) {
        static const struct {
                Head head;
                size_t n_rest;
        } cases[] = {
                { { 5, 3, 0, 0, 0, 0 }, 100 },
                { { UINT32_MAX, 3, 0, 0, 0, 0 }, 100 },
                { { A_DOCUMENT, 0, 4, 0, 0, 0 }, 100 },
                { { A_DOCUMENT, 513, 4, 0, 0, 0 }, 1000 },
                { { A_DOCUMENT, UINT32_MAX, 4, 0, 0, 0 }, 1000 },
                { { A_DOCUMENT, 3, CSAF_DOCUMENT_MAX_BYTES + 1, 0, 0, 0 }, 1000 },
                { { A_DOCUMENT, 3, UINT64_MAX, 0, 0, 0 }, 1000 },
                { { A_DOCUMENT, 3, 98, 0, 0, 0 }, 100 },
                { { A_DOCUMENT, 3, 98, 0, 0, 0 }, 2 },
                { { NOISE, 3, 1, 0, 0, 0 }, 100 },
                { { NOISE, 3, 0, 0, _CSAF_VENDOR_MAX, 0 }, 100 },
                { { NOISE, 3, 0, 0, UINT32_MAX, 0 }, 100 },
                { { REFUSED, 3, DOCUMENT_SOURCE_REASON_BYTES, 0, 0, 0 }, 1000 },
                { { REFUSED, 0, 3, 0, 0, 0 }, 100 },
                { { BROKEN, 3, 3, 0, 0, 0 }, 100 },
                { { BROKEN, 0, DOCUMENT_SOURCE_REASON_BYTES, 0, 0, 0 }, 1000 },
                { { END, 0, 1, 0, 0, 0 }, 100 },
                { { END, 1, 0, 0, 0, 0 }, 100 },
        };
        static char rest[1000];

        memset(rest, 'x', sizeof(rest));
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(document_stream_freep) DocumentStream *stream = NULL;
                Document document = {};
                int r = receive(&cases[i].head, rest, cases[i].n_rest, &document, &stream);

                ck_assert_msg(r == DOCUMENT_STREAM_E_LOST, "%zu: %d", i, r);
                ck_assert_ptr_null(document.text);
        }
}
END_TEST

START_TEST(an_opener_sends_descriptors_and_errors) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        int asking, answering, fd = -1, pair[2];
        const char *path = NULL;
        Opener opener;
        char byte;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_int_eq(opener_pair(&asking, &answering), 0);
        opener = (Opener){ .socket = asking };

        /* Nobody else is needed: answers lie ready before it is asked. */
        ck_assert_int_eq(pipe(pair), 0);
        ck_assert_int_eq(opener_answer(answering, pair[0], 0), 0);
        ck_assert_int_eq(opener_answer(answering, -1, EACCES), 0);
        ck_assert_int_eq(opener_open(&opener, "a/b", &fd), 0);
        ck_assert_int_eq(write(pair[1], "z", 1), 1);
        ck_assert_int_eq(read(fd, &byte, 1), 1);
        ck_assert_int_eq(byte, 'z');
        ck_assert_int_eq(opener_open(&opener, "c", &fd), OPENER_E_REFUSED);
        ck_assert_int_eq(errno, EACCES);
        ck_assert_int_eq(opener_open(&opener, "", &fd), OPENER_E_REFUSED);

        ck_assert_int_eq(opener_receive(answering, pool, &path), 0);
        ck_assert_str_eq(path, "a/b");
        ck_assert_int_eq(opener_receive(answering, pool, &path), 0);
        ck_assert_str_eq(path, "c");
        signal(SIGPIPE, SIG_IGN);
        close(answering);
        ck_assert_int_lt(opener_open(&opener, "d", &fd), 0);
}
END_TEST

UNIT_TEST(sound_messages_are_what_was_sent, what_is_no_sound_message_ends_the_stream,
          an_opener_sends_descriptors_and_errors)
