/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Module files. What a file is called proves little, so its .modinfo section is read with libkmod:
 * `livepatch=Y` is the definitive mark, `name` the module's name in sysfs, the first word of
 * `vermagic` the kernel it is for, `srcversion` the link to a loaded module. libkmod is handed a
 * descriptor's path, so that it opens the very file that was found below the host's root. It
 * refuses to ask libkmod what is loaded: it does not know modules outside its index.
 */

#include <fcntl.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/text.h"
#include "hostfacts/module-file.h"

#define FIELD_BYTES_MAX 256
#define PATH_BYTES_MAX 4096
#define FILE_BYTES_MAX ((off_t) 256 * 1024 * 1024)
#define FILES_MAX 4096

typedef struct kmod_ctx KmodContext;
typedef struct kmod_module KmodModule;
typedef struct kmod_list KmodList;

DEFINE_CLEANUP(KmodContext, kmod_unref);
DEFINE_CLEANUP(KmodModule, kmod_module_unref);

static inline void kmod_module_info_free_listp(KmodList **list) {
        kmod_module_info_free_list(*list);
}

static void on_kmod_log(_unused_ void *data, _unused_ int priority, _unused_ const char *file,
                        _unused_ int line, _unused_ const char *function,
                        _unused_ const char *format, _unused_ va_list arguments) {
        /* What it complains about is in the files' `unreadable`. */
}

/* kpatch-5_14_0-427_13_1-1-1.ko.xz → kpatch_5_14_0_427_13_1_1_1, as the kernel would call it. */
static const char *name_of_file(MemoryPool *pool, const char *file) {
        char text[FIELD_BYTES_MAX];
        const char *end = strstr(file, ".ko");
        size_t n = end ? (size_t) (end - file) : strlen(file);

        snprintf(text, sizeof(text), "%.*s", (int) (n < sizeof(text) ? n : sizeof(text) - 1), file);
        for (char *at = text; *at != '\0'; at++)
                if (*at == '-')
                        *at = '_';
        return text_printable(pool, text, FIELD_BYTES_MAX);
}

static bool is_module_name(const char *file) {
        return text_ends_with(file, ".ko") || text_ends_with(file, ".ko.xz") ||
               text_ends_with(file, ".ko.gz") || text_ends_with(file, ".ko.zst");
}

static void take_field(MemoryPool *pool, const char *key, const char *value, ModuleFile *module) {
        if (strcmp(key, "name") == 0 && value[0] != '\0')
                module->name = text_printable(pool, value, FIELD_BYTES_MAX);
        else if (strcmp(key, "vermagic") == 0) {
                TextList words = text_words(pool, value);

                if (words.n_items > 0)
                        module->vermagic = text_printable(pool, words.items[0], FIELD_BYTES_MAX);
        } else if (strcmp(key, "srcversion") == 0 && value[0] != '\0')
                module->srcversion = text_printable(pool, value, FIELD_BYTES_MAX);
        else if (strcmp(key, "signer") == 0 && value[0] != '\0')
                module->signer = text_printable(pool, value, FIELD_BYTES_MAX);
        else if (strcmp(key, "livepatch") == 0)
                module->livepatch = strcmp(value, "Y") == 0;
}

/* Reads the .modinfo of an open file. What libkmod cannot read gets a reason. */
static int read_modinfo(KmodContext *context, MemoryPool *pool, int fd, ModuleFile *module) {
        _cleanup_(kmod_module_info_free_listp) KmodList *list = NULL;
        _cleanup_(kmod_module_unrefp) KmodModule *file = NULL;
        char path[64];
        KmodList *item;
        int r;

        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        r = kmod_module_new_from_path(context, path, &file);
        if (r == 0)
                r = kmod_module_get_info(file, &list);
        if (r == -ENOMEM)
                return error_origin(-ENOMEM);
        if (r < 0) {
                module->unreadable = memory_pool_format(pool, "no module information in it: %s",
                                                        strerror(-r));
                return 0;
        }

        for (item = list; item; item = kmod_list_next(list, item))
                take_field(pool, kmod_module_info_get_key(item), kmod_module_info_get_value(item),
                           module);
        return 0;
}

/* Opens and reads one file. HOST_ROOT_E_MISSING when it went meanwhile. */
static int read_file(KmodContext *context, const HostRoot *root, MemoryPool *pool, const char *path,
                     ModuleFile *module) {
        _cleanup_close_ int fd = -1;
        struct stat st;
        int r;

        r = host_root_open(root, path, 0, &fd);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING)
                return r;
        if (r > 0) {
                module->unreadable = host_root_explain(pool, r, path);
                return 0;
        }
        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_BYTES_MAX) {
                module->unreadable = "not a regular file of reasonable size";
                return 0;
        }

        r = read_modinfo(context, pool, fd, module);
        return r ? error_trace(r) : 0;
}

