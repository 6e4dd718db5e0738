// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies of the programs, each for one function, and their links. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "cmdq_sync.h"
#include "cmdq_sync.skel.h"
#include "probe.h"

/* What the program is of: those of a role go together. */
enum part { ENTER, EXIT, PREPARE };

static const struct program {
	const char *name;
	enum probe_role role;
	enum part part;
	enum probe_method method;
} programs[] = {
	{ "fentry_issue", PROBE_ISSUE, ENTER, PROBE_FENTRY },
	{ "fexit_issue", PROBE_ISSUE, EXIT, PROBE_FENTRY },
	{ "fentry_range", PROBE_RANGE, ENTER, PROBE_FENTRY },
	{ "fexit_range", PROBE_RANGE, EXIT, PROBE_FENTRY },
	{ "fentry_prepare", PROBE_COMMIT, PREPARE, PROBE_FENTRY },
	{ "fentry_commit", PROBE_COMMIT, ENTER, PROBE_FENTRY },
	{ "fexit_commit", PROBE_COMMIT, EXIT, PROBE_FENTRY },
	{ "kprobe_issue", PROBE_ISSUE, ENTER, PROBE_KPROBE },
	{ "kretprobe_issue", PROBE_ISSUE, EXIT, PROBE_KPROBE },
	{ "kprobe_range", PROBE_RANGE, ENTER, PROBE_KPROBE },
	{ "kretprobe_range", PROBE_RANGE, EXIT, PROBE_KPROBE },
	{ "kprobe_prepare", PROBE_COMMIT, PREPARE, PROBE_KPROBE },
	{ "kprobe_commit", PROBE_COMMIT, ENTER, PROBE_KPROBE },
	{ "kretprobe_commit", PROBE_COMMIT, EXIT, PROBE_KPROBE },
};

/**
 * struct wanted - a function that is worth watching
 * @name: of it
 * @role: what it is
 * @prepare: of PROBE_COMMIT: where the time begins
 * @or_else: looked for when this one isn't there
 */
struct wanted {
	const char *name;
	enum probe_role role;
	const char *prepare, *or_else;
};

static const struct wanted stock[] = {
	/* 7.3 has the old name round the new one, and inlined where single commands go */
	{ "__arm_smmu_cmdq_issue_cmdlist", PROBE_ISSUE, NULL,
	  "arm_smmu_cmdq_issue_cmdlist" },
	/* without an array of invalidations (6.12) there is no one function for all */
	{ "arm_smmu_domain_inv_range", PROBE_RANGE, NULL,
	  "__arm_smmu_tlb_inv_range" },
	{ "arm_smmu_attach_commit", PROBE_COMMIT, "arm_smmu_attach_prepare",
	  NULL },
};

#define QUEUE "arm_smmu_cmdq_issue_cmdlist_"

static const struct wanted module[] = {
	{ QUEUE "lockless_model", PROBE_ISSUE, NULL, NULL },
	{ QUEUE "lockless_null", PROBE_ISSUE, NULL, NULL },
	{ QUEUE "lockless_mmio", PROBE_ISSUE, NULL, NULL },
	{ QUEUE "lockless_model_nowmb", PROBE_ISSUE, NULL, NULL },
	{ QUEUE "lockless_null_nowmb", PROBE_ISSUE, NULL, NULL },
	{ QUEUE "lockless_mmio_nowmb", PROBE_ISSUE, NULL, NULL },
	{ QUEUE "spinlock_model", PROBE_ISSUE, NULL, NULL },
	{ QUEUE "spinlock_null", PROBE_ISSUE, NULL, NULL },
	{ QUEUE "spinlock_mmio", PROBE_ISSUE, NULL, NULL },
};

#define MAX_ROWS_SIZE (1UL << 30)

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const char *const roles[] = { "issue", "inv_range", "attach" };

const char *probe_method_name(enum probe_method m)
{
	static const char *const names[] = { "auto", "fentry", "kprobe",
					     "usdt" };

	return names[m];
}

int probe_fail(struct probe *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->err, sizeof(p->err), fmt, ap);
	va_end(ap);
	return -1;
}

/* Of the struct arm_smmu_device that has a queue; 0 where there is none. */
static void find_device(struct cmdq_sync_bpf *s, const struct btf *btf)
{
	long dev = probe_offset(btf, "arm_smmu_device", "cmdq", "dev");
	long cmdq = probe_offset(btf, "arm_smmu_device", NULL, "cmdq");

	s->rodata->off_dev = dev > 0 ? (__u32)dev : 0;
	s->rodata->off_cmdq = cmdq > 0 ? (__u32)cmdq : 0;
}

