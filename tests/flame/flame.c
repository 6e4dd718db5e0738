// SPDX-License-Identifier: GPL-2.0-or-later
/* Trees of stacks: folded lines, merging, sums, two sides. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

static int read_text(struct flame *f, enum flame_side side, const char *text,
		     struct flame_error *err)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	int ret;

	assert_non_null(in);
	ret = flame_read(f, side, in, "x.folded", err);
	fclose(in);
	return ret;
}

void take(struct flame *f, enum flame_side side, const char *text)
{
	struct flame_error err;

	assert_int_equal(read_text(f, side, text, &err), 0);
}

char *folded(const struct flame *f, enum flame_side side)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	flame_write(f, side, out);
	fclose(out);
	return text;
}

const struct flame_frame *at(const struct flame *f, const char *path)
{
	const struct flame_frame *frame;
	const char *names[FLAME_DEPTH];
	char text[512];
	unsigned int nr, i;

	for (frame = f->root.child; frame; frame = flame_next(frame)) {
		nr = flame_path(frame, names, FLAME_DEPTH);
		*text = '\0';
		for (i = 0; i < nr; i++) {
			strcat(text, i ? ";" : "");
			strcat(text, names[i]);
		}
		if (!strcmp(text, path))
			return frame;
	}
	fail_msg("no frame %s", path);
	return NULL;
}

static void folded_and_back(void **state)
{
	struct flame *f = flame_new();
	char *text;

	(void)state;
	take(f, FLAME_A, "main;b 2\nmain;a;operator new(int) 3\n\n# words\nmain;b 5\nmain 1\n");
	text = folded(f, FLAME_A);
	assert_string_equal(text, "main 1\nmain;a;operator new(int) 3\nmain;b 7\n");
	assert_int_equal(f->root.total[FLAME_A], 11);
	assert_int_equal(at(f, "main;a")->total[FLAME_A], 3);
	assert_int_equal(at(f, "main;a")->self[FLAME_A], 0);
	assert_int_equal(f->depth, 3);
	assert_int_equal(f->nr_frames, 4);
	free(text);
	/* merging is adding */
	take(f, FLAME_A, "main;a 4\n");
	assert_int_equal(at(f, "main;a")->total[FLAME_A], 7);
	assert_int_equal(f->nr_frames, 4);
	text = folded(f, FLAME_B);
	assert_string_equal(text, "");
	free(text);
	flame_free(f);
}

static void bad_lines(void **state)
{
	static const char *const bad[] = { "main\n",	  "main;a x\n",
					   "main;a 3x\n", " 3\n",
					   "main -1\n",	  "a 99999999999999999999\n" };
	struct flame_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct flame *f = flame_new();
		char text[64];

		snprintf(text, sizeof(text), "ok 1\n%s", bad[i]);
		assert_int_equal(read_text(f, FLAME_A, text, &err), -EINVAL);
		assert_non_null(strstr(err.msg, "x.folded:2: '"));
		flame_free(f);
	}
}

static void names_that_would_break_a_line(void **state)
{
	static const char *const names[] = { "a;b", "c\nd", "" };
	struct flame *f = flame_new();
	char *text;

	(void)state;
	assert_int_equal(flame_add(f, FLAME_A, names, 3, 2), 0);
	text = folded(f, FLAME_A);
	assert_string_equal(text, "a:b;c d;[unknown] 2\n");
	free(text);
	flame_free(f);
}

static void too_deep(void **state)
{
	static const char *names[2 * FLAME_DEPTH];
	struct flame *f = flame_new();
	unsigned int i;

	(void)state;
	for (i = 0; i < 2 * FLAME_DEPTH; i++)
		names[i] = "f";
	assert_int_equal(flame_add(f, FLAME_A, names, 2 * FLAME_DEPTH, 1), 0);
	assert_int_equal(f->depth, FLAME_DEPTH);
	assert_int_equal(f->root.total[FLAME_A], 1);
	flame_free(f);
}

static const struct flame_sum *sum(const struct flame_sum *all, unsigned int nr,
				   const char *name)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	fail_msg("no frame is called %s", name);
	return NULL;
}

static void sums_count_a_sample_once(void **state)
{
	struct flame *f = flame_new();
	struct flame_sum *all;
	unsigned int nr;

	(void)state;
	take(f, FLAME_A, "main;walk;walk;issue 3\nmain;walk;issue 2\nmain;walk 4\nmain;issue 1\n");
	all = flame_sums(f, &nr);
	assert_int_equal(nr, 3);
	assert_int_equal(sum(all, nr, "walk")->total[FLAME_A], 9);
	assert_int_equal(sum(all, nr, "walk")->self[FLAME_A], 4);
	assert_int_equal(sum(all, nr, "issue")->total[FLAME_A], 6);
	assert_string_equal(all[0].name, "issue");
	assert_string_equal(all[1].name, "walk");
	free(all);
	flame_free(f);
}

