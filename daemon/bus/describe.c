/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Describe. A plain walk over the assessment, key by key, in the order in which an administrator
 * reads: host, coverage, patch, facts, exposure, next boot, advice, alerts. It refuses to compute: what is
 * not in the assessment is not in the JSON.
 */

#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "bus/describe.h"

typedef struct json_object JsonObject;

static void json_object_putp(JsonObject **object) {
        if (*object)
                json_object_put(*object);
}

/* Collects members; any failure is remembered and reported once at the end. */
typedef struct Describer {
        const Assessment *assessment;
        MemoryPool *pool; /* for texts made printable */
        bool failed;
} Describer;

static void add(Describer *describer, JsonObject *object, const char *key, JsonObject *value) {
        if (json_object_object_add(object, key, value) != 0) {
                json_object_put(value);
                describer->failed = true;
        }
}

static JsonObject *made(Describer *describer, JsonObject *object) {
        if (!object)
                describer->failed = true;
        return object;
}

static void add_text(Describer *describer, JsonObject *object, const char *key, const char *text) {
        add(describer, object, key,
            text ? made(describer,
                        json_object_new_string(text_printable(describer->pool, text, 4096)))
                 : NULL);
}

static void add_day(Describer *describer, JsonObject *object, const char *key, UtcDay day) {
        char buffer[UTC_DAY_TEXT_BYTES];

        add_text(describer, object, key, day == UTC_DAY_NONE ? NULL : utc_day_format(day, buffer));
}

static void add_time(Describer *describer, JsonObject *object, const char *key, UtcTime time) {
        char buffer[UTC_TIME_TEXT_BYTES];

        add_text(describer, object, key,
                 time == UTC_TIME_NONE ? NULL : utc_time_format(time, buffer));
}

static void add_bool(Describer *describer, JsonObject *object, const char *key, bool value) {
        add(describer, object, key, made(describer, json_object_new_boolean(value)));
}

static void add_tristate(Describer *describer, JsonObject *object, const char *key,
                         Tristate value) {
        if (value == TRISTATE_UNKNOWN)
                add(describer, object, key, NULL);
        else
                add_bool(describer, object, key, value == TRISTATE_YES);
}

static void add_number(Describer *describer, JsonObject *object, const char *key, int64_t value) {
        add(describer, object, key, made(describer, json_object_new_int64(value)));
}

static void add_list(Describer *describer, JsonObject *object, const char *key,
                     const TextList *list) {
        JsonObject *array = made(describer, json_object_new_array());

        for (size_t i = 0; array && i < list->n_items; i++) {
                JsonObject *item = made(describer,
                                        json_object_new_string(text_printable(
                                                        describer->pool, list->items[i], 4096)));

                if (json_object_array_add(array, item) != 0) {
                        json_object_put(item);
                        describer->failed = true;
                }
        }
        add(describer, object, key, array);
}

/* A fresh object under `key`; members can be added to it at once. */
static JsonObject *add_object(Describer *describer, JsonObject *object, const char *key) {
        JsonObject *member = made(describer, json_object_new_object());

        add(describer, object, key, member);
        return member;
}

static JsonObject *append_object(Describer *describer, JsonObject *array) {
        JsonObject *item = made(describer, json_object_new_object());

        if (item && json_object_array_add(array, item) != 0) {
                json_object_put(item);
                describer->failed = true;
                return NULL;
        }
        return item;
}

static JsonObject *add_array(Describer *describer, JsonObject *object, const char *key) {
        JsonObject *array = made(describer, json_object_new_array());

        add(describer, object, key, array);
        return array;
}

static const char *tristate_word(Tristate value) {
        return value == TRISTATE_YES ? "yes" : value == TRISTATE_NO ? "no" : "unknown";
}

