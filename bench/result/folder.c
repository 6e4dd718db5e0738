// SPDX-License-Identifier: GPL-2.0-or-later
/* The folder of a run: files written whole, groups durable. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

struct result_text {
	char path[PATH_MAX], tmp[PATH_MAX];
	FILE *f;
	int ret; /* first failure to write */
};

struct result_group {
	struct result_text *text;
};

int result_fail(struct plan_error *err, const char *path, int ret)
{
	snprintf(err->msg, sizeof(err->msg), "%.300s: %s", path,
		 strerror(-ret));
	return ret;
}

/* dir/name; -ENAMETOOLONG with a line. */
static int join(char *path, const char *dir, const char *name,
		struct plan_error *err)
{
	if (snprintf(path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX)
		return 0;
	return result_fail(err, name, -ENAMETOOLONG);
}

static int sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = fsync(fd) ? -errno : 0;
	close(fd);
	return ret;
}

/* Flushes, syncs, closes and renames; removes @tmp when that fails. */
static int finish(FILE *f, const char *tmp, const char *path, const char *dir)
{
	int ret = 0;

	if (ferror(f))
		ret = -EIO; /* earlier; errno has been used since */
	else if (fflush(f) || fsync(fileno(f)))
		ret = -errno;
	if (fclose(f) && !ret)
		ret = -errno;
	if (!ret && rename(tmp, path))
		ret = -errno;
	if (ret)
		unlink(tmp);
	else
		ret = sync_dir(dir);
	return ret;
}

int result_write(struct result *r, const char *name, const char *text,
		 size_t len, struct plan_error *err)
{
	char path[PATH_MAX], tmp[PATH_MAX];
	FILE *f;
	int ret;

	ret = join(path, r->dir, name, err);
	if (ret)
		return ret;
	if (strlen(path) + 5 > PATH_MAX)
		return result_fail(err, path, -ENAMETOOLONG);
	stpcpy(stpcpy(tmp, path), ".tmp");
	f = fopen(tmp, "we");
	if (!f)
		return result_fail(err, path, -errno);
	if (len && fwrite(text, len, 1, f) != 1) {
		ret = -errno;
		fclose(f);
		unlink(tmp);
		return result_fail(err, path, ret);
	}
	ret = finish(f, tmp, path, r->dir);
	return ret ? result_fail(err, path, ret) : 0;
}

int result_write_json(struct result *r, const char *name, const json_t *j,
		      struct plan_error *err)
{
	char *text = j ? json_dumps(j, JSON_INDENT(1)) : NULL;
	int ret;

	if (!text)
		return result_fail(err, name, -ENOMEM);
	ret = result_write(r, name, text, strlen(text), err);
	free(text);
	return ret;
}

/* samples/007-stores_threads_2.txt: sorts as the plan, and says what it is. */
static void samples_name(const struct result *r, unsigned int group, char *name,
			 size_t len)
{
	size_t at = (size_t)snprintf(name, len, "samples/%03u-", group);
	const char *c;

	for (c = r->plan->groups[group].name; *c && at + 5 < len; c++)
		name[at++] = isalnum((unsigned char)*c) ? *c : '_';
	snprintf(name + at, len - at, ".txt");
}

int result_samples_path(const struct result *r, unsigned int group, char *path)
{
	char name[256];

	samples_name(r, group, name, sizeof(name));
	return snprintf(path, PATH_MAX, "%s/%s", r->dir, name) < PATH_MAX ?
		       0 :
		       -ENAMETOOLONG;
}

bool result_group_done(const struct result *r, unsigned int group)
{
	char path[PATH_MAX];

	return !result_samples_path(r, group, path) && !access(path, R_OK);
}

/* @tmp: its name until it is whole */
static struct result_text *text_begin(const struct result *r, const char *name,
				      const char *tmp, struct plan_error *err)
{
	struct result_text *t = calloc(1, sizeof(*t));

	if (!t) {
		result_fail(err, name, -ENOMEM);
		return NULL;
	}
	if (join(t->path, r->dir, name, err) || join(t->tmp, r->dir, tmp, err))
		goto fail;
	t->f = fopen(t->tmp, "we");
	if (t->f)
		return t;
	result_fail(err, t->tmp, -errno);
fail:
	free(t);
	return NULL;
}

struct result_text *result_text_begin(struct result *r, const char *name,
				      struct plan_error *err)
{
	char tmp[256];

	snprintf(tmp, sizeof(tmp), "%s.tmp", name);
	return text_begin(r, name, tmp, err);
}

