// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "klog.h"

/* As the kernel prints them (lib/bug.c, kernel/panic.c, kernel/rcu, kernel/locking). */
static const struct {
	const char *text, *kind;
} findings[] = {
	{ "BUG:", "BUG" },
	{ "kernel BUG at", "BUG" },
	{ "WARNING: possible circular locking", "lockdep" },
	{ "WARNING: possible recursive locking", "lockdep" },
	{ "WARNING: inconsistent lock state", "lockdep" },
	{ "WARNING: suspicious RCU usage", "lockdep" },
	{ "WARNING: possible irq lock inversion", "lockdep" },
	{ "INFO: possible", "lockdep" },
	{ "inconsistent lock state", "lockdep" },
	{ "INFO: inconsistent lock state", "lockdep" },
	{ "WARNING:", "WARNING" },
	{ "rcu_preempt detected stalls", "RCU stall" },
	{ "rcu_sched detected stalls", "RCU stall" },
	{ "self-detected stall", "RCU stall" },
	{ "detected expedited stalls", "RCU stall" },
	{ "soft lockup", "soft lockup" },
	{ "hard LOCKUP", "hard lockup" },
	{ "blocked for more than", "hung task" },
	{ "Oops", "oops" },
	{ "Unable to handle kernel", "oops" },
	{ "unable to handle page fault", "oops" },
	{ "general protection fault", "oops" },
	{ "Internal error:", "oops" },
	{ "Kernel panic", "panic" },
	{ "KASAN:", "KASAN" },
	{ "KCSAN:", "KCSAN" },
	{ "UBSAN:", "UBSAN" },
	{ "kmemleak:", "kmemleak" },
	{ "Out of memory:", "out of memory" },
	{ "oom-kill:", "out of memory" },
	{ "scheduling while atomic", "BUG" },
	{ "refcount_t:", "refcount" },
	{ "list_add corruption", "list" },
	{ "list_del corruption", "list" },
	{ "Tainted: G B", "taint" },
	{ "cut here", "WARNING" },
};

/* What loading a module of nobody's tree, signed by nobody, says. */
static bool own_taint(const char *line)
{
	return strstr(line, "loading out-of-tree module taints kernel") ||
	       strstr(line, "signature and/or required key missing - tainting");
}

const char *klog_finding(const char *line)
{
	size_t i;

	if (strstr(line, "taint") && !strstr(line, "Not tainted") &&
	    !own_taint(line))
		return "taint";
	for (i = 0; i < sizeof(findings) / sizeof(findings[0]); i++)
		if (strstr(line, findings[i].text))
			return findings[i].kind;
	return NULL;
}
