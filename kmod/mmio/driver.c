// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The platform driver: which SMMUs are the module's. By device tree, a node with our
 * compatible string in place of arm,smmu-v3; else a device, of the tree or of ACPI, that
 * the stock driver hasn't taken, by the parameter mmio=ADDRESS, or by driver_override
 * and drivers_probe.
 *
 * The stock driver can't let go of an SMMU, and reserves the registers of those it
 * has: these are refused.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>

#include "mmio.h"
#include "regs.h"
#include "room.h"

#define DRIVER_NAME	"invbench-smmu"
#define MAX_ADDRESSES	8

static unsigned long long mmio[MAX_ADDRESSES];
static unsigned int nr_mmio;
module_param_array(mmio, ullong, &nr_mmio, 0400);
MODULE_PARM_DESC(mmio,
		 "addresses of SMMUv3s without a driver, as /proc/iomem has them, for device=mmio");

/* In the order of their numbers, which have no gaps. The lock is for their queues, too. */
static DEFINE_MUTEX(smmus_lock);
static LIST_HEAD(smmus);
static unsigned int nr_smmus;

/* ---- who asks for one ---------------------------------------------------- */

struct smmu_mmio *smmu_mmio_get(unsigned int nr)
{
	struct smmu_mmio *m, *found = NULL;

	mutex_lock(&smmus_lock);
	list_for_each_entry(m, &smmus, list)
		if (m->nr == nr)
			found = m;
	if (found)
		found->queues++;
	mutex_unlock(&smmus_lock);
	return found;
}

void smmu_mmio_put(struct smmu_mmio *m)
{
	/* Not a lock of its own: when the last queue is gone it may be gone before the unlock. */
	mutex_lock(&smmus_lock);
	if (!--m->queues)
		wake_up_all(&m->idle);
	mutex_unlock(&smmus_lock);
}

unsigned int smmu_mmio_count(void)
{
	unsigned int n;

	mutex_lock(&smmus_lock);
	n = nr_smmus;
	mutex_unlock(&smmus_lock);
	return n;
}

