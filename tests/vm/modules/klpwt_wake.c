// SPDX-FileCopyrightText: The klpwatch authors
// SPDX-License-Identifier: GPL-2.0

/*
 * A live patch of klpwt_sleeper. Loaded before that module it waits for it; loaded while a thread of
 * that sleeps in doze(), its transition stays open.
 */

#include <linux/livepatch.h>
#include <linux/module.h>

static void do_not_doze(void)
{
}

static struct klp_func functions[] = {
	{ .old_name = "doze", .new_func = do_not_doze },
	{},
};

static struct klp_object objects[] = {
	{ .name = "klpwt_sleeper", .funcs = functions },
	{},
};

static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init begin(void)
{
	return klp_enable_patch(&patch);
}

static void __exit end(void)
{
}

module_init(begin);
module_exit(end);
MODULE_INFO(livepatch, "Y");
MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("klpwatch test: a live patch of another module");
