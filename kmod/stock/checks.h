/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the self-test asks of the stock driver. */
#ifndef STOCK_CHECKS_H
#define STOCK_CHECKS_H

struct subject_error;

/**
 * stock_planted() - what a check with a planted bug comes to
 * @ret: what the check returned
 * @err: its line
 * @caught: in the line of a check that found the bug
 * @missed: the line for one that found nothing
 *
 * Return: as the checks: 0 where the bug was found.
 */
int stock_planted(int ret, struct subject_error *err, const char *caught, const char *missed);

#define STOCK_SKIP	1 /* not here: err says why */

/*
 * Each: 0: as it should be; STOCK_SKIP; or -errno: err says what isn't. One at a time,
 * while no cell of the stock driver's runs. May sleep.
 */

/* An unmapped page takes a device's writes until it is invalidated; 0.4 s. */
int stock_check_stale(struct subject_error *err);

/* The invalidation is left out: the check must see that it is missing. */
int stock_check_stale_planted(struct subject_error *err);

/* The commands of arm_smmu_domain_inv_range() are those of rcu-array, word by word. */
int stock_check_fidelity(struct subject_error *err);

/* A bit of one word of ours is turned: the comparison must see it. */
int stock_check_fidelity_planted(struct subject_error *err);

/* Random merges, unrefs and purges: the driver's arrays are ours; some seconds. */
int stock_check_invs(struct subject_error *err);

/* A count of ours is turned: the comparison must see it. */
int stock_check_invs_planted(struct subject_error *err);

#endif
