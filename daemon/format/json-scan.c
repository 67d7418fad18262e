/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The scan. json-c is a friendly parser: depending on its version and flags it takes NaN, control
 * characters, NUL bytes, lone surrogates and any number of values, and of doubled keys the last one
 * wins without a word. A stranger's document must not depend on that, so this pass walks the text
 * once, without recursion and with a fixed stack, and refuses everything that the grammar or the
 * limits forbid. What it lets through, json-c cannot misread. It refuses to build anything: the
 * cells that it notes for those who ask say only where each value stands.
 */

#include <endian.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/heap-room.h"
#include "base/text.h"
#include "format/json-scan.h"

#define FEW_KEYS 16

#define MANY_CELLS 16384
#define MOST_CELLS ((size_t) 2 * JSON_MAX_VALUES) /* each value may have a key */

/* A key as it stands between its quotes; `decoded` owns a copy when the spelling has escapes. */
typedef struct Key {
        const char *at;
        size_t n_bytes;
        char *decoded;
} Key;

/* An object or array that is open where the scan is. */
typedef struct Level {
        bool is_object;
        size_t n_items;
        size_t first_key; /* of an object, in Scan.keys */
        size_t cell;
} Level;

typedef struct Scan {
        const char *text, *at, *end;
        size_t max_keys;
        size_t n_values;
        Level levels[JSON_MAX_DEPTH];
        size_t n_levels;
        Key *keys; /* of all open objects, outermost first */
        size_t n_keys, n_keys_room;
        JsonCells *cells; /* NULL: nobody asks */
        JsonDoubledKeys *doubled;
        JsonProblem *problem;
} Scan;

static int refuse_at(Scan *scan, const char *at, const char *format, ...) _printf_(3, 4);

static int refuse_at(Scan *scan, const char *at, const char *format, ...) {
        va_list arguments;

        snprintf(scan->problem->place, sizeof(scan->problem->place), "byte %zu",
                 (size_t) (at - scan->text));
        va_start(arguments, format);
        vsnprintf(scan->problem->reason, sizeof(scan->problem->reason), format, arguments);
        va_end(arguments);
        return JSON_SCAN_E_REFUSED;
}

static int refuse_end(Scan *scan) {
        return refuse_at(scan, scan->end, "the text is cut off");
}

void json_doubled_keys_clear(JsonDoubledKeys *doubled) {
        for (size_t i = 0; i < doubled->n_paths; i++)
                free(doubled->paths[i]);
        doubled->n_paths = 0;
}

static void scan_clear(Scan *scan) {
        for (size_t i = 0; i < scan->n_keys; i++)
                free(scan->keys[i].decoded);
        free(scan->keys);
}

