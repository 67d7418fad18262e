/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The look through a parsed document for names of ours, before anything in it is held against a
 * rule: a document of OpenShift may hold a kernel and be wrong in ways that do not concern us. It is
 * tolerant: whatever the types are, every text is looked at. It refuses to judge the document.
 */

#include <json-c/json.h>

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

/* Tolerant: whatever the types, every text is looked at, as an id and as a pair `PRODUCT:COMPONENT`. */
static void look_through(json_object *value, Mention *mention) {
        CsafComponent component;
        CsafProduct product;
        const char *text;

        switch (json_object_get_type(value)) {
        case json_type_object: {
                json_object_object_foreach(value, key, member) {
                        (void) key;
                        look_through(member, mention);
                }
                break;
        }
        case json_type_array:
                for (size_t i = 0; i < json_object_array_length(value) && !concerns_us(mention);
                     i++)
                        look_through(json_object_array_get_idx(value, i), mention);
                break;
        case json_type_string:
                text = json_object_get_string(value);
                look_at_id(text, mention);
                if (csaf_pair_parse(text, &product, &component)) {
                        look_at_product(&product, mention);
                        look_at_component(&component, mention);
                }
                break;
        default:
                break;
        }
}

bool csaf_mention_concerns_us(json_object *root) {
        Mention mention = {};
        json_object *value;

        if (json_object_object_get_ex(root, "product_tree", &value))
                look_through(value, &mention);
        if (!concerns_us(&mention) && json_object_object_get_ex(root, "vulnerabilities", &value))
                look_through(value, &mention);
        return concerns_us(&mention);
}
