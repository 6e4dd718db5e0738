// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include "common.h"

static char folder[16];

int enter_folder(void **state)
{
	(void)state;
	strcpy(folder, "plan-XXXXXX");
	return mkdtemp(folder) ? chdir(folder) : -1;
}

int leave_folder(void **state)
{
	(void)state;
	unlink(JOB_FILE);
	return chdir("..") || rmdir(folder);
}

void write_job(const char *text)
{
	FILE *f = fopen(JOB_FILE, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

struct plan *load_text(const char *text, unsigned int cpus,
		       struct plan_error *err)
{
	static const char *const jobs[] = { JOB_FILE };

	write_job(text);
	memset(err, 0, sizeof(*err));
	return plan_load(jobs, 1, ".", NULL, 0, 7, PLAN_USER(cpus), 1, err);
}

struct plan *load_set(const char *text, const char *key, const char *values,
		      struct plan_error *err)
{
	static const char *const jobs[] = { JOB_FILE };
	struct plan_set set = { key, values };

	write_job(text);
	memset(err, 0, sizeof(*err));
	return plan_load(jobs, 1, ".", &set, 1, 7, PLAN_USER(2), 1, err);
}

struct plan *loaded(const char *text, unsigned int cpus)
{
	struct plan_error err;
	struct plan *p = load_text(text, cpus, &err);

	if (!p)
		fail_msg("refused: %s", err.msg);
	return p;
}

static const char *names(const struct plan_group *g, bool variant, char *buf,
			 size_t size)
{
	unsigned int i;

	*buf = '\0';
	for (i = 0; i < g->nr_cells; i++) {
		size_t len = strlen(buf);
		bool is = g->cells[i].role == PLAN_VARIANT;

		if (is == variant)
			snprintf(buf + len, size - len, "%s%s", len ? " " : "",
				 g->cells[i].name);
	}
	return buf;
}

const char *variants(const struct plan_group *g)
{
	static char buf[4096];

	return names(g, true, buf, sizeof(buf));
}

const char *controls(const struct plan_group *g)
{
	static char buf[256];

	return names(g, false, buf, sizeof(buf));
}

const char *axis_of(const struct plan_cell *c, const char *key)
{
	static char buf[64];

	return subject_params_get(&c->params, key, buf, sizeof(buf));
}