/* The module's structs, for which the kernel has others of the same name. */
static bool own_layout(struct cmdq_sync_bpf *s, const struct btf *own)
{
	const struct {
		volatile __u32 *to;
		const char *type, *path;
	} fields[] = {
		{ &s->rodata->off_index, "arm_smmu_device", "index" },
		{ &s->rodata->off_prod, "arm_smmu_cmdq", "q.llq.prod" },
		{ &s->rodata->off_shift, "arm_smmu_cmdq", "q.llq.max_n_shift" },
		{ &s->rodata->off_lock, "arm_smmu_cmdq", "lock" },
	};
	size_t i;

	s->rodata->own_layout = true;
	for (i = 0; i < NR(fields); i++) {
		long at = probe_offset(own, fields[i].type, NULL,
				       fields[i].path);

		if (at < 0)
			return false;
		*fields[i].to = (__u32)at;
	}
	return true;
}

static int share_maps(struct cmdq_sync_bpf *s, const struct cmdq_sync_bpf *with)
{
	return bpf_map__reuse_fd(s->maps.rows, bpf_map__fd(with->maps.rows)) ||
	       bpf_map__reuse_fd(s->maps.attaches,
				 bpf_map__fd(with->maps.attaches)) ||
	       bpf_map__reuse_fd(s->maps.bss, bpf_map__fd(with->maps.bss));
}

struct cmdq_sync_bpf *probe_instance(struct probe *p, const struct btf *btf,
				     const struct btf *own)
{
	struct cmdq_sync_bpf *s;
	struct bpf_program *prog;

	if (p->nr_instances == PROBE_MAX_INSTANCES) {
		probe_fail(p, "too many functions to watch");
		return NULL;
	}
	s = cmdq_sync_bpf__open();
	if (!s) {
		probe_fail(p, "can't open the programs: %s", strerror(errno));
		return NULL;
	}
	bpf_object__for_each_program(prog, s->obj)
		bpf_program__set_autoload(prog, false);
	s->rodata->nr_cpus = p->cpus;
	s->rodata->nr_keys = p->keys;
	s->rodata->by_cell = p->options.cells;
	if (btf)
		find_device(s, btf);
	if (own && !own_layout(s, own)) {
		probe_fail(p, "the module's BTF lacks a field of its queue");
		goto fail;
	}
	if (bpf_map__set_max_entries(s->maps.rows, p->keys * p->cpus) ||
	    (p->nr_instances && share_maps(s, p->instance[0]))) {
		probe_fail(p, "can't set up the maps: %s", strerror(errno));
		goto fail;
	}
	p->instance[p->nr_instances++] = s;
	return s;
fail:
	cmdq_sync_bpf__destroy(s);
	return NULL;
}

static void drop_instance(struct probe *p)
{
	cmdq_sync_bpf__destroy(p->instance[--p->nr_instances]);
}

int probe_map_rows(struct probe *p)
{
	void *rows;

	if (p->rows)
		return 0;
	p->rows_size = (size_t)p->keys * p->cpus * sizeof(*p->rows);
	rows = mmap(NULL, p->rows_size, PROT_READ, MAP_SHARED,
		    bpf_map__fd(p->instance[0]->maps.rows), 0);
	if (rows == MAP_FAILED)
		return probe_fail(p, "can't map the counts: %s",
				  strerror(errno));
	p->rows = rows;
	return 0;
}

static bool keep(struct probe *p, struct bpf_link *link)
{
	if (!link)
		return false;
	p->link[p->nr_links++] = link;
	return true;
}

static void unlink_from(struct probe *p, unsigned int first)
{
	while (p->nr_links > first)
		bpf_link__destroy(p->link[--p->nr_links]);
}

static const char *function_of(const struct program *prog,
			       const struct wanted *w, const char *name)
{
	return prog->part == PREPARE ? w->prepare : name;
}

static bool attach_one(struct probe *p, const struct program *prog,
		       struct bpf_program *bpf, const char *function)
{
	if (prog->method == PROBE_FENTRY)
		return keep(p, bpf_program__attach(bpf));
	return keep(p, bpf_program__attach_kprobe(bpf, prog->part == EXIT,
						  function));
}

