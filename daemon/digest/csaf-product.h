/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Product ids of Red Hat and SUSE, taken apart:
 *   a base product  BaseOS-9.4.0.Z.MAIN.EUS, 7Server-7.9.Z; flat: rhel-9.4.0.z.eus, rhel-9.7.z::appstream
 *   a component     kernel-core-0:5.14.0-427.31.1.el9_4.x86_64, kpatch-patch-5_14_0-427_13_1-0:1-2.el9_4.x86_64;
 *                   of a flat product: kernel-0:5.14.0-427.31.1.el9_4
 * and SUSE's:
 *   a base product  SUSE Linux Enterprise Module for Basesystem 15 SP5, SUSE Linux Enterprise Server 15 SP4-LTSS
 *   a component     kernel-default-5.14.21-150500.55.28.1.x86_64,
 *                   kernel-livepatch-5_14_21-150500_55_28-default-14-150500.2.1.x86_64, kgraft-patch-…
 */

#include <stdbool.h>

#include "core/facts.h"
#include "core/kernel-release.h"
#include "core/livepatch-name.h"
#include "digest/csaf-advisory-id.h"

#define CSAF_PATCH_PREFIX_KGRAFT "kgraft-patch-" /* SUSE's up to SLE 12 */

/* The operating system itself, where kernels and live patches are released. */
typedef struct CsafProduct {
        CsafVendor vendor;
        int major, minor;    /* minor is -1 when the id does not tell */
        ChannelSet channels; /* 0 when the id does not tell */
        bool flat;           /* one product for the whole system, kernels by their source's name */
} CsafProduct;

/* False for every other product: AppStream, NFV, OpenShift, … */
bool csaf_product_parse(const char *id, CsafProduct *ret);

typedef enum CsafComponentKind {
        CSAF_COMPONENT_KERNEL_CORE,    /* the kernel since RHEL 8 */
        CSAF_COMPONENT_KERNEL,         /* the kernel up to RHEL 7, an empty package since */
        CSAF_COMPONENT_KERNEL_DEFAULT, /* SUSE's */
        CSAF_COMPONENT_PATCH,
} CsafComponentKind;

typedef struct CsafComponent {
        CsafVendor vendor;
        CsafComponentKind kind;
        bool malformed;                  /* one of ours by its name, but without a sound version */
        char name[LIVEPATCH_NAME_BYTES]; /* of a live-patch package */
        char version[KERNEL_RELEASE_BYTES]; /* VERSION-RELEASE, without epoch */
        char arch[16];                      /* "" when not named */
} CsafComponent;

/* False for every other package, and for sources. */
bool csaf_component_parse(const char *id, CsafComponent *ret);

/* Takes `PRODUCT:COMPONENT` apart; false unless both are ours. */
bool csaf_pair_parse(const char *id, CsafProduct *ret_product, CsafComponent *ret_component);

/* True if this component of this product is a kernel or live patch that a host can run. */
bool csaf_component_counts(const CsafComponent *component, const CsafProduct *product);
