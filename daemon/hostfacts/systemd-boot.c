/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * systemd-boot's menu: the entries of all its places, sorted by boot counting, sort key, machine and
 * version, or by file name. The firmware's variables for one boot and for all boots win over
 * `default` in loader.conf, which is a glob over the entries' names; what matches nothing is the first
 * entry. It refuses to answer where unified kernel images are in the menu, since their versions are
 * inside of them, and where the entry that was booted last is what boots next.
 */

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"
#include "hostfacts/systemd-boot.h"

#define FILE_BYTES_MAX (64 * 1024)
#define WORD_BYTES_MAX 4096
#define VARIABLES "sys/firmware/efi/efivars"
#define VENDOR "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

/* Where boot partitions are mounted. */
typedef struct Place {
        const char *settings, *entries, *images;
} Place;

static const Place places[] = {
        { "efi/loader/loader.conf", "efi/loader/entries", "efi/EFI/Linux" },
        { "boot/loader/loader.conf", "boot/loader/entries", "boot/EFI/Linux" },
        { "boot/efi/loader/loader.conf", "boot/efi/loader/entries", "boot/efi/EFI/Linux" },
};

typedef struct Entry {
        const char *id; /* the file's name, without its boot counters */
        const char *sort_key, *machine, *version, *kernel, *options;
        bool worn_out; /* boot counting: no tries are left */
} Entry;

typedef struct Menu {
        MemoryPool *pool;
        Entry *entries;
        size_t n_entries;
        const char *wanted; /* loader.conf's default; NULL = none */
        const char *why;    /* why nothing can be told; NULL normally */
} Menu;

static int weight(char c) {
        /* '~' is before the end of the text, then '-', '^', '.', numbers, letters. */
        return c == '~' ? 0 : c == '\0' ? 1 : c == '-' ? 2 : c == '^' ? 3 : c == '.' ? 4 : 5;
}

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool counts(char c) {
        return c == '\0' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               strchr("~-^.", c);
}

