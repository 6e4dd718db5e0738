// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine itself: who asks, what it is, and what makes its times unsteady. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* By number, as in linux/capability.h. */
static const struct {
	unsigned int bit;
	const char *name;
} wanted[] = {
	{ 16, "CAP_SYS_MODULE" },
	{ 21, "CAP_SYS_ADMIN" },
	{ 34, "CAP_SYSLOG" },
	{ 38, "CAP_PERFMON" },
	{ 39, "CAP_BPF" },
};

/* The value of a "key : value" line of @path, the first; false: none. */
static bool value_of(const struct doctor *d, const char *path, const char *key,
		     char *buf, size_t len)
{
	char text[1 << 14], *line, *rest = text, *at;
	size_t n = strlen(key);

	look_text(d->look, text, sizeof(text), path);
	*buf = '\0';
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, key, n) || !strchr("\t :", line[n]))
			continue;
		at = strchr(line, ':');
		if (!at)
			continue;
		at += 1 + strspn(at + 1, " \t");
		snprintf(buf, len, "%s", at);
		return true;
	}
	return false;
}

static void check_root(struct doctor *d)
{
	char text[64], lacks[256] = "";
	uint64_t has;
	size_t i;

	if (!value_of(d, "/proc/self/status", "CapEff", text, sizeof(text))) {
		say(d, DOCTOR_UNKNOWN, "no /proc/self/status");
		return;
	}
	has = strtoull(text, NULL, 16);
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!(has >> wanted[i].bit & 1))
			append(lacks, sizeof(lacks), "%s%s",
			       *lacks ? ", " : "", wanted[i].name);
	if (!*lacks) {
		say(d, DOCTOR_YES, "every capability that is asked for");
		return;
	}
	say(d, has ? DOCTOR_PARTLY : DOCTOR_NO, "lacks %s", lacks);
	remedy(d, has ? "a container's root: give it these, or go to the host" :
			"sudo ./invbench doctor, which then sees more, too");
}

static void check_kernel(struct doctor *d)
{
	char line[512];

	look_line(d->look, line, sizeof(line), "/proc/cmdline");
	say(d, DOCTOR_FACT, "Linux %s, %s", *d->release ? d->release : "?",
	    *d->machine ? d->machine : "?");
	values(d, json_pack("{s:s, s:s, s:s}", "release", d->release, "machine",
			    d->machine, "cmdline", line));
}

/* Arm's CPUs have a number and no name. */
static void check_cpu(struct doctor *d)
{
	char model[256], part[64], midr[64], online[64];

	look_line(d->look, online, sizeof(online),
		  "/sys/devices/system/cpu/online");
	look_line(d->look, midr, sizeof(midr),
		  "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");
	if (!value_of(d, "/proc/cpuinfo", "model name", model, sizeof(model)) &&
	    look_line(d->look, model, sizeof(model),
		      "/sys/devices/virtual/dmi/id/processor_version") !=
		    LOOK_THERE &&
	    value_of(d, "/proc/cpuinfo", "CPU implementer", part, sizeof(part)))
		snprintf(model, sizeof(model), "implementer %.40s", part);
	say(d, DOCTOR_FACT, "%s%s%s, CPUs %s", *model ? model : "unnamed",
	    *midr ? ", MIDR " : "", midr, *online ? online : "?");
	values(d, json_pack("{s:s, s:s, s:s}", "model", model, "midr", midr,
			    "online", online));
}

