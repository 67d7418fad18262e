/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * klpwatch-digest: reads what vendors publish and writes the small digest of facts that klpwatchd
 * needs. It is the program that touches untrusted documents, so it is a straight line without state:
 * list the inputs, have them read one after the other in confined processes (confined-run.h), write
 * one digest, end. It refuses to talk to the network and to the daemon: it has files to read and one
 * to write.
 */

#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic-file.h"
#include "base/bounded-read.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/utc-time.h"
#include "digest/confined-run.h"
#include "format/digest-record.h"
#include "format/input-caps.h"

enum {
        EXIT_ALL_READ = 0,
        EXIT_SOME_REFUSED = 1,
        EXIT_NOTHING = 2,
        EXIT_DIED = 3, /* a document ended the process that read it */
};

typedef struct Options {
        DigestMode mode;
        const char *output;     /* NULL: standard output */
        const char *repository; /* the id of the one that is the input; NULL: documents are */
        UtcTime as_of;          /* of lists without a date; UTC_TIME_NONE: not stated */
        bool verbose;
} Options;

static const char help[] =
                "Usage: klpwatch-digest [OPTION]... FILE|FOLDER|-...\n"
                "\n"
                "Reads CSAF documents of Red Hat or SUSE (.json, .json.xz; folders with all below\n"
                "them; - is standard input; archives .tar, .tar.zst, .tar.xz, .tar.bz2, .tar.gz)\n"
                "and writes what they say about kernels and live patches as a klpwatch digest.\n"
                "\n"
                "  -o, --output=FILE  write to FILE, replaced as a whole, instead of standard "
                "output\n"
                "      --check        only check documents and digests; write nothing\n"
                "      --merge        unite digests into one that says what each of them says\n"
                "      --repository=ID\n"
                "                     the input is a folder with repodata/, or its repomd.xml, of\n"
                "                     the package repository that is called ID\n"
                "      --as-of=DATE   lists of support ends that tell no date of their own are of "
                "DATE\n"
                "                     (2026-02-19, or 2026-02-19T17:46:16Z): the day they were "
                "fetched\n"
                "  -v, --verbose      end with a summary, also where nobody watches\n"
                "  -h, --help         show this text\n"
                "      --version      show the version\n"
                "\n"
                "Inputs are read in processes that can open nothing, reach no network, start no\n"
                "program, and have limits of memory and time; see klpwatch-digest(1).\n"
                "\n"
                "Exit status: 0 all was read, 1 something was refused (the digest of the rest is\n"
                "written), 2 wrong usage, or nothing could be written, 3 a document ended the "
                "process\n"
                "that read it.\n";

/* A day from its beginning on, or a moment; a list of the future would be fresh for ever. */
static bool parse_as_of(const char *text, UtcTime *ret) {
        UtcTime time;
        UtcDay day;

        if (utc_day_parse(text, &day) == 0)
                time = utc_day_start(day);
        else if (utc_time_parse(text, &time) != 0) {
                fputs("klpwatch-digest: --as-of needs a date such as 2026-02-19, or a time with a "
                      "zone\n",
                      stderr);
                return false;
        }
        if (time <= 0 || time > utc_time_now() + USEC_PER_DAY) {
                fprintf(stderr, "klpwatch-digest: --as-of: %s is no day that a list can be of\n",
                        text);
                return false;
        }
        *ret = time;
        return true;
}

/* 0 go on, 1 done, 2 wrong usage. */
static int parse_options(int argc, char **argv, Options *ret) {
        enum { CHECK = 256, MERGE, REPOSITORY, AS_OF, VERSION };
        static const struct option longs[] = {
                { "output", required_argument, NULL, 'o' },
                { "check", no_argument, NULL, CHECK },
                { "merge", no_argument, NULL, MERGE },
                { "repository", required_argument, NULL, REPOSITORY },
                { "as-of", required_argument, NULL, AS_OF },
                { "verbose", no_argument, NULL, 'v' },
                { "help", no_argument, NULL, 'h' },
                { "version", no_argument, NULL, VERSION },
                {},
        };
        Options options = { .verbose = isatty(STDERR_FILENO), .as_of = UTC_TIME_NONE };
        bool check = false, merge = false;
        int c;

        while ((c = getopt_long(argc, argv, "o:vh", longs, NULL)) >= 0) {
                switch (c) {
                case 'o':
                        options.output = optarg;
                        break;
                case CHECK:
                        check = true;
                        break;
                case MERGE:
                        merge = true;
                        break;
                case REPOSITORY:
                        options.repository = optarg;
                        break;
                case AS_OF:
                        if (!parse_as_of(optarg, &options.as_of))
                                return 2;
                        break;
                case 'v':
                        options.verbose = true;
                        break;
                case 'h':
                        fputs(help, stdout);
                        return 1;
                case VERSION:
                        puts("klpwatch-digest " KLPWATCH_VERSION);
                        return 1;
                default:
                        return 2;
                }
        }
        if (check && (merge || options.output)) {
                fputs("klpwatch-digest: --check writes nothing: it goes with neither --merge nor "
                      "--output\n",
                      stderr);
                return 2;
        }
        if (options.output &&
            (options.output[0] == '\0' || options.output[strlen(options.output) - 1] == '/')) {
                fputs("klpwatch-digest: --output needs the name of a file\n", stderr);
                return 2;
        }
        if (options.repository && !digest_is_id(options.repository)) {
                fputs("klpwatch-digest: --repository needs the id of a repository\n", stderr);
                return 2;
        }
        if (options.repository && (merge || optind + 1 != argc)) {
                fputs("klpwatch-digest: --repository goes with one folder, and not with --merge\n",
                      stderr);
                return 2;
        }
        if (options.as_of != UTC_TIME_NONE && (merge || options.repository)) {
                fputs("klpwatch-digest: --as-of goes with neither --merge nor --repository\n",
                      stderr);
                return 2;
        }
        if (optind == argc) {
                fputs("klpwatch-digest: no input; --help tells the usage\n", stderr);
                return 2;
        }

        options.mode = check   ? DIGEST_MODE_CHECK
                       : merge ? DIGEST_MODE_MERGE
                               : DIGEST_MODE_DOCUMENTS;
        *ret = options;
        return 0;
}

