/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The next boot's kernel as grub picks it from boot loader entries (/boot/loader/entries): sorted by
 * file name as package names are, newest first; `next_entry` of the environment block wins over the
 * menu's default, which is `saved_entry` unless grub.cfg fixes another; a pick is an entry's id, its
 * title, or its place in the menu. An empty or dangling pick is the first entry that is no rescue
 * entry. It refuses every other menu (boot-pick knows whose turn it is): with one entry or the block unreadable, or no such
 * entries at all, the answer is unknown with the reason, because grub would see more than we do.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/package-version.h"
#include "hostfacts/boot-entries.h"
#include "hostfacts/grub-environment.h"

#define ENTRIES_PATH "boot/loader/entries"
#define GRUBENV_PATH "boot/grub2/grubenv"
#define GRUB_CFG_PATH "boot/grub2/grub.cfg"
#define FILE_BYTES_MAX (64 * 1024)
#define GRUB_CFG_BYTES_MAX (1024 * 1024)
#define WORD_BYTES_MAX 4096

typedef struct BootEntry {
        const char *id; /* the file's name without .conf */
        const char *title;
        const char *version;
        const char *kernel;  /* path of the kernel image */
        const char *options; /* unexpanded; NULL without any */
} BootEntry;

typedef struct BootMenu {
        BootEntry *entries; /* as grub shows them */
        size_t n_entries;
        GrubEnvironment environment;
        const char *fixed; /* the default that grub.cfg sets instead of saved_entry, or NULL */
} BootMenu;

/* The name's parts from its end: RELEASE behind the last dash, VERSION behind the one before. */
static void split_id(char *id, const char **ret_name, const char **ret_version,
                     const char **ret_release) {
        char *dash;

        *ret_name = id;
        *ret_version = *ret_release = "";
        dash = strrchr(id, '-');
        if (!dash)
                return;
        *dash = '\0';
        *ret_version = dash + 1;
        dash = strrchr(id, '-');
        if (!dash)
                return;
        *dash = '\0';
        *ret_release = *ret_version;
        *ret_version = dash + 1;
}

static int compare_ids(const char *a, const char *b) {
        const char *name_a, *version_a, *release_a, *name_b, *version_b, *release_b;
        char text_a[256], text_b[256];
        int order;

        snprintf(text_a, sizeof(text_a), "%s", a); /* a file's name: it fits */
        snprintf(text_b, sizeof(text_b), "%s", b);
        split_id(text_a, &name_a, &version_a, &release_a);
        split_id(text_b, &name_b, &version_b, &release_b);

        order = package_version_compare(name_a, name_b);
        if (order == 0)
                order = package_version_compare(version_a, version_b);
        return order != 0 ? order : package_version_compare(release_a, release_b);
}

static int compare_entries(const void *a, const void *b) {
        const char *id_a = ((const BootEntry *) a)->id, *id_b = ((const BootEntry *) b)->id;
        int order = compare_ids(id_b, id_a);

        return order != 0 ? order : strcmp(id_b, id_a);
}

static void parse_entry(MemoryPool *pool, char *text, BootEntry *entry) {
        char *rest = text, *line;

        while ((line = strsep(&rest, "\n"))) {
                const char *key, *value;

                line = text_trim(line);
                if (line[0] == '#' || line[0] == '\0')
                        continue;
                key = strsep(&line, " \t");
                value = line ? text_trim(line) : "";
                if (strcmp(key, "title") == 0)
                        entry->title = memory_pool_text(pool, value);
                else if (strcmp(key, "version") == 0)
                        entry->version = memory_pool_text(pool, value);
                else if (strcmp(key, "linux") == 0)
                        entry->kernel = memory_pool_text(pool, value);
                else if (strcmp(key, "options") == 0)
                        entry->options = entry->options ? memory_pool_format(pool, "%s %s",
                                                                             entry->options, value)
                                                        : memory_pool_text(pool, value);
        }
}

