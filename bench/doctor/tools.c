// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs, and what a guest takes. */
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* MiB: a kernel's packages and what is unpacked of them, guest/fetch.sh. */
#define KERNEL_MB 1000

static bool has_program(const struct doctor *d, const char *name, char *text,
			size_t len)
{
	char question[64];

	snprintf(question, sizeof(question), "program %s", name);
	return look_ask_line(d->look, question, text, len);
}

static void check_program(struct doctor *d, const char *name,
			  const char *package)
{
	char text[256];

	if (has_program(d, name, text, sizeof(text))) {
		say(d, DOCTOR_YES, "%s", text);
		return;
	}
	say(d, DOCTOR_NO, "%s isn't installed", name);
	remedy(d, "apt install %s", package);
}

static void check_herd(struct doctor *d)
{
	char text[256];

	if (has_program(d, "herd7", text, sizeof(text))) {
		say(d, DOCTOR_YES, "%s", text);
		return;
	}
	say(d, DOCTOR_NO, "herd7 isn't installed");
	remedy(d, "apt install opam, then opam install herdtools7 (no Debian package has it)");
}

static void check_gnuplot(struct doctor *d)
{
	check_program(d, "gnuplot", "gnuplot-nox");
}

static void check_clang(struct doctor *d)
{
	check_program(d, "clang", "clang");
}

static void check_bpftool(struct doctor *d)
{
	char text[256];

	if (has_program(d, "bpftool", text, sizeof(text))) {
		say(d, DOCTOR_YES, "%s", text);
		return;
	}
	say(d, DOCTOR_NO, "not installed, or not for this kernel");
	remedy(d, "apt install bpftool (Ubuntu: linux-tools-%s)", release(d));
}

static void check_qemu(struct doctor *d)
{
	check_program(d, "qemu-system-aarch64", "qemu-system-arm");
}

static void check_cross(struct doctor *d)
{
	if (is_arm(d))
		check_program(d, "gcc", "gcc");
	else
		check_program(d, "aarch64-linux-gnu-gcc",
			      "gcc-aarch64-linux-gnu libc6-dev-arm64-cross");
}

static void check_kvm(struct doctor *d)
{
	char text[64];

	/* whatever its KVM is, it isn't for them */
	if (!is_arm(d)) {
		say(d, DOCTOR_PARTLY, "an x86 host: arm64 guests are emulated");
		remedy(d, "an arm64 host");
	} else if (!look_ask_line(d->look, "kvm", text, sizeof(text))) {
		say(d, DOCTOR_UNKNOWN, "not asked in a record");
	} else if (!strncmp(text, "api ", 4)) {
		say(d, DOCTOR_YES, "%s", text);
	} else if (!strcmp(text, "EACCES")) {
		say(d, DOCTOR_NO, "/dev/kvm isn't yours to open");
		remedy(d, "adduser $USER kvm, and log in again; or root");
	} else {
		say(d, DOCTOR_NO, "/dev/kvm: %s", text);
		remedy(d,
		       "modprobe kvm; switch virtualisation on in the firmware's setup, or nested virtualisation on the host");
	}
}

static void check_space(struct doctor *d)
{
	char text[32];
	unsigned long mb;

	if (!look_ask_line(d->look, "space", text, sizeof(text)))
		return;
	mb = strtoul(text, NULL, 10);
	say(d, mb < KERNEL_MB ? DOCTOR_NO : DOCTOR_YES, "%lu MB free in %s", mb,
	    d->options->cache);
	if (mb < KERNEL_MB)
		remedy(d,
		       "%u MB for a kernel: make room, or INVBENCH_CACHE=DIR elsewhere",
		       KERNEL_MB);
}

/* Of guest/kernels.list, which are in the cache. */
static void check_kernels(struct doctor *d)
{
	char *path = look_format("%s/guest/kernels.list", d->options->top);
	char line[512], name[64], here[256] = "", lacks[256] = "";
	FILE *f = look_is_live(d->look) ? fopen(path, "re") : NULL;

	free(path);
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		char *list;

		if (*line == '#' || sscanf(line, "%63s", name) != 1)
			continue;
		list = look_for(d->look, "%s/kernels/%s/stamp",
				d->options->cache, name) == LOOK_THERE ?
			       here :
			       lacks;
		append(list, sizeof(here), "%s%s", *list ? ", " : "", name);
	}
	fclose(f);
	say(d, *here ? DOCTOR_YES : DOCTOR_PARTLY, "%s%s%s%s",
	    *here ? here : "none fetched", *lacks ? "; not yet " : "", lacks,
	    *lacks ? ": fetched when wanted" : "");
	if (!*here)
		remedy(d, "./invbench guest fetch (from Debian's archive)");
}

const struct doctor_check doctor_tools[] = {
	{ "herd7", "verify", check_herd, true },
	{ "gnuplot", "plots of a run", check_gnuplot, true },
	{ "clang", "building the probes", check_clang, true },
	{ "bpftool", "building the probes", check_bpftool, true },
	{ "QEMU", "guest, --backend guest", check_qemu, true },
	{ "KVM", "guests whose times are the machine's", check_kvm, true },
	{ "compiler for arm64", "guest, --backend guest", check_cross, true },
	{ "space in the cache", "guest, --backend guest", check_space, true },
	{ "pinned kernels", "guest, --backend guest", check_kernels, true },
	{ 0 },
};
