// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/limits.h>

#include "fail_alloc.h"
#include "invbench.h"

long fail_alloc_nth;

bool fail_alloc_count(void)
{
	long n = READ_ONCE(fail_alloc_nth);

	/* Several threads may allocate at once: exactly one of them gets to 0. */
	do {
		if (!n)
			return false;
	} while (!try_cmpxchg_relaxed(&fail_alloc_nth, &n, n - 1));
	return n == 1;
}

static int fail_alloc_get(void *unused, u64 *value)
{
	*value = READ_ONCE(fail_alloc_nth);
	return 0;
}

static int fail_alloc_set(void *unused, u64 value)
{
	if (value > LONG_MAX)
		return -ERANGE;
	WRITE_ONCE(fail_alloc_nth, value);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(fail_alloc_fops, fail_alloc_get, fail_alloc_set, "%llu\n");

void fail_alloc_init(struct dentry *folder)
{
	debugfs_create_file_unsafe("fail_alloc", 0600, folder, NULL, &fail_alloc_fops);
}
