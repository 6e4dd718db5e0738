/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The executor's language: lines of text, so that the same requests serve a pipe here,
 * a serial port in a guest, and the module's control file.
 *
 *   in                                   out
 *   group THREADS [CPU...]               ok | error MESSAGE
 *   cell ID KEY=VALUE...                 ok | error MESSAGE
 *   alias ID OF                          ok | error MESSAGE
 *   calibrate ID NS                      ns NS_PER_OP | error MESSAGE
 *   window NS                            ok
 *   canary EVERY_ROUNDS                  ok
 *   events [EVENT...]                    events STATE:COST... | error MESSAGE
 *   step ROUND POS CELL B OPS            (nothing: queued)
 *   step ROUND POS CELL O SAMPLES EVERY  (nothing: queued)
 *   go                                   B..., O..., K..., then ok | error MESSAGE
 *   counters ID                          counters COMMANDS SYNCS ERRORS REPEATS ATTACHES TIMEOUTS
 *   timer                                timer COST_NS TICK_NS
 *   end                                  ok
 *
 *   B ROUND POS CELL OPS NS RECLAIM_NS IVCSW [OPS:START_NS:STOP_NS...] [@ATTACHES:NS:NS]
 *     [%VALUE:ENABLED_NS:RUNNING_NS...]
 *   O ROUND POS CELL IVCSW NS...
 *   K ROUND ADD_NS PINGPONG_NS
 *
 * EVENT is TYPE:CONFIG:CONFIG1:CONFIG2:MODES, numbers of perf_event_open(2) and u, k or uk
 * for the modes to count in. STATE is ok, user (in user mode alone), none (not counted on
 * this machine) or denied; COST is what two readings count of themselves, a caller. From
 * then on a block has one % for each EVENT, in their order.
 *
 * Whoever carries the lines knows one more, "quit", which ends the conversation.
 */
#ifndef MEASURE_WIRE_H
#define MEASURE_WIRE_H

#include <stddef.h>

struct wire;

/* Takes a piece of an answer, in order; answers end in a newline. */
typedef void (*wire_put_fn)(void *arg, const char *text, size_t len);

/* NULL when there is no memory. May sleep, as all here. */
struct wire *wire_create(wire_put_fn put, void *arg);

/* Ends the group that is left. Fine with NULL. */
void wire_destroy(struct wire *w);

/**
 * wire_line() - serve one request
 * @w: a conversation
 * @line: without its newline; changed
 *
 * The whole answer has been put when it returns. One call at a time.
 */
void wire_line(struct wire *w, char *line);

#endif
