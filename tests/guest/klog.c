// SPDX-License-Identifier: GPL-2.0-or-later
/* Fixed lines of kernel logs: what is planted is found, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "klog.h"

static const struct {
	const char *line, *kind;
} planted[] = {
	{ "[    3.2] BUG: unable to handle page fault for address: 0", "BUG" },
	{ "[    3.2] kernel BUG at mm/slub.c:303!", "BUG" },
	{ "[    3.2] BUG: scheduling while atomic: x/1/0x00000002", "BUG" },
	{ "[    3.2] WARNING: CPU: 0 PID: 1 at x.c:1 f+0x10/0x20", "WARNING" },
	{ "[    3.2] WARNING: x.c:1 at f+0x10/0x20, CPU#0: init/1", "WARNING" },
	{ "[    3.2] ------------[ cut here ]------------", "WARNING" },
	{ "[    3.2] WARNING: possible circular locking dependency detected",
	  "lockdep" },
	{ "[    3.2] WARNING: possible recursive locking detected", "lockdep" },
	{ "[    3.2] WARNING: inconsistent lock state", "lockdep" },
	{ "[    3.2] inconsistent lock state", "lockdep" },
	{ "[    3.2] INFO: possible irq lock inversion dependency detected",
	  "lockdep" },
	{ "[    3.2] WARNING: suspicious RCU usage", "lockdep" },
	{ "[   63.2] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
	  "RCU stall" },
	{ "[   63.2] rcu: INFO: rcu_preempt self-detected stall on CPU",
	  "RCU stall" },
	{ "[  243.2] INFO: task kworker/0:1:9 blocked for more than 120 seconds.",
	  "hung task" },
	{ "[    3.2] Unable to handle kernel NULL pointer dereference at 0",
	  "oops" },
	{ "[    3.2] Internal error: Oops: 0000000096000004 [#1] SMP", "oops" },
	{ "[    3.2] Kernel panic - not syncing: Attempted to kill init!",
	  "panic" },
	{ "[    3.2] refcount_t: underflow; use-after-free.", "refcount" },
	{ "[    3.2] kmemleak: 2 new suspected memory leaks", "kmemleak" },
	{ "[    3.2] UBSAN: array-index-out-of-bounds in x.c:1:2", "UBSAN" },
	{ "[    3.2] x: module license 'Proprietary' taints kernel.", "taint" },
	{ "[    3.2] Disabling lock debugging due to kernel taint", "taint" },
};

static const char *const harmless[] = {
	"",
	"[    0.0] Booting Linux on physical CPU 0x0000000000 [0x000f0510]",
	"[    0.8] pci-host-generic 4010000000.pcie: Memory resource size exceeds max",
	"[    1.0] mtrr: your CPUs had inconsistent fixed MTRR settings",
	"[    2.4] invbench: loading out-of-tree module taints kernel.",
	"[    2.4] invbench: module verification failed: signature and/or required key missing - tainting kernel",
	"[    2.5] reboot: Power down",
};

static void found(void **state)
{
	const char *kind;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		kind = klog_finding(planted[i].line);
		if (!kind)
			fail_msg("missed: %s", planted[i].line);
		assert_string_equal(kind, planted[i].kind);
	}
}

static void quiet(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (klog_finding(harmless[i]))
			fail_msg("taken for a finding: %s", harmless[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
