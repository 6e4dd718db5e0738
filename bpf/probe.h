/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of invbench-probe know of each other. */
#ifndef BPF_PROBE_H
#define BPF_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmdq_sync.h"

struct cmdq_sync_bpf;
struct bpf_link;
struct btf;

#define PROBE_MAX_INSTANCES 24
#define PROBE_MAX_LINKS	    64

/* How a function is watched. */
enum probe_method {
	PROBE_AUTO, /* fentry; where that doesn't attach, kprobe */
	PROBE_FENTRY,
	PROBE_KPROBE,
	PROBE_USDT,
};

/**
 * struct probe_options - what the user asked for
 * @target: stock, module, or worker:PATH of a program with our USDT
 * @method: for functions of the kernel
 * @issue_only: the functions that issue lists, and no others
 * @queues: how many get rows of their own
 * @only: of the module's queue functions these, by what follows their common name, with
 *	commas between; NULL: all
 * @cells: rows are of cells 0 to @cells - 1, not of queues; 0: of queues
 */
struct probe_options {
	const char *target, *only;
	enum probe_method method;
	bool issue_only;
	unsigned int queues, cells;
};

/**
 * struct probe - what is loaded
 * @keys: of rows, PROBE_KEY_NONE included
 * @cpus: highest number of a possible one, + 1
 * @rows: key * @cpus + CPU
 * @method: how lists are watched; of several the dearest
 * @err: the line that says what went wrong
 */
struct probe {
	struct probe_options options;
	unsigned int keys, cpus;
	struct cmdq_sync_bpf *instance[PROBE_MAX_INSTANCES];
	unsigned int nr_instances;
	struct bpf_link *link[PROBE_MAX_LINKS];
	unsigned int nr_links;
	struct probe_row *rows;
	size_t rows_size;
	enum probe_method method;
	char err[400];
};

/* A line into p->err; -1. */
int probe_fail(struct probe *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * probe_attach() - to all of the target that is there; says each as a line of output,
 * what is missing too. 0; -1 with a line when nothing can be timed.
 */
int probe_attach(struct probe *p);

/* Detaches all, and lets the counts go. */
void probe_free(struct probe *p);

/* Counts calls that begin from now on, or (false) none that begin. */
void probe_count(struct probe *p, bool on);

/* The highest number of a CPU that may be there, + 1, as sysfs has them; 0: can't be read. */
unsigned int probe_cpus(const char *path);

/**
 * probe_instance() - another copy of the programs, none of them to be loaded yet
 * @p: gets it; all copies share their maps
 * @btf: of who is watched, as @own where that is the module; NULL: of programs that read
 *	no SMMU
 * @own: the layout of the module's structs instead of the stock driver's; NULL
 *
 * Return: the copy, opened and not loaded; NULL with a line.
 */
struct cmdq_sync_bpf *probe_instance(struct probe *p, const struct btf *btf,
				     const struct btf *own);

/* Once a copy is loaded: p->rows. 0; -1 with a line. */
int probe_map_rows(struct probe *p);

/* Where a function's arguments are; -1: it has none of that name. */
struct probe_args {
	int smmu, cmdq, cmds, n, sync;
};

/**
 * probe_find_args() - of a function that issues lists
 * @btf: the kernel's or the module's, which has all of the kernel's too
 * @function: by name
 * @args: filled in
 * @why: on failure, a line
 *
 * Return: 0; -1: not there, or it has no argument that must be there.
 */
int probe_find_args(const struct btf *btf, const char *function,
		    struct probe_args *args, char *why, size_t len);

/**
 * probe_check_fields() - the stock driver's structs, as far as the programs read them
 * @btf: the kernel's
 * @role: whose programs
 * @why: on failure, a line that names the struct and the field
 *
 * Return: 0 or -1.
 */
int probe_check_fields(const struct btf *btf, enum probe_role role, char *why,
		       size_t len);

/*
 * The bytes from the start of @type to @path ("q.llq.prod"); -1: not there. Of several of
 * that name the one that has @has; NULL: that has the path's first member.
 */
long probe_offset(const struct btf *btf, const char *type, const char *has,
		  const char *path);

/**
 * probe_symbol() - what the kernel's list of symbols has of a function
 * @name: as the source has it
 * @found: set to its name there, where the compiler gave it another (NAME.isra.0)
 *
 * Return: how many of exactly this name there are; 0 with @found not empty: renamed.
 */
unsigned int probe_symbol(const char *name, char *found, size_t len);

/* As probe_symbol(), of lines as /proc/kallsyms has them. */
unsigned int probe_symbol_in(const char *path, const char *name, char *found,
			     size_t len);

/**
 * struct probe_cost - of a pair of probes
 * @added_ns: what a call takes longer
 * @inside_ns: how much of that is in the latency that is shown for it
 */
struct probe_cost {
	double added_ns, inside_ns;
};

/* Measures it here and now, in about half a second. 0; -1 with a line. */
int probe_measure_cost(enum probe_method method, struct probe_cost *cost,
		       char *why, size_t len);

/* Lines of the counts up to now, "at SECONDS" first. */
void probe_report(struct probe *p, double seconds);

/*
 * probe_pmcg_open() - counters of SMMUs (smmuv3_pmcg_*), system-wide, if there are any
 * probe_pmcg_report() - a line for each
 */
struct probe_pmcg;
struct probe_pmcg *probe_pmcg_open(const char *devices);
void probe_pmcg_report(const struct probe_pmcg *m);
void probe_pmcg_free(struct probe_pmcg *m);

/**
 * struct probe_around - where the output went
 * @out: a descriptor: the command's
 */
struct probe_around {
	int out;
};

/* From here on all that is printed is kept. 0; -1, having said why. */
int probe_around_begin(struct probe_around *a);
/* Says it, "probe " before each line but an error's, and "bye". */
void probe_around_end(struct probe_around *a);

/* invbench-probe stacks: stacks.c has its lines. Its exit status. */
int probe_stacks(int argc, char **argv);

const char *probe_method_name(enum probe_method m);

#endif
