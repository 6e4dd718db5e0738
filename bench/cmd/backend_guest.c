// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module in a guest's kernel. One boot serves all launches; each loads the module
 * afresh there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"
#include "boot.h"
#include "cmd.h"
#include "team.h"

/* Where its edu sits, which is there for the stock driver's cells. */
#define EDU_SLOT "1e"

/* Of a whole launch, the emulator's slowness included: what takes longer hangs. */
#define LAUNCH_SECONDS 600

struct backend {
	struct guest *guest;
	FILE *to, *from;
	struct plan_backend planned;
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
	if (guest_emulated(b->guest) == b->planned.emulated)
		return 0;
	snprintf(err->msg, sizeof(err->msg),
		 "the guest is %semulated, and the plan says otherwise: plan again",
		 b->planned.emulated ? "not " : "");
	return -EINVAL;
}

static struct backend *guest_open(const struct backend_options *o,
				  struct plan_error *err)
{
	static const char *const devices[] = { "-device",
					       "edu,addr=0x" EDU_SLOT, NULL };
	const struct boot boot = { .kernel = o->kernel,
				   .own_smmu = o->own_smmu,
				   .guest = { .console = o->console,
					      .args = devices } };
	struct backend *b = calloc(1, sizeof(*b));

	if (!b) {
		snprintf(err->msg, sizeof(err->msg), "not enough memory");
		return NULL;
	}
	guest_describe(o, &b->planned, err);
	b->guest = boot_guest(&boot, err);
	if (!b->guest || same_as_planned(b, err)) {
		guest_kill(b->guest);
		free(b);
		return NULL;
	}
	return b;
}

static void close_streams(struct backend *b)
{
	if (b->to)
		fclose(b->to);
	if (b->from)
		fclose(b->from);
	b->to = b->from = NULL;
}

static int open_streams(struct backend *b, int fd, struct subject_error *err)
{
	int copy = dup(fd);

	b->to = fdopen(fd, "w");
	b->from = copy < 0 ? NULL : fdopen(copy, "r");
	if (b->to && b->from)
		return 0;
	snprintf(err->msg, sizeof(err->msg), "the guest's port: %s",
		 strerror(errno));
	if (!b->to)
		close(fd);
	if (!b->from && copy >= 0)
		close(copy);
	close_streams(b);
	return -EIO;
}

static struct launch *guest_start(struct backend *b, unsigned int threads,
				  const unsigned int *cpus,
				  unsigned int nr_cpus, struct plan_error *err)
{
	static const char *const argv[] = { "/bin/invbench-relay",
					    "--module",
					    "/modules/invbench.ko",
					    "--params",
					    "stock_dev=0000:00:" EDU_SLOT ".0",
					    NULL };
	struct launch_where where = { .relayed = true };
	struct subject_error e, why;
	struct launch *l = NULL;
	int fd;

	/* CPUs that were asked for are the host's */
	(void)cpus;
	(void)nr_cpus;
	fd = guest_exec(b->guest, argv, true, LAUNCH_SECONDS, &e);
	if (fd >= 0 && !open_streams(b, fd, &e)) {
		where.to = b->to;
		where.from = b->from;
		l = launch_start(&where, threads, NULL, 0, &e);
	}
	if (l)
		return l;
	close_streams(b);
	/* a guest that died says more than a launch that failed */
	if (fd >= 0 && guest_wait(b->guest, &why) < 0)
		e = why;
	snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return NULL;
}

static int guest_stop_launch(struct backend *b, struct launch *l,
			     struct plan_error *err)
{
	struct subject_error e, why;
	int ret = launch_stop(l, &e), status;

	close_streams(b);
	status = guest_wait(b->guest, &why);
	if (status < 0) {
		ret = -EPIPE;
		e = why;
	} else if (status && !ret) {
		ret = -EPIPE;
		snprintf(e.msg, sizeof(e.msg),
			 "the guest's worker ended with status %d", status);
	}
	if (guest_check(b->guest, &why)) {
		ret = -ENOTRECOVERABLE;
		e = why;
	}
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return ret;
}

static int guest_close(struct backend *b, struct plan_error *err)
{
	struct subject_error e;
	int ret = guest_stop(b->guest, &e);

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
	.start = guest_start,
	.stop = guest_stop_launch,
	.close = guest_close,
};
