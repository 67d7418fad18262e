/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What readers and writers of digests agree on: the limits, which texts may stand in a record, and
 * when two records speak of the same thing.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/facts.h"
#include "format/input-caps.h"

#define DIGEST_VERSION 1

/*
 * Two records with the same identity speak of the same thing: in one digest they contradict each
 * other, of two digests they are united. What one channel was offered is another thing than what another
 * was: a repository tells of its own channel only. So is what one architecture was offered: an advisory may
 * fix a CVE on some of its architectures only. Lists of architectures must be sorted.
 * So is what a repository tells of an advisory beside what its document does: each may take back its own word.
 *   kernel      kernel, stream, advisory, repository, channels, arch
 *   patch       patch, version, base, stream, advisory, repository, channels, arch
 *   repository  repository, stream, channel
 *   window      kernel, package, source, channel
 *   withdrawn   advisory, repository
 */
typedef struct DigestIdentity {
        const char *kind;     /* the key that opens the record */
        const char *parts[6]; /* NULL where unknown or unused */
        ChannelSet channels;  /* 0 where unknown or unused */
        TextList arch;        /* empty where unknown or unused */
} DigestIdentity;

DigestIdentity digest_identity_of_kernel(const KernelFact *kernel);
DigestIdentity digest_identity_of_patch(const PatchFact *patch);
DigestIdentity digest_identity_of_repository(const RepositoryFact *repository);
DigestIdentity digest_identity_of_window(const WindowFact *window);
DigestIdentity digest_identity_of_withdrawn(const WithdrawnFact *withdrawn);

/* Any total order; 0 = the same thing. */
int digest_identity_compare(const DigestIdentity *a, const DigestIdentity *b);

/* For messages: `kernel 5.14.0-427.13.1.el9_4, rhel-9.4, RHSA-2024:2394`. */
const char *digest_identity_text(MemoryPool *pool, const DigestIdentity *identity);

/* Visible ASCII, 1 to DIGEST_MAX_ID_BYTES of it: names of packages, streams, repositories, advisories. */
bool digest_is_id(const char *text);

/* CVE-2024-36971: a year and at least four digits. */
bool digest_is_cve(const char *text);

/* VERSION-RELEASE of a kernel, without architecture and variant. */
bool digest_is_kernel(const char *text);
