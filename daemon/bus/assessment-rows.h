/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Parts of an assessment as D-Bus dictionaries. Their keys are documented in
 * dbus/org.klpwatch1.Manager.xml. All answer 0 or a negative errno of sd-bus.
 */

#include <systemd/sd-bus.h>

#include "core/assessment.h"

#define ASSESSMENT_ROWS_MAX 500
#define ASSESSMENT_ROWS_BYTES_MAX ((size_t) 1024 * 1024) /* of one reply */

/* What ListExposures() was asked for. */
typedef struct ExposureFilter {
        int open; /* 1 only open, 0 only closed, -1 both */
        bool any_severity;
        Severity severity; /* SEVERITY_UNKNOWN = unrated */
        bool any_verdict;
        Verdict verdict;
        uint32_t offset, limit;
} ExposureFilter;

enum {
        ASSESSMENT_ROWS_E_BAD_FILTER = 1, /* unknown key, wrong type or unknown word */
        ASSESSMENT_ROWS_E_TOO_LARGE,      /* more than ASSESSMENT_ROWS_BYTES_MAX */
};

/* Reads an a{sv}. `ret_problem` points to a text valid as long as the message. 0, ASSESSMENT_ROWS_E_BAD_FILTER or negative. */
int exposure_filter_read(sd_bus_message *message, ExposureFilter *ret, const char **ret_problem);

/* Stops early when the reply would grow too large: the next page begins where this one ended. */
int assessment_rows_append_exposures(sd_bus_message *reply, const Assessment *assessment,
                                     const ExposureFilter *filter, MemoryPool *pool);
/* 0, ASSESSMENT_ROWS_E_TOO_LARGE or negative. */
int assessment_rows_append_explanation(sd_bus_message *reply, const Assessment *assessment,
                                       const Exposure *exposure, MemoryPool *pool);
/*
 * With very many kernels those behind the first half of the room come without their "because". 0,
 * ASSESSMENT_ROWS_E_TOO_LARGE or negative.
 */
int assessment_rows_append_kernels(sd_bus_message *reply, const Assessment *assessment,
                                   MemoryPool *pool);
