/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module's main file calls. */
#ifndef STOCK_ROOM_H
#define STOCK_ROOM_H

/* Before the first cell. Binds nothing: the first cell that wants the function does. */
void stock_init(void);

/* Behind the last one. */
void stock_exit(void);

#endif