static int smmus_show(struct seq_file *s, void *unused)
{
	const struct smmu_mmio *m;

	mutex_lock(&smmus_lock);
	list_for_each_entry(m, &smmus, list)
		seq_printf(s,
			   "%u\t%s\t%pa\tSMMUv3.%u stages=%s%s ril=%d ats=%d sev=%d msi=%d coherent=%d depth<=%u errors=%s%s\n",
			   m->nr, dev_name(m->dev), &m->address, m->version, m->s1 ? "1" : "",
			   m->s2 ? "2" : "", !!(m->features & ARM_SMMU_FEAT_RANGE_INV),
			   !!(m->features & ARM_SMMU_FEAT_ATS),
			   !!(m->features & ARM_SMMU_FEAT_SEV), m->msi,
			   !!(m->features & ARM_SMMU_FEAT_COHERENCY), m->max_n_shift,
			   m->irq ? "irq" : "polled", m->dead ? " dead" : "");
	mutex_unlock(&smmus_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(smmus);

void mmio_list_init(struct dentry *folder)
{
	debugfs_create_file("smmus", 0400, folder, NULL, &smmus_fops);
}

/* ---- probing ------------------------------------------------------------- */

static irqreturn_t gerror(int irq, void *m)
{
	return smmu_mmio_gerror(m) ? IRQ_HANDLED : IRQ_NONE;
}

/* Without one, pollers look for errors. */
static void find_irq(struct platform_device *pdev, struct smmu_mmio *m)
{
	int irq = platform_get_irq_byname_optional(pdev, "gerror");
	int ret;

	if (irq < 0)
		irq = platform_get_irq_byname_optional(pdev, "combined");
	if (irq <= 0)
		return;
	ret = devm_request_irq(m->dev, irq, gerror, 0, dev_name(m->dev), m);
	if (!ret)
		ret = smmu_mmio_enable_irq(m, true);
	if (ret)
		dev_warn(m->dev, "no interrupt for errors (%d): pollers look for them\n", ret);
	else
		m->irq = irq;
}

static int find_registers(struct platform_device *pdev, struct smmu_mmio *m)
{
	struct resource *r = platform_get_resource(pdev, IORESOURCE_MEM, 0);

	if (!r || resource_size(r) < SMMU_REG_SIZE)
		return dev_err_probe(m->dev, -ENODEV, "it has no registers of an SMMU\n");
	m->address = r->start;
	if (!devm_request_mem_region(m->dev, m->address, SMMU_REG_SIZE, DRIVER_NAME))
		return dev_err_probe(m->dev, -EBUSY,
				     "the registers at %pa are another driver's, see /proc/iomem: not touched\n",
				     &m->address);
	m->base = devm_ioremap(m->dev, m->address, SMMU_REG_SIZE);
	return m->base ? 0 : -ENOMEM;
}

static void add(struct smmu_mmio *m)
{
	mutex_lock(&smmus_lock);
	m->nr = nr_smmus++;
	list_add_tail(&m->list, &smmus);
	mutex_unlock(&smmus_lock);
}

static int mmio_probe(struct platform_device *pdev)
{
	struct smmu_mmio *m = devm_kzalloc(&pdev->dev, sizeof(*m), GFP_KERNEL);
	int ret;

	if (!m)
		return -ENOMEM;
	m->dev = &pdev->dev;
	mutex_init(&m->lock);
	raw_spin_lock_init(&m->owner_lock);
	init_waitqueue_head(&m->idle);
	ret = find_registers(pdev, m);
	if (!ret)
		ret = smmu_mmio_identify(m);
	if (!ret)
		ret = dma_set_mask_and_coherent(m->dev, DMA_BIT_MASK(m->oas));
	if (!ret)
		ret = smmu_mmio_reset(m);
	if (ret)
		return ret;
	find_irq(pdev, m);
	platform_set_drvdata(pdev, m);
	add(m);
	dev_info(m->dev, "SMMU %u, at %pa, is for device=mmio\n", m->nr, &m->address);
	return 0;
}

/* Cells may be using it: what is asked for happens when they are gone. */
static void mmio_remove(struct platform_device *pdev)
{
	struct smmu_mmio *m = platform_get_drvdata(pdev), *other;

	mutex_lock(&smmus_lock);
	list_del(&m->list);
	nr_smmus--;
	list_for_each_entry(other, &smmus, list)
		if (other->nr > m->nr)
			other->nr--;
	mutex_unlock(&smmus_lock);
	wait_event_idle(m->idle, !READ_ONCE(m->queues));
	/* Who took the last one may still be in smmu_mmio_put(). */
	mutex_lock(&smmus_lock);
	mutex_unlock(&smmus_lock);
	smmu_mmio_enable_irq(m, false);
	smmu_mmio_enable_queue(m, false);
}

static const struct of_device_id mmio_of_match[] = {
	{ .compatible = "invbench,smmu-v3" },
	{}
};
MODULE_DEVICE_TABLE(of, mmio_of_match);

static struct platform_driver mmio_driver = {
	.probe = mmio_probe,
	.remove = mmio_remove,
	.driver = {
		.name = DRIVER_NAME,
		.of_match_table = mmio_of_match,
		/* Cells can't be told to stop. drivers_probe binds all the same. */
		.suppress_bind_attrs = true,
	},
};

/* ---- the module's beginning and end --------------------------------------- */

static int match_address(struct device *dev, const void *address)
{
	struct resource *r = platform_get_resource(to_platform_device(dev), IORESOURCE_MEM, 0);

	return r && r->start == *(const unsigned long long *)address;
}

/* What was asked for must be had. */
static int attach_at(unsigned long long address)
{
	struct device *dev = bus_find_device(&platform_bus_type, NULL, &address, match_address);
	int ret;

	if (!dev) {
		pr_err("mmio=0x%llx: no device has its registers there, see /proc/iomem\n",
		       address);
		return -ENODEV;
	}
	ret = device_driver_attach(&mmio_driver.driver, dev);
	if (ret == -EBUSY && dev->driver == &mmio_driver.driver)
		ret = 0;
	else if (ret == -EBUSY && dev->driver)
		pr_err("mmio=0x%llx: %s has the driver %s: not touched\n", address, dev_name(dev),
		       dev_driver_string(dev));
	put_device(dev);
	return ret;
}

int mmio_init(void)
{
	int ret = platform_driver_register(&mmio_driver);
	unsigned int i;

	if (ret)
		return ret;
	for (i = 0; i < nr_mmio && !ret; i++)
		ret = attach_at(mmio[i]);
	if (ret)
		mmio_exit();
	return ret;
}

void mmio_exit(void)
{
	platform_driver_unregister(&mmio_driver);
}
