/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The loader service. What `systemctl is-enabled` says is written in the file system: a unit file,
 * a link to it in a `.wants` or `.requires` folder, or a link to /dev/null in its place. Reading that
 * needs no bus and works on an image. How the service fared in this boot only the service manager knows; where
 * it does not answer, that is not known, and nothing else is lost. It refuses to judge a unit's content.
 */

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/ini-text.h"
#include "base/text.h"
#include "hostfacts/loader-service.h"
#include "hostfacts/program-output.h"

#define FILE_BYTES_MAX (64 * 1024)
#define STATE_BYTES_MAX 32
#define ANSWER_BYTES_MAX ((size_t) 4 * 1024)
#define ANSWER_TIMEOUT_MSEC (5 * 1000)

#define PLUGIN_SETTINGS "etc/dnf/plugins/kpatch.conf"

/* What loads live patches at boot: kpatch (Red Hat, Amazon), Canonical's client. A host has one of them. */
static const char *const services[] = {
        "kpatch.service",
        "snap.canonical-livepatch.canonical-livepatchd.service",
};

/* Where units lie, strongest first. */
static const char *const unit_folders[] = {
        "etc/systemd/system",     "run/systemd/system", "usr/local/lib/systemd/system",
        "usr/lib/systemd/system", "lib/systemd/system",
};

/* As host facts have it, of a word of ours; NULL for any other, and for none. */
static const char *result_of(const char *word) {
        return text_equal(word, "failed")    ? "failed"
               : text_equal(word, "skipped") ? "skipped"
                                             : NULL;
}

static int read_list(const HostRoot *root, HostFacts *host) {
        static const char path[] = "klpwatch/services";
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        char *rest, *line;
        int r;

        r = host_root_read(root, path, FILE_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                host->loader_unknown = host_root_explain(host->pool, r, path);
                return 0;
        }

        host->loader_unknown = NULL;
        rest = text;
        while ((line = strsep(&rest, "\n"))) {
                const char *name = strsep(&line, " ");

                for (size_t i = 0; line && i < ELEMENTS(services); i++)
                        if (strcmp(name, services[i]) == 0) {
                                const char *state = strsep(&line, " ");

                                host->loader_service = services[i];
                                host->loader_state =
                                                text_printable(host->pool, state, STATE_BYTES_MAX);
                                host->loader_result = result_of(line);
                        }
        }
        return 0;
}

/* In `ret`: NULL without a unit file in this folder, "masked", or "" for one that may be started. */
static int look_at_unit(const HostRoot *root, MemoryPool *pool, const char *folder,
                        const char *service, const char **ret) {
        const char *path = memory_pool_format(pool, "%s/%s", folder, service);
        int r;

        *ret = NULL;
        r = host_root_look(root, path);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING)
                return 0;
        if (r > 0)
                return r;

        *ret = host_root_is_masked(root, path) ? "masked" : "";
        return 0;
}

/* True in `ret` when a unit or target in this folder pulls the service in. */
static int is_wanted(const HostRoot *root, MemoryPool *pool, const char *folder,
                     const char *service, bool *ret) {
        TextList names = {};
        int r;

        *ret = false;
        r = host_root_list(root, folder, pool, &names);
        if (r)
                return r;

        for (size_t i = 0; i < names.n_items; i++) {
                if (!text_ends_with(names.items[i], ".wants") &&
                    !text_ends_with(names.items[i], ".requires"))
                        continue;
                r = host_root_look(root, memory_pool_format(pool, "%s/%s/%s", folder,
                                                            names.items[i], service));
                if (r < 0)
                        return error_trace(r);
                if (r == 0)
                        *ret = true;
        }
        return 0;
}

