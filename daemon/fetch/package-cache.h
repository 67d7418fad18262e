/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The feed type "package-cache": what the package manager has fetched anyway becomes a digest.
 */

#include "format/fetch-message.h"
#include "host/host-root.h"

enum {
        PACKAGE_CACHE_E_CANCELLED = 1, /* the socket was closed */
};

typedef struct FetchJob {
        const HostRoot *root;
        const char *digest_program;
        int socket; /* for progress; nothing more is to come from it */
        const FetchRequest *request;
        const char *digest; /* held so far; NULL = none */
        size_t n_digest;
        const char *cursor; /* NULL = none */
        size_t n_cursor;
        MemoryPool *pool;
} FetchJob;

typedef struct FetchResult {
        FetchAnswer answer;
        char *digest; /* of `changed`: allocated, the caller's to free() */
        size_t n_digest;
        const char *cursor; /* of `changed` and `empty`: in the job's pool */
} FetchResult;

/* 0 with any answer but progress, PACKAGE_CACHE_E_CANCELLED, or -ENOMEM. */
int package_cache_fetch(const FetchJob *job, FetchResult *ret);
