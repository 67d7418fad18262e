/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What every type of feed does with its job: it says how far it is, and looks whether anybody still
 * listens.
 */

#include <poll.h>

#include "base/error.h"
#include "base/packet-socket.h"
#include "fetch/fetch-job.h"

int fetch_job_report(const FetchJob *job, const char *text) {
        return fetch_job_report_share(job, text, 0, 0);
}

int fetch_job_report_share(const FetchJob *job, const char *text, uint64_t n_done,
                           uint64_t n_total) {
        FetchAnswer answer = {
                .outcome = FETCH_PROGRESS, .text = text, .n_done = n_done, .n_total = n_total
        };
        const char *packet, *reason;
        int r;

        r = fetch_answer_write(&answer, job->pool, &packet);
        if (r)
                return error_fold(r);
        (void) packet_send(job->socket, packet, NULL, 0, false, &reason);
        return 0;
}

bool fetch_job_is_cancelled(const FetchJob *job) {
        struct pollfd fd = { .fd = job->socket, .events = POLLIN | POLLRDHUP };

        return poll(&fd, 1, 0) > 0;
}

int fetch_job_answer(FetchResult *ret, FetchOutcome outcome, const char *text) {
        ret->answer = (FetchAnswer){ .outcome = outcome, .text = text };
        return 0;
}
