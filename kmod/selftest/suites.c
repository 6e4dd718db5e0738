// SPDX-License-Identifier: GPL-2.0-or-later
/* Which suites the module has, and which a word means. */
#include <linux/errno.h>
#include <linux/string.h>

#include "suites.h"

/* What must be so. */
static const struct ktap_suite *const sound[] = {
	&selftest_invs,
	&selftest_inv_range,
	&selftest_stores,
	&selftest_cmdq_queue,
	&selftest_cmdq_errors,
	&selftest_cmdq_caches,
	&selftest_cmdq_stress,
	&selftest_attach_sequences,
	&selftest_attach_masters,
	&selftest_attach_fences,
	&selftest_attach_failures,
	&selftest_attach_steps,
	&selftest_attach_bits,
	&selftest_attach_table,
	&selftest_mmio_queue,
	&selftest_mmio_errors,
	&selftest_mmio_cells,
	&selftest_stock,
	NULL,
};

/* What must be caught. */
static const struct ktap_suite *const busted[] = {
	&selftest_invs_busted,
	&selftest_inv_range_busted,
	&selftest_stores_busted,
	&selftest_cmdq_busted,
	&selftest_attach_busted,
	&selftest_stock_busted,
	NULL,
};

static const struct {
	const char *name;
	const struct ktap_suite *const *suites;
} words[] = {
	{ "all", sound },
	{ "1", sound },
	{ "busted", busted },
};

static const struct ktap_suite *find(const struct ktap_suite *const *suites, const char *name)
{
	for (; *suites; suites++)
		if (!strcmp((*suites)->name, name))
			return *suites;
	return NULL;
}

int suites_run(const char *word, const struct ktap_sink *sink)
{
	const struct ktap_suite *one[2] = { NULL, NULL };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, word))
			return ktap_run(words[i].suites, sink);
	one[0] = find(sound, word);
	if (!one[0])
		one[0] = find(busted, word);
	return one[0] ? ktap_run(one, sink) : -ENOENT;
}

const char *suites_name(unsigned int i)
{
	if (i < ARRAY_SIZE(words))
		return words[i].name;
	i -= ARRAY_SIZE(words);
	if (i < ARRAY_SIZE(sound) - 1)
		return sound[i]->name;
	i -= ARRAY_SIZE(sound) - 1;
	return i < ARRAY_SIZE(busted) - 1 ? busted[i]->name : NULL;
}
