/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest: a kernel in QEMU with guest/init, driven over two virtio-serial ports. One
 * boot executes any number of commands, one at a time; each looks to the tool like a
 * process behind a pipe.
 */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include <stdbool.h>

#include "subject.h"

struct guest;

enum guest_accel {
	GUEST_ACCEL_AUTO, /* KVM where it is there for the guest's architecture */
	GUEST_ACCEL_KVM,
	GUEST_ACCEL_TCG,
};

/**
 * struct guest_options - what to boot, and on what; zero what doesn't matter
 * @arch: arm64 or amd64
 * @image: the kernel
 * @initrd: as guest/initramfs.sh makes it
 * @qemu: path of QEMU; NULL: found in PATH by @arch
 * @accel: by what it executes
 * @cpus: 1 to 64; 0: as many as the host has, but 2 at most. More than the host has are
 *	for races, never for figures
 * @memory: MiB; 0: 1024
 * @icount: one instruction is one virtual ns; takes TCG and one CPU
 * @machine: of QEMU's -M; NULL: with an SMMUv3 where there is one (virt)
 * @dtb: device tree instead of the machine's own; NULL: that
 * @append: more for the kernel's command line; NULL: nothing
 * @args: more arguments of QEMU (devices), NULL after the last; NULL: none
 * @console: file that keeps the console; NULL: nothing is kept
 * @boot_timeout: s until guest/init must have answered; 0: 120
 */
struct guest_options {
	const char *arch, *image, *initrd, *qemu;
	enum guest_accel accel;
	unsigned int cpus, memory;
	bool icount;
	const char *machine, *dtb, *append;
	const char *const *args;
	const char *console;
	double boot_timeout;
};

/**
 * guest_boot() - start a guest, and wait until guest/init answers
 * @o: may go when this returns
 * @err: on failure, a line: no QEMU, no KVM, a panic (what the console says of it), no
 *	answer in time
 *
 * QEMU ends with the calling thread, however that ends, so this is for the main thread.
 * Ctrl-C doesn't reach it.
 *
 * Return: the guest, for guest_stop() or guest_kill(); or NULL.
 */
struct guest *guest_boot(const struct guest_options *o,
			 struct subject_error *err);

/**
 * guest_exec() - start a command in a guest that executes none
 * @argv: its path in the guest and its arguments, without newlines; NULL
 * @input: whether what is written to the descriptor is its standard input; it never
 *	sees an end of that. Otherwise its input is empty
 * @timeout: s until it must have ended, or the guest is killed; with @input s without a
 *	byte of output; 0: no end is set
 * @err: on failure, a line
 *
 * Its standard error is the console. What it writes is read by a thread of the guest's
 * own and kept: the caller may take its time.
 *
 * Return: a descriptor, the caller's to close: reads give the command's output, and end
 * when it has ended. -1 on failure.
 */
int guest_exec(struct guest *g, const char *const *argv, bool input,
	       double timeout, struct subject_error *err);

/**
 * guest_wait() - wait for the end of the command
 *
 * Return: its status as a shell has it (128 + n for signal n), once all of its output is
 * in the descriptor. -1 with a line in @err: the guest panicked, hung, or ended without
 * saying so: what was read of the output is cut off.
 */
int guest_wait(struct guest *g, struct subject_error *err);

/**
 * guest_check() - what the kernel's log had to complain of since the last check
 *
 * Return: how many lines; of the first one @err tells. 0: nothing.
 */
unsigned int guest_check(struct guest *g, struct subject_error *err);

/**
 * guest_stop() - power off, and free; one that still executes is killed
 *
 * Return: 0; or with a line in @err: how many findings guest_check() has, -1 if it hung
 * or panicked.
 */
int guest_stop(struct guest *g, struct subject_error *err);

/* Ends it at once and frees it. NULL is fine. */
void guest_kill(struct guest *g);

/**
 * guest_machine() - what QEMU is called with for this machine, its path first, without
 * anything that boots in it: for a device tree
 *
 * Return: an array for guest_machine_free(), NULL after the last; NULL with a line in @err.
 */
char **guest_machine(const struct guest_options *o, struct subject_error *err);
void guest_machine_free(char **args);

/* Whether an emulator executes it: then times are the emulator's. */
bool guest_emulated(const struct guest *g);

/* Whether one of @arch would have KVM here; before anything is booted. */
bool guest_has_kvm(const char *arch);

/**
 * guest_qemu_version() - QEMU's own first line about itself
 * @arch: whose QEMU, of PATH
 * @text: filled in
 * @len: room in it
 * @err: on failure, a line
 *
 * Return: 0 or -1.
 */
int guest_qemu_version(const char *arch, char *text, size_t len,
		       struct subject_error *err);

/* Seconds from QEMU's start until guest/init answered. */
double guest_boot_seconds(const struct guest *g);

/**
 * guest_shell() - a guest with a shell on this terminal, until it powers off
 *
 * Return: 0, or -1 with a line in @err.
 */
int guest_shell(const struct guest_options *o, struct subject_error *err);

#endif
