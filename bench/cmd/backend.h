/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where groups are measured: the worker, the module of this kernel, with or without the
 * stock driver, a guest. Each gives launches that speak the same language.
 */
#ifndef CMD_BACKEND_H
#define CMD_BACKEND_H

#include "client.h"
#include "plan.h"

#define MAX_BACKENDS 4

/**
 * struct backend_options - what the user said of backends
 * @kernel: of the guest: a name of guest/kernels.list, or a kernel's path; NULL: the
 *	    first of the list
 * @module: invbench.ko for the kernel backend; NULL: built when it is wanted
 * @spare: for the stock backend: a PCI function, as 0000:00:02.0
 * @console: where a guest's console is kept
 * @own_smmu: the guest's SMMU is the module's: backends_suit() says so
 * @probe: invbench-probe is wanted in the guest, in bin
 * @probed: launches have probes round them, which count by cells, this many; 0: none
 * @queues: with @probed: which of the module's queues the cells use (--only of the probe)
 * @wrap: a program and its arguments that launches in a kernel are started by, NULL after
 *	the last; NULL: none
 * @debug: NULL, or room for PATH_MAX: set to the module's file with its debugging
 *	information, or "" where there is none, when it is opened
 */
struct backend_options {
	const char *kernel, *module, *spare, *console;
	bool own_smmu, probe;
	unsigned int probed;
	char queues[256];
	const char *const *wrap;
	char *debug;
};

struct backend;

/**
 * struct backend_ops - a kind of them
 * @name: as --backend has it
 * @help: one line
 * @describe: for plans, without making anything. 0, or -errno with a line
 * @suit: whether this plan can be measured there, and what of @o that takes; before
 *	anything is made. NULL: any can. 0, or -errno with a line
 * @open: makes what launches need: builds, boots. Takes its time; NULL with a line
 * @kernel: NULL, or of an open one the release of its kernel, where it isn't this machine's
 * @start: a fresh launch with a group of @threads; NULL with a line
 * @stop: its end: 0, or -errno with a line (the kernel's log has a finding)
 * @fetch: a file where launches run, to @out; NULL: there are none. 0, or -errno with a line
 * @close: nothing is left of it. 0, or -errno with a line
 */
struct backend_ops {
	const char *name, *help;
	int (*describe)(const struct backend_options *o,
			struct plan_backend *b, struct plan_error *err);
	int (*suit)(const struct plan *plan, struct backend_options *o,
		    struct plan_error *err);
	struct backend *(*open)(const struct backend_options *o,
				struct plan_error *err);
	const char *(*kernel)(const struct backend *b);
	struct launch *(*start)(struct backend *b, unsigned int threads,
				const unsigned int *cpus, unsigned int nr_cpus,
				struct plan_error *err);
	int (*stop)(struct backend *b, struct launch *l,
		    struct plan_error *err);
	int (*fetch)(struct backend *b, const char *path, FILE *out,
		     struct plan_error *err);
	int (*close)(struct backend *b, struct plan_error *err);
};

extern const struct backend_ops backend_user, backend_kernel, backend_stock,
	backend_guest;

/* By name; NULL with a line that names the valid ones. */
const struct backend_ops *backend_find(const char *name,
				       struct plan_error *err);

/*
 * backends_describe() - for the plan
 * @list: names with commas between; NULL: user. Changed.
 * @out: room for MAX_BACKENDS
 * Return: how many, or -errno with a line.
 */
int backends_describe(char *list, const struct backend_options *o,
		      struct plan_backend *out, struct plan_error *err);

/* Suits the plan's backends and the plan to each other. 0, or -errno with a line. */
int backends_suit(const struct plan *plan, struct backend_options *o,
		  struct plan_error *err);

/* The open ones of a run: zero it but for the options. */
struct backends {
	const struct backend_options *options;
	struct {
		const struct backend_ops *ops;
		struct backend *backend;
	} open[MAX_BACKENDS];
	unsigned int nr;
};

/* Opened when it is first asked for. 0, or -errno with a line. */
int backends_get(struct backends *all, const char *name,
		 const struct backend_ops **ops, struct backend **backend,
		 struct plan_error *err);

/* Closes all. The first complaint of them, or 0. */
int backends_close(struct backends *all, struct plan_error *err);

#endif
