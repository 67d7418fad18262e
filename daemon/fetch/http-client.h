/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Files over HTTPS, one after the other on one connection.
 */

#include <stdbool.h>

#include "base/utc-time.h"
#include "format/feed-settings.h"

enum {
        HTTP_CLIENT_E_UNCHANGED = 1, /* 304 */
        HTTP_CLIENT_E_MISSING,       /* 404 or 410 */
        HTTP_CLIENT_E_BUSY,          /* 403, 429 or 5xx: whoever asks again should wait */
        HTTP_CLIENT_E_FAILED,        /* anything else */
        HTTP_CLIENT_E_CANCELLED,     /* the socket was closed */
};

#define HTTP_RETRY_AFTER_MAX_SEC 86400

typedef struct HttpClient HttpClient;

typedef struct HttpRequest {
        const char *url;
        uint64_t max_bytes;
        int fd;               /* the body is written there, from its beginning on */
        uint64_t offset;      /* so many bytes are there already of what `etag` names; 0 = none */
        const char *etag;     /* NULL = not known; without an offset only another one is sent */
        const char *modified; /* the same, as the server wrote it */
        /* NULL, or told when the file begins anew, before its first byte is there: its tag, NULL = none. */
        void (*on_begin)(void *userdata, const char *etag);
        void *userdata;
} HttpRequest;

/* All texts are in the client's pool. */
typedef struct HttpResponse {
        const char *problem; /* of all outcomes but 0 and _UNCHANGED: a sentence with the URL */
        const char *etag, *modified;
        UtcTime modified_at;      /* UTC_TIME_NONE when not stated */
        uint64_t retry_after_sec; /* of _BUSY; 0 = not stated */
        uint64_t n_bytes;         /* of the whole file */
        bool too_large;           /* of _FAILED: the file is, whoever asks how often */
        const char *url;          /* that gave it, behind all redirects */
} HttpResponse;

/* Both are borrowed; nothing more is to come from the socket `cancel_fd`. 0 or -ENOMEM. */
int http_client_new(const FeedSettings *settings, int cancel_fd, MemoryPool *pool,
                    HttpClient **ret);
HttpClient *http_client_free(HttpClient *client);
DEFINE_CLEANUP(HttpClient, http_client_free);

/* Is told twice a second at most what has come so far; `n_total` is 0 when it is not known. */
typedef void (*HttpProgressFunction)(void *userdata, const char *shown_url, uint64_t n_done,
                                     uint64_t n_total);
void http_client_report_to(HttpClient *client, HttpProgressFunction function, void *userdata);

/* 0 when the whole body is in the descriptor, HTTP_CLIENT_E_*, or -ENOMEM. */
int http_client_get(HttpClient *client, const HttpRequest *request, HttpResponse *ret);

/* The same into memory: allocated, NUL-terminated, the caller's to free(). */
int http_client_get_text(HttpClient *client, const HttpRequest *request, HttpResponse *ret,
                         char **ret_text);

/* May what `url` says lead to `target`: the same host, or one of RedirectHosts=, by HTTPS? */
bool http_client_may_ask(HttpClient *client, const char *url, const char *target);

/* A URL as it may be shown to anybody: without a name, a password, or a query. */
const char *http_url_shown(MemoryPool *pool, const char *url);
