// SPDX-License-Identifier: GPL-2.0-or-later
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/printk.h>

#include "quiet.h"

static char text_of[16][160];
static unsigned int lines;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void compat_printk(const char *level, const char *fmt, ...)
{
	va_list args;

	(void)level;
	pthread_mutex_lock(&lock);
	va_start(args, fmt);
	vsnprintf(text_of[lines++ % 16], sizeof(text_of[0]), fmt, args);
	va_end(args);
	pthread_mutex_unlock(&lock);
}

unsigned int quiet_lines(const char *text)
{
	unsigned int i, n = 0;

	pthread_mutex_lock(&lock);
	for (i = 0; i < lines && i < 16; i++)
		n += !!strstr(text_of[i], text);
	pthread_mutex_unlock(&lock);
	return n;
}

void quiet_reset(void)
{
	pthread_mutex_lock(&lock);
	lines = 0;
	pthread_mutex_unlock(&lock);
}
