// SPDX-License-Identifier: GPL-2.0-or-later
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>

#include "spare.h"
#include "subject.h"

static char *stock_dev;
module_param(stock_dev, charp, 0400);
MODULE_PARM_DESC(stock_dev,
		 "spare PCI function for op=iommu-*, dma-* and store=stock, as 0000:00:02.0; no driver may hold it");

/* All of it changes under the mutex. */
static DEFINE_MUTEX(lock);
static struct pci_dev *ours;		    /* bound, or about to be */
static struct iommu_domain *current_domain; /* NULL: the default one */
static bool registered;

/* Its own numbers: whatever else is of the kind is turned down by probe. */
static struct pci_device_id ids[2];

static int stock_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return pdev == ours ? 0 : -ENODEV;
}

static void stock_remove(struct pci_dev *pdev)
{
}

static struct pci_driver driver = {
	.name = KBUILD_MODNAME,
	.id_table = ids,
	.probe = stock_probe,
	.remove = stock_remove,
	.driver = {
		/* Its cells refer to it: only unloading the module takes it away. */
		.suppress_bind_attrs = true,
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

static __printf(2, 3) int refuse(struct subject_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static struct pci_dev *named(struct subject_error *err)
{
	unsigned int domain, bus, slot, fn;
	struct pci_dev *pdev;
	char rest;

	if (!stock_dev || !*stock_dev) {
		refuse(err,
		       "the stock driver needs a spare PCI function: load the module with stock_dev=0000:00:02.0 or the like");
		return NULL;
	}
	if (sscanf(stock_dev, "%x:%x:%x.%x%c", &domain, &bus, &slot, &fn, &rest) != 4 ||
	    bus > 0xff || slot > 0x1f || fn > 7) {
		refuse(err,
		       "stock_dev=%.40s is no PCI function: domain:bus:slot.function, as 0000:00:02.0",
		       stock_dev);
		return NULL;
	}
	pdev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, fn));
	if (!pdev)
		refuse(err, "stock_dev=%s: there is no such PCI function", stock_dev);
	return pdev;
}

struct in_use {
	struct device *ours, *other;
};

static int look_at(struct device *dev, void *arg)
{
	struct in_use *u = arg;

	if (dev == u->ours || !READ_ONCE(dev->driver))
		return 0;
	u->other = dev;
	return 1;
}

/* Some kernels make a group of a function only when a driver binds to it. */
static int check_group(struct pci_dev *pdev, bool bound, struct subject_error *err)
{
	struct iommu_group *group = iommu_group_get(&pdev->dev);
	struct in_use u = { .ours = &pdev->dev };
	int ret = 0;

	if (!group)
		return bound ? refuse(err, "stock_dev=%s is behind no IOMMU", stock_dev) : 0;
	if (iommu_group_for_each_dev(group, &u, look_at))
		ret = refuse(err, "stock_dev=%s shares its IOMMU group %d with %s, which %s uses",
			     stock_dev, iommu_group_id(group), dev_name(u.other),
			     dev_driver_string(u.other));
	else if (!bound && iommu_group_dma_owner_claimed(group))
		ret = refuse(err, "stock_dev=%s: its IOMMU group %d is in use", stock_dev,
			     iommu_group_id(group));
	iommu_group_put(group);
	return ret;
}

static int take(struct pci_dev *pdev, struct subject_error *err)
{
	int ret;

	if (READ_ONCE(pdev->dev.driver))
		return refuse(err,
			      "stock_dev=%s is held by %s: unbind it there first, if it is spare",
			      stock_dev, dev_driver_string(&pdev->dev));
	ret = check_group(pdev, false, err);
	if (ret)
		return ret;

	ids[0] = (struct pci_device_id){ PCI_DEVICE(pdev->vendor, pdev->device) };
	ours = pdev;
	ret = pci_register_driver(&driver);
	if (ret)
		return refuse(err, "stock_dev=%s: no driver can be registered: %d", stock_dev, ret);
	registered = true;
	if (pdev->dev.driver != &driver.driver)
		return refuse(err,
			      "stock_dev=%s doesn't bind to this module: is its driver_override another's?",
			      stock_dev);
	ret = check_group(pdev, true, err);
	if (ret)
		return ret;
	/* Whatever the function can: no cell has it transfer anything. */
	if (dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64)))
		return refuse(err, "stock_dev=%s: no DMA mask suits it", stock_dev);
	return 0;
}

static void release(struct pci_dev *pdev)
{
	if (registered)
		pci_unregister_driver(&driver);
	registered = false;
	ours = NULL;
	pci_dev_put(pdev);
}

struct pci_dev *spare_function(struct subject_error *err)
{
	struct pci_dev *pdev;

	mutex_lock(&lock);
	if (!registered) {
		pdev = named(err);
		if (pdev && take(pdev, err))
			release(pdev);
	}
	pdev = ours;
	mutex_unlock(&lock);
	return pdev;
}

static int attach(struct iommu_domain *domain)
{
	int ret = 0;

	if (current_domain == domain)
		return 0;
	if (current_domain)
		iommu_detach_device(current_domain, &ours->dev);
	current_domain = NULL;
	if (domain)
		ret = iommu_attach_device(domain, &ours->dev);
	if (!ret)
		current_domain = domain;
	return ret;
}

int spare_attach(struct iommu_domain *domain)
{
	int ret;

	mutex_lock(&lock);
	ret = attach(domain);
	mutex_unlock(&lock);
	return ret;
}

void spare_forget(struct iommu_domain *domain)
{
	mutex_lock(&lock);
	if (current_domain == domain)
		attach(NULL);
	mutex_unlock(&lock);
}

void spare_release(void)
{
	mutex_lock(&lock);
	if (registered) {
		attach(NULL);
		release(ours);
	}
	mutex_unlock(&lock);
}
