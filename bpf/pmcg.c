// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SMMUs' own counters: perf's devices smmuv3_pmcg_*, whose events are in sysfs and
 * count for the whole system.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

#define MAX_EVENTS 256

struct event {
	char device[64], name[64];
	int fd;
};

struct probe_pmcg {
	struct event event[MAX_EVENTS];
	unsigned int nr;
};

/* The first line of DIR/DEVICE/NAME; false: there is none. */
static bool read_line(const char *dir, const char *device, const char *name,
		      char *text, size_t len)
{
	char path[PATH_MAX];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s/%s", dir, device, name);
	f = fopen(path, "re");
	ok = f && fgets(text, (int)len, f);
	if (f)
		fclose(f);
	if (ok)
		text[strcspn(text, "\n")] = '\0';
	return ok;
}

static void open_event(struct probe_pmcg *m, const char *dir,
		       const char *device, const char *name)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	struct event *e = &m->event[m->nr];
	char text[64], path[300];
	unsigned int type;
	uint64_t config;

	snprintf(path, sizeof(path), "events/%.200s", name);
	if (m->nr == MAX_EVENTS ||
	    !read_line(dir, device, path, text, sizeof(text)) ||
	    sscanf(text, "event=0x%" SCNx64, &config) != 1 ||
	    !read_line(dir, device, "type", text, sizeof(text)) ||
	    sscanf(text, "%u", &type) != 1 ||
	    !read_line(dir, device, "cpumask", text, sizeof(text)))
		return;
	attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
			   PERF_FORMAT_TOTAL_TIME_RUNNING;
	attr.type = type;
	attr.config = config;
	snprintf(e->device, sizeof(e->device), "%.63s", device);
	snprintf(e->name, sizeof(e->name), "%.63s", name);
	e->fd = (int)syscall(SYS_perf_event_open, &attr, -1, atoi(text), -1,
			     PERF_FLAG_FD_CLOEXEC);
	if (e->fd < 0) {
		printf("missing pmcg %s/%s: %s\n", device, name,
		       strerror(errno));
		return;
	}
	m->nr++;
}

static void open_device(struct probe_pmcg *m, const char *dir,
			const char *device)
{
	char path[PATH_MAX];
	struct dirent *e;
	DIR *events;

	snprintf(path, sizeof(path), "%s/%s/events", dir, device);
	events = opendir(path);
	while (events && (e = readdir(events)))
		if (e->d_name[0] != '.')
			open_event(m, dir, device, e->d_name);
	if (events)
		closedir(events);
}

struct probe_pmcg *probe_pmcg_open(const char *devices)
{
	struct probe_pmcg *m = calloc(1, sizeof(*m));
	DIR *dir = m ? opendir(devices) : NULL;
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (!strncmp(e->d_name, "smmuv3_pmcg_", 12))
			open_device(m, devices, e->d_name);
	if (dir)
		closedir(dir);
	return m;
}

void probe_pmcg_report(const struct probe_pmcg *m)
{
	uint64_t n[3]; /* count, time enabled, time running */
	unsigned int i;

	/* more events than counters: each counted for a share of the time */
	for (i = 0; m && i < m->nr; i++)
		if (read(m->event[i].fd, n, sizeof(n)) == sizeof(n) && n[2])
			printf("pmcg %s %s %.0f %.3f\n", m->event[i].device,
			       m->event[i].name,
			       (double)n[0] * (double)n[1] / (double)n[2],
			       (double)n[2] / (double)n[1]);
}

void probe_pmcg_free(struct probe_pmcg *m)
{
	unsigned int i;

	for (i = 0; m && i < m->nr; i++)
		close(m->event[i].fd);
	free(m);
}
