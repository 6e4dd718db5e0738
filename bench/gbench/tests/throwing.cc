// SPDX-License-Identifier: GPL-2.0-or-later
/* Callbacks of a user who writes C++. */
#include <stdexcept>

#include "gbench.h"

extern "C" {

void throw_at_once(struct gb_state *, void *)
{
	throw std::runtime_error("no luck");
}

void throw_in_loop(struct gb_state *st, void *)
{
	if (gb_next_batch(st, 1))
		throw 1;
}

int throw_in_setup(struct gb_state *, void *)
{
	throw std::runtime_error("no setup");
}

} /* extern "C" */
