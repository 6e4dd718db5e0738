// SPDX-License-Identifier: GPL-2.0-or-later
/* perf_event_open() by trying it. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ask.h"

#define HW(NAME) PERF_TYPE_HARDWARE, PERF_COUNT_HW_##NAME
/* of a cache: reads that missed */
#define MISSES(CACHE)                                           \
	PERF_TYPE_HW_CACHE,                                     \
		PERF_COUNT_HW_CACHE_##CACHE |                   \
			PERF_COUNT_HW_CACHE_OP_READ << 8 |      \
			PERF_COUNT_HW_CACHE_RESULT_MISS << 16

/* By perf's own names. */
static const struct {
	const char *name;
	uint32_t type;
	uint64_t config;
} events[] = {
	{ "cycles", HW(CPU_CYCLES) },
	{ "instructions", HW(INSTRUCTIONS) },
	{ "cache-references", HW(CACHE_REFERENCES) },
	{ "cache-misses", HW(CACHE_MISSES) },
	{ "branches", HW(BRANCH_INSTRUCTIONS) },
	{ "branch-misses", HW(BRANCH_MISSES) },
	{ "stalled-cycles-frontend", HW(STALLED_CYCLES_FRONTEND) },
	{ "stalled-cycles-backend", HW(STALLED_CYCLES_BACKEND) },
	{ "L1-dcache-load-misses", MISSES(L1D) },
	{ "LLC-load-misses", MISSES(LL) },
	{ "dTLB-load-misses", MISSES(DTLB) },
	{ "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK },
};

static int open_event(size_t i, bool kernel)
{
	struct perf_event_attr a = {
		.size = sizeof(a),
		.type = events[i].type,
		.config = events[i].config,
		.exclude_kernel = !kernel,
		.exclude_hv = 1,
		.disabled = 1,
	};

	return (int)syscall(SYS_perf_event_open, &a, 0, -1, -1,
			    PERF_FLAG_FD_CLOEXEC);
}

/*
 * Whether it goes up while something executes. Misses may not happen: what is asked is
 * whether it was scheduled.
 */
static bool counts(int fd, bool misses)
{
	unsigned int work = 0;
	uint64_t count = 0;

	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	while (work < 1000000)
		__atomic_fetch_add(&work, 1, __ATOMIC_RELAXED);
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	return read(fd, &count, sizeof(count)) == sizeof(count) &&
	       (count || misses);
}

char *ask_perf(const struct look_places *p, const char *name)
{
	bool kernel = true;
	char *answer;
	size_t i;
	int fd;

	(void)p;
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (!strcmp(events[i].name, name))
			break;
	if (i == sizeof(events) / sizeof(events[0]))
		return NULL;
	fd = open_event(i, kernel);
	if (fd < 0 && (errno == EACCES || errno == EPERM)) {
		kernel = false;
		fd = open_event(i, kernel);
	}
	if (fd < 0)
		return look_format("%s", strerrorname_np(errno));
	answer = !counts(fd, strstr(name, "misses")) ?
			 look_format("opens, and counts nothing") :
		 kernel ? look_format("counts") :
			  look_format("counts (user space)");
	close(fd);
	return answer;
}
