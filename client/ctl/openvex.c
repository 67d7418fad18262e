/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * OpenVEX. Our verdicts are about one host at one moment, and so is the document: its products are the
 * packages of this host, its time is that of the daemon's answer, and its id is the hash of all the rest, so that another
 * answer is another document and nothing has to be remembered between two runs. Why a live-patched CVE is `fixed` is in
 * docs/decisions/0025-openvex.md.
 */

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "ctl/openvex.h"
#include "ctl/package-url.h"
#include "ctl/wording.h"

#define CONTEXT "https://openvex.dev/ns/v0.2.0"

typedef struct Writer {
        const Description *description;
        MemoryPool *pool;
        const char *kernel_url;
        bool failed; /* no memory */
} Writer;

/* Takes the reference over; false without memory, also for a NULL value. */
static bool put(Writer *writer, json_object *object, const char *key, json_object *value) {
        if (!value || json_object_object_add(object, key, value) < 0) {
                json_object_put(value);
                writer->failed = true;
        }
        return !writer->failed;
}

static void put_text(Writer *writer, json_object *object, const char *key, const char *text) {
        put(writer, object, key, json_object_new_string(text));
}

static void append(Writer *writer, json_object *array, json_object *value) {
        if (!value || json_object_array_add(array, value) < 0) {
                json_object_put(value);
                writer->failed = true;
        }
}

static json_object *product(Writer *writer, const char *url) {
        json_object *object = json_object_new_object(), *identifiers = json_object_new_object();

        if (!object || !identifiers) {
                json_object_put(object);
                json_object_put(identifiers);
                writer->failed = true;
                return NULL;
        }
        put_text(writer, object, "@id", url);
        put_text(writer, identifiers, "purl", url);
        put(writer, object, "identifiers", identifiers);
        return object;
}

/* " (RHSA-2024:5523)", or nothing. */
static const char *advisory(Writer *writer, const BusRow *exposure, const char *key) {
        const char *id = bus_row_text(exposure, key);

        return id ? memory_pool_format(writer->pool, " (%s)", id) : "";
}

static const char *patch_text(Writer *writer, const BusRow *exposure) {
        const char *package = bus_row_text(exposure, "patch_package"),
                   *version = bus_row_text(exposure, "patch");

        return package && version ? memory_pool_format(writer->pool, "live patch %s %s%s", package,
                                                       version,
                                                       advisory(writer, exposure, "patch_advisory"))
                                  : "the newest live patch";
}

/* The kernel that fixes it first; NULL when none is known. */
static const char *kernel_text(Writer *writer, const BusRow *exposure) {
        const char *kernel = bus_row_text(exposure, "kernel");

        return kernel ? memory_pool_format(writer->pool, "kernel %s%s", kernel,
                                           advisory(writer, exposure, "kernel_advisory"))
                      : NULL;
}

/* What an administrator does about an open one. */
static const char *action(Writer *writer, const BusRow *exposure, const char *verdict) {
        const char *patch = patch_text(writer, exposure), *kernel = kernel_text(writer, exposure);
        const char *newer = kernel ? memory_pool_format(writer->pool, "%s or a later one", kernel)
                                   : "a newer kernel";
        UtcDay deadline = bus_row_day(exposure, "deadline");
        const char *text;

        if (strcmp(verdict, "live-patch-pending") == 0)
                text = memory_pool_format(writer->pool, "Wait for the transition to %s.", patch);
        else if (strcmp(verdict, "live-patch-not-active") == 0)
                text = memory_pool_format(writer->pool, "Enable %s, which is on this host.", patch);
        else if (strcmp(verdict, "live-patch-available") == 0)
                text = memory_pool_format(writer->pool, "Install %s.", patch);
        else if (strcmp(verdict, "live-patch-awaited") == 0)
                text = memory_pool_format(writer->pool, "Wait for a live patch, or reboot into %s.",
                                          newer);
        else
                text = memory_pool_format(writer->pool, "Reboot into %s.", newer);
        return deadline == UTC_DAY_NONE ? text
                                        : memory_pool_format(writer->pool, "%s Deadline: %s.", text,
                                                             wording_day(writer->pool, deadline));
}