int result_text_line(struct result_text *t, const char *line)
{
	if (!t->ret && (fprintf(t->f, "%s\n", line) < 0 || fflush(t->f)))
		t->ret = -errno;
	return t->ret;
}

int result_text_commit(struct result_text *t, struct plan_error *err)
{
	char dir[PATH_MAX];
	int ret = t->ret;

	if (ret) {
		result_fail(err, t->tmp, ret);
		result_text_abandon(t);
		return ret;
	}
	strcpy(dir, t->path);
	*strrchr(dir, '/') = '\0';
	ret = finish(t->f, t->tmp, t->path, dir);
	if (ret)
		result_fail(err, t->path, ret);
	free(t);
	return ret;
}

void result_text_abandon(struct result_text *t)
{
	if (!t)
		return;
	fclose(t->f);
	unlink(t->tmp);
	free(t);
}

struct result_group *result_group_begin(struct result *r, unsigned int group,
					struct plan_error *err)
{
	const struct plan_group *p = &r->plan->groups[group];
	struct result_group *g = calloc(1, sizeof(*g));
	char name[256], tmp[64], text[1024];
	unsigned int i;
	FILE *f;

	if (!g) {
		result_fail(err, "samples", -ENOMEM);
		return NULL;
	}
	samples_name(r, group, name, sizeof(name));
	snprintf(tmp, sizeof(tmp), "samples/.%03u.tmp", group);
	g->text = text_begin(r, name, tmp, err);
	if (!g->text) {
		free(g);
		return NULL;
	}
	f = g->text->f;
	fprintf(f,
		"# invbench samples 1: LAUNCH, then a line of the worker, or LAUNCH N KEY VALUE\n");
	fprintf(f, "# group %s\n", p->name);
	for (i = 0; i < p->nr_cells; i++) {
		subject_params_print(&p->cells[i].params, true, text,
				     sizeof(text));
		fprintf(f, "# cell %u %s %s\n", i, p->cells[i].name, text);
	}
	return g;
}

int result_group_line(struct result_group *g, unsigned int launch,
		      const char *line)
{
	struct result_text *t = g->text;

	if (!t->ret && fprintf(t->f, "%u %s\n", launch, line) < 0)
		t->ret = -errno;
	return t->ret;
}

int result_group_note(struct result_group *g, unsigned int launch,
		      const char *key, double value)
{
	struct result_text *t = g->text;

	if (!t->ret &&
	    fprintf(t->f, "%u N %s %.9g\n", launch, key, value) < 0)
		t->ret = -errno;
	return t->ret;
}

int result_group_commit(struct result_group *g, struct plan_error *err)
{
	struct result_text *t = g->text;

	free(g);
	if (!t->ret && fputs("# end\n", t->f) < 0)
		t->ret = -errno;
	return result_text_commit(t, err);
}

void result_group_abandon(struct result_group *g)
{
	if (!g)
		return;
	result_text_abandon(g->text);
	free(g);
}

/* mkdir -p. */
static int make_dirs(const char *dir)
{
	char path[PATH_MAX], *at;

	if (strlen(dir) >= sizeof(path))
		return -ENAMETOOLONG;
	strcpy(path, dir);
	for (at = path + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			return -errno;
		*at = '/';
	}
	return mkdir(path, 0777) && errno != EEXIST ? -errno : 0;
}

