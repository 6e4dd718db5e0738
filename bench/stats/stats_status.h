/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef INVBENCH_STATS_STATUS_H
#define INVBENCH_STATS_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum stats_status - how a call ended
 * @STATS_OK:		estimate and interval are known
 * @STATS_NO_INTERVAL:	the estimate is known, its interval isn't (too few samples)
 * @STATS_EMPTY:	nothing usable was handed in; all figures are NaN
 * @STATS_BELOW_TIMER:	the operation is too short for single samples
 * @STATS_BELOW_FLOOR:	a cost net of its floor isn't above 0: no ratio of it exists
 * @STATS_UNSETTLED:	the warm-up didn't end within its bounds
 * @STATS_BAD_ARG:	an argument is outside its range; nothing was written
 * @STATS_NOMEM:	out of memory; nothing was written
 */
enum stats_status {
	STATS_OK = 0,
	STATS_NO_INTERVAL,
	STATS_EMPTY,
	STATS_BELOW_TIMER,
	STATS_BELOW_FLOOR,
	STATS_UNSETTLED,
	STATS_BAD_ARG,
	STATS_NOMEM,
};

/**
 * stats_status_name() - a status in words, for messages
 * @s: the status
 *
 * Return: a constant string, never NULL.
 */
const char *stats_status_name(enum stats_status s);

#ifdef __cplusplus
}
#endif

#endif /* INVBENCH_STATS_STATUS_H */
