// SPDX-License-Identifier: GPL-2.0-or-later
/* perf gives an offset in the file, addr2line wants an address. */
#include <elf.h>
#include <errno.h>
#include <string.h>

#include "fold.h"

static int read_at(FILE *in, uint64_t at, void *to, size_t size)
{
	if (fseek(in, (long)at, SEEK_SET) || fread(to, size, 1, in) != 1)
		return -ENOEXEC;
	return 0;
}

static int read_segments(FILE *in, struct elf_map *map)
{
	Elf64_Ehdr e;
	Elf64_Phdr p;
	unsigned int i;

	if (read_at(in, 0, &e, sizeof(e)) ||
	    memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    (e.e_phnum && e.e_phentsize != sizeof(p)))
		return -ENOEXEC;
	map->machine = e.e_machine;
	map->relocatable = e.e_type == ET_REL;
	for (i = 0; i < e.e_phnum && map->nr < 8; i++) {
		if (read_at(in, e.e_phoff + i * sizeof(p), &p, sizeof(p)))
			return -ENOEXEC;
		if (p.p_type != PT_LOAD || !(p.p_flags & PF_X))
			continue;
		map->part[map->nr].offset = p.p_offset;
		map->part[map->nr].size = p.p_filesz;
		map->part[map->nr++].address = p.p_vaddr;
	}
	return 0;
}

int elf_map_read(const char *path, struct elf_map *map)
{
	FILE *in = fopen(path, "re");
	int ret;

	memset(map, 0, sizeof(*map));
	if (!in)
		return -errno;
	ret = read_segments(in, map);
	fclose(in);
	return ret;
}

uint64_t elf_address(const struct elf_map *map, uint64_t offset)
{
	unsigned int i;

	for (i = 0; i < map->nr; i++)
		if (offset >= map->part[i].offset &&
		    offset - map->part[i].offset < map->part[i].size)
			return offset - map->part[i].offset +
			       map->part[i].address;
	return offset;
}