/* The order of versions as the boot loader specification has it. */
static int compare_versions(const char *a, const char *b) {
        for (;;) {
                size_t n_a, n_b;
                int order;

                a += strcspn(a,
                             "~-^.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
                b += strcspn(b,
                             "~-^.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
                if (weight(*a) != weight(*b))
                        return weight(*a) - weight(*b);
                if (*a == '\0')
                        return 0;
                if (weight(*a) < 5) {
                        a++, b++;
                        continue;
                }
                if (is_digit(*a) || is_digit(*b)) {
                        a += strspn(a, "0");
                        b += strspn(b, "0");
                        n_a = strspn(a, "0123456789");
                        n_b = strspn(b, "0123456789");
                        order = n_a != n_b ? (n_a > n_b) - (n_a < n_b) : strncmp(a, b, n_a);
                        if (order != 0)
                                return order;
                        a += n_a;
                        b += n_b;
                        continue;
                }
                while (*a != '\0' && *a == *b && !is_digit(*a) && weight(*a) == 5)
                        a++, b++;
                if (counts(*a) && counts(*b) && weight(*a) == 5 && weight(*b) == 5 &&
                    !is_digit(*a) && !is_digit(*b))
                        return (unsigned char) *a - (unsigned char) *b;
        }
}

static int compare_texts(const char *a, const char *b) {
        return strcmp(a ?: "", b ?: "");
}

static int compare_entries(const void *a, const void *b) {
        const Entry *x = a, *y = b;
        int order;

        if (x->worn_out != y->worn_out)
                return x->worn_out ? 1 : -1;
        if (!x->sort_key != !y->sort_key)
                return x->sort_key ? -1 : 1;
        if (x->sort_key) {
                order = strcmp(x->sort_key, y->sort_key);
                if (order == 0)
                        order = compare_texts(x->machine, y->machine);
                if (order == 0)
                        order = compare_versions(y->version ?: "", x->version ?: "");
                if (order != 0)
                        return order;
        }
        order = compare_versions(y->id, x->id);
        return order != 0 ? order : strcmp(y->id, x->id);
}

/* `arch+3-1.conf` → `arch.conf`, and whether no try is left (`+0`, `+0-3`). */
static const char *take_counters(MemoryPool *pool, const char *file, bool *ret_worn_out) {
        size_t n_stem = strlen(file) - strlen(".conf"), n_left, n_done = 0;
        const char *plus = memrchr(file, '+', n_stem), *at;

        *ret_worn_out = false;
        if (!plus)
                return memory_pool_text(pool, file);
        n_left = strspn(plus + 1, "0123456789");
        at = plus + 1 + n_left;
        if (n_left > 0 && *at == '-')
                n_done = 1 + strspn(at + 1, "0123456789");
        if (n_left == 0 || n_done == 1 || at + n_done != file + n_stem)
                return memory_pool_text(pool, file);
        *ret_worn_out = strspn(plus + 1, "0") == n_left;
        return memory_pool_format(pool, "%.*s.conf", (int) (plus - file), file);
}

static void parse_entry(MemoryPool *pool, char *text, Entry *entry) {
        char *rest = text, *line;

        while ((line = strsep(&rest, "\n"))) {
                const char *key, *value;

                line = text_trim(line);
                if (line[0] == '#' || line[0] == '\0')
                        continue;
                key = strsep(&line, " \t");
                value = line ? memory_pool_text(pool, text_trim(line)) : "";
                if (strcmp(key, "sort-key") == 0)
                        entry->sort_key = value[0] != '\0' ? value : NULL;
                else if (strcmp(key, "machine-id") == 0)
                        entry->machine = value;
                else if (strcmp(key, "version") == 0)
                        entry->version = value;
                else if (strcmp(key, "linux") == 0)
                        entry->kernel = value;
                else if (strcmp(key, "options") == 0)
                        entry->options = entry->options ? memory_pool_format(pool, "%s %s",
                                                                             entry->options, value)
                                                        : value;
        }
}

static int read_entry(const HostRoot *root, Menu *menu, const char *folder, const char *file) {
        const char *path = memory_pool_format(menu->pool, "%s/%s", folder, file);
        _cleanup_free_ char *text = NULL;
        Entry entry = {}, *added;
        size_t n_bytes;
        int r;

        r = host_root_read(root, path, FILE_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING)
                return 0;
        if (r > 0) {
                menu->why = host_root_explain(menu->pool, r, path);
                return 0;
        }
        entry.id = take_counters(menu->pool, file, &entry.worn_out);
        parse_entry(menu->pool, text, &entry);
        added = memory_pool_append(menu->pool, menu->entries, menu->n_entries);
        if (added)
                *added = entry;
        return 0;
}

/* The entries of one place, and whether it has unified kernel images. */
static int read_place(const HostRoot *root, Menu *menu, const Place *place) {
        const char *folder = place->entries;
        TextList names = {}, images = {};
        int r;

        r = host_root_list(root, folder, menu->pool, &names);
        if (r < 0)
                return error_trace(r);
        if (r > 0 && r != HOST_ROOT_E_MISSING)
                menu->why = host_root_explain(menu->pool, r, folder);
        for (size_t i = 0; r == 0 && i < names.n_items && !menu->why; i++)
                if (text_ends_with(names.items[i], ".conf")) {
                        int s = read_entry(root, menu, folder, names.items[i]);

                        if (s)
                                return error_trace(s);
                }

        r = host_root_list(root, place->images, menu->pool, &images);
        if (r < 0)
                return error_trace(r);
        for (size_t i = 0; r == 0 && i < images.n_items; i++)
                if (text_ends_with(images.items[i], ".efi"))
                        menu->why = memory_pool_format(menu->pool,
                                                       "unified kernel images are in the menu "
                                                       "(/%s), whose versions are not read",
                                                       place->images);
        return 0;
}

static int read_settings(const HostRoot *root, Menu *menu, const char *path) {
        _cleanup_free_ char *text = NULL;
        char *rest, *line;
        size_t n_bytes;
        int r;

        r = host_root_read(root, path, FILE_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                if (r != HOST_ROOT_E_MISSING)
                        menu->why = host_root_explain(menu->pool, r, path);
                return 0;
        }
        rest = text;
        while ((line = strsep(&rest, "\n"))) {
                const char *key;

                line = text_trim(line);
                key = strsep(&line, " \t");
                if (line && strcmp(key, "default") == 0)
                        menu->wanted = text_printable(menu->pool, text_trim(line), WORD_BYTES_MAX);
        }
        return 0;
}

/* A variable of the firmware: four bytes of attributes, then UTF-16. NULL in `ret` when it is not set. */
static int read_variable(const HostRoot *root, Menu *menu, const char *name, const char **ret) {
        const char *path = memory_pool_format(menu->pool, VARIABLES "/%s-" VENDOR, name);
        _cleanup_free_ char *bytes = NULL;
        size_t n_bytes, n = 0;
        char *text;
        int r;

        *ret = NULL;
        r = host_root_read(root, path, FILE_BYTES_MAX, &bytes, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                if (r != HOST_ROOT_E_MISSING)
                        menu->why = host_root_explain(menu->pool, r, path);
                return 0;
        }
        text = memory_pool_alloc(menu->pool, n_bytes + 1);
        if (!text)
                return error_origin(-ENOMEM);
        for (size_t i = 4; i + 1 < n_bytes && (bytes[i] != '\0' || bytes[i + 1] != '\0'); i += 2)
                text[n++] = bytes[i + 1] == '\0' ? bytes[i] : '?';
        text[n] = '\0';
        if (n > 0)
                *ret = text_printable(menu->pool, text, WORD_BYTES_MAX);
        return 0;
}

/* An id may be given with or without `.conf`, as a glob in loader.conf alone. */
static const Entry *find_entry(const Menu *menu, const char *pick, bool glob) {
        const char *with_end = text_ends_with(pick, ".conf") || glob
                                               ? pick
                                               : memory_pool_format(menu->pool, "%s.conf", pick);

        for (size_t i = 0; i < menu->n_entries; i++) {
                const char *id = menu->entries[i].id;

                if (glob ? fnmatch(pick, id, FNM_CASEFOLD) == 0 ||
                                                    (text_ends_with(id, ".conf") &&
                                                     strlen(pick) + strlen(".conf") == strlen(id) &&
                                                     strncasecmp(pick, id, strlen(pick)) == 0)
                         : strcasecmp(with_end, id) == 0)
                        return &menu->entries[i];
        }
        return NULL;
}

static int pick_entry(const HostRoot *root, Menu *menu, const Entry **ret, const char **ret_from) {
        static const struct {
                const char *variable, *from;
        } variables[] = {
                { "LoaderEntryOneShot", "firmware variable LoaderEntryOneShot" },
                { "LoaderEntryDefault", "firmware variable LoaderEntryDefault" },
        };
        const char *pick = NULL;
        bool glob = false;
        int r;

        for (size_t i = 0; i < ELEMENTS(variables) && !pick && !menu->why; i++) {
                r = read_variable(root, menu, variables[i].variable, &pick);
                if (r)
                        return error_trace(r);
                *ret_from = variables[i].from;
        }
        if (!pick) {
                pick = menu->wanted;
                glob = true;
                *ret_from = "loader.conf default";
        }
        if (menu->why)
                return 0;
        if (pick && pick[0] == '@') {
                menu->why = memory_pool_format(menu->pool,
                                               "%s is %s, which only the firmware knows", *ret_from,
                                               pick);
                return 0;
        }
        *ret = pick ? find_entry(menu, pick, glob) : NULL;
        if (!*ret) {
                *ret = menu->n_entries > 0 ? &menu->entries[0] : NULL;
                *ret_from = pick ? memory_pool_format(menu->pool,
                                                      "first boot entry, as %s names none",
                                                      *ret_from)
                                 : "first boot entry, as loader.conf sets no default";
        }
        return 0;
}

/* The entry's version; else what follows `vmlinuz-` in the image's name. */
static const char *release_of(const Entry *entry) {
        const char *slash = entry->kernel ? strrchr(entry->kernel, '/') : NULL;
        const char *image = slash ? slash + 1 : entry->kernel;

        if (image && text_starts_with(image, "vmlinuz-") && image[strlen("vmlinuz-")] != '\0')
                return image + strlen("vmlinuz-");
        return entry->kernel ? entry->version : NULL;
}

static int read_menu(const HostRoot *root, Menu *menu) {
        for (size_t i = 0; i < ELEMENTS(places) && !menu->why; i++) {
                int r = read_settings(root, menu, places[i].settings);

                if (r == 0)
                        r = read_place(root, menu, &places[i]);
                if (r)
                        return error_trace(r);
        }
        if (menu->n_entries > 1)
                qsort(menu->entries, menu->n_entries, sizeof(Entry), compare_entries);
        return 0;
}

int systemd_boot_is_there(const HostRoot *root, bool *ret) {
        *ret = false;
        for (size_t i = 0; i < ELEMENTS(places) && !*ret; i++) {
                int r = host_root_look(root, places[i].settings);

                if (r < 0)
                        return error_trace(r);
                *ret = r == 0;
        }
        return 0;
}

int systemd_boot_read(const HostRoot *root, HostFacts *host) {
        const char *from = NULL, *release = NULL;
        Menu menu = { .pool = host->pool };
        const Entry *entry = NULL;
        int r;

        r = read_menu(root, &menu);
        if (r == 0 && !menu.why)
                r = pick_entry(root, &menu, &entry, &from);
        if (r)
                return error_trace(r);
        if (entry)
                release = release_of(entry);
        if (!menu.why && (!release || release[0] == '\0'))
                menu.why = entry ? memory_pool_format(host->pool,
                                                      "the boot entry %s names no kernel release",
                                                      text_printable(host->pool, entry->id, 256))
                                 : "systemd-boot has no entries";
        host->default_kernel_unknown = menu.why;
        if (!menu.why) {
                host->default_kernel = text_printable(host->pool, release, WORD_BYTES_MAX);
                host->default_kernel_from = from;
                host->default_options = text_words(host->pool, entry->options ?: "");
        }
        return memory_pool_exhausted(host->pool) ? error_origin(-ENOMEM) : 0;
}
