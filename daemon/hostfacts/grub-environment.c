/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The environment block: a first line that never changes, `key=value` lines, then '#' up to a fixed
 * size. It refuses a file without the first line, as grub does.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "hostfacts/grub-environment.h"

#define HEADER "# GRUB Environment Block\n"
#define FILE_BYTES_MAX (64 * 1024)

int grub_environment_read(const HostRoot *root, MemoryPool *pool, const char *path,
                          GrubEnvironment *ret, const char **ret_why) {
        GrubEnvironment environment = {};
        int r;

        r = host_root_read(root, path, FILE_BYTES_MAX, &environment.text, &environment.n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                *ret_why = host_root_explain(pool, r, path);
                return r;
        }
        if (!text_starts_with(environment.text, HEADER)) {
                *ret_why = memory_pool_format(pool, "/%s is no environment block", path);
                grub_environment_clear(&environment);
                return 0;
        }
        for (size_t i = 0; i < environment.n_bytes; i++)
                if (environment.text[i] == '\n')
                        environment.text[i] = '\0';
        *ret = environment;
        return 0;
}

void grub_environment_clear(GrubEnvironment *environment) {
        free(environment->text);
        *environment = (GrubEnvironment){};
}

const char *grub_environment_value(const GrubEnvironment *environment, const char *key,
                                   size_t n_key) {
        const char *end;

        if (!environment->text)
                return "";
        end = environment->text + environment->n_bytes;
        for (const char *line = environment->text; line < end; line += strlen(line) + 1)
                if (line[0] != '#' && strncmp(line, key, n_key) == 0 && line[n_key] == '=')
                        return line + n_key + 1;
        return "";
}
