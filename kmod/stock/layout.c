// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bits.h>
#include <linux/btf.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "layout.h"
#include "symbol.h"

#define MAX_DEPTH 8 /* structures in structures, unions in unions */

/**
 * struct layout - an open BTF
 * @btf: of the kernel or the module that has the function asked for last
 * @find: bpf_find_btf_id()
 * @type: btf_type_by_id()
 * @name: btf_name_by_offset()
 * @put: btf_put()
 */
struct layout {
	struct btf *btf;
	s32 (*find)(const char *name, u32 kind, struct btf **btf);
	const struct btf_type *(*type)(const struct btf *btf, u32 id);
	const char *(*name)(const struct btf *btf, u32 offset);
	void (*put)(struct btf *btf);
};

struct layout *layout_open(const char **why)
{
	struct layout *l = kzalloc(sizeof(*l), GFP_KERNEL);

	if (!l) {
		*why = "not enough memory";
		return NULL;
	}
	l->find = stock_symbol("bpf_find_btf_id");
	l->type = stock_symbol("btf_type_by_id");
	l->name = stock_symbol("btf_name_by_offset");
	l->put = stock_symbol("btf_put");
	if (l->find && l->type && l->name && l->put)
		return l;
	kfree(l);
	*why = "the kernel was built without BTF or kprobes";
	return NULL;
}

void layout_close(struct layout *l)
{
	if (!l)
		return;
	if (l->btf)
		l->put(l->btf);
	kfree(l);
}

static const struct btf_type *type_of(const struct layout *l, u32 *id)
{
	const struct btf_type *t = l->type(l->btf, *id);

	while (t) {
		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			*id = t->type;
			t = l->type(l->btf, *id);
			break;
		default:
			return t;
		}
	}
	return NULL;
}

static bool is_struct(const struct btf_type *t)
{
	return t && (BTF_INFO_KIND(t->info) == BTF_KIND_STRUCT ||
		     BTF_INFO_KIND(t->info) == BTF_KIND_UNION);
}

/* Of a pointer or an array: what it points to or is made of. */
static u32 element_of(const struct layout *l, const struct btf_type *t)
{
	u32 id;

	if (BTF_INFO_KIND(t->info) == BTF_KIND_PTR)
		id = t->type;
	else if (BTF_INFO_KIND(t->info) == BTF_KIND_ARRAY)
		id = ((const struct btf_array *)(t + 1))->type;
	else
		return 0;
	return type_of(l, &id) ? id : 0;
}

static size_t size_of(const struct layout *l, u32 id)
{
	const struct btf_type *t = type_of(l, &id);

	if (!t)
		return 0;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
		return sizeof(void *);
	case BTF_KIND_ARRAY:
		return ((const struct btf_array *)(t + 1))->nelems * size_of(l, element_of(l, t));
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return t->size;
	default:
		return 0;
	}
}

u32 layout_param(struct layout *l, const char *function, unsigned int nr)
{
	const struct btf_type *t;
	struct btf *btf;
	s32 id = l->find(function, BTF_KIND_FUNC, &btf);

	if (id <= 0)
		return 0;
	if (l->btf)
		l->put(l->btf);
	l->btf = btf;
	t = l->type(btf, id);
	t = t ? l->type(btf, t->type) : NULL;
	if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_FUNC_PROTO || nr >= BTF_INFO_VLEN(t->info))
		return 0;
	id = ((const struct btf_param *)(t + 1))[nr].type;
	t = type_of(l, (u32 *)&id);
	return t ? element_of(l, t) : 0;
}

/* Adds the offset in bits of a member, which may be one of an anonymous structure's. */
static u32 member_of(const struct layout *l, u32 id, const char *name, size_t len,
		     size_t *bits, unsigned int depth)
{
	const struct btf_type *t = type_of(l, &id);
	const struct btf_member *m;
	unsigned int i;

	if (!is_struct(t) || depth > MAX_DEPTH)
		return 0;
	m = (const struct btf_member *)(t + 1);
	for (i = 0; i < BTF_INFO_VLEN(t->info); i++, m++) {
		const char *its = l->name(l->btf, m->name_off);
		size_t at = BTF_INFO_KFLAG(t->info) ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset;
		u32 found = 0;

		if (!its)
			continue;
		if (!*its)
			found = member_of(l, m->type, name, len, bits, depth + 1);
		else if (strlen(its) == len && !strncmp(its, name, len))
			found = m->type;
		if (found) {
			*bits += at;
			return found;
		}
	}
	return 0;
}

bool layout_field(const struct layout *l, u32 type, const char *path, size_t size,
		  size_t *offset, u32 *target)
{
	const struct btf_type *t;
	size_t bits = 0;
	u32 to = 0;

	for (;;) {
		size_t len = strcspn(path, ".");

		type = member_of(l, type, path, len, &bits, 0);
		if (!type)
			return false;
		if (!path[len])
			break;
		path += len + 1;
	}
	t = type_of(l, &type);
	if (!t || size_of(l, type) != size || bits % BITS_PER_BYTE)
		return false;
	if (target) {
		to = element_of(l, t);
		if (!to)
			return false;
		*target = to;
	}
	*offset = bits / BITS_PER_BYTE;
	return true;
}

size_t layout_size(const struct layout *l, u32 type)
{
	return size_of(l, type);
}