static void check_memory(struct doctor *d)
{
	char text[64];

	if (!value_of(d, "/proc/meminfo", "MemTotal", text, sizeof(text)))
		return;
	say(d, DOCTOR_FACT, "%.1f GiB", strtod(text, NULL) / (1 << 20));
}

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *at;

	for (at = text; (at = strstr(at, word)); at += len)
		if ((at == text || at[-1] == ' ') &&
		    (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

/* By what hypervisors tell of themselves; "" for none that does. */
static void hypervisor(const struct doctor *d, char *buf, size_t len)
{
	static const char *const products[] = { "QEMU", "KVM", "VMware",
						"Virtual Machine", "VirtualBox",
						"Amazon EC2", "Google",
						"Firecracker", NULL };
	char flags[8192], vendor[128], product[128];
	const char *const *p;

	if (look_line(d->look, buf, len, "/sys/hypervisor/type") == LOOK_THERE)
		return;
	if (look_for(d->look, "/proc/device-tree/hypervisor") == LOOK_THERE) {
		snprintf(buf, len, "one that the device tree names");
		return;
	}
	look_line(d->look, buf, len, "/proc/device-tree/compatible");
	if (strstr(buf, "dummy-virt"))
		return;
	*buf = '\0';
	look_line(d->look, vendor, sizeof(vendor), "/sys/class/dmi/id/sys_vendor");
	look_line(d->look, product, sizeof(product),
		  "/sys/class/dmi/id/product_name");
	for (p = products; *p; p++)
		if ((strstr(vendor, *p) || strstr(product, *p)) &&
		    !strstr(product, ".metal"))
			snprintf(buf, len, "%s %s", vendor, product);
	if (!*buf &&
	    value_of(d, "/proc/cpuinfo", "flags", flags, sizeof(flags)) &&
	    has_word(flags, "hypervisor"))
		snprintf(buf, len, "one that CPUID tells of");
}

/* Of all the time that CPUs had, in percent; below 0: not known. */
static double steal_percent(const struct doctor *d)
{
	double all = 0, steal = 0, v;
	char line[512], *at = line + 3, *end;
	int i;

	look_line(d->look, line, sizeof(line), "/proc/stat");
	if (strncmp(line, "cpu ", 4))
		return -1;
	for (i = 0; i < 8; i++, at = end) {
		v = strtod(at, &end);
		if (end == at)
			return -1;
		all += v;
		steal = v;
	}
	return all > 0 ? 100 * steal / all : -1;
}

static void check_bare(struct doctor *d)
{
	double steal = steal_percent(d);
	char name[320];

	hypervisor(d, name, sizeof(name));
	if (!*name) {
		say(d, DOCTOR_YES, "no sign of a hypervisor");
		return;
	}
	if (steal < 0)
		say(d, DOCTOR_PARTLY, "virtual: %s", name);
	else
		say(d, DOCTOR_PARTLY,
		    "virtual: %s; %.2f %% of its time were stolen", name, steal);
	remedy(d,
	       "figures hold for this VM; its SMMU, if any, is emulated or shared: for advice on hardware run on the host");
}

static void check_governor(struct doctor *d)
{
	char text[64];

	if (look_line(d->look, text, sizeof(text),
		      "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") !=
	    LOOK_THERE) {
		say(d, DOCTOR_UNKNOWN,
		    "no cpufreq: the firmware or the hypervisor sets the clock");
		return;
	}
	say(d, strcmp(text, "performance") ? DOCTOR_PARTLY : DOCTOR_YES,
	    "governor %s", text);
	if (strcmp(text, "performance"))
		remedy(d,
		       "cpupower frequency-set -g performance (apt install linux-cpupower; Ubuntu: linux-tools-%s)",
		       release(d));
}

static void check_smt(struct doctor *d)
{
	char text[16];

	if (look_line(d->look, text, sizeof(text),
		      "/sys/devices/system/cpu/smt/active") != LOOK_THERE)
		return;
	if (strcmp(text, "1")) {
		say(d, DOCTOR_YES, "one thread a core");
		return;
	}
	say(d, DOCTOR_PARTLY, "threads share cores");
	remedy(d, "echo off > /sys/devices/system/cpu/smt/control");
}

static void check_isolated(struct doctor *d)
{
	char text[256];

	if (look_line(d->look, text, sizeof(text),
		      "/sys/devices/system/cpu/isolated") != LOOK_THERE)
		return;
	if (*text) {
		say(d, DOCTOR_YES, "CPUs %s", text);
		return;
	}
	say(d, DOCTOR_NO, "none");
	remedy(d,
	       "not needed; for the quietest figures isolcpus=LIST nohz_full=LIST %s, then run --cpus LIST",
	       ON_CMDLINE);
}

static void check_clock(struct doctor *d)
{
	char text[64];
	bool good;

	if (look_line(d->look, text, sizeof(text),
		      "/sys/devices/system/clocksource/clocksource0/current_clocksource") !=
	    LOOK_THERE)
		return;
	good = !strcmp(text, "tsc") || !strcmp(text, "arch_sys_counter") ||
	       !strcmp(text, "kvm-clock");
	say(d, good ? DOCTOR_YES : DOCTOR_NO, "%s", text);
	if (!good)
		remedy(d,
		       "the kernel's log says why its own counter was refused; firmware or tsc=reliable may give it back");
}

static void check_memlock(struct doctor *d)
{
	char text[64];
	bool small;

	if (!look_ask_line(d->look, "memlock", text, sizeof(text)))
		return;
	small = !holds(d, "root") && strcmp(text, "unlimited") &&
		strtoul(text, NULL, 10) < 65536;
	say(d, small ? DOCTOR_PARTLY : DOCTOR_YES, "%s", text);
	if (small)
		remedy(d,
		       "for perf's buffers without root: ulimit -l unlimited");
}

static void check_membarrier(struct doctor *d)
{
	char text[64];

	if (!look_ask_line(d->look, "membarrier", text, sizeof(text)))
		return;
	if (!strcmp(text, "private expedited")) {
		say(d, DOCTOR_YES, "%s", text);
		return;
	}
	say(d, DOCTOR_NO, "%s", text);
	remedy(d, "a kernel with CONFIG_MEMBARRIER=y; a seccomp filter may hide it");
}

const struct doctor_check doctor_machine[] = {
	{ "root", "modules, eBPF, the kernel's log", check_root, false },
	{ "kernel", "", check_kernel, false },
	{ "CPU", "", check_cpu, false },
	{ "memory", "", check_memory, false },
	{ "bare metal", "figures that are the machine's", check_bare, false },
	{ "steady clock rate", "steady figures", check_governor, false },
	{ "one thread a core", "steady figures", check_smt, false },
	{ "isolated CPUs", "steady figures", check_isolated, false },
	{ "clock source", "the timer of blocks", check_clock, false },
	{ "membarrier", "run: strategy asymmetric", check_membarrier, false },
	{ "memlock", "buffers of perf", check_memlock, false },
	{ 0 },
};