/* Status, and what explains it; a live-patched CVE is fixed by two packages together. */
static void judge(Writer *writer, json_object *statement, json_object *products,
                  const BusRow *exposure) {
        const char *verdict = wording_verdict(bus_row_text(exposure, "verdict"))->verdict, *kernel,
                   *url;

        if (strcmp(verdict, "unknown") == 0)
                put_text(writer, statement, "status", "under_investigation");
        else if (strcmp(verdict, "fixed-in-kernel") == 0) {
                put_text(writer, statement, "status", "fixed");
                kernel = kernel_text(writer, exposure);
                put_text(writer, statement, "status_notes",
                         kernel ? memory_pool_format(writer->pool, "First fixed in %s.", kernel)
                                : "This kernel has the fix.");
        } else if (strcmp(verdict, "live-patched") == 0) {
                put_text(writer, statement, "status", "fixed");
                put_text(writer, statement, "status_notes",
                         memory_pool_format(writer->pool,
                                            "Fixed in the running kernel by %s, as long as that is "
                                            "enabled.",
                                            patch_text(writer, exposure)));
                url = package_url_of_patch(writer->description, writer->pool,
                                           bus_row_text(exposure, "patch_package"),
                                           bus_row_text(exposure, "patch"));
                if (url)
                        append(writer, products, product(writer, url));
        } else {
                put_text(writer, statement, "status", "affected");
                put_text(writer, statement, "status_notes",
                         memory_pool_format(writer->pool, "klpwatch: %s.", verdict));
                put_text(writer, statement, "action_statement", action(writer, exposure, verdict));
        }
}

static json_object *statement(Writer *writer, const BusRow *exposure) {
        json_object *object = json_object_new_object(), *vulnerability = json_object_new_object(),
                    *products = json_object_new_array();

        if (!object || !vulnerability || !products) {
                json_object_put(object);
                json_object_put(vulnerability);
                json_object_put(products);
                writer->failed = true;
                return NULL;
        }
        put_text(writer, vulnerability, "name", bus_row_text(exposure, "cve"));
        put(writer, object, "vulnerability", vulnerability);
        append(writer, products, product(writer, writer->kernel_url));
        judge(writer, object, products, exposure);
        put(writer, object, "products", products);
        return object;
}

/* A UUID of version 8 (RFC 9562), whose bits are ours to choose: those of a hash. */
static const char *hash_id(MemoryPool *pool, json_object *document) {
        const char *text = json_object_to_json_string_ext(document, JSON_C_TO_STRING_PLAIN);
        char hash[SHA256_TEXT_BYTES];

        if (!text)
                return NULL;
        sha256_text(text, strlen(text), hash);
        return memory_pool_format(pool, "urn:uuid:%.8s-%.4s-8%.3s-a%.3s-%.12s", hash, hash + 8,
                                  hash + 12, hash + 15, hash + 18);
}

int openvex_document(const Description *description, MemoryPool *pool, const BusRows *exposures,
                     const char *author, json_object **ret) {
        UtcTime time = description_time(description, "assessed");
        Writer writer = { .description = description, .pool = pool };
        char text[UTC_TIME_TEXT_BYTES];
        json_object *document, *statements;
        const char *id;

        writer.kernel_url = package_url_of_kernel(description, pool);
        if (!writer.kernel_url)
                return OPENVEX_E_NO_KERNEL;
        if (time == UTC_TIME_NONE)
                return OPENVEX_E_NO_TIME;
        if (exposures->n_items == 0)
                return OPENVEX_E_NO_STATEMENTS;

        document = json_object_new_object();
        if (!document)
                return error_origin(-ENOMEM);
        put_text(&writer, document, "@context", CONTEXT);
        put_text(&writer, document, "@id", "");
        put_text(&writer, document, "author", author);
        put_text(&writer, document, "timestamp", utc_time_format(time, text));
        put(&writer, document, "version", json_object_new_int(1));
        put_text(&writer, document, "tooling", "klpwatch " KLPWATCH_VERSION);
        statements = json_object_new_array();
        if (put(&writer, document, "statements", statements))
                for (size_t i = 0; i < exposures->n_items; i++)
                        if (bus_row_text(&exposures->items[i], "cve"))
                                append(&writer, statements,
                                       statement(&writer, &exposures->items[i]));
        id = writer.failed ? NULL : hash_id(pool, document);
        if (id)
                put_text(&writer, document, "@id", id);
        if (!id || writer.failed || memory_pool_exhausted(pool)) {
                json_object_put(document);
                return error_origin(-ENOMEM);
        }
        *ret = document;
        return 0;
}