/* With one method. 0, or -errno and nothing left of it. */
static int try_method(struct probe *p, const struct wanted *w, const char *name,
		      const struct probe_args *args, const struct btf *btf,
		      const struct btf *own, enum probe_method method)
{
	struct cmdq_sync_bpf *s = probe_instance(p, btf, own);
	unsigned int first = p->nr_links;
	const struct program *prog;
	int ret = 0;

	if (!s)
		return -EINVAL;
	s->rodata->arg_smmu = args->smmu;
	s->rodata->arg_cmdq = args->cmdq;
	s->rodata->arg_cmds = args->cmds;
	s->rodata->arg_n = args->n;
	s->rodata->arg_sync = args->sync;
	for (prog = programs; prog < programs + NR(programs) && !ret; prog++) {
		struct bpf_program *bpf;

		if (prog->role != w->role || prog->method != method)
			continue;
		bpf = bpf_object__find_program_by_name(s->obj, prog->name);
		bpf_program__set_autoload(bpf, true);
		if (method == PROBE_FENTRY)
			ret = bpf_program__set_attach_target(
				bpf, 0, function_of(prog, w, name));
	}
	if (!ret)
		ret = cmdq_sync_bpf__load(s);
	/* The exit first: an entry before it would wait for ever. */
	for (prog = programs + NR(programs); !ret && prog-- > programs;) {
		if (prog->role != w->role || prog->method != method)
			continue;
		if (!attach_one(p, prog,
				bpf_object__find_program_by_name(s->obj,
								 prog->name),
				function_of(prog, w, name)))
			ret = -errno;
	}
	if (!ret && probe_map_rows(p))
		ret = -ENOMEM;
	if (!ret) {
		if (w->role == PROBE_ISSUE && method > p->method)
			p->method = method;
		return 0;
	}
	unlink_from(p, first);
	drop_instance(p);
	return ret;
}

static bool confidential(void)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char text[128] = "";

	if (f && !fgets(text, sizeof(text), f))
		*text = '\0';
	if (f)
		fclose(f);
	return strstr(text, "[confidentiality]");
}

static const char *refusal(int err)
{
	if ((err == -EPERM || err == -EINVAL) && confidential())
		return "lockdown=confidentiality lets no program read the kernel's memory";
	switch (-err) {
	case EACCES:
		return "the kernel's verifier refuses the program";
	case ENOENT:
	case ESRCH:
		return "no such function in this kernel, or it was inlined";
	case EADDRNOTAVAIL:
		return "several functions have this name";
	case EOPNOTSUPP:
		return "this kernel can't (CONFIG_FUNCTION_TRACER, CONFIG_KPROBES)";
	case EBUSY:
		return "busy: another tracer has it";
	default:
		return strerror(-err);
	}
}

/* A function by exactly this name. 0, or -errno with @why. */
static int watch_name(struct probe *p, const struct wanted *w, const char *name,
		      const struct btf *btf, const struct btf *own, char *why,
		      size_t len)
{
	struct probe_args args = { -1, -1, -1, -1, -1 };
	enum probe_method m;
	int ret = -ENOENT;

	if (w->role == PROBE_ISSUE &&
	    probe_find_args(btf, name, &args, why, len))
		return -ENOENT;
	if (!own && probe_check_fields(btf, w->role, why, len))
		return -EINVAL;
	for (m = PROBE_FENTRY; m <= PROBE_KPROBE; m++) {
		if (p->options.method != PROBE_AUTO && p->options.method != m)
			continue;
		ret = try_method(p, w, name, &args, btf, own, m);
		if (!ret) {
			printf("attach %s %s %s\n", roles[w->role], name,
			       probe_method_name(m));
			return 0;
		}
	}
	snprintf(why, len, "%s", refusal(ret));
	return ret;
}

/* Under the name that the compiler gave it, if it may be. */
static int watch_renamed(struct probe *p, const struct wanted *w,
			 const char *name, const struct btf *btf, const struct btf *own,
			 char *why, size_t len)
{
	char found[128];
	unsigned int n = probe_symbol(name, found, sizeof(found));

	if (n > 1)
		snprintf(why, len, "%u functions have this name", n);
	if (n || !*found)
		return -ENOENT;
	if (w->role != PROBE_RANGE) {
		snprintf(why, len,
			 "the compiler made it %s, with arguments that nobody knows",
			 found);
		return -ENOENT;
	}
	return watch_name(p, w, found, btf, own, why, len);
}

/* By its name, or the one that the compiler gave it. 0, or -errno with @why. */
static int watch_either(struct probe *p, const struct wanted *w,
			const char *name, const struct btf *btf,
			const struct btf *own, char *why, size_t len)
{
	int ret = watch_name(p, w, name, btf, own, why, len);

	if (ret == -ENOENT || ret == -ESRCH || ret == -EADDRNOTAVAIL)
		ret = watch_renamed(p, w, name, btf, own, why, len);
	return ret;
}

static bool watch(struct probe *p, const struct wanted *w,
		  const struct btf *btf, const struct btf *own)
{
	const char *last = w->or_else ? w->or_else : w->name;
	char why[256];

	/* the list of symbols takes long to go through: for the last hope */
	if ((w->or_else &&
	     !watch_name(p, w, w->name, btf, own, why, sizeof(why))) ||
	    !watch_either(p, w, last, btf, own, why, sizeof(why)))
		return true;
	printf("missing %s %s: %s\n", roles[w->role], last, why);
	if (!*p->err)
		probe_fail(p, "%s(): %s", last, why);
	return false;
}

