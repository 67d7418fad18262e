/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256-compress.h"
#include "base/sha256.h"
#include "unit-test.h"

START_TEST(the_published_vectors_hold) {
        static const struct {
                const char *text, *hash;
        } cases[] = {
                { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
                { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
                { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
                { "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
                  "klmnopqr"
                  "lmnopqrsmnopqrstnopqrstu",
                  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char hash[SHA256_TEXT_BYTES];

                ck_assert_msg(strcmp(sha256_text(cases[i].text, strlen(cases[i].text), hash),
                                     cases[i].hash) == 0,
                              "'%s' gave %s", cases[i].text, hash);
        }
}
END_TEST

START_TEST(a_million_letters_hold) {
        size_t n_bytes = 1000000;
        char *text = malloc(n_bytes);
        char hash[SHA256_TEXT_BYTES];

        ck_assert_ptr_nonnull(text);
        memset(text, 'a', n_bytes);
        ck_assert_str_eq(sha256_text(text, n_bytes, hash),
                         "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
        free(text);
}
END_TEST

/* Every length around the block borders, against the system's own program. */
START_TEST(sha256sum_agrees_on_every_length) {
        char path[] = "/tmp/klpwatch-sha256-XXXXXX", command[128];
        int fd = mkstemp(path);
        FILE *pipe, *file;
        char text[260];

        ck_assert_int_ge(fd, 0);
        for (size_t i = 0; i < sizeof(text); i++)
                text[i] = (char) (i * 37 + 11);
        /* File N holds the first N bytes; one shell loop hashes them all. */
        file = fdopen(fd, "w");
        ck_assert_ptr_nonnull(file);
        ck_assert(fwrite(text, 1, sizeof(text), file) == sizeof(text) && fclose(file) == 0);
        snprintf(command, sizeof(command),
                 "for n in $(seq 0 %zu); do head -c $n %s | sha256sum; done", sizeof(text), path);
        pipe = popen(command, "r");
        ck_assert_ptr_nonnull(pipe);
        for (size_t n = 0; n <= sizeof(text); n++) {
                char line[128], hash[SHA256_TEXT_BYTES];

                ck_assert_ptr_nonnull(fgets(line, sizeof(line), pipe));
                line[SHA256_TEXT_BYTES - 1] = '\0';
                ck_assert_msg(strcmp(sha256_text(text, n, hash), line) == 0, "%zu bytes gave %s", n,
                              hash);
        }
        ck_assert_int_eq(pclose(pipe), 0);
        remove(path);
}
END_TEST

/* Where the processor has none, and under valgrind, both are the portable one. */
START_TEST(instructions_and_portable_code_agree) {
        unsigned char blocks[5 * SHA256_BLOCK_BYTES];
        uint32_t seed = 1;

        for (size_t round = 0; round < 1000; round++) {
                uint32_t portable[8], other[8];

                for (size_t i = 0; i < 8; i++)
                        portable[i] = other[i] = seed = seed * 1664525 + 1013904223;
                for (size_t i = 0; i < sizeof(blocks); i++)
                        blocks[i] = (unsigned char) ((seed = seed * 1664525 + 1013904223) >> 24);
                sha256_compress_portable(portable, blocks, round % 6);
                if (sha256_has_instructions())
                        sha256_compress_instructions(other, blocks, round % 6);
                else
                        sha256_compress_portable(other, blocks, round % 6);
                ck_assert_mem_eq(portable, other, sizeof(portable));
        }
}
END_TEST

UNIT_TEST(the_published_vectors_hold, a_million_letters_hold, sha256sum_agrees_on_every_length,
          instructions_and_portable_code_agree)