/* Fills in one service; its absence changes nothing. */
static int read_unit(const HostRoot *root, HostFacts *host, const char *service) {
        const char *unit = NULL;
        size_t n_folders = 0;
        bool wanted = false;

        for (size_t i = 0; i < ELEMENTS(unit_folders); i++) {
                const char *found = NULL;
                bool here = false;
                int r;

                r = is_wanted(root, host->pool, unit_folders[i], service, &here);
                if (r == 0)
                        r = look_at_unit(root, host->pool, unit_folders[i], service, &found);
                if (r < 0)
                        return error_trace(r);
                if (r == HOST_ROOT_E_REFUSED || r == HOST_ROOT_E_TOO_LARGE) {
                        host->loader_unknown = host_root_explain(host->pool, r, unit_folders[i]);
                        return 0;
                }
                n_folders += r == 0;
                wanted = wanted || here;
                unit = unit ?: found;
        }
        if (memory_pool_exhausted(host->pool))
                return error_origin(-ENOMEM);

        if (n_folders == 0) {
                host->loader_unknown = "there are no folders with systemd units";
                return 0;
        }
        host->loader_unknown = NULL;
        if (!unit)
                return 0;
        host->loader_service = service;
        host->loader_state = unit[0] != '\0' ? unit : wanted ? "enabled" : "disabled";
        return 0;
}

int loader_service_read_units(const HostRoot *root, HostFacts *host) {
        for (size_t i = 0; i < ELEMENTS(services) && !host->loader_service; i++) {
                int r = read_unit(root, host, services[i]);

                if (r)
                        return error_trace(r);
                if (host->loader_unknown)
                        break;
        }
        return 0;
}

/* What systemctl shows of a unit, a line a property: KEY=value. */
const char *loader_service_judge(const char *shown) {
        if (strstr(shown, "ActiveState=failed\n"))
                return "failed";
        /* A unit whose conditions were never asked says no, too; but it says when they were. */
        if (strstr(shown, "ConditionResult=no\n") &&
            !strstr(shown, "ConditionTimestampMonotonic=0\n"))
                return "skipped";
        return NULL;
}

static int ask_service_manager(HostFacts *host) {
        const char *const command[] = {
                "/usr/bin/systemctl",
                "show",
                "--property=ActiveState,ConditionResult,ConditionTimestampMonotonic",
                host->loader_service,
                NULL,
        };
        _cleanup_free_ char *shown = NULL;
        size_t n_bytes;
        int status, r;

        r = program_output(command, ANSWER_BYTES_MAX, ANSWER_TIMEOUT_MSEC, &shown, &n_bytes,
                           &status);
        if (r < 0)
                return error_trace(r);
        if (r == 0 && status == 0)
                host->loader_result = loader_service_judge(shown);
        return 0;
}

/* The words that dnf's plug-in takes for yes, in any case: those of Python's configparser. */
static bool is_true(const char *value) {
        static const char *const words[] = { "1", "yes", "true", "on" };

        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcasecmp(value, words[i]) == 0)
                        return true;
        return false;
}

/* The settings of dnf's kpatch plug-in; the last word of a file counts, as dnf reads it. */
int loader_service_read_plugin(const HostRoot *root, HostFacts *host) {
        _cleanup_free_ char *text = NULL;
        IniReader reader;
        IniLine line;
        size_t n_bytes;
        int r;

        host->patches_follow = TRISTATE_UNKNOWN;
        r = host_root_read(root, PLUGIN_SETTINGS, FILE_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r > 0)
                return 0;
        /* Where it says nothing the plug-in's own default holds: no. */
        host->patches_follow = TRISTATE_NO;
        ini_reader_init(&reader, text);
        while (ini_reader_next(&reader, &line))
                if (line.key && strcmp(line.section, "main") == 0 &&
                    strcmp(line.key, "autoupdate") == 0)
                        host->patches_follow = is_true(line.value) ? TRISTATE_YES : TRISTATE_NO;
        return 0;
}

int loader_service_read(const HostRoot *root, HostFacts *host) {
        int r;

        r = host_root_is_recorded(root) ? read_list(root, host)
                                        : loader_service_read_units(root, host);
        if (r == 0)
                r = loader_service_read_plugin(root, host);
        if (r == 0 && host->loader_service && !host_root_is_recorded(root))
                r = ask_service_manager(host);
        if (r)
                return error_trace(r);
        return memory_pool_exhausted(host->pool) ? error_origin(-ENOMEM) : 0;
}
