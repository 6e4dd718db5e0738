// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module in a guest's kernel. One boot serves all launches; each loads the module
 * afresh there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "boot.h"
#include "cmd.h"
#include "command.h"
#include "guest_launch.h"
#include "probe_wrap.h"
#include "team.h"

struct backend {
	struct guest_launch launch;
	struct plan_backend planned;
	struct probe_wrap probes;
	char release[64];
};

static int guest_describe(const struct backend_options *o,
			  struct plan_backend *b, struct plan_error *err)
{
	unsigned int cpus = team_cpus(NULL, 0);

	(void)err;
	*b = (struct plan_backend){
		.name = "guest",
		.world = SUBJECT_WORLD_KERNEL,
		.cpus = cpus < 2 ? cpus : 2,
		.emulated = boot_emulated(o->kernel),
	};
	return 0;
}

static bool has(const struct subject_params *p, const char *key,
		const char *value)
{
	char text[32];

	return !strcmp(subject_params_get(p, key, text, sizeof(text)), value);
}

/*
 * One boot serves all groups, and the guest has one SMMU: the stock driver's, or by a
 * device tree of ours the module's.
 */
static int guest_suit(const struct plan *plan, struct backend_options *o,
		      struct plan_error *err)
{
	const struct plan_group *own = NULL, *stock = NULL, *g;
	unsigned int i, k;

	for (i = 0; i < plan->nr_groups; i++) {
		g = &plan->groups[i];
		for (k = 0; !strcmp(g->backend, "guest") && k < g->nr_cells;
		     k++) {
			if (has(&g->cells[k].params, "store", "stock"))
				stock = g;
			else if (has(&g->cells[k].params, "device", "mmio"))
				own = g;
		}
	}
	o->own_smmu = own;
	if (own && stock)
		snprintf(err->msg, sizeof(err->msg),
			 "the guest has one SMMU: [%s] wants it for device=mmio, [%s] for store=stock; run them one after the other",
			 own->section, stock->section);
	else if (own && !boot_has_smmu(o->kernel))
		snprintf(err->msg, sizeof(err->msg),
			 "[%s] device=mmio: a guest of --kernel %.200s has no SMMU",
			 own->section, o->kernel);
	else
		return 0;
	return -EINVAL;
}

static int same_as_planned(const struct backend *b, struct plan_error *err)
{
	if (guest_emulated(b->launch.guest) == b->planned.emulated)
		return 0;
	snprintf(err->msg, sizeof(err->msg),
		 "the guest is %semulated, and the plan says otherwise: plan again",
		 b->planned.emulated ? "not " : "");
	return -EINVAL;
}

static int ask_release(struct backend *b, struct plan_error *err)
{
	struct subject_error e;
	int ret = guest_ask(b->launch.guest, "uname -r", b->release,
			    sizeof(b->release), &e);

	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return ret;
}

static const char *guest_kernel(const struct backend *b)
{
	return b->release;
}

static struct backend *guest_open(const struct backend_options *o,
				  struct plan_error *err)
{
	static const char *const devices[] = { "-device", GUEST_SPARE_DEVICE,
					       NULL };
	const struct boot boot = { .kernel = o->kernel,
				   .own_smmu = o->own_smmu,
				   .probe = o->probe || o->probed,
				   .debug = o->debug,
				   .guest = { .console = o->console,
					      .args = devices } };
	struct backend *b = calloc(1, sizeof(*b));

	if (!b) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return NULL;
	}
	guest_describe(o, &b->planned, err);
	b->launch.wrap = o->wrap;
	if (o->probed) {
		probe_wrap(&b->probes, "/bin/invbench-probe", NULL, o->queues, o->probed);
		b->launch.wrap = b->probes.argv;
	}
	b->launch.guest = boot_guest(&boot, err);
	if (!b->launch.guest || same_as_planned(b, err) ||
	    ask_release(b, err)) {
		guest_kill(b->launch.guest);
		free(b);
		return NULL;
	}
	return b;
}

static struct launch *guest_start(struct backend *b, unsigned int threads,
				  const unsigned int *cpus,
				  unsigned int nr_cpus, struct plan_error *err)
{
	struct subject_error e;
	int ret;

	/* CPUs that were asked for are the host's */
	(void)cpus;
	(void)nr_cpus;
	ret = guest_launch_start(&b->launch, threads, "stock_dev=" GUEST_SPARE,
				 &e);
	probe_wrap_again(&b->probes);
	if (!ret)
		return b->launch.launch;
	snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return NULL;
}

static int guest_stop_launch(struct backend *b, struct launch *l,
			     struct plan_error *err)
{
	struct subject_error e;
	int ret;

	(void)l;
	ret = guest_launch_stop(&b->launch, &e);
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return ret;
}

static int guest_fetch(struct backend *b, const char *path, FILE *out,
		       struct plan_error *err)
{
	struct subject_error e;
	int ret = guest_read_file(b->launch.guest, path, out, &e);

	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return ret;
}

static int guest_close(struct backend *b, struct plan_error *err)
{
	struct subject_error e;
	int ret = guest_stop(b->launch.guest, &e);

	free(b);
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return ret ? -ENOTRECOVERABLE : 0;
}

const struct backend_ops backend_guest = {
	.name = "guest",
	.help = "in a guest's kernel, by the module; where it is emulated, times aren't ranked",
	.describe = guest_describe,
	.suit = guest_suit,
	.open = guest_open,
	.kernel = guest_kernel,
	.start = guest_start,
	.stop = guest_stop_launch,
	.fetch = guest_fetch,
	.close = guest_close,
};
