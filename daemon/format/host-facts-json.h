/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What klpwatch-hostfacts tells the daemon, as JSON: the second half of the host facts. One object
 * with the format's version in `host_facts` and two keys a group: `GROUP` with its content, and
 * `GROUP_unknown` with the reason why there is none; one of the two is always null.
 */

#include <stddef.h>

#include "core/host-facts.h"

enum {
        HOST_FACTS_JSON_E_REFUSED = 1, /* not of this form, or of another version */
};

#define HOST_FACTS_JSON_VERSION 1

/*
 * The text, allocated and the caller's to free(); it ends in a new-line, and all texts in it are made
 * printable. 0 or -ENOMEM.
 */
int host_facts_json_write(const HostFacts *host, char **ret, size_t *ret_n_bytes);

/*
 * Fills the second half of `host` from `text`: all of it or, when refused, nothing. `ret_error` is
 * then a sentence in the pool of `host`. 0, HOST_FACTS_JSON_E_REFUSED or -ENOMEM.
 */
int host_facts_json_read(const char *text, size_t n_bytes, HostFacts *host, const char **ret_error);
