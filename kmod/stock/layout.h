/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the running kernel keeps what in structures of which modules see no header:
 * by its own BTF, so that no version is compiled in.
 */
#ifndef STOCK_LAYOUT_H
#define STOCK_LAYOUT_H

#include <linux/types.h>

struct layout;

/**
 * layout_open() - the kernel's BTF
 * @why: set to one phrase on failure
 *
 * May sleep. Return: NULL where the kernel has none, or doesn't let it be read.
 */
struct layout *layout_open(const char **why);
void layout_close(struct layout *l);

/**
 * layout_param() - the structure that a function's argument points to
 * @l: layout
 * @function: its name; it tells apart what has the same name in two drivers
 * @nr: which argument, from 0
 *
 * Return: a type's number, or 0.
 */
u32 layout_param(struct layout *l, const char *function, unsigned int nr);

/**
 * layout_field() - where a field is
 * @l: layout
 * @type: number of a structure
 * @path: names parted by dots; a pointer ends it, unless @target is given
 * @size: of the field as the caller is going to read it, bytes
 * @offset: set to that of the last name in the structure, bytes
 * @target: set to the number of the structure that the field points to; or NULL
 *
 * Return: false, and nothing set, where there is no such field, or it has another size.
 */
bool layout_field(const struct layout *l, u32 type, const char *path, size_t size,
		  size_t *offset, u32 *target);

/* Bytes of a structure, or 0. */
size_t layout_size(const struct layout *l, u32 type);

#endif
