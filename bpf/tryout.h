/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tryout.bpf.c and tryout.c both know. */
#ifndef BPF_TRYOUT_H
#define BPF_TRYOUT_H

enum tryout {
	TRY_FENTRY,
	TRY_FEXIT,
	TRY_KPROBE,
	TRY_KRETPROBE,
	TRY_UPROBE,
	TRY_TP_BTF,
	TRY_READ_KERNEL,
	TRY_PERF_EVENT,
	NR_TRIES
};

/*
 * Says of each way to watch whether it attaches here and is called, by trying it on
 * functions that do nothing: a line "NAME yes" or "NAME no WHY".
 */
void probe_features(void);

#endif
