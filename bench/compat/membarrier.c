// SPDX-License-Identifier: GPL-2.0-or-later
/* A fence on the other CPUs, from here. */
#include <errno.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rcu_thread.h"

static int registered_errno = -1;

static long membarrier(int cmd)
{
	return syscall(SYS_membarrier, cmd, 0, 0);
}

static void __attribute__((__constructor__)) membarrier_register(void)
{
	registered_errno =
		membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) ? errno : 0;
}

bool compat_have_membarrier(void)
{
	return registered_errno == 0;
}

void compat_ipi_mb(void)
{
	if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
		fprintf(stderr, "membarrier: %s; this kernel can't fence other CPUs for us\n",
			strerror(registered_errno > 0 ? registered_errno : errno));
		abort();
	}
}