/* Whether the function is one that was asked for. */
static bool chosen(const struct probe *p, const struct wanted *w)
{
	const char *at = p->options.only, *name = w->name + strlen(QUEUE);
	size_t len = strlen(name);

	if (p->options.issue_only && w->role != PROBE_ISSUE)
		return false;
	if (!at || strncmp(w->name, QUEUE, strlen(QUEUE)) != 0)
		return true;
	for (; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (!strncmp(at, name, len) && (!at[len] || at[len] == ','))
			return true;
	return false;
}

static int attach_kernel(struct probe *p)
{
	struct btf *btf = btf__load_vmlinux_btf(), *own = NULL;
	bool is_module = !strcmp(p->options.target, "module");
	const struct wanted *w = is_module ? module : stock;
	size_t i, n = is_module ? NR(module) : NR(stock);
	unsigned int issue = 0;

	if (libbpf_get_error(btf) || !btf)
		return probe_fail(p, "this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)");
	if (is_module) {
		own = btf__load_module_btf("invbench", btf);
		if (libbpf_get_error(own) || !own) {
			btf__free(btf);
			return probe_fail(p, "invbench.ko isn't loaded, or has no BTF");
		}
	}
	for (i = 0; i < n; i++)
		if (chosen(p, &w[i]) && watch(p, &w[i], own ? own : btf, own) &&
		    w[i].role == PROBE_ISSUE)
			issue++;
	btf__free(own);
	btf__free(btf);
	if (issue)
		p->err[0] = '\0';
	return issue ? 0 : -1;
}

/* Marks where blocks of cells begin and end. */
static int attach_blocks(struct probe *p)
{
	struct cmdq_sync_bpf *s = probe_instance(p, NULL, NULL);

	if (!s)
		return -1;
	bpf_program__set_autoload(s->progs.module_block, true);
	if (cmdq_sync_bpf__load(s) ||
	    !keep(p, bpf_program__attach_raw_tracepoint(s->progs.module_block,
							"invbench_block")))
		return probe_fail(p, "the tracepoint invbench_block: %s",
				  refusal(-errno));
	return probe_map_rows(p);
}

static int attach_worker(struct probe *p, const char *path)
{
	struct cmdq_sync_bpf *s = probe_instance(p, NULL, NULL);

	if (!s)
		return -1;
	p->method = PROBE_USDT;
	bpf_program__set_autoload(s->progs.user_block, true);
	bpf_program__set_autoload(s->progs.user_cmdlist, true);
	if (cmdq_sync_bpf__load(s))
		return probe_fail(p, "can't load the programs: %s",
				  refusal(-errno));
	if (!keep(p, bpf_program__attach_usdt(s->progs.user_block, -1, path,
					      "invbench", "block", NULL)) ||
	    !keep(p, bpf_program__attach_usdt(s->progs.user_cmdlist, -1, path,
					      "invbench", "cmdlist", NULL)))
		return probe_fail(p, "no USDT of ours in %.200s: %s", path,
				  errno == ENOENT ? "not there" : refusal(-errno));
	printf("attach issue cmdlist usdt\n");
	return probe_map_rows(p);
}

int probe_attach(struct probe *p)
{
	const char *target = p->options.target;
	size_t size;

	p->cpus = probe_cpus("/sys/devices/system/cpu/possible");
	if (!p->cpus || p->cpus > PROBE_MAX_CPUS)
		return probe_fail(p, "%u CPUs: 1 to %d can be told apart",
				  p->cpus, PROBE_MAX_CPUS);
	p->keys = 1 + (p->options.cells ? p->options.cells : p->options.queues);
	size = (size_t)p->keys * p->cpus * sizeof(struct probe_row);
	if (size > MAX_ROWS_SIZE)
		return probe_fail(p,
				  "counts of %u %s on %u CPUs take %zu MiB: %zu at most",
				  p->keys - 1,
				  p->options.cells ? "cells" : "queues", p->cpus,
				  size >> 20, (size_t)MAX_ROWS_SIZE >> 20);
	if (!strncmp(target, "worker:", 7))
		return attach_worker(p, target + 7);
	if (p->options.cells && attach_blocks(p))
		return -1;
	return attach_kernel(p);
}

void probe_count(struct probe *p, bool on)
{
	if (p->nr_instances)
		p->instance[0]->bss->counting = on;
}

void probe_free(struct probe *p)
{
	unlink_from(p, 0);
	if (p->rows)
		munmap(p->rows, p->rows_size);
	p->rows = NULL;
	while (p->nr_instances)
		drop_instance(p);
}
