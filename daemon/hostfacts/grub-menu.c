/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * grub's menu as grub-mkconfig writes it: a script, of which only the skeleton is read: entries and
 * submenus with title and id, the kernel line in them, and which default is set. `next_entry` of the
 * environment block wins, then the script's default, which may be `saved_entry`; a pick is a place in
 * the menu, an id or a title, and leads into submenus with '>'. What names nothing is the first entry.
 * It refuses to run the script: where a condition decides which entry has that place, or where the
 * default is computed, the answer is unknown with the reason.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "hostfacts/grub-environment.h"
#include "hostfacts/grub-menu.h"

#define FILE_BYTES_MAX ((size_t) 4 * 1024 * 1024)
#define WORD_BYTES_MAX 4096
#define ENTRIES_MAX 4096
#define DEPTH_MAX 16
#define NO_PARENT SIZE_MAX

typedef struct Entry {
        const char *title, *id;
        const char *kernel; /* of its kernel line; NULL without one */
        TextList options;
        size_t parent; /* index of its submenu; NO_PARENT at the top */
        bool submenu;
        bool conditional; /* a condition around it may leave it out */
} Entry;

typedef struct Menu {
        MemoryPool *pool;
        Entry *entries;
        size_t n_entries;
        const char *set_default; /* the last default that is set, but for next_entry; NULL = none */
        bool fetches_entries;    /* by blscfg */
        const char *odd;         /* why the script is not understood; NULL normally */
} Menu;

/* Copies a word to `to` unless that is NULL, quotes resolved; how long it is, and its end in `ret_end`. */
static size_t copy_word(const char *at, char *to, const char **ret_end) {
        char quote = '\0';
        size_t n = 0;

        for (; *at != '\0' && (quote != '\0' || !strchr(" \t", *at)); at++) {
                if (quote == '\0' && (*at == '\'' || *at == '"')) {
                        quote = *at;
                        continue;
                }
                if (quote != '\0' && *at == quote) {
                        quote = '\0';
                        continue;
                }
                if (*at == '\\' && quote != '\'' && at[1] != '\0')
                        at++;
                if (to)
                        to[n] = *at;
                n++;
        }
        *ret_end = at;
        return n;
}

/* Takes the next word of a script's line; NULL at its end. */
static const char *take_word(MemoryPool *pool, const char **line) {
        const char *at = *line + strspn(*line, " \t"), *end;
        char *word;
        size_t n;

        if (*at == '\0' || *at == '#')
                return NULL;
        n = copy_word(at, NULL, &end);
        word = memory_pool_alloc(pool, n + 1);
        if (!word)
                return NULL;
        copy_word(at, word, &end);
        word[n] = '\0';
        *line = end;
        return text_printable(pool, word, WORD_BYTES_MAX);
}

/* `menuentry TITLE … --id ID …{`; the id stands behind `--id` or the variable that means it. */
static Entry read_heading(MemoryPool *pool, const char *rest) {
        Entry entry = { .parent = NO_PARENT };
        const char *word;

        entry.title = take_word(pool, &rest);
        while ((word = take_word(pool, &rest)))
                if (strcmp(word, "--id") == 0 || strcmp(word, "$menuentry_id_option") == 0 ||
                    strcmp(word, "${menuentry_id_option}") == 0)
                        entry.id = take_word(pool, &rest);
                else if (text_starts_with(word, "--id="))
                        entry.id = word + strlen("--id=");
        return entry;
}

static void read_kernel_line(Menu *menu, Entry *entry, const char *rest) {
        const char *word;

        if (entry->kernel)
                return;
        entry->kernel = take_word(menu->pool, &rest);
        while ((word = take_word(menu->pool, &rest)))
                text_list_add(&entry->options, menu->pool, word);
}

static void read_default(Menu *menu, const char *value) {
        const char *word = take_word(menu->pool, &value);

        if (word && strcmp(word, "${next_entry}") != 0 && strcmp(word, "$next_entry") != 0)
                menu->set_default = word;
}

/* Where the reading stands: open blocks, and the entries that some of them are. */
typedef struct Position {
        size_t blocks[DEPTH_MAX]; /* index of an entry, or NO_PARENT for another block */
        size_t n_blocks;
        unsigned n_conditions;
} Position;

static size_t innermost(const Position *position) {
        for (size_t i = position->n_blocks; i > 0; i--)
                if (position->blocks[i - 1] != NO_PARENT)
                        return position->blocks[i - 1];
        return NO_PARENT;
}

static void open_block(Menu *menu, Position *position, size_t entry) {
        if (position->n_blocks == DEPTH_MAX)
                menu->odd = "its blocks are nested too deep";
        else
                position->blocks[position->n_blocks++] = entry;
}

