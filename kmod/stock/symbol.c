// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/kconfig.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#include "symbol.h"

void *stock_symbol(const char *name)
{
	struct kprobe probe = { .symbol_name = name };
	void *address;

	/* There a call must know the function's type, which we have no header of. */
	if (IS_ENABLED(CONFIG_CFI_CLANG) || IS_ENABLED(CONFIG_CFI))
		return NULL;
	if (register_kprobe(&probe))
		return NULL;
	address = probe.addr;
	unregister_kprobe(&probe);
	/* Ours have the driver's names. */
	return within_module((unsigned long)address, THIS_MODULE) ? NULL : address;
}
