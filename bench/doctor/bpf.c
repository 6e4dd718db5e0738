// SPDX-License-Identifier: GPL-2.0-or-later
/* What eBPF there is to watch the stock driver and the module with. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "module.h"

static void check_btf(struct doctor *d)
{
	struct look_list all = look_list(d->look, "/sys/kernel/btf");
	size_t modules = 0, i;
	bool vmlinux = false;

	for (i = 0; i < all.nr; i++)
		if (strcmp(all.names[i], "vmlinux"))
			modules++;
		else
			vmlinux = true;
	look_list_free(&all);
	if (vmlinux) {
		say(d, DOCTOR_YES, "the kernel's, and %zu modules'", modules);
		return;
	}
	say(d, DOCTOR_NO, "no /sys/kernel/btf/vmlinux");
	remedy(d,
	       "a kernel with CONFIG_DEBUG_INFO_BTF=y: Debian's and Ubuntu's are, of your own: apt install pahole before it is built");
}

static void check_unprivileged(struct doctor *d)
{
	char text[16];

	if (look_line(d->look, text, sizeof(text),
		      "/proc/sys/kernel/unprivileged_bpf_disabled") !=
	    LOOK_THERE) {
		say(d, DOCTOR_NO, "the kernel has no bpf()");
		remedy(d, "a kernel with CONFIG_BPF_SYSCALL=y");
		return;
	}
	say(d, DOCTOR_FACT,
	    "unprivileged_bpf_disabled is %s; probes want root (CAP_BPF and CAP_PERFMON) either way",
	    text);
}

static void check_jit(struct doctor *d)
{
	char text[16];

	if (look_line(d->look, text, sizeof(text),
		      "/proc/sys/net/core/bpf_jit_enable") == LOOK_DENIED) {
		say(d, DOCTOR_UNKNOWN, "not readable without root");
		remedy(d, "sudo ./invbench doctor");
	} else if (*text == '1' || *text == '2') {
		say(d, DOCTOR_YES, "on");
	} else {
		say(d, DOCTOR_NO, "%s", *text ? "off" : "the kernel has none");
		remedy(d, *text ? "sysctl net.core.bpf_jit_enable=1" :
				  "a kernel with CONFIG_BPF_JIT=y");
	}
}

/* Only root's attempts tell anything: NULL, too, where nothing was tried. */
static const char *what_attaches(struct doctor *d)
{
	if (!d->tried && holds(d, "root"))
		d->features = look_ask(d->look, "features");
	d->tried = true;
	return d->features;
}

/* What was tried goes before what the lockdown should do. */
static void check_reads(struct doctor *d)
{
	const char *answer = what_attaches(d);
	enum lockdown l = lockdown_of(d);

	if (answer && strstr(answer, "read_kernel yes")) {
		say(d, DOCTOR_YES, "tried: it does");
	} else if (l == LOCKDOWN_CONFIDENTIALITY) {
		say(d, DOCTOR_NO, "the lockdown forbids it");
		lockdown_remedy(d);
	} else if (answer && strstr(answer, "read_kernel no")) {
		say(d, DOCTOR_NO, "tried: refused");
		remedy(d,
		       "a kernel with BTF, the JIT and CONFIG_BPF_EVENTS=y");
	} else if (l == LOCKDOWN_UNKNOWN) {
		say(d, DOCTOR_UNKNOWN, "the lockdown isn't known");
		remedy(d, "mount -t securityfs none /sys/kernel/security");
	} else {
		say(d, DOCTOR_YES, "the lockdown allows it");
	}
}

static void check_kprobes(struct doctor *d)
{
	char text[16];
	enum look_found found =
		look_line(d->look, text, sizeof(text),
			  "/sys/kernel/debug/kprobes/enabled");

	if (lockdown_of(d) == LOCKDOWN_CONFIDENTIALITY) {
		say(d, DOCTOR_NO, "the lockdown forbids them");
		lockdown_remedy(d);
	} else if (config(d, "KPROBES") == 'n') {
		say(d, DOCTOR_NO, "CONFIG_KPROBES isn't set");
		remedy(d, "a kernel with CONFIG_KPROBES=y");
	} else if (found == LOOK_THERE && *text == '0') {
		say(d, DOCTOR_NO, "switched off");
		remedy(d, "echo 1 > /sys/kernel/debug/kprobes/enabled");
	} else if (found == LOOK_THERE || config(d, "KPROBES") == 'y' ||
		   look_for(d->look, "/sys/bus/event_source/devices/kprobe") ==
			   LOOK_THERE) {
		say(d, DOCTOR_YES, "%s",
		    found == LOOK_THERE ? "switched on" : "the kernel has them");
	} else {
		say(d, DOCTOR_UNKNOWN,
		    "no configuration of the kernel found, and no debugfs to look into");
		remedy(d, "sudo ./invbench doctor, with debugfs mounted");
	}
}

