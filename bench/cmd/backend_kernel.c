// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module in this machine's kernel, with or without a PCI function to drive the stock
 * driver by. Each launch loads it afresh, so that where it lies differs from launch to
 * launch, as it does in user space.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"
#include "child.h"
#include "cmd.h"
#include "probe_wrap.h"
#include "spare.h"
#include "team.h"

struct backend {
	char module[PATH_MAX];
	char params[64];
	const char *const *wrap;
	struct probe_wrap probes;
};

static struct plan_backend planned(const char *name)
{
	return (struct plan_backend){ .name = name,
				      .world = SUBJECT_WORLD_KERNEL,
				      .cpus = team_cpus(NULL, 0) };
}

static int kernel_describe(const struct backend_options *o,
			   struct plan_backend *b, struct plan_error *err)
{
	(void)o;
	(void)err;
	*b = planned("kernel");
	return 0;
}

static int stock_describe(const struct backend_options *o,
			  struct plan_backend *b, struct plan_error *err)
{
	*b = planned("stock");
	return spare_check(o->spare, err);
}

/* For the running kernel, by its headers: guest/module.sh says what is missing. */
static int build_module(struct backend *b, struct plan_error *err)
{
	char script[PATH_MAX], source[PATH_MAX], out[PATH_MAX];
	const char *argv[] = { script, "--here", source, out, NULL };

	if (snprintf(script, sizeof(script), "%s/guest/module.sh", top_dir()) >=
		    (int)sizeof(script) ||
	    snprintf(source, sizeof(source), "%s/kmod", top_dir()) >=
		    (int)sizeof(source) ||
	    snprintf(out, sizeof(out), "%s/build/kmod/here", top_dir()) >=
		    (int)sizeof(out) ||
	    snprintf(b->module, sizeof(b->module), "%.4000s/invbench.ko",
		     out) >= (int)sizeof(b->module)) {
		snprintf(err->msg, sizeof(err->msg),
			 "the project's path is too long");
		return -ENAMETOOLONG;
	}
	return child_run(argv, err);
}

/* Beside the one that is loaded, as guest/module.sh leaves it. */
static void find_debug(const struct backend_options *o, const struct backend *b)
{
	char link[PATH_MAX + 8];
	ssize_t len;

	if (!o->debug)
		return;
	snprintf(link, sizeof(link), "%s.debug", b->module);
	len = readlink(link, o->debug, PATH_MAX - 1);
	o->debug[len > 0 ? len : 0] = '\0';
}

static struct backend *kernel_open(const struct backend_options *o,
				   struct plan_error *err)
{
	struct backend *b;

	if (geteuid()) {
		snprintf(err->msg, sizeof(err->msg),
			 "the kernel backend loads a module: run it as root (sudo)");
		return NULL;
	}
	b = calloc(1, sizeof(*b));
	if (!b) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return NULL;
	}
	b->wrap = o->wrap;
	if (o->probed) {
		probe_wrap(&b->probes, probe_path(), NULL, o->queues, o->probed);
		b->wrap = b->probes.argv;
	}
	if (o->module) {
		snprintf(b->module, sizeof(b->module), "%s", o->module);
	} else if (build_module(b, err)) {
		free(b);
		return NULL;
	}
	find_debug(o, b);
	return b;
}

static struct backend *stock_open(const struct backend_options *o,
				  struct plan_error *err)
{
	struct backend *b = kernel_open(o, err);

	if (b)
		snprintf(b->params, sizeof(b->params), "stock_dev=%s",
			 o->spare);
	return b;
}

static struct launch *kernel_start(struct backend *b, unsigned int threads,
				   const unsigned int *cpus,
				   unsigned int nr_cpus, struct plan_error *err)
{
	const char *const relay[] = { relay_path(), "--module", b->module,
				      "--params", b->params, NULL };
	const char *argv[CHILD_WORDS];
	const struct launch_where where = { .argv = argv, .relayed = true };
	struct subject_error e;
	struct launch *l;

	child_words(argv, b->wrap, relay);
	l = launch_start(&where, threads, cpus, nr_cpus, &e);
	probe_wrap_again(&b->probes);

	if (!l)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return l;
}

static int kernel_stop(struct backend *b, struct launch *l,
		       struct plan_error *err)
{
	return backend_user.stop(b, l, err);
}

static int kernel_fetch(struct backend *b, const char *path, FILE *out,
			struct plan_error *err)
{
	FILE *in = fopen(path, "re");
	char data[65536];
	size_t n;

	(void)b;
	if (!in) {
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", path, strerror(errno));
		return -EIO;
	}
	while ((n = fread(data, 1, sizeof(data), in)))
		fwrite(data, 1, n, out);
	fclose(in);
	return 0;
}

static int kernel_close(struct backend *b, struct plan_error *err)
{
	(void)err;
	free(b);
	return 0;
}

const struct backend_ops backend_kernel = {
	.name = "kernel",
	.help = "in this machine's kernel, by the module; needs root",
	.describe = kernel_describe,
	.open = kernel_open,
	.start = kernel_start,
	.stop = kernel_stop,
	.fetch = kernel_fetch,
	.close = kernel_close,
};

const struct backend_ops backend_stock = {
	.name = "stock",
	.help = "the same, with a spare PCI function (--spare) for the stock driver's cells",
	.describe = stock_describe,
	.open = stock_open,
	.start = kernel_start,
	.stop = kernel_stop,
	.fetch = kernel_fetch,
	.close = kernel_close,
};