static void add_entry(Menu *menu, Position *position, const char *rest, bool submenu) {
        Entry *added, entry = read_heading(menu->pool, rest);

        entry.parent = innermost(position);
        entry.submenu = submenu;
        entry.conditional = position->n_conditions > 0;
        if (menu->n_entries == ENTRIES_MAX || !entry.title) {
                menu->odd = entry.title ? "it has too many entries" : "an entry has no title";
                return;
        }
        added = memory_pool_append(menu->pool, menu->entries, menu->n_entries);
        if (!added)
                return;
        *added = entry;
        open_block(menu, position, menu->n_entries - 1);
}

static const char *behind(const char *line, const char *command) {
        size_t n = strlen(command);

        return strncmp(line, command, n) == 0 && (line[n] == ' ' || line[n] == '\t') ? line + n + 1
                                                                                     : NULL;
}

static void read_line(Menu *menu, Position *position, const char *line) {
        static const char *const kernel_commands[] = { "linux", "linuxefi", "linux16" };
        size_t entry = innermost(position);
        const char *rest;

        if (line[0] == '\0' || line[0] == '#')
                return;
        if (strcmp(line, "blscfg") == 0 || behind(line, "blscfg"))
                menu->fetches_entries = true;
        else if ((rest = behind(line, "menuentry")))
                add_entry(menu, position, rest, false);
        else if ((rest = behind(line, "submenu")))
                add_entry(menu, position, rest, true);
        else if ((rest = behind(line, "set")) && text_starts_with(rest, "default="))
                read_default(menu, rest + strlen("default="));
        else if (behind(line, "if"))
                position->n_conditions +=
                                !text_ends_with(line, " fi") && !text_ends_with(line, ";fi");
        else if (strcmp(line, "fi") == 0) {
                if (position->n_conditions > 0)
                        position->n_conditions--;
        } else if (line[0] == '}') {
                if (position->n_blocks > 0)
                        position->n_blocks--;
        } else if (text_ends_with(line, "{"))
                open_block(menu, position, NO_PARENT);
        else
                for (size_t i = 0; entry != NO_PARENT && i < ELEMENTS(kernel_commands); i++)
                        if ((rest = behind(line, kernel_commands[i])))
                                read_kernel_line(menu, &menu->entries[entry], rest);
}

static void read_script(Menu *menu, char *text) {
        char *rest = text, *line;
        Position position = {};

        while ((line = strsep(&rest, "\n")) && !menu->odd)
                read_line(menu, &position, text_trim(line));
        if (!menu->odd && position.n_blocks > 0)
                menu->odd = "it is cut short";
}

/* 0, HOST_ROOT_E_* or -ENOMEM. */
static int load(const HostRoot *root, MemoryPool *pool, const char *folder, Menu *ret) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        int r;

        r = host_root_read(root, memory_pool_format(pool, "%s/grub.cfg", folder), FILE_BYTES_MAX,
                           &text, &n_bytes);
        if (r)
                return r < 0 ? error_trace(r) : r;
        *ret = (Menu){ .pool = pool };
        read_script(ret, text);
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}

int grub_menu_is_written(const HostRoot *root, const char *folder, bool *ret) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        Menu menu = {};
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = load(root, pool, folder, &menu);
        if (r < 0)
                return error_trace(r);
        *ret = r == 0 && menu.n_entries > 0 && !menu.fetches_entries;
        return 0;
}

/* The entry of one menu at this place; `ret_sure` is false when a condition decides which one that is. */
static size_t entry_at(const Menu *menu, size_t parent, size_t place, bool *ret_sure) {
        *ret_sure = true;
        for (size_t i = 0; i < menu->n_entries; i++) {
                if (menu->entries[i].parent != parent)
                        continue;
                if (menu->entries[i].conditional)
                        *ret_sure = false;
                if (place-- == 0)
                        return i;
        }
        return NO_PARENT;
}

/* One part of a pick within one menu: a place, an id or a title. */
static size_t find_part(const Menu *menu, size_t parent, const char *part, bool *ret_sure) {
        *ret_sure = true;
        if (part[0] != '\0' && strlen(part) < 9 && part[strspn(part, "0123456789")] == '\0')
                return entry_at(menu, parent, strtoul(part, NULL, 10), ret_sure);
        for (size_t i = 0; i < menu->n_entries; i++)
                if (menu->entries[i].parent == parent && (text_equal(menu->entries[i].id, part) ||
                                                          text_equal(menu->entries[i].title, part)))
                        return i;
        return NO_PARENT;
}

/* Cuts the pick's first part off; `>>` stands for a '>' in a title. */
static const char *take_part(MemoryPool *pool, const char **pick) {
        char *part = memory_pool_alloc(pool, strlen(*pick) + 1), *to = part;
        const char *at = *pick;

        if (!part)
                return "";
        for (; *at != '\0'; at++) {
                if (*at == '>' && at[1] != '>')
                        break;
                at += *at == '>';
                *to++ = *at;
        }
        *to = '\0';
        *pick = *at == '>' ? at + 1 : at;
        return part;
}