/* A folder that wasn't there: @dir itself, or @dir-2 and so on. */
static int make_new(struct result *r, const char *dir)
{
	char parent[PATH_MAX], *slash;
	size_t len = strlen(dir);
	unsigned int i;
	int ret;

	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (len >= sizeof(parent) - 8)
		return -ENAMETOOLONG;
	snprintf(parent, sizeof(parent), "%.*s", (int)len, dir);
	slash = strrchr(parent, '/');
	if (slash && slash != parent) {
		*slash = '\0';
		ret = make_dirs(parent);
		if (ret)
			return ret;
	}
	for (i = 1; i < 1000; i++) {
		if (i == 1)
			snprintf(r->dir, sizeof(r->dir), "%.*s", (int)len, dir);
		else
			snprintf(r->dir, sizeof(r->dir), "%.*s-%u", (int)len,
				 dir, i);
		if (!mkdir(r->dir, 0777))
			return 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* Takes away the folder of a run that could not begin. */
static void unmake(const struct result *r)
{
	static const char *const names[] = { "plan.json", "context.json",
					     "samples", "plots", "flame",
					     "console.log" };
	char path[PATH_MAX];
	size_t i;

	if (!*r->dir)
		return;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (snprintf(path, sizeof(path), "%s/%s", r->dir, names[i]) <
		    PATH_MAX)
			remove(path);
	rmdir(r->dir);
}

/* plan.json, and what is read back from it. */
static int keep_plan(struct result *r, const struct plan *plan,
		     struct plan_error *err)
{
	json_t *j = plan_to_json(plan);
	int ret = -EINVAL;

	r->plan = j ? plan_from_json(j, err) : NULL;
	if (!j)
		snprintf(err->msg, sizeof(err->msg),
			 "plan.json: a name of the plan is not UTF-8");
	if (r->plan)
		ret = result_write_json(r, "plan.json", j, err);
	json_decref(j);
	return ret;
}

static int make_inside(struct result *r, const char *name,
		       struct plan_error *err)
{
	char path[PATH_MAX];
	int ret = join(path, r->dir, name, err);

	if (!ret && mkdir(path, 0777))
		ret = result_fail(err, path, -errno);
	return ret;
}

static struct result *create(const char *dir, const struct plan *plan,
			     const char *job, struct plan_error *err)
{
	struct result *r = calloc(1, sizeof(*r));
	int ret;

	if (!r) {
		result_fail(err, dir, -ENOMEM);
		return NULL;
	}
	ret = make_new(r, dir);
	if (ret) {
		*r->dir = '\0';
		result_fail(err, dir, ret);
		goto fail;
	}
	if ((plan && keep_plan(r, plan, err)) ||
	    make_inside(r, "samples", err) || make_inside(r, "plots", err))
		goto fail;
	r->context = context_collect(job, plan ? plan->seed : 0);
	if (!r->context) {
		result_fail(err, "context.json", -ENOMEM);
		goto fail;
	}
	if (result_write_json(r, "context.json", r->context, err))
		goto fail;
	return r;
fail:
	unmake(r);
	result_close(r);
	return NULL;
}

struct result *result_create(const char *dir, const struct plan *plan,
			     struct plan_error *err)
{
	return create(dir, plan, plan->job, err);
}

struct result *result_create_for(const char *dir, const char *command,
				 struct plan_error *err)
{
	return create(dir, NULL, command, err);
}

static json_t *load(const struct result *r, const char *name,
		    struct plan_error *err)
{
	char path[PATH_MAX];
	json_error_t e;
	json_t *j;

	if (join(path, r->dir, name, err))
		return NULL;
	if (access(path, R_OK)) {
		result_fail(err, path, -errno);
		return NULL;
	}
	j = json_load_file(path, 0, &e);
	if (!j)
		snprintf(err->msg, sizeof(err->msg), "%.300s:%d: %.150s", path,
			 e.line > 0 ? e.line : 0, e.text);
	return j;
}

struct result *result_open(const char *dir, struct plan_error *err)
{
	struct result *r = calloc(1, sizeof(*r));
	json_t *j;

	if (!r || strlen(dir) >= sizeof(r->dir)) {
		result_fail(err, dir, r ? -ENAMETOOLONG : -ENOMEM);
		free(r);
		return NULL;
	}
	strcpy(r->dir, dir);
	j = load(r, "plan.json", err);
	r->plan = j ? plan_from_json(j, err) : NULL;
	json_decref(j);
	if (r->plan)
		r->context = load(r, "context.json", err);
	if (r->context && !json_is_object(r->context)) {
		snprintf(err->msg, sizeof(err->msg),
			 "%.300s/context.json: not an object", dir);
		json_decref(r->context);
		r->context = NULL;
	}
	if (!r->context) {
		result_close(r);
		return NULL;
	}
	return r;
}

void result_close(struct result *r)
{
	if (!r)
		return;
	plan_free(r->plan);
	json_decref(r->context);
	free(r);
}

void result_discard(struct result *r)
{
	unmake(r);
	result_close(r);
}

const char *result_dir(const struct result *r)
{
	return r->dir;
}

const struct plan *result_plan(const struct result *r)
{
	return r->plan;
}

const struct json_t *result_context(const struct result *r)
{
	return r->context;
}

int result_context_set(struct result *r, const char *key, struct json_t *value)
{
	return json_object_set_new(r->context, key, value) ? -ENOMEM : 0;
}

int result_context_write(struct result *r, struct plan_error *err)
{
	return result_write_json(r, "context.json", r->context, err);
}
