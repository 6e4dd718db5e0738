// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples as a tree of addresses, and how they become names. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"

/* Frames of the tree are called "ADDRESS SEP SYMBOL SEP OBJECT". */
#define SEP "\x1f"
#define MAX_NAMES (4 * FLAME_DEPTH)

struct fold {
	struct flame *raw;
};

struct fold *fold_new(void)
{
	struct fold *f = calloc(1, sizeof(*f));

	if (f)
		f->raw = flame_new();
	if (f && f->raw)
		return f;
	free(f);
	return NULL;
}

void fold_free(struct fold *f)
{
	if (!f)
		return;
	flame_free(f->raw);
	free(f);
}

/* Its address is behind a call, which may be another line's: not where an interrupt hit. */
static bool is_return(const struct perf_frame *frames, unsigned int i)
{
	return i && (!fold_is_kernel(frames[i - 1].dso) || fold_is_kernel(frames[i].dso));
}

int fold_add(struct fold *f, const struct perf_frame *frames, unsigned int nr,
	     uint64_t count)
{
	char **names = calloc(nr ? nr : 1, sizeof(*names));
	unsigned int i;
	int ret = names ? 0 : -ENOMEM;

	for (i = 0; i < nr && !ret; i++) {
		const struct perf_frame *p = &frames[nr - 1 - i];
		uint64_t ip = p->ip - (p->ip && is_return(frames, nr - 1 - i));

		if (asprintf(&names[i], "%" PRIx64 SEP "%s" SEP "%s", ip,
			     p->sym, p->dso) < 0) {
			names[i] = NULL;
			ret = -ENOMEM;
		}
	}
	if (!ret && nr)
		ret = flame_add(f->raw, FLAME_A, (const char *const *)names, nr,
				count);
	for (i = 0; names && i < nr; i++)
		free(names[i]);
	free(names);
	return ret;
}

