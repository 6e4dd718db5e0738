/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of the kernel that aren't exported to modules. */
#ifndef STOCK_SYMBOL_H
#define STOCK_SYMBOL_H

/**
 * stock_symbol() - the address of a function of this kernel
 * @name: its name
 *
 * By a kprobe that is gone before this returns: nothing is traced. May sleep.
 * Return: NULL where there is no such function but in our module, or no kprobe can be
 * set.
 */
void *stock_symbol(const char *name);

#endif
