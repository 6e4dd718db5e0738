/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Path lengths: a list of rows, what was counted for each, and the judgement: against
 * another row of the list, and against the figures that are in the repository. Nothing
 * here boots or measures.
 */
#ifndef PATHLEN_PATHLEN_H
#define PATHLEN_PATHLEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "subject.h"

#define PATHLEN_NAME 32
#define PATHLEN_TEXT 160

/* Figures closer than this are one, as a reference has it: to 3 digits, of 256ths. */
#define PATHLEN_SAME 0.002

/**
 * struct pathlen_row - a row of pathlen.list
 * @name: its name
 * @held: index of the row that it is held against, or -1
 * @percent: by how much it may differ from that, either way
 * @few: as few operations as make a figure: one takes long
 * @params: the cell, checked
 */
struct pathlen_row {
	char name[PATHLEN_NAME];
	int held;
	unsigned int percent;
	bool few;
	struct subject_params params;
};

struct pathlen_list {
	struct pathlen_row *rows;
	size_t nr;
};

/**
 * pathlen_list_read() - a list of rows
 * @path: the file; its head says how a row is written
 * @l: filled in
 * @err: on failure a line: file:line, the value, the valid ones
 *
 * Return: 0, for pathlen_list_free(); or -EINVAL with nothing left behind.
 */
int pathlen_list_read(const char *path, struct pathlen_list *l,
		      struct subject_error *err);
void pathlen_list_free(struct pathlen_list *l);

/* Index of a row, or -1. */
int pathlen_list_find(const struct pathlen_list *l, const char *name);

/**
 * struct pathlen_figure - what was counted for a row
 * @wanted: it was to be counted
 * @known: it was: else the cell can't be there, and @why says why
 * @value: instructions of one operation
 */
struct pathlen_figure {
	bool wanted, known;
	double value;
	char why[PATHLEN_TEXT];
};

/* Shortest blocks of a cell, of @base and of @base + @ops operations. */
struct pathlen_blocks {
	uint64_t base, ops;
	uint64_t base_ns, more_ns;
};

void pathlen_blocks_init(struct pathlen_blocks *b, uint64_t base, uint64_t ops);
/* A block of @ops operations took @ns. */
void pathlen_blocks_add(struct pathlen_blocks *b, uint64_t ops, uint64_t ns);
/* Instructions of one operation, the loop's own included; < 0: blocks are missing. */
double pathlen_blocks_figure(const struct pathlen_blocks *b);

/**
 * struct pathlen_place - what a figure depends on beside our source
 * @kernel: its release
 * @compiler: of the module
 * @qemu: its version; for the record
 */
struct pathlen_place {
	char kernel[PATHLEN_TEXT], compiler[PATHLEN_TEXT], qemu[PATHLEN_TEXT];
};

/* A line of a reference: as struct pathlen_figure. */
struct pathlen_was {
	char name[PATHLEN_NAME];
	bool known;
	double value;
};

struct pathlen_reference {
	struct pathlen_place place;
	struct pathlen_was *rows;
	size_t nr;
};

/* As pathlen_list_read(); -ENOENT: there is no such file. */
int pathlen_reference_read(const char *path, struct pathlen_reference *r,
			   struct subject_error *err);
void pathlen_reference_free(struct pathlen_reference *r);

/* Writes what pathlen_reference_read() reads, whole or not at all. 0 or -errno. */
int pathlen_reference_write(const char *path, const struct pathlen_place *place,
			    const struct pathlen_list *l,
			    const struct pathlen_figure *f,
			    struct subject_error *err);

/* Whether figures of both can be compared; if not, a line in @err. */
bool pathlen_same_place(const struct pathlen_place *a,
			const struct pathlen_place *b,
			struct subject_error *err);

/* Of a reference that has the row, in the row's order; NULL: it hasn't. */
const struct pathlen_was *
pathlen_reference_find(const struct pathlen_reference *r, const char *name);

/* By how much a row differs from the one that it is held against, in %. */
bool pathlen_difference(const struct pathlen_list *l,
			const struct pathlen_figure *f, size_t i,
			double *percent);

/**
 * pathlen_judge() - find what is wrong
 * @l: rows
 * @f: a figure a row
 * @r: reference, or NULL
 * @whole: every row was wanted: one that is in the reference alone is a finding, too
 * @say: called with a line for each finding
 * @arg: for @say
 *
 * Return: number of findings.
 */
unsigned int pathlen_judge(const struct pathlen_list *l,
			   const struct pathlen_figure *f,
			   const struct pathlen_reference *r, bool whole,
			   void (*say)(void *arg, const char *line), void *arg);

#endif
