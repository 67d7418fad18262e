/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The Manager object. Getters read the assessment that was published last, so a client always sees
 * one answer and never half of the next. Rescan(), Refresh() and ImportDigest() are the only calls that make
 * anything happen, and whoever is not root is asked about with polkit first.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "bus/assessment-rows.h"
#include "bus/bus-alert.h"
#include "bus/bus-authorization.h"
#include "bus/bus-callers.h"
#include "bus/bus-dear-calls.h"
#include "bus/bus-feed.h"
#include "bus/bus-kernel.h"
#include "bus/bus-livepatch.h"
#include "bus/bus-manager.h"
#include "bus/bus-rescan.h"
#include "bus/describe.h"
#include "base/sealed-file.h"
#include "dbus/bus-names.h"

#define MAX_IMPORT_BYTES ((size_t) 64 * 1024 * 1024)

struct BusManager {
        sd_bus *bus;
        sd_bus_slot *slot;
        sd_bus_slot *object_manager_slot;
        BusAuthorization *authorization;
        BusDearCalls *dear_calls;
        BusRescan *rescans;
        BusAlert *alert_calls;
        BusFeed *refreshes;
        BusPublisher *alerts;
        BusPublisher *feeds;
        BusPublisher *kernels;
        BusPublisher *livepatches;
        BusManagerOwner owner;
        const Assessment *assessment; /* borrowed; NULL before the first */
        char *described;              /* it as JSON, once somebody asked */
};

static void sd_bus_message_unrefp_(sd_bus_message **message) {
        sd_bus_message_unref(*message);
}

static int not_assessed(sd_bus_error *error) {
        return sd_bus_error_set(error, BUS_ERROR_NOT_ASSESSED,
                                "The first look at this host is not finished yet");
}

/* All text properties share one getter: the name decides. */
static const char *text_property(const Assessment *assessment, const char *name) {
        const JudgedKernel *running = assessment->running;
        const struct {
                const char *name, *value;
        } values[] = {
                { "KernelRelease", assessment->input.host->kernel },
                { "Stream", assessment->situation.stream },
                { "Channel", channel_to_text(assessment->situation.channel) },
                { "Coverage", coverage_to_text(running->coverage) },
                { "CoverageBasis", basis_to_text(running->basis) },
                { "CoverageEndBasis", basis_to_text(running->end_basis) },
                { "Eligible", eligible_to_text(running->eligible) },
                { "Patch", patch_state_to_text(assessment->patch.state) },
                { "Freshness", freshness_to_text(assessment->freshness.freshness) },
                { "Level", alert_level_to_text(alert_book_level(&assessment->alerts,
                                                                assessment->input.now)) },
                { "Advice", advice_to_text(assessment->advice.action) },
                { "AdviceText", assessment->advice.text },
        };

        for (size_t i = 0; i < ELEMENTS(values); i++)
                if (strcmp(values[i].name, name) == 0)
                        return values[i].value;
        return NULL;
}

static UtcTime time_property(const Assessment *assessment, const char *name) {
        if (strcmp(name, "CoverageStart") == 0)
                return utc_day_start(assessment->running->start);
        if (strcmp(name, "CoverageEnd") == 0)
                return utc_day_start(assessment->running->end);
        if (strcmp(name, "AdviceBy") == 0)
                return utc_day_start(assessment->advice.by);
        if (strcmp(name, "AssessedAt") == 0)
                return assessment->input.now;
        return assessment->next_change;
}

static int on_get_version(_unused_ sd_bus *bus, _unused_ const char *path,
                          _unused_ const char *interface, _unused_ const char *property,
                          sd_bus_message *reply, _unused_ void *userdata,
                          _unused_ sd_bus_error *error) {
        return sd_bus_message_append_basic(reply, 's', KLPWATCH_VERSION);
}

static int on_get_text(_unused_ sd_bus *bus, _unused_ const char *path,
                       _unused_ const char *interface, const char *property, sd_bus_message *reply,
                       void *userdata, sd_bus_error *error) {
        const BusManager *manager = userdata;

        if (!manager->assessment)
                return not_assessed(error);
        return bus_publish_text(reply, text_property(manager->assessment, property));
}

static int on_get_time(_unused_ sd_bus *bus, _unused_ const char *path,
                       _unused_ const char *interface, const char *property, sd_bus_message *reply,
                       void *userdata, sd_bus_error *error) {
        const BusManager *manager = userdata;

        if (!manager->assessment)
                return not_assessed(error);
        return bus_publish_time(reply, time_property(manager->assessment, property));
}

