/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The caps on everything that comes from outside, in one place. What lies at a cap is accepted, one
 * more is refused whatever it says, and the reason begins with the cap's name, `json-depth: …`.
 * Behind each stands the largest that 43 real documents were seen to need (November 2026).
 */

#include <stddef.h>

/* A JSON text. */
#define JSON_MAX_DEPTH 32             /* real: 11 */
#define JSON_MAX_VALUES 1000000       /* real: 251,278 */
#define JSON_MAX_ARRAY_ITEMS 65536    /* real: 1,053 */
#define JSON_MAX_KEYS 256             /* in one object; real: 16 */
#define JSON_MAX_STRING_BYTES 1048576 /* a string or a number as it is spelled; real: 3,998 */
#define JSON_MAX_DOUBLED_KEYS 64      /* real: 0 */

#define JSON_CAP_DEPTH "json-depth"
#define JSON_CAP_VALUES "json-values"
#define JSON_CAP_ARRAY_ITEMS "json-array-items"
#define JSON_CAP_KEYS "json-keys"
#define JSON_CAP_STRING "json-string"
#define JSON_CAP_DOUBLED_KEYS "json-doubled-keys"

/* A vendor's document, unpacked. */
#define CSAF_DOCUMENT_MAX_BYTES 67108864 /* real: 19,445,291 */
#define CSAF_DOCUMENT_MAX_CVES 4096      /* real: 166 */
#define CSAF_MAX_RELATIONSHIP_STEPS 16   /* relationships that lean on others; real: 2 */

#define CSAF_CAP_BYTES "document-bytes"
#define CSAF_CAP_CVES "document-cves"
#define CSAF_CAP_RELATIONSHIP_STEPS "relationship-steps"

/* A list of support ends. */
#define LIST_MAX_LINE_BYTES 4096 /* real: 131 */
#define LIST_MAX_ROWS 16384      /* dates of kernels; real: 68 */

#define LIST_CAP_LINE "list-line"
#define LIST_CAP_ROWS "list-rows"

/* XML, as repositories' metadata is. */
#define XML_MAX_DEPTH 32           /* real: 6 */
#define XML_MAX_TAG_BYTES 1048576  /* real: 314 */
#define XML_MAX_TEXT_BYTES 1048576 /* what stands directly in one element; real: 761 */

#define XML_CAP_DEPTH "xml-depth"
#define XML_CAP_TAG "xml-tag"
#define XML_CAP_TEXT "xml-text"

/* A file of a repository's metadata. Whole repositories were not at hand; real samples: 89,212. */
#define REPOSITORY_FILE_MAX_BYTES 67108864 /* as it lies there */
#define REPOSITORY_FILE_MAX_UNPACKED_BYTES 1073741824

#define REPOSITORY_CAP_BYTES "repository-file-bytes"
#define REPOSITORY_CAP_UNPACKED_BYTES "repository-file-unpacked-bytes"

/* What is packed, whatever it is: so many bytes come of one. */
#define EXPANSION_MAX_RATIO 1024 /* real: 373, a kernel advisory as .xz */

#define EXPANSION_CAP_RATIO "expansion-ratio"

/* An archive of documents. Vendors' whole archives were not at hand: not measured. */
#define ARCHIVE_MAX_PACKED_BYTES 2147483648 /* the file */
#define ARCHIVE_MAX_BYTES 68719476736       /* all that it unpacks to */
#define ARCHIVE_MAX_MEMBERS 500000

#define ARCHIVE_CAP_PACKED_BYTES "archive-packed-bytes"
#define ARCHIVE_CAP_BYTES "archive-bytes"
#define ARCHIVE_CAP_MEMBERS "archive-members"

/* A digest. */
#define DIGEST_MAX_BYTES 67108864 /* the bundled one: 125,064 */
#define DIGEST_MAX_ID_BYTES 256   /* a name that is kept; real: not measured */
#define DIGEST_MAX_CVES 4096      /* in one record; real: 166 */
#define DIGEST_MAX_KEYS 65536     /* in one object, which CVEs are, too; a json-keys */

#define DIGEST_MAX_ADVISORIES 50000 /* records of kernels and patches; the bundled one: 365 */
#define DIGEST_MAX_CVE_ROWS 200000  /* CVEs of all records together; the bundled one: 1,939 */

#define DIGEST_CAP_BYTES "digest-bytes"
#define DIGEST_CAP_ID "digest-id"
#define DIGEST_CAP_CVES "digest-cves"
#define DIGEST_CAP_ADVISORIES "digest-advisories"
#define DIGEST_CAP_CVE_ROWS "digest-cve-rows"

/* A folder of documents. */
#define FOLDER_MAX_DEPTH 16 /* real: not measured */

#define FOLDER_CAP_DEPTH "folder-depth"
