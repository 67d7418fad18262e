/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Publishing objects. An object is a record of the assessment that was published last, found anew
 * for each call by its path; nothing is registered an object, so nothing can be forgotten. One
 * PropertiesChanged an object and assessment, none when nothing changed.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "bus/bus-publish.h"

struct BusPublisher {
        sd_bus *bus;
        const BusObjectKind *kind;
        void *context;
        sd_bus_slot *vtable_slot;
        sd_bus_slot *enumerator_slot;
        const Assessment *assessment; /* borrowed; NULL before the first */
};

int bus_publish_text(sd_bus_message *reply, const char *text) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        text = text_printable(pool, text ? text : "", 4096);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        return sd_bus_message_append_basic(reply, 's', text);
}

int bus_publish_text_of(sd_bus_message *reply, const char *property, const BusPropertyText *values,
                        size_t n_values) {
        for (size_t i = 0; i < n_values; i++)
                if (strcmp(values[i].name, property) == 0)
                        return bus_publish_text(reply, values[i].value);
        /* The vtable names a property that the getter does not know. */
        return error_origin(-EINVAL);
}

int bus_publish_bool(sd_bus_message *reply, bool value) {
        int number = value;

        return sd_bus_message_append_basic(reply, 'b', &number);
}

int bus_publish_time(sd_bus_message *reply, UtcTime time) {
        uint64_t usec = time < 0 ? 0 : (uint64_t) time;

        return sd_bus_message_append_basic(reply, 't', &usec);
}

size_t bus_publish_differing(const BusPropertyChange *properties, size_t n_properties,
                             const char **ret_names) {
        size_t n = 0;

        for (size_t i = 0; i < n_properties; i++)
                if (properties[i].differs)
                        ret_names[n++] = properties[i].name;
        return n;
}

static const void *find_record(const BusPublisher *publisher, const Assessment *assessment,
                               const char *name) {
        for (size_t i = 0; assessment && i < publisher->kind->count(assessment); i++) {
                const char *found;
                const void *record = publisher->kind->record(assessment, i, &found);

                if (record && strcmp(found, name) == 0)
                        return record;
        }
        return NULL;
}

static int on_find(_unused_ sd_bus *bus, const char *path, _unused_ const char *interface,
                   void *userdata, void **ret_found, _unused_ sd_bus_error *error) {
        const BusPublisher *publisher = userdata;
        _cleanup_free_ char *name = NULL;
        const void *record;
        int r;

        r = sd_bus_path_decode(path, publisher->kind->prefix, &name);
        if (r <= 0)
                return r;
        record = find_record(publisher, publisher->assessment, name);
        if (!record)
                return 0;
        *ret_found = (void *) record;
        return 1;
}

static int add_path(const BusPublisher *publisher, const char *name, char ***paths, size_t *n) {
        char **larger;
        int r;

        larger = realloc(*paths, (*n + 2) * sizeof(**paths));
        if (!larger)
                return error_origin(-ENOMEM);
        *paths = larger;
        larger[*n] = larger[*n + 1] = NULL;
        r = sd_bus_path_encode(publisher->kind->prefix, name, &larger[*n]);
        if (r < 0)
                return error_origin(r);
        (*n)++;
        return 0;
}

static int on_enumerate(_unused_ sd_bus *bus, _unused_ const char *prefix, void *userdata,
                        char ***ret_nodes, _unused_ sd_bus_error *error) {
        const BusPublisher *publisher = userdata;
        const Assessment *assessment = publisher->assessment;
        char **paths = NULL;
        size_t n = 0;
        int r = 0;

        for (size_t i = 0; assessment && i < publisher->kind->count(assessment) && r == 0; i++) {
                const char *name;

                if (publisher->kind->record(assessment, i, &name))
                        r = add_path(publisher, name, &paths, &n);
        }
        if (r < 0) {
                for (size_t i = 0; i < n; i++)
                        free(paths[i]);
                free(paths);
                return error_trace(r);
        }
        *ret_nodes = paths;
        return 0;
}

