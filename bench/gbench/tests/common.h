/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests share. Include cmocka.h first. */
#ifndef GBENCH_TESTS_COMMON_H
#define GBENCH_TESTS_COMMON_H

#include <jansson.h>
#include <math.h>
#include <string.h>

#include <gbench.h>

#define assert_near(a, b)                                              \
	do {                                                           \
		double near_a = (a), near_b = (b);                     \
		if (fabs(near_a - near_b) > 1e-9 * fabs(near_b))       \
			fail_msg("%s is %.17g, not %.17g", #a, near_a, \
				 near_b);                              \
	} while (0)

#define assert_error(call, code, word)                         \
	do {                                                   \
		assert_int_equal((call), (code));              \
		if (!strstr(gb_last_error(), (word)))          \
			fail_msg("\"%s\" does not say \"%s\"", \
				 gb_last_error(), (word));     \
	} while (0)

/* A directory of this test's own, and a path in it. */
int make_dir(void **state);
int remove_dir(void **state);
const char *in_dir(const char *name);

json_t *load(const char *path);
/* The @i-th result of a file. */
json_t *result(json_t *file, size_t i);
/* A member that must be there, as text and as a number. */
const char *get_text(const json_t *object, const char *key);
double get_number(const json_t *object, const char *key);
/* The same, numbers within rounding. */
void assert_same_json(const json_t *a, const json_t *b);

/* A reporter that keeps what it was told. */
#define MAX_COPIES 64

struct copy {
	struct gb_run run;
	char name[160];
	char aggregate[32];
	char label[64];
	char message[160];
	struct gb_counter counters[12];
	char counter_names[12][32];
};

extern struct copy got[MAX_COPIES];
extern size_t num_got;
extern unsigned int contexts, finals;
extern const struct gb_reporter keeper;

void keep_runs(const struct gb_run *runs, size_t n, void *ctx);
void keep_final(void *ctx);
/* gb_run_benchmarks() into @got; run_all() where nothing may go wrong. */
int run_filtered(const char *filter);
void run_all(int instances);
/* A counter that must be there. */
const struct gb_counter *get_counter(const struct copy *c, const char *name);

/* gb_clear(), as a teardown of cmocka's. */
int clear(void **state);
/* A benchmark without operations. */
void spin(struct gb_state *st, void *ctx);
struct gb_benchmark *add(const char *name, gb_fn fn, void *ctx);

#endif /* GBENCH_TESTS_COMMON_H */
