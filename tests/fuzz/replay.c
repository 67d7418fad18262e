/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Gives a fuzz target files instead of a fuzzer's bytes: each file as it is, cut at every eighth, and with a
 * byte flipped at a few places. Prints TAP, a case a file.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz-target.h"

#define FILES_MAX 1000

static char *read_file(const char *path, size_t *ret_n) {
        FILE *file = fopen(path, "re");
        struct stat st;
        char *data;

        if (!file || fstat(fileno(file), &st) < 0 || !S_ISREG(st.st_mode)) {
                if (file)
                        fclose(file);
                return NULL;
        }
        data = malloc((size_t) st.st_size + 1);
        if (data)
                *ret_n = fread(data, 1, (size_t) st.st_size, file);
        fclose(file);
        return data;
}

/* A copy of just the right size, so that a sanitizer sees what is read behind it. */
static void give(const char *data, size_t n_bytes) {
        uint8_t *copy = malloc(n_bytes > 0 ? n_bytes : 1);

        if (!copy)
                abort();
        memcpy(copy, data, n_bytes);
        LLVMFuzzerTestOneInput(copy, n_bytes);
        free(copy);
}

static int replay(const char *path) {
        size_t n_bytes = 0;
        char *data = read_file(path, &n_bytes);

        if (!data)
                return -1;
        for (unsigned eighth = 0; eighth <= 8; eighth++)
                give(data, n_bytes * eighth / 8);
        for (unsigned place = 0; place < 16 && n_bytes > 0; place++) {
                size_t at = n_bytes * place / 16;
                char kept = data[at];

                data[at] = (char) (kept ^ (1 << (place % 8)));
                give(data, n_bytes);
                data[at] = kept;
        }
        free(data);
        return 0;
}

static size_t add_folder(const char *folder, char **paths, size_t n) {
        DIR *dir = opendir(folder);
        struct dirent *entry;

        if (!dir) {
                paths[n++] = strdup(folder);
                return n;
        }
        while ((entry = readdir(dir)) && n < FILES_MAX)
                if (entry->d_name[0] != '.' &&
                    asprintf(&paths[n], "%s/%s", folder, entry->d_name) >= 0)
                        n++;
        closedir(dir);
        return n;
}

int main(int argc, char *argv[]) {
        static char *paths[FILES_MAX + 1];
        size_t n_paths = 0, n_failed = 0;

        for (int i = 1; i < argc && n_paths < FILES_MAX; i++)
                n_paths = add_folder(argv[i], paths, n_paths);
        printf("1..%zu\n", n_paths + 1);
        for (size_t i = 0; i < n_paths; i++) {
                int r = replay(paths[i]);

                n_failed += r < 0;
                printf("%s %zu - %s is read or refused\n", r < 0 ? "not ok" : "ok", i + 1,
                       paths[i]);
                free(paths[i]);
        }
        n_failed += n_paths == 0;
        printf("%s %zu - there are seeds\n", n_paths == 0 ? "not ok" : "ok", n_paths + 1);
        return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
