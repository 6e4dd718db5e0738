// SPDX-License-Identifier: GPL-2.0-or-later
/* Where and with what a run was made. What can't be read is null, not guessed. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

extern char **environ;

/* First line of a file without its newline; false when there is none. */
static bool first_line(const char *path, char *buf, size_t len)
{
	FILE *f = fopen(path, "re");
	bool ok;

	if (!f)
		return false;
	ok = fgets(buf, (int)len, f) != NULL;
	fclose(f);
	if (ok)
		buf[strcspn(buf, "\n")] = '\0';
	return ok && *buf;
}

/* null for what isn't UTF-8 too: one odd byte must not cost the whole context. */
static json_t *text(const char *s)
{
	json_t *j = s ? json_string(s) : NULL;

	return j ? j : json_null();
}

static json_t *line_of(const char *path)
{
	char buf[4096];

	return text(first_line(path, buf, sizeof(buf)) ? buf : NULL);
}

/* The value of a "key : value" line of /proc/cpuinfo, of the first CPU. */
static json_t *cpuinfo(const char *key)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char *line = NULL, *at;
	json_t *value = NULL;
	size_t size = 0, len = strlen(key);

	while (f && !value && getline(&line, &size, f) > 0) {
		if (strncmp(line, key, len) || !strchr("\t :", line[len]))
			continue;
		at = strchr(line, ':');
		if (!at)
			continue;
		at += 1 + strspn(at + 1, " ");
		at[strcspn(at, "\n")] = '\0';
		value = text(at);
	}
	if (f)
		fclose(f);
	free(line);
	return value ? value : json_null();
}

static bool has_flag(const char *flag)
{
	json_t *flags = cpuinfo("flags");
	const char *at = json_string_value(flags);
	size_t len = strlen(flag);
	bool found = false;

	for (; at && (at = strstr(at, flag)); at += len)
		if (at[len] == ' ' || !at[len])
			found = true;
	json_decref(flags);
	return found;
}

/* First line that a program prints; null when it isn't there or fails. */
static json_t *output_of(char *const argv[])
{
	posix_spawn_file_actions_t fa;
	int out[2], status = -1, ret;
	json_t *value = NULL;
	char buf[512] = "";
	FILE *f;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		return json_null();
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, out[1], 1);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	ret = posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	close(out[1]);
	f = fdopen(out[0], "r");
	if (!f)
		close(out[0]);
	if (!ret && f && fgets(buf, sizeof(buf), f)) {
		buf[strcspn(buf, "\n")] = '\0';
		value = text(buf);
	}
	if (f)
		fclose(f);
	if (!ret)
		waitpid(pid, &status, 0);
	if (status && value) {
		json_decref(value);
		value = NULL;
	}
	return value ? value : json_null();
}

static json_t *git_context(void)
{
	const char *top = getenv("INVBENCH_TOP");
	char *rev[] = { "git", "-C", (char *)top, "rev-parse", "HEAD", NULL };
	char *status[] = { "git",	  "-C",	  (char *)top, "status",
			   "--porcelain", "-uno", NULL };
	json_t *revision, *changed, *dirty;

	if (!top)
		return json_null();
	revision = output_of(rev);
	changed = output_of(status);
	dirty = json_is_null(revision) ? json_null() :
					 json_boolean(!json_is_null(changed));
	json_decref(changed);
	return json_pack("{s:o, s:o}", "revision", revision, "dirty", dirty);
}

/* Is there an SMMU, and how do its groups translate: name -> how often. */
static json_t *iommu_context(void)
{
	json_t *units = json_array(), *types = json_object();
	char path[512], type[64];
	struct dirent *e;
	DIR *d;

	d = opendir("/sys/class/iommu");
	while (d && (e = readdir(d)))
		if (*e->d_name != '.')
			json_array_append_new(units, text(e->d_name));
	if (d)
		closedir(d);
	d = opendir("/sys/kernel/iommu_groups");
	while (d && (e = readdir(d))) {
		if (*e->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%s/type",
			 e->d_name);
		if (first_line(path, type, sizeof(type)))
			json_object_set_new(
				types, type,
				json_integer(1 +
					     json_integer_value(json_object_get(
						     types, type))));
	}
	if (d)
		closedir(d);
	return json_pack("{s:o, s:o}", "units", units, "group_types", types);
}

static json_t *cpu_context(void)
{
	json_t *model = cpuinfo("model name");

	if (json_is_null(model))
		model = line_of(
			"/sys/devices/virtual/dmi/id/processor_version");
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o}",
		"model", model, "vendor", cpuinfo("vendor_id"), "family",
		cpuinfo("cpu family"), "model_id", cpuinfo("model"), "stepping",
		cpuinfo("stepping"), "midr",
		line_of("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1"),
		"microcode", cpuinfo("microcode"), "online",
		(int)sysconf(_SC_NPROCESSORS_ONLN), "governor",
		line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
		"boost", line_of("/sys/devices/system/cpu/cpufreq/boost"),
		"smt", line_of("/sys/devices/system/cpu/smt/active"));
}

