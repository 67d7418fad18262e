/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lines of JSON. The scan has looked at every byte of a line and noted where each value stands, so nothing
 * is parsed a second time: a getter goes from cell to cell. The line is a copy; a string that is asked for
 * gets its escapes taken away and its NUL put where it stands, in place of the closing quote. It refuses
 * to convert, as json-read does: a number is no string, null is not an empty list.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "format/json-line.h"

struct JsonLine {
        char *bytes;
        size_t n_bytes_room;
        JsonCells cells;
        JsonProblem problem;
        bool doubled;
        uint32_t next_key; /* the cell behind the member that was found last: most often the next one wanted */
};

int json_line_new(JsonLine **ret) {
        JsonLine *line;

        line = calloc(1, sizeof(*line));
        if (!line)
                return error_origin(-ENOMEM);

        *ret = line;
        return 0;
}

JsonLine *json_line_free(JsonLine *line) {
        if (!line)
                return NULL;

        free(line->bytes);
        free(line->cells.items);
        free(line);
        return NULL;
}

static int refuse_line(JsonLine *line, const char *reason) {
        snprintf(line->problem.place, sizeof(line->problem.place), "text");
        snprintf(line->problem.reason, sizeof(line->problem.reason), "%s", reason);
        return JSON_LINE_E_REFUSED;
}

/* A copy with room for the NUL of a number that ends the text. */
static int copy_line(JsonLine *line, const char *bytes, size_t n_bytes) {
        if (n_bytes >= line->n_bytes_room) {
                size_t n_room = n_bytes < 2048 ? 4096 : 2 * n_bytes;
                char *larger = realloc(line->bytes, n_room);

                if (!larger)
                        return error_origin(-ENOMEM);
                line->bytes = larger;
                line->n_bytes_room = n_room;
        }
        if (n_bytes > 0)
                memcpy(line->bytes, bytes, n_bytes);
        return 0;
}

int json_line_read(JsonLine *line, const char *bytes, size_t n_bytes, size_t max_keys,
                   JsonField *ret) {
        JsonDoubledKeys doubled;
        int r;

        line->problem.place[0] = line->problem.reason[0] = '\0';
        line->next_key = 1;
        if (n_bytes > INT32_MAX)
                return refuse_line(line, "too large");
        r = copy_line(line, bytes, n_bytes);
        if (r)
                return error_fold(r);
        r = json_scan_cells(line->bytes, n_bytes, max_keys, &line->cells, &doubled, &line->problem);
        line->doubled = doubled.n_paths > 0;
        json_doubled_keys_clear(&doubled);
        if (r)
                return r < 0 ? error_trace(r) : JSON_LINE_E_REFUSED;

        *ret = (JsonField){ .line = line, .cell = &line->cells.items[0] };
        return 0;
}

bool json_line_has_doubled(const JsonLine *line) {
        return line->doubled;
}

const JsonProblem *json_line_problem(const JsonLine *line) {
        return &line->problem;
}

/* From the outermost in: the place of what holds `field`, then its own step. */
static size_t write_place(const JsonField *field, char *place, size_t n_room) {
        size_t n;
        int more;

        if (!field->parent)
                return (size_t) snprintf(place, n_room, "%s", "");
        n = write_place(field->parent, place, n_room);
        if (n >= n_room)
                return n;
        more = field->key ? snprintf(place + n, n_room - n, "%s%s", n > 0 ? "." : "", field->key)
                          : snprintf(place + n, n_room - n, "[%zu]", field->index);
        return n + (size_t) more;
}

bool json_field_refuse(const JsonField *field, const char *format, ...) {
        JsonProblem *problem = &field->line->problem;
        va_list arguments;

        if (problem->reason[0] != '\0')
                return false;

        if (write_place(field, problem->place, sizeof(problem->place)) == 0)
                strcpy(problem->place, "text");
        va_start(arguments, format);
        vsnprintf(problem->reason, sizeof(problem->reason), format, arguments);
        va_end(arguments);
        return false;
}

/* With a point or an exponent a number is no integer. */
static bool is_integer(const JsonField *field) {
        const JsonCell *cell = field->cell;

        if (cell->kind != JSON_CELL_NUMBER)
                return false;
        for (size_t i = 0; i < cell->n_bytes; i++)
                if (strchr(".eE", field->line->bytes[cell->at + i]))
                        return false;
        return true;
}

static const char *found(const JsonField *field) {
        static const char *const words[] = {
                [JSON_CELL_OBJECT] = "object", [JSON_CELL_ARRAY] = "array",
                [JSON_CELL_STRING] = "string", [JSON_CELL_NUMBER] = "double",
                [JSON_CELL_TRUE] = "boolean",  [JSON_CELL_FALSE] = "boolean",
                [JSON_CELL_NULL] = "null",
        };

        return is_integer(field) ? "int" : words[field->cell->kind];
}

