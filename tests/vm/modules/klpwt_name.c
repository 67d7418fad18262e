// SPDX-FileCopyrightText: The klpwatch authors
// SPDX-License-Identifier: GPL-2.0

/*
 * While it is loaded, the kernel calls itself by another release and version. So a host of a vendor with live
 * patches, and with support windows, can be shown on any kernel; what is loaded by path does not care.
 */

#include <linux/module.h>
#include <linux/string.h>
#include <linux/utsname.h>

static char *release = "";
static char *version = "";
static struct new_utsname before;

module_param(release, charp, 0444);
module_param(version, charp, 0444);

static int __init begin(void)
{
	struct new_utsname *name = &init_uts_ns.name;

	before = *name;
	strscpy(name->release, release, sizeof(name->release));
	strscpy(name->version, version, sizeof(name->version));
	return 0;
}

static void __exit end(void)
{
	init_uts_ns.name = before;
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("klpwatch test: another name for the kernel");