static bool write_file(const char *path, const char *text, size_t n_bytes) {
        _cleanup_free_ char *for_folder = strdup(path), *for_name = strdup(path);
        _cleanup_close_ int folder = -1;

        if (!for_folder || !for_name)
                return false;
        folder = open(dirname(for_folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return folder >= 0 &&
               atomic_file_write(folder, basename(for_name), text, n_bytes, 0644) == 0;
}

static int put_digest(const Options *options, int digest) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        bool written;
        int r;

        if (lseek(digest, 0, SEEK_SET) < 0)
                return error_origin(-errno);
        r = bounded_read_fd(digest, DIGEST_MAX_BYTES, &text, &n_bytes);
        if (r)
                return error_fold(r);
        if (options->output)
                written = write_file(options->output, text, n_bytes);
        else
                written = fwrite(text, 1, n_bytes, stdout) == n_bytes && fflush(stdout) == 0;
        if (written)
                return EXIT_ALL_READ;
        fprintf(stderr, "klpwatch-digest: %s cannot be written: %s\n",
                options->output ?: "standard output", strerror(errno));
        return EXIT_NOTHING;
}

static void summarize(const DigestRunCounts *counts) {
        if (counts->n_digests > 0)
                fprintf(stderr, "%zu digests, ", counts->n_digests);
        fprintf(stderr, "%zu documents, %zu with kernels or live patches, %zu refused\n",
                counts->n_documents, counts->n_with_records, counts->n_refused);
}

static int run_all(const Options *options, char **inputs, size_t n_inputs) {
        _cleanup_(document_source_freep) DocumentSource *source = NULL;
        ConfinedJob job = { .mode = options->mode, .as_of = options->as_of };
        char reason[DOCUMENT_SOURCE_REASON_BYTES];
        _cleanup_close_ int digest = -1;
        ConfinedResult result;
        int r, exit_code = EXIT_ALL_READ;

        r = options->repository ? 0 : document_source_new(&source, inputs, n_inputs, reason);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                fprintf(stderr, "klpwatch-digest: %s (nothing was written)\n", reason);
                return EXIT_NOTHING;
        }
        if (options->repository) {
                job.repository = inputs[0];
                job.id = options->repository;
        }
        job.source = source;
        r = confined_run(&job, &result);
        if (r)
                return error_fold(r);
        digest = result.digest;
        if (!result.complete)
                return result.died ? EXIT_DIED : EXIT_NOTHING;

        if (options->mode != DIGEST_MODE_CHECK) {
                exit_code = result.written ? put_digest(options, digest) : EXIT_NOTHING;
                if (exit_code < 0)
                        return error_trace(exit_code);
        }
        if (options->verbose)
                summarize(&result.counts);
        if (exit_code == EXIT_ALL_READ && result.counts.n_refused > 0)
                return EXIT_SOME_REFUSED;
        return exit_code;
}

/* A file that is opened must not become the standard error of somebody who closed that. */
static bool fill_standard_descriptors(void) {
        int fd;

        do
                fd = open("/dev/null", O_RDWR);
        while (fd >= 0 && fd <= STDERR_FILENO);
        if (fd > STDERR_FILENO)
                close(fd);
        return fd >= 0;
}

int main(int argc, char **argv) {
        bool closed = fcntl(STDOUT_FILENO, F_GETFD) < 0;
        Options options;
        int r;

        if (!fill_standard_descriptors())
                return EXIT_NOTHING;
        r = parse_options(argc, argv, &options);
        if (r)
                return r == 1 ? EXIT_ALL_READ : EXIT_NOTHING;
        if (closed && !options.output && options.mode != DIGEST_MODE_CHECK) {
                fprintf(stderr, "klpwatch-digest: standard output cannot be written: %s\n",
                        strerror(EBADF));
                return EXIT_NOTHING;
        }

        r = run_all(&options, argv + optind, (size_t) (argc - optind));
        if (r < 0) {
                fprintf(stderr, "klpwatch-digest: %s (nothing was written)\n", strerror(-r));
                return EXIT_NOTHING;
        }
        return r;
}
