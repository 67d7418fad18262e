/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Host facts as JSON. Writer and reader stand side by side because they are one agreement: what one
 * program writes as root, another one reads without privilege. The reader takes the whole text or
 * nothing, so that half a text never looks like a host without patches; keys that it does not know
 * are left alone, because the writer may be newer for the length of an update. It refuses to
 * repair: a group that has neither content nor reason makes the text malformed.
 */

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "format/host-facts-json.h"

#define DEPTH_MAX 8
#define TEXT_BYTES_MAX 4096

typedef struct json_object JsonObject;
typedef struct json_tokener JsonTokener;

static inline void json_object_putp(JsonObject **object) {
        json_object_put(*object);
}

static inline void json_tokener_freep(JsonTokener **tokener) {
        if (*tokener)
                json_tokener_free(*tokener);
}

/* Takes `value` in any case; false without memory. */
static bool put(JsonObject *object, const char *key, JsonObject *value) {
        if (!value)
                return false;
        if (json_object_object_add(object, key, value) == 0)
                return true;
        json_object_put(value);
        return false;
}

static bool put_null(JsonObject *object, const char *key) {
        return json_object_object_add(object, key, NULL) == 0;
}

static bool put_tristate(JsonObject *object, const char *key, Tristate value) {
        return value == TRISTATE_UNKNOWN
                               ? put_null(object, key)
                               : put(object, key, json_object_new_boolean(value == TRISTATE_YES));
}

static JsonObject *new_text(MemoryPool *pool, const char *text) {
        return json_object_new_string(text_printable(pool, text, TEXT_BYTES_MAX));
}

static bool put_text(JsonObject *object, const char *key, MemoryPool *pool, const char *text) {
        return text ? put(object, key, new_text(pool, text)) : put_null(object, key);
}

static bool append(JsonObject *array, JsonObject *value) {
        if (!value)
                return false;
        if (json_object_array_add(array, value) == 0)
                return true;
        json_object_put(value);
        return false;
}

static JsonObject *new_texts(MemoryPool *pool, const TextList *texts) {
        _cleanup_(json_object_putp) JsonObject *array = json_object_new_array();

        for (size_t i = 0; array && i < texts->n_items; i++)
                if (!append(array, new_text(pool, texts->items[i])))
                        return NULL;
        return TAKE(array);
}

static JsonObject *new_packages(const HostFacts *host) {
        _cleanup_(json_object_putp) JsonObject *array = json_object_new_array();

        for (size_t i = 0; array && i < host->n_packages; i++) {
                const InstalledPackage *package = &host->packages[i];
                JsonObject *object = json_object_new_object();

                if (!append(array, object) ||
                    !put_text(object, "name", host->pool, package->name) ||
                    !put_text(object, "version", host->pool, package->version) ||
                    !put_text(object, "arch", host->pool, package->arch))
                        return NULL;
        }
        return TAKE(array);
}

static JsonObject *new_modules(const HostFacts *host) {
        _cleanup_(json_object_putp) JsonObject *array = json_object_new_array();

        for (size_t i = 0; array && i < host->n_modules; i++) {
                const ModuleFile *module = &host->modules[i];
                JsonObject *object = json_object_new_object();

                if (!append(array, object) || !put_text(object, "path", host->pool, module->path) ||
                    !put_text(object, "kernel", host->pool, module->kernel) ||
                    !put_text(object, "name", host->pool, module->name) ||
                    !put_text(object, "vermagic", host->pool, module->vermagic) ||
                    !put_text(object, "srcversion", host->pool, module->srcversion) ||
                    !put_text(object, "signer", host->pool, module->signer) ||
                    !put(object, "livepatch", json_object_new_boolean(module->livepatch)) ||
                    !put_text(object, "unreadable", host->pool, module->unreadable))
                        return NULL;
        }
        return TAKE(array);
}

