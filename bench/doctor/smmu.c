// SPDX-License-Identifier: GPL-2.0-or-later
/* SMMUs: which there are, who drives them, and what the driver's log tells of them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "smmu_bits.h"

/**
 * struct smmu - an SMMUv3
 * @device: on the platform bus
 * @driver: "" for none
 * @iommu: in /sys/class/iommu; "" for none
 * @behind: devices that are behind it
 * @logged: whether the driver's log had its features
 * @ias: bits of an input address; 0: not said (7.3's driver doesn't)
 * @oas: bits of an output address
 * @cmdq: entries
 */
struct smmu {
	char device[96], driver[64], iommu[96];
	size_t behind;
	bool logged, has_options;
	unsigned long features, options;
	unsigned int ias, oas, cmdq, evtq, priq;
};

static bool is_smmu(const struct doctor *d, const char *device)
{
	char text[256];

	look_line(d->look, text, sizeof(text),
		  "/sys/bus/platform/devices/%s/modalias", device);
	if (strstr(text, "Carm,smmu-v3") || strstr(text, "Cinvbench,smmu-v3") ||
	    !strcmp(text, "platform:arm-smmu-v3"))
		return true;
	return look_link(d->look, text, sizeof(text),
			 "/sys/bus/platform/devices/%s/driver", device) &&
	       (!strcmp(text, "arm-smmu-v3") || !strcmp(text, "invbench-smmu"));
}

/* What of a line of the log is about @device; NULL: nothing. */
static const char *about(const char *line, const char *device)
{
	const char *at = strstr(line, "arm-smmu-v3 ");
	size_t len = strlen(device);

	if (!at)
		return NULL;
	at += strlen("arm-smmu-v3 ");
	return !strncmp(at, device, len) && !strncmp(at + len, ": ", 2) ?
		       at + len + 2 :
		       NULL;
}

static void take_line(struct smmu *s, const char *text)
{
	const char *at = strstr(text, "(features 0x");
	char queue[16];
	unsigned int n;

	if (at) {
		s->features = strtoul(at + strlen("(features "), NULL, 16);
		s->logged = true;
		at = strstr(text, "oas ");
		if (at)
			s->oas = (unsigned int)strtoul(at + 4, NULL, 10);
		if (sscanf(text, "ias %u-bit", &n) == 1)
			s->ias = n;
	} else if (sscanf(text, "option mask %lx", &s->options) == 1) {
		s->has_options = true;
	} else if (sscanf(text, "allocated %u entries for %15s", &n, queue) ==
		   2) {
		if (!strcmp(queue, "cmdq"))
			s->cmdq = n;
		else if (!strcmp(queue, "evtq"))
			s->evtq = n;
		else if (!strcmp(queue, "priq"))
			s->priq = n;
	}
}

static void read_log(const char *log, struct smmu *s)
{
	char *copy = log ? look_check(strdup(log)) : NULL, *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		const char *text = about(line, s->device);

		if (text)
			take_line(s, text);
	}
	free(copy);
}

/* Its name as an IOMMU, and how many are behind that. */
static void find_iommu(const struct doctor *d, struct smmu *s)
{
	struct look_list all = look_list(d->look, "/sys/class/iommu"), devices;
	char device[96];
	size_t i;

	for (i = 0; i < all.nr; i++) {
		if (!look_link(d->look, device, sizeof(device),
			       "/sys/class/iommu/%s/device", all.names[i]) ||
		    strcmp(device, s->device))
			continue;
		snprintf(s->iommu, sizeof(s->iommu), "%s", all.names[i]);
		devices = look_list(d->look, "/sys/class/iommu/%s/devices",
				    all.names[i]);
		s->behind = devices.nr;
		look_list_free(&devices);
	}
	look_list_free(&all);
}

static size_t find_smmus(const struct doctor *d, struct smmu **smmus)
{
	struct look_list all = look_list(d->look, "/sys/bus/platform/devices");
	char *log = all.nr ? look_ask(d->look, "klog") : NULL;
	size_t i, nr = 0;

	*smmus = NULL;
	for (i = 0; i < all.nr; i++) {
		struct smmu *s;

		if (!is_smmu(d, all.names[i]))
			continue;
		*smmus = look_check(
			reallocarray(*smmus, nr + 1, sizeof(**smmus)));
		s = &(*smmus)[nr++];
		*s = (struct smmu){ 0 };
		snprintf(s->device, sizeof(s->device), "%s", all.names[i]);
		look_link(d->look, s->driver, sizeof(s->driver),
			  "/sys/bus/platform/devices/%s/driver", all.names[i]);
		find_iommu(d, s);
		read_log(log, s);
	}
	free(log);
	look_list_free(&all);
	return nr;
}

