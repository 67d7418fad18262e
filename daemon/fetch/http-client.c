/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Files over HTTPS. One easy handle, one file at a time, a straight line from the URL to one judgement.
 * Redirects are followed by hand, so that each hop is looked at before it is taken: only HTTPS, only the
 * hosts that the settings name, and the client certificate only where the first URL led.
 *
 * The server is not trusted to stop: bytes are counted where they are written, because libcurl's own
 * limit does not hold for bodies of unknown length. Nothing is unpacked here, and nothing that would
 * have to be is asked for. What is cut without anybody telling is for hashes and signatures to find.
 */

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/text.h"
#include "fetch/http-client.h"

#define MAX_REDIRECTS 3
#define SLOWEST_BYTES_PER_SEC 1024
#define MAX_DISCARDED_BYTES 65536 /* of a body that nobody wants */

/* OpenSSL's numbers of what is wrong with a certificate, as CURLINFO_SSL_VERIFYRESULT has them. */
enum {
        VERIFY_NOT_YET_VALID = 9,
        VERIFY_EXPIRED = 10,
        VERIFY_SELF_SIGNED = 18,
        VERIFY_SELF_SIGNED_ISSUER = 19,
        VERIFY_UNKNOWN_ISSUER = 20,
        VERIFY_REVOKED = 23,
        VERIFY_WRONG_NAME = 62,
};

#define PROGRESS_MSEC 500

struct HttpClient {
        CURL *handle;
        const FeedSettings *settings;
        int cancel_fd;
        MemoryPool *pool;
        int64_t last_request_msec;
        size_t n_requests;
        HttpProgressFunction on_progress;
        void *userdata;
        int64_t told_msec; /* when progress was told last */
        char error[CURL_ERROR_SIZE];

        /* Of the request that runs. */
        const HttpRequest *request;
        HttpResponse *response;
        uint64_t n_discarded;
        bool answered; /* the headers are whole */
        bool begun, too_large, cancelled;
        int write_error;
};