static void describe_host(Describer *describer, JsonObject *root) {
        const Assessment *assessment = describer->assessment;
        const Situation *situation = &assessment->situation;
        const HostFacts *host = assessment->input.host;
        JsonObject *object = add_object(describer, root, "host");

        add_text(describer, object, "kernel", host->kernel);
        add_text(describer, object, "arch",
                 situation->running.arch[0] ? situation->running.arch : NULL);
        add_text(describer, object, "variant",
                 situation->running.variant[0] ? situation->running.variant : NULL);
        add_time(describer, object, "booted", host->booted);
        add_text(describer, object, "os", host->os_id);
        add_text(describer, object, "vendor",
                 situation->calendar ? situation->calendar->vendor : NULL);
        add_text(describer, object, "stream", situation->stream);
        add_text(describer, object, "channel", channel_to_text(situation->channel));
        add_bool(describer, object, "live_patching", situation->uses_live_patching);
        add_text(describer, object, "live_patching_because", situation->intent_because);
        add_text(describer, object, "default_kernel",
                 host->default_kernel_unknown ? NULL : host->default_kernel);
        if (host->installed_kernels_unknown)
                add(describer, object, "installed_kernels", NULL);
        else
                add_list(describer, object, "installed_kernels", &host->installed_kernels);
}

static void describe_coverage(Describer *describer, JsonObject *root) {
        const Assessment *assessment = describer->assessment;
        const JudgedKernel *running = assessment->running;
        JsonObject *object = add_object(describer, root, "coverage");

        add_text(describer, object, "state", coverage_to_text(running->coverage));
        add_text(describer, object, "eligible", eligible_to_text(running->eligible));
        add_day(describer, object, "start", running->start);
        add_day(describer, object, "end", running->end);
        add_bool(describer, object, "end_expected", running->end_expected);
        if (running->end == UTC_DAY_NONE)
                add(describer, object, "days_left", NULL);
        else
                add_number(describer, object, "days_left",
                           running->end - assessment->situation.today);
        add_text(describer, object, "basis", basis_to_text(running->basis));
        add_text(describer, object, "end_basis", basis_to_text(running->end_basis));
        add_day(describer, object, "next_selection", assessment->next_selection);
        add_list(describer, object, "because", &running->because);
}

static void describe_loaded(Describer *describer, JsonObject *array) {
        const PatchReport *patch = &describer->assessment->patch;

        for (size_t i = 0; array && i < patch->n_patches; i++) {
                const JudgedPatch *judged = &patch->patches[i];
                JsonObject *item = append_object(describer, array);
                bool listed = judged->loaded->listed;

                add_text(describer, item, "name", judged->loaded->name);
                add_text(describer, item, "package", judged->known ? judged->name.package : NULL);
                add_text(describer, item, "version", judged->known ? judged->name.version : NULL);
                add_tristate(describer, item, "enabled",
                             listed ? judged->loaded->enabled : TRISTATE_NO);
                add_tristate(describer, item, "transition",
                             listed ? judged->loaded->transition : TRISTATE_NO);
                add_time(describer, item, "since", judged->loaded->since);
                add_time(describer, item, "loaded_since", judged->loaded->loaded_since);
                add_time(describer, item, "enabled_since", judged->loaded->enabled_since);
                if (judged->loaded->transition_usec > 0)
                        add_number(describer, item, "transition_usec",
                                   judged->loaded->transition_usec);
                else
                        add(describer, item, "transition_usec", NULL);
                add_text(describer, item, "replaced_by", judged->loaded->replaced_by);
                add_bool(describer, item, "known", judged->known);
                add_text(describer, item, "survives_reboot",
                         tristate_word(judged->survives_reboot));
                add_text(describer, item, "survives_reboot_because", judged->survives_because);
                add_text(describer, item, "survives_reboot_obstacle",
                         survival_obstacle_to_text(judged->obstacle));
                add_text(describer, item, "survives_reboot_kernel",
                         judged->for_next_kernel ? describer->assessment->input.host->default_kernel
                                                 : NULL);
        }
}

static void describe_patch(Describer *describer, JsonObject *root) {
        const PatchReport *patch = &describer->assessment->patch;
        JsonObject *object = add_object(describer, root, "patch");

        add_text(describer, object, "state", patch_state_to_text(patch->state));
        if (describer->assessment->input.host->livepatch_unknown)
                add(describer, object, "loaded", NULL);
        else
                describe_loaded(describer, add_array(describer, object, "loaded"));
        if (!patch->newest_version)
                add(describer, object, "newest", NULL);
        else {
                bool from_feed = patch->newest &&
                                 text_equal(patch->newest->version, patch->newest_version);
                JsonObject *newest = add_object(describer, object, "newest");

                add_text(describer, newest, "package", patch->package);
                add_text(describer, newest, "version", patch->newest_version);
                add_day(describer, newest, "released",
                        from_feed ? utc_day_of(patch->newest->released) : UTC_DAY_NONE);
                add_text(describer, newest, "advisory", from_feed ? patch->newest->advisory : NULL);
        }
        add_text(describer, object, "package", patch->package);
        add_text(describer, object, "on_disk", patch->on_disk);
        add_list(describer, object, "because", &patch->because);
}

