// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "look.h"
#include "record.h"

struct look {
	const struct look_places *places;
	struct record *record; /* NULL: this machine */
};

void *look_check(void *p)
{
	if (!p)
		err(2, "invbench: not enough memory for a report");
	return p;
}

char *look_format(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	return look_check(len < 0 ? NULL : text);
}

struct look *look_live(const struct look_places *places)
{
	struct look *l = look_check(calloc(1, sizeof(*l)));

	l->places = places;
	return l;
}

struct look *look_record(FILE *in, unsigned int *line)
{
	struct record *r = record_read(in, line);
	struct look *l;

	if (!r)
		return NULL;
	l = look_check(calloc(1, sizeof(*l)));
	l->record = r;
	return l;
}

void look_free(struct look *l)
{
	if (!l)
		return;
	record_free(l->record);
	free(l);
}

bool look_is_live(const struct look *l)
{
	return !l->record;
}

/* A path that is too long is of nothing that we look for. */
#define FORMAT_PATH(path, fmt)                              \
	do {                                                \
		va_list ap;                                 \
		va_start(ap, fmt);                          \
		vsnprintf((path), sizeof(path), (fmt), ap); \
		va_end(ap);                                 \
	} while (0)

static char *plain(char *text)
{
	char *c;

	for (c = text; *c; c++)
		if ((*c < ' ' || *c > '~') && *c != '\n' && *c != '\t')
			*c = '?';
	return text;
}

static enum look_found found_by_errno(void)
{
	return errno == EACCES || errno == EPERM ? LOOK_DENIED : LOOK_ABSENT;
}

static enum look_found read_live(const char *path, void *buf, size_t len,
				 size_t *got)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = 0;

	*got = 0;
	if (fd < 0)
		return found_by_errno();
	while (*got < len &&
	       (n = read(fd, (char *)buf + *got, len - *got)) > 0)
		*got += (size_t)n;
	close(fd);
	return n < 0 && !*got ? found_by_errno() : LOOK_THERE;
}

static enum look_found read_path(const struct look *l, const char *path,
				 void *buf, size_t len, size_t *got)
{
	const struct record_file *f;

	if (!l->record)
		return read_live(path, buf, len, got);
	*got = 0;
	f = record_find(l->record, path);
	if (!f)
		return LOOK_ABSENT;
	if (f->denied)
		return LOOK_DENIED;
	*got = f->len < len ? f->len : len;
	memcpy(buf, f->data, *got);
	return LOOK_THERE;
}

enum look_found look_line(const struct look *l, char *buf, size_t len,
			  const char *fmt, ...)
{
	char path[PATH_MAX];
	enum look_found found;
	size_t got;

	FORMAT_PATH(path, fmt);
	found = read_path(l, path, buf, len - 1, &got);
	buf[got] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	plain(buf);
	return found;
}

enum look_found look_text(const struct look *l, char *buf, size_t len,
			  const char *path)
{
	size_t got;
	enum look_found found = read_path(l, path, buf, len - 1, &got);

	buf[got] = '\0';
	plain(buf);
	return found;
}

long look_bytes(const struct look *l, void *buf, size_t len, const char *path)
{
	size_t got;

	return read_path(l, path, buf, len, &got) == LOOK_THERE ? (long)got :
								  -1;
}

enum look_found look_for(const struct look *l, const char *fmt, ...)
{
	char path[PATH_MAX];

	FORMAT_PATH(path, fmt);
	if (l->record)
		return record_has(l->record, path);
	return access(path, F_OK) ? found_by_errno() : LOOK_THERE;
}

bool look_link(const struct look *l, char *buf, size_t len, const char *fmt,
	       ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	const struct record_file *f;
	char *base;
	ssize_t n;

	FORMAT_PATH(path, fmt);
	if (l->record) {
		f = record_find(l->record, path);
		n = f ? (ssize_t)(f->len < sizeof(target) ? f->len :
							    sizeof(target) - 1) :
			-1;
		if (n > 0)
			memcpy(target, f->data, (size_t)n);
	} else {
		n = readlink(path, target, sizeof(target) - 1);
	}
	*buf = '\0';
	if (n <= 0)
		return false;
	target[n] = '\0';
	target[strcspn(target, "\n")] = '\0';
	base = strrchr(target, '/');
	snprintf(buf, len, "%s", plain(base ? base + 1 : target));
	return true;
}

static int by_version(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static void list_live(const char *path, struct look_list *list)
{
	DIR *dir = opendir(path);
	const struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (*e->d_name == '.')
			continue;
		list->names = look_check(
			reallocarray(list->names, list->nr + 1, sizeof(char *)));
		list->names[list->nr++] = look_check(strdup(e->d_name));
	}
	if (dir)
		closedir(dir);
}

struct look_list look_list(const struct look *l, const char *fmt, ...)
{
	struct look_list list = { 0 };
	char path[PATH_MAX];
	size_t i;

	FORMAT_PATH(path, fmt);
	if (l->record)
		record_list(l->record, path, &list.names, &list.nr);
	else
		list_live(path, &list);
	for (i = 0; i < list.nr; i++)
		plain(list.names[i]);
	if (list.nr)
		qsort(list.names, list.nr, sizeof(char *), by_version);
	return list;
}

void look_list_free(struct look_list *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		free(list->names[i]);
	free(list->names);
	*list = (struct look_list){ 0 };
}

char *look_ask(const struct look *l, const char *question)
{
	const struct record_file *f;
	char *key, *answer;

	if (l->record) {
		key = look_format("?%s", question);
		f = record_find(l->record, key);
		free(key);
		answer = f && f->len ? look_check(strndup(f->data, f->len)) :
				       NULL;
	} else {
		answer = ask_live(l->places, question);
	}
	return answer ? plain(answer) : NULL;
}

bool look_ask_line(const struct look *l, const char *question, char *buf,
		   size_t len)
{
	char *answer = look_ask(l, question);

	snprintf(buf, len, "%s", answer ? answer : "");
	buf[strcspn(buf, "\n")] = '\0';
	free(answer);
	return *buf;
}
