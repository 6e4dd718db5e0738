// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backend.h"

static const struct backend_ops *const kinds[] = {
	&backend_user,
	&backend_kernel,
	&backend_stock,
	&backend_guest,
};

#define NR (sizeof(kinds) / sizeof(kinds[0]))

const struct backend_ops *backend_find(const char *name, struct plan_error *err)
{
	const char *names[NR], *near;
	size_t i, len;

	for (i = 0; i < NR; i++) {
		names[i] = kinds[i]->name;
		if (!strcmp(name, names[i]))
			return kinds[i];
	}
	near = subject_near(name, names, NR);
	len = (size_t)snprintf(err->msg, sizeof(err->msg),
			       "--backend %.60s%s%s%s; valid:", name,
			       near ? ": did you mean " : ": no such backend",
			       near ? near : "", near ? "?" : "");
	for (i = 0; i < NR; i++)
		len += (size_t)snprintf(err->msg + len, sizeof(err->msg) - len,
					"%s %s", i ? "," : "", names[i]);
	return NULL;
}

int backends_describe(char *list, const struct backend_options *o,
		      struct plan_backend *out, struct plan_error *err)
{
	static char usual[] = "user";
	char text[sizeof(usual)], *name;
	int n = 0, i, ret;

	if (!list)
		list = strcpy(text, usual);
	while ((name = strsep(&list, ","))) {
		const struct backend_ops *ops = backend_find(name, err);

		if (!ops)
			return -EINVAL;
		for (i = 0; i < n; i++) {
			if (strcmp(out[i].name, name))
				continue;
			snprintf(err->msg, sizeof(err->msg),
				 "--backend: %s is named twice", name);
			return -EINVAL;
		}
		ret = ops->describe(o, &out[n], err);
		if (ret)
			return ret;
		n++;
	}
	return n;
}

int backends_suit(const struct plan *plan, struct backend_options *o,
		  struct plan_error *err)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < NR && !ret; i++)
		if (kinds[i]->suit)
			ret = kinds[i]->suit(plan, o, err);
	return ret;
}

int backends_get(struct backends *all, const char *name,
		 const struct backend_ops **ops, struct backend **backend,
		 struct plan_error *err)
{
	unsigned int i;

	for (i = 0; i < all->nr; i++)
		if (!strcmp(all->open[i].ops->name, name))
			break;
	if (i == all->nr) {
		const struct backend_ops *found = backend_find(name, err);

		if (!found || all->nr == MAX_BACKENDS)
			return -EINVAL;
		all->open[i].ops = found;
		all->open[i].backend = found->open(all->options, err);
		if (!all->open[i].backend)
			return -EIO;
		all->nr++;
	}
	*ops = all->open[i].ops;
	*backend = all->open[i].backend;
	return 0;
}

int backends_close(struct backends *all, struct plan_error *err)
{
	struct plan_error one;
	int ret = 0, r;

	while (all->nr) {
		all->nr--;
		r = all->open[all->nr].ops->close(all->open[all->nr].backend,
						  &one);
		if (r && !ret) {
			ret = r;
			*err = one;
		}
	}
	return ret;
}
