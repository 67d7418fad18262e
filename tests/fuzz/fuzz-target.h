/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A fuzz target: one function that is given bytes and must neither crash nor leak, whatever they are.
 * libFuzzer calls it (-Dfuzz=true), or replay.c with files.
 */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

/* What must hold: ends the process when it does not. */
void fuzz_require(_Bool holds);
