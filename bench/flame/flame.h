/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks with counts, of one recording or of two that are held against each other:
 * folded lines in and out, sums by frame, a picture.
 */
#ifndef FLAME_FLAME_H
#define FLAME_FLAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One line for the user. */
struct flame_error {
	char msg[512];
};

enum flame_side { FLAME_A, FLAME_B, FLAME_SIDES };

/* No stack is deeper; of one that is the innermost frames are cut off. */
#define FLAME_DEPTH 1024

/* What a frame's name ends in where it is no function of its own, or the kernel's. */
#define FLAME_INLINED "_[i]"
#define FLAME_KERNEL  "_[k]"

/* What a stack begins with that has none of its roots: whose it is isn't known. */
#define FLAME_NO_CALLER "[no caller]"

/**
 * struct flame_frame - one place in the tree
 * @name: without ';', tabs or newlines
 * @depth: 0 for the root, which stands for everything
 * @self: samples that ended here, by side
 * @total: those and all above it
 * @parent: NULL for the root
 * @child: the first of its callees, in the order of their names
 * @next: the caller's next callee
 */
struct flame_frame {
	char *name;
	unsigned int depth;
	uint64_t self[FLAME_SIDES], total[FLAME_SIDES];
	struct flame_frame *parent, *child, *next;
};

/**
 * struct flame - stacks of one recording, or of two
 * @depth: of the deepest frame
 * @nr_frames: without the root
 * @ns: what all samples of a side are of an operation's time; 0: not known. Where both are
 *	known sides are compared by time, else by their shares
 * @ns_error: its standard error
 */
struct flame {
	struct flame_frame root;
	unsigned int depth, nr_frames;
	double ns[FLAME_SIDES], ns_error[FLAME_SIDES];
};

/* NULL without memory. */
struct flame *flame_new(void);
void flame_free(struct flame *f);

/**
 * flame_add() - one stack
 * @names: outermost first; what can't be in a folded line is replaced
 * @nr: at least 1
 *
 * Adding to what is there merges. Return: 0, -ENOMEM, or -EOVERFLOW for more samples than
 * can be counted.
 */
int flame_add(struct flame *f, enum flame_side side, const char *const *names,
	      unsigned int nr, uint64_t count);

/* Bytes of the UTF-8 letter at @s; 0: it is none, or a control character. */
unsigned int flame_letter(const unsigned char *s);
/* What is none becomes '?': tables, JSON and XML take the rest. */
void flame_clean(char *name);

/* The names from the outermost frame to this one, into @names. How many. */
unsigned int flame_path(const struct flame_frame *frame, const char **names,
			unsigned int max);

/*
 * The frame after this one, callers before callees, callees by name: starts with
 * the root. NULL behind the last.
 */
const struct flame_frame *flame_next(const struct flame_frame *frame);

/*
 * Folded lines: "outer;inner COUNT". -EINVAL with "file:line: ..." for a line that is
 * none, -ENOMEM.
 */
int flame_read(struct flame *f, enum flame_side side, FILE *in,
	       const char *file, struct flame_error *err);
/* In the order of flame_next(): equal trees give equal text. */
void flame_write(const struct flame *f, enum flame_side side, FILE *out);

/**
 * struct flame_sum - a name, wherever it is
 * @self: samples that ended in it
 * @total: samples that had it in their stack, each counted once
 */
struct flame_sum {
	const char *name;
	uint64_t self[FLAME_SIDES], total[FLAME_SIDES];
};

/* One a name, most @self first (of both sides' shares). malloc()ed; NULL without memory. */
struct flame_sum *flame_sums(const struct flame *f, unsigned int *nr);

/* Share of a side, 0..1; 0 of a side without samples. */
double flame_share(const struct flame *f, enum flame_side side, uint64_t count);

/* Whether sides are compared by time. */
bool flame_is_timed(const struct flame *f);

/* What is compared: ns an operation, or flame_share(). */
double flame_part(const struct flame *f, enum flame_side side, uint64_t count);

/**
 * flame_change() - flame_part() in B less that in A
 * @count: samples, by side
 * @noise: twice its standard error, were all samples independent: what is less isn't told
 *	from nothing
 */
double flame_change(const struct flame *f, const uint64_t count[FLAME_SIDES],
		    double *noise);

/* The same in words: "more time in B", "smaller share in B", "within noise". */
const char *flame_word(const struct flame *f, double change, double noise);

/**
 * struct flame_look - what a picture says beside its frames
 * @title: one line
 * @notes: more lines below it, NULL after the last; what is too long is wrapped
 * @against: of two sides: red is more in B, blue less; flame_direction() says of what
 * @name: of the sides, for the words that say the direction; A's alone without @against
 */
struct flame_look {
	const char *title;
	const char *const *notes;
	bool against;
	const char *name[FLAME_SIDES];
};

/* The sentence that says what red and blue are. Into @text; returns it. */
const char *flame_direction(const struct flame *f, const struct flame_look *look,
			    char *text, size_t len);

/* One SVG, whole, with the script for its zoom and search inside. */
void flame_svg(const struct flame *f, const struct flame_look *look, FILE *out);

#endif
