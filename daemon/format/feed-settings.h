/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The settings of a feed over the network: klpwatch-fetch(8) has the keys. klpwatchd looks at their form when it
 * reads them, to name the line; klpwatch-fetch takes them from the request, and refuses what is of another form.
 */

#include <stdint.h>

#include "format/fetch-message.h"

enum {
        FEED_SETTINGS_E_REFUSED = 1, /* a key or value that is none; the problem names it */
};

typedef enum SignaturePolicy {
        SIGNATURE_UNSET, /* each type of feed has its own default */
        SIGNATURE_REQUIRE,
        SIGNATURE_WARN, /* what cannot be verified counts, and is named */
        SIGNATURE_OFF,
} SignaturePolicy;

typedef struct FeedSettings {
        const char *url;
        const char *mirror_list;
        const char *repository; /* the id; NULL = the feed's name */
        const char *ca_file;    /* trusted instead of the system's; NULL = those */
        const char *client_certificate, *client_key;
        const char *proxy;       /* NULL = the environment's; "" = none */
        TextList redirect_hosts; /* beside the URL's own */
        SignaturePolicy signature;
        const char *keyring;
        TextList fingerprints; /* upper case, without blanks */
        uint64_t connect_timeout_msec, transfer_timeout_msec;
        uint64_t stall_timeout_sec;
        uint64_t request_pause_msec; /* from the start of one request to the next */
        uint64_t max_bytes;          /* of one file; 0 = the type's own cap */
        uint64_t max_documents;      /* fetched one by one in an attempt */
} FeedSettings;

/*
 * `credentials` is the folder of what the service manager hands over by name; NULL = nothing.
 * 0, FEED_SETTINGS_E_REFUSED or -ENOMEM; all in `pool`.
 */
int feed_settings_read(const FetchRequest *request, const char *credentials, MemoryPool *pool,
                       FeedSettings *ret, const char **ret_problem);

/* Is this, as it stands in a file, a value of that key's form? False also where there is no such key. */
bool feed_settings_is_value(const char *key, const char *value, MemoryPool *pool);

/* What is missing or does not go together in a feed of this type; NULL = nothing. `location` is NULL where none is set. */
const char *feed_settings_find_gap(const char *type, const char *location,
                                   const FetchSetting *settings, size_t n_settings);

/* The value as anybody may see it: of what may have passwords in it without them. In `pool`. */
const char *feed_settings_shown(const char *key, const char *value, MemoryPool *pool);
