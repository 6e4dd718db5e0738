// SPDX-License-Identifier: GPL-2.0-or-later
/* PCI functions that are nobody's, by sysfs. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spare.h"

#define PCI_DEVICES "/sys/bus/pci/devices"
#define MAX_NAMED   8

static bool is_function(const char *name)
{
	unsigned int domain, bus, slot, fn;
	int end = -1;

	/* Nothing else that sscanf() would read, such as a sign. */
	return !name[strspn(name, "0123456789abcdef:.")] &&
	       sscanf(name, "%4x:%2x:%2x.%1u%n", &domain, &bus, &slot, &fn,
		      &end) == 4 &&
	       end > 0 && !name[end] && slot < 32 && fn < 8;
}

/* Behind an IOMMU, and held by no driver. */
static bool may_be_spare(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), PCI_DEVICES "/%.64s/iommu_group", name);
	if (access(path, F_OK))
		return false;
	snprintf(path, sizeof(path), PCI_DEVICES "/%.64s/driver", name);
	return access(path, F_OK) != 0;
}

static void name_some(struct plan_error *err)
{
	DIR *dir = opendir(PCI_DEVICES);
	const struct dirent *e;
	int nr = 0, len;

	len = snprintf(err->msg, sizeof(err->msg),
		       "--backend stock: which spare PCI function? --spare, as 0000:00:02.0;");
	while (dir && nr < MAX_NAMED && (e = readdir(dir)))
		if (is_function(e->d_name) && may_be_spare(e->d_name))
			len += snprintf(err->msg + len,
					sizeof(err->msg) - (size_t)len,
					"%s %.16s",
					nr++ ? "," : " no driver holds",
					e->d_name);
	if (!nr)
		snprintf(err->msg + len, sizeof(err->msg) - (size_t)len,
			 " none that is behind an IOMMU is without a driver: unbind one that isn't needed");
	if (dir)
		closedir(dir);
}

int spare_check(const char *name, struct plan_error *err)
{
	if (!name) {
		name_some(err);
		return -EINVAL;
	}
	if (is_function(name))
		return 0;
	snprintf(err->msg, sizeof(err->msg),
		 "--spare %.40s: no PCI function; they are named as 0000:00:02.0",
		 name);
	return -EINVAL;
}
