/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Kernel objects: the few kernels that concern this host now. The whole lineage would be hundreds of
 * objects that nobody watches; ListKernels() has it.
 */

#include <string.h>

#include "bus/bus-kernel.h"
#include "dbus/bus-names.h"

static size_t count(const Assessment *assessment) {
        return assessment->n_kernels;
}

static const void *record(const Assessment *assessment, size_t index, const char **ret_name) {
        const JudgedKernel *kernel = &assessment->kernels[index];

        if (!kernel->running && !kernel->installed && !kernel->next_boot && !kernel->advised)
                return NULL;
        *ret_name = kernel->full_name;
        return kernel;
}

static size_t changed(const void *before, const void *after, const char **ret_names) {
        const JudgedKernel *a = before, *b = after;
        const BusPropertyChange properties[] = {
                { "Running", a->running != b->running },
                { "Installed", a->installed != b->installed },
                { "NextBoot", a->next_boot != b->next_boot },
                { "Eligible", a->eligible != b->eligible },
                { "WindowStart", a->start != b->start },
                { "WindowEnd", a->end != b->end },
                { "Basis", a->basis != b->basis },
                { "Because", !text_list_equal(&a->because, &b->because) },
        };

        return bus_publish_differing(properties, ELEMENTS(properties), ret_names);
}

BUS_PUBLISH_GETTER(on_get_text) {
        const JudgedKernel *kernel = userdata;

        if (strcmp(property, "Release") == 0)
                return bus_publish_text(reply, kernel->full_name);
        if (strcmp(property, "Eligible") == 0)
                return bus_publish_text(reply, eligible_to_text(kernel->eligible));
        return bus_publish_text(reply, basis_to_text(kernel->basis));
}

BUS_PUBLISH_GETTER(on_get_bool) {
        const JudgedKernel *kernel = userdata;

        if (strcmp(property, "Running") == 0)
                return bus_publish_bool(reply, kernel->running);
        if (strcmp(property, "Installed") == 0)
                return bus_publish_bool(reply, kernel->installed);
        return bus_publish_bool(reply, kernel->next_boot);
}

BUS_PUBLISH_GETTER(on_get_day) {
        const JudgedKernel *kernel = userdata;

        return bus_publish_time(reply,
                                utc_day_start(strcmp(property, "WindowStart") == 0 ? kernel->start
                                                                                   : kernel->end));
}

BUS_PUBLISH_GETTER(on_get_because) {
        const JudgedKernel *kernel = userdata;
        int r;

        r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; i < kernel->because.n_items && r >= 0; i++)
                r = bus_publish_text(reply, kernel->because.items[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Release", "s", on_get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        BUS_PUBLISH_PROPERTY("Running", "b", on_get_bool),
        BUS_PUBLISH_PROPERTY("Installed", "b", on_get_bool),
        BUS_PUBLISH_PROPERTY("NextBoot", "b", on_get_bool),
        BUS_PUBLISH_PROPERTY("Eligible", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("WindowStart", "t", on_get_day),
        BUS_PUBLISH_PROPERTY("WindowEnd", "t", on_get_day),
        BUS_PUBLISH_PROPERTY("Basis", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("Because", "as", on_get_because),
        SD_BUS_VTABLE_END,
};

const BusObjectKind bus_kernel_kind = {
        .prefix = BUS_PATH_KERNELS,
        .interface = BUS_INTERFACE_KERNEL,
        .vtable = vtable,
        .count = count,
        .record = record,
        .changed = changed,
};
