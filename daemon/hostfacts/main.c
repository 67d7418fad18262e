/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * klpwatch-hostfacts: looks at everything of a host that needs privilege, another program or libkmod,
 * once, and writes what it saw as JSON. It ends with success even if nothing could be read: that is
 * an answer too, with its reasons in it. It fails only when the answer cannot be given.
 */

#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic-file.h"
#include "base/error.h"
#include "format/host-facts-json.h"
#include "hostfacts/boot-pick.h"
#include "hostfacts/installed-kernels.h"
#include "hostfacts/installed-packages.h"
#include "hostfacts/loader-service.h"
#include "hostfacts/module-file.h"
#include "hostfacts/package-repositories.h"

typedef struct Arguments {
        const char *root;
        const char *output; /* NULL: standard output */
        bool done;          /* --help or --version: nothing else to do */
} Arguments;

static const char help[] =
                "klpwatch-hostfacts [OPTIONS...]\n\n"
                "Writes what is installed on this host and what the next boot picks, as JSON.\n\n"
                "  --root=DIR     Look at a recorded host or an image instead of this host\n"
                "  --output=FILE  Replace FILE instead of writing to standard output\n"
                "  --help         Show this text\n"
                "  --version      Show the version\n";

/* 0, or 1 when the arguments are wrong, which has been said. */
static int parse_arguments(int argc, char *argv[], Arguments *ret) {
        static const struct option options[] = {
                { "root", required_argument, NULL, 'r' },
                { "output", required_argument, NULL, 'o' },
                { "help", no_argument, NULL, 'h' },
                { "version", no_argument, NULL, 'v' },
                {},
        };
        Arguments arguments = { .root = "/" };
        int option;

        while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0)
                switch (option) {
                case 'r':
                        arguments.root = optarg;
                        break;
                case 'o':
                        arguments.output = optarg;
                        break;
                case 'h':
                        fputs(help, stdout);
                        arguments.done = true;
                        break;
                case 'v':
                        puts("klpwatch-hostfacts " KLPWATCH_VERSION);
                        arguments.done = true;
                        break;
                default:
                        return 1;
                }
        if (optind < argc) {
                fprintf(stderr, "klpwatch-hostfacts: '%s' is one argument too many\n",
                        argv[optind]);
                return 1;
        }

        *ret = arguments;
        return 0;
}

static int collect(const HostRoot *root, HostFacts *host) {
        static int (*const parts[])(const HostRoot *, HostFacts *) = {
                boot_pick_read,      installed_kernels_read, installed_packages_read,
                loader_service_read, module_file_scan,       package_repositories_read,
        };

        for (size_t i = 0; i < ELEMENTS(parts); i++) {
                int r = parts[i](root, host);

                if (r)
                        return error_trace(r);
        }
        return 0;
}

/* 0, or 1 when it could not be written, which has been said. */
static int replace_file(const char *path, const char *text, size_t n_bytes) {
        _cleanup_free_ char *for_folder = strdup(path), *for_name = strdup(path);
        _cleanup_close_ int folder = -1;
        int r;

        if (!for_folder || !for_name)
                return error_origin(-ENOMEM);

        folder = open(dirname(for_folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        r = folder < 0 ? ATOMIC_FILE_E_REFUSED
                       : atomic_file_write(folder, basename(for_name), text, n_bytes, 0644);
        if (r < 0)
                return error_trace(r);
        if (r > 0)
                fprintf(stderr, "klpwatch-hostfacts: %s cannot be written: %s\n", path,
                        strerror(errno));
        return r;
}

static int print(const char *text, size_t n_bytes) {
        if (fwrite(text, 1, n_bytes, stdout) == n_bytes && fflush(stdout) == 0)
                return 0;
        fprintf(stderr, "klpwatch-hostfacts: standard output: %s\n", strerror(errno));
        return 1;
}

static int run(const Arguments *arguments) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        int r;

        r = host_root_new(arguments->root, &root);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                fprintf(stderr, "klpwatch-hostfacts: %s: %s\n", arguments->root, strerror(errno));
                return 1;
        }

        r = host_facts_new(&host);
        if (r)
                return error_fold(r);
        r = collect(root, host);
        if (r)
                return error_trace(r);
        r = host_facts_json_write(host, &text, &n_bytes);
        if (r)
                return error_trace(r);
        return arguments->output ? replace_file(arguments->output, text, n_bytes)
                                 : print(text, n_bytes);
}

int main(int argc, char *argv[]) {
        Arguments arguments;
        int r;

        if (parse_arguments(argc, argv, &arguments) != 0)
                return EXIT_FAILURE;
        if (arguments.done)
                return EXIT_SUCCESS;

        r = run(&arguments);
        if (r < 0)
                fprintf(stderr, "klpwatch-hostfacts: %s\n", strerror(-r));
        return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