static void check_ftrace(struct doctor *d)
{
	char text[16];

	if (config(d, "FUNCTION_TRACER") == 'n') {
		say(d, DOCTOR_NO, "CONFIG_FUNCTION_TRACER isn't set");
		remedy(d,
		       "a kernel with CONFIG_FUNCTION_TRACER=y and CONFIG_DYNAMIC_FTRACE=y");
		return;
	}
	if (look_line(d->look, text, sizeof(text),
		      "/proc/sys/kernel/ftrace_enabled") == LOOK_THERE) {
		say(d, *text == '1' ? DOCTOR_YES : DOCTOR_NO,
		    "kernel.ftrace_enabled is %s", text);
		if (*text != '1')
			remedy(d, "sysctl kernel.ftrace_enabled=1");
		return;
	}
	if (config(d, "FUNCTION_TRACER"))
		say(d, DOCTOR_YES, "CONFIG_FUNCTION_TRACER");
	else
		say(d, DOCTOR_UNKNOWN, "no configuration found");
}

static void check_uprobes(struct doctor *d)
{
	if (look_for(d->look, "/sys/bus/event_source/devices/uprobe") ==
	    LOOK_THERE) {
		say(d, DOCTOR_YES, "the kernel has them");
		return;
	}
	say(d, DOCTOR_NO, "no uprobe in /sys/bus/event_source/devices");
	remedy(d, "a kernel with CONFIG_UPROBES=y");
}

#define FENTRY \
	"a kernel with BTF, the JIT and CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y; on arm64 Linux 6.4 or later"
#define DEBIAN "; Debian's and Ubuntu's are built so"

/* What invbench-probe tries, what it is good for, what it takes. */
static const struct way {
	const char *name, *use, *takes;
} ways[] = {
	{ "fentry", "probe", FENTRY DEBIAN },
	{ "fexit", "probe", FENTRY DEBIAN },
	{ "kprobe", "probe, where fentry isn't",
	  "a kernel with CONFIG_KPROBE_EVENTS=y" DEBIAN },
	{ "kretprobe", "probe, where fexit isn't",
	  "a kernel with CONFIG_KRETPROBES=y" DEBIAN },
	{ "uprobe", "USDT of our own queue",
	  "a kernel with CONFIG_UPROBE_EVENTS=y" DEBIAN },
	{ "tp_btf", "tracepoints of the module",
	  "a kernel with BTF and CONFIG_BPF_EVENTS=y" DEBIAN },
	{ "perf_event", "flame",
	  "a kernel with CONFIG_PERF_EVENTS=y and CONFIG_BPF_EVENTS=y" DEBIAN },
	{ 0 }
};

/* The last one, of empty words, for what we don't know. */
static const struct way *way_of(const char *name)
{
	const struct way *w;

	for (w = ways; w->name && strcmp(w->name, name); w++)
		;
	return w;
}

/* A line of `invbench-probe features`: its name, yes or no, and why not. */
static void attached(struct doctor *d, const char *line)
{
	char name[32], answer[8];
	const struct way *w;
	int at = 0;

	if (sscanf(line, "%31s %7s %n", name, answer, &at) < 2 ||
	    !strcmp(name, "read_kernel"))
		return;
	w = way_of(name);
	row(d, w->use, "attach %s", name);
	if (!strcmp(answer, "yes")) {
		say(d, DOCTOR_YES, "tried: attached, and called");
		return;
	}
	say(d, DOCTOR_NO, "tried: %s", at && line[at] ? line + at : "refused");
	if (lockdown_of(d) == LOCKDOWN_CONFIDENTIALITY)
		lockdown_remedy(d);
	else
		remedy(d, "%s", w->takes ? w->takes : "another kernel");
}

static void check_attach(struct doctor *d)
{
	const char *answer = what_attaches(d);
	char *copy, *rest, *line;

	if (!answer && !holds(d, "root")) {
		say(d, DOCTOR_UNKNOWN, "not tried without root");
		remedy(d, "sudo ./invbench doctor");
	} else if (!answer && look_is_live(d->look)) {
		say(d, DOCTOR_UNKNOWN, "not tried: no invbench-probe here");
		remedy(d,
		       "apt install clang bpftool libbpf-dev libelf-dev; ./invbench probe builds it");
	} else if (!answer) {
		say(d, DOCTOR_UNKNOWN, "not asked in a record");
	}
	copy = rest = answer ? look_check(strdup(answer)) : NULL;
	while ((line = strsep(&rest, "\n")))
		attached(d, line);
	free(copy);
}

const struct doctor_check doctor_bpf[] = {
	{ "BTF", "one probe for all kernels", check_btf, false },
	{ "bpf()", "", check_unprivileged, false },
	{ "JIT", "fentry", check_jit, false },
	{ "eBPF reads memory", "probe", check_reads, false },
	{ "kprobes", "probe, where fentry isn't", check_kprobes, false },
	{ "ftrace", "fentry", check_ftrace, false },
	{ "uprobes", "USDT of our own queue", check_uprobes, false },
	{ "attaches", "probe", check_attach, false },
	{ 0 },
};
