/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Who holds a transition up. The kernel tells of each task whether it uses the patched functions
 * (/proc/PID/task/TID/patch_state: 0 no, 1 yes, -1 while there is no transition), to root and the task's
 * user alone; so one refused read makes the whole answer useless, and so does a /proc that hides other users'
 * processes (hidepid=): the first process is everywhere. Tasks come and go during the walk, which is nothing
 * to tell. Kernels before 5.1 do not say which way a transition goes: there, the fewer hold it up.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounded-read.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "ctl/blocking-tasks.h"

#define STATE_BYTES_MAX 16
#define TEXT_BYTES_MAX 4096
#define STACK_BYTES_MAX (64 * 1024)
#define FUNCTION_BYTES_MAX 128
#define COMMAND_BYTES_MAX 256

typedef struct Walk {
        MemoryPool *pool;
        const char *root;
        BusRows rows[2]; /* of the tasks in each state */
        size_t n_refused, n_read;
        bool stacks, first; /* stacks could be read; process 1 is there */
} Walk;

/* A small file as a line; 0 with its text in the pool, or BOUNDED_READ_E_*. */
static int read_line(MemoryPool *pool, const char *path, size_t max_bytes, const char **ret) {
        _cleanup_free_ char *text = NULL;
        int r;

        if (!path)
                return error_origin(-ENOMEM);
        r = bounded_read_line(AT_FDCWD, path, max_bytes, &text);
        if (r)
                return r;
        *ret = memory_pool_text(pool, text);
        return *ret ? 0 : error_origin(-ENOMEM);
}

/* "[<0>] schedule_timeout+0x23/0x150" → "schedule_timeout", a line each. */
static int read_stack(Walk *walk, const char *task, TextList *ret) {
        const char *path = memory_pool_format(walk->pool, "%s/stack", task);
        _cleanup_free_ char *text = NULL;
        char *rest, *line;
        size_t n_bytes;
        int r;

        if (!path)
                return error_origin(-ENOMEM);
        r = bounded_read(AT_FDCWD, path, STACK_BYTES_MAX, &text, &n_bytes);
        if (r)
                return r < 0 ? error_trace(r) : 0;
        walk->stacks = true;
        rest = text;
        while ((line = strsep(&rest, "\n"))) {
                char *name = strchr(line, ']');

                name = name ? name + 1 : line;
                name += strspn(name, " ");
                name[strcspn(name, "+ ")] = '\0';
                if (name[0] != '\0')
                        text_list_add(ret, walk->pool,
                                      text_printable(walk->pool, name, FUNCTION_BYTES_MAX));
        }
        return 0;
}

static int add_task(Walk *walk, int state, const char *pid, const char *tid, const char *task) {
        const char *command = "", *path = memory_pool_format(walk->pool, "%s/comm", task);
        BusField *fields = memory_pool_alloc(walk->pool, 4 * sizeof(*fields));
        TextList stack = {};
        BusRow *row;
        int r;

        if (!fields)
                return error_origin(-ENOMEM);
        r = read_line(walk->pool, path, TEXT_BYTES_MAX, &command);
        if (r >= 0)
                r = read_stack(walk, task, &stack);
        if (r < 0)
                return error_trace(r);
        fields[0] = (BusField){ .key = "pid",
                                .type = BUS_VALUE_NUMBER,
                                .number = strtoull(pid, NULL, 10) };
        fields[1] = (BusField){ .key = "tid",
                                .type = BUS_VALUE_NUMBER,
                                .number = strtoull(tid, NULL, 10) };
        fields[2] = (BusField){ .key = "command",
                                .type = BUS_VALUE_TEXT,
                                .text = text_printable(walk->pool, command, COMMAND_BYTES_MAX) };
        fields[3] = (BusField){ .key = "stack", .type = BUS_VALUE_TEXTS, .texts = stack };
        row = memory_pool_append(walk->pool, walk->rows[state].items, walk->rows[state].n_items);
        if (!row)
                return error_origin(-ENOMEM);
        *row = (BusRow){ .fields = fields, .n_fields = 4 };
        return 0;
}

static int look_at_task(Walk *walk, const char *pid, const char *tid) {
        const char *task =
                        memory_pool_format(walk->pool, "%s/proc/%s/task/%s", walk->root, pid, tid);
        const char *text;
        int r;

        r = read_line(walk->pool, memory_pool_format(walk->pool, "%s/patch_state", task),
                      STATE_BYTES_MAX, &text);
        if (r < 0)
                return error_trace(r);
        if (r == BOUNDED_READ_E_REFUSED)
                walk->n_refused++;
        if (r)
                return 0;
        walk->n_read++;
        if (!text_equal(text, "0") && !text_equal(text, "1"))
                return 0;
        r = add_task(walk, text[0] - '0', pid, tid, task);
        return r ? error_fold(r) : 0;
}

