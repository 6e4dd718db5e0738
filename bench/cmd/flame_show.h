/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recording for people: tables, JSON, the files of flame/. */
#ifndef CMD_FLAME_SHOW_H
#define CMD_FLAME_SHOW_H

#include <jansson.h>

#include "record.h"
#include "result.h"

/* More than a recording has to say. */
#define FLAME_NOTES 24

/**
 * struct flame_text - what a flame is of
 * @title: one line
 * @name: of each side, in words
 * @file: of each side, for flame/NAME.folded
 * @notes: lines below the title, NULL after the last
 */
struct flame_text {
	char title[512];
	char name[FLAME_SIDES][512];
	char file[FLAME_SIDES][128];
	char lines[FLAME_NOTES][1024];
	const char *notes[FLAME_NOTES + 1];
};

/* One more line of notes; where there is no room, the last one says so. */
void flame_note(struct flame_text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A file's name of somebody's words. */
void flame_file_name(const char *words, char *name, size_t len);

/*
 * Finds the samples within what was timed, so that frames have a part of an operation's
 * time: into @rec->timed. 0 or -ENOMEM.
 */
int flame_time(struct record *rec);

/*
 * Folded stacks and a picture of each side, and the differential one, into the folder
 * flame/ of @r. Names of the files into @files (an array). 0, or -errno with a line.
 */
int flame_files(struct result *r, const struct record *rec,
		const struct flame_text *t, json_t *files, struct plan_error *err);

/* Where the time goes: @top frames by their own samples; changes with two sides. */
void flame_tables(const struct record *rec, const struct flame_text *t,
		  unsigned int top, FILE *out);
json_t *flame_json(const struct record *rec, const struct flame_text *t,
		   unsigned int top);

#endif
