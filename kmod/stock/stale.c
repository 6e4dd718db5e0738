// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stale translation, end to end: what was unmapped without an invalidation still
 * takes a device's writes; behind the invalidation they fault. The proof that this
 * machine's SMMU shows what a missing invalidation would do.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "attached.h"
#include "checks.h"
#include "edu.h"
#include "subject.h"

#define IOVA	SZ_1M
#define WORD	sizeof(u32) /* edu faults once for each four bytes: one event */
#define BEFORE	0x11111111U
#define DMA	0x22222222U

/**
 * struct stale - the test's own
 * @a: the device and its domain
 * @edu: the device
 * @word: what it writes to, a page of its own
 * @forget: for the test of the test: the invalidation comes too late
 * @err: one line
 */
struct stale {
	struct stock_attached a;
	struct edu edu;
	u32 *word;
	bool forget;
	struct subject_error *err;
};

static __printf(2, 3) int fail(struct stale *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->err->msg, sizeof(s->err->msg), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* Has the device's word arrived where it was sent? The memory is as before, if not. */
static int write_lands(struct stale *s, bool expected, const char *when)
{
	u32 now;
	int ret;

	WRITE_ONCE(*s->word, BEFORE);
	ret = edu_write(&s->edu, IOVA, WORD);
	if (ret)
		return fail(s, "%s: edu doesn't end its transfer: %d", when, ret);
	now = READ_ONCE(*s->word);
	if (now == (expected ? DMA : BEFORE))
		return 0;
	return fail(s, "%s: edu's write %s: the word is %#x", when,
		    now == DMA ? "landed" : "was lost", now);
}

static int unmap_in_two_steps(struct stale *s)
{
	struct iommu_iotlb_gather gather;
	int ret;

	iommu_iotlb_gather_init(&gather);
	if (iommu_unmap_fast(s->a.domain, IOVA, PAGE_SIZE, &gather) != PAGE_SIZE)
		return fail(s, "iommu_unmap_fast() failed");
	if (iommu_iova_to_phys(s->a.domain, IOVA))
		return fail(s, "the table still maps what was unmapped");
	ret = write_lands(s, true, "unmapped, not invalidated");
	if (!s->forget)
		iommu_iotlb_sync(s->a.domain, &gather);
	if (!ret)
		ret = write_lands(s, false, "unmapped and invalidated");
	if (s->forget)
		iommu_iotlb_sync(s->a.domain, &gather);
	return ret;
}

static int with_a_mapping(struct stale *s)
{
	int ret;

	ret = iommu_map(s->a.domain, IOVA, virt_to_phys(s->word), PAGE_SIZE,
			IOMMU_READ | IOMMU_WRITE, GFP_KERNEL);
	if (ret)
		return fail(s, "iommu_map(): %d", ret);
	WRITE_ONCE(*s->word, DMA);
	ret = edu_read(&s->edu, IOVA, WORD);
	if (ret)
		ret = fail(s, "edu doesn't end its transfer: %d", ret);
	else
		ret = write_lands(s, true, "mapped");
	if (ret) {
		iommu_unmap(s->a.domain, IOVA, PAGE_SIZE);
		return ret;
	}
	return unmap_in_two_steps(s);
}

static int with_edu(struct stale *s)
{
	int ret;

	if (!edu_is(s->a.pdev)) {
		fail(s, "%s is no edu device of QEMU's", pci_name(s->a.pdev));
		return STOCK_SKIP;
	}
	ret = edu_open(&s->edu, s->a.pdev);
	if (ret)
		return fail(s, "edu can't be enabled: %d", ret);
	ret = with_a_mapping(s);
	edu_close(&s->edu);
	return ret;
}

static int check(bool forget, struct subject_error *err)
{
	struct stale s = { .forget = forget, .err = err };
	int ret;

	s.word = (u32 *)get_zeroed_page(GFP_KERNEL);
	if (!s.word)
		return fail(&s, "not enough memory for a page");
	ret = stock_attached_open(&s.a, err);
	if (!ret) {
		ret = with_edu(&s);
		stock_attached_close(&s.a);
	}
	free_page((unsigned long)s.word);
	return ret;
}

int stock_check_stale(struct subject_error *err)
{
	return check(false, err);
}

int stock_check_stale_planted(struct subject_error *err)
{
	return stock_planted(check(true, err), err,
			     "unmapped and invalidated: edu's write landed",
			     "a missing invalidation was not seen");
}
