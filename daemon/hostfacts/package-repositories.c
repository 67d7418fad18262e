/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Enabled repositories: every section of every *.repo file is one, unless it says `enabled=0`. Only
 * ids are collected; what channel they amount to is for core to judge. One unreadable file makes the
 * whole list unknown, because the repository that decides may be in it. It refuses to look at the
 * package manager's caches and plug-ins.
 */

#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/ini-text.h"
#include "base/text.h"
#include "hostfacts/package-repositories.h"

#define FILE_BYTES_MAX (1024 * 1024)
#define ID_BYTES_MAX 256

static bool is_false(const char *value) {
        static const char *const words[] = { "0", "no", "false", "off", "never" };

        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcasecmp(value, words[i]) == 0)
                        return true;
        return false;
}

static void add_repository(HostFacts *host, TextList *list, const char *id, bool enabled) {
        /* [main] is the package manager's own section. */
        if (!enabled || id[0] == '\0' || strcmp(id, "main") == 0)
                return;
        id = text_printable(host->pool, id, ID_BYTES_MAX);
        if (!text_list_has(list, id))
                text_list_add(list, host->pool, id);
}

static void read_sections(HostFacts *host, TextList *list, char *text) {
        const char *id = "";
        bool enabled = false;
        IniReader reader;
        IniLine line;

        ini_reader_init(&reader, text);
        while (ini_reader_next(&reader, &line)) {
                if (line.malformed)
                        continue;
                if (!line.key) {
                        add_repository(host, list, id, enabled);
                        id = line.section;
                        enabled = true;
                } else if (strcmp(line.key, "enabled") == 0)
                        enabled = !is_false(line.value);
        }
        add_repository(host, list, id, enabled);
}

/* The repositories of one folder. HOST_ROOT_E_MISSING without the folder; a reason in `ret_why`. */
static int read_folder(const HostRoot *root, HostFacts *host, const char *folder, TextList *list,
                       const char **ret_why) {
        TextList names = {};
        int r;

        r = host_root_list(root, folder, host->pool, &names);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                *ret_why = host_root_explain(host->pool, r, folder);
                return r == HOST_ROOT_E_MISSING ? r : 0;
        }

        for (size_t i = 0; i < names.n_items; i++) {
                const char *path = memory_pool_format(host->pool, "%s/%s", folder, names.items[i]);
                _cleanup_free_ char *text = NULL;
                size_t n_bytes;

                if (!text_ends_with(names.items[i], ".repo"))
                        continue;
                r = host_root_read(root, path, FILE_BYTES_MAX, &text, &n_bytes);
                if (r < 0)
                        return error_trace(r);
                if (r == HOST_ROOT_E_MISSING)
                        continue;
                if (r > 0) {
                        *ret_why = host_root_explain(host->pool, r, path);
                        return 0;
                }
                read_sections(host, list, text);
        }
        return 0;
}

int package_repositories_read(const HostRoot *root, HostFacts *host) {
        static const char *const folders[] = { "etc/yum.repos.d", "etc/zypp/repos.d" };
        const char *why = NULL, *missing = NULL;
        TextList list = {};
        bool found = false;

        for (size_t i = 0; i < ELEMENTS(folders) && !why; i++) {
                const char *reason = NULL;
                int r;

                r = read_folder(root, host, folders[i], &list, &reason);
                if (r < 0)
                        return error_trace(r);
                if (r == HOST_ROOT_E_MISSING) {
                        missing = missing ?: reason;
                        continue;
                }
                found = true;
                why = reason;
        }
        if (memory_pool_exhausted(host->pool))
                return error_origin(-ENOMEM);

        if (why || !found) {
                host->repositories_unknown = why ?: missing;
                return 0;
        }
        host->repositories = list;
        host->repositories_unknown = NULL;
        return 0;
}
