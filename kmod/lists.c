// SPDX-License-Identifier: GPL-2.0-or-later
/* debugfs: what there is. Files to read, a line each, tabs between the columns. */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "device.h"
#include "invbench.h"
#include "subject.h"

static int strategies_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < subject_nr_strategies(); i++) {
		const struct subject_strategy *s = subject_strategy(i);

		if (s->here)
			seq_printf(m, "%s\t%s\n", s->name, s->meaning);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(strategies);

static int stores_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < subject_nr_stores(); i++) {
		const struct subject_store *s = subject_store(i);

		if (s->here)
			seq_printf(m, "%s\t%s\n", s->name, s->help);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stores);

static int devices_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < SMMU_NR_DEVICES; i++) {
		const struct smmu_device_ops *ops = smmu_device_ops(i);

		if (ops)
			seq_printf(m, "%s\t%s\n", ops->name, ops->help);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(devices);

static int axes_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < subject_nr_axes(); i++) {
		const struct subject_axis *a = subject_axis(i);

		seq_printf(m, "%s\t%s\t%s\n", a->key, a->fallback, a->help);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(axes);

void lists_init(struct dentry *folder)
{
	debugfs_create_file("strategies", 0400, folder, NULL, &strategies_fops);
	debugfs_create_file("stores", 0400, folder, NULL, &stores_fops);
	debugfs_create_file("devices", 0400, folder, NULL, &devices_fops);
	debugfs_create_file("axes", 0400, folder, NULL, &axes_fops);
}
