// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench.ko: the subject and its executor, driven by /sys/kernel/debug/invbench. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/printk.h>

#include "fail_alloc.h"
#include "invbench.h"
#include "mmio/room.h"
#include "stock/room.h"

static char *requests;
module_param(requests, charp, 0400);
MODULE_PARM_DESC(requests,
		 "what to do at load, as written to debugfs' control, parted by semicolons; answers go to the kernel log");

static struct dentry *folder;

static int __init invbench_init(void)
{
	int ret = mmio_init();

	if (ret)
		return ret;
	stock_init();
	/* Before anybody can hold a file open, which a failing load wouldn't wait for. */
	ret = selftest_at_load();
	if (!ret && requests)
		ret = control_run(requests);
	if (ret) {
		stock_exit();
		selftest_exit();
		mmio_exit();
		return ret;
	}
	folder = debugfs_create_dir("invbench", NULL);
	if (IS_ERR(folder)) {
		/* Without debugfs there are the parameters. */
		pr_warn("no debugfs (%pe): only module parameters work\n", folder);
		folder = NULL;
	}
	if (folder) {
		control_init(folder);
		lists_init(folder);
		selftest_init(folder);
		torture_init(folder);
		fail_alloc_init(folder);
		mmio_list_init(folder);
	}
	return 0;
}

static void __exit invbench_exit(void)
{
	debugfs_remove(folder);
	stock_exit();
	selftest_exit();
	mmio_exit();
}

module_init(invbench_init);
module_exit(invbench_exit);
MODULE_DESCRIPTION("arm-smmu-v3 invalidation arrays and their barriers, measured");
MODULE_LICENSE("GPL");