static int on_get_open(_unused_ sd_bus *bus, _unused_ const char *path,
                       _unused_ const char *interface, const char *property, sd_bus_message *reply,
                       void *userdata, sd_bus_error *error) {
        const BusManager *manager = userdata;
        Severity severity = strcmp(property, "OpenCritical") == 0 ? SEVERITY_CRITICAL
                                                                  : SEVERITY_IMPORTANT;
        uint32_t n;

        if (!manager->assessment)
                return not_assessed(error);
        n = (uint32_t) manager->assessment->exposure.n_open[severity];
        return sd_bus_message_append_basic(reply, 'u', &n);
}

static int on_describe(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        BusManager *manager = userdata;
        int r;

        if (!manager->assessment)
                return not_assessed(error);
        if (!manager->described) {
                r = describe(manager->assessment, false, &manager->described);
                if (r)
                        return error_fold(r);
        }
        return sd_bus_reply_method_return(call, "s", manager->described);
}

static int describe_at(const DearCall *dear, void *userdata) {
        _cleanup_(assessment_freep) Assessment *what_if = NULL;
        _cleanup_free_ char *json = NULL;
        const BusManager *manager = userdata;
        int r;

        r = manager->owner.assess_at(manager->owner.userdata, dear->time, &what_if);
        if (r)
                return error_fold(r);
        r = describe(what_if, false, &json);
        if (r)
                return error_fold(r);
        r = sd_bus_message_append_basic(dear->reply, 's', json);
        if (r < 0)
                return error_origin(r);
        return bus_dear_calls_send(dear->reply);
}

/* As a memfd that nobody can change any more: a digest may be larger than a reply. */
static int export_digest(const DearCall *dear, void *userdata) {
        const BusManager *manager = userdata;
        _cleanup_free_ char *data = NULL;
        _cleanup_close_ int fd = -1;
        size_t n_bytes;
        int r;

        r = manager->owner.export(manager->owner.userdata, &data, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r)
                return bus_dear_calls_send(dear->unable);
        if (sealed_file_new("klpwatch-digest", data, n_bytes, &fd) != 0)
                return error_origin(-errno);
        r = sd_bus_message_append(dear->reply, "h", fd);
        if (r < 0)
                return error_origin(r);
        return bus_dear_calls_send(dear->reply);
}

static int on_export_digest(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        BusManager *manager = userdata;
        DearCall wanted = { .answer = export_digest };
        int r;

        if (!manager->assessment)
                return not_assessed(error);
        r = sd_bus_message_new_method_errorf(call, &wanted.unable, BUS_ERROR_EXPORT_FAILED,
                                             "The facts that are held make no digest: there are "
                                             "none, or their sources contradict each other; the "
                                             "journal says which");
        if (r < 0)
                return error_origin(r);
        return bus_dear_calls_put_off(manager->dear_calls, call, &wanted, error);
}

static int on_describe_at(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        BusManager *manager = userdata;
        uint64_t usec;
        int r;

        if (!manager->assessment)
                return not_assessed(error);
        r = sd_bus_message_read(call, "t", &usec);
        if (r < 0)
                return r;
        if (usec == 0 || usec >= (uint64_t) utc_day_start(utc_day_from_date(9999, 12, 31)))
                return sd_bus_error_set(error, BUS_ERROR_INVALID_ARGUMENT,
                                        "The time must be microseconds since the epoch, above 0 "
                                        "and before the last day of the year 9999");
        return bus_dear_calls_put_off(manager->dear_calls, call,
                                      &(DearCall){ .answer = describe_at, .time = (UtcTime) usec },
                                      error);
}

static int too_large(sd_bus_error *error) {
        return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "The answer does not fit into one reply of 1 MiB");
}

static int list_exposures(const DearCall *dear, void *userdata) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const BusManager *manager = userdata;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = assessment_rows_append_exposures(dear->reply, manager->assessment, &dear->filter, pool);
        if (r)
                return error_fold(r);
        return bus_dear_calls_send(dear->reply);
}

static int on_list_exposures(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        DearCall wanted = { .answer = list_exposures };
        BusManager *manager = userdata;
        const char *problem;
        int r;

        if (!manager->assessment)
                return not_assessed(error);
        r = exposure_filter_read(call, &wanted.filter, &problem);
        if (r == ASSESSMENT_ROWS_E_BAD_FILTER)
                return sd_bus_error_setf(
                                error, BUS_ERROR_INVALID_ARGUMENT,
                                "The filter's '%s' is not one that is known, or not of its type",
                                problem);
        if (r)
                return error_fold(r);
        return bus_dear_calls_put_off(manager->dear_calls, call, &wanted, error);
}

