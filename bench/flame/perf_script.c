// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads what `perf script` prints, as it comes:
 *
 *	26951/26951 cpu-clock:
 *		          178319 model_run (PATH)
 *		          17873a smmu_model_poll (PATH)
 *		(an empty line ends the sample)
 *	26951/26951 PERF_RECORD_LOST lost 12
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"

#define MAX_FRAMES 512

/* One sample while its lines come. */
struct reader {
	struct perf_frame frames[MAX_FRAMES];
	struct perf_sample sample;
	bool open; /* its first line was there */
	struct perf_counts *counts;
	int (*fn)(void *arg, const struct perf_sample *s);
	void *arg;
};

static void drop_frames(struct reader *r)
{
	unsigned int i;

	for (i = 0; i < r->sample.nr; i++) {
		free((char *)r->frames[i].sym);
		free((char *)r->frames[i].dso);
	}
	r->sample.nr = 0;
	r->open = false;
}

static int end_sample(struct reader *r)
{
	int ret = 0;

	if (r->open && r->sample.nr) {
		r->counts->samples++;
		ret = r->fn(r->arg, &r->sample);
	} else if (r->open) {
		r->counts->empty++;
	}
	drop_frames(r);
	return ret;
}

/* "ADDRESS SYMBOL (OBJECT)": a symbol may have blanks and brackets of its own. */
static int take_frame(struct reader *r, char *line)
{
	struct perf_frame *frame = &r->frames[r->sample.nr];
	char *end, *dso = NULL, *at;
	size_t len = strlen(line);

	frame->ip = strtoull(line, &end, 16);
	if (end == line || *end != ' ' || r->sample.nr == MAX_FRAMES)
		return 0;
	if (len && line[len - 1] == ')') {
		line[len - 1] = '\0';
		for (at = end; (at = strstr(at, " (")); at++)
			dso = at;
	}
	if (dso) {
		*dso = '\0';
		dso += 2;
	}
	frame->sym = strdup(dso == end + 2 ? "[unknown]" : end + 1);
	frame->dso = strdup(dso ? dso : "[unknown]");
	if (frame->sym && frame->dso) {
		r->sample.nr++;
		return 0;
	}
	free((char *)frame->sym);
	free((char *)frame->dso);
	return -ENOMEM;
}

static int take_line(struct reader *r, char *line)
{
	const char *lost = strstr(line, "PERF_RECORD_LOST");
	uint64_t n;
	int ret;

	if (*line == '\t' || (*line == ' ' && r->open))
		return r->open ? take_frame(r, line + strspn(line, " \t")) : 0;
	ret = end_sample(r);
	if (ret || !*line)
		return ret;
	if (lost) {
		lost = strstr(lost, "lost ");
		if (lost && sscanf(lost, "lost %" SCNu64, &n) == 1)
			r->counts->lost += n;
		return 0;
	}
	r->open = sscanf(line, " %ld/%ld", &r->sample.pid, &r->sample.tid) == 2;
	return 0;
}

int perf_script_read(FILE *in,
		     int (*sample)(void *arg, const struct perf_sample *s),
		     void *arg, struct perf_counts *counts)
{
	struct reader *r = calloc(1, sizeof(*r));
	char *line = NULL;
	size_t size = 0;
	int ret = 0;

	if (!r)
		return -ENOMEM;
	r->fn = sample;
	r->arg = arg;
	r->counts = counts;
	r->sample.frames = r->frames;
	memset(counts, 0, sizeof(*counts));
	while (!ret && getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		ret = take_line(r, line);
	}
	if (!ret)
		ret = end_sample(r);
	drop_frames(r);
	free(line);
	free(r);
	return ret;
}
