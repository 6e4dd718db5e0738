/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From sampled addresses to named stacks: samples are kept as addresses, merged, until
 * the functions that were inlined there are known.
 */
#ifndef FLAME_FOLD_H
#define FLAME_FOLD_H

#include "flame.h"

/* ---- what `perf script` prints (-F pid,tid,event,ip,sym,dso) ----------- */

/**
 * struct perf_frame - one line of a call chain
 * @ip: within the object's file; in the kernel the address
 * @sym: what perf calls it, "[unknown]" where it doesn't know
 * @dso: the object's path, "[kernel.kallsyms]", ...
 */
struct perf_frame {
	uint64_t ip;
	const char *sym, *dso;
};

/* One sample, innermost frame first. */
struct perf_sample {
	long pid, tid;
	const struct perf_frame *frames;
	unsigned int nr;
};

/**
 * struct perf_counts - what there was in a recording
 * @samples: with a stack
 * @empty: without
 * @lost: what perf says it has lost
 */
struct perf_counts {
	uint64_t samples, empty, lost;
};

/* @sample may return -errno, which ends it. 0, -ENOMEM, or as @sample. */
int perf_script_read(FILE *in,
		     int (*sample)(void *arg, const struct perf_sample *s),
		     void *arg, struct perf_counts *counts);

/* ---- what `invbench-probe stacks --offsets` says ------------------------- */

/* The kernel as an object; a module is "[kernel:MODULE]", its addresses are of its .text. */
#define FOLD_KERNEL "[kernel]"

/**
 * struct kernel_counts - samples of all CPUs; several readings add up
 * @samples: with a stack, @user of them in user space
 * @idle: of CPUs with nothing to do, which have none
 * @unread: stacks that the kernel couldn't walk
 * @full: stacks that there was no room for
 * @cut: of @samples, those whose outermost callers are missing: they are too deep
 * @cpus: that were sampled
 * @seconds: how long
 * @whole: the sampler came to its end
 */
struct kernel_counts {
	uint64_t samples, user, idle, unread, full, cut, cpus;
	double seconds;
	bool whole;
};

/* @frames: innermost first; user space's is called "[user]". -errno ends it. */
typedef int (*kernel_stack_fn)(void *arg, const char *task,
			       const struct perf_frame *frames, unsigned int nr,
			       uint64_t count);

/* 0; -EINVAL with a line for what the sampler never says, -ENOMEM, or as @fn. */
int kernel_stacks_read(FILE *in, kernel_stack_fn fn, void *arg,
		       struct kernel_counts *counts, struct flame_error *err);

/* ---- what is inlined where (`addr2line -a -f -i`) ----------------------- */

struct inlines;

/* NULL without memory. What isn't addr2line's is skipped. */
struct inlines *inlines_read(FILE *in);
void inlines_free(struct inlines *i);

/* The functions at @ip, innermost first, the last one is no inlined one; NULL: not known. */
const char *const *inlines_find(const struct inlines *i, uint64_t ip,
				unsigned int *nr);

/* Segments of an ELF file, to make an address of an offset in the file. */
struct elf_map {
	struct {
		uint64_t offset, size, address;
	} part[8];
	unsigned int nr;
	unsigned int machine; /* EM_... */
	bool relocatable; /* a module, or an object: no segments */
};

/* The executable ones. 0, or -errno: -ENOEXEC for a file that is no 64-bit ELF. */
int elf_map_read(const char *path, struct elf_map *map);
/* @offset itself where it is in none. */
uint64_t elf_address(const struct elf_map *map, uint64_t offset);

/* ---- folding ------------------------------------------------------------ */

struct fold;

/* NULL without memory. */
struct fold *fold_new(void);
void fold_free(struct fold *f);

/* A sample of perf's, @count times. 0 or -ENOMEM. */
int fold_add(struct fold *f, const struct perf_frame *frames, unsigned int nr,
	     uint64_t count);

/*
 * Every address once that samples had in @dso, in hexadecimal and on a line each, for
 * addr2line. Return addresses stand for the call before them.
 */
int fold_addresses(const struct fold *f, const char *dso,
		   const struct elf_map *map, FILE *out);

/**
 * struct fold_names - how frames are named
 * @dso: whose inlined functions @inlines has; NULL: nobody's
 * @map: of it
 * @inlines: or NULL
 * @roots: functions that no stack has a caller of, NULL after the last: frames beyond are
 *	what a walk by frame pointers finds where there are none, and stacks without any of
 *	these are put together under FLAME_NO_CALLER
 * @plain: names of compiled instances ("unmap__STORE__...") without the instance, so that
 *	those of two cells are one frame
 */
struct fold_names {
	const char *dso;
	const struct elf_map *map;
	const struct inlines *inlines;
	const char *const *roots;
	bool plain;
};

/* All samples, into one side of a flame. 0 or -ENOMEM. */
int fold_finish(const struct fold *f, const struct fold_names *names,
		struct flame *to, enum flame_side side);

/* Whether this object is the kernel or one of its modules. */
bool fold_is_kernel(const char *dso);

#endif