/* Where live patches lie: PATH/KERNEL, and below that. */
typedef struct Place {
        const char *path, *below;
        bool own; /* only where lib is a folder of its own */
} Place;

/* True where lib is a folder of its own and no link to usr/lib, which would show every file twice. */
static bool has_own_lib(const HostRoot *root) {
        _cleanup_close_ int lib = -1;
        struct stat st;

        return host_root_open(root, "lib", O_PATH | O_NOFOLLOW, &lib) == 0 &&
               fstat(lib, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The module files of one kernel's folder. `ret_why` is set when the folder cannot be read. */
static int scan_folder(KmodContext *context, const HostRoot *root, HostFacts *host,
                       const Place *place, const char *kernel, const char **ret_why) {
        const char *folder = memory_pool_format(host->pool, "%s/%s%s", place->path, kernel,
                                                place->below);
        TextList names = {};
        int r;

        r = host_root_list(root, folder, host->pool, &names);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                if (r != HOST_ROOT_E_MISSING)
                        *ret_why = host_root_explain(host->pool, r, folder);
                return 0;
        }

        for (size_t i = 0; i < names.n_items; i++) {
                const char *path = memory_pool_format(host->pool, "%s/%s", folder, names.items[i]);
                const char *absolute = memory_pool_format(host->pool, "/%s", path);
                ModuleFile module = {
                        .path = text_printable(host->pool, absolute, PATH_BYTES_MAX),
                        .kernel = text_printable(host->pool, kernel, FIELD_BYTES_MAX),
                        .name = name_of_file(host->pool, names.items[i]),
                }, *added;

                if (!is_module_name(names.items[i]))
                        continue;
                r = read_file(context, root, host->pool, path, &module);
                if (r < 0)
                        return error_trace(r);
                if (r == HOST_ROOT_E_MISSING)
                        continue;
                if (host->n_modules == FILES_MAX) {
                        *ret_why = memory_pool_format(host->pool, "too many files in /%s",
                                                      place->path);
                        return 0;
                }
                added = memory_pool_append(host->pool, host->modules, host->n_modules);
                if (!added)
                        return error_origin(-ENOMEM);
                *added = module;
        }
        return 0;
}

static int scan_place(KmodContext *context, const HostRoot *root, HostFacts *host,
                      const Place *place, const char **ret_why) {
        TextList kernels = {};
        int r;

        r = host_root_list(root, place->path, host->pool, &kernels);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                if (r != HOST_ROOT_E_MISSING)
                        *ret_why = host_root_explain(host->pool, r, place->path);
                return 0;
        }

        for (size_t i = 0; i < kernels.n_items && !*ret_why; i++) {
                r = scan_folder(context, root, host, place, kernels.items[i], ret_why);
                if (r)
                        return error_trace(r);
        }
        return 0;
}

static int compare_modules(const void *a, const void *b) {
        return strcmp(((const ModuleFile *) a)->path, ((const ModuleFile *) b)->path);
}

int module_file_scan(const HostRoot *root, HostFacts *host) {
        static const char *const no_configuration[] = { NULL };
        static const Place places[] = {
                { "usr/lib/kpatch", "", false }, /* kpatch: Red Hat, Amazon */
                { "var/lib/kpatch", "", false },
                { "usr/lib/modules", "/livepatch", false }, /* SUSE */
                { "lib/modules", "/livepatch", true },
        };
        _cleanup_(kmod_unrefp) KmodContext *context = NULL;
        const char *why = NULL;

        context = kmod_new(NULL, no_configuration);
        if (!context)
                return error_origin(-ENOMEM);
        kmod_set_log_fn(context, on_kmod_log, NULL);

        for (size_t i = 0; i < ELEMENTS(places) && !why; i++) {
                int r;

                if (places[i].own && !has_own_lib(root))
                        continue;
                r = scan_place(context, root, host, &places[i], &why);

                if (r)
                        return error_trace(r);
        }
        if (memory_pool_exhausted(host->pool))
                return error_origin(-ENOMEM);

        if (why)
                host->n_modules = 0;
        else if (host->n_modules > 1)
                qsort(host->modules, host->n_modules, sizeof(host->modules[0]), compare_modules);
        host->modules_unknown = why;
        return 0;
}