/* Calls `look` for each name in a folder that is a number; one that may not be opened counts as refused. */
static int each_number(Walk *walk, const char *path, const char *pid,
                       int (*look)(Walk *walk, const char *pid, const char *tid)) {
        _cleanup_(closedirp) DIR *folder = NULL;
        struct dirent *entry;
        int r;

        if (!path)
                return error_origin(-ENOMEM);
        folder = opendir(path);
        if (!folder) {
                walk->n_refused += errno == EACCES || errno == EPERM;
                return errno == ENOMEM ? error_origin(-ENOMEM) : BLOCKING_TASKS_E_UNREADABLE;
        }
        while ((entry = readdir(folder))) {
                if (entry->d_name[strspn(entry->d_name, "0123456789")] != '\0')
                        continue;
                r = look(walk, pid ? pid : entry->d_name, entry->d_name);
                if (r < 0)
                        return error_trace(r);
        }
        return 0;
}

static int look_at_process(Walk *walk, const char *pid, _unused_ const char *same) {
        int r;

        walk->first = walk->first || text_equal(pid, "1");
        r = each_number(walk, memory_pool_format(walk->pool, "%s/proc/%s/task", walk->root, pid),
                        pid, look_at_task);
        return r < 0 ? error_trace(r) : 0;
}

/* The patch in transition, and whether it is enabled ("" when that is not known). */
static int find_patch(Walk *walk, const char **ret_name, const char **ret_enabled) {
        const char *path = memory_pool_format(walk->pool, "%s/sys/kernel/livepatch", walk->root);
        _cleanup_(closedirp) DIR *folder = NULL;
        struct dirent *entry;
        int r;

        if (!path)
                return error_origin(-ENOMEM);
        folder = opendir(path);
        if (!folder)
                return BLOCKING_TASKS_E_UNREADABLE;
        while ((entry = readdir(folder))) {
                const char *base = memory_pool_format(walk->pool, "%s/%s", path, entry->d_name);
                const char *transition = "", *enabled = "";

                if (entry->d_name[0] == '.')
                        continue;
                r = read_line(walk->pool, memory_pool_format(walk->pool, "%s/transition", base),
                              STATE_BYTES_MAX, &transition);
                if (r == 0 && text_equal(transition, "1"))
                        r = read_line(walk->pool,
                                      memory_pool_format(walk->pool, "%s/enabled", base),
                                      STATE_BYTES_MAX, &enabled);
                if (r < 0)
                        return error_trace(r);
                if (!text_equal(transition, "1"))
                        continue;
                *ret_name = text_printable(walk->pool, entry->d_name, FUNCTION_BYTES_MAX);
                *ret_enabled = enabled;
                return 0;
        }
        return BLOCKING_TASKS_E_NO_TRANSITION;
}

/* "5.0…" and below: `enabled` follows at the end of a transition only. */
static bool is_enabled_last(Walk *walk) {
        const char *release = "";
        char *end;
        unsigned long major, minor;

        if (read_line(walk->pool,
                      memory_pool_format(walk->pool, "%s/proc/sys/kernel/osrelease", walk->root),
                      TEXT_BYTES_MAX, &release) != 0)
                return false;
        major = strtoul(release, &end, 10);
        minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
        return major > 0 && (major < 5 || (major == 5 && minor < 1));
}

static int by_number(const void *a, const void *b) {
        const BusRow *x = a, *y = b;

        for (size_t i = 0; i < 2; i++)
                if (x->fields[i].number != y->fields[i].number)
                        return x->fields[i].number < y->fields[i].number ? -1 : 1;
        return 0;
}

int blocking_tasks_find(MemoryPool *pool, const char *root, BlockingTasks *ret) {
        Walk walk = { .pool = pool, .root = text_equal(root, "/") ? "" : root };
        BlockingTasks found = {};
        const char *enabled = "";
        size_t behind;
        int r;

        r = find_patch(&walk, &found.patch, &enabled);
        if (r == 0)
                r = each_number(&walk, memory_pool_format(pool, "%s/proc", walk.root), NULL,
                                look_at_process);
        if (r)
                return r < 0 ? error_trace(r) : r;
        if (walk.n_refused > 0 || !walk.first)
                return BLOCKING_TASKS_E_NO_RIGHT;
        if (walk.n_read == 0) {
                errno = ENOENT;
                return BLOCKING_TASKS_E_UNREADABLE;
        }
        behind = text_equal(enabled, "0") ? 1 : 0;
        if (is_enabled_last(&walk))
                behind = walk.rows[0].n_items <= walk.rows[1].n_items ? 0 : 1;
        found.removed = behind == 1;
        found.rows = walk.rows[behind];
        found.stacks = walk.stacks;
        if (found.rows.n_items > 0)
                qsort(found.rows.items, found.rows.n_items, sizeof(*found.rows.items), by_number);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        *ret = found;
        return 0;
}
