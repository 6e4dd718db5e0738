// SPDX-License-Identifier: GPL-2.0-or-later
/* Which devices translate, and how: where no domain translates nothing is invalidated. */
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define ONE_GROUP \
	"unbind its drivers, echo DMA > /sys/kernel/iommu_groups/N/type, bind again"

/* Devices that a row names. */
#define MAX_NAMED 6

/* As /sys/kernel/iommu_groups/N/type has them; and what comes of it. */
static const struct {
	const char *type, *means;
} types[] = {
	{ "identity", "no translation, so nothing is invalidated" },
	{ "DMA", "strict: each unmap invalidates and waits" },
	{ "DMA-FQ", "lazy: unmaps are gathered, one flush for many" },
	{ "unmanaged", "somebody's own (VFIO)" },
	{ "blocked", "no DMA passes" },
};

static const char *meaning(const char *type)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].type, type))
			return types[i].means;
	return "";
}

/* One group as JSON: its devices, who drives them, and the IOMMU that they are behind. */
static json_t *read_group(const struct doctor *d, const char *group)
{
	struct look_list devices = look_list(
		d->look, "/sys/kernel/iommu_groups/%s/devices", group);
	char type[32], driver[64], iommu[96];
	json_t *all = json_array();
	size_t i;

	if (look_line(d->look, type, sizeof(type),
		      "/sys/kernel/iommu_groups/%s/type", group) != LOOK_THERE)
		snprintf(type, sizeof(type), "unknown");
	for (i = 0; i < devices.nr; i++) {
		look_link(d->look, driver, sizeof(driver),
			  "/sys/kernel/iommu_groups/%s/devices/%s/driver",
			  group, devices.names[i]);
		look_link(d->look, iommu, sizeof(iommu),
			  "/sys/kernel/iommu_groups/%s/devices/%s/iommu", group,
			  devices.names[i]);
		json_array_append_new(
			all, json_pack("{s:s, s:s, s:s}", "name",
				       devices.names[i], "driver", driver,
				       "iommu", iommu));
	}
	look_list_free(&devices);
	return json_pack("{s:s, s:s, s:o}", "group", group, "type", type,
			 "devices", all);
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static bool is_type(const json_t *group, const char *type)
{
	return !strcmp(text_of(group, "type"), type);
}

static void name_devices(char *text, size_t len, const json_t *groups,
			 const char *type)
{
	size_t i, j, nr = 0;
	json_t *g, *dev;

	json_array_foreach(groups, i, g) {
		if (!is_type(g, type))
			continue;
		json_array_foreach(json_object_get(g, "devices"), j, dev) {
			const char *driver = text_of(dev, "driver");

			if (nr++ < MAX_NAMED)
				append(text, len, "%s%s%s%s",
				       nr > 1 ? ", " : "", text_of(dev, "name"),
				       *driver ? " " : "", driver);
		}
	}
	if (nr > MAX_NAMED)
		append(text, len, " and %zu more (--json has all)",
		       nr - MAX_NAMED);
}

static size_t count(const json_t *groups, const char *type)
{
	size_t i, n = 0;
	json_t *g;

	json_array_foreach(groups, i, g)
		n += is_type(g, type);
	return n;
}

static void type_row(struct doctor *d, const json_t *groups, const char *type)
{
	size_t n = count(groups, type), i;
	char text[1024] = "";
	json_t *mine, *g;

	if (!n)
		return;
	name_devices(text, sizeof(text), groups, type);
	mine = json_array();
	json_array_foreach(groups, i, g)
		if (is_type(g, type))
			json_array_append(mine, g);
	row(d, meaning(type), "domain %s", type);
	say(d, DOCTOR_FACT, "%zu group%s: %s", n, n > 1 ? "s" : "", text);
	values(d, mine);
}

/* Types that no kernel of today has are shown, too. */
static void type_rows(struct doctor *d, const json_t *groups)
{
	size_t i, j;
	json_t *g, *before;

	json_array_foreach(groups, i, g) {
		json_array_foreach(groups, j, before)
			if (is_type(before, text_of(g, "type")))
				break;
		if (i == j)
			type_row(d, groups, text_of(g, "type"));
	}
}

/* As kstrtobool() of the kernel takes it; -1: it is none, and changes nothing. */
static int parse_bool(const char *text)
{
	if (*text && strchr("yYtT1", *text))
		return 1;
	if (*text && strchr("nNfF0", *text))
		return 0;
	if (!strncasecmp(text, "on", 2))
		return 1;
	return strncasecmp(text, "of", 2) ? -1 : 0;
}

/* A word of the command line that is a bool; -1: not given, or none. */
static int given(const struct doctor *d, const char *key, char *value, size_t len)
{
	return cmdline(d, key, value, len) ? parse_bool(value) : -1;
}

/* Why groups are identity, as far as it can be seen; "": by their drivers or devices. */
static void because(const struct doctor *d, char *text, size_t len)
{
	char value[32];
	int pass = given(d, "iommu.passthrough", value, sizeof(value));

	*text = '\0';
	if (pass == 1)
		snprintf(text, len, " (iommu.passthrough=%s)", value);
	else if (pass < 0 && !is_arm(d) && cmdline(d, "iommu", value, sizeof(value)) &&
		 !strcmp(value, "pt"))
		snprintf(text, len, " (iommu=pt)");
	else if (pass < 0 && config(d, "IOMMU_DEFAULT_PASSTHROUGH") == 'y')
		snprintf(text, len, " (CONFIG_IOMMU_DEFAULT_PASSTHROUGH)");
}

static void judge_groups(struct doctor *d, const json_t *groups)
{
	size_t nr = json_array_size(groups), identity = count(groups, "identity"),
	       translate = count(groups, "DMA") + count(groups, "DMA-FQ") +
			   count(groups, "unmanaged");
	char why[96];

	because(d, why, sizeof(why));
	if (translate == nr) {
		say(d, DOCTOR_YES, "all of %zu groups", nr);
		return;
	}
	say(d, translate ? DOCTOR_PARTLY : DOCTOR_NO,
	    "%zu of %zu groups; %zu are identity%s", translate, nr, identity,
	    why);
	/* where it isn't the default's doing, the default needs no change */
	if (*why)
		remedy(d, "iommu.passthrough=0 %s; or for one group: " ONE_GROUP, ON_CMDLINE);
	else
		remedy(d, "the default isn't identity; for one group: " ONE_GROUP);
}

static void check_translate(struct doctor *d)
{
	struct look_list names = look_list(d->look, "/sys/kernel/iommu_groups");
	json_t *groups = json_array();
	size_t i;

	for (i = 0; i < names.nr; i++)
		json_array_append_new(groups, read_group(d, names.names[i]));
	look_list_free(&names);
	if (json_array_size(groups)) {
		judge_groups(d, groups);
		type_rows(d, groups);
	} else {
		say(d, DOCTOR_NO, "no IOMMU group: nothing is behind an IOMMU");
		remedy(d, "see 'IOMMUs'");
	}
	json_decref(groups);
}

static void check_strict(struct doctor *d)
{
	char strict[32], passthrough[32];
	int is_strict;
	bool has_strict, has_pass;

	if (look_for(d->look, "/sys/kernel/iommu_groups/0") != LOOK_THERE)
		return;
	has_strict = cmdline(d, "iommu.strict", strict, sizeof(strict));
	has_pass = cmdline(d, "iommu.passthrough", passthrough,
			   sizeof(passthrough));
	is_strict = has_strict ? parse_bool(strict) : -1;
	if (is_strict < 0 && config(d, "IOMMU_DEFAULT_DMA_LAZY"))
		is_strict = config(d, "IOMMU_DEFAULT_DMA_LAZY") != 'y';
	say(d, DOCTOR_FACT, "iommu.strict %s, iommu.passthrough %s: %s",
	    has_strict ? strict : "not given",
	    has_pass ? passthrough : "not given",
	    is_strict < 0 ? "the kernel's own defaults" :
	    is_strict	  ? "the default of DMA domains is strict" :
			    "the default of DMA domains is lazy");
}

const struct doctor_check doctor_groups[] = {
	{ "domains translate", "probe: without it every count is zero",
	  check_translate, false },
	{ "command line", "", check_strict, false },
	{ 0 },
};
