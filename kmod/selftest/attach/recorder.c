// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "../selftest.h"
#include "recorder.h"

#include "cmdq.h"
#include "fence.h"
#include "inv_range.h"
#include "invs.h"

static void record_fence(enum smmu_fence f);
static int record_cmdlist(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			  bool sync);
static int record_cmd(struct arm_smmu_device *smmu, struct arm_smmu_cmd cmd);
static int record_cmd_with_sync(struct arm_smmu_device *smmu, struct arm_smmu_cmd cmd);

#define smmu_fence_run				record_fence
#define arm_smmu_cmdq_issue_cmdlist		record_cmdlist
#define arm_smmu_cmdq_issue_cmd			record_cmd
#define arm_smmu_cmdq_issue_cmd_with_sync	record_cmd_with_sync

#include "entry.c"
#include "domain.c"

/* ---- the trace --------------------------------------------------------- */

static struct {
	char text[1 << 16];
	size_t len;
	bool on;
	/* whose entries are looked at before each line, and as they were */
	struct arm_smmu_master *master;
	struct arm_smmu_ste stes[4];
	struct arm_smmu_cd cds[4];
	bool pci_ats;
} trace;

static void __printf(1, 2) trace_line(const char *fmt, ...)
{
	va_list ap;

	if (!trace.on)
		return;
	va_start(ap, fmt);
	trace.len += vsnprintf(trace.text + trace.len, sizeof(trace.text) - trace.len, fmt, ap);
	va_end(ap);
	if (!ktap_expect(trace.len < sizeof(trace.text)))
		trace.len = 0;
}

static void trace_entry(const char *what, unsigned int index, __le64 *seen, const __le64 *now)
{
	unsigned int i;

	if (!memcmp(seen, now, sizeof(__le64) * NUM_ENTRY_QWORDS))
		return;
	trace_line("%s %x:", what, index);
	for (i = 0; i < NUM_ENTRY_QWORDS; i++) {
		if (seen[i] != now[i])
			trace_line(" %u", i);
		seen[i] = now[i];
	}
	trace_line("\n");
}

/* What was stored since the last line comes before the next. */
static void trace_stores(void)
{
	const struct arm_smmu_master *master = trace.master;
	unsigned int i;

	if (!trace.on || !master)
		return;
	for (i = 0; i < master->num_streams && i < ARRAY_SIZE(trace.stes); i++)
		trace_entry("STE", master->streams[i].id, trace.stes[i].data,
			    master->stes[i].data);
	for (i = 0; master->cd_table.table && i < ARRAY_SIZE(trace.cds); i++) {
		if (i >> master->cd_table.s1cdmax)
			break;
		trace_entry("CD", i, trace.cds[i].data, master->cd_table.table[i].data);
	}
	if (trace.pci_ats != master->pci_ats_enabled)
		trace_line("ATS %s\n", master->pci_ats_enabled ? "on" : "off");
	trace.pci_ats = master->pci_ats_enabled;
}

void record_start(struct arm_smmu_master *master)
{
	trace.on = true;
	trace.master = master;
	trace_stores();
	trace.len = 0;
	trace.text[0] = '\0';
}

const char *record_stop(void)
{
	trace_stores();
	trace.on = false;
	return trace.text;
}

void record_reset(void)
{
	trace.on = false;
	trace.master = NULL;
}

static void record_fence(enum smmu_fence f)
{
	trace_stores();
	if (f != SMMU_FENCE_NONE)
		trace_line("%s\n", smmu_fence_name(f));
	smmu_fence(f);
}

