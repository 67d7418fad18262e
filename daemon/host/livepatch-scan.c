/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The scan of the running kernel. sysfs has no snapshot: a patch may appear, finish its transition or
 * vanish between two reads. So each patch is read through its own folder, which stays dead once it
 * died; a folder without `enabled` is one on its way in or out and not there; and a module that looks
 * loaded but inactive is looked up once more in the list before it is called so, because it may have
 * been listed meanwhile. Only `enabled` and `transition` are sure to exist; a value other than "0\n"
 * or "1\n" is unknown. It refuses to read the kernel's log, to keep anything open, and to guess.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/error.h"
#include "base/text.h"
#include "host/kernel-build-date.h"
#include "host/livepatch-scan.h"

#define ATTRIBUTE_BYTES_MAX 4096
#define FILE_BYTES_MAX (64 * 1024)
#define STAT_BYTES_MAX (16 * 1024 * 1024) /* the line of interrupts is long on large machines */
#define MODULES_BYTES_MAX (1024 * 1024)
#define NAME_BYTES_MAX 128
#define WORD_BYTES_MAX 4096

enum {
        SCAN_E_GONE = 1, /* the patch or module is not there (any more) */
};

/* Text that may be shown; NULL and a reason when the file cannot be read. */
static int read_text(const HostRoot *root, HostFacts *host, const char *path, const char **ret,
                     const char **ret_why) {
        _cleanup_free_ char *text = NULL;
        int r;

        r = host_root_read_line(root, path, FILE_BYTES_MAX, &text);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                *ret_why = host_root_explain(host->pool, r, path);
                return 0;
        }
        if (text[0] == '\0') {
                *ret_why = memory_pool_format(host->pool, "/%s is empty", path);
                return 0;
        }
        *ret = text_printable(host->pool, text, WORD_BYTES_MAX);
        *ret_why = NULL;
        return 0;
}

/* Kernels from 6.1 on have a file for it; on this host the system call tells the same. */
static int scan_arch(const HostRoot *root, HostFacts *host) {
        _cleanup_free_ char *arch = NULL;
        struct utsname names;
        int r;

        r = host_root_read_line(root, "proc/sys/kernel/arch", ATTRIBUTE_BYTES_MAX, &arch);
        if (r < 0)
                return error_trace(r);
        if (r == 0 && arch[0] != '\0')
                host->arch = text_printable(host->pool, arch, NAME_BYTES_MAX);
        else if (!host_root_is_recorded(root) && uname(&names) == 0)
                host->arch = text_printable(host->pool, names.machine, NAME_BYTES_MAX);
        return 0;
}

static int scan_kernel(const HostRoot *root, HostFacts *host) {
        _cleanup_free_ char *version = NULL, *cmdline = NULL, *stat = NULL;
        const char *btime;
        size_t n_bytes;
        int r;

        r = read_text(root, host, "proc/sys/kernel/osrelease", &host->kernel,
                      &host->kernel_unknown);
        if (r)
                return error_trace(r);

        r = host_root_read_line(root, "proc/version", FILE_BYTES_MAX, &version);
        if (r < 0)
                return error_trace(r);
        if (r == 0 && kernel_build_date_parse(version, &host->kernel_built) != 0)
                host->kernel_built = UTC_TIME_NONE;

        r = host_root_read(root, "proc/stat", STAT_BYTES_MAX, &stat, &n_bytes);
        if (r < 0)
                return error_trace(r);
        btime = r == 0 ? strstr(stat, "\nbtime ") : NULL;
        if (btime) {
                long long seconds = strtoll(btime + strlen("\nbtime "), NULL, 10);

                if (seconds > 0 && seconds < INT64_MAX / USEC_PER_SEC)
                        host->booted = seconds * USEC_PER_SEC;
        }

        r = host_root_read_line(root, "proc/cmdline", FILE_BYTES_MAX, &cmdline);
        if (r < 0)
                return error_trace(r);
        if (r == 0)
                host->cmdline = text_words(host->pool,
                                           text_printable(host->pool, cmdline, FILE_BYTES_MAX));
        return 0;
}

