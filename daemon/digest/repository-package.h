/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A package, as the files of a repository name it, and what its words mean.
 */

#include "base/memory-pool.h"
#include "digest/xml-stream.h"

/* All NULL while not known. */
typedef struct RepositoryPackage {
        const char *name, *arch, *version, *release;
        const char *vendor; /* who built it, in the vendor's own words */
        const char *base;   /* the kernel that a live patch is for */
} RepositoryPackage;

bool repository_package_is_kernel(const char *name);

/* A kernel or live patch, and no source of one. */
bool repository_package_is_ours(const RepositoryPackage *package);

/* VERSION-RELEASE of a package that is ours, or NULL and a refusal of what is not sound in it. */
const char *repository_package_evr(MemoryPool *pool, XmlStream *stream,
                                   const RepositoryPackage *package);

/* The stream that the dist tag of `release` names; NULL where it names none, or `release` is NULL. */
const char *repository_package_stream(MemoryPool *pool, const char *release);

/* The vendor, as digests name him, by the words of who built a package or by an advisory's id; NULL for all others. */
const char *repository_package_vendor(const char *builder);
const char *repository_advisory_vendor(const char *id);
