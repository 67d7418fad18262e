/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The command to type next. klpwatch itself never installs, loads or sets anything; it names the
 * command that does, in the words of this host's vendor.
 */

#include "ctl/description.h"

typedef enum Remedy {
        REMEDY_INSTALL_PATCH, /* the newest live patch, from the repository */
        REMEDY_LOAD_PATCH,    /* what is on disk already */
        REMEDY_LOOK_AT_TRANSITION,
        REMEDY_ENABLE_AT_BOOT,
        REMEDY_INSTALL_KERNEL, /* `kernel` */
        REMEDY_SET_DEFAULT,    /* `kernel` */
        REMEDY_REBOOT,
        REMEDY_ASK_REPOSITORY,  /* does it carry live patches for the running kernel? */
        REMEDY_LOOK_AT_PATCHES, /* what is loaded */
        REMEDY_GET_FACTS,
} Remedy;

/* Where no command is known, the list of what to do is. */
#define REMEDY_FALLBACK "klpctl plan"

/* `kernel` may be NULL where the remedy is not about one. Never NULL. */
const char *remedy_command(const Description *description, MemoryPool *pool, Remedy remedy,
                           const char *kernel);

/* The command for an advice's action, or NULL where there is nothing to type. */
const char *remedy_for_advice(const Description *description, MemoryPool *pool);

/* True when the kernel is among the installed ones, whatever the architecture in its name. */
bool remedy_kernel_is_installed(const Description *description, MemoryPool *pool,
                                const char *kernel);