/* The value of a shell-like assignment: quotes around it go, and backslashes where they escape. */
static void unquote(char *value) {
        char quote = *value == '"' || *value == '\'' ? *value : '\0';
        const char *from = value + (quote != '\0');
        char *to = value;

        for (; *from != '\0' && *from != quote; from++) {
                if (*from == '\\' && quote != '\'' && from[1] != '\0')
                        from++;
                *to++ = *from;
        }
        *to = '\0';
}

static const char *find_os_id(char *text) {
        char *rest = text, *line;

        while ((line = strsep(&rest, "\n"))) {
                line = text_trim(line);
                if (!text_starts_with(line, "ID="))
                        continue;
                unquote(line + strlen("ID="));
                return line + strlen("ID=");
        }
        return NULL;
}

static int scan_os(const HostRoot *root, HostFacts *host) {
        _cleanup_free_ char *text = NULL;
        const char *path = "etc/os-release", *id;
        size_t n_bytes;
        int r;

        r = host_root_read(root, path, FILE_BYTES_MAX, &text, &n_bytes);
        if (r == HOST_ROOT_E_MISSING) {
                path = "usr/lib/os-release";
                r = host_root_read(root, path, FILE_BYTES_MAX, &text, &n_bytes);
        }
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                host->os_unknown = host_root_explain(host->pool, r, path);
                return 0;
        }

        id = find_os_id(text);
        if (!id || id[0] == '\0') {
                host->os_unknown = memory_pool_format(host->pool, "/%s has no ID", path);
                return 0;
        }
        host->os_id = text_printable(host->pool, id, NAME_BYTES_MAX);
        host->os_unknown = NULL;
        return 0;
}

/*
 * Files that container managers leave in what they start. Some carry the manager's name as their
 * content; where they do not, the file itself tells.
 */
static int scan_container(const HostRoot *root, HostFacts *host) {
        static const struct {
                const char *path, *says;
        } marks[] = {
                { "run/systemd/container", NULL },
                { "run/host/container-manager", NULL },
                { "run/.containerenv", "podman" },
                { ".dockerenv", "docker" },
        };

        for (size_t i = 0; i < ELEMENTS(marks); i++) {
                _cleanup_free_ char *text = NULL;
                int r;

                r = marks[i].says ? host_root_look(root, marks[i].path)
                                  : host_root_read_line(root, marks[i].path, ATTRIBUTE_BYTES_MAX,
                                                        &text);
                if (r < 0)
                        return error_trace(r);
                if (r > 0)
                        continue;
                host->container = memory_pool_format(
                                host->pool, "/%s says %s", marks[i].path,
                                marks[i].says ?: text_printable(host->pool, text, NAME_BYTES_MAX));
                return 0;
        }
        return 0;
}

/* 0, or SCAN_E_GONE when the attribute is not there. Unreadable and odd values are unknown. */
static int read_flag(const HostRoot *folder, const char *attribute, Tristate *ret) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes = 0;
        int r;

        *ret = TRISTATE_UNKNOWN;
        r = host_root_read(folder, attribute, ATTRIBUTE_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING)
                return SCAN_E_GONE;
        if (r == 0 && n_bytes == 2 && text[1] == '\n' && (text[0] == '0' || text[0] == '1'))
                *ret = text[0] == '1' ? TRISTATE_YES : TRISTATE_NO;
        return 0;
}

/* What sysfs says of a listed patch. 0, SCAN_E_GONE or -ENOMEM. */
static int read_listed(const HostRoot *root, HostFacts *host, const char *name, LoadedPatch *ret) {
        const char *path = memory_pool_format(host->pool, "sys/kernel/livepatch/%s", name);
        _cleanup_(host_root_freep) HostRoot *folder = NULL;
        LoadedPatch patch = { .listed = true,
                              .since = UTC_TIME_NONE,
                              .loaded_since = UTC_TIME_NONE,
                              .enabled_since = UTC_TIME_NONE };
        int r;

        r = host_root_enter(root, path, &folder);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING)
                return SCAN_E_GONE;
        if (r == 0) {
                r = read_flag(folder, "enabled", &patch.enabled);
                if (r)
                        return r;
                r = read_flag(folder, "transition", &patch.transition);
                if (r < 0)
                        return error_trace(r);
                /* The last attribute may have been read while the first was already gone. */
                if (r == SCAN_E_GONE && host_root_look(folder, "enabled") != 0)
                        return SCAN_E_GONE;
                /* Only kernels of the older meaning have it (RHEL 8.0 and 8.1). */
                patch.enabled_last = host_root_look(folder, "signal") == 0;
        }

        patch.name = text_printable(host->pool, name, NAME_BYTES_MAX);
        *ret = patch;
        return 0;
}