bool json_field_check(const JsonField *field, JsonKind kind) {
        const JsonCellKind cell = field->cell->kind;

        switch (kind) {
        case JSON_OBJECT:
                return cell == JSON_CELL_OBJECT ||
                       json_field_refuse(field, "an object expected, %s found", found(field));
        case JSON_ARRAY:
                return cell == JSON_CELL_ARRAY ||
                       json_field_refuse(field, "an array expected, %s found", found(field));
        case JSON_STRING:
                return cell == JSON_CELL_STRING ||
                       json_field_refuse(field, "a string expected, %s found", found(field));
        case JSON_INTEGER:
                return is_integer(field) ||
                       json_field_refuse(field, "an integer expected, %s found", found(field));
        default:
                return cell == JSON_CELL_TRUE || cell == JSON_CELL_FALSE ||
                       json_field_refuse(field, "a boolean expected, %s found", found(field));
        }
}

/* The text of a string, key or number, made whole where it stands: no escapes, a NUL behind it. */
static const char *text_of(JsonLine *line, JsonCell *cell) {
        char *text = line->bytes + cell->at;

        if (cell->escaped) {
                cell->n_bytes = (uint32_t) json_unescape(text, cell->n_bytes);
                cell->escaped = false;
        }
        text[cell->n_bytes] = '\0';
        return text;
}

/* The cell of the key between the two, or NULL. */
static JsonCell *find_key(JsonLine *line, uint32_t from, uint32_t to, const char *key,
                          size_t n_bytes) {
        JsonCell *cells = line->cells.items;

        for (uint32_t i = from; i < to; i = cells[i + 1].behind) {
                if (cells[i].escaped)
                        text_of(line, &cells[i]);
                if (cells[i].n_bytes == n_bytes &&
                    memcmp(line->bytes + cells[i].at, key, n_bytes) == 0)
                        return &cells[i];
        }
        return NULL;
}

bool json_field_member(const JsonField *object, const char *key, JsonKind kind,
                       JsonPresence presence, JsonField *ret) {
        JsonLine *line = object->line;
        uint32_t first = (uint32_t) (object->cell - line->cells.items) + 1;
        uint32_t end = object->cell->behind, middle;
        size_t n_bytes = strlen(key);
        JsonCell *found_key;

        /* Records are written in the order in which they are read: the search begins where the last one ended. */
        middle = !object->parent ? line->next_key : first;
        found_key = find_key(line, middle, end, key, n_bytes);
        if (!found_key)
                found_key = find_key(line, first, middle, key, n_bytes);

        *ret = (JsonField){ .line = line, .parent = object, .key = key };
        if (!found_key)
                return presence != JSON_REQUIRED || json_field_refuse(ret, "missing");
        ret->cell = found_key + 1;
        if (!object->parent)
                line->next_key = ret->cell->behind;
        if (presence == JSON_NULLABLE && json_field_is_null(ret)) {
                ret->cell = NULL;
                return true;
        }
        return json_field_check(ret, kind);
}

bool json_field_member_string(const JsonField *object, const char *key, JsonPresence presence,
                              const char **ret) {
        JsonField field;

        if (!json_field_member(object, key, JSON_STRING, presence, &field))
                return false;
        *ret = field.cell ? json_field_string(&field) : NULL;
        return true;
}

bool json_field_next(const JsonField *list, JsonField *field) {
        JsonLine *line = list->line;
        JsonCell *cells = line->cells.items, *next;
        bool named;

        if (!list->cell)
                return false;
        next = field->cell ? cells + field->cell->behind : list->cell + 1;
        if (next == cells + list->cell->behind)
                return false;

        named = next->kind == JSON_CELL_KEY;
        *field = (JsonField){ .line = line,
                              .parent = list,
                              .key = named ? text_of(line, next) : NULL,
                              .index = field->cell ? field->index + 1 : 0,
                              .cell = named ? next + 1 : next };
        return true;
}

size_t json_field_size(const JsonField *list) {
        JsonField field = {};
        size_t n = 0;

        while (json_field_next(list, &field))
                n++;
        return n;
}

bool json_field_is_null(const JsonField *field) {
        return !field->cell || field->cell->kind == JSON_CELL_NULL;
}

bool json_field_is_string(const JsonField *field) {
        return field->cell && field->cell->kind == JSON_CELL_STRING;
}

const char *json_field_string(const JsonField *field) {
        return text_of(field->line, field->cell);
}

int64_t json_field_integer(const JsonField *field) {
        return strtoll(text_of(field->line, field->cell), NULL, 10);
}

bool json_field_boolean(const JsonField *field) {
        return field->cell->kind == JSON_CELL_TRUE;
}
