// SPDX-License-Identifier: GPL-2.0-or-later
/* What QEMU is called with. */
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/*
 * pauth-impdef: the architected algorithm costs most of an emulated boot's time. cntfrq:
 * a clock that counts instructions one by one, where the usual one counts 16 at a time.
 */
static const struct machine {
	const char *arch, *program, *package;
	const char *machine, *kvm_machine, *cpu, *icount_cpu, *console;
} machines[] = {
	{
		.arch = "arm64",
		.program = "qemu-system-aarch64",
		.package = "qemu-system-arm",
		.machine = "virt,iommu=smmuv3,gic-version=3",
		.kvm_machine = "virt,iommu=smmuv3,gic-version=host",
		.cpu = "max,pauth-impdef=on",
		.icount_cpu = "max,pauth-impdef=on,cntfrq=1000000000",
		.console = "ttyAMA0",
	},
	{
		.arch = "amd64",
		.program = "qemu-system-x86_64",
		.package = "qemu-system-x86",
		.machine = "q35",
		.kvm_machine = "q35",
		.cpu = "max",
		.icount_cpu = "max",
		.console = "ttyS0",
	},
};

static const struct machine *find(const char *arch)
{
	size_t i;

	for (i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (!strcmp(machines[i].arch, arch))
			return &machines[i];
	return NULL;
}

const char *qemu_program(const char *arch, struct subject_error *err)
{
	const struct machine *m = find(arch);

	if (!m)
		snprintf(err->msg, sizeof(err->msg),
			 "no guests of architecture '%.40s' (arm64, amd64)",
			 arch);
	return m ? m->program : NULL;
}

const char *qemu_kvm_machine(const char *arch)
{
	return find(arch)->kvm_machine;
}

const char *qemu_package(const char *arch)
{
	return find(arch)->package;
}

struct list {
	char **args;
	size_t nr;
	bool failed;
};

static void add_text(struct list *l, char *text)
{
	char **more = realloc(l->args, (l->nr + 2) * sizeof(*more));

	if (more)
		l->args = more;
	if (!more || !text) {
		free(text);
		l->failed = true;
		return;
	}
	l->args[l->nr++] = text;
	l->args[l->nr] = NULL;
}

static void add(struct list *l, const char *text)
{
	add_text(l, strdup(text));
}

static void __attribute__((format(printf, 2, 3)))
add_fmt(struct list *l, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	add_text(l, text);
}

static void add_pair(struct list *l, const char *option, const char *value)
{
	add(l, option);
	add(l, value);
}

/* A file's name within an option: a comma is written twice. */
static char *in_option(const char *name)
{
	char *text = malloc(2 * strlen(name) + 1), *to = text;

	for (; text && *name; *to++ = *name++)
		if (*name == ',')
			*to++ = ',';
	if (text)
		*to = '\0';
	return text;
}

static void add_port(struct list *l, const char *name, int fd)
{
	add(l, "-chardev");
	add_fmt(l, "socket,id=%s,fd=%d", name, fd);
	add(l, "-device");
	add_fmt(l, "virtserialport,chardev=%s,name=%s", name, name);
}

static void add_console(struct list *l, const struct guest_options *o,
			const struct qemu_fds *fds)
{
	char *path = o->console ? in_option(o->console) : NULL;

	add(l, "-chardev");
	if (fds->work >= 0)
		add_fmt(l, "file,id=console,path=/proc/self/fd/%d",
			fds->console);
	else if (path)
		add_fmt(l, "stdio,id=console,signal=off,logfile=%s", path);
	else
		add(l, "stdio,id=console,signal=off");
	add_pair(l, "-serial", "chardev:console");
	free(path);
}

static unsigned int cpus(const struct guest_options *o)
{
	cpu_set_t usable;

	if (o->icount)
		return 1;
	if (o->cpus)
		return o->cpus;
	CPU_ZERO(&usable);
	return !sched_getaffinity(0, sizeof(usable), &usable) &&
			       CPU_COUNT(&usable) > 1 ?
		       2 :
		       1;
}

static void add_accel(struct list *l, const struct guest_options *o,
		      const struct machine *m, bool kvm)
{
	const char *machine = kvm ? m->kvm_machine : m->machine;
	const char *cpu = o->icount ? m->icount_cpu : m->cpu;

	add_pair(l, "-M", o->machine ? o->machine : machine);
	add_pair(l, "-cpu", kvm ? "host" : cpu);
	add(l, "-accel");
	if (kvm)
		add(l, "kvm");
	else
		add(l, o->icount ? "tcg,thread=single" : "tcg,thread=multi");
	if (o->icount)
		add_pair(l, "-icount", "shift=0,sleep=off");
	add(l, "-smp");
	add_fmt(l, "%u", cpus(o));
	add(l, "-m");
	add_fmt(l, "%u", o->memory ? o->memory : 1024);
}

static void add_nothing_else(struct list *l)
{
	add_pair(l, "-display", "none");
	add_pair(l, "-monitor", "none");
	add_pair(l, "-nic", "none");
	add(l, "-no-reboot");
	add(l, "-nodefaults");
}

static void add_more(struct list *l, const struct guest_options *o)
{
	size_t i;

	for (i = 0; o->args && o->args[i]; i++)
		add(l, o->args[i]);
}

static char **list_done(struct list *l, struct subject_error *err)
{
	if (!l->failed)
		return l->args;
	snprintf(err->msg, sizeof(err->msg), "not enough memory");
	qemu_args_free(l->args);
	return NULL;
}

/* Warnings and worse while it boots: more of it is time at an emulated UART. */
static void add_kernel(struct list *l, const struct guest_options *o,
		       const struct machine *m, bool shell)
{
	add_pair(l, "-kernel", o->image);
	add_pair(l, "-initrd", o->initrd);
	if (o->dtb)
		add_pair(l, "-dtb", o->dtb);
	add(l, "-append");
	add_fmt(l, "console=%s panic=-1 loglevel=5 invbench.mode=%s%s%s",
		m->console, shell ? "shell" : "serve", o->append ? " " : "",
		o->append ? o->append : "");
}

char **qemu_args(const struct guest_options *o, const char *program, bool kvm,
		 const struct qemu_fds *fds, struct subject_error *err)
{
	const struct machine *m = find(o->arch);
	struct list l = { 0 };

	add(&l, program);
	add_accel(&l, o, m, kvm);
	add_kernel(&l, o, m, fds->work < 0);
	add_nothing_else(&l);
	add_console(&l, o, fds);
	if (fds->work >= 0) {
		add_pair(&l, "-device", "virtio-serial-pci");
		add_port(&l, "work", fds->work);
		add_port(&l, "control", fds->control);
	}
	add_more(&l, o);
	return list_done(&l, err);
}

char **guest_machine(const struct guest_options *o, struct subject_error *err)
{
	int kvm = qemu_kvm(o, err);
	struct list l = { 0 };
	char path[PATH_MAX];

	if (kvm < 0 || qemu_find(o, path, sizeof(path), err))
		return NULL;
	add(&l, path);
	add_accel(&l, o, find(o->arch), kvm);
	add_nothing_else(&l);
	add_more(&l, o);
	return list_done(&l, err);
}

void guest_machine_free(char **args)
{
	qemu_args_free(args);
}

void qemu_args_free(char **args)
{
	size_t i;

	for (i = 0; args && args[i]; i++)
		free(args[i]);
	free(args);
}