static int64_t now_msec(void) {
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* True when it was cancelled meanwhile. */
static bool wait_msec(const HttpClient *client, int64_t n) {
        int64_t until = now_msec() + n;

        do {
                struct pollfd fd = { .fd = client->cancel_fd, .events = POLLIN | POLLRDHUP };

                if (poll(&fd, 1, (int) (n > 0 ? n : 0)) > 0)
                        return true;
                n = until - now_msec();
        } while (n > 0);
        return false;
}

static void curl_url_cleanupp(CURLU **url) {
        if (*url)
                curl_url_cleanup(*url);
}

/* NULL when it is no URL, or for lack of memory. */
static CURLU *parse_url(const char *text) {
        CURLU *url = curl_url();

        if (url && curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
                curl_url_cleanup(url);
                url = NULL;
        }
        return url;
}

static const char *url_part(MemoryPool *pool, const char *text, CURLUPart part) {
        _cleanup_(curl_url_cleanupp) CURLU *url = parse_url(text);
        const char *copy;
        char *value;

        if (!url || curl_url_get(url, part, &value, CURLU_DEFAULT_PORT) != CURLUE_OK)
                return NULL;
        copy = memory_pool_text(pool, value);
        curl_free(value);
        return copy;
}

const char *http_url_shown(MemoryPool *pool, const char *text) {
        _cleanup_(curl_url_cleanupp) CURLU *url = parse_url(text);
        const char *copy;
        char *value;

        /* A file of this host, where a feed's Location= is one. */
        if (text[0] == '/')
                return text_printable(pool, text, 1024);
        if (!url)
                return "what is no URL";
        curl_url_set(url, CURLUPART_USER, NULL, 0);
        curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
        curl_url_set(url, CURLUPART_OPTIONS, NULL, 0);
        curl_url_set(url, CURLUPART_QUERY, NULL, 0);
        curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
        if (curl_url_get(url, CURLUPART_URL, &value, 0) != CURLUE_OK)
                return "what is no URL";
        copy = text_printable(pool, value, 1024);
        curl_free(value);
        return copy;
}

/* --- callbacks of the transfer */

static long status_of(const HttpClient *client) {
        long status = 0;

        curl_easy_getinfo(client->handle, CURLINFO_RESPONSE_CODE, &status);
        return status;
}

static bool write_all(int fd, const char *data, size_t n_bytes) {
        while (n_bytes > 0) {
                ssize_t n = write(fd, data, n_bytes);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return false;
                data += n;
                n_bytes -= (size_t) n;
        }
        return true;
}

/* The first bytes of a file: behind what is there already, or from the beginning after all. */
static bool begin_file(HttpClient *client, long status) {
        const HttpRequest *request = client->request;
        uint64_t start = status == 206 ? request->offset : 0;

        client->begun = true;
        client->response->n_bytes = start;
        if (ftruncate(request->fd, (off_t) start) < 0 ||
            lseek(request->fd, (off_t) start, SEEK_SET) < 0)
                return false;
        if (start == 0 && request->on_begin)
                request->on_begin(request->userdata, client->response->etag);
        return true;
}

static size_t on_body(char *data, size_t size, size_t n_items, void *userdata) {
        HttpClient *client = userdata;
        size_t n_bytes = size * n_items;
        long status = status_of(client);

        if (status != 200 && !(status == 206 && client->request->offset > 0)) {
                client->n_discarded += n_bytes;
                return client->n_discarded <= MAX_DISCARDED_BYTES ? n_bytes : 0;
        }
        if (!client->begun && !begin_file(client, status)) {
                client->write_error = errno;
                return 0;
        }
        if (n_bytes > client->request->max_bytes - client->response->n_bytes) {
                client->too_large = true;
                return 0;
        }
        if (!write_all(client->request->fd, data, n_bytes)) {
                client->write_error = errno;
                return 0;
        }
        client->response->n_bytes += n_bytes;
        return n_bytes;
}

/* A header's value when it is this one. */
static const char *header_value(const HttpClient *client, const char *line, size_t n_bytes,
                                const char *name) {
        size_t n_name = strlen(name);
        const char *value;
        char *copy;

        if (n_bytes <= n_name || strncasecmp(line, name, n_name) != 0 || n_bytes > 1024)
                return NULL;
        copy = (char *) memory_pool_text_n(client->pool, line + n_name, n_bytes - n_name);
        value = *copy ? text_trim(copy) : copy;
        return *value && text_is_utf8(value, strlen(value)) ? value : NULL;
}

static size_t on_header(char *line, size_t size, size_t n_items, void *userdata) {
        HttpClient *client = userdata;
        const char *value;

        if (size * n_items <= 2 && (*line == '\r' || *line == '\n'))
                client->answered = true;
        else if ((value = header_value(client, line, size * n_items, "ETag:")))
                client->response->etag = value;
        else if ((value = header_value(client, line, size * n_items, "Last-Modified:")))
                client->response->modified = value;
        return size * n_items;
}

static int on_progress(void *userdata, curl_off_t n_total, curl_off_t n,
                       curl_off_t n_up_total _unused_, curl_off_t n_up _unused_) {
        HttpClient *client = userdata;
        int64_t now = now_msec();

        if (client->on_progress && client->answered && now - client->told_msec >= PROGRESS_MSEC) {
                client->told_msec = now;
                client->on_progress(client->userdata,
                                    http_url_shown(client->pool, client->request->url),
                                    client->request->offset + (uint64_t) n,
                                    n_total > 0 ? client->request->offset + (uint64_t) n_total : 0);
        }
        client->cancelled = wait_msec(client, 0);
        return client->cancelled;
}

/* --- setting up */

int http_client_new(const FeedSettings *settings, int cancel_fd, MemoryPool *pool,
                    HttpClient **ret) {
        _cleanup_(http_client_freep) HttpClient *client = NULL;

        client = calloc(1, sizeof(*client));
        if (!client)
                return error_origin(-ENOMEM);
        *client = (HttpClient){ .settings = settings, .cancel_fd = cancel_fd, .pool = pool };
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
                return error_origin(-ENOMEM);
        client->handle = curl_easy_init();
        if (!client->handle)
                return error_origin(-ENOMEM);
        *ret = TAKE(client);
        return 0;
}

void http_client_report_to(HttpClient *client, HttpProgressFunction function, void *userdata) {
        client->on_progress = function;
        client->userdata = userdata;
}

HttpClient *http_client_free(HttpClient *client) {
        if (!client)
                return NULL;

        curl_easy_cleanup(client->handle);
        curl_global_cleanup();
        free(client);
        return NULL;
}

/* All options of one request; connections, and what TLS remembers, outlive it. */
static CURLcode set_up(HttpClient *client, const char *url, bool first_server,
                       const struct curl_slist *headers) {
        const FeedSettings *settings = client->settings;
        CURL *handle = client->handle;
        CURLcode r = CURLE_OK;

        curl_easy_reset(handle);
#define SET(option, value) (r = r ? r : curl_easy_setopt(handle, (option), (value)))
#if LIBCURL_VERSION_NUM >= 0x075500
        SET(CURLOPT_PROTOCOLS_STR, "https");
#else
        SET(CURLOPT_PROTOCOLS, (long) CURLPROTO_HTTPS);
#endif
        SET(CURLOPT_URL, url);
        SET(CURLOPT_FOLLOWLOCATION, 0L);
        SET(CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
        SET(CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
        SET(CURLOPT_SSL_VERIFYPEER, 1L);
        SET(CURLOPT_SSL_VERIFYHOST, 2L);
        if (settings->ca_file) {
                SET(CURLOPT_CAINFO, settings->ca_file);
                SET(CURLOPT_CAPATH, NULL);
        }
        if (settings->client_certificate && first_server) {
                SET(CURLOPT_SSLCERT, settings->client_certificate);
                SET(CURLOPT_SSLKEY, settings->client_key ?: settings->client_certificate);
        }
        if (settings->proxy)
                SET(CURLOPT_PROXY, settings->proxy);
        SET(CURLOPT_USERAGENT, "klpwatch/" KLPWATCH_VERSION);
        SET(CURLOPT_HTTPHEADER, headers);
        SET(CURLOPT_NOSIGNAL, 1L);
        SET(CURLOPT_FILETIME, 1L);
        SET(CURLOPT_CONNECTTIMEOUT_MS, (long) settings->connect_timeout_msec);
        SET(CURLOPT_TIMEOUT_MS, (long) settings->transfer_timeout_msec);
        SET(CURLOPT_LOW_SPEED_LIMIT, (long) SLOWEST_BYTES_PER_SEC);
        SET(CURLOPT_LOW_SPEED_TIME, (long) settings->stall_timeout_sec);
        SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) client->request->max_bytes);
        SET(CURLOPT_ERRORBUFFER, client->error);
        SET(CURLOPT_WRITEFUNCTION, on_body);
        SET(CURLOPT_WRITEDATA, client);
        SET(CURLOPT_HEADERFUNCTION, on_header);
        SET(CURLOPT_HEADERDATA, client);
        SET(CURLOPT_NOPROGRESS, 0L);
        SET(CURLOPT_XFERINFOFUNCTION, on_progress);
        SET(CURLOPT_XFERINFODATA, client);
#undef SET
        return r;
}

static void curl_slist_freep(struct curl_slist **list) {
        curl_slist_free_all(*list);
}

static bool add_header(struct curl_slist **list, MemoryPool *pool, const char *name,
                       const char *value) {
        struct curl_slist *longer;

        longer = curl_slist_append(*list, memory_pool_format(pool, "%s: %s", name, value));
        if (longer)
                *list = longer;
        return longer != NULL;
}

static bool make_headers(const HttpClient *client, struct curl_slist **ret) {
        const HttpRequest *request = client->request;
        bool ok = true;

        if (request->offset > 0) {
                ok = add_header(ret, client->pool, "Range",
                                memory_pool_format(client->pool, "bytes=%llu-",
                                                   (unsigned long long) request->offset)) &&
                     add_header(ret, client->pool, "If-Range", request->etag);
        } else if (request->etag)
                ok = add_header(ret, client->pool, "If-None-Match", request->etag);
        else if (request->modified)
                ok = add_header(ret, client->pool, "If-Modified-Since", request->modified);
        return ok;
}

/* --- the judgement */

static int fail(HttpClient *client, int outcome, const char *url, const char *what) {
        client->response->problem = memory_pool_format(client->pool, "%s: %s",
                                                       http_url_shown(client->pool, url), what);
        return memory_pool_exhausted(client->pool) ? error_origin(-ENOMEM) : outcome;
}

static const char *certificate_problem(const HttpClient *client) {
        long result = 0;

        curl_easy_getinfo(client->handle, CURLINFO_SSL_VERIFYRESULT, &result);
        /* libcurl compares names itself, and tells it in words alone. */
        if (strstr(client->error, "subject name"))
                result = VERIFY_WRONG_NAME;
        switch (result) {
        case VERIFY_NOT_YET_VALID:
                return "certificate not valid yet (or this host's clock is behind)";
        case VERIFY_EXPIRED:
                return "certificate expired (or this host's clock is ahead)";
        case VERIFY_SELF_SIGNED:
                return "self-signed certificate, which nothing here trusts";
        case VERIFY_SELF_SIGNED_ISSUER:
        case VERIFY_UNKNOWN_ISSUER:
                return "certificate of an issuer that nothing here trusts";
        case VERIFY_REVOKED:
                return "certificate revoked";
        case VERIFY_WRONG_NAME:
                return memory_pool_format(client->pool, "wrong host name in its certificate (%s)",
                                          text_printable(client->pool, client->error, 256));
        default:
                return memory_pool_format(client->pool, "certificate refused (%s)",
                                          text_printable(client->pool, client->error, 256));
        }
}

static const char *timeout_problem(const HttpClient *client) {
        const FeedSettings *settings = client->settings;
        curl_off_t connected = 0, total = 0;

        curl_easy_getinfo(client->handle, CURLINFO_APPCONNECT_TIME_T, &connected);
        curl_easy_getinfo(client->handle, CURLINFO_TOTAL_TIME_T, &total);
        if (!client->answered)
                return memory_pool_format(client->pool, "no %s within %llu s",
                                          connected == 0 ? "connection" : "answer",
                                          (unsigned long long) (total + 500000) / 1000000);
        /* libcurl may be some milliseconds early; it cannot have been slow for longer than it ran. */
        if ((uint64_t) total / 1000 + 100 >= settings->transfer_timeout_msec ||
            (uint64_t) total / 1000000 < settings->stall_timeout_sec / 2)
                return memory_pool_format(
                                client->pool, "not finished within %llu s",
                                (unsigned long long) (settings->transfer_timeout_msec / 1000));
        return memory_pool_format(client->pool, "less than %d bytes/s for %llu s",
                                  SLOWEST_BYTES_PER_SEC,
                                  (unsigned long long) settings->stall_timeout_sec);
}

/* What libcurl's codes mean to whoever reads the journal. */
static const char *transfer_problem(const HttpClient *client, CURLcode code) {
        long proxy_status = 0;

        curl_easy_getinfo(client->handle, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
        if (proxy_status != 0 && proxy_status != 200)
                return memory_pool_format(client->pool, "the proxy answers %ld", proxy_status);
        switch (code) {
        case CURLE_COULDNT_RESOLVE_PROXY:
                return "the proxy's name is not known";
        case CURLE_COULDNT_RESOLVE_HOST:
                return "the host's name is not known";
        case CURLE_COULDNT_CONNECT:
                return "no connection: nothing listens there, or the way is blocked";
        case CURLE_OPERATION_TIMEDOUT:
                return timeout_problem(client);
        case CURLE_PEER_FAILED_VERIFICATION:
                return certificate_problem(client);
        case CURLE_SSL_CACERT_BADFILE:
                return "the file of trusted certificates (CaFile=, or the system's) cannot be read";
        case CURLE_SSL_CERTPROBLEM:
                return "the client certificate or its key cannot be used";
        case CURLE_SSL_CONNECT_ERROR:
                return memory_pool_format(client->pool, "no TLS 1.2 or later with it (%s)",
                                          text_printable(client->pool, client->error, 256));
        case CURLE_PARTIAL_FILE:
                return "cut: fewer bytes came than it promised";
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
                return "the connection was lost";
        case CURLE_UNSUPPORTED_PROTOCOL:
                return "only https is spoken";
        default:
                return memory_pool_format(client->pool, "%s",
                                          text_printable(client->pool,
                                                         client->error[0]
                                                                         ? client->error
                                                                         : curl_easy_strerror(code),
                                                         256));
        }
}

static int judge_status(HttpClient *client, const char *url, long status) {
        const char *text = memory_pool_format(client->pool, "the server answers %ld", status);
        curl_off_t wait_sec = 0, modified = -1;

        curl_easy_getinfo(client->handle, CURLINFO_FILETIME_T, &modified);
        client->response->modified_at =
                        modified >= 0 ? (UtcTime) modified * USEC_PER_SEC : UTC_TIME_NONE;
        if (status == 200 || (status == 206 && client->request->offset > 0)) {
                /* An empty body has called nobody. */
                if (!client->begun && !begin_file(client, status))
                        return fail(client, HTTP_CLIENT_E_FAILED, url, strerror(errno));
                client->response->url = memory_pool_text(client->pool, url);
                return 0;
        }
        if (status == 304 && client->request->offset == 0 &&
            (client->request->etag || client->request->modified))
                return HTTP_CLIENT_E_UNCHANGED;
        if (status == 404 || status == 410)
                return fail(client, HTTP_CLIENT_E_MISSING, url, text);
        if (status != 403 && status != 429 && status < 500)
                return fail(client, HTTP_CLIENT_E_FAILED, url, text);
        curl_easy_getinfo(client->handle, CURLINFO_RETRY_AFTER, &wait_sec);
        if (wait_sec > 0)
                client->response->retry_after_sec = wait_sec > HTTP_RETRY_AFTER_MAX_SEC
                                                                    ? HTTP_RETRY_AFTER_MAX_SEC
                                                                    : (uint64_t) wait_sec;
        return fail(client, HTTP_CLIENT_E_BUSY, url, text);
}

/* From libcurl's code, the status and what the callbacks saw, in this one place. */
static int judge(HttpClient *client, const char *url, CURLcode code) {
        long status = status_of(client);

        if (client->cancelled)
                return HTTP_CLIENT_E_CANCELLED;
        if (code == CURLE_OUT_OF_MEMORY)
                return error_origin(-ENOMEM);
        if (client->write_error)
                return fail(client, HTTP_CLIENT_E_FAILED, url,
                            memory_pool_format(client->pool, "it cannot be kept: %s",
                                               strerror(client->write_error)));
        client->response->too_large = client->too_large || code == CURLE_FILESIZE_EXCEEDED;
        if (client->response->too_large)
                return fail(client, HTTP_CLIENT_E_FAILED, url,
                            memory_pool_format(client->pool, "it is larger than %llu bytes",
                                               (unsigned long long) client->request->max_bytes));
        /* A body that nobody wants may be of any length. */
        if (code == CURLE_WRITE_ERROR && client->n_discarded > MAX_DISCARDED_BYTES)
                code = CURLE_OK;
        if (code != CURLE_OK)
                return fail(client, HTTP_CLIENT_E_FAILED, url, transfer_problem(client, code));
        return judge_status(client, url, status);
}

/* --- redirects */

/* NULL where the hop may be taken, else why not. */
static const char *judge_hop(HttpClient *client, const char *host, const char *target) {
        const char *scheme = url_part(client->pool, target, CURLUPART_SCHEME);
        const char *other = url_part(client->pool, target, CURLUPART_HOST);
        const TextList *allowed = &client->settings->redirect_hosts;

        if (!scheme || strcasecmp(scheme, "https") != 0)
                return memory_pool_format(client->pool, "it redirects to %s, which is not https",
                                          http_url_shown(client->pool, target));
        if (other && host && strcasecmp(host, other) == 0)
                return NULL;
        for (size_t i = 0; other && i < allowed->n_items; i++)
                if (strcasecmp(allowed->items[i], other) == 0)
                        return NULL;
        return memory_pool_format(client->pool,
                                  "it redirects to %s, a host that RedirectHosts= does not name",
                                  http_url_shown(client->pool, target));
}

/* Is it the same server: may it see the client certificate that the other one is shown? */
static bool is_same_server(MemoryPool *pool, const char *a, const char *b) {
        return text_equal(url_part(pool, a, CURLUPART_HOST), url_part(pool, b, CURLUPART_HOST)) &&
               text_equal(url_part(pool, a, CURLUPART_PORT), url_part(pool, b, CURLUPART_PORT));
}

bool http_client_may_ask(HttpClient *client, const char *url, const char *target) {
        return !judge_hop(client, url_part(client->pool, url, CURLUPART_HOST), target);
}

/* One request. With `ret_target` set it is to be followed there. */
static int get_once(HttpClient *client, const char *url, bool first_server,
                    const char **ret_target) {
        _cleanup_(curl_slist_freep) struct curl_slist *headers = NULL;
        int64_t pause = 0;
        char *target = NULL;
        CURLcode code;
        int r;

        if (client->n_requests > 0)
                pause = client->last_request_msec + (int64_t) client->settings->request_pause_msec -
                        now_msec();
        if (wait_msec(client, pause))
                return HTTP_CLIENT_E_CANCELLED;
        client->answered = client->begun = client->too_large = client->cancelled = false;
        client->write_error = 0;
        client->n_discarded = 0;
        client->error[0] = '\0';
        *client->response = (HttpResponse){ .modified_at = UTC_TIME_NONE };
        if (!make_headers(client, &headers))
                return error_origin(-ENOMEM);
        code = set_up(client, url, first_server, headers);
        if (code == CURLE_OUT_OF_MEMORY)
                return error_origin(-ENOMEM);
        if (code != CURLE_OK)
                return fail(client, HTTP_CLIENT_E_FAILED, url, transfer_problem(client, code));
        client->last_request_msec = now_msec();
        client->n_requests++;
        code = curl_easy_perform(client->handle);
        curl_easy_getinfo(client->handle, CURLINFO_REDIRECT_URL, &target);
        if (target)
                *ret_target = memory_pool_text(client->pool, target);
        r = judge(client, url, code);
        /* What it cannot do any more does not come back with the next request. */
        (void) curl_easy_setopt(client->handle, CURLOPT_HTTPHEADER, NULL);
        return r < 0 ? error_trace(r) : r;
}

int http_client_get(HttpClient *client, const HttpRequest *request, HttpResponse *ret) {
        const char *host = url_part(client->pool, request->url, CURLUPART_HOST);
        const char *url = request->url;
        HttpResponse response = {};
        int r = 0;

        client->request = request;
        client->response = &response;
        for (size_t i = 0; i <= MAX_REDIRECTS; i++) {
                const char *target = NULL, *problem;

                r = get_once(client, url, is_same_server(client->pool, request->url, url), &target);
                if (r != HTTP_CLIENT_E_FAILED || !target)
                        break;
                problem = judge_hop(client, host, target);
                if (!problem && i == MAX_REDIRECTS)
                        problem = "it redirects too often";
                if (problem) {
                        r = fail(client, HTTP_CLIENT_E_FAILED, request->url, problem);
                        break;
                }
                url = target;
        }
        client->request = NULL;
        client->response = NULL;
        if (r < 0)
                return error_trace(r);
        if (memory_pool_exhausted(client->pool))
                return error_origin(-ENOMEM);
        *ret = response;
        return r;
}

int http_client_get_text(HttpClient *client, const HttpRequest *request, HttpResponse *ret,
                         char **ret_text) {
        _cleanup_close_ int fd = memfd_create("download", MFD_CLOEXEC);
        HttpRequest whole = *request;
        size_t n_bytes;
        int r;

        if (fd < 0)
                return error_origin(-errno);
        whole.fd = fd;
        r = http_client_get(client, &whole, ret);
        if (r)
                return r < 0 ? error_trace(r) : r;
        if (lseek(fd, 0, SEEK_SET) < 0)
                return error_origin(-errno);
        r = bounded_read_fd(fd, (size_t) request->max_bytes, ret_text, &n_bytes);
        return r ? error_fold(r) : 0;
}