static JsonObject *new_default_kernel(const HostFacts *host) {
        _cleanup_(json_object_putp) JsonObject *object = json_object_new_object();

        if (!object || !put_text(object, "release", host->pool, host->default_kernel) ||
            !put_text(object, "from", host->pool, host->default_kernel_from) ||
            !put(object, "options", new_texts(host->pool, &host->default_options)))
                return NULL;
        return TAKE(object);
}

static JsonObject *new_loader(const HostFacts *host) {
        _cleanup_(json_object_putp) JsonObject *object = json_object_new_object();

        if (!object || !put_text(object, "service", host->pool, host->loader_service) ||
            !put_text(object, "state", host->pool, host->loader_state) ||
            !put_text(object, "result", host->pool, host->loader_result) ||
            !put_tristate(object, "patches_follow", host->patches_follow))
                return NULL;
        return TAKE(object);
}

/* A group's two keys. Takes `content`, which is left out when there is a reason. */
static bool put_group(const HostFacts *host, JsonObject *root, const char *key, JsonObject *content,
                      const char *unknown_key, const char *unknown) {
        if (unknown) {
                json_object_put(content);
                return put_null(root, key) && put_text(root, unknown_key, host->pool, unknown);
        }
        return put(root, key, content) && put_null(root, unknown_key);
}

static bool put_groups(const HostFacts *host, JsonObject *root) {
        return put(root, "host_facts", json_object_new_int(HOST_FACTS_JSON_VERSION)) &&
               put_group(host, root, "installed_kernels",
                         new_texts(host->pool, &host->installed_kernels),
                         "installed_kernels_unknown", host->installed_kernels_unknown) &&
               put_group(host, root, "default_kernel", new_default_kernel(host),
                         "default_kernel_unknown", host->default_kernel_unknown) &&
               put_group(host, root, "packages", new_packages(host), "packages_unknown",
                         host->packages_unknown) &&
               put_group(host, root, "modules", new_modules(host), "modules_unknown",
                         host->modules_unknown) &&
               put_group(host, root, "loader", new_loader(host), "loader_unknown",
                         host->loader_unknown) &&
               put_group(host, root, "repositories", new_texts(host->pool, &host->repositories),
                         "repositories_unknown", host->repositories_unknown);
}

int host_facts_json_write(const HostFacts *host, char **ret, size_t *ret_n_bytes) {
        _cleanup_(json_object_putp) JsonObject *root = json_object_new_object();
        const char *text;
        char *copy;
        size_t n;

        if (!root || !put_groups(host, root) || memory_pool_exhausted(host->pool))
                return error_origin(-ENOMEM);
        text = json_object_to_json_string_length(
                        root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE, &n);
        copy = text ? malloc(n + 2) : NULL;
        if (!copy)
                return error_origin(-ENOMEM);

        memcpy(copy, text, n);
        strcpy(copy + n, "\n");
        *ret = copy;
        *ret_n_bytes = n + 1;
        return 0;
}

/* Reading: every function is false once something was wrong, with `error` saying what. */
typedef struct Reader {
        MemoryPool *pool;
        const char *error;
} Reader;

static bool fail(Reader *reader, const char *key, const char *what) {
        reader->error = memory_pool_format(reader->pool, "'%s' %s", key, what);
        return false;
}

static bool member(Reader *reader, JsonObject *object, const char *key, JsonObject **ret) {
        return json_object_object_get_ex(object, key, ret) || fail(reader, key, "is missing");
}

static bool is_plain(JsonObject *value) {
        return json_object_is_type(value, json_type_string) &&
               strlen(json_object_get_string(value)) == (size_t) json_object_get_string_len(value);
}

static const char *take_text(Reader *reader, JsonObject *value) {
        return text_printable(reader->pool, json_object_get_string(value), TEXT_BYTES_MAX);
}

static bool get_text_or_null(Reader *reader, JsonObject *object, const char *key,
                             const char **ret) {
        JsonObject *value;

        if (!member(reader, object, key, &value))
                return false;
        if (value && !is_plain(value))
                return fail(reader, key, "is no text");
        *ret = value ? take_text(reader, value) : NULL;
        return true;
}