static bool is_space(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_space(Scan *scan) {
        static const char indentation[] = "        ";

        if (scan->at < scan->end && *scan->at == '\n')
                scan->at++;
        while ((size_t) (scan->end - scan->at) >= sizeof(indentation) - 1 &&
               memcmp(scan->at, indentation, sizeof(indentation) - 1) == 0)
                scan->at += sizeof(indentation) - 1;
        while (scan->at < scan->end && is_space(*scan->at))
                scan->at++;
}

/* Four hexadecimal digits; false when they are none. */
static bool read_hex(const char *at, const char *end, uint32_t *ret) {
        uint32_t code = 0;

        if (end - at < 4)
                return false;
        for (size_t i = 0; i < 4; i++) {
                char c = at[i];

                if (c >= '0' && c <= '9')
                        code = code << 4 | (uint32_t) (c - '0');
                else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
                        code = code << 4 | (uint32_t) ((c | 0x20) - 'a' + 10);
                else
                        return false;
        }
        *ret = code;
        return true;
}

/* Behind the backslash: one escape, both halves of a surrogate pair together. */
static int scan_escape(Scan *scan) {
        const char *backslash = scan->at - 1;
        uint32_t high, low;

        if (scan->at == scan->end)
                return refuse_end(scan);
        if (*scan->at != 'u') {
                if (!strchr("\"\\/bfnrt", *scan->at))
                        return refuse_at(scan, backslash, "an escape that JSON does not know");
                scan->at++;
                return 0;
        }

        if (!read_hex(scan->at + 1, scan->end, &high))
                return refuse_at(scan, backslash, "\\u without four hexadecimal digits");
        scan->at += 5;
        if (high == 0)
                return refuse_at(scan, backslash, "a NUL character in a string");
        if (high < 0xD800 || high > 0xDFFF)
                return 0;

        if (high > 0xDBFF || scan->end - scan->at < 6 || scan->at[0] != '\\' ||
            scan->at[1] != 'u' || !read_hex(scan->at + 2, scan->end, &low) || low < 0xDC00 ||
            low > 0xDFFF)
                return refuse_at(scan, backslash, "a lone surrogate");
        scan->at += 6;
        return 0;
}

/*
 * How many of eight bytes come before the first that may be a quote, a backslash or a control character. A
 * byte above 0x7F may be taken for one: that only costs the slow way. Each subtraction borrows from the bytes
 * above only where it marks one, so the lowest mark is never false in another way.
 */
static size_t count_plain(const char *at) {
        const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
        uint64_t word, quote, backslash, special;

        memcpy(&word, at, sizeof(word));
        word = le64toh(word);
        quote = word ^ ones * '"';
        backslash = word ^ ones * '\\';
        special = ((word - ones * 0x20) | (quote - ones) | (backslash - ones)) & highs;
        return special == 0 ? sizeof(word) : (size_t) __builtin_ctzll(special) / 8;
}

/* From the opening quote to behind the closing one. */
static int scan_string(Scan *scan, const char **ret_at, size_t *ret_n_bytes, bool *ret_escaped) {
        const char *start = ++scan->at;
        bool escaped = false;
        int r;

        for (;;) {
                size_t n_plain = sizeof(uint64_t);
                unsigned char c;

                while (n_plain == sizeof(uint64_t) &&
                       scan->end - scan->at >= (ptrdiff_t) sizeof(uint64_t)) {
                        n_plain = count_plain(scan->at);
                        scan->at += n_plain;
                }
                if (scan->at == scan->end)
                        return refuse_end(scan);
                c = (unsigned char) *scan->at++;
                if (c == '"')
                        break;
                if (c < 0x20)
                        return refuse_at(scan, scan->at - 1, "a control character in a string");
                if (c == '\\') {
                        escaped = true;
                        r = scan_escape(scan);
                        if (r)
                                return r;
                }
        }

        *ret_at = start;
        *ret_n_bytes = (size_t) (scan->at - 1 - start);
        *ret_escaped = escaped;
        if (*ret_n_bytes > JSON_MAX_STRING_BYTES)
                return refuse_at(scan, start, JSON_CAP_STRING ": a string of more than %d bytes",
                                 JSON_MAX_STRING_BYTES);
        return 0;
}

static char *put_utf8(char *out, uint32_t code) {
        if (code < 0x80) {
                *out++ = (char) code;
        } else if (code < 0x800) {
                *out++ = (char) (0xC0 | code >> 6);
                *out++ = (char) (0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
                *out++ = (char) (0xE0 | code >> 12);
                *out++ = (char) (0x80 | (code >> 6 & 0x3F));
                *out++ = (char) (0x80 | (code & 0x3F));
        } else {
                *out++ = (char) (0xF0 | code >> 18);
                *out++ = (char) (0x80 | (code >> 12 & 0x3F));
                *out++ = (char) (0x80 | (code >> 6 & 0x3F));
                *out++ = (char) (0x80 | (code & 0x3F));
        }
        return out;
}

/* scan_string() has seen that all escapes are sound. */
size_t json_unescape(char *text, size_t n_bytes) {
        const char *at = text, *end = text + n_bytes;
        char *out = text;

        while (at < end) {
                uint32_t code = 0, low = 0;

                if (*at != '\\') {
                        *out++ = *at++;
                } else if (at[1] != 'u') {
                        static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

                        *out++ = to[strchr(from, at[1]) - from];
                        at += 2;
                } else {
                        read_hex(at + 2, end, &code);
                        at += 6;
                        if (code >= 0xD800 && code <= 0xDFFF) {
                                read_hex(at + 2, end, &low);
                                at += 6;
                                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                        }
                        out = put_utf8(out, code);
                }
        }
        return (size_t) (out - text);
}

static int decode_key(Key *key) {
        key->decoded = malloc(key->n_bytes + 1);
        if (!key->decoded)
                return error_origin(-ENOMEM);
        memcpy(key->decoded, key->at, key->n_bytes);
        key->at = key->decoded;
        key->n_bytes = json_unescape(key->decoded, key->n_bytes);
        return 0;
}

/*
 * How many cells there will be, once enough were noted to tell by what is left of the text. In a text of strangers
 * that may be wrong by far: then more room is made once more.
 */
static size_t expect_cells(const Scan *scan, const char *at) {
        size_t n_items = scan->cells->n_items, n_doubled = n_items < 256 ? 256 : 2 * n_items;
        double all = (double) n_items * (double) (scan->end - scan->text) /
                     (double) (at - scan->text + 1) * 1.125;

        if (all > MOST_CELLS)
                all = MOST_CELLS;
        return n_items < MANY_CELLS || all < (double) n_doubled ? n_doubled : (size_t) all;
}

static int make_room_for_cells(Scan *scan, const char *at) {
        JsonCells *cells = scan->cells;
        size_t n_room = expect_cells(scan, at);
        JsonCell *larger = heap_room_alloc(n_room * sizeof(*larger));

        if (!larger)
                return error_origin(-ENOMEM);
        if (cells->n_items > 0)
                memcpy(larger, cells->items, cells->n_items * sizeof(*larger));
        free(cells->items);
        cells->items = larger;
        cells->n_room = n_room;
        return 0;
}

static int note_cell(Scan *scan, JsonCellKind kind, const char *at, size_t n_bytes, bool escaped) {
        JsonCells *cells = scan->cells;

        if (!cells)
                return 0;
        if (cells->n_items == cells->n_room) {
                int r = make_room_for_cells(scan, at);

                if (r)
                        return error_fold(r);
        }
        cells->items[cells->n_items] = (JsonCell){ .at = (uint32_t) (at - scan->text),
                                                   .n_bytes = (uint32_t) n_bytes,
                                                   .behind = (uint32_t) cells->n_items + 1,
                                                   .kind = (uint8_t) kind,
                                                   .escaped = escaped };
        cells->n_items++;
        return 0;
}

static int scan_key(Scan *scan) {
        Level *level = &scan->levels[scan->n_levels - 1];
        bool escaped;
        Key *key;
        int r;

        if (scan->n_keys - level->first_key == scan->max_keys)
                return refuse_at(scan, scan->at, JSON_CAP_KEYS ": an object of more than %zu keys",
                                 scan->max_keys);
        if (scan->n_keys == scan->n_keys_room) {
                size_t n_room = scan->n_keys_room == 0 ? 64 : scan->n_keys_room * 2;
                Key *larger = realloc(scan->keys, n_room * sizeof(*larger));

                if (!larger)
                        return error_origin(-ENOMEM);
                scan->keys = larger;
                scan->n_keys_room = n_room;
        }

        key = &scan->keys[scan->n_keys];
        *key = (Key){};
        r = scan_string(scan, &key->at, &key->n_bytes, &escaped);
        if (r)
                return r;
        scan->n_keys++;
        r = note_cell(scan, JSON_CELL_KEY, key->at, key->n_bytes, escaped);
        if (r == 0 && escaped)
                r = decode_key(key);
        if (r)
                return error_fold(r);

        skip_space(scan);
        if (scan->at == scan->end)
                return refuse_end(scan);
        if (*scan->at != ':')
                return refuse_at(scan, scan->at, "a key without ':'");
        scan->at++;
        return 0;
}

/* A path that is being spelled, cut off where there is no more room. */
typedef struct Path {
        char text[JSON_PATH_BYTES];
        size_t n;
} Path;

static void add_key(Path *path, const Key *key) {
        size_t n_room;

        if (path->n > 0 && path->n < sizeof(path->text) - 1)
                path->text[path->n++] = '.';
        n_room = sizeof(path->text) - 1 - path->n;
        n_room = key->n_bytes < n_room ? key->n_bytes : n_room;
        memcpy(path->text + path->n, key->at, n_room);
        path->n += n_room;
        path->text[path->n] = '\0';
}

static void add_index(Path *path, size_t index) {
        size_t n_room = sizeof(path->text) - path->n;
        int n = snprintf(path->text + path->n, n_room, "[%zu]", index);

        path->n += (size_t) n < n_room ? (size_t) n : n_room - 1;
}

/* `key` of the innermost object as a path from the root: the way down is each level's latest item. */
static int note_doubled(Scan *scan, const Key *key) {
        Path path = {};
        char *copy;

        if (scan->doubled->n_paths == JSON_MAX_DOUBLED_KEYS)
                return refuse_at(scan, scan->at,
                                 JSON_CAP_DOUBLED_KEYS ": more than %d keys are given twice",
                                 JSON_MAX_DOUBLED_KEYS);

        for (size_t i = 0; i + 1 < scan->n_levels; i++) {
                const Level *level = &scan->levels[i];

                if (level->is_object)
                        add_key(&path, &scan->keys[level->first_key + level->n_items - 1]);
                else
                        add_index(&path, level->n_items - 1);
        }
        add_key(&path, key);
        copy = strdup(path.text);
        if (!copy)
                return error_origin(-ENOMEM);
        scan->doubled->paths[scan->doubled->n_paths++] = copy;
        return 0;
}

static int compare_keys(const void *a, const void *b) {
        const Key *key_a = a, *key_b = b;

        if (key_a->n_bytes != key_b->n_bytes)
                return key_a->n_bytes < key_b->n_bytes ? -1 : 1;
        return memcmp(key_a->at, key_b->at, key_a->n_bytes);
}

/* Keys in bytewise order, as digests have their CVEs. */
static bool keys_ascend(const Key *keys, size_t n_keys) {
        for (size_t i = 1; i < n_keys; i++) {
                const Key *a = &keys[i - 1], *b = &keys[i];
                int order = memcmp(a->at, b->at, a->n_bytes < b->n_bytes ? a->n_bytes : b->n_bytes);

                if (order > 0 || (order == 0 && a->n_bytes >= b->n_bytes))
                        return false;
        }
        return true;
}

/* A few keys are compared quicker, each with all before it, than they are sorted. */
static int find_doubled_of_few(Scan *scan, const Key *keys, size_t n_keys) {
        for (size_t i = 1; i < n_keys; i++)
                for (size_t j = 0; j < i; j++)
                        if (compare_keys(&keys[j], &keys[i]) == 0) {
                                int r = note_doubled(scan, &keys[i]);

                                if (r)
                                        return r;
                                break;
                        }
        return 0;
}

static int find_doubled(Scan *scan, Key *keys, size_t n_keys) {
        if (keys_ascend(keys, n_keys))
                return 0;
        if (n_keys <= FEW_KEYS)
                return find_doubled_of_few(scan, keys, n_keys);

        qsort(keys, n_keys, sizeof(*keys), compare_keys);
        for (size_t i = 1; i < n_keys; i++)
                if (compare_keys(&keys[i - 1], &keys[i]) == 0) {
                        int r = note_doubled(scan, &keys[i]);

                        if (r)
                                return r;
                }
        return 0;
}

/* The object ends: its keys, last on the stack, may be sorted where they are and are then dropped. */
static int close_object(Scan *scan, const Level *level) {
        size_t n_keys = scan->n_keys - level->first_key;
        Key *keys;
        int r;

        if (n_keys == 0)
                return 0;
        keys = scan->keys + level->first_key;
        r = find_doubled(scan, keys, n_keys);
        for (size_t i = 0; i < n_keys; i++)
                free(keys[i].decoded);
        scan->n_keys = level->first_key;
        return r;
}

static bool skip_digits(Scan *scan) {
        const char *start = scan->at;

        while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
                scan->at++;
        return scan->at > start;
}

static int scan_number(Scan *scan) {
        const char *start = scan->at;
        bool sound;

        if (*scan->at == '-')
                scan->at++;
        if (scan->at < scan->end && *scan->at == '0') {
                scan->at++;
                sound = true;
        } else {
                sound = skip_digits(scan);
        }
        if (sound && scan->at < scan->end && *scan->at == '.') {
                scan->at++;
                sound = skip_digits(scan);
        }
        if (sound && scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E')) {
                scan->at++;
                if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
                        scan->at++;
                sound = skip_digits(scan);
        }
        if ((size_t) (scan->at - start) > JSON_MAX_STRING_BYTES)
                return refuse_at(scan, start, JSON_CAP_STRING ": a number of more than %d bytes",
                                 JSON_MAX_STRING_BYTES);
        if (!sound)
                return refuse_at(scan, start, "a malformed number");
        return note_cell(scan, JSON_CELL_NUMBER, start, (size_t) (scan->at - start), false);
}

static int scan_word(Scan *scan) {
        static const struct {
                const char *word;
                JsonCellKind kind;
        } words[] = { { "null", JSON_CELL_NULL },
                      { "true", JSON_CELL_TRUE },
                      { "false", JSON_CELL_FALSE } };

        for (size_t i = 0; i < ELEMENTS(words); i++) {
                size_t n = strlen(words[i].word);

                if ((size_t) (scan->end - scan->at) >= n &&
                    memcmp(scan->at, words[i].word, n) == 0) {
                        scan->at += n;
                        return note_cell(scan, words[i].kind, scan->at - n, n, false);
                }
        }
        return refuse_at(scan, scan->at, "not a JSON value");
}

static int open_level(Scan *scan) {
        bool is_object = *scan->at == '{';

        if (scan->n_levels == JSON_MAX_DEPTH)
                return refuse_at(scan, scan->at, JSON_CAP_DEPTH ": nested deeper than %d levels",
                                 JSON_MAX_DEPTH);
        scan->levels[scan->n_levels++] = (Level){
                .is_object = is_object,
                .first_key = scan->n_keys,
                .cell = scan->cells ? scan->cells->n_items : 0,
        };
        return note_cell(scan, is_object ? JSON_CELL_OBJECT : JSON_CELL_ARRAY, scan->at++, 1,
                         false);
}

/* One value, or the opening of one. */
static int scan_value(Scan *scan) {
        const char *at;
        size_t n_bytes;
        bool escaped;
        int r;

        skip_space(scan);
        if (scan->at == scan->end)
                return refuse_end(scan);
        if (++scan->n_values > JSON_MAX_VALUES)
                return refuse_at(scan, scan->at, JSON_CAP_VALUES ": more than %d values",
                                 JSON_MAX_VALUES);

        switch (*scan->at) {
        case '{':
        case '[':
                return open_level(scan);
        case '"':
                r = scan_string(scan, &at, &n_bytes, &escaped);
                return r ? r : note_cell(scan, JSON_CELL_STRING, at, n_bytes, escaped);
        case '-':
        case '0' ... '9':
                return scan_number(scan);
        default:
                return scan_word(scan);
        }
}

/* Inside an object or array: its end, or the next item up to and with its value's opening. */
static int scan_item(Scan *scan) {
        Level *level = &scan->levels[scan->n_levels - 1];
        char close = level->is_object ? '}' : ']';
        int r;

        skip_space(scan);
        if (scan->at == scan->end)
                return refuse_end(scan);
        if (*scan->at == close) {
                r = level->is_object ? close_object(scan, level) : 0;
                if (r)
                        return r;
                if (scan->cells)
                        scan->cells->items[level->cell].behind = (uint32_t) scan->cells->n_items;
                scan->at++;
                scan->n_levels--;
                return 0;
        }

        if (level->n_items > 0) {
                if (*scan->at != ',')
                        return refuse_at(scan, scan->at, "',' or '%c' expected", close);
                scan->at++;
                skip_space(scan);
        }
        level->n_items++;
        if (level->is_object) {
                if (scan->at == scan->end)
                        return refuse_end(scan);
                if (*scan->at != '"')
                        return refuse_at(scan, scan->at, "a key expected");
                r = scan_key(scan);
                if (r)
                        return r;
        } else if (level->n_items > JSON_MAX_ARRAY_ITEMS) {
                return refuse_at(scan, scan->at,
                                 JSON_CAP_ARRAY_ITEMS ": an array of more than %d items",
                                 JSON_MAX_ARRAY_ITEMS);
        }
        return scan_value(scan);
}

/* Whoever has to mend the file looks for a NUL, not for a wrong encoding. */
static int refuse_characters(Scan *scan) {
        const char *nul = memchr(scan->text, '\0', (size_t) (scan->end - scan->text));

        if (nul && text_is_utf8(scan->text, (size_t) (nul - scan->text)))
                return refuse_at(scan, nul, "a NUL character (U+0000)");
        return refuse_at(scan, scan->at, "what follows is not well-formed UTF-8 throughout");
}

static int scan_text(Scan *scan) {
        int r;

        if ((size_t) (scan->end - scan->at) >= 3 && memcmp(scan->at, "\xEF\xBB\xBF", 3) == 0)
                return refuse_at(scan, scan->at, "a byte-order mark");
        if (!text_is_utf8(scan->text, (size_t) (scan->end - scan->text)))
                return refuse_characters(scan);

        r = scan_value(scan);
        while (r == 0 && scan->n_levels > 0)
                r = scan_item(scan);
        if (r)
                return r;

        skip_space(scan);
        return scan->at == scan->end ? 0
                                     : refuse_at(scan, scan->at, "more behind the end of the text");
}

int json_scan_cells(const char *text, size_t n_bytes, size_t max_keys, JsonCells *cells,
                    JsonDoubledKeys *ret_doubled, JsonProblem *ret_problem) {
        Scan scan = {
                .text = text,
                .at = text,
                .end = text + n_bytes,
                .max_keys = max_keys,
                .cells = cells,
                .doubled = ret_doubled,
                .problem = ret_problem,
        };
        int r;

        if (cells)
                cells->n_items = 0;
        *ret_doubled = (JsonDoubledKeys){};
        r = scan_text(&scan);
        scan_clear(&scan);
        return r;
}

int json_scan(const char *text, size_t n_bytes, size_t max_keys, JsonDoubledKeys *ret_doubled,
              JsonProblem *ret_problem) {
        return json_scan_cells(text, n_bytes, max_keys, NULL, ret_doubled, ret_problem);
}
