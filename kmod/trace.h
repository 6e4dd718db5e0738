/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tracepoints, for perf and for probes: which cell is measured. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM invbench

#if !defined(INVBENCH_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define INVBENCH_TRACE_H

#include <linux/tracepoint.h>

/* A block of a cell begins; -1: it has ended. Not in the time of the block. */
TRACE_EVENT(invbench_block,
	    TP_PROTO(int cell),
	    TP_ARGS(cell),
	    TP_STRUCT__entry(__field(int, cell)),
	    TP_fast_assign(__entry->cell = cell;),
	    TP_printk("cell=%d", __entry->cell));

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
