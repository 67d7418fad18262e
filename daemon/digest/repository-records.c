/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Records of a repository. The list of packages and the advisories tell of the same patches, each of them once per
 * architecture: here they become one record of each. An advisory's word counts before the list's, as it has a date.
 */

#include <string.h>

#include "core/livepatch-name.h"
#include "digest/repository-records.h"

bool repository_records_take_vendor(RepositoryRecords *records, XmlStream *stream,
                                    const char *vendor) {
        if (!records->vendor)
                records->vendor = vendor;
        if (strcmp(records->vendor, vendor) == 0)
                return true;
        xml_stream_refuse(stream, "kernels of %s beside those of %s", vendor, records->vendor);
        return false;
}

void repository_records_add_kernel(RepositoryRecords *records, const RepositoryPackage *package,
                                   const char *evr, const RepositoryAdvisory *advisory) {
        KernelFact *kernel = memory_pool_append(records->pool, records->found.kernels,
                                                records->found.n_kernels);

        if (!kernel)
                return;
        *kernel = (KernelFact){ .release = evr,
                                .stream = repository_package_stream(records->pool, evr),
                                .channels = records->channels,
                                .released = advisory->released,
                                .advisory = advisory->id };
        text_list_add(&kernel->arch, records->pool, memory_pool_text(records->pool, package->arch));
}

void repository_records_add_patch(RepositoryRecords *records, const RepositoryPackage *package,
                                  const char *evr, const RepositoryAdvisory *advisory) {
        const char *version = livepatch_version_without_dist(records->pool, evr), *stream;
        PatchFact *patch = memory_pool_append(records->pool, records->found.patches,
                                              records->found.n_patches);

        if (!patch)
                return;
        /* Without a list of packages nobody tells the base; the patch's own dist tag still does the minor. */
        stream = repository_package_stream(records->pool, package->base);
        *patch = (PatchFact){ .package = memory_pool_text(records->pool, package->name),
                              .version = version,
                              .base = package->base,
                              .stream = stream ? stream
                                               : repository_package_stream(records->pool, evr),
                              .channels = records->channels,
                              .released = advisory->released,
                              .advisory = advisory->id };
        text_list_add(&patch->arch, records->pool, memory_pool_text(records->pool, package->arch));
}

NameIndex repository_records_index_patches(const RepositoryRecords *records, size_t first,
                                           size_t end) {
        NameIndex index = name_index_empty(records->pool, end - first);

        for (size_t i = first; i < end; i++)
                name_index_put(&index, records->found.patches[i].package,
                               records->found.patches[i].version, i);
        name_index_sort(&index);
        return index;
}

static NameIndex index_kernels(const RepositoryRecords *records, size_t first, size_t end) {
        NameIndex index = name_index_empty(records->pool, end - first);

        for (size_t i = first; i < end; i++)
                name_index_put(&index, records->found.kernels[i].release, "", i);
        name_index_sort(&index);
        return index;
}

/* What differs from the first of its name in architecture only is joined to it. */
#define MERGE(records, kind, key, first, index)                                                \
        do {                                                                                   \
                Facts *_found = &(records)->found;                                             \
                size_t _n_same, _n = (first);                                                  \
                                                                                               \
                for (size_t _i = 0; _i < (index)->n_items; _i += _n_same) {                    \
                        const Named *_named = &(index)->items[_i];                             \
                        TextList *_arch = &_found->kind[_named->place].arch;                   \
                                                                                               \
                        for (_n_same = 1; _i + _n_same < (index)->n_items &&                   \
                                          named_is_same(_named, &_named[_n_same]);             \
                             _n_same++) {                                                      \
                                typeof(_found->kind) _double =                                 \
                                                &_found->kind[_named[_n_same].place];          \
                                                                                               \
                                text_list_add(_arch, (records)->pool, _double->arch.items[0]); \
                                _double->key = NULL;                                           \
                        }                                                                      \
                        text_list_sort(_arch);                                                 \
                }                                                                              \
                for (size_t _i = (first); (index)->n_items > 0 && _i < _found->n_##kind; _i++) \
                        if (_found->kind[_i].key)                                              \
                                _found->kind[_n++] = _found->kind[_i];                         \
                _found->n_##kind = _n;                                                         \
        } while (false)

void repository_records_merge_kernels(RepositoryRecords *records, size_t first) {
        const NameIndex index = index_kernels(records, first, records->found.n_kernels);

        MERGE(records, kernels, release, first, &index);
}

void repository_records_merge_patches(RepositoryRecords *records, size_t first) {
        const NameIndex index =
                        repository_records_index_patches(records, first, records->found.n_patches);

        MERGE(records, patches, package, first, &index);
}

static void take_back(RepositoryRecords *records, const char *name, const char *version) {
        Named *named = memory_pool_append(records->pool, records->retracted.items,
                                          records->retracted.n_items);

        if (named)
                *named = (Named){ name, version, 0 };
}

void repository_records_retract(RepositoryRecords *records, size_t first_kernel,
                                size_t first_patch) {
        Facts *found = &records->found;

        for (size_t i = first_kernel; i < found->n_kernels; i++)
                take_back(records, found->kernels[i].release, "");
        for (size_t i = first_patch; i < found->n_patches; i++)
                take_back(records, found->patches[i].package, found->patches[i].version);
        found->n_kernels = first_kernel;
        found->n_patches = first_patch;
}

void repository_records_drop_doubles(RepositoryRecords *records, size_t n_listed) {
        Facts *found = &records->found;
        NameIndex told = repository_records_index_patches(records, n_listed, found->n_patches);
        size_t n = 0;

        for (size_t i = 0; i < found->n_patches; i++)
                if (i >= n_listed ||
                    !name_index_has(&told, found->patches[i].package, found->patches[i].version))
                        found->patches[n++] = found->patches[i];
        found->n_patches = n;
}

void repository_records_drop_retracted(RepositoryRecords *records) {
        const NameIndex *back = &records->retracted;
        Facts *found = &records->found;
        const NameIndex told = index_kernels(records, 0, found->n_kernels);
        TextList *kernels = &records->kernels;
        size_t n = 0;

        name_index_sort(&records->retracted);
        for (size_t i = 0; i < found->n_patches; i++)
                if (found->patches[i].advisory ||
                    !name_index_has(back, found->patches[i].package, found->patches[i].version))
                        found->patches[n++] = found->patches[i];
        found->n_patches = n;
        n = 0;
        for (size_t i = 0; i < kernels->n_items; i++)
                if (name_index_has(&told, kernels->items[i], "") ||
                    !name_index_has(back, kernels->items[i], ""))
                        kernels->items[n++] = kernels->items[i];
        kernels->n_items = n;
}
