/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A bare parse: each file is read whole and made into a tree by json-c, and that is all. Prints how many
 * vulnerabilities all of them have, so that an empty answer cannot look fast.
 *
 *   parse-json FILE…
 */

#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *read_whole(const char *path, size_t *ret_n_bytes) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        size_t n_bytes = 0;
        char *text = NULL;
        struct stat st;
        ssize_t n = -1;

        if (fd < 0)
                return NULL;
        if (fstat(fd, &st) == 0)
                text = malloc((size_t) st.st_size + 1);
        while (text && (n = read(fd, text + n_bytes, (size_t) st.st_size - n_bytes)) > 0)
                n_bytes += (size_t) n;
        close(fd);
        if (n < 0) {
                free(text);
                return NULL;
        }
        *ret_n_bytes = n_bytes;
        return text;
}

int main(int argc, char *argv[]) {
        size_t n_vulnerabilities = 0;

        for (int i = 1; i < argc; i++) {
                json_tokener *tokener = json_tokener_new();
                json_object *root, *list;
                size_t n_bytes;
                char *text = read_whole(argv[i], &n_bytes);

                if (!tokener || !text)
                        return EXIT_FAILURE;
                root = json_tokener_parse_ex(tokener, text, (int) n_bytes);
                if (!root)
                        return EXIT_FAILURE;
                if (json_object_object_get_ex(root, "vulnerabilities", &list))
                        n_vulnerabilities += json_object_array_length(list);
                json_object_put(root);
                json_tokener_free(tokener);
                free(text);
        }
        printf("%zu\n", n_vulnerabilities);
        return EXIT_SUCCESS;
}
