// SPDX-License-Identifier: GPL-2.0-or-later
#include <ftw.h>
#include <unistd.h>

#include "common.h"

struct result *created(const char *text, const char *dir)
{
	struct plan *p = loaded(text, 2);
	struct plan_error err;
	struct result *r = result_create(dir, p, &err);

	plan_free(p);
	if (!r)
		fail_msg("refused: %s", err.msg);
	return r;
}

static int take_away(const char *path, const struct stat *st, int flag,
		     struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void remove_result(const char *dir)
{
	nftw(dir, take_away, 8, FTW_DEPTH | FTW_PHYS);
}

void discard(struct result *r)
{
	char dir[512];

	snprintf(dir, sizeof(dir), "%s", result_dir(r));
	result_close(r);
	remove_result(dir);
}

struct result_group *begun(struct result *r, unsigned int group)
{
	struct plan_error err;
	struct result_group *g = result_group_begin(r, group, &err);

	if (!g)
		fail_msg("refused: %s", err.msg);
	return g;
}

void line(struct result_group *g, unsigned int launch, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_int_equal(result_group_line(g, launch, text), 0);
}

char *file_text(const char *dir, const char *name)
{
	char path[512], *text = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		return NULL;
	if (getdelim(&text, &size, '\0', f) < 0 && text)
		*text = '\0';
	fclose(f);
	return text;
}

void put_file(const char *dir, const char *name, const char *text, size_t len)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}
