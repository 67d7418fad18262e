/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the files of one repository say, put together: records of its kernels and live patches, and which kernels lie
 * in it.
 */

#include "core/facts.h"
#include "digest/name-index.h"
#include "digest/repository-package.h"
#include "digest/xml-stream.h"

typedef struct RepositoryRecords {
        MemoryPool *pool;
        ChannelSet channels; /* of all records */
        Facts found;         /* apart from all others: all or nothing */
        const char *vendor;  /* NULL while there is no kernel of anybody's */
        TextList kernels;    /* of the packages' list */
        NameIndex retracted; /* packages of retracted advisories; kernels by their release, without a version */
} RepositoryRecords;

/* The advisory that tells of a package; without any there is neither id nor date. */
typedef struct RepositoryAdvisory {
        const char *id;
        UtcTime released;
} RepositoryAdvisory;

/* True when all that was found before is of this vendor, too; else a refusal. */
bool repository_records_take_vendor(RepositoryRecords *records, XmlStream *stream,
                                    const char *vendor);

/* `evr` is of the package, whose texts are copied; `base` is not. The pool remembers what found no room. */
void repository_records_add_kernel(RepositoryRecords *records, const RepositoryPackage *package,
                                   const char *evr, const RepositoryAdvisory *advisory);
void repository_records_add_patch(RepositoryRecords *records, const RepositoryPackage *package,
                                  const char *evr, const RepositoryAdvisory *advisory);

/* Joins, from the index `first` on, what differs in architecture only; the order stays. */
void repository_records_merge_kernels(RepositoryRecords *records, size_t first);
void repository_records_merge_patches(RepositoryRecords *records, size_t first);

/* The patches from `first` to before `end`, by package and version. Without memory it is empty. */
NameIndex repository_records_index_patches(const RepositoryRecords *records, size_t first,
                                           size_t end);

/* Takes the kernels and patches from these indexes on back: their advisory was retracted. */
void repository_records_retract(RepositoryRecords *records, size_t first_kernel,
                                size_t first_patch);

/* Of the first `n_listed` patches, which the packages' list has, drops those that an advisory tells of. */
void repository_records_drop_doubles(RepositoryRecords *records, size_t n_listed);

/* Drops what was retracted, and no other advisory released. */
void repository_records_drop_retracted(RepositoryRecords *records);
