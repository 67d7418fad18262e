/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The relationships of a CSAF product tree: `product_reference` is a component of
 * `relates_to_product_reference`, and the pair has a product id of its own, which is what the
 * product status of a vulnerability lists.
 */

#include "format/json-read.h"

typedef struct CsafRelationship {
        const char *id;
        const char *component; /* id of a product of the tree's branches, never of a relationship */
        const char *product;   /* the same */
} CsafRelationship;

/* Sorted by id. The texts belong to the JsonText. */
typedef struct CsafRelationships {
        CsafRelationship *items;
        size_t n_items;
} CsafRelationships;

/*
 * Reads `relationships` of the object `product_tree`, with those that lean on other relationships
 * followed to their ends. False when refused: circular, an id given to two pairs, a wrong type.
 */
bool csaf_relationships_read(const JsonValue *product_tree, MemoryPool *pool,
                             CsafRelationships *ret);

/* The relationship with this id, or NULL. */
const CsafRelationship *csaf_relationships_find(const CsafRelationships *relationships,
                                                const char *id);
