/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Scope-bound clean-up. A variable marked `_cleanup_(xp)` is released by `xp(&variable)` when it goes
 * out of scope; TAKE() hands it on and leaves nothing to release.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((__cleanup__(f)))
#define _printf_(format, arguments) __attribute__((__format__(__printf__, format, arguments)))
#define _unused_ __attribute__((__unused__))

#define ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* Moves a pointer out of its variable: the variable is NULL afterwards. */
#define TAKE(pointer)                                \
        ({                                           \
                typeof(pointer) *_from = &(pointer); \
                typeof(pointer) _taken = *_from;     \
                *_from = NULL;                       \
                _taken;                              \
        })

/* Moves a file descriptor out of its variable: the variable is -1 afterwards. */
#define TAKE_FD(fd)                  \
        ({                           \
                int *_from = &(fd);  \
                int _taken = *_from; \
                *_from = -1;         \
                _taken;              \
        })

/* Defines `name##p()`, the scope-exit form of a function `type *name(type *)` that takes NULL. */
#define DEFINE_CLEANUP(type, name)                  \
        static inline void name##p(type **object) { \
                if (*object)                        \
                        name(*object);              \
        }

static inline void freep(void *pointer) {
        free(*(void **) pointer);
}

static inline void closep(int *fd) {
        if (*fd >= 0)
                close(*fd);
}

static inline void fclosep(FILE **file) {
        if (*file)
                fclose(*file);
}

static inline void closedirp(DIR **dir) {
        if (*dir)
                closedir(*dir);
}

#define _cleanup_free_ _cleanup_(freep)
#define _cleanup_close_ _cleanup_(closep)
#define _cleanup_fclose_ _cleanup_(fclosep)
#define _cleanup_closedir_ _cleanup_(closedirp)
