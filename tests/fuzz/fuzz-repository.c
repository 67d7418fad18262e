/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Repository metadata. The bytes are four files, with a line `%` between two: repomd.xml, in which `@1` to
 * `@3` stand for the hashes of the other three, then primary, updateinfo and other, as they are asked
 * for. All or nothing; and what counts can be written, and read again.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sha256.h"
#include "digest/repository-metadata.h"
#include "fuzz-round-trip.h"
#include "fuzz-target.h"

#define N_FILES 4
#define SEPARATOR "\n%\n"

typedef struct Piece {
        const char *bytes;
        size_t n_bytes;
} Piece;

static void split(const char *bytes, size_t n_bytes, Piece pieces[static N_FILES]) {
        for (size_t i = 0; i < N_FILES; i++) {
                const char *end = NULL;

                if (i + 1 < N_FILES && n_bytes > 0)
                        end = memmem(bytes, n_bytes, SEPARATOR, strlen(SEPARATOR));
                pieces[i] = (Piece){ bytes, end ? (size_t) (end - bytes) : n_bytes };
                bytes += pieces[i].n_bytes + (end ? strlen(SEPARATOR) : 0);
                n_bytes -= pieces[i].n_bytes + (end ? strlen(SEPARATOR) : 0);
        }
}

static void put(int fd, const char *bytes, size_t n_bytes) {
        while (n_bytes > 0) {
                ssize_t n = write(fd, bytes, n_bytes);

                fuzz_require(n > 0);
                bytes += n;
                n_bytes -= (size_t) n;
        }
}

/* repomd.xml, with hashes in their places. */
static void put_repomd(int fd, const Piece pieces[static N_FILES]) {
        const char *at = pieces[0].bytes, *end = at + pieces[0].n_bytes, *sign;

        while (at < end && (sign = memchr(at, '@', (size_t) (end - at)))) {
                char hash[SHA256_TEXT_BYTES];

                put(fd, at, (size_t) (sign - at));
                at = sign + 1;
                if (at == end || *at < '1' || *at > '3')
                        continue;
                sha256_text(pieces[*at - '0'].bytes, pieces[*at - '0'].n_bytes, hash);
                put(fd, hash, strlen(hash));
                at++;
        }
        put(fd, at, (size_t) (end - at));
}

/* All answers lie ready before it is asked. */
static int prepare(const Piece pieces[static N_FILES], int *ret_answering) {
        int asking;

        fuzz_require(opener_pair(&asking, ret_answering) == 0);
        for (size_t i = 0; i < N_FILES; i++) {
                int fd = memfd_create("fuzz", MFD_CLOEXEC);

                fuzz_require(fd >= 0);
                if (i == 0)
                        put_repomd(fd, pieces);
                else
                        put(fd, pieces[i].bytes, pieces[i].n_bytes);
                fuzz_require(lseek(fd, 0, SEEK_SET) == 0);
                fuzz_require(opener_answer(*ret_answering, fd, 0) == 0);
                close(fd);
        }
        return asking;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        char reason[REPOSITORY_FILE_REASON_BYTES] = "";
        RepositoryMetadata metadata = {};
        Piece pieces[N_FILES];
        Facts *facts = NULL;
        Opener opener;
        int answering, r;

        split((const char *) data, n_bytes, pieces);
        opener.socket = prepare(pieces, &answering);
        fuzz_require(facts_new(&facts) == 0);
        r = repository_metadata_read(&opener, "r", "rhel-9-for-x86_64-baseos-eus-rpms", facts,
                                     &metadata, reason);
        fuzz_require(r >= 0);
        if (r > 0)
                fuzz_require(facts->n_kernels == 0 && facts->n_patches == 0 &&
                             facts->n_repositories == 0 && reason[0] != '\0');
        else if (metadata.vendor)
                fuzz_round_trip(facts, metadata.vendor, metadata.complete_at);
        facts_free(facts);
        close(opener.socket);
        close(answering);
        return 0;
}
