/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Ids of advisories. They tell the vendor more surely than the publisher's name, which people write:
 * it is empty in a real document. SUSE's ids are taken wider than they are made today, because odd
 * ones live on (SUSE-SU-403). It refuses ids of single vulnerabilities: those documents tell when
 * something was found, not when it was fixed.
 */

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "digest/csaf-advisory-id.h"

#define DIGITS "0123456789"

const char *csaf_vendor_to_text(CsafVendor vendor) {
        switch (vendor) {
        case CSAF_VENDOR_REDHAT:
                return "redhat";
        case CSAF_VENDOR_SUSE:
                return "suse";
        default:
                return NULL;
        }
}

/* RHSA-2024:5363, RHBA-…, RHEA-… */
static bool is_redhat(const char *id) {
        size_t n;

        if (!text_starts_with(id, "RHSA-") && !text_starts_with(id, "RHBA-") &&
            !text_starts_with(id, "RHEA-"))
                return false;
        if (strspn(id + 5, DIGITS) != 4 || id[9] != ':')
                return false;
        n = strspn(id + 10, DIGITS);
        return n > 0 && n <= 9 && id[10 + n] == '\0';
}

/* SUSE-SU-2024:2883-1, SUSE-RU-…, openSUSE-SU-…, SUSE-SU-403 */
static bool is_suse(const char *id) {
        static const char *const prefixes[] = { "SUSE-", "openSUSE-" };

        for (size_t i = 0; i < ELEMENTS(prefixes); i++) {
                const char *kind = id + strlen(prefixes[i]);

                if (!text_starts_with(id, prefixes[i]) ||
                    strspn(kind, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2 || kind[2] != '-')
                        continue;
                kind += 3;
                return *kind >= '0' && *kind <= '9' && strlen(kind) <= 32 &&
                       strspn(kind, DIGITS ":-") == strlen(kind);
        }
        return false;
}

CsafVendor csaf_advisory_id_vendor(const char *id) {
        return is_redhat(id) ? CSAF_VENDOR_REDHAT
               : is_suse(id) ? CSAF_VENDOR_SUSE
                             : CSAF_VENDOR_UNKNOWN;
}
