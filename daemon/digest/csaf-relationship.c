/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Relationships. A relationship may name another relationship's id on either side (a package of a
 * module of a product), so each is followed down to plain products before anybody asks. Nothing in
 * the form forbids a circle, hence the marks. It refuses to pick one of two meanings of an id.
 */

#include <stdlib.h>
#include <string.h>

#include "base/memory-pool.h"
#include "digest/csaf-relationship.h"

/* A relationship while it is followed. */
typedef struct Node {
        CsafRelationship pair;
        size_t index; /* in the document */
        enum { NODE_NEW, NODE_OPEN, NODE_DONE } state;
        unsigned n_steps; /* down to plain products, of one that is done */
} Node;

typedef struct Graph {
        const JsonValue *list;
        Node *nodes; /* sorted by id */
        size_t n_nodes;
} Graph;

static int compare_nodes(const void *a, const void *b) {
        const Node *node_a = a, *node_b = b;
        int order;

        order = strcmp(node_a->pair.id, node_b->pair.id);
        return order != 0 ? order
                          : (node_a->index > node_b->index) - (node_a->index < node_b->index);
}

static int compare_id(const void *id, const void *relationship) {
        return strcmp(id, ((const CsafRelationship *) relationship)->id);
}

static Node *find_node(const Graph *graph, const char *id) {
        /* The pair is a node's first member, so its id can be compared as a relationship's. */
        return bsearch(id, graph->nodes, graph->n_nodes, sizeof(*graph->nodes), compare_id);
}

static bool refuse_node(const Graph *graph, const Node *node, const char *reason) {
        JsonValue item;

        return json_item(graph->list, node->index, JSON_OBJECT, &item) &&
               json_refuse(&item, "%s", reason);
}

static bool follow(Graph *graph, Node *node, unsigned n_above);

/* One side of a relationship: when it is a relationship itself, what that leads to. */
static bool follow_side(Graph *graph, Node *node, const char **side, bool is_product,
                        unsigned n_above) {
        Node *other = find_node(graph, *side);

        if (!other)
                return true;
        if (!follow(graph, other, n_above + 1))
                return false;
        if (node->n_steps < other->n_steps + 1)
                node->n_steps = other->n_steps + 1;
        *side = is_product ? other->pair.product : other->pair.component;
        return true;
}

/* How deep it is does not depend on which of them was looked at first. */
static bool follow(Graph *graph, Node *node, unsigned n_above) {
        if (node->state == NODE_DONE)
                return true;
        if (node->state == NODE_OPEN)
                return refuse_node(graph, node, "a circular relationship");

        node->state = NODE_OPEN;
        if (n_above <= CSAF_MAX_RELATIONSHIP_STEPS &&
            (!follow_side(graph, node, &node->pair.component, false, n_above) ||
             !follow_side(graph, node, &node->pair.product, true, n_above)))
                return false;
        if (n_above > CSAF_MAX_RELATIONSHIP_STEPS || node->n_steps > CSAF_MAX_RELATIONSHIP_STEPS)
                return refuse_node(graph, node,
                                   CSAF_CAP_RELATIONSHIP_STEPS
                                   ": relationships lean on each other too deeply");
        node->state = NODE_DONE;
        return true;
}

static bool read_node(const JsonValue *list, size_t index, Node *ret) {
        JsonValue item, name;
        Node node = { .index = index };

        if (!json_item(list, index, JSON_OBJECT, &item) ||
            !json_member(&item, "full_product_name", JSON_OBJECT, JSON_REQUIRED, &name) ||
            !json_member_string(&name, "product_id", JSON_REQUIRED, &node.pair.id) ||
            !json_member_string(&item, "product_reference", JSON_REQUIRED, &node.pair.component) ||
            !json_member_string(&item, "relates_to_product_reference", JSON_REQUIRED,
                                &node.pair.product))
                return false;
        *ret = node;
        return true;
}

/* Sorts the nodes and drops repetitions; an id with two meanings is refused. */
static bool sort_nodes(Graph *graph) {
        size_t n_kept = 0;

        if (graph->n_nodes > 1)
                qsort(graph->nodes, graph->n_nodes, sizeof(*graph->nodes), compare_nodes);
        for (size_t i = 0; i < graph->n_nodes; i++) {
                const Node *node = &graph->nodes[i],
                           *last = n_kept > 0 ? &graph->nodes[n_kept - 1] : NULL;

                if (last && strcmp(last->pair.id, node->pair.id) == 0) {
                        if (strcmp(last->pair.component, node->pair.component) != 0 ||
                            strcmp(last->pair.product, node->pair.product) != 0)
                                return refuse_node(graph, node,
                                                   "a product id that another relationship has");
                        continue;
                }
                graph->nodes[n_kept++] = *node;
        }
        graph->n_nodes = n_kept;
        return true;
}

bool csaf_relationships_read(const JsonValue *product_tree, MemoryPool *pool,
                             CsafRelationships *ret) {
        CsafRelationships relationships = {};
        Graph graph = {};
        JsonValue list;

        if (!json_member(product_tree, "relationships", JSON_ARRAY, JSON_OPTIONAL, &list))
                return false;
        graph.list = &list;
        graph.n_nodes = json_array_length(&list);
        graph.nodes = memory_pool_alloc(pool, (graph.n_nodes + 1) * sizeof(*graph.nodes));
        relationships.items =
                        memory_pool_alloc(pool, (graph.n_nodes + 1) * sizeof(*relationships.items));
        if (!graph.nodes || !relationships.items) {
                *ret = (CsafRelationships){}; /* the pool remembers */
                return true;
        }

        for (size_t i = 0; i < graph.n_nodes; i++)
                if (!read_node(&list, i, &graph.nodes[i]))
                        return false;
        if (!sort_nodes(&graph))
                return false;
        for (size_t i = 0; i < graph.n_nodes; i++) {
                if (!follow(&graph, &graph.nodes[i], 0))
                        return false;
                relationships.items[relationships.n_items++] = graph.nodes[i].pair;
        }
        *ret = relationships;
        return true;
}

const CsafRelationship *csaf_relationships_find(const CsafRelationships *relationships,
                                                const char *id) {
        return relationships->n_items == 0
                               ? NULL
                               : bsearch(id, relationships->items, relationships->n_items,
                                         sizeof(*relationships->items), compare_id);
}