static int read_srcversion(const HostRoot *root, HostFacts *host, const char *name,
                           LoadedPatch *patch) {
        _cleanup_free_ char *text = NULL;
        int r;

        r = host_root_read_line(root,
                                memory_pool_format(host->pool, "sys/module/%s/srcversion", name),
                                ATTRIBUTE_BYTES_MAX, &text);
        if (r < 0)
                return error_trace(r);
        if (r == 0 && text[0] != '\0')
                patch->srcversion = text_printable(host->pool, text, NAME_BYTES_MAX);
        return 0;
}

static int add_patch(const HostRoot *root, HostFacts *host, const char *name, LoadedPatch *patch) {
        LoadedPatch *added;
        int r;

        r = read_srcversion(root, host, name, patch);
        if (r)
                return error_trace(r);
        added = memory_pool_append(host->pool, host->patches, host->n_patches);
        if (!added)
                return error_origin(-ENOMEM);
        *added = *patch;
        return 0;
}

/* The patches in /sys/kernel/livepatch, whose absence below an existing sys/kernel is an answer too. */
static int scan_listed(const HostRoot *root, HostFacts *host) {
        static const char path[] = "sys/kernel/livepatch";
        TextList names = {};
        int r;

        r = host_root_list(root, path, host->pool, &names);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING && host_root_look(root, "sys/kernel") == 0) {
                host->livepatch_support = TRISTATE_NO;
                host->livepatch_unknown = NULL;
                return 0;
        }
        if (r > 0) {
                host->livepatch_unknown = host_root_explain(
                                host->pool, r, r == HOST_ROOT_E_MISSING ? "sys/kernel" : path);
                return 0;
        }

        host->livepatch_support = TRISTATE_YES;
        host->livepatch_unknown = NULL;
        for (size_t i = 0; i < names.n_items; i++) {
                LoadedPatch patch;

                r = read_listed(root, host, names.items[i], &patch);
                if (r < 0)
                        return error_trace(r);
                if (r == SCAN_E_GONE)
                        continue;
                r = add_patch(root, host, names.items[i], &patch);
                if (r)
                        return error_trace(r);
        }
        return 0;
}

/* True in `ret` for a live-patch module that has come to rest: its taint has a K, and it is live. */
static int is_livepatch_module(const HostRoot *root, HostFacts *host, const char *name, bool *ret) {
        _cleanup_free_ char *taint = NULL, *state = NULL;
        int r;

        *ret = false;
        r = host_root_read_line(root, memory_pool_format(host->pool, "sys/module/%s/taint", name),
                                ATTRIBUTE_BYTES_MAX, &taint);
        if (r < 0)
                return error_trace(r);
        if (r > 0 || !strchr(taint, 'K'))
                return 0;

        r = host_root_read_line(root,
                                memory_pool_format(host->pool, "sys/module/%s/initstate", name),
                                ATTRIBUTE_BYTES_MAX, &state);
        if (r < 0)
                return error_trace(r);
        *ret = r == 0 && strcmp(state, "live") == 0;
        return 0;
}

/*
 * The modules that the kernel's own list marks as live patches: one file, where sysfs has one a module.
 * A line is NAME SIZE USERS NEEDED-BY STATE ADDRESS, and (TAINT) where there is one. False when there
 * is no such list.
 */
