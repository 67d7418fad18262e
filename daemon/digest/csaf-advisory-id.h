/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Ids of advisories, and whose they are: RHSA-2024:5363 is Red Hat's, SUSE-SU-2024:2883-1 SUSE's.
 */

typedef enum CsafVendor {
        CSAF_VENDOR_UNKNOWN,
        CSAF_VENDOR_REDHAT,
        CSAF_VENDOR_SUSE,
        _CSAF_VENDOR_MAX,
} CsafVendor;

/* As digests and calendars call it: "redhat"; NULL for unknown. */
const char *csaf_vendor_to_text(CsafVendor vendor);

/* CSAF_VENDOR_UNKNOWN for what is no advisory's id. */
CsafVendor csaf_advisory_id_vendor(const char *id);
