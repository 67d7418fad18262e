/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * LivePatch objects: every live-patch module in the running kernel, active or not. A value that sysfs
 * did not tell shows as false: whoever must tell "no" from "unknown" reads Describe().
 */

#include <string.h>

#include "base/text.h"
#include "bus/bus-livepatch.h"
#include "dbus/bus-names.h"

static size_t count(const Assessment *assessment) {
        return assessment->patch.n_patches;
}

static const void *record(const Assessment *assessment, size_t index, const char **ret_name) {
        *ret_name = assessment->patch.patches[index].loaded->name;
        return &assessment->patch.patches[index];
}

static bool is_enabled(const JudgedPatch *patch) {
        return patch->loaded->listed && patch->loaded->enabled == TRISTATE_YES;
}

static size_t changed(const void *before, const void *after, const char **ret_names) {
        const JudgedPatch *a = before, *b = after;
        const BusPropertyChange properties[] = {
                { "Package", strcmp(a->name.package, b->name.package) != 0 },
                { "PackageVersion", strcmp(a->name.version, b->name.version) != 0 },
                { "BaseKernel", !text_equal(a->base_kernel, b->base_kernel) },
                { "Enabled", is_enabled(a) != is_enabled(b) },
                { "Transition",
                  loaded_patch_in_transition(a->loaded) != loaded_patch_in_transition(b->loaded) },
                { "Since", a->loaded->since != b->loaded->since },
                { "LoadedSince", a->loaded->loaded_since != b->loaded->loaded_since },
                { "EnabledSince", a->loaded->enabled_since != b->loaded->enabled_since },
                { "TransitionTook", a->loaded->transition_usec != b->loaded->transition_usec },
                { "ReplacedBy", !text_equal(a->loaded->replaced_by, b->loaded->replaced_by) },
                { "Known", a->known != b->known },
                { "ModulePath", !text_equal(a->module_path, b->module_path) },
                { "SurvivesReboot", a->survives_reboot != b->survives_reboot },
        };

        return bus_publish_differing(properties, ELEMENTS(properties), ret_names);
}

BUS_PUBLISH_GETTER(on_get_text) {
        static const char *const survival[] = {
                [TRISTATE_UNKNOWN] = "unknown",
                [TRISTATE_NO] = "no",
                [TRISTATE_YES] = "yes",
        };
        const JudgedPatch *patch = userdata;
        const BusPropertyText values[] = {
                { "Name", patch->loaded->name },
                { "Package", patch->known ? patch->name.package : NULL },
                { "PackageVersion", patch->known ? patch->name.version : NULL },
                { "BaseKernel", patch->base_kernel },
                { "ReplacedBy", patch->loaded->replaced_by },
                { "ModulePath", patch->module_path },
                { "SurvivesReboot", survival[patch->survives_reboot] },
        };

        return bus_publish_text_of(reply, property, values, ELEMENTS(values));
}

BUS_PUBLISH_GETTER(on_get_bool) {
        const JudgedPatch *patch = userdata;

        if (strcmp(property, "Enabled") == 0)
                return bus_publish_bool(reply, is_enabled(patch));
        if (strcmp(property, "Transition") == 0)
                return bus_publish_bool(reply, loaded_patch_in_transition(patch->loaded));
        return bus_publish_bool(reply, patch->known);
}

BUS_PUBLISH_GETTER(on_get_time) {
        const JudgedPatch *patch = userdata;

        if (strcmp(property, "LoadedSince") == 0)
                return bus_publish_time(reply, patch->loaded->loaded_since);
        if (strcmp(property, "EnabledSince") == 0)
                return bus_publish_time(reply, patch->loaded->enabled_since);
        return bus_publish_time(reply, patch->loaded->since);
}

BUS_PUBLISH_GETTER(on_get_duration) {
        const JudgedPatch *patch = userdata;
        uint64_t usec = (uint64_t) patch->loaded->transition_usec;

        return sd_bus_message_append_basic(reply, 't', &usec);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Name", "s", on_get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        BUS_PUBLISH_PROPERTY("Package", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("PackageVersion", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("BaseKernel", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("Enabled", "b", on_get_bool),
        BUS_PUBLISH_PROPERTY("Transition", "b", on_get_bool),
        BUS_PUBLISH_PROPERTY("Since", "t", on_get_time),
        BUS_PUBLISH_PROPERTY("LoadedSince", "t", on_get_time),
        BUS_PUBLISH_PROPERTY("EnabledSince", "t", on_get_time),
        BUS_PUBLISH_PROPERTY("TransitionTook", "t", on_get_duration),
        BUS_PUBLISH_PROPERTY("ReplacedBy", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("Known", "b", on_get_bool),
        BUS_PUBLISH_PROPERTY("ModulePath", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("SurvivesReboot", "s", on_get_text),
        SD_BUS_VTABLE_END,
};

const BusObjectKind bus_livepatch_kind = {
        .prefix = BUS_PATH_LIVEPATCHES,
        .interface = BUS_INTERFACE_LIVEPATCH,
        .vtable = vtable,
        .count = count,
        .record = record,
        .changed = changed,
};
