/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the kernel prints about live patches. Records as /dev/kmsg gives them: see the kernel's
 * Documentation/ABI/testing/dev-kmsg; the texts are those of kernel/livepatch. They tell reasons and
 * moments, never the state: that is in sysfs.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* /dev/kmsg gives one record a read(); one that does not fit is lost. */
#define KERNEL_MESSAGE_RECORD_BYTES 8192

/* Module names have 55 bytes, names of objects are such or `vmlinux`. */
#define KERNEL_MESSAGE_NAME_BYTES 64

typedef enum KernelMessageKind {
        KERNEL_MESSAGE_OTHER, /* nothing about live patches, or not from the kernel */
        KERNEL_MESSAGE_ENABLING,
        KERNEL_MESSAGE_PATCHING,   /* a transition to the patch began */
        KERNEL_MESSAGE_UNPATCHING, /* one away from it began */
        KERNEL_MESSAGE_PATCHED,    /* printed a moment before sysfs says so */
        KERNEL_MESSAGE_UNPATCHED,  /* also printed after a failed enable */
        KERNEL_MESSAGE_SIGNALING,  /* no name */
        KERNEL_MESSAGE_FORCING,    /* no name */
        KERNEL_MESSAGE_ENABLE_FAILED,
        KERNEL_MESSAGE_OBJECT_FAILED,   /* object only */
        KERNEL_MESSAGE_CALLBACK_FAILED, /* object only */
        KERNEL_MESSAGE_NOT_COMPATIBLE,
        KERNEL_MESSAGE_MODULE_REFUSED, /* name of the patch, and the module as object */
        _KERNEL_MESSAGE_MAX,
} KernelMessageKind;

typedef struct KernelMessage {
        KernelMessageKind kind;
        char name[KERNEL_MESSAGE_NAME_BYTES];   /* the patch; "" when the text has none */
        char object[KERNEL_MESSAGE_NAME_BYTES]; /* the object or module; "" when the text has none */
        uint64_t number;                        /* the record's, counted from boot on */
} KernelMessage;

/* "enabling", "patching", …; NULL for other. */
const char *kernel_message_kind_to_text(KernelMessageKind kind);

/* Reads one record of `n_bytes`, which need not end in NUL. KERNEL_MESSAGE_OTHER is not an error. */
void kernel_message_read(const char *record, size_t n_bytes, KernelMessage *ret);
