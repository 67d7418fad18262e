/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Objects that come and go with the assessments: kernels, live patches. Each kind says which records
 * of an assessment are objects; this module registers them below their path, and announces what
 * appeared, what changed and what went.
 */

#include <systemd/sd-bus.h>

#include "core/assessment.h"

#define BUS_PUBLISH_MAX_PROPERTIES 16

typedef struct BusObjectKind {
        const char *prefix;          /* "/org/klpwatch1/kernel" */
        const char *interface;       /* "org.klpwatch1.Kernel" */
        const sd_bus_vtable *vtable; /* its getters are handed the record */
        size_t (*count)(const Assessment *assessment);
        /* The record at `index` and its name; NULL when that record is no object. */
        const void *(*record)(const Assessment *assessment, size_t index, const char **ret_name);
        /* The properties that differ, at most BUS_PUBLISH_MAX_PROPERTIES. */
        size_t (*changed)(const void *before, const void *after, const char **ret_names);
} BusObjectKind;

typedef struct BusPublisher BusPublisher;

/* Registers one kind on `bus`; `kind` is borrowed, `context` for its methods. 0 or negative. */
int bus_publisher_new(sd_bus *bus, const BusObjectKind *kind, void *context, BusPublisher **ret);
BusPublisher *bus_publisher_free(BusPublisher *publisher);
DEFINE_CLEANUP(BusPublisher, bus_publisher_free);

/*
 * Shows the objects of `assessment` from now on, borrowed until the next call, and with `announce`
 * tells what differs from the last one: what goes is announced while it is still there. 0 or negative.
 */
int bus_publisher_publish(BusPublisher *publisher, const Assessment *assessment, bool announce);

/* Of one property: it is another one in the record that came after. */
typedef struct BusPropertyChange {
        const char *name;
        bool differs;
} BusPropertyChange;

/* For BusObjectKind.changed(): writes down the names of those that differ. How many. */
size_t bus_publish_differing(const BusPropertyChange *properties, size_t n_properties,
                             const char **ret_names);

/* In a method of a kind, whose `userdata` is the record: the context that the kind was registered with. */
void *bus_publish_context(sd_bus_message *call);

/* The head of a getter of a kind: `userdata` is the record, `property` says which of its values. */
#define BUS_PUBLISH_GETTER(name)                                                       \
        static int name(_unused_ sd_bus *bus, _unused_ const char *path,               \
                        _unused_ const char *interface, _unused_ const char *property, \
                        sd_bus_message *reply, void *userdata, _unused_ sd_bus_error *error)

/* A property whose changes are announced. */
#define BUS_PUBLISH_PROPERTY(name, type, getter) \
        SD_BUS_PROPERTY(name, type, getter, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

/* One of the texts of a record. */
typedef struct BusPropertyText {
        const char *name, *value;
} BusPropertyText;

/* One property of a record, for the getters of the kinds; texts are made printable, NONE is 0. */
int bus_publish_text(sd_bus_message *reply, const char *text);
int bus_publish_text_of(sd_bus_message *reply, const char *property, const BusPropertyText *values,
                        size_t n_values);
int bus_publish_bool(sd_bus_message *reply, bool value);
int bus_publish_time(sd_bus_message *reply, UtcTime time);
