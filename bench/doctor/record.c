// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

struct record {
	struct record_file *files;
	size_t nr;
};

static struct record_file *add_file(struct record *r, const char *path,
				    bool denied)
{
	struct record_file *f;

	r->files = look_check(
		reallocarray(r->files, r->nr + 1, sizeof(*r->files)));
	f = &r->files[r->nr++];
	*f = (struct record_file){
		.path = look_check(strdup(path)),
		.data = look_check(calloc(1, 1)),
		.denied = denied,
	};
	return f;
}

static void add_bytes(struct record_file *f, const char *data, size_t len)
{
	f->data = look_check(realloc(f->data, f->len + len + 1));
	memcpy(f->data + f->len, data, len);
	f->len += len;
	f->data[f->len] = '\0';
}

static bool add_hex(struct record_file *f, const char *text)
{
	char byte[3] = "", c;

	for (; *text; text += 2) {
		if (!isxdigit((unsigned char)text[0]) ||
		    !isxdigit((unsigned char)text[1]))
			return false;
		memcpy(byte, text, 2);
		c = (char)strtoul(byte, NULL, 16);
		add_bytes(f, &c, 1);
	}
	return true;
}

/* One line without its end; false: not of a record. */
static bool take_line(struct record *r, char *line)
{
	struct record_file *last = r->nr ? &r->files[r->nr - 1] : NULL;

	switch (*line) {
	case '\0':
	case '#':
		return true;
	case '/':
	case '?':
		add_file(r, line, false);
		return true;
	case '!':
		add_file(r, line + 1, true);
		return true;
	case '\t':
		if (!last)
			return false;
		add_bytes(last, line + 1, strlen(line + 1));
		add_bytes(last, "\n", 1);
		return true;
	case '=':
		return last && add_hex(last, line + 1);
	default:
		return false;
	}
}

struct record *record_read(FILE *in, unsigned int *line)
{
	struct record *r = look_check(calloc(1, sizeof(*r)));
	char *text = NULL;
	size_t size = 0;
	bool ok = true;
	ssize_t len;

	for (*line = 0; ok && (len = getline(&text, &size, in)) > 0; ++*line) {
		while (len && strchr("\r\n", text[len - 1]))
			text[--len] = '\0';
		ok = strlen(text) == (size_t)len && take_line(r, text);
	}
	free(text);
	if (ok && r->nr)
		return r;
	if (ok)
		*line = 1; /* an empty one */
	record_free(r);
	return NULL;
}

void record_free(struct record *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < r->nr; i++) {
		free(r->files[i].path);
		free(r->files[i].data);
	}
	free(r->files);
	free(r);
}

const struct record_file *record_find(const struct record *r, const char *path)
{
	size_t i;

	for (i = 0; i < r->nr; i++)
		if (!strcmp(r->files[i].path, path))
			return &r->files[i];
	return NULL;
}

/* What of @file lies below the folder @path; NULL: it doesn't. */
static const char *below(const char *file, const char *path)
{
	size_t len = strlen(path);

	return strncmp(file, path, len) || file[len] != '/' ? NULL :
							      file + len + 1;
}

enum look_found record_has(const struct record *r, const char *path)
{
	const struct record_file *f = record_find(r, path);
	size_t i;

	if (f)
		return f->denied ? LOOK_DENIED : LOOK_THERE;
	for (i = 0; i < r->nr; i++)
		if (below(r->files[i].path, path))
			return LOOK_THERE;
	return LOOK_ABSENT;
}

static bool has_name(char *const *names, size_t nr, const char *name,
		     size_t len)
{
	while (nr--)
		if (!strncmp(names[nr], name, len) && !names[nr][len])
			return true;
	return false;
}

void record_list(const struct record *r, const char *path, char ***names,
		 size_t *nr)
{
	const char *name;
	size_t i, len;

	for (i = 0; i < r->nr; i++) {
		name = below(r->files[i].path, path);
		len = name ? strcspn(name, "/") : 0;
		if (!len || has_name(*names, *nr, name, len))
			continue;
		*names = look_check(
			reallocarray(*names, *nr + 1, sizeof(char *)));
		(*names)[(*nr)++] = look_check(strndup(name, len));
	}
}