static bool get_tristate(Reader *reader, JsonObject *object, const char *key, Tristate *ret) {
        JsonObject *value;

        if (!member(reader, object, key, &value))
                return false;
        if (value && !json_object_is_type(value, json_type_boolean))
                return fail(reader, key, "is neither true nor false nor null");
        *ret = !value                           ? TRISTATE_UNKNOWN
               : json_object_get_boolean(value) ? TRISTATE_YES
                                                : TRISTATE_NO;
        return true;
}

static bool get_text(Reader *reader, JsonObject *object, const char *key, const char **ret) {
        const char *text;

        if (!get_text_or_null(reader, object, key, &text))
                return false;
        if (!text || text[0] == '\0')
                return fail(reader, key, "is empty");
        *ret = text;
        return true;
}

static bool get_texts(Reader *reader, JsonObject *array, const char *key, TextList *ret) {
        TextList texts = {};

        for (size_t i = 0; i < json_object_array_length(array); i++) {
                JsonObject *value = json_object_array_get_idx(array, i);

                if (!is_plain(value))
                        return fail(reader, key, "holds something that is no text");
                text_list_add(&texts, reader->pool, take_text(reader, value));
        }
        *ret = texts;
        return true;
}

/* A group's content, which is NULL when there is a reason for it. */
static bool get_group(Reader *reader, JsonObject *root, const char *key, json_type type,
                      JsonObject **ret, const char *unknown_key, const char **ret_unknown) {
        if (!member(reader, root, key, ret) ||
            !get_text_or_null(reader, root, unknown_key, ret_unknown))
                return false;
        if ((*ret != NULL) == (*ret_unknown != NULL))
                return fail(reader, key, "must have either content or a reason");
        if (*ret && !json_object_is_type(*ret, type))
                return fail(reader, key, "is of the wrong type");
        return true;
}

static bool get_text_group(Reader *reader, JsonObject *root, const char *key, TextList *ret,
                           const char *unknown_key, const char **ret_unknown) {
        JsonObject *array;

        *ret = (TextList){};
        return get_group(reader, root, key, json_type_array, &array, unknown_key, ret_unknown) &&
               (!array || get_texts(reader, array, key, ret));
}

static bool get_default_kernel(Reader *reader, JsonObject *root, HostFacts *host) {
        JsonObject *object, *options;

        host->default_kernel = host->default_kernel_from = NULL;
        host->default_options = (TextList){};
        if (!get_group(reader, root, "default_kernel", json_type_object, &object,
                       "default_kernel_unknown", &host->default_kernel_unknown))
                return false;
        if (!object)
                return true;

        if (!get_text(reader, object, "release", &host->default_kernel) ||
            !get_text(reader, object, "from", &host->default_kernel_from) ||
            !member(reader, object, "options", &options))
                return false;
        if (!json_object_is_type(options, json_type_array))
                return fail(reader, "options", "is of the wrong type");
        return get_texts(reader, options, "options", &host->default_options);
}

static bool get_packages(Reader *reader, JsonObject *root, HostFacts *host) {
        JsonObject *array;

        host->packages = NULL;
        host->n_packages = 0;
        if (!get_group(reader, root, "packages", json_type_array, &array, "packages_unknown",
                       &host->packages_unknown))
                return false;

        for (size_t i = 0; array && i < json_object_array_length(array); i++) {
                JsonObject *object = json_object_array_get_idx(array, i);
                InstalledPackage *package;

                if (!json_object_is_type(object, json_type_object))
                        return fail(reader, "packages", "holds something that is no object");
                package = memory_pool_append(host->pool, host->packages, host->n_packages);
                if (!package || !get_text(reader, object, "name", &package->name) ||
                    !get_text(reader, object, "version", &package->version) ||
                    !get_text(reader, object, "arch", &package->arch))
                        return false;
        }
        return true;
}

