// SPDX-License-Identifier: GPL-2.0-or-later
/* The figures that are in the repository. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pathlen.h"

/* Of the reference, not of this file. */
static const char head[] =
	"# %s-License-Identifier: GPL-2.0-or-later\n"
	"#\n"
	"# Instructions of one operation, a row of bench/pathlen/pathlen.list a line.\n"
	"# `./invbench guest pathlen --update` writes this.\n"
	"\n";

static const struct {
	const char *key;
	size_t at;
} keys[] = {
	{ "kernel", offsetof(struct pathlen_place, kernel) },
	{ "compiler", offsetof(struct pathlen_place, compiler) },
	{ "qemu", offsetof(struct pathlen_place, qemu) },
};

#define NR_KEYS (sizeof(keys) / sizeof(keys[0]))

static char *place_text(struct pathlen_place *p, size_t i)
{
	return (char *)p + keys[i].at;
}

const struct pathlen_was *
pathlen_reference_find(const struct pathlen_reference *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nr; i++)
		if (!strcmp(r->rows[i].name, name))
			return &r->rows[i];
	return NULL;
}

/* "kernel = 7.3.4": whether it is such a line. */
static bool take_place(struct pathlen_reference *r, const char *line)
{
	size_t i;

	for (i = 0; i < NR_KEYS; i++) {
		size_t len = strlen(keys[i].key);

		if (strncmp(line, keys[i].key, len) ||
		    strncmp(line + len, " = ", 3))
			continue;
		snprintf(place_text(&r->place, i), PATHLEN_TEXT, "%s",
			 line + len + 3);
		return true;
	}
	return false;
}

/* "merged 285.00", "stock/1 -"; NULL, or what is wrong with it. */
static const char *take_row(struct pathlen_reference *r, char *line)
{
	char *value = line + strcspn(line, " \t"), *end;
	struct pathlen_was *more, *was;

	if (*value)
		*value++ = '\0';
	value += strspn(value, " \t");
	if (strlen(line) >= PATHLEN_NAME || !*value)
		return "not NAME INSTRUCTIONS";
	if (pathlen_reference_find(r, line))
		return "there twice";
	more = realloc(r->rows, (r->nr + 1) * sizeof(*more));
	if (!more)
		return "not enough memory";
	r->rows = more;
	was = &more[r->nr];
	*was = (struct pathlen_was){ .known = strcmp(value, "-") };
	snprintf(was->name, sizeof(was->name), "%s", line);
	if (was->known) {
		was->value = strtod(value, &end);
		if (end == value || *end || !isfinite(was->value) ||
		    was->value < 0)
			return "not a number of instructions, nor -";
	}
	r->nr++;
	return NULL;
}

static int refuse(const char *path, unsigned int line, const char *what,
		  const char *why, struct subject_error *err)
{
	snprintf(err->msg, sizeof(err->msg), "%.200s:%u: '%.60s': %s", path,
		 line, what, why);
	return -EINVAL;
}

static int read_lines(const char *path, FILE *f, struct pathlen_reference *r,
		      struct subject_error *err)
{
	const char *why = NULL;
	unsigned int nr = 0;
	char *line = NULL;
	size_t size = 0, i;
	int ret = 0;

	while (!ret && getline(&line, &size, f) > 0) {
		nr++;
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#' || take_place(r, line))
			continue;
		why = take_row(r, line);
		if (why)
			ret = refuse(path, nr, line, why, err);
	}
	free(line);
	for (i = 0; !ret && i < NR_KEYS; i++)
		if (!*place_text(&r->place, i))
			ret = refuse(path, nr, keys[i].key,
				     "no such line (NAME = TEXT)", err);
	return ret;
}

int pathlen_reference_read(const char *path, struct pathlen_reference *r,
			   struct subject_error *err)
{
	FILE *f = fopen(path, "re");
	int ret;

	*r = (struct pathlen_reference){ 0 };
	if (!f) {
		ret = errno == ENOENT ? -ENOENT : -EINVAL;
		snprintf(err->msg, sizeof(err->msg), "%.300s: %s", path,
			 strerror(errno));
		return ret;
	}
	ret = read_lines(path, f, r, err);
	fclose(f);
	if (ret)
		pathlen_reference_free(r);
	return ret;
}

void pathlen_reference_free(struct pathlen_reference *r)
{
	free(r->rows);
	*r = (struct pathlen_reference){ 0 };
}

static void write_lines(FILE *f, const struct pathlen_place *place,
			const struct pathlen_list *l,
			const struct pathlen_figure *fig)
{
	struct pathlen_place p = *place;
	size_t i;

	fprintf(f, head, "SPDX");
	for (i = 0; i < NR_KEYS; i++)
		fprintf(f, "%s = %s\n", keys[i].key, place_text(&p, i));
	fputs("\n", f);
	for (i = 0; i < l->nr; i++)
		if (fig[i].known)
			fprintf(f, "%-20s %9.3f\n", l->rows[i].name,
				fig[i].value);
		else
			fprintf(f, "%-20s %9s\n", l->rows[i].name, "-");
}

int pathlen_reference_write(const char *path, const struct pathlen_place *place,
			    const struct pathlen_list *l,
			    const struct pathlen_figure *fig,
			    struct subject_error *err)
{
	char new[PATH_MAX];
	int ret = 0;
	FILE *f;

	snprintf(new, sizeof(new), "%.4000s.new", path);
	f = fopen(new, "we");
	if (f) {
		write_lines(f, place, l, fig);
		if (fflush(f) || ferror(f))
			ret = -EIO;
		if (fclose(f))
			ret = -EIO;
	} else {
		ret = -errno;
	}
	if (!ret && rename(new, path))
		ret = -errno;
	if (!ret)
		return 0;
	unlink(new);
	snprintf(err->msg, sizeof(err->msg), "can't write %.300s: %s", path,
		 strerror(-ret));
	return ret;
}

bool pathlen_same_place(const struct pathlen_place *a,
			const struct pathlen_place *b,
			struct subject_error *err)
{
	const char *what = NULL, *is = NULL, *was = NULL;

	if (strcmp(a->kernel, b->kernel)) {
		what = "kernel";
		is = a->kernel;
		was = b->kernel;
	} else if (strcmp(a->compiler, b->compiler)) {
		what = "compiler";
		is = a->compiler;
		was = b->compiler;
	}
	if (!what)
		return true;
	snprintf(
		err->msg, sizeof(err->msg),
		"the reference is of %s '%.100s', this is '%.100s': nothing is compared; --update writes a new one",
		what, was, is);
	return false;
}
