/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DOCTOR_MODULE_H
#define DOCTOR_MODULE_H

#include "doctor.h"

enum lockdown {
	LOCKDOWN_UNKNOWN,
	LOCKDOWN_OFF,
	LOCKDOWN_INTEGRITY,
	LOCKDOWN_CONFIDENTIALITY,
};

enum lockdown lockdown_of(const struct doctor *d);
/* The remedy of the last row: as whoever set the lockdown wants it. */
void lockdown_remedy(struct doctor *d);

#endif