static json_t *bits(unsigned long word, const char *(*name)(unsigned int bit))
{
	json_t *names = json_array();
	unsigned int b;

	for (b = 0; b < 32; b++) {
		char unknown[16];

		if (!(word >> b & 1))
			continue;
		snprintf(unknown, sizeof(unknown), "bit-%u", b);
		json_array_append_new(names, json_string(name(b) ? name(b) :
								   unknown));
	}
	return names;
}

static void join(char *text, size_t len, const json_t *names)
{
	const json_t *n;
	size_t i;

	json_array_foreach(names, i, n)
		append(text, len, " %s", json_string_value(n));
}

/* How the driver learns that a CMD_SYNC is done. */
static const char *completion(const struct doctor *d, const struct smmu *s)
{
	char text[16];

	look_line(d->look, text, sizeof(text),
		  "/sys/module/arm_smmu_v3/parameters/disable_msipolling");
	if (s->features >> SMMU_FEATURE_MSI & 1 &&
	    s->features >> SMMU_FEATURE_COHERENCY & 1 && *text != 'Y')
		return "by MSI";
	return s->features >> SMMU_FEATURE_SEV & 1 ? "by polling CONS with WFE" :
						     "by polling CONS";
}

static void smmu_values(struct doctor *d, const struct smmu *s, json_t *features,
			json_t *options)
{
	values(d, json_pack("{s:s, s:s, s:s, s:I, s:o, s:o, s:I, s:o, s:I, s:I, s:I, s:I, s:I}",
			    "device", s->device, "driver", s->driver, "iommu",
			    s->iommu, "devices", (json_int_t)s->behind,
			    "features",
			    s->logged ? json_integer((json_int_t)s->features) :
					json_null(),
			    "feature_names", features, "options",
			    (json_int_t)s->options, "option_names", options,
			    "ias", (json_int_t)s->ias, "oas",
			    (json_int_t)s->oas, "cmdq", (json_int_t)s->cmdq,
			    "evtq", (json_int_t)s->evtq, "priq",
			    (json_int_t)s->priq));
}

static void name_bits(struct doctor *d, const struct smmu *s,
		      const json_t *features, const json_t *options)
{
	char text[1024] = "";

	join(text, sizeof(text), features);
	if (json_array_size(options)) {
		append(text, sizeof(text), "; options");
		join(text, sizeof(text), options);
	}
	row(d, "", "%s features", s->device);
	if (s->logged)
		say(d, DOCTOR_FACT, "0x%08lx%s", s->features, text);
}

static void describe(struct doctor *d, const struct smmu *s)
{
	json_t *features = bits(s->features, smmu_feature),
	       *options = bits(s->options, smmu_option);
	char text[1024];

	snprintf(text, sizeof(text), "%s; %s, %zu device%s behind it", s->iommu,
		 s->driver, s->behind, s->behind == 1 ? "" : "s");
	if (s->cmdq)
		append(text, sizeof(text), "; cmdq %u, evtq %u, priq %u",
		       s->cmdq, s->evtq, s->priq);
	if (s->logged) {
		append(text, sizeof(text), "; oas %u bits; CMD_SYNC ends %s",
		       s->oas, completion(d, s));
	}
	say(d, s->logged ? DOCTOR_YES : DOCTOR_PARTLY, "%s", text);
	if (!s->logged)
		remedy(d,
		       "the kernel's log has its features no more, or isn't readable: journalctl -k -b | grep smmu, as root");
	smmu_values(d, s, features, options);
	name_bits(d, s, features, options);
}

static void smmu_row(struct doctor *d, const struct smmu *s)
{
	row(d, "probe, --backend stock", "SMMUv3 %s", s->device);
	if (!*s->driver) {
		say(d, DOCTOR_NO, "no driver has it");
		remedy(d,
		       "for the stock driver a kernel with CONFIG_ARM_SMMU_V3=y; the module can have it as it is (docs/kernel.md, device=mmio)");
		smmu_values(d, s, json_array(), json_array());
	} else {
		describe(d, s);
	}
}

/* Whatever kind they are of. */
static void check_iommus(struct doctor *d)
{
	struct look_list all = look_list(d->look, "/sys/class/iommu");
	char text[512] = "";
	size_t i;

	for (i = 0; i < all.nr; i++)
		append(text, sizeof(text), "%s%s", i ? ", " : "", all.names[i]);
	if (all.nr) {
		say(d, DOCTOR_YES, "%s", text);
	} else {
		say(d, DOCTOR_NO, "none that a driver has");
		remedy(d, is_arm(d) ?
				  "switch the SMMUs on in the firmware's setup" :
				  "switch the IOMMU on in the firmware's setup; intel_iommu=on on Intel");
	}
	look_list_free(&all);
}

