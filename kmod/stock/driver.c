// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sprintf.h>

#include "driver.h"
#include "layout.h"
#include "subject.h"
#include "symbol.h"

/* The structures that fields are looked for in. */
enum { DOMAIN, INVS, INV, DEVICE, NR_TYPES };

/* Fields: F(name here, structure, path there, bytes). */
#define FIELDS(F)							\
	F(domain, DOMAIN, "domain", sizeof(struct iommu_domain))	\
	F(domain_smmu, DOMAIN, "smmu", sizeof(void *))			\
	F(domain_invs, DOMAIN, "invs", sizeof(void *))			\
	F(num_invs, INVS, "num_invs", sizeof(size_t))			\
	F(inv, INVS, "inv", 0)						\
	F(type, INV, "type", sizeof(u8))				\
	F(size_opcode, INV, "size_opcode", sizeof(u8))			\
	F(nsize_opcode, INV, "nsize_opcode", sizeof(u8))		\
	F(id, INV, "id", sizeof(u32))					\
	F(pgsize, INV, "pgsize", sizeof(size_t))			\
	F(users, INV, "users", sizeof(int))				\
	F(impl_ops, DEVICE, "impl_ops", sizeof(void *))			\
	F(features, DEVICE, "features", sizeof(u32))			\
	F(options, DEVICE, "options", sizeof(u32))			\
	F(indices, DEVICE, "cmdq.q.llq.val", sizeof(u64))		\
	F(shift, DEVICE, "cmdq.q.llq.max_n_shift", sizeof(u32))		\
	F(base, DEVICE, "cmdq.q.base", sizeof(void *))			\
	F(prod_reg, DEVICE, "cmdq.q.prod_reg", sizeof(void *))		\
	F(cons_reg, DEVICE, "cmdq.q.cons_reg", sizeof(void *))		\
	F(valid_map, DEVICE, "cmdq.valid_map", sizeof(void *))		\
	F(owner_prod, DEVICE, "cmdq.owner_prod", sizeof(atomic_t))	\
	F(lock, DEVICE, "cmdq.lock", sizeof(atomic_t))

#define FIELD_ID(name, ...)	F_##name,
enum { FIELDS(FIELD_ID) NR_FIELDS };

static const struct {
	unsigned int type;
	const char *path;
	size_t size;
} fields[] = {
#define FIELD_ROW(name, t, p, s)	{ .type = t, .path = p, .size = s },
	FIELDS(FIELD_ROW)
};

static const char * const type_names[] = {
	[DOMAIN] = "arm_smmu_domain",
	[INVS] = "arm_smmu_invs",
	[INV] = "arm_smmu_inv",
	[DEVICE] = "arm_smmu_device",
};

static DEFINE_MUTEX(lock);
static stock_inv_range_fn inv_range;
static size_t offsets[NR_FIELDS], inv_size;

