/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a key's text stands for: lists, ranges, "all", "cpus". */
#ifndef PLAN_VALUES_H
#define PLAN_VALUES_H

#include "job.h"

#define MAX_VALUES 4096

/**
 * struct values - the values of one axis
 * @v: as text, as subject_params_set() takes them
 * @nr: how many
 * @all: "all" was said: what is impossible is left out rather than refused
 */
struct values {
	char (*v)[48];
	unsigned int nr;
	bool all;
};

/*
 * Items between commas: a value; "all" (of a named axis); A..B (each), A..B*2
 * (doubling), A..B+3 (steps), B may be "cpus"; "cpus" for the CPUs there are,
 * "cpus-1" likewise.
 * Every value is checked against the axis.
 */
int values_parse(struct values *out, const struct job_key *k,
		 const struct subject_axis *axis, unsigned int cpus,
		 struct plan_error *err);
void values_free(struct values *v);

/* A whole number of a group key, within min..max. */
int values_number(uint64_t *out, const struct job_key *k, uint64_t min,
		  uint64_t max, struct plan_error *err);

#endif