static bool read_raw(const char *name, uint64_t *ip, const char **sym,
		     size_t *len, const char **dso)
{
	char *end;

	*ip = strtoull(name, &end, 16);
	if (*end != *SEP)
		return false;
	*sym = end + 1;
	*dso = strchr(*sym, *SEP);
	if (!*dso)
		return false;
	*len = (size_t)(*dso - *sym);
	++*dso;
	return true;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int fold_addresses(const struct fold *f, const char *dso,
		   const struct elf_map *map, FILE *out)
{
	uint64_t *all = calloc(f->raw->nr_frames + 1, sizeof(*all));
	const struct flame_frame *frame;
	const char *sym, *in;
	size_t n = 0, i, len;
	uint64_t ip;

	if (!all)
		return -ENOMEM;
	for (frame = f->raw->root.child; frame; frame = flame_next(frame))
		if (read_raw(frame->name, &ip, &sym, &len, &in) &&
		    !strcmp(in, dso))
			all[n++] = elf_address(map, ip);
	qsort(all, n, sizeof(*all), by_value);
	for (i = 0; i < n; i++)
		if (!i || all[i] != all[i - 1])
			fprintf(out, "%" PRIx64 "\n", all[i]);
	free(all);
	return 0;
}

bool fold_is_kernel(const char *dso)
{
	size_t len = strlen(dso);

	return !strncmp(dso, "[kernel", 7) || !strncmp(dso, "[guest.kernel", 13) ||
	       (len > 3 && !strcmp(dso + len - 3, ".ko")) ||
	       strstr(dso, ".ko.") || strstr(dso, "/vmlinux");
}

/* ---- names -------------------------------------------------------------- */

/* One stack while it is named. */
struct stack {
	char *names[MAX_NAMES];
	unsigned int nr;
};

static void clear(struct stack *s)
{
	while (s->nr)
		free(s->names[--s->nr]);
}

/* "unmap__rcu_array__MERGED__..." is unmap: an instance has two of "__" and more. */
static size_t plain_length(const char *name, size_t len)
{
	const char *first, *second;

	if (len < 3 || name[0] == '_')
		return len;
	first = strstr(name, "__");
	second = first ? strstr(first + 2, "__") : NULL;
	return second && second < name + len ? (size_t)(first - name) : len;
}

static int push(struct stack *s, const struct fold_names *n, const char *name,
		size_t len, bool ours, const char *mark)
{
	if (s->nr == MAX_NAMES)
		return 0;
	if (n->plain && ours)
		len = plain_length(name, len);
	if (asprintf(&s->names[s->nr], "%.*s%s", (int)len, name, mark) < 0)
		return -ENOMEM;
	flame_clean(s->names[s->nr++]);
	return 0;
}

static bool is_root(const struct fold_names *n, const char *name)
{
	const char *const *root;

	for (root = n->roots; root && *root; root++)
		if (!strcmp(*root, name))
			return true;
	return false;
}

/* The compiler's copies of a function (NAME.isra.0) have its name in the source. */
static bool is_called(const char *name, const char *sym, size_t len)
{
	size_t n = strlen(name);

	return n <= len && !strncmp(name, sym, n) && (n == len || sym[n] == '.');
}

static const char *mark_of(const char *dso, char *mark, size_t len)
{
	if (!strncmp(dso, "[kernel:", 8))
		snprintf(mark, len, "_[%s", dso + 8);
	else
		snprintf(mark, len, "%s", fold_is_kernel(dso) ? FLAME_KERNEL : "");
	return mark;
}

/* The frame that perf saw, below it what is inlined there. */
static int name_frame(struct stack *s, const struct fold_names *n,
		      const char *raw)
{
	const char *sym, *dso, *const *in = NULL;
	unsigned int nr = 0, i;
	char mark[80], place[24];
	size_t len;
	uint64_t ip;
	bool ours;
	int ret;

	if (!read_raw(raw, &ip, &sym, &len, &dso))
		return push(s, n, raw, strlen(raw), false, "");
	ours = n->dso && !strcmp(dso, n->dso);
	if (ours && n->inlines)
		in = inlines_find(n->inlines, elf_address(n->map, ip), &nr);
	/* the two must mean one function, or addresses aren't what we take them for */
	if (in && len && !is_called(in[nr - 1], sym, len))
		in = NULL;
	/* of a module that has gone there is an address only */
	if (!len) {
		snprintf(place, sizeof(place), "+0x%" PRIx64, ip);
		sym = in ? in[nr - 1] : place;
		len = strlen(sym);
	}
	if (len == 9 && !strncmp(sym, "[unknown]", 9) && !s->nr)
		return 0;
	ret = push(s, n, sym, len, ours, mark_of(dso, mark, sizeof(mark)));
	for (i = nr; in && !ret && i-- > 1;)
		ret = push(s, n, in[i - 1], strlen(in[i - 1]), ours,
			   FLAME_INLINED);
	return ret;
}

/* Where the stack begins: at its outermost root; @s->nr: it has none of them. */
static unsigned int first_name(const struct fold_names *n,
			       const struct stack *s)
{
	unsigned int i = 0;

	while (n->roots && i < s->nr && !is_root(n, s->names[i]))
		i++;
	return i;
}

static int add_stack(const struct fold_names *n, const struct stack *s, struct flame *to,
		     enum flame_side side, uint64_t count)
{
	unsigned int from = first_name(n, s);
	const char *names[MAX_NAMES + 1];

	if (from < s->nr)
		return flame_add(to, side, (const char *const *)s->names + from, s->nr - from,
				 count);
	names[0] = FLAME_NO_CALLER;
	memcpy(names + 1, s->names, s->nr * sizeof(*names));
	return flame_add(to, side, names, s->nr + 1, count);
}

int fold_finish(const struct fold *f, const struct fold_names *names,
		struct flame *to, enum flame_side side)
{
	const struct flame_frame *frame;
	const char *raw[FLAME_DEPTH];
	struct stack *s = calloc(1, sizeof(*s));
	unsigned int nr, i;
	int ret = s ? 0 : -ENOMEM;

	for (frame = f->raw->root.child; frame && !ret;
	     frame = flame_next(frame)) {
		if (!frame->self[FLAME_A])
			continue;
		nr = flame_path(frame, raw, FLAME_DEPTH);
		for (i = 0; i < nr && !ret; i++)
			ret = name_frame(s, names, raw[i]);
		/* nothing known of it is still a sample */
		if (!ret && !s->nr)
			ret = push(s, names, "[unknown]", 9, false, "");
		if (!ret)
			ret = add_stack(names, s, to, side, frame->self[FLAME_A]);
		clear(s);
	}
	free(s);
	return ret;
}