static json_t *virt_context(void)
{
	return json_pack("{s:b, s:o, s:o, s:o}", "hypervisor",
			 has_flag("hypervisor"), "sys_vendor",
			 line_of("/sys/class/dmi/id/sys_vendor"), "product",
			 line_of("/sys/class/dmi/id/product_name"),
			 "hypervisor_type", line_of("/sys/hypervisor/type"));
}

static json_t *os_name(void)
{
	FILE *f = fopen("/etc/os-release", "re");
	char buf[512];
	json_t *name = NULL;

	while (f && !name && fgets(buf, sizeof(buf), f)) {
		if (strncmp(buf, "PRETTY_NAME=", 12))
			continue;
		buf[strcspn(buf, "\n")] = '\0';
		if (buf[12] == '"' && strlen(buf) > 13)
			buf[strlen(buf) - 1] = '\0';
		name = text(buf + 12 + (buf[12] == '"'));
	}
	if (f)
		fclose(f);
	return name ? name : json_null();
}

/* What of the kernel's configuration bears on fences, timing and the IOMMU. */
static json_t *kernel_config(const char *release)
{
	static const char *const about[] = {
		"CONFIG_SMP=",	  "CONFIG_PREEMPT",   "CONFIG_HZ=",
		"CONFIG_NO_HZ",	  "CONFIG_RCU_",      "CONFIG_IOMMU_DEFAULT",
		"CONFIG_ARM_SMMU", "CONFIG_MITIGATION", "CONFIG_LTO",
	};
	json_t *all;
	char path[512], line[512];
	size_t i;
	FILE *f;

	snprintf(path, sizeof(path), "/boot/config-%s", release);
	f = fopen(path, "re");
	if (!f)
		return json_null();
	all = json_object();
	while (fgets(line, sizeof(line), f)) {
		char *value = strchr(line, '=');

		for (i = 0; i < sizeof(about) / sizeof(about[0]); i++)
			if (value && !strncmp(line, about[i], strlen(about[i])))
				break;
		if (!value || i == sizeof(about) / sizeof(about[0]))
			continue;
		value[strcspn(value, "\n")] = '\0';
		*value++ = '\0';
		json_object_set_new(all, line, text(value));
	}
	fclose(f);
	return all;
}

json_t *context_collect(const char *job, uint64_t seed_of_run)
{
	char *herd[] = { "herd7", "-version", NULL };
	char date[64], host[256] = "", seed[24];
	struct utsname u;
	time_t now = time(NULL);
	struct tm tm;

	uname(&u);
	gethostname(host, sizeof(host) - 1);
	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	snprintf(seed, sizeof(seed), "%" PRIu64, seed_of_run);
	return json_pack(
		"{s:s, s:s, s:o, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:b}",
		"driver", "rounds", "date", date, "host", text(host), "kernel",
		u.release, "kernel_version", text(u.version), "arch", u.machine,
		"kernel_config", kernel_config(u.release),
		"os", os_name(), "cmdline", line_of("/proc/cmdline"), "cpu",
		cpu_context(), "virtualisation", virt_context(), "clock",
		line_of("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
		"iommu", iommu_context(), "git", git_context(), "job",
		job, "seed", seed, "tool", INVBENCH_VERSION, "build",
		json_pack("{s:s, s:s}", "compiler", INVBENCH_COMPILER, "flags",
			  INVBENCH_FLAGS),
		"herd7", output_of(herd), "emulated", 0);
}

const char *result_machine(const struct result *r)
{
	const json_t *cpu = json_object_get(r->context, "cpu");
	const json_t *virt = json_object_get(r->context, "virtualisation");
	const char *model = json_string_value(json_object_get(cpu, "model"));
	const char *kernel =
		json_string_value(json_object_get(r->context, "kernel"));
	const char *arch =
		json_string_value(json_object_get(r->context, "arch"));
	const char *clock =
		json_string_value(json_object_get(r->context, "clock"));

	snprintf(((struct result *)r)->machine, sizeof(r->machine),
		 "%s, %d CPUs%s, %s, Linux %s, clock %s",
		 model ? model : "unnamed CPU",
		 (int)json_integer_value(json_object_get(cpu, "online")),
		 json_is_true(json_object_get(virt, "hypervisor")) ?
			 " (virtual machine)" :
			 "",
		 arch ? arch : "?", kernel ? kernel : "?", clock ? clock : "?");
	return r->machine;
}
