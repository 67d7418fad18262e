/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: GPL-2.0 */
#pragma once

/*
 * A live patch of the kernel itself: while it is in force, /proc/loadavg prints the module's name. So the
 * test sees which of several patches the kernel really runs. Each module that includes this is such a patch.
 *
 * cumulative=1  replaces every other live patch; 0 is put on top of them
 * refuse=N      the callback before patching fails with -N: the kernel makes the patch's folder, complains,
 *               takes the folder away again, and the load fails
 */

#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static bool cumulative = CUMULATIVE;
module_param(cumulative, bool, 0444);

static int refuse;
module_param(refuse, int, 0444);

static int print_name(struct seq_file *file, void *unused)
{
	seq_printf(file, "%s\n", KBUILD_MODNAME);
	return 0;
}

static int before_patching(struct klp_object *object)
{
	return refuse > 0 ? -refuse : 0;
}

static struct klp_func functions[] = {
	{ .old_name = "loadavg_proc_show", .new_func = print_name },
	{},
};

static struct klp_object objects[] = {
	{ .funcs = functions, .callbacks = { .pre_patch = before_patching } },
	{},
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init begin(void)
{
	patch.replace = cumulative;
	return klp_enable_patch(&patch);
}

static void __exit end(void)
{
}

module_init(begin);
module_exit(end);
MODULE_INFO(livepatch, "Y");
MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("klpwatch test: /proc/loadavg prints the name of this live patch");