/* Reads all entries into `menu`; a reason in `ret_why` when that is not possible. */
static int read_entries(const HostRoot *root, MemoryPool *pool, BootMenu *menu,
                        const char **ret_why) {
        TextList names = {};
        int r;

        r = host_root_list(root, ENTRIES_PATH, pool, &names);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING) {
                *ret_why = "there is no /" ENTRIES_PATH ", and no other boot menu is understood";
                return 0;
        }
        if (r > 0) {
                *ret_why = host_root_explain(pool, r, ENTRIES_PATH);
                return 0;
        }

        for (size_t i = 0; i < names.n_items; i++) {
                _cleanup_free_ char *text = NULL;
                const char *name = names.items[i];
                const char *path = memory_pool_format(pool, ENTRIES_PATH "/%s", name);
                BootEntry entry = {}, *added;
                size_t n_bytes;

                if (!text_ends_with(name, ".conf"))
                        continue;
                r = host_root_read(root, path, FILE_BYTES_MAX, &text, &n_bytes);
                if (r < 0)
                        return error_trace(r);
                if (r == HOST_ROOT_E_MISSING)
                        continue;
                if (r > 0) {
                        *ret_why = host_root_explain(pool, r, path);
                        return 0;
                }
                entry.id = memory_pool_text_n(pool, name, strlen(name) - strlen(".conf"));
                parse_entry(pool, text, &entry);
                if (!entry.kernel) /* grub leaves these out of its menu */
                        continue;
                added = memory_pool_append(pool, menu->entries, menu->n_entries);
                if (!added)
                        return error_origin(-ENOMEM);
                *added = entry;
        }

        if (menu->n_entries == 0)
                *ret_why = "/" ENTRIES_PATH " has no entry with a kernel";
        else
                qsort(menu->entries, menu->n_entries, sizeof(menu->entries[0]), compare_entries);
        return 0;
}

/* A value of the environment block; "" when it is not set. */
static const char *block_value(const BootMenu *menu, const char *key, size_t n_key) {
        return grub_environment_value(&menu->environment, key, n_key);
}

/*
 * The default in grub.cfg: `set default="${saved_entry}"` where GRUB_DEFAULT=saved, as installed;
 * where an administrator chose otherwise, the choice itself. No grub.cfg at all: as installed.
 */
static int read_fixed(const HostRoot *root, MemoryPool *pool, BootMenu *menu,
                      const char **ret_why) {
        static const char opening[] = "set default=\"";
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        char *rest, *line;
        int r;

        r = host_root_read(root, GRUB_CFG_PATH, GRUB_CFG_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                if (r != HOST_ROOT_E_MISSING)
                        *ret_why = host_root_explain(pool, r, GRUB_CFG_PATH);
                return 0;
        }

        rest = text;
        while ((line = strsep(&rest, "\n"))) {
                const char *value;
                size_t n;

                line = text_trim(line);
                if (!text_starts_with(line, opening))
                        continue;
                value = line + strlen(opening);
                n = strcspn(value, "\"");
                if (n > 0 && value[0] != '$')
                        menu->fixed = memory_pool_text_n(pool, value, n);
        }
        return 0;
}

static bool is_rescue(const BootEntry *entry) {
        return strstr(entry->id, "-0-rescue") || text_starts_with(entry->id, "0-rescue") ||
               strstr(entry->kernel, "vmlinuz-0-rescue");
}

static const BootEntry *find_entry(const BootMenu *menu, const char *pick) {
        if (pick[0] == '\0')
                return NULL;
        if (strlen(pick) < 9 && pick[strspn(pick, "0123456789")] == '\0') {
                size_t index = strtoul(pick, NULL, 10);

                return index < menu->n_entries ? &menu->entries[index] : NULL;
        }
        for (size_t i = 0; i < menu->n_entries; i++)
                if (text_equal(menu->entries[i].id, pick) ||
                    text_equal(menu->entries[i].title, pick))
                        return &menu->entries[i];
        return NULL;
}

