/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The look through a parsed document for names of ours, before anything in it is held against a
 * rule: a document of OpenShift may hold a kernel and be wrong in ways that do not concern us. It is
 * tolerant: whatever the types are, every text is looked at. It refuses to judge the document.
 */

#include <string.h>

#include "base/cleanup.h"
#include "digest/csaf-mention.h"
#include "digest/csaf-product.h"

typedef struct Mention {
        bool base, base_suse;
        bool base_of_kernel; /* whose kernel is called plain `kernel` */
        bool kernel_core, kernel, patch;
        bool kernel_default, patch_suse;
} Mention;

static void look_at_product(const CsafProduct *product, Mention *mention) {
        mention->base |= product->vendor == CSAF_VENDOR_REDHAT;
        mention->base_suse |= product->vendor == CSAF_VENDOR_SUSE;
        mention->base_of_kernel |= (product->vendor == CSAF_VENDOR_REDHAT &&
                                    (product->major == 7 || product->flat));
}

static void look_at_component(const CsafComponent *component, Mention *mention) {
        mention->kernel_core |= component->kind == CSAF_COMPONENT_KERNEL_CORE;
        mention->kernel |= component->kind == CSAF_COMPONENT_KERNEL;
        mention->kernel_default |= component->kind == CSAF_COMPONENT_KERNEL_DEFAULT;
        if (component->kind == CSAF_COMPONENT_PATCH) {
                mention->patch |= component->vendor == CSAF_VENDOR_REDHAT;
                mention->patch_suse |= component->vendor == CSAF_VENDOR_SUSE;
        }
}

static void look_at_id(const char *id, Mention *mention) {
        CsafComponent component;
        CsafProduct product;

        if (csaf_product_parse(id, &product))
                look_at_product(&product, mention);
        else if (csaf_component_parse(id, &component))
                look_at_component(&component, mention);
}

static bool concerns_us(const Mention *mention) {
        return (mention->base && (mention->kernel_core || mention->patch)) ||
               (mention->base_of_kernel && mention->kernel) ||
               (mention->base_suse && (mention->kernel_default || mention->patch_suse));
}

/* Tolerant: whatever the types are, every text is looked at, as an id and as a pair `PRODUCT:COMPONENT`. */
static void look_through(const JsonValue *value, Mention *mention) {
        JsonValue string = {};

        while (!concerns_us(mention) && json_next_string(value, &string)) {
                const char *text = json_string(&string);
                CsafComponent component;
                CsafProduct product;

                look_at_id(text, mention);
                if (csaf_pair_parse(text, &product, &component)) {
                        look_at_product(&product, mention);
                        look_at_component(&component, mention);
                }
        }
}

bool csaf_mention_concerns_us(const JsonValue *root) {
        static const char *const places[] = { "product_tree", "vulnerabilities" };
        Mention mention = {};

        for (size_t i = 0; i < ELEMENTS(places); i++) {
                JsonValue member = {};

                while (json_next(root, &member))
                        if (strcmp(member.key, places[i]) == 0)
                                look_through(&member, &mention);
        }
        return concerns_us(&mention);
}
