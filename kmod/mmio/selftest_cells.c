// SPDX-License-Identifier: GPL-2.0-or-later
/* Cells with device=mmio: which are refused, and many at once on one SMMU. */
#include <linux/array_size.h>
#include <linux/ioport.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "selftest_mmio.h"
#include "subject.h"

static bool parse(struct subject_params *p, const char *const *words)
{
	struct subject_error err;

	subject_params_init(p);
	for (; words[0]; words += 2)
		if (subject_params_set(p, words[0], words[1], &err)) {
			ktap_fail("%s", err.msg);
			return false;
		}
	return true;
}

static void expect_refusal(const char *says, const char *const *words)
{
	static struct subject_error err;
	struct subject_params p;
	struct subject *s;

	if (!parse(&p, words))
		return;
	s = subject_create(&p, &err);
	if (s) {
		subject_destroy(s);
		ktap_fail("a cell that should be refused: %s", says);
	} else if (!strstr(err.msg, says)) {
		ktap_fail("refused by '%s', not by '%s'", err.msg, says);
	}
}

#define WORDS(...)	((const char *const[]){ "queue", "lockless", "device", "mmio", \
						##__VA_ARGS__, NULL })

/* Each of them as if the SMMU hadn't it. */
static void refusals(void)
{
	unsigned int max_n_shift;
	u32 features;
	bool s1, s2;
	char more[8];

	if (!mmio_there_is_one())
		return;
	max_n_shift = mmio_smmu->max_n_shift;
	features = mmio_smmu->features;
	s1 = mmio_smmu->s1;
	s2 = mmio_smmu->s2;
	snprintf(more, sizeof(more), "%u", smmu_mmio_count() + 1);
	expect_refusal("of smmus=", WORDS("smmus", more, "entries", more));
	mmio_smmu->max_n_shift = 9;
	expect_refusal("has depth=9 at the most: depth=10", WORDS("depth", "10"));
	mmio_smmu->max_n_shift = max_n_shift;
	mmio_smmu->features &= ~ARM_SMMU_FEAT_RANGE_INV;
	expect_refusal("no range invalidation", WORDS("ril", "on"));
	mmio_smmu->features &= ~ARM_SMMU_FEAT_ATS;
	expect_refusal("no ATS", WORDS("ats", "on", "entries", "2"));
	mmio_smmu->features = features;
	mmio_smmu->s2 = false;
	expect_refusal("no stage 2", WORDS("entries", "2"));
	mmio_smmu->s2 = s2;
	mmio_smmu->s1 = false;
	expect_refusal("no stage 1", WORDS("op", "cmdq"));
	mmio_smmu->s1 = s1;
	mmio_smmu->dead = true;
	expect_refusal("doesn't answer", WORDS("op", "cmdq"));
	mmio_smmu->dead = false;
	expect_refusal("variant=lean has no loop", WORDS("variant", "lean"));
}

static const char *const cells[][12] = {
	{ "queue", "lockless", "device", "null" },
	{ "queue", "lockless", "device", "mmio", "strategy", "merged" },
	{ "queue", "lockless", "device", "model", "depth", "7" },
	{ "queue", "lockless", "device", "mmio", "strategy", "none", "depth", "7" },
	{ "queue", "spinlock", "device", "mmio", "strategy", "merged" },
	{ "queue", "lockless", "device", "mmio", "op", "map-unmap" },
	{ "queue", "lockless", "device", "mmio", "op", "cmdq" },
	{ "queue", "spinlock", "device", "mmio", "op", "cmdq" },
	{ "queue", "lockless", "device", "mmio", "op", "attach" },
};

#define NR_CELLS	ARRAY_SIZE(cells)

static bool is_mmio(unsigned int i)
{
	return !strcmp(cells[i][3], "mmio");
}

/* A block of @n operations. An unmap has two commands. False after a finding. */
static bool block(struct subject *s, unsigned int i, unsigned long n)
{
	struct subject_thread *t = subject_thread(s, 0);
	u32 from, to;

	subject_thread_enter(t);
	from = mmio_cons();
	subject_block(s)(t, n);
	to = mmio_cons();
	subject_thread_leave(t);
	return is_mmio(i) ? ktap_expect(from != to) : ktap_expect_eq(to, from);
}

/* Cells of all devices at once, as a group has them, and blocks of each in turns. */
static void group(void)
{
	static struct subject_error err;
	struct subject *s[NR_CELLS] = {};
	struct subject_counters c;
	struct subject_params p;
	unsigned int i, round;

	if (!mmio_there_is_one())
		return;
	for (i = 0; i < NR_CELLS && parse(&p, cells[i]); i++) {
		s[i] = subject_create(&p, &err);
		if (!s[i])
			ktap_fail("%s", err.msg);
	}
	for (round = 0; round < 20 && !ktap_failed(); round++)
		for (i = 0; i < NR_CELLS; i++)
			block(s[(i + round) % NR_CELLS], (i + round) % NR_CELLS, 25);
	for (i = 0; i < NR_CELLS; i++) {
		if (!s[i])
			continue;
		subject_counters(s[i], &c);
		ktap_expect_eq(c.errors + c.timeouts, 0);
		subject_destroy(s[i]);
	}
	ktap_expect(mmio_no_error_is_active());
}

/* No other driver can have what is ours. */
static void reserved(void)
{
	struct resource *r;

	if (!mmio_there_is_one())
		return;
	r = request_mem_region(mmio_smmu->address, SMMU_REG_SIZE, "selftest");
	ktap_expect(!r);
	if (r)
		release_mem_region(mmio_smmu->address, SMMU_REG_SIZE);
}

static const struct ktap_case cases[] = {
	KTAP_CASE(refusals),
	KTAP_CASE(group),
	KTAP_CASE(reserved),
};

const struct ktap_suite selftest_mmio_cells = {
	KTAP_SUITE("mmio-cells", cases),
	.before = mmio_before,
	.after = mmio_after,
};