static const BootEntry *pick_entry(MemoryPool *pool, const BootMenu *menu, const char **ret_from) {
        const char *pick, *from = "grubenv next_entry";
        const BootEntry *entry;

        pick = block_value(menu, "next_entry", strlen("next_entry"));
        if (pick[0] == '\0' && menu->fixed) {
                from = "grub.cfg default";
                pick = menu->fixed;
        } else if (pick[0] == '\0') {
                from = "grubenv saved_entry";
                pick = block_value(menu, "saved_entry", strlen("saved_entry"));
        }

        entry = find_entry(menu, pick);
        if (entry) {
                *ret_from = from;
                return entry;
        }

        *ret_from = pick[0] == '\0' ? "first boot entry, as grubenv has no saved_entry"
                                    : memory_pool_format(pool, "first boot entry, as %s names none",
                                                         from);
        for (size_t i = 0; i < menu->n_entries; i++)
                if (!is_rescue(&menu->entries[i]))
                        return &menu->entries[i];
        return NULL;
}

/* The kernel's release: what follows `vmlinuz-` in the image's name, else the entry's version. */
static const char *release_of(const BootEntry *entry) {
        const char *slash = strrchr(entry->kernel, '/');
        const char *image = slash ? slash + 1 : entry->kernel;

        if (text_starts_with(image, "vmlinuz-") || text_starts_with(image, "vmlinux-"))
                return image + strlen("vmlinuz-");
        return entry->version;
}

/*
 * The words of the command line. `$name` stands for a value of the environment block: RHEL 8 keeps
 * the whole command line in `kernelopts`. What is not set there expands to nothing, as in grub.
 */
static TextList expand_options(MemoryPool *pool, const BootMenu *menu, const BootEntry *entry) {
        TextList given = text_words(pool, entry->options ?: "$kernelopts"), words = {};

        for (size_t i = 0; i < given.n_items; i++) {
                const char *name = given.items[i];
                TextList values;
                size_t n;

                if (name[0] != '$') {
                        text_list_add(&words, pool, text_printable(pool, name, WORD_BYTES_MAX));
                        continue;
                }
                name += name[1] == '{' ? 2 : 1;
                n = strcspn(name, "}");
                values = text_words(pool, block_value(menu, name, n));
                for (size_t j = 0; j < values.n_items; j++)
                        text_list_add(&words, pool,
                                      text_printable(pool, values.items[j], WORD_BYTES_MAX));
        }
        return words;
}

static void note_pick(HostFacts *host, const BootMenu *menu) {
        const BootEntry *entry;
        const char *release, *from;

        entry = pick_entry(host->pool, menu, &from);
        if (!entry) {
                host->default_kernel_unknown = "all boot entries are rescue entries";
                return;
        }
        release = release_of(entry);
        if (!release || release[0] == '\0' || is_rescue(entry)) {
                host->default_kernel_unknown = memory_pool_format(
                                host->pool, "the boot entry %s names no kernel release",
                                text_printable(host->pool, entry->id, WORD_BYTES_MAX));
                return;
        }

        host->default_kernel = text_printable(host->pool, release, WORD_BYTES_MAX);
        host->default_kernel_from = from;
        host->default_options = expand_options(host->pool, menu, entry);
        host->default_kernel_unknown = NULL;
}

static int read_menu(const HostRoot *root, HostFacts *host, BootMenu *menu) {
        const char *why = NULL;
        int r;

        r = read_entries(root, host->pool, menu, &why);
        if (r)
                return error_trace(r);
        if (!why) {
                r = grub_environment_read(root, host->pool, GRUBENV_PATH, &menu->environment, &why);
                if (r < 0)
                        return error_trace(r);
        }
        if (!why) {
                r = read_fixed(root, host->pool, menu, &why);
                if (r)
                        return error_trace(r);
        }

        if (why)
                host->default_kernel_unknown = why;
        else
                note_pick(host, menu);
        return 0;
}

int boot_entries_read(const HostRoot *root, HostFacts *host) {
        BootMenu menu = {};
        int r;

        r = read_menu(root, host, &menu);
        grub_environment_clear(&menu.environment);
        if (r)
                return error_trace(r);
        return memory_pool_exhausted(host->pool) ? error_origin(-ENOMEM) : 0;
}
