/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Memory that a program knows it will need, taken in one step.
 */

#include <stddef.h>

/*
 * Gives malloc() `n_bytes` whose pages are there, so that using them interrupts nobody, and lets it keep
 * them once they were used and freed. To be called early and once. Returns how many bytes it got: less, or
 * 0 where the kernel cannot, does no harm.
 */
size_t heap_room_take(size_t n_bytes);

/*
 * malloc() for a block all of which is about to be used. A large one lies so that the kernel may give it pages
 * of two megabytes, which interrupt whoever uses it five hundred times less often; it need not. free() takes it back.
 */
void *heap_room_alloc(size_t n_bytes);
