/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random choices that a seed repeats, and random delays. */
#ifndef TORTURE_RND_H
#define TORTURE_RND_H

#include <linux/delay.h>
#include <linux/types.h>

/* splitmix64 of Vigna: streams of neighbouring seeds have nothing in common. */
static inline u64 torture_seed(u64 seed, u64 stream)
{
	u64 z = seed + (stream + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (z ^ z >> 31) | 1;
}

/* xorshift64* of Marsaglia and Vigna; the state is never 0. */
static inline u32 torture_rnd(u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 0x2545f4914f6cdd1dULL) >> 32;
}

/* 0 to @limit - 1. */
static inline u32 torture_below(u64 *state, u32 limit)
{
	return ((u64)torture_rnd(state) * limit) >> 32;
}

/*
 * Once in @every times, up to @max_us: so that others come between. Busy, hence fine in
 * any context; take @state from choices that are to be repeatable.
 */
static inline void torture_dawdle(u64 *state, u32 every, u32 max_us)
{
	if (!torture_below(state, every))
		udelay(1 + torture_below(state, max_us));
}

#endif