/* CVE-YEAR-NUMBER, nothing else. */
static bool is_cve_id(const char *text) {
        size_t n_year, n_number;

        if (!text_starts_with(text, "CVE-"))
                return false;
        n_year = strspn(text + 4, "0123456789");
        if (n_year != 4 || text[8] != '-')
                return false;
        n_number = strspn(text + 9, "0123456789");
        return n_number >= 4 && n_number <= 12 && text[9 + n_number] == '\0';
}

static int on_explain(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        _cleanup_(sd_bus_message_unrefp_) sd_bus_message *reply = NULL;
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const BusManager *manager = userdata;
        const Exposure *exposure;
        const char *cve;
        int r;

        if (!manager->assessment)
                return not_assessed(error);
        r = sd_bus_message_read(call, "s", &cve);
        if (r < 0)
                return r;
        if (!is_cve_id(cve))
                return sd_bus_error_set(error, BUS_ERROR_INVALID_ARGUMENT,
                                        "A CVE id has the form CVE-2024-36971");
        exposure = exposure_report_find(&manager->assessment->exposure, cve);
        if (!exposure)
                return sd_bus_error_setf(error, BUS_ERROR_NO_SUCH_CVE,
                                         "No fact about this host's kernel lineage or its live "
                                         "patches names %s",
                                         cve);

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = assessment_rows_append_explanation(reply, manager->assessment, exposure, pool);
        if (r == ASSESSMENT_ROWS_E_TOO_LARGE)
                return too_large(error);
        if (r)
                return error_fold(r);
        return sd_bus_send(NULL, reply, NULL);
}

static int on_list_kernels(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        _cleanup_(sd_bus_message_unrefp_) sd_bus_message *reply = NULL;
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const BusManager *manager = userdata;
        int r;

        if (!manager->assessment)
                return not_assessed(error);
        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r < 0)
                return r;
        r = assessment_rows_append_kernels(reply, manager->assessment, pool);
        if (r == ASSESSMENT_ROWS_E_TOO_LARGE)
                return too_large(error);
        if (r)
                return error_fold(r);
        return sd_bus_send(NULL, reply, NULL);
}

static int on_list_settings(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        _cleanup_(sd_bus_message_unrefp_) sd_bus_message *reply = NULL;
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const BusManager *manager = userdata;
        SettingRow *rows = NULL;
        size_t n_rows = 0, n_bytes = 0;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = manager->owner.list_settings(manager->owner.userdata, pool, &rows, &n_rows);
        if (r)
                return error_fold(r);
        for (size_t i = 0; i < n_rows; i++)
                n_bytes += strlen(rows[i].section) + strlen(rows[i].value) +
                           strlen(rows[i].origin) + 256; /* keys, lengths, padding */
        if (n_bytes > ASSESSMENT_ROWS_BYTES_MAX)
                return too_large(error);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (size_t i = 0; i < n_rows && r >= 0; i++)
                r = sd_bus_message_append(reply, "a{sv}", 5, "section", "s",
                                          text_printable(pool, rows[i].section, 256), "key", "s",
                                          rows[i].key, "value", "s",
                                          text_printable(pool, rows[i].value, 1024), "default", "s",
                                          rows[i].fallback, "origin", "s",
                                          text_printable(pool, rows[i].origin, 4096));
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r < 0)
                return error_origin(r);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        return sd_bus_send(NULL, reply, NULL);
}

static int on_rescan(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        BusManager *manager = userdata;

        return bus_rescan_ask(manager->rescans, call, error);
}

static int import_allowed(void *userdata, sd_bus_message *call, _unused_ uid_t uid) {
        _cleanup_free_ char *data = NULL, *message = NULL;
        BusManager *manager = userdata;
        const char *reason;
        size_t n_bytes;
        int fd, r;

        r = sd_bus_message_rewind(call, true);
        if (r >= 0)
                r = sd_bus_message_read(call, "h", &fd);
        if (r < 0)
                return error_origin(r);
        r = sealed_file_read(fd, MAX_IMPORT_BYTES, &data, &n_bytes, &reason);
        if (r < 0)
                return error_trace(r);
        if (r)
                return sd_bus_reply_method_errorf(call, BUS_ERROR_INVALID_ARGUMENT,
                                                  "The digest is not taken: %s", reason);
        r = manager->owner.import(manager->owner.userdata, data, n_bytes, &message);
        if (r < 0)
                return error_trace(r);
        if (r)
                return sd_bus_reply_method_errorf(call, BUS_ERROR_IMPORT_REFUSED, "%s", message);
        return sd_bus_reply_method_return(call, NULL);
}

