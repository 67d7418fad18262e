/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A whole scan of a host with live patches against bare reads of the same attributes: open, read and close
 * of each, in folders that were listed. In turn; prints the medians in nanoseconds and how many patches
 * the scan found: "SCAN BARE N_PATCHES".
 *
 *   scan-patches ROOT
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/livepatch-scan.h"
#include "rounds.h"

#define N_ROUNDS 101

static void read_one(int folder, const char *path) {
        char text[4096];
        int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
                return;
        (void) !read(fd, text, sizeof(text));
        close(fd);
}

/* Lists one folder and reads some files in each folder in it. */
static void read_all(int root, const char *path, const char *const *files) {
        int fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *folder = fd < 0 ? NULL : fdopendir(fd);
        const struct dirent *entry;

        if (!folder)
                return;
        while ((entry = readdir(folder)))
                for (size_t i = 0; entry->d_name[0] != '.' && files[i]; i++) {
                        char name[512];

                        snprintf(name, sizeof(name), "%s/%s", entry->d_name, files[i]);
                        read_one(fd, name);
                }
        closedir(folder);
}

static void bare_reads(int root) {
        static const char *const once[] = {
                "proc/sys/kernel/osrelease", "proc/version",  "proc/cmdline", "proc/stat",
                "proc/sys/kernel/arch",      "etc/os-release"
        };
        static const char *const of_patch[] = { "enabled", "transition", NULL };
        static const char *const of_module[] = { "taint", "srcversion", NULL };

        for (size_t i = 0; i < ELEMENTS(once); i++)
                read_one(root, once[i]);
        read_all(root, "sys/kernel/livepatch", of_patch);
        read_all(root, "sys/module", of_module);
}

int main(int argc, char *argv[]) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        _cleanup_(closep) int fd = -1;
        uint64_t scans[N_ROUNDS], bare[N_ROUNDS];
        size_t n_patches = 0;

        if (argc != 2 || host_root_new(argv[1], &root) != 0)
                return EXIT_FAILURE;
        fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        for (unsigned round = 0; round < N_ROUNDS; round++) {
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                uint64_t begin = now_nsec();

                if (host_facts_new(&host) != 0 || livepatch_scan(root, host) != 0)
                        return EXIT_FAILURE;
                scans[round] = now_nsec() - begin;
                n_patches = host->n_patches;
                begin = now_nsec();
                bare_reads(fd);
                bare[round] = now_nsec() - begin;
        }
        printf("%llu %llu %zu\n", (unsigned long long) median(scans, N_ROUNDS),
               (unsigned long long) median(bare, N_ROUNDS), n_patches);
        return EXIT_SUCCESS;
}
