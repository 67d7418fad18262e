/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The next kernel. The daemon's advice speaks of it only when a reboot comes first; its "reboot" part
 * always does. A kernel that only may get live patches is never shown as one that does.
 */

#include "base/text.h"
#include "ctl/reboot-target.h"
#include "ctl/remedy.h"
#include "ctl/wording.h"

RebootTarget reboot_target_read(const Description *description, MemoryPool *pool) {
        const char *kernel = description_text(description, "reboot.kernel");

        return (RebootTarget){
                .kernel = wording_kernel(pool, kernel),
                .now = description_answer(description, "reboot.now") == ANSWER_YES,
                .proven = !description_is(description, "reboot.eligible", "possible"),
                .installed = description_answer(description, "reboot.installed") == ANSWER_YES ||
                             remedy_kernel_is_installed(description, pool, kernel),
                .by = description_day(description, "reboot.by"),
                .covered_until = description_day(description, "reboot.coverage_until"),
                .wait_for = description_day(description, "reboot.wait_for_selection"),
                .older = description_answer(description, "reboot.older") == ANSWER_YES,
                .n_opens = description_count(description, "reboot.opens"),
                .n_opens_severe = description_count(description, "reboot.opens_severe"),
                .n_closes = description_count(description, "reboot.closes"),
        };
}

/* NULL for none. */
static const char *join(MemoryPool *pool, const TextList *clauses) {
        const char *text = NULL;

        for (size_t i = 0; i < clauses->n_items; i++)
                text = memory_pool_format(pool, "%s%s%s", text ? text : "", text ? "; " : "",
                                          clauses->items[i]);
        return text;
}

const char *reboot_target_gain(const RebootTarget *target, MemoryPool *pool) {
        TextList clauses = {};

        if (target->covered_until != UTC_DAY_NONE)
                text_list_format(&clauses, pool, "%s until %s%s",
                                 target->proven ? "covered" : "perhaps covered",
                                 wording_day(pool, target->covered_until),
                                 target->proven ? "" : ", not proven");
        if (target->n_closes > 0)
                text_list_format(&clauses, pool, "closes %s",
                                 wording_count(pool, target->n_closes, "CVE", "CVEs"));
        if (target->older && target->n_opens > 0)
                text_list_format(
                                &clauses, pool, "opens %s that %s closed now%s",
                                wording_count(pool, target->n_opens, "CVE", "CVEs"),
                                target->n_opens == 1 ? "is" : "are",
                                target->n_opens_severe == 0
                                                ? ""
                                                : memory_pool_format(
                                                                  pool,
                                                                  " (%lld important or "
                                                                  "critical)",
                                                                  (long long) target
                                                                                  ->n_opens_severe));
        return join(pool, &clauses);
}
