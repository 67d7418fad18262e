/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The journal's records. Which events there are is decided in core; here each gets its id, how urgent it is,
 * and the fields by which it is found: journalctl KLPWATCH_PATCH=NAME. It refuses to repeat anything: an
 * event is a record, and that is all of it.
 */

#include <errno.h>
#include <inttypes.h>

#include "alert/alert-journal.h"
#include "alert/message-ids.h"
#include "base/error.h"

#define MAX_FIELDS 8

static const struct {
        const char *id;
        int priority;
} messages[_EVENT_MAX] = {
        [EVENT_PATCH_LOADED] = { MESSAGE_PATCH_LOADED, LOG_NOTICE },
        [EVENT_TRANSITION_FINISHED] = { MESSAGE_TRANSITION_FINISHED, LOG_NOTICE },
        [EVENT_TRANSITION_STALLED] = { MESSAGE_TRANSITION_STALLED, LOG_WARNING },
        [EVENT_TRANSITION_REVERSED] = { MESSAGE_TRANSITION_REVERSED, LOG_NOTICE },
        [EVENT_TRANSITION_FORCED] = { MESSAGE_TRANSITION_FORCED, LOG_WARNING },
        [EVENT_PATCH_GONE] = { MESSAGE_PATCH_GONE, LOG_NOTICE },
        [EVENT_PATCH_FAILED] = { MESSAGE_PATCH_FAILED, LOG_WARNING },
        [EVENT_COVERAGE_CHANGED] = { MESSAGE_COVERAGE_CHANGED, LOG_NOTICE },
        [EVENT_ASSESSMENT_IMPOSSIBLE] = { MESSAGE_ASSESSMENT_IMPOSSIBLE, LOG_WARNING },
        [EVENT_FEED_FAILED] = { MESSAGE_FEED_FAILED, LOG_WARNING },
        [EVENT_FEED_UNTRUSTED] = { MESSAGE_FEED_UNTRUSTED, LOG_WARNING },
        [EVENT_FEED_RECOVERED] = { MESSAGE_FEED_RECOVERED, LOG_NOTICE },
};

typedef struct Fields {
        JournalField items[MAX_FIELDS];
        size_t n_items;
} Fields;

/* What is not known has no field. */
static void add(Fields *fields, const char *name, const char *value) {
        if (value)
                fields->items[fields->n_items++] = (JournalField){ name, value };
}

static bool is_transition(ChangeEventKind kind) {
        return kind == EVENT_TRANSITION_FINISHED || kind == EVENT_TRANSITION_STALLED ||
               kind == EVENT_TRANSITION_REVERSED;
}

int alert_journal_write(const ChangeEvents *events, const char *kernel, AlertJournalWriter writer) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        for (size_t i = 0; i < events->n_items; i++) {
                const ChangeEvent *event = &events->items[i];
                Fields fields = {};

                add(&fields, "KLPWATCH_EVENT", change_event_kind_to_text(event->kind));
                add(&fields, "KLPWATCH_KERNEL", kernel);
                add(&fields, "KLPWATCH_PATCH", event->patch);
                add(&fields, "KLPWATCH_FEED", event->feed);
                add(&fields, "KLPWATCH_REPLACED_BY", event->replaced_by);
                add(&fields, "KLPWATCH_REASON", event->reason);
                add(&fields, "KLPWATCH_COVERAGE_BEFORE", event->before);
                add(&fields, "KLPWATCH_COVERAGE", event->after);
                if (is_transition(event->kind))
                        add(&fields, "KLPWATCH_DIRECTION", event->removed ? "away" : "to");
                if (event->took_usec > 0)
                        add(&fields, "KLPWATCH_TOOK_USEC",
                            memory_pool_format(pool, "%" PRId64, event->took_usec));
                if (memory_pool_exhausted(pool))
                        return error_origin(-ENOMEM);
                writer(messages[event->kind].priority, messages[event->kind].id, event->text,
                       fields.items, fields.n_items);
        }
        return 0;
}
