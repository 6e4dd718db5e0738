/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events as a PMU of sysfs describes them: armv8_pmuv3_0/stall_backend/. */
#ifndef CMD_PMU_H
#define CMD_PMU_H

#include "plan.h"

#define PMU_ROOT "/sys/bus/event_source/devices"

/* PMU/TERM[=VALUE],.../ with nothing behind it. */
bool pmu_is_event(const char *text);

/**
 * pmu_event() - the numbers of such an event
 * @root: PMU_ROOT, or a folder like it
 * @text: PMU/TERM[=VALUE],.../; a term is one of the PMU's events, or a field of its format
 * @out: type, config, config1, config2
 * @err: one line that says which word is wrong
 *
 * Return: 0 or -EINVAL.
 */
int pmu_event(const char *root, const char *text, struct exec_event *out, struct plan_error *err);

#endif