/* The entry that a pick leads to, or NO_PARENT with `ret_why` set when that cannot be told. */
static size_t find_entry(const Menu *menu, const char *pick, const char **ret_from,
                         const char **ret_why) {
        const char *from = *ret_from, *rest = pick;
        size_t found = NO_PARENT;
        bool sure;

        do {
                size_t next = find_part(menu, found, take_part(menu->pool, &rest), &sure);

                if (!sure) {
                        *ret_why = memory_pool_format(menu->pool,
                                                      "a condition in grub.cfg decides which entry "
                                                      "%s is",
                                                      text_printable(menu->pool, pick, 256));
                        return NO_PARENT;
                }
                if (next == NO_PARENT && found == NO_PARENT) {
                        *ret_from = pick[0] == '\0' ? memory_pool_format(menu->pool,
                                                                         "first menu entry, as %s "
                                                                         "is empty",
                                                                         from)
                                                    : memory_pool_format(menu->pool,
                                                                         "first menu entry, as %s "
                                                                         "names none",
                                                                         from);
                        next = entry_at(menu, NO_PARENT, 0, &sure);
                        rest = "";
                }
                found = next;
        } while (found != NO_PARENT && rest[0] != '\0');

        if (found == NO_PARENT || menu->entries[found].submenu || !sure) {
                *ret_why = memory_pool_format(menu->pool,
                                              "%s leads into a submenu, but to no entry of it",
                                              *ret_from);
                return NO_PARENT;
        }
        return found;
}

/* The kernel's release: what follows `vmlinuz-` in the image's name; NULL when it has another form. */
static const char *release_of(const Entry *entry) {
        static const char *const prefixes[] = { "vmlinuz-", "vmlinux-", "image-", "Image-" };
        const char *slash = entry->kernel ? strrchr(entry->kernel, '/') : NULL;
        const char *image = slash ? slash + 1 : entry->kernel;

        for (size_t i = 0; image && i < ELEMENTS(prefixes); i++)
                if (text_starts_with(image, prefixes[i]) && image[strlen(prefixes[i])] != '\0')
                        return image + strlen(prefixes[i]);
        return NULL;
}

static const char *find_pick(const Menu *menu, const GrubEnvironment *environment,
                             const char **ret_from, const char **ret_why) {
        const char *pick = grub_environment_value(environment, "next_entry", strlen("next_entry"));

        *ret_from = "grubenv next_entry";
        if (pick[0] != '\0')
                return pick;
        *ret_from = "grub.cfg default";
        pick = menu->set_default ?: "";
        if (strcmp(pick, "${saved_entry}") == 0 || strcmp(pick, "$saved_entry") == 0) {
                *ret_from = "grubenv saved_entry";
                return grub_environment_value(environment, "saved_entry", strlen("saved_entry"));
        }
        if (strchr(pick, '$'))
                *ret_why = memory_pool_format(menu->pool, "grub.cfg computes its default: %s",
                                              text_printable(menu->pool, pick, 256));
        return pick;
}

static void note_pick(HostFacts *host, const Menu *menu, const GrubEnvironment *environment) {
        const char *why =
                        menu->odd ? memory_pool_format(host->pool, "grub.cfg is not understood: %s",
                                                       menu->odd)
                                  : NULL;
        const char *pick, *from, *release;
        size_t found = NO_PARENT;

        if (!why)
                pick = find_pick(menu, environment, &from, &why);
        if (!why)
                found = find_entry(menu, pick, &from, &why);
        if (why) {
                host->default_kernel_unknown = why;
                return;
        }
        release = release_of(&menu->entries[found]);
        if (!release) {
                host->default_kernel_unknown = memory_pool_format(
                                host->pool, "the menu entry '%s' names no kernel release",
                                menu->entries[found].title);
                return;
        }
        host->default_kernel = text_printable(host->pool, release, WORD_BYTES_MAX);
        host->default_kernel_from = from;
        host->default_options = menu->entries[found].options;
        host->default_kernel_unknown = NULL;
}

int grub_menu_read(const HostRoot *root, const char *folder, HostFacts *host) {
        _cleanup_(grub_environment_clear) GrubEnvironment environment = {};
        const char *why = NULL;
        Menu menu = {};
        int r;

        r = load(root, host->pool, folder, &menu);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                host->default_kernel_unknown = host_root_explain(
                                host->pool, r,
                                memory_pool_format(host->pool, "%s/grub.cfg", folder));
                return 0;
        }
        r = grub_environment_read(root, host->pool,
                                  memory_pool_format(host->pool, "%s/grubenv", folder),
                                  &environment, &why);
        if (r < 0)
                return error_trace(r);
        /* Without a block nothing is remembered; one that cannot be read may hold the pick. */
        if (why && r != HOST_ROOT_E_MISSING)
                host->default_kernel_unknown = why;
        else
                note_pick(host, &menu, &environment);
        return memory_pool_exhausted(host->pool) ? error_origin(-ENOMEM) : 0;
}
