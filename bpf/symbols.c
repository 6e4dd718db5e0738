// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel says of its functions and structs: BTF, and its list of symbols. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "probe.h"

/* Through what has no members of its own. */
static const struct btf_type *plain(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t)))
		t = btf__type_by_id(btf, t->type);
	return t;
}

/* Of @t a member by name, anonymous ones looked through: bytes, its type in @out. */
static long member(const struct btf *btf, const struct btf_type *t,
		   const char *name, size_t len, const struct btf_type **out)
{
	const struct btf_member *m;
	int i;

	if (!t || !btf_is_composite(t))
		return -1;
	m = btf_members(t);
	for (i = 0; i < btf_vlen(t); i++) {
		const char *has = btf__name_by_offset(btf, m[i].name_off);
		const struct btf_type *inner = plain(btf, m[i].type);
		long at = btf_member_bit_offset(t, (__u32)i) / 8, in;

		if (has && *has) {
			if (strlen(has) != len || strncmp(has, name, len))
				continue;
			*out = inner;
			return at;
		}
		in = member(btf, inner, name, len, out);
		if (in >= 0)
			return at + in;
	}
	return -1;
}

/*
 * A struct that has member @has, for there may be others of its name; a module's own
 * before the kernel's.
 */
static const struct btf_type *find_struct(const struct btf *btf,
					  const char *name, const char *has)
{
	const struct btf_type *ignored;
	const struct btf *base = btf__base_btf(btf);
	__u32 id = base ? btf__type_cnt(base) : 1;

	for (; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_is_struct(t) &&
		    !strcmp(btf__name_by_offset(btf, t->name_off), name) &&
		    member(btf, t, has, strcspn(has, "."), &ignored) >= 0)
			return t;
	}
	return base ? find_struct(base, name, has) : NULL;
}

long probe_offset(const struct btf *btf, const char *type, const char *has,
		  const char *path)
{
	const struct btf_type *t = find_struct(btf, type, has ? has : path);
	long at = 0, in;

	if (!t)
		return -1;
	while (*path) {
		size_t len = strcspn(path, ".");

		in = member(btf, t, path, len, &t);
		if (in < 0)
			return -1;
		at += in;
		path += len + (path[len] == '.');
	}
	return at;
}

int probe_check_fields(const struct btf *btf, enum probe_role role, char *why,
		       size_t len)
{
	/* as smmu_v3.h has them; SMMUv1 and v2 have an arm_smmu_device, too */
	static const struct {
		enum probe_role role;
		const char *type, *path;
	} fields[] = {
		{ PROBE_ISSUE, "arm_smmu_device", "cmdq" },
		{ PROBE_ISSUE, "arm_smmu_cmdq", "q.llq.prod" },
		{ PROBE_ISSUE, "arm_smmu_cmdq", "q.llq.max_n_shift" },
		{ PROBE_ISSUE, "arm_smmu_cmdq", "lock.counter" },
		{ PROBE_COMMIT, "arm_smmu_attach_state", "master" },
		{ PROBE_COMMIT, "arm_smmu_master", "smmu" },
		{ PROBE_ISSUE, "device", "kobj.name" },
		{ PROBE_ISSUE, "device", "init_name" },
	};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (fields[i].role != role ||
		    probe_offset(btf, fields[i].type, NULL, fields[i].path) >=
			    0)
			continue;
		snprintf(why, len, "struct %s of this kernel has no %s",
			 fields[i].type, fields[i].path);
		return -1;
	}
	return 0;
}

int probe_find_args(const struct btf *btf, const char *function,
		    struct probe_args *args, char *why, size_t len)
{
	static const char *const names[] = { "smmu", "cmdq", "cmds", "n",
					     "sync" };
	int *const places[] = { &args->smmu, &args->cmdq, &args->cmds,
				&args->n, &args->sync };
	__s32 id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	const struct btf_param *p;
	const struct btf_type *t;
	unsigned int i;
	int k;

	if (id < 0) {
		snprintf(why, len, "not in the kernel's BTF");
		return -1;
	}
	t = btf__type_by_id(btf, btf__type_by_id(btf, (__u32)id)->type);
	p = btf_params(t);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		*places[i] = -1;
		for (k = 0; k < btf_vlen(t); k++)
			if (!strcmp(btf__name_by_offset(btf, p[k].name_off),
				    names[i]))
				*places[i] = k;
		/* before 6.12 a SMMU had one queue, and no argument for it */
		if (*places[i] < 0 && places[i] != &args->cmdq) {
			snprintf(why, len,
				 "%s() of this kernel has no argument '%s'",
				 function, names[i]);
			return -1;
		}
	}
	return 0;
}

unsigned int probe_symbol_in(const char *path, const char *name, char *found,
			     size_t len)
{
	FILE *f = fopen(path, "re");
	size_t n = strlen(name);
	unsigned int exact = 0;
	char line[512];

	*found = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		/* ADDRESS TYPE NAME [MODULE] */
		char *symbol = strchr(line, ' ');

		if (!symbol || !symbol[1] || symbol[2] != ' ' ||
		    !strchr("tT", symbol[1]))
			continue;
		symbol += 3;
		symbol[strcspn(symbol, "\t\n ")] = '\0';
		if (strncmp(symbol, name, n))
			continue;
		if (!symbol[n])
			exact++;
		else if (symbol[n] == '.' && !strstr(symbol, ".cold"))
			snprintf(found, len, "%s", symbol);
	}
	if (f)
		fclose(f);
	return exact;
}

unsigned int probe_cpus(const char *path)
{
	FILE *f = fopen(path, "re");
	char text[4096] = "", *last;
	unsigned long n;

	if (f && !fgets(text, sizeof(text), f))
		*text = '\0';
	if (f)
		fclose(f);
	/* "0-3,8-11": ascending */
	for (last = text + strcspn(text, "\n"); last > text; last--)
		if (last[-1] == '-' || last[-1] == ',')
			break;
	n = strtoul(last, NULL, 10);
	return *last >= '0' && *last <= '9' && n < UINT_MAX ?
		       (unsigned int)n + 1 :
		       0;
}

unsigned int probe_symbol(const char *name, char *found, size_t len)
{
	return probe_symbol_in("/proc/kallsyms", name, found, len);
}