static bool get_module(Reader *reader, JsonObject *object, ModuleFile *module) {
        JsonObject *livepatch;

        if (!get_text(reader, object, "path", &module->path) ||
            !get_text(reader, object, "kernel", &module->kernel) ||
            !get_text(reader, object, "name", &module->name) ||
            !get_text_or_null(reader, object, "vermagic", &module->vermagic) ||
            !get_text_or_null(reader, object, "srcversion", &module->srcversion) ||
            !get_text_or_null(reader, object, "signer", &module->signer) ||
            !get_text_or_null(reader, object, "unreadable", &module->unreadable) ||
            !member(reader, object, "livepatch", &livepatch))
                return false;
        if (!json_object_is_type(livepatch, json_type_boolean))
                return fail(reader, "livepatch", "is of the wrong type");
        module->livepatch = json_object_get_boolean(livepatch);
        return true;
}

static bool get_modules(Reader *reader, JsonObject *root, HostFacts *host) {
        JsonObject *array;

        host->modules = NULL;
        host->n_modules = 0;
        if (!get_group(reader, root, "modules", json_type_array, &array, "modules_unknown",
                       &host->modules_unknown))
                return false;

        for (size_t i = 0; array && i < json_object_array_length(array); i++) {
                JsonObject *object = json_object_array_get_idx(array, i);
                ModuleFile *module;

                if (!json_object_is_type(object, json_type_object))
                        return fail(reader, "modules", "holds something that is no object");
                module = memory_pool_append(host->pool, host->modules, host->n_modules);
                if (!module || !get_module(reader, object, module))
                        return false;
        }
        return true;
}

static bool get_loader(Reader *reader, JsonObject *root, HostFacts *host) {
        JsonObject *object;

        host->loader_service = host->loader_state = host->loader_result = NULL;
        host->patches_follow = TRISTATE_UNKNOWN;
        if (!get_group(reader, root, "loader", json_type_object, &object, "loader_unknown",
                       &host->loader_unknown))
                return false;
        return !object || (get_text_or_null(reader, object, "service", &host->loader_service) &&
                           get_text_or_null(reader, object, "state", &host->loader_state) &&
                           get_text_or_null(reader, object, "result", &host->loader_result) &&
                           get_tristate(reader, object, "patches_follow", &host->patches_follow));
}

static bool get_groups(Reader *reader, JsonObject *root, HostFacts *host) {
        JsonObject *version;

        if (!json_object_is_type(root, json_type_object))
                return fail(reader, "host facts", "are no object");
        if (!member(reader, root, "host_facts", &version))
                return false;
        if (!json_object_is_type(version, json_type_int) ||
            json_object_get_int64(version) != HOST_FACTS_JSON_VERSION)
                return fail(reader, "host_facts", "is a version that is not known here");

        return get_text_group(reader, root, "installed_kernels", &host->installed_kernels,
                              "installed_kernels_unknown", &host->installed_kernels_unknown) &&
               get_default_kernel(reader, root, host) && get_packages(reader, root, host) &&
               get_modules(reader, root, host) && get_loader(reader, root, host) &&
               get_text_group(reader, root, "repositories", &host->repositories,
                              "repositories_unknown", &host->repositories_unknown);
}

int host_facts_json_read(const char *text, size_t n_bytes, HostFacts *host,
                         const char **ret_error) {
        _cleanup_(json_tokener_freep) JsonTokener *tokener = json_tokener_new_ex(DEPTH_MAX);
        _cleanup_(json_object_putp) JsonObject *root = NULL;
        Reader reader = { .pool = host->pool };
        HostFacts read = *host;
        bool taken = false;

        if (!tokener)
                return error_origin(-ENOMEM);
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);

        if (n_bytes > INT_MAX)
                fail(&reader, "host facts", "are too large");
        else {
                root = json_tokener_parse_ex(tokener, text, (int) n_bytes);
                if (json_tokener_get_error(tokener) != json_tokener_success)
                        fail(&reader, "host facts", "are no JSON");
                else
                        taken = get_groups(&reader, root, &read);
        }

        if (memory_pool_exhausted(host->pool))
                return error_origin(-ENOMEM);
        if (!taken) {
                *ret_error = reader.error;
                return HOST_FACTS_JSON_E_REFUSED;
        }
        *host = read;
        return 0;
}
