/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DOCTOR_COMMANDS_H
#define DOCTOR_COMMANDS_H

#include "doctor.h"

/* Fills in the commands of a report by its rows. */
void commands_judge(struct doctor *d);

#endif
