/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which strategy is worth having on this machine: the Pareto front of what a
 * model calls sound, reader ns against attach us.
 */
#ifndef CMD_PICK_H
#define CMD_PICK_H

#include "result.h"
#include "table.h"

enum pick_verdict {
	PICK_SOUND,
	PICK_UNSOUND,
	PICK_NOT_JUDGED,
};

/* What the verdict file says of one strategy in one model. */
struct pick_judgement {
	enum pick_verdict verdict;
	char scenarios
		[160]; /* judged: those that decide; unsound: the failing ones */
	char note[200];
};

/**
 * struct pick_row - one strategy of the run
 * @name: of it
 * @j: soundness
 * @reader: ns of an inv_range
 * @attach: us of an attach + detach
 * @place: on the front, or what dominates it
 * @contradicts: faster than merged in one group, slower in another: not on the front
 * @front: on it (sound ones only)
 * @by: the row that dominates it, or ties with it; -1 for none
 */
struct pick_row {
	char name[64];
	struct pick_judgement j;
	struct stats_result reader, attach;
	bool contradicts, front, tie;
	int by;
};

struct pick {
	struct pick_row rows[64];
	unsigned int nr;
	int baseline; /* merged, or -1 */
	int chosen;   /* -1: none */
	char reason[512];
	char advice[160]; /* for which CPU */
	const char *model;
	double noise_reader, noise_attach;
	uint64_t readers; /* beside the attaches */
};

/* Does the verdict file know this model? 0, or -EINVAL with a line. */
int pick_check_model(const char *verdicts, const char *model,
		     struct plan_error *err);

/*
 * pick_make() - judges the groups of a run
 * @verdicts: path of verdicts.json
 * @model: "aarch64" and so on
 * @arm_smmu: this machine has an arm-smmu-v3
 *
 * -ENOENT where the run has no strategies to choose from (a line says which group
 * is missing), -EINVAL for a damaged verdict file or an unknown model.
 */
int pick_make(struct pick *p, struct judge_group *const *groups,
	      unsigned int nr, const char *verdicts, const char *model,
	      bool arm_smmu, struct plan_error *err);
struct table *pick_table(const struct pick *p);

#endif
