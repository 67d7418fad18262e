/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * repomd.xml lists more files than are of use here: of the others not even the form is looked at. It refuses to take
 * a file on any other word than its SHA-256, and one of two files of the same type.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "digest/repository-listing.h"

typedef struct Reading {
        MemoryPool *pool;
        RepositoryListing listing;
        /* of the file whose element is open */
        RepositoryFileKind kind; /* _REPOSITORY_FILE_MAX for one that is of no use */
        RepositoryListed file;
        const char *checksum_type;
} Reading;

bool repository_listing_parse_seconds(const char *text, UtcTime *ret) {
        size_t n = strspn(text, "0123456789");

        if (n < 9 || n > 11 || text[n] != '\0')
                return false;
        *ret = atoll(text) * USEC_PER_SEC;
        return true;
}

static void on_open(void *data, XmlStream *stream, const char *name, const char **attributes) {
        static const char *const kinds[] = { "primary", "updateinfo", "other" };
        Reading *reading = data;

        (void) stream;
        if (strcmp(name, "data") == 0) {
                const char *type = xml_attribute(attributes, "type");

                reading->file = (RepositoryListed){};
                reading->checksum_type = NULL;
                reading->kind = _REPOSITORY_FILE_MAX;
                for (size_t i = 0; type && i < ELEMENTS(kinds); i++)
                        if (strcmp(type, kinds[i]) == 0)
                                reading->kind = (RepositoryFileKind) i;
        } else if (strcmp(name, "checksum") == 0)
                reading->checksum_type =
                                memory_pool_text(reading->pool, xml_attribute(attributes, "type"));
        else if (strcmp(name, "location") == 0)
                reading->file.location =
                                memory_pool_text(reading->pool, xml_attribute(attributes, "href"));
}

static void on_close(void *data, XmlStream *stream, const char *name, const char *text) {
        Reading *reading = data;
        RepositoryListed *file = &reading->file;

        if (strcmp(name, "revision") == 0)
                (void) repository_listing_parse_seconds(text, &reading->listing.complete_at);
        else if (strcmp(name, "checksum") == 0)
                file->checksum = memory_pool_text(reading->pool, text);
        if (strcmp(name, "data") != 0 || reading->kind == _REPOSITORY_FILE_MAX)
                return;
        if (!file->location || !file->checksum || !reading->checksum_type)
                xml_stream_refuse(stream, "a file without location or checksum");
        else if (strcmp(reading->checksum_type, "sha256") != 0)
                xml_stream_refuse(stream, "checksum of type '%.32s': only sha256 is taken",
                                  reading->checksum_type);
        else if (reading->listing.files[reading->kind].location)
                xml_stream_refuse(stream, "a second file of the same type");
        else
                reading->listing.files[reading->kind] = *file;
}

int repository_listing_read(const Opener *opener, const char *path, MemoryPool *pool,
                            RepositoryListing *ret,
                            char ret_reason[static REPOSITORY_FILE_REASON_BYTES]) {
        Reading reading = { .pool = pool, .listing.complete_at = UTC_TIME_NONE };
        const XmlStreamReader reader = { on_open, on_close, &reading };
        int r;

        r = repository_file_read(opener, path, NULL, &reader, ret_reason);
        if (r)
                return r < 0 ? error_trace(r) : r;
        *ret = reading.listing;
        return 0;
}