static int on_import_digest(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        BusManager *manager = userdata;

        if (!manager->assessment)
                return not_assessed(error);
        return bus_authorization_check(manager->authorization, call, BUS_ACTION_IMPORT_DIGEST,
                                       import_allowed, manager, error);
}

static int on_refresh(sd_bus_message *call, void *userdata, sd_bus_error *error) {
        BusManager *manager = userdata;

        if (!manager->assessment)
                return not_assessed(error);
        return bus_feed_refresh(manager->refreshes, call, error);
}

int bus_manager_progress(BusManager *manager, const char *feed, const char *text, uint64_t n_done,
                         uint64_t n_total) {
        return bus_feed_progress(manager->refreshes, manager->bus, feed, text, n_done, n_total);
}

int bus_manager_refreshed(BusManager *manager) {
        return bus_feed_refreshed(manager->refreshes);
}

#define TEXT_PROPERTY(name) \
        SD_BUS_PROPERTY(name, "s", on_get_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define TIME_PROPERTY(name, flags) SD_BUS_PROPERTY(name, "t", on_get_time, 0, flags)

static const sd_bus_vtable manager_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Describe", SD_BUS_NO_ARGS, SD_BUS_RESULT("s", json), on_describe,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("DescribeAt", SD_BUS_ARGS("t", time), SD_BUS_RESULT("s", json),
                                on_describe_at, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListExposures", SD_BUS_ARGS("a{sv}", filter),
                                SD_BUS_RESULT("aa{sv}", exposures), on_list_exposures,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Explain", SD_BUS_ARGS("s", cve),
                                SD_BUS_RESULT("a{sv}", explanation), on_explain,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListKernels", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", kernels),
                                on_list_kernels, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListSettings", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", settings),
                                on_list_settings, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ImportDigest", SD_BUS_ARGS("h", digest), SD_BUS_NO_RESULT,
                                on_import_digest, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ExportDigest", SD_BUS_NO_ARGS, SD_BUS_RESULT("h", digest),
                                on_export_digest, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Refresh", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_refresh,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Rescan", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_rescan,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("Changed", SD_BUS_ARGS("as", what), 0),
        SD_BUS_SIGNAL_WITH_ARGS("AlertRaised", SD_BUS_ARGS("o", alert, "a{sv}", values), 0),
        SD_BUS_SIGNAL_WITH_ARGS("AlertCleared", SD_BUS_ARGS("o", alert, "a{sv}", values), 0),
        SD_BUS_PROPERTY("Version", "s", on_get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        TEXT_PROPERTY("KernelRelease"),
        TEXT_PROPERTY("Stream"),
        TEXT_PROPERTY("Channel"),
        TEXT_PROPERTY("Coverage"),
        TIME_PROPERTY("CoverageStart", SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        TIME_PROPERTY("CoverageEnd", SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        TEXT_PROPERTY("CoverageBasis"),
        TEXT_PROPERTY("CoverageEndBasis"),
        TEXT_PROPERTY("Eligible"),
        TEXT_PROPERTY("Patch"),
        TEXT_PROPERTY("Freshness"),
        TEXT_PROPERTY("Level"),
        TEXT_PROPERTY("Advice"),
        TEXT_PROPERTY("AdviceText"),
        TIME_PROPERTY("AdviceBy", SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("OpenCritical", "u", on_get_open, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("OpenImportant", "u", on_get_open, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        TIME_PROPERTY("AssessedAt", 0),
        TIME_PROPERTY("NextChangeAt", SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_VTABLE_END,
};

int bus_manager_new(sd_bus *bus, BusCallers *callers, const BusManagerOwner *owner,
                    BusManager **ret) {
        _cleanup_(bus_manager_freep) BusManager *manager = NULL;
        int r;

        manager = calloc(1, sizeof(*manager));
        if (!manager)
                return error_origin(-ENOMEM);
        manager->bus = sd_bus_ref(bus);
        manager->owner = *owner;
        r = sd_bus_add_object_vtable(bus, &manager->slot, BUS_PATH, BUS_INTERFACE_MANAGER,
                                     manager_vtable, manager);
        if (r >= 0)
                r = sd_bus_add_object_manager(bus, &manager->object_manager_slot, BUS_PATH);
        if (r < 0)
                return error_origin(r);
        r = bus_authorization_new(bus, callers, &manager->authorization);
        if (r == 0)
                r = bus_dear_calls_new(bus, callers, manager, &manager->dear_calls);
        if (r == 0)
                r = bus_rescan_new(manager->authorization,
                                   &(BusRescanOwner){ .is_looking = owner->is_looking,
                                                      .rescan = owner->rescan,
                                                      .userdata = owner->userdata },
                                   &manager->rescans);
        if (r == 0)
                r = bus_feed_new(manager->authorization,
                                 &(BusFeedOwner){ .refresh = owner->refresh,
                                                  .problem = owner->refresh_problem,
                                                  .userdata = owner->userdata },
                                 &manager->refreshes);
        if (r == 0)
                r = bus_alert_new(manager->authorization,
                                  &(BusAlertOwner){ .acknowledge = owner->acknowledge,
                                                    .snooze = owner->snooze,
                                                    .now = owner->now,
                                                    .userdata = owner->userdata },
                                  &manager->alert_calls);
        if (r == 0)
                r = bus_publisher_new(bus, &bus_alert_kind, manager->alert_calls, &manager->alerts);
        if (r == 0)
                r = bus_publisher_new(bus, &bus_feed_kind, manager->refreshes, &manager->feeds);
        if (r == 0)
                r = bus_publisher_new(bus, &bus_kernel_kind, NULL, &manager->kernels);
        if (r == 0)
                r = bus_publisher_new(bus, &bus_livepatch_kind, NULL, &manager->livepatches);
        if (r)
                return error_fold(r);

        *ret = TAKE(manager);
        return 0;
}

BusManager *bus_manager_free(BusManager *manager) {
        if (!manager)
                return NULL;

        bus_dear_calls_free(manager->dear_calls);
        bus_rescan_free(manager->rescans);
        bus_authorization_free(manager->authorization);
        bus_publisher_free(manager->livepatches);
        bus_publisher_free(manager->kernels);
        bus_publisher_free(manager->feeds);
        bus_publisher_free(manager->alerts);
        bus_alert_free(manager->alert_calls);
        bus_feed_free(manager->refreshes);
        sd_bus_slot_unref(manager->object_manager_slot);
        sd_bus_slot_unref(manager->slot);
        sd_bus_unref(manager->bus);
        free(manager->described);
        free(manager);
        return NULL;
}

static int send_changed(BusManager *manager, AssessmentChange change) {
        _cleanup_(sd_bus_message_unrefp_) sd_bus_message *signal = NULL;
        int r;

        r = sd_bus_message_new_signal(manager->bus, &signal, BUS_PATH, BUS_INTERFACE_MANAGER,
                                      "Changed");
        if (r >= 0)
                r = sd_bus_message_open_container(signal, 'a', "s");
        for (AssessmentPart part = 0; part < _PART_MAX && r >= 0; part++)
                if (change & (1u << part))
                        r = sd_bus_message_append_basic(signal, 's', assessment_part_name(part));
        if (r >= 0)
                r = sd_bus_message_close_container(signal);
        if (r >= 0)
                r = sd_bus_send(manager->bus, signal, NULL);
        return r < 0 ? error_origin(r) : 0;
}

int bus_manager_publish(BusManager *manager, const Assessment *assessment,
                        AssessmentChange change) {
        const char *names[_PART_MAX + 1] = {};
        size_t n = 0;
        int r;

        manager->assessment = assessment;
        free(TAKE(manager->described));
        r = bus_publisher_publish(manager->alerts, assessment, change != 0);
        if (r == 0)
                r = bus_publisher_publish(manager->feeds, assessment, change != 0);
        if (r == 0)
                r = bus_publisher_publish(manager->kernels, assessment, change != 0);
        if (r == 0)
                r = bus_publisher_publish(manager->livepatches, assessment, change != 0);
        if (r)
                return error_fold(r);
        if (change == 0)
                return 0;

        for (AssessmentPart part = 0; part < _PART_FIRST_LIST; part++)
                if (change & (1u << part))
                        names[n++] = assessment_part_name(part);
        if (n > 0) {
                r = sd_bus_emit_properties_changed_strv(manager->bus, BUS_PATH,
                                                        BUS_INTERFACE_MANAGER, (char **) names);
                if (r < 0)
                        return error_origin(r);
        }
        return send_changed(manager, change);
}

int bus_manager_announce(BusManager *manager, const AlertEntry *entry) {
        return bus_alert_announce(manager->bus, entry);
}

int bus_manager_rescanned(BusManager *manager, const char *problem) {
        return bus_rescan_done(manager->rescans, problem);
}
