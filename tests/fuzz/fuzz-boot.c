/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Boot loaders' files. The input is cut at lines "%" into the boot loader's files of a host, which is then
 * asked what it boots next.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz-target.h"
#include "hostfacts/boot-pick.h"

static const char *const files[] = {
        "boot/grub2/grubenv",         "boot/grub2/grub.cfg", "boot/loader/entries/a.conf",
        "boot/loader/entries/b.conf", "etc/default/grub",    "boot/loader/loader.conf",
};
static const char *const folders[] = { "boot", "boot/grub2", "boot/loader", "boot/loader/entries",
                                       "etc",  "etc/default" };

static char root_path[64];

static void remove_all(void) {
        char path[256];

        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
                snprintf(path, sizeof(path), "%s/%s", root_path, files[i]);
                unlink(path);
        }
        for (size_t i = sizeof(folders) / sizeof(folders[0]); i > 0; i--) {
                snprintf(path, sizeof(path), "%s/%s", root_path, folders[i - 1]);
                rmdir(path);
        }
        rmdir(root_path);
}

static void make_root(void) {
        char path[256];

        if (root_path[0] != '\0')
                return;
        snprintf(root_path, sizeof(root_path), "%s/klpwatch-fuzz-XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        fuzz_require(mkdtemp(root_path) != NULL);
        atexit(remove_all);
        for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
                snprintf(path, sizeof(path), "%s/%s", root_path, folders[i]);
                mkdir(path, 0755);
        }
}

static void write_file(const char *name, const char *data, size_t n_bytes) {
        char path[256];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", root_path, name);
        file = fopen(path, "we");
        fuzz_require(file && fwrite(data, 1, n_bytes, file) == n_bytes && fclose(file) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        const char *at = (const char *) data, *end = at + n_bytes;
        HostFacts *host = NULL;
        HostRoot *root = NULL;

        make_root();
        for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
                const char *cut = at < end ? memmem(at, (size_t) (end - at), "\n%\n", 3) : NULL;

                write_file(files[i], at, (size_t) ((cut ? cut + 1 : end) - at));
                at = cut ? cut + 3 : end;
        }
        fuzz_require(host_root_new(root_path, &root) == 0 && host_facts_new(&host) == 0);
        fuzz_require(boot_pick_read(root, host) == 0);
        fuzz_require(host->default_kernel || host->default_kernel_unknown);
        host_facts_free(host);
        host_root_free(root);
        return 0;
}