/* Commands by their numbers in IHI 0070, chapter 4, not by cmd.h. */
static void record_one(const struct arm_smmu_cmd *cmd)
{
	const u64 w0 = cmd->data[0], w1 = cmd->data[1];
	const unsigned int sid = w0 >> 32, ssid = w0 >> 12 & 0xfffff;

	switch (w0 & 0xff) {
	case 0x01:
		ktap_expect_eq(w0 & 0xffffff00, 0);
		ktap_expect_eq(w1, 0);
		trace_line("prefetch_cfg %x\n", sid);
		break;
	case 0x03:
		ktap_expect_eq(w0 & 0xffffff00, 0);
		ktap_expect_eq(w1, 1);
		trace_line("cfgi_ste %x\n", sid);
		break;
	case 0x05:
		ktap_expect_eq(w0 & 0xf00, 0);
		ktap_expect_eq(w1, 1);
		trace_line("cfgi_cd %x.%x\n", sid, ssid);
		break;
	case 0x11:
	case 0x21:
		ktap_expect_eq(w0 & 0x0000ffffffffff00, 0);
		ktap_expect_eq(w1, 0);
		trace_line("tlbi_%s_asid %x\n", (w0 & 0xff) == 0x11 ? "nh" : "el2",
			   (unsigned int)(w0 >> 48));
		break;
	case 0x28:
		ktap_expect_eq(w0 & 0xffff0000ffffff00, 0);
		ktap_expect_eq(w1, 0);
		trace_line("tlbi_s12_vmall %x\n", (unsigned int)(w0 >> 32));
		break;
	case 0x40:
		/* SSV with a PASID; 52: everything */
		ktap_expect_eq(w0 & 0xf00, ssid ? 0x800 : 0);
		ktap_expect_eq(w1, 52);
		trace_line("atc_inv %x.%x\n", sid, ssid);
		break;
	default:
		ktap_fail("command %llx %llx", (unsigned long long)w0, (unsigned long long)w1);
		break;
	}
}

static int record_cmdlist(struct arm_smmu_device *smmu, struct arm_smmu_cmd *cmds, int n,
			  bool sync)
{
	int i;

	ktap_expect(smmu);
	trace_stores();
	for (i = 0; trace.on && i < n; i++)
		record_one(&cmds[i]);
	if (sync)
		trace_line("sync\n");
	return 0;
}

static int record_cmd(struct arm_smmu_device *smmu, struct arm_smmu_cmd cmd)
{
	return record_cmdlist(smmu, &cmd, 1, false);
}

static int record_cmd_with_sync(struct arm_smmu_device *smmu, struct arm_smmu_cmd cmd)
{
	return record_cmdlist(smmu, &cmd, 1, true);
}

/* ---- a store that says what it is asked ------------------------------- */

static int record_store_init(struct arm_smmu_domain *domain)
{
	struct arm_smmu_invs *invs = arm_smmu_invs_alloc(0);

	if (!invs)
		return -ENOMEM;
	RCU_INIT_POINTER(domain->invs, invs);
	return 0;
}

struct arm_smmu_invs *record_store_invs(struct arm_smmu_domain *domain)
{
	return rcu_dereference_protected(domain->invs, true);
}

static void record_store_destroy(struct arm_smmu_domain *domain)
{
	kfree(record_store_invs(domain));
}

static int record_store_prepare(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	struct arm_smmu_invs *merged = arm_smmu_invs_merge(record_store_invs(domain),
							   txn->to_merge);

	trace_stores();
	trace_line("prepare %s\n", (char *)domain->state);
	if (IS_ERR(merged))
		return PTR_ERR(merged);
	txn->prepared = merged;
	return 0;
}

static void record_store_abort(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	trace_stores();
	trace_line("abort %s\n", (char *)domain->state);
	kfree(txn->prepared);
}

/* No reader is here, so what is replaced can be freed at once. */
static void record_store_replace(struct arm_smmu_domain *domain, struct arm_smmu_invs *invs)
{
	struct arm_smmu_invs *old = record_store_invs(domain);

	rcu_assign_pointer(domain->invs, invs);
	kfree(old);
}

static void record_store_install_new(struct arm_smmu_domain *domain, struct smmu_store_txn *txn)
{
	trace_stores();
	trace_line("publish %s\n", (char *)domain->state);
	record_store_replace(domain, txn->prepared);
}

static void record_store_unref(struct arm_smmu_domain *domain, struct arm_smmu_invs *to_unref)
{
	trace_stores();
	trace_line("unref %s\n", (char *)domain->state);
	arm_smmu_invs_unref(record_store_invs(domain), to_unref);
}

static void record_store_purge(struct arm_smmu_domain *domain)
{
	struct arm_smmu_invs *purged = arm_smmu_invs_purge(record_store_invs(domain));

	trace_stores();
	trace_line("purge %s\n", (char *)domain->state);
	if (purged)
		record_store_replace(domain, purged);
}

const struct smmu_store_ops record_store = {
	.name = "record",
	.init = record_store_init,
	.destroy = record_store_destroy,
	.prepare = record_store_prepare,
	.abort = record_store_abort,
	.install_new = record_store_install_new,
	.unref = record_store_unref,
	.purge = record_store_purge,
};
