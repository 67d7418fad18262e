// SPDX-FileCopyrightText: The klpwatch authors
// SPDX-License-Identifier: GPL-2.0

/*
 * An ordinary module to be patched. With busy=1 a thread of it is inside doze(), where no signal reaches
 * it, until 1 is written to the parameter `leave`: a patch of doze() cannot come to an end before.
 */

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>

static bool busy;
module_param(busy, bool, 0444);

static bool leave;
module_param(leave, bool, 0644);

static struct task_struct *sleeper;

/* A copy that the compiler has changed would have another name, which the patch would not find. */
static noinline __attribute__((__noipa__)) void doze(void)
{
	while (!READ_ONCE(leave) && !kthread_should_stop())
		msleep(100);
	/* Something after the loop, so that the last call is not turned into a jump. */
	barrier();
}

static int work(void *unused)
{
	doze();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static int __init begin(void)
{
	if (!busy)
		return 0;
	sleeper = kthread_run(work, NULL, "klpwt_sleeper");
	return PTR_ERR_OR_ZERO(sleeper);
}

static void __exit end(void)
{
	if (sleeper)
		kthread_stop(sleeper);
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("klpwatch test: a module with a function that does not return");
