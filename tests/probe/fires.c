// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fires: lists of known latencies, as the worker's USDT says them: value i of COUNT is
 * i^2 % 1000003 ns, of i % 65 commands, each third without a CMD_SYNC, each 100th timed
 * out.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/sdt.h>

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 0, i;

	DTRACE_PROBE1(invbench, block, 0L);
	for (i = 0; i < count; i++) {
		long n = i % 65, sync = i % 3 != 0, ns = i * i % 1000003;
		long ret = i % 100 ? 0 : -ETIMEDOUT;

		DTRACE_PROBE4(invbench, cmdlist, n, sync, ns, ret);
	}
	DTRACE_PROBE1(invbench, block, -1L);
	return 0;
}