#define AT(base, field, as)	((as *)((char *)(base) + offsets[F_##field]))
#define READ_AT(base, field, as) \
	READ_ONCE(*(as const *)((const char *)(base) + offsets[F_##field]))

static int not_known(struct subject_error *err, const char *what, const char *path)
{
	snprintf(err->msg, sizeof(err->msg),
		 "store=stock: this kernel's BTF has no %s.%s as the driver of Linux 7.3 has it",
		 what, path);
	return -EINVAL;
}

/* One structure leads to the next. */
static int find_types(struct layout *l, u32 *types, struct subject_error *err)
{
	size_t unused;

	types[DOMAIN] = layout_param(l, "arm_smmu_domain_inv_range", 0);
	if (!types[DOMAIN])
		return not_known(err, "arm_smmu_domain_inv_range()", "smmu_domain");
	if (!layout_field(l, types[DOMAIN], "smmu", sizeof(void *), &unused, &types[DEVICE]))
		return not_known(err, "arm_smmu_domain", "smmu");
	if (!layout_field(l, types[DOMAIN], "invs", sizeof(void *), &unused, &types[INVS]))
		return not_known(err, "arm_smmu_domain", "invs");
	if (!layout_field(l, types[INVS], "inv", 0, &unused, &types[INV]))
		return not_known(err, "arm_smmu_invs", "inv");
	return 0;
}

static int find_fields(struct layout *l, struct subject_error *err)
{
	u32 types[NR_TYPES];
	size_t i;
	int ret = find_types(l, types, err);

	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (!layout_field(l, types[fields[i].type], fields[i].path, fields[i].size,
				  &offsets[i], NULL))
			return not_known(err, type_names[fields[i].type], fields[i].path);
	inv_size = layout_size(l, types[INV]);
	return 0;
}

static stock_inv_range_fn resolve(struct subject_error *err)
{
	stock_inv_range_fn fn = stock_symbol("arm_smmu_domain_inv_range");
	struct layout *l;
	const char *why;
	int ret;

	if (!fn) {
		snprintf(err->msg, sizeof(err->msg),
			 "store=stock: no arm_smmu_domain_inv_range() here: the arm-smmu-v3 driver of Linux 7.3 has it, and kprobes find it");
		return NULL;
	}
	l = layout_open(&why);
	if (!l) {
		snprintf(err->msg, sizeof(err->msg), "store=stock: %s", why);
		return NULL;
	}
	ret = find_fields(l, err);
	layout_close(l);
	return ret ? NULL : fn;
}

stock_inv_range_fn stock_inv_range(struct subject_error *err)
{
	mutex_lock(&lock);
	if (!inv_range)
		inv_range = resolve(err);
	mutex_unlock(&lock);
	return inv_range;
}

void *stock_domain(void *iommu_domain)
{
	return (char *)iommu_domain - offsets[F_domain];
}

size_t stock_domain_invs(const void *smmu_domain, struct stock_inv *invs, size_t max)
{
	const char *array, *inv;
	size_t i, n;

	rcu_read_lock();
	array = rcu_dereference_raw(*(const char __rcu **)AT(smmu_domain, domain_invs, void));
	n = READ_AT(array, num_invs, size_t);
	inv = array + offsets[F_inv];
	for (i = 0; i < min(n, max); i++, inv += inv_size) {
		invs[i].type = READ_AT(inv, type, u8);
		invs[i].size_opcode = READ_AT(inv, size_opcode, u8);
		invs[i].nsize_opcode = READ_AT(inv, nsize_opcode, u8);
		invs[i].id = READ_AT(inv, id, u32);
		invs[i].pgsize = READ_AT(inv, pgsize, size_t);
		invs[i].users = READ_AT(inv, users, int);
	}
	rcu_read_unlock();
	return n;
}

void *stock_domain_smmu(const void *smmu_domain)
{
	return READ_AT(smmu_domain, domain_smmu, void *);
}

u32 stock_options(const void *smmu)
{
	return READ_AT(smmu, options, u32);
}

u32 *stock_features(void *smmu)
{
	return AT(smmu, features, u32);
}

int stock_queue(void *smmu, struct stock_queue *q, struct subject_error *err)
{
	if (READ_AT(smmu, impl_ops, void *)) {
		snprintf(err->msg, sizeof(err->msg),
			 "store=stock: this SMMU may have command queues of its vendor's: device=null and fidelity know the architecture's only");
		return -ENODEV;
	}
	*q = (struct stock_queue){
		.indices = AT(smmu, indices, u64),
		.shift = READ_AT(smmu, shift, u32),
		.base = READ_AT(smmu, base, __le64 *),
		.prod_reg = AT(smmu, prod_reg, void __iomem *),
		.cons_reg = AT(smmu, cons_reg, void __iomem *),
		.valid_map = READ_AT(smmu, valid_map, unsigned long *),
		.owner_prod = AT(smmu, owner_prod, u32),
		.lock = AT(smmu, lock, int),
	};
	return 0;
}