/* Of a feed that klpwatch does not ask itself, all null. */
static void describe_attempts(Describer *describer, JsonObject *item, const FeedStatus *status) {
        static const FeedStatus none = { .last_attempt = UTC_TIME_NONE,
                                         .last_success = UTC_TIME_NONE,
                                         .next_attempt = UTC_TIME_NONE };

        if (!status)
                status = &none;
        add_text(describer, item, "type", status->type);
        add_text(describer, item, "location", status->location);
        add_bool(describer, item, "standby", status->standby);
        add_time(describer, item, "last_attempt", status->last_attempt);
        add_time(describer, item, "last_success", status->last_success);
        add_time(describer, item, "next_attempt", status->next_attempt);
        add_text(describer, item, "error", status->error);
}

static void describe_freshness(Describer *describer, JsonObject *root) {
        const FreshnessReport *report = &describer->assessment->freshness;
        JsonObject *object = add_object(describer, root, "freshness");
        JsonObject *array;

        add_text(describer, object, "state", freshness_to_text(report->freshness));
        add_time(describer, object, "complete_to", report->complete_to);
        array = add_array(describer, object, "feeds");
        for (size_t i = 0; array && i < report->n_feeds; i++) {
                const FeedFreshness *feed = &report->feeds[i];
                JsonObject *item = append_object(describer, array);

                add_text(describer, item, "name", feed->name);
                add_text(describer, item, "state", freshness_to_text(feed->freshness));
                add_text(describer, item, "source", feed->source ? feed->source->source : NULL);
                add_time(describer, item, "complete_to",
                         feed->source ? feed->source->complete_to : UTC_TIME_NONE);
                add_bool(describer, item, "carries_stream", feed->carries_stream);
                add_number(describer, item, "records", (int64_t) feed->n_records);
                describe_attempts(describer, item, feed->status);
        }
}

static void describe_exposure(Describer *describer, JsonObject *root) {
        const ExposureReport *report = &describer->assessment->exposure;
        JsonObject *object = add_object(describer, root, "exposure");
        JsonObject *verdicts = add_object(describer, object, "verdicts");
        UtcTime as_of = describer->assessment->freshness.complete_to;
        JsonObject *open;

        /* Facts from after the moment that is judged were not counted. */
        if (as_of > describer->assessment->input.now)
                as_of = describer->assessment->input.now;
        for (Verdict verdict = 0; verdict < _VERDICT_MAX; verdict++)
                add_number(describer, verdicts, verdict_to_text(verdict),
                           (int64_t) report->n_verdicts[verdict]);
        open = add_object(describer, object, "open");
        for (Severity severity = SEVERITY_CRITICAL; severity > SEVERITY_UNKNOWN; severity--)
                add_number(describer, open, severity_to_text(severity),
                           (int64_t) report->n_open[severity]);
        add_number(describer, open, "unrated", (int64_t) report->n_open[SEVERITY_UNKNOWN]);
        add_time(describer, object, "as_of", as_of);
}

static void describe_next_boot(Describer *describer, JsonObject *root) {
        const NextBoot *next = &describer->assessment->next_boot;
        JsonObject *object = add_object(describer, root, "next_boot");

        add_text(describer, object, "kernel", next->kernel);
        add_text(describer, object, "eligible",
                 next->judged ? eligible_to_text(next->judged->eligible) : NULL);
        add_day(describer, object, "end", next->judged ? next->judged->end : UTC_DAY_NONE);
        add_tristate(describer, object, "leaves_stream", next->leaves_stream);
        add_list(describer, object, "because", &next->because);
}

