/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Would the kernel that the next boot picks leave the live-patch stream?
 */

#include "core/judged-kernel.h"

typedef struct NextBoot {
        const char *kernel; /* `uname -r`; NULL when not known */
        const JudgedKernel *
                        judged; /* NULL when the kernel is not known or has not the vendor's form */
        Tristate leaves_stream; /* unknown = null */
        TextList because;
} NextBoot;

/* `judged` is the entry of the host's default kernel, or NULL. */
void next_boot_judge(const Situation *situation, const JudgedKernel *judged, NextBoot *ret);
