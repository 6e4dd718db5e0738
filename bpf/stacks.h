/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sampler and who reads it share. */
#ifndef BPF_STACKS_H
#define BPF_STACKS_H

#ifdef __bpf__
#include <linux/types.h>
#else
#include <asm/types.h>
#endif

#define STACKS_DEPTH 62 /* with the name that is 512 bytes, the longest key that a hash has */
#define STACKS_MAX   16384

/* One stack of the kernel, innermost first, 0 behind the last; none: user space. */
struct stacks_key {
	__u64 ip[STACKS_DEPTH];
	char comm[16];
};

enum stacks_count {
	STACKS_IDLE, /* samples of CPUs with nothing to do: not kept */
	STACKS_UNREAD, /* the kernel could not walk the stack */
	STACKS_FULL, /* of a stack for which there was no room */
	STACKS_NR_COUNTS,
};

#endif
