// SPDX-License-Identifier: GPL-2.0-or-later
/* perf: the program, who may, and what counts. */
#include <stdlib.h>
#include <string.h>

#include "check.h"

static const char *const events[] = {
	"cycles",
	"instructions",
	"cache-references",
	"cache-misses",
	"branches",
	"branch-misses",
	"stalled-cycles-frontend",
	"stalled-cycles-backend",
	"L1-dcache-load-misses",
	"LLC-load-misses",
	"dTLB-load-misses",
};

static void check_binary(struct doctor *d)
{
	char text[128];

	if (look_ask_line(d->look, "program perf", text, sizeof(text))) {
		say(d, DOCTOR_YES, "%s", text);
		return;
	}
	say(d, DOCTOR_NO, "not installed, or not for this kernel");
	remedy(d, "apt install linux-perf (Ubuntu: linux-tools-%s)", release(d));
}

static void check_paranoid(struct doctor *d)
{
	char text[16];
	int level;

	if (look_line(d->look, text, sizeof(text),
		      "/proc/sys/kernel/perf_event_paranoid") != LOOK_THERE) {
		say(d, DOCTOR_NO, "the kernel has no perf events");
		remedy(d, "a kernel with CONFIG_PERF_EVENTS=y");
		return;
	}
	level = atoi(text);
	if (level <= 1)
		say(d, DOCTOR_YES, "perf_event_paranoid is %d", level);
	else
		say(d, level == 2 ? DOCTOR_PARTLY : DOCTOR_NO,
		    "perf_event_paranoid is %d: %s", level,
		    level == 2 ? "without root, user space alone" :
				 "nothing without root");
	if (level > 1)
		remedy(d, "sysctl kernel.perf_event_paranoid=1, or root");
}

static bool ask(const struct doctor *d, const char *event, char *buf,
		size_t len)
{
	char question[64];

	snprintf(question, sizeof(question), "perf %s", event);
	return look_ask_line(d->look, question, buf, len);
}

static bool counts(const struct doctor *d, const char *event)
{
	char text[64];

	return ask(d, event, text, sizeof(text)) &&
	       !strncmp(text, "counts", strlen("counts"));
}

static void check_sampling(struct doctor *d)
{
	char text[64];

	if (!ask(d, "cpu-clock", text, sizeof(text))) {
		say(d, DOCTOR_UNKNOWN, "not asked in a record");
	} else if (counts(d, "cpu-clock")) {
		say(d, DOCTOR_YES, "cpu-clock %s", text);
	} else {
		say(d, DOCTOR_NO, "cpu-clock: %s", text);
		remedy(d, "sysctl kernel.perf_event_paranoid=1, or root");
	}
}

static void check_pmu(struct doctor *d)
{
	char text[64];

	if (!ask(d, "cycles", text, sizeof(text))) {
		say(d, DOCTOR_UNKNOWN, "not asked in a record");
		return;
	}
	if (counts(d, "cycles")) {
		say(d, DOCTOR_YES, "cycles %s", text);
		return;
	}
	say(d, DOCTOR_NO, "cycles: %s", text);
	if (!strcmp(text, "EACCES") || !strcmp(text, "EPERM"))
		remedy(d, "sysctl kernel.perf_event_paranoid=1, or root");
	else if (holds(d, "bare metal") &&
		 doctor_find(d, "bare metal")->verdict == DOCTOR_YES)
		remedy(d,
		       "the firmware must describe it (MADT or device tree), the kernel have its driver (Arm: CONFIG_ARM_PMUV3)");
	else
		remedy(d,
		       "the hypervisor must give it: libvirt <features><pmu state='on'/>, QEMU -cpu host,pmu=on; else counters are left out");
}

static void check_events(struct doctor *d)
{
	char here[512] = "", lacks[512] = "", text[64];
	json_t *v = json_object();
	bool asked = false;
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		bool yes = counts(d, events[i]);
		char *list = yes ? here : lacks;

		asked |= ask(d, events[i], text, sizeof(text));
		append(list, sizeof(here), "%s%s", *list ? ", " : "",
		       events[i]);
		json_object_set_new(v, events[i], json_string(text));
	}
	values(d, v);
	if (!asked) {
		say(d, DOCTOR_UNKNOWN, "not asked in a record");
	} else if (!*here) {
		say(d, DOCTOR_NO, "none counts");
		remedy(d, "see 'PMU'");
	} else if (*lacks) {
		say(d, DOCTOR_PARTLY, "%s; not %s", here, lacks);
		remedy(d, "`perf list` names what this PMU has instead");
	} else {
		say(d, DOCTOR_YES, "%s", here);
	}
}

/* Monitor groups of SMMUs. */
static void check_pmcg(struct doctor *d)
{
	struct look_list all =
		look_list(d->look, "/sys/bus/event_source/devices");
	json_t *names = json_array();
	size_t i;

	for (i = 0; i < all.nr; i++)
		if (!strncmp(all.names[i], "smmuv3_pmcg_",
			     strlen("smmuv3_pmcg_")))
			json_array_append_new(names, json_string(all.names[i]));
	look_list_free(&all);
	if (json_array_size(names)) {
		say(d, DOCTOR_YES, "%zu, from %s", json_array_size(names),
		    json_string_value(json_array_get(names, 0)));
	} else if (!is_arm(d)) {
		say(d, DOCTOR_NO, "they are SMMUs', of Arm machines");
		remedy(d, "an Arm server");
	} else {
		say(d, DOCTOR_NO, "no smmuv3_pmcg_* device");
		remedy(d,
		       "modprobe arm_smmuv3_pmu; if that brings none, the firmware describes none (PMCG nodes of the IORT table)");
	}
	values(d, names);
}

const struct doctor_check doctor_perf[] = {
	{ "perf", "flame", check_binary, true },
	{ "perf for everybody", "flame, counters without root", check_paranoid, false },
	{ "sampling", "flame", check_sampling, true },
	{ "PMU", "run --counters", check_pmu, true },
	{ "events", "run --counters", check_events, true },
	{ "SMMU counters", "probe: translations, system-wide", check_pmcg, false },
	{ 0 },
};