static int list_marked(const HostRoot *root, HostFacts *host, TextList *ret, bool *ret_is_known) {
        _cleanup_free_ char *text = NULL;
        char *line, *rest;
        size_t n_bytes;
        int r;

        r = host_root_read(root, "proc/modules", MODULES_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        *ret_is_known = r == 0;
        rest = text;
        while ((line = strsep(&rest, "\n"))) {
                const char *taint = strrchr(line, ' ');

                if (taint && taint[1] == '(' && strchr(taint, 'K'))
                        text_list_add(ret, host->pool,
                                      memory_pool_text(host->pool, strsep(&line, " ")));
        }
        return memory_pool_exhausted(host->pool) ? error_origin(-ENOMEM) : 0;
}

/* Live-patch modules that the list did not have: disabled, replaced, or listed since. */
static int scan_modules(const HostRoot *root, HostFacts *host) {
        static const char path[] = "sys/module";
        TextList names = {}, marked = {};
        bool marks_known = false;
        int r;

        r = list_marked(root, host, &marked, &marks_known);
        if (r)
                return error_trace(r);
        r = host_root_list(root, path, host->pool, &names);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                host->livepatch_unknown = host_root_explain(host->pool, r, path);
                return 0;
        }

        for (size_t i = 0; i < names.n_items; i++) {
                LoadedPatch patch;
                bool livepatch;

                if (host_facts_find_patch(host, names.items[i]) ||
                    (marks_known && !text_list_has(&marked, names.items[i])))
                        continue;
                r = is_livepatch_module(root, host, names.items[i], &livepatch);
                if (r)
                        return error_trace(r);
                if (!livepatch)
                        continue;

                /* It was live before this look: if it is not listed now, it is not about to be. */
                r = read_listed(root, host, names.items[i], &patch);
                if (r < 0)
                        return error_trace(r);
                if (r == SCAN_E_GONE)
                        patch = (LoadedPatch){
                                .name = text_printable(host->pool, names.items[i], NAME_BYTES_MAX),
                                .enabled = TRISTATE_NO,
                                .transition = TRISTATE_NO,
                                .since = UTC_TIME_NONE,
                                .loaded_since = UTC_TIME_NONE,
                                .enabled_since = UTC_TIME_NONE,
                        };
                r = add_patch(root, host, names.items[i], &patch);
                if (r)
                        return error_trace(r);
        }
        return 0;
}

/* A recorded host may say when a transition began: a real one's sysfs does not tell. */
static int read_since(const HostRoot *root, HostFacts *host) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        char *rest, *line;
        int r;

        if (!host_root_is_recorded(root))
                return 0;
        r = host_root_read(root, "klpwatch/since", FILE_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);

        rest = r == 0 ? text : NULL;
        while ((line = strsep(&rest, "\n"))) {
                const char *name = strsep(&line, " ");

                for (size_t i = 0; line && i < host->n_patches; i++)
                        if (text_equal(host->patches[i].name, name) &&
                            host->patches[i].transition == TRISTATE_YES &&
                            utc_time_parse(text_trim(line), &host->patches[i].since) != 0)
                                host->patches[i].since = UTC_TIME_NONE;
        }
        return 0;
}

static int compare_patches(const void *a, const void *b) {
        return strcmp(((const LoadedPatch *) a)->name, ((const LoadedPatch *) b)->name);
}

int livepatch_scan(const HostRoot *root, HostFacts *host) {
        int r;

        r = scan_kernel(root, host);
        if (r)
                return error_trace(r);
        r = scan_arch(root, host);
        if (r)
                return error_trace(r);
        r = scan_os(root, host);
        if (r)
                return error_trace(r);
        r = scan_container(root, host);
        if (r)
                return error_trace(r);
        r = scan_listed(root, host);
        if (r)
                return error_trace(r);
        if (host->livepatch_support == TRISTATE_YES) {
                r = scan_modules(root, host);
                if (r)
                        return error_trace(r);
        }
        if (host->n_patches > 1)
                qsort(host->patches, host->n_patches, sizeof(host->patches[0]), compare_patches);
        r = read_since(root, host);
        if (r)
                return error_trace(r);

        return memory_pool_exhausted(host->pool) ? error_origin(-ENOMEM) : 0;
}