/* A hundred times the samples are no change: each side counts by its own total. */
static void sides_of_unlike_length(void **state)
{
	struct flame *f = flame_new();
	double noise;

	(void)state;
	take(f, FLAME_A, "main;a 600\nmain;b 400\n");
	take(f, FLAME_B, "main;a 60000\nmain;b 40000\n");
	assert_float_equal(flame_change(f, at(f, "main;a")->total, &noise), 0, 0.000001);
	assert_true(noise > 0.02 && noise < 0.05);
	flame_free(f);
}

/* One frame doubles: its share grows, all others shrink. */
static void a_frame_that_doubles(void **state)
{
	struct flame *f = flame_new();
	double noise, change;

	(void)state;
	take(f, FLAME_A, "main;a 1000\nmain;b 1000\n");
	take(f, FLAME_B, "main;a 1000\nmain;b 2000\n");
	change = flame_change(f, at(f, "main;b")->total, &noise);
	assert_float_equal(change, 2. / 3 - 1. / 2, 0.000001);
	assert_true(change > noise);
	change = flame_change(f, at(f, "main;a")->total, &noise);
	assert_float_equal(change, 1. / 3 - 1. / 2, 0.000001);
	assert_true(change < -noise);
	/* all is all on both sides */
	change = flame_change(f, f->root.total, &noise);
	assert_float_equal(change, 0, 0.000001);
	flame_free(f);
}

/* By time, and no more certain than the time of an operation is. */
static void parts_of_an_operation(void **state)
{
	struct flame *f = flame_new();
	double noise, exact, change;

	(void)state;
	take(f, FLAME_A, "main;a 4000\nmain;b 6000\n");
	take(f, FLAME_B, "main;a 2000\nmain;b 8000\n");
	assert_string_equal(flame_word(f, 0.1, 0.2), "within noise");
	assert_string_equal(flame_word(f, 0.3, 0.2), "larger share in B");
	assert_string_equal(flame_word(f, -0.3, 0.2), "smaller share in B");
	f->ns[FLAME_A] = 2;
	assert_false(flame_is_timed(f));
	f->ns[FLAME_B] = 10;
	assert_true(flame_is_timed(f));
	change = flame_change(f, at(f, "main;a")->total, &exact);
	assert_float_equal(change, 2 - 0.8, 0.000001);
	assert_true(exact > 0.08 && exact < 0.09);
	assert_string_equal(flame_word(f, change, exact), "more time in B");
	f->ns_error[FLAME_B] = 5;
	assert_float_equal(flame_change(f, at(f, "main;a")->total, &noise), change, 0.000001);
	assert_float_equal(noise, sqrt(exact * exact + 4 * 0.2 * 0.2 * 25), 0.000001);
	flame_free(f);
}

static void more_than_can_be_counted(void **state)
{
	struct flame *f = flame_new();
	struct flame_error err;

	(void)state;
	assert_int_equal(read_text(f, FLAME_A,
				   "main;a 18446744073709551615\nmain;b 1\n", &err),
			 -EOVERFLOW);
	assert_string_equal(err.msg, "x.folded:2: more samples than can be counted");
	assert_true(f->root.total[FLAME_A] == UINT64_MAX);
	flame_free(f);
}

/* Two of three prove little. */
static void few_samples_are_noise(void **state)
{
	struct flame *f = flame_new();
	double noise, change;

	(void)state;
	take(f, FLAME_A, "main;a 2\nmain;b 1\n");
	take(f, FLAME_B, "main;a 1\nmain;b 2\n");
	change = flame_change(f, at(f, "main;b")->total, &noise);
	assert_float_equal(change, 1. / 3, 0.000001);
	assert_true(change < noise);
	flame_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(folded_and_back),
		cmocka_unit_test(bad_lines),
		cmocka_unit_test(names_that_would_break_a_line),
		cmocka_unit_test(too_deep),
		cmocka_unit_test(sums_count_a_sample_once),
		cmocka_unit_test(sides_of_unlike_length),
		cmocka_unit_test(a_frame_that_doubles),
		cmocka_unit_test(parts_of_an_operation),
		cmocka_unit_test(more_than_can_be_counted),
		cmocka_unit_test(few_samples_are_noise),
	};
	int failed = cmocka_run_group_tests_name("stacks", tests, NULL, NULL);

	return failed + run_names() + run_picture();
}
