/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine says of itself: files of /proc, /sys and /boot, and what has to be asked
 * by trying. Of this machine, or of a record of another one (record.sh), which reads alike.
 */
#ifndef DOCTOR_LOOK_H
#define DOCTOR_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct look;

/* Texts, names and answers are ASCII: whatever else a machine says becomes a '?'. */

enum look_found {
	LOOK_ABSENT,
	LOOK_DENIED, /* there, but not for us to read */
	LOOK_THERE,
};

/**
 * struct look_places - where on this machine the tool has its own
 * @probe: path of invbench-probe, which is asked what attaches
 * @cache: of kernels and builds
 */
struct look_places {
	const char *probe, *cache;
};

/* This machine. @places must stay. */
struct look *look_live(const struct look_places *places);

/**
 * look_record() - a machine by its record
 * @in: what record.sh printed
 * @line: on failure, the line that is wrong, from 1
 *
 * Return: the record, or NULL: not a record.
 */
struct look *look_record(FILE *in, unsigned int *line);
void look_free(struct look *l);
bool look_is_live(const struct look *l);

/* The first line of a file, without its end; "" unless LOOK_THERE. */
enum look_found look_line(const struct look *l, char *buf, size_t len,
			  const char *path, ...)
	__attribute__((format(printf, 4, 5)));
/* As much of it as there is room for; "" unless LOOK_THERE. */
enum look_found look_text(const struct look *l, char *buf, size_t len,
			  const char *path);
/* At most @len bytes of a file, whatever they are; how many, or -1. */
long look_bytes(const struct look *l, void *buf, size_t len, const char *path);
enum look_found look_for(const struct look *l, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
/* The last name of what a link points at; false when it is none. */
bool look_link(const struct look *l, char *buf, size_t len, const char *path,
	       ...) __attribute__((format(printf, 4, 5)));

/* Names in a folder, sorted as versions are; for look_list_free(). */
struct look_list {
	char **names;
	size_t nr;
};

struct look_list look_list(const struct look *l, const char *path, ...)
	__attribute__((format(printf, 2, 3)));
void look_list_free(struct look_list *list);

/**
 * look_ask() - what has to be tried, run or computed rather than read
 * @question: "release", "perf cycles": ask.c has them all, record.sh some
 *
 * Return: the answer, free() it; NULL when it has none, or a record wasn't asked.
 */
char *look_ask(const struct look *l, const char *question);

/* As look_ask(), its first line; false, and "", where there is none. */
bool look_ask_line(const struct look *l, const char *question, char *buf,
		   size_t len);

/* On this machine, of look_ask(); ask.c. */
char *ask_live(const struct look_places *places, const char *question);

/* Out of memory ends the tool: the report is all that is left to do by then. */
void *look_check(void *p);
char *look_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
