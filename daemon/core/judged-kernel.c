/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The words for what is said of a kernel, the same in code, bus, JSON and documents.
 */

#include "core/judged-kernel.h"

const char *eligible_to_text(Eligible eligible) {
        static const char *const words[_ELIGIBLE_MAX] = {
                [ELIGIBLE_YES] = "yes",
                [ELIGIBLE_POSSIBLE] = "possible",
                [ELIGIBLE_NO] = "no",
                [ELIGIBLE_UNKNOWN] = "unknown",
        };

        return words[eligible];
}

const char *basis_to_text(Basis basis) {
        static const char *const words[_BASIS_MAX] = {
                [BASIS_BUILD_DATE] = "build-date",
                [BASIS_POLICY] = "policy",
                [BASIS_FEED] = "feed",
                [BASIS_PACKAGE] = "package",
                [BASIS_VENDOR] = "vendor",
                [BASIS_OVERRIDE] = "override",
        };

        return words[basis];
}

const char *coverage_to_text(Coverage coverage) {
        static const char *const words[_COVERAGE_MAX] = {
                [COVERAGE_UNKNOWN] = "unknown",
                [COVERAGE_COVERED] = "covered",
                [COVERAGE_ENDING] = "ending",
                [COVERAGE_ENDED] = "ended",
                [COVERAGE_UNSUPPORTED] = "unsupported",
                [COVERAGE_UNCONFIRMED] = "unconfirmed",
                [COVERAGE_NOT_APPLICABLE] = "not-applicable",
        };

        return words[coverage];
}