static void check_smmus(struct doctor *d)
{
	struct smmu *smmus;
	size_t i, nr = find_smmus(d, &smmus), stock = 0;

	for (i = 0; i < nr; i++)
		stock += !strcmp(smmus[i].driver, "arm-smmu-v3");
	if (stock) {
		say(d, stock == nr ? DOCTOR_YES : DOCTOR_PARTLY,
		    "%zu SMMUv3, %zu with the stock driver", nr, stock);
		if (stock < nr)
			remedy(d, "see those without");
	} else {
		say(d, DOCTOR_NO, nr ? "no SMMUv3 has the stock driver" : "no SMMUv3");
		if (nr)
			remedy(d,
			       "a kernel with CONFIG_ARM_SMMU_V3=y, without initcall_blacklist=arm_smmu_driver_init");
		else
			remedy(d, "%s; --backend guest has an emulated one",
			       is_arm(d) ? "switch it on in the firmware's setup" :
					   "an Arm server");
	}
	for (i = 0; i < nr; i++)
		smmu_row(d, &smmus[i]);
	free(smmus);
}

/*
 * Of the stock driver, what our probes want (bpf/attach.c); or what older ones have. Where
 * they read arguments, a function to which the compiler gave another name won't do.
 */
static const struct function {
	const char *name, *or_else, *why;
	bool renamed;
} wanted[] = {
	{ "arm_smmu_cmdq_issue_cmdlist", NULL, "command lists and syncs",
	  false },
	{ "arm_smmu_domain_inv_range", "__arm_smmu_tlb_inv_range", "unmaps",
	  true },
	{ "arm_smmu_attach_prepare", NULL, "attaches", false },
	{ "arm_smmu_attach_commit", NULL, "attaches", false },
};

/* "T name", or with @renamed "t name.isra.0"; @as: its name there. */
static bool has_symbol(const char *symbols, const char *name, bool renamed,
		       char *as, size_t len)
{
	const char *at = symbols, *before;
	size_t n = strlen(name), end;

	for (; at && (at = strstr(at, name)); at += n) {
		end = strcspn(at, " \t\n");
		before = at > symbols ? at - 1 : NULL;
		if ((end == n || (renamed && at[n] == '.')) && before &&
		    *before == ' ' && before > symbols &&
		    strchr("tT", before[-1])) {
			snprintf(as, len, "%.*s", (int)end, at);
			return true;
		}
	}
	return false;
}

static bool has_function(const char *symbols, const struct function *f,
			 char *as, size_t len)
{
	return has_symbol(symbols, f->name, f->renamed, as, len) ||
	       (f->or_else &&
		has_symbol(symbols, f->or_else, f->renamed, as, len));
}

static void check_functions(struct doctor *d)
{
	char *symbols = look_ask(d->look, "kallsyms");
	char here[512] = "", lacks[512] = "", as[128];
	bool issue = has_function(symbols, &wanted[0], as, sizeof(as));
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (has_function(symbols, &wanted[i], as, sizeof(as)))
			append(here, sizeof(here), "%s%s", *here ? ", " : "",
			       as);
		else
			append(lacks, sizeof(lacks), "%s%s (%s)",
			       *lacks ? ", " : "", wanted[i].name,
			       wanted[i].why);
	free(symbols);
	if (!*lacks) {
		say(d, DOCTOR_YES, "%s", here);
	} else if (issue) {
		say(d, DOCTOR_PARTLY, "%s; not %s", here, lacks);
		remedy(d, "what is there is measured");
	} else {
		say(d, DOCTOR_NO, "no %s() of that very name", wanted[0].name);
		remedy(d,
		       "a kernel with CONFIG_ARM_SMMU_V3=y and CONFIG_KALLSYMS=y whose compiler left its name, as Debian's did; --backend guest has one");
	}
}

static void check_cmdqv(struct doctor *d)
{
	struct look_list acpi;
	bool described = false, driven;
	char *log;
	size_t i;

	if (!is_arm(d))
		return;
	acpi = look_list(d->look, "/sys/bus/acpi/devices");
	log = look_ask(d->look, "klog");
	for (i = 0; i < acpi.nr; i++)
		described |= !strncmp(acpi.names[i], "NVDA200C", 8);
	driven = log && strstr(log, "found companion CMDQV");
	if (driven)
		say(d, DOCTOR_FACT,
		    "Tegra241 CMDQV: an SMMU has several command queues");
	else if (described)
		say(d, DOCTOR_FACT,
		    "Tegra241 CMDQV in the firmware, not seen in the driver's log (CONFIG_TEGRA241_CMDQV)");
	else
		say(d, DOCTOR_FACT, "one a SMMU: no Tegra241 CMDQV");
	free(log);
	look_list_free(&acpi);
}

const struct doctor_check doctor_smmu[] = {
	{ "IOMMUs", "", check_iommus, false },
	{ "stock driver", "probe, --backend stock", check_smmus, false },
	{ "command queues", "", check_cmdqv, false },
	{ "stock functions", "probe", check_functions, false },
	{ 0 },
};