static void describe_reboot(Describer *describer, JsonObject *root) {
        const RebootPlan *plan = &describer->assessment->reboot;
        const JudgedKernel *target = plan->target;
        JsonObject *object = add_object(describer, root, "reboot");

        add_bool(describer, object, "now", plan->now);
        add_day(describer, object, "by", plan->by);
        add_text(describer, object, "kernel", target ? target->full_name : NULL);
        add_bool(describer, object, "installed", target && target->installed);
        add_text(describer, object, "eligible", target ? eligible_to_text(target->eligible) : NULL);
        add_day(describer, object, "coverage_until", target ? target->end : UTC_DAY_NONE);
        add_bool(describer, object, "older", plan->older);
        add_number(describer, object, "closes", (int64_t) plan->n_closes);
        add_number(describer, object, "opens", (int64_t) plan->n_opens);
        add_number(describer, object, "opens_severe", (int64_t) plan->n_opens_severe);
        add_day(describer, object, "wait_for_selection", plan->wait_for_selection);
}

static void describe_advice(Describer *describer, JsonObject *root) {
        const Advice *advice = &describer->assessment->advice;
        JsonObject *object = add_object(describer, root, "advice");

        add_text(describer, object, "action", advice_to_text(advice->action));
        add_day(describer, object, "by", advice->by);
        add_text(describer, object, "kernel", advice->kernel);
        add_day(describer, object, "coverage_until", advice->coverage_until);
        add_number(describer, object, "closes", (int64_t) advice->n_closes);
        add_text(describer, object, "text", advice->text);
}

static void describe_alerts(Describer *describer, JsonObject *root) {
        const Assessment *assessment = describer->assessment;
        const AlertEntry *entries[_ALERT_CLASS_MAX];
        JsonObject *array = add_array(describer, root, "alerts");
        size_t n = alert_book_list(&assessment->alerts, assessment->input.now, entries);

        for (size_t i = 0; array && i < n; i++) {
                const Alert *alert = &entries[i]->alert;
                JsonObject *item = append_object(describer, array);

                add_text(describer, item, "id", alert_class_to_text(entries[i]->kind));
                add_text(describer, item, "class", alert_class_to_text(entries[i]->kind));
                add_text(describer, item, "level", alert_level_to_text(alert->level));
                add_text(describer, item, "text", alert->text);
                add_text(describer, item, "action", alert->action);
                add_time(describer, item, "since", entries[i]->since);
                add_bool(describer, item, "acknowledged",
                         entries[i]->acknowledged_level != ALERT_LEVEL_OK);
                add_time(describer, item, "snoozed_until", entries[i]->snoozed_until);
                add_text(describer, item, "kernel", alert->kernel);
                add_day(describer, item, "coverage_end", alert->coverage_end);
                add_list(describer, item, "cves", &alert->cves);
                add_text(describer, item, "patch", alert->patch);
                add_text(describer, item, "feed", alert->feed);
        }
}

int describe(const Assessment *assessment, bool pretty, char **ret) {
        _cleanup_(json_object_putp) JsonObject *root = NULL;
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        Describer describer = { .assessment = assessment };
        const char *text;
        char *copy;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        describer.pool = pool;
        root = json_object_new_object();
        if (!root)
                return error_origin(-ENOMEM);

        add_number(&describer, root, "schema", DESCRIBE_SCHEMA);
        add_text(&describer, root, "version", KLPWATCH_VERSION);
        add_time(&describer, root, "assessed", assessment->input.now);
        add_time(&describer, root, "next_change", assessment->next_change);
        add_text(&describer, root, "level",
                 alert_level_to_text(alert_book_level(&assessment->alerts, assessment->input.now)));
        describe_host(&describer, root);
        describe_coverage(&describer, root);
        describe_patch(&describer, root);
        describe_freshness(&describer, root);
        describe_exposure(&describer, root);
        describe_next_boot(&describer, root);
        describe_reboot(&describer, root);
        describe_advice(&describer, root);
        describe_alerts(&describer, root);
        if (describer.failed || memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);

        text = json_object_to_json_string_ext(
                        root,
                        JSON_C_TO_STRING_NOSLASHESCAPE |
                                        (pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
                                                : JSON_C_TO_STRING_PLAIN));
        if (!text)
                return error_origin(-ENOMEM);
        copy = malloc(strlen(text) + 2);
        if (!copy)
                return error_origin(-ENOMEM);
        strcpy(copy, text);
        if (pretty)
                strcat(copy, "\n");
        *ret = copy;
        return 0;
}
