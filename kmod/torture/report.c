// SPDX-License-Identifier: GPL-2.0-or-later
/* The report, the same in both worlds. */
#include <linux/sprintf.h>
#include <linux/string.h>

#include "torture.h"

static const char *const kind_names[TORTURE_NR_KINDS] = {
	[TORTURE_STALE_IOTLB] = "stale-iotlb",
	[TORTURE_STALE_ATC] = "stale-atc",
	[TORTURE_STALE_ATC_ATTACH] = "stale-atc-attach",
	[TORTURE_STALE_USE] = "stale-use",
	[TORTURE_TORN_ENTRY] = "torn-entry",
	[TORTURE_ATC_AFTER_DETACH] = "atc-after-detach",
	[TORTURE_QUEUE_ERROR] = "queue-error",
};

static const char *const verdict_names[TORTURE_NR_VERDICTS] = {
	[TORTURE_CLEAN] = "clean",
	[TORTURE_FINDING] = "finding",
	[TORTURE_VIOLATION] = "VIOLATION",
	[TORTURE_CAUGHT] = "caught",
	[TORTURE_MISSED] = "MISSED",
	[TORTURE_IDLE] = "idle",
	[TORTURE_STOPPED] = "stopped",
};

const char *torture_kind_name(enum torture_kind kind)
{
	return kind < TORTURE_NR_KINDS ? kind_names[kind] : "none";
}

const char *torture_verdict_name(enum torture_verdict verdict)
{
	return verdict < TORTURE_NR_VERDICTS ? verdict_names[verdict] : "?";
}

bool torture_fails(enum torture_verdict verdict, bool strict)
{
	return verdict == TORTURE_VIOLATION || verdict == TORTURE_MISSED ||
	       (strict && verdict == TORTURE_FINDING);
}

const char *torture_print_head(const struct torture_params *p, char *buf, size_t len)
{
	snprintf(buf, len,
		 "torture: seed %llu, %u threads, %u s each\n"
		 "%-19s %-17s %-9s %9s %9s %9s %9s\n",
		 (unsigned long long)p->seed, p->threads, p->seconds, "STORE", "STRATEGY",
		 "VERDICT", "UNMAPS", "RACED", "ATTACHES", "FILLS");
	return buf;
}

const char *torture_print_case(const struct torture_case *c, const struct torture_result *r,
			       char *buf, size_t len)
{
	size_t at;
	int k;

	snprintf(buf, len, "%-19s %-17s %-9s %9llu %9llu %9llu %9llu\n", c->store, c->strategy,
		 torture_verdict_name(r->verdict), (unsigned long long)r->unmaps,
		 (unsigned long long)r->raced, (unsigned long long)r->moves,
		 (unsigned long long)r->fills);
	for (k = 0; k < TORTURE_NR_KINDS; k++) {
		if (!r->found[k] || (c->busted && !(c->caught_by & 1U << k)))
			continue;
		at = strlen(buf);
		if (c->busted)
			snprintf(buf + at, len - at, "    %s after %llu ms: %s\n", kind_names[k],
				 (unsigned long long)(r->ns / 1000000), r->first[k]);
		else
			snprintf(buf + at, len - at, "    %s: %llu, first: %s\n", kind_names[k],
				 (unsigned long long)r->found[k], r->first[k]);
	}
	return buf;
}

const char *torture_print_sum(const struct torture_sum *sum, char *buf, size_t len)
{
	const unsigned int *n = sum->by_verdict;

	snprintf(buf, len,
		 "%s: %u clean, %u with findings, %u with violations; of the busted %u caught, %u missed; %u idle%s\n",
		 sum->failed ? "FAILED" : "fine", n[TORTURE_CLEAN], n[TORTURE_FINDING],
		 n[TORTURE_VIOLATION], n[TORTURE_CAUGHT], n[TORTURE_MISSED], n[TORTURE_IDLE],
		 sum->stopped ? "; stopped" : "");
	return buf;
}