void *bus_publish_context(sd_bus_message *call) {
        sd_bus_slot *slot = sd_bus_get_current_slot(sd_bus_message_get_bus(call));
        const BusPublisher *publisher = sd_bus_slot_get_userdata(slot);

        return publisher->context;
}

int bus_publisher_new(sd_bus *bus, const BusObjectKind *kind, void *context, BusPublisher **ret) {
        _cleanup_(bus_publisher_freep) BusPublisher *publisher = NULL;
        int r;

        publisher = calloc(1, sizeof(*publisher));
        if (!publisher)
                return error_origin(-ENOMEM);
        publisher->bus = sd_bus_ref(bus);
        publisher->kind = kind;
        publisher->context = context;
        r = sd_bus_add_fallback_vtable(bus, &publisher->vtable_slot, kind->prefix, kind->interface,
                                       kind->vtable, on_find, publisher);
        if (r >= 0)
                r = sd_bus_add_node_enumerator(bus, &publisher->enumerator_slot, kind->prefix,
                                               on_enumerate, publisher);
        if (r < 0)
                return error_origin(r);

        *ret = TAKE(publisher);
        return 0;
}

BusPublisher *bus_publisher_free(BusPublisher *publisher) {
        if (!publisher)
                return NULL;

        sd_bus_slot_unref(publisher->enumerator_slot);
        sd_bus_slot_unref(publisher->vtable_slot);
        sd_bus_unref(publisher->bus);
        free(publisher);
        return NULL;
}

typedef int (*Announce)(BusPublisher *publisher, const char *path);

static int announce_removed(BusPublisher *publisher, const char *path) {
        return sd_bus_emit_object_removed(publisher->bus, path);
}

static int announce_added(BusPublisher *publisher, const char *path) {
        return sd_bus_emit_object_added(publisher->bus, path);
}

static int announce(BusPublisher *publisher, const char *name, Announce how) {
        _cleanup_free_ char *path = NULL;
        int r;

        r = sd_bus_path_encode(publisher->kind->prefix, name, &path);
        if (r >= 0)
                r = how(publisher, path);
        return r < 0 ? error_origin(r) : 0;
}

/* Announces every object of `assessment` that `other` does not have. */
static int announce_missing(BusPublisher *publisher, const Assessment *assessment,
                            const Assessment *other, Announce how) {
        for (size_t i = 0; assessment && i < publisher->kind->count(assessment); i++) {
                const char *name;
                int r;

                if (!publisher->kind->record(assessment, i, &name) ||
                    find_record(publisher, other, name))
                        continue;
                r = announce(publisher, name, how);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

static int announce_changed(BusPublisher *publisher, const Assessment *before) {
        const Assessment *after = publisher->assessment;

        for (size_t i = 0; before && i < publisher->kind->count(after); i++) {
                const char *name, *changed[BUS_PUBLISH_MAX_PROPERTIES + 1] = {};
                const void *record = publisher->kind->record(after, i, &name), *old;
                _cleanup_free_ char *path = NULL;
                int r;

                old = record ? find_record(publisher, before, name) : NULL;
                if (!old || publisher->kind->changed(old, record, changed) == 0)
                        continue;
                r = sd_bus_path_encode(publisher->kind->prefix, name, &path);
                if (r >= 0)
                        r = sd_bus_emit_properties_changed_strv(publisher->bus, path,
                                                                publisher->kind->interface,
                                                                (char **) changed);
                if (r < 0)
                        return error_origin(r);
        }
        return 0;
}

int bus_publisher_publish(BusPublisher *publisher, const Assessment *assessment, bool announcing) {
        const Assessment *before = publisher->assessment;
        int r;

        if (!announcing) {
                publisher->assessment = assessment;
                return 0;
        }
        r = announce_missing(publisher, before, assessment, announce_removed);
        publisher->assessment = assessment;
        if (r == 0)
                r = announce_missing(publisher, assessment, before, announce_added);
        if (r == 0)
                r = announce_changed(publisher, before);
        return r ? error_fold(r) : 0;
}
