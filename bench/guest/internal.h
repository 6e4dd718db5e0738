/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of bench/guest. */
#ifndef GUEST_INTERNAL_H
#define GUEST_INTERNAL_H

#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

#include "guest.h"

/* Bytes on their way. */
struct buffer {
	char *data;
	size_t len, room;
};

/* false: not enough memory, nothing was added */
bool buffer_add(struct buffer *b, const void *data, size_t len);
void buffer_drop(struct buffer *b, size_t len);
void buffer_free(struct buffer *b);

/* ---- args.c: what QEMU is called with --------------------------------- */

/* What the tool hands down to QEMU; -1 for none: a shell on the terminal. */
struct qemu_fds {
	int console, work, control;
};

/* NULL when there is no such architecture, with a line in @err. */
const char *qemu_program(const char *arch, struct subject_error *err);
/* The package that has it. */
const char *qemu_package(const char *arch);
/* -M of a guest under KVM. */
const char *qemu_kvm_machine(const char *arch);

/**
 * qemu_args() - the arguments of QEMU, the program's path first
 *
 * Return: for qemu_args_free(); NULL with a line in @err.
 */
char **qemu_args(const struct guest_options *o, const char *program, bool kvm,
		 const struct qemu_fds *fds, struct subject_error *err);
void qemu_args_free(char **args);

/* ---- process.c: QEMU as a child --------------------------------------- */

/* Into @path, which QEMU of PATH (or o->qemu). 0 or -1. */
int qemu_find(const struct guest_options *o, char *path, size_t len,
	      struct subject_error *err);
/* Whether KVM is to be used: 0 or 1; -1 when it was asked for and isn't there. */
int qemu_kvm(const struct guest_options *o, struct subject_error *err);
/*
 * @errors: for its own messages; -1: the terminal is its own, and so is Ctrl-C.
 * -1 with a line.
 */
pid_t qemu_start(char **args, const struct qemu_fds *fds, int errors,
		 struct subject_error *err);

/* ---- relay.c: the thread between the guest's ports and the caller ----- */

struct guest {
	pthread_t thread;
	int console, errors; /* read at any time */
	int wake;
	char *console_path;
	bool emulated;
	double boot_seconds;
	off_t checked;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock */
	pid_t pid; /* 0: waited for */
	int qemu_status;
	int control, work, client;
	struct buffer to_control, to_work, to_client, said;
	bool up, busy, input, talks, done, marked, hung, killed, off, over;
	unsigned int n;
	int status;
	double deadline; /* 0: none */
	double timeout;	 /* that it came from */
};

double guest_now(void);
void *guest_relay(void *guest);
/* Under the lock: has the thread look again. */
void guest_wake(struct guest *g);
/* Under the lock. */
void guest_end_qemu(struct guest *g);

/* ---- console.c: what it says ------------------------------------------ */

/* Why it is over, into @err. */
void guest_why(struct guest *g, struct subject_error *err);

#endif
