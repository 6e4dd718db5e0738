/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SPARE_H
#define CMD_SPARE_H

#include "plan.h"

/*
 * Is @name a PCI function as the module's stock_dev= wants it? 0, or -EINVAL with a line,
 * which for NULL names some that no driver holds. Whether it is spare, the module says.
 */
int spare_check(const char *name, struct plan_error *err);

#endif
