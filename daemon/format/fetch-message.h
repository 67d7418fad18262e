/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What klpwatchd and klpwatch-fetch say to each other, one JSON object a packet. klpwatch-fetch(8) and
 * docs/decisions/0014 describe the protocol.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/memory-pool.h"

#define FETCH_PROTOCOL_VERSION 1
#define FETCH_MAX_SETTINGS 64
#define FETCH_RETRY_AFTER_MAX_SEC 86400
#define FETCH_TEXT_MAX_BYTES 4096 /* of a reason or a report of progress */

enum {
        FETCH_MESSAGE_E_REFUSED = 1, /* the reason says why */
};

/* One key of a feed's settings, which only klpwatch-fetch understands. */
typedef struct FetchSetting {
        const char *key;
        const char *value;
} FetchSetting;

/* The one packet that klpwatchd sends. Sealed memfds come with it: the digest, then the cursor. */
typedef struct FetchRequest {
        const char *feed;       /* its name */
        const char *type;       /* "package-cache", "digest", "lifecycle", "repository", "csaf" */
        const char *location;   /* an absolute path; NULL = wherever this type of feed is found */
        const char *vendor;     /* of the host's kernel; NULL = not known */
        bool digest;            /* the digest held so far comes with it */
        bool cursor;            /* so does the cursor that came with it */
        FetchSetting *settings; /* of a feed over the network */
        size_t n_settings;
} FetchRequest;

typedef enum FetchOutcome {
        FETCH_PROGRESS,  /* not the end; `text` says what is done */
        FETCH_UNCHANGED, /* the digest held so far is what the feed says */
        FETCH_CHANGED,   /* digest and cursor come with it */
        FETCH_EMPTY, /* the source holds nothing of use; the cursor comes with it, `text` says what was seen */
        FETCH_ABSENT, /* this host has no such source; `text` says where it was looked for */
        FETCH_GOES_ON, /* a part of what is new is here, and nothing of it counts yet: ask again after `retry_after` */
        FETCH_FAILED, /* `text` says why */
        _FETCH_OUTCOME_MAX,
} FetchOutcome;

typedef struct FetchAnswer {
        FetchOutcome outcome;
        const char *text; /* with unchanged and changed: what could not be read, NULL = nothing */
        uint64_t n_done, n_total; /* of progress: bytes or documents; a total of 0 is not known */
        bool untrusted; /* of `failed` and `changed`: what the text names lacks a good signature */
        uint64_t retry_after_sec; /* of `failed`: when to ask again; 0 = nobody said */
} FetchAnswer;

const char *fetch_outcome_to_text(FetchOutcome outcome);

/* How many descriptors come with an answer: of `changed` the digest, then the cursor. */
size_t fetch_outcome_n_fds(FetchOutcome outcome);

/* One packet's text, in `pool`. Texts are made printable. 0 or -ENOMEM. */
int fetch_request_write(const FetchRequest *request, MemoryPool *pool, const char **ret);
int fetch_answer_write(const FetchAnswer *answer, MemoryPool *pool, const char **ret);

/* Reads one; the result and `ret_reason` are in `pool`. 0, FETCH_MESSAGE_E_REFUSED, or -ENOMEM. */
int fetch_request_read(const char *text, size_t n_bytes, MemoryPool *pool, FetchRequest *ret,
                       const char **ret_reason);
int fetch_answer_read(const char *text, size_t n_bytes, MemoryPool *pool, FetchAnswer *ret,
                      const char **ret_reason);
