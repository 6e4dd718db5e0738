// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "tryout.h"
#include "tryout.skel.h"

/* Not getppid: on x86-64 one function has several such names, and BTF none of them. */
#if defined(__aarch64__)
#define CHEAP "__arm64_sys_getpgid"
#else
#define CHEAP "__x64_sys_getpgid"
#endif

/* A sampled or scheduled program has this long to be called. */
#define PATIENCE_MS 500

/* Each is the program's name after "try_". */
static const char *const names[] = {
	[TRY_FENTRY] = "fentry",
	[TRY_FEXIT] = "fexit",
	[TRY_KPROBE] = "kprobe",
	[TRY_KRETPROBE] = "kretprobe",
	[TRY_UPROBE] = "uprobe",
	[TRY_TP_BTF] = "tp_btf",
	[TRY_READ_KERNEL] = "read_kernel",
	[TRY_PERF_EVENT] = "perf_event",
};

/* Watched by the uprobe. */
static __attribute__((noinline)) void nothing(void)
{
	__asm__ volatile("");
}

/* Where a function of ours is in the file that we are; 0: not found. */
static size_t file_offset(uintptr_t at)
{
	FILE *f = fopen("/proc/self/maps", "re");
	uintptr_t start, end, offset;
	size_t found = 0;
	char line[512];

	while (f && !found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*s %" SCNxPTR,
			   &start, &end, &offset) == 3 &&
		    at >= start && at < end)
			found = at - start + offset;
	if (f)
		fclose(f);
	return found;
}

static struct bpf_link *attach_sampling(const struct bpf_program *prog)
{
	struct perf_event_attr a = {
		.size = sizeof(a),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.freq = 1,
		.sample_freq = 1000,
	};
	int fd = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1,
			      PERF_FLAG_FD_CLOEXEC);
	struct bpf_link *link;

	if (fd < 0)
		return NULL;
	/* it has the descriptor from now on */
	link = bpf_program__attach_perf_event(prog, fd);
	if (!link)
		close(fd);
	return link;
}

static struct bpf_link *attach(enum tryout f, const struct bpf_program *prog)
{
	switch (f) {
	case TRY_KPROBE:
		return bpf_program__attach_kprobe(prog, false, CHEAP);
	case TRY_KRETPROBE:
		return bpf_program__attach_kprobe(prog, true, CHEAP);
	case TRY_UPROBE:
		return bpf_program__attach_uprobe(prog, false, 0,
						  "/proc/self/exe",
						  file_offset((uintptr_t)nothing));
	case TRY_PERF_EVENT:
		return attach_sampling(prog);
	default:
		return bpf_program__attach(prog);
	}
}

/* Does what each of them would see, until it was seen. */
static bool is_called(const uint32_t *calls)
{
	const struct timespec nap = { .tv_nsec = 100000 };
	struct timespec begun, now;
	unsigned int i;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	do {
		for (i = 0; i < 10000; i++)
			syscall(SYS_getpgid, 0);
		nothing();
		nanosleep(&nap, NULL);
		if (__atomic_load_n(calls, __ATOMIC_RELAXED))
			return true;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - begun.tv_sec) * 1000 +
			 (now.tv_nsec - begun.tv_nsec) / 1000000 <
		 PATIENCE_MS);
	return false;
}

/* On an object that is open: NULL, or what failed. */
static const char *try_it(enum tryout f, struct tryout_bpf *s)
{
	struct bpf_program *prog;
	struct bpf_link *link;
	char name[32];
	bool called;

	bpf_object__for_each_program(prog, s->obj)
		bpf_program__set_autoload(prog, false);
	snprintf(name, sizeof(name), "try_%s", names[f]);
	prog = bpf_object__find_program_by_name(s->obj, name);
	bpf_program__set_autoload(prog, true);
	s->rodata->own_tgid = (__u32)getpid();
	if ((f == TRY_FENTRY || f == TRY_FEXIT) &&
	    bpf_program__set_attach_target(prog, 0, CHEAP))
		return "no BTF of " CHEAP;
	if (tryout_bpf__load(s))
		return strerror(errno);
	link = attach(f, prog);
	if (!link)
		return strerror(errno);
	called = is_called(&s->bss->calls[f]);
	bpf_link__destroy(link);
	return called ? NULL : "attached, and was not called";
}

void probe_features(void)
{
	enum tryout f;

	for (f = 0; f < NR_TRIES; f++) {
		struct tryout_bpf *s = tryout_bpf__open();
		const char *why = s ? try_it(f, s) : strerror(errno);

		printf("%s %s%s%s\n", names[f], why ? "no" : "yes",
		       why ? " " : "", why ? why : "");
		fflush(stdout);
		tryout_bpf__destroy(s);
	}
}
