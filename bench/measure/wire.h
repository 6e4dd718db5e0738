/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker's language: lines of text on its input and output, so that the same
 * worker serves a pipe here and a serial port in a guest.
 *
 *   in                                   out
 *   group THREADS [CPU...]               ok | error MESSAGE
 *   cell ID KEY=VALUE...                 ok | error MESSAGE
 *   alias ID OF                          ok | error MESSAGE
 *   calibrate ID NS                      ns NS_PER_OP | error MESSAGE
 *   window NS                            ok
 *   canary EVERY_ROUNDS                  ok
 *   step ROUND POS CELL B OPS            (nothing: queued)
 *   step ROUND POS CELL O SAMPLES EVERY  (nothing: queued)
 *   go                                   B..., O..., K..., then ok | error MESSAGE
 *   counters ID                          counters COMMANDS SYNCS ERRORS REPEATS ATTACHES TIMEOUTS
 *   timer                                timer COST_NS TICK_NS
 *   end                                  ok
 *   quit                                 (the worker ends, as at the end of input)
 *
 *   B ROUND POS CELL OPS NS RECLAIM_NS IVCSW [OPS:START_NS:STOP_NS...]
 *   O ROUND POS CELL IVCSW NS...
 *   K ROUND ADD_NS PINGPONG_NS
 */
#ifndef MEASURE_WIRE_H
#define MEASURE_WIRE_H

#include <stdio.h>

/* Serves until quit or the end of @in. 0, or 1 when @out can't be written. */
int wire_serve(FILE *in, FILE *out);

#endif
