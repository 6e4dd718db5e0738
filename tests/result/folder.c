// SPDX-License-Identifier: GPL-2.0-or-later
/* The folder of a run: names, whole files, full disks, damage. */
#include <jansson.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"

static const char job[] = "[a]\nstrategy = none, merged\n"
			  "[b]\nptes = 1, 8\n";

static bool is_there(const char *path)
{
	return !access(path, F_OK);
}

static void check_line(const char *text)
{
	assert_null(strchr(text, '\n'));
	assert_true(strlen(text) > 10);
}

static void a_result_has_its_files(void **state)
{
	struct result *r = created(job, "new/er/r/");
	struct plan_error err;

	(void)state;
	assert_string_equal(result_dir(r), "new/er/r");
	assert_true(is_there("new/er/r/plan.json"));
	assert_true(is_there("new/er/r/context.json"));
	assert_true(is_there("new/er/r/samples"));
	assert_true(is_there("new/er/r/plots"));
	assert_false(is_there("new/er/r/plan.json.tmp"));
	assert_int_equal(result_plan(r)->nr_groups, 3);
	assert_true(strlen(result_machine(r)) > 20);
	check_line(result_machine(r));

	assert_int_equal(result_write(r, "plots/x.dat", "1 2\n", 4, &err), 0);
	assert_true(is_there("new/er/r/plots/x.dat"));
	assert_false(is_there("new/er/r/plots/x.dat.tmp"));
	result_close(r);
	remove_result("new");
}

/* What is said while something is measured is there already, under another name. */
static void a_text_grows(void **state)
{
	struct result *r = created(job, "r");
	struct plan_error err;
	struct result_text *t = result_text_begin(r, "samples/x.txt", &err);
	char *text;

	(void)state;
	assert_non_null(t);
	assert_int_equal(result_text_line(t, "one"), 0);
	text = file_text("r", "samples/x.txt.tmp");
	assert_string_equal(text, "one\n");
	free(text);
	assert_false(is_there("r/samples/x.txt"));
	assert_int_equal(result_text_line(t, "two"), 0);
	assert_int_equal(result_text_commit(t, &err), 0);
	text = file_text("r", "samples/x.txt");
	assert_string_equal(text, "one\ntwo\n");
	free(text);
	assert_false(is_there("r/samples/x.txt.tmp"));

	t = result_text_begin(r, "samples/y.txt", &err);
	assert_non_null(t);
	result_text_abandon(t);
	result_text_abandon(NULL);
	assert_false(is_there("r/samples/y.txt.tmp"));
	assert_null(result_text_begin(r, "no/such.txt", &err));
	check_line(err.msg);
	discard(r);
}

static void a_folder_is_never_used_twice(void **state)
{
	struct result *a = created(job, "r"), *b = created(job, "r/"),
		      *c = created(job, "r");

	(void)state;
	assert_string_equal(result_dir(a), "r");
	assert_string_equal(result_dir(b), "r-2");
	assert_string_equal(result_dir(c), "r-3");
	discard(a);
	discard(b);
	discard(c);
}

static void has_keys(const json_t *j, const char *keys)
{
	char *copy = strdup(keys), *rest = copy, *key;

	while ((key = strsep(&rest, " ")))
		if (!json_object_get(j, key))
			fail_msg("context.json lacks %s", key);
	free(copy);
}

static void provenance_is_complete(void **state)
{
	struct result *r = created(job, "r");
	char *text = file_text("r", "context.json");
	json_t *j = json_loads(text, 0, NULL), *j_cpu;

	(void)state;
	assert_non_null(j);
	has_keys(j, "driver date host os arch cmdline clock iommu git herd7");
	has_keys(j, "kernel kernel_version kernel_config virtualisation");
	has_keys(j, "cpu job seed tool build emulated");
	j_cpu = json_object_get(j, "cpu");
	has_keys(j_cpu, "model vendor family model_id stepping midr");
	has_keys(j_cpu, "microcode online governor boost smt");
	assert_string_equal(json_string_value(json_object_get(j, "driver")),
			    "rounds");
	assert_string_equal(json_string_value(json_object_get(j, "seed")),
			    "7");
	assert_string_equal(json_string_value(json_object_get(j, "job")), "t");
	assert_true(json_is_false(json_object_get(j, "emulated")));
	json_decref(j);
	free(text);
	discard(r);
}

static void notes_are_added_to_the_context(void **state)
{
	struct result *r = created(job, "r");
	struct plan_error err;
	struct result *again;

	(void)state;
	assert_int_equal(result_context_set(r, "note", json_string("n")), 0);
	assert_int_equal(result_context_write(r, &err), 0);
	result_close(r);
	again = result_open("r", &err);
	assert_non_null(again);
	assert_string_equal(json_string_value(json_object_get(
				    result_context(again), "note")),
			    "n");
	discard(again);
}

static void a_group_is_there_whole_or_not_at_all(void **state)
{
	static const char name[] = "r/samples/001-b_ptes_1.txt";
	struct result *r = created(job, "r"), *again;
	struct result_group *g = begun(r, 1);
	struct plan_error err;
	struct stat before, after;
	char *text;

	(void)state;
	line(g, 0, "B 0 0 0 10 100 0 0");
	assert_int_equal(result_group_note(g, 0, "warmup", 0), 0);
	assert_false(result_group_done(r, 1));
	assert_false(is_there(name));
	/* a second tool that looks now sees no group either */
	again = result_open("r", &err);
	assert_non_null(again);
	assert_false(result_group_done(again, 1));
	result_close(again);

	assert_int_equal(result_group_commit(g, &err), 0);
	assert_true(result_group_done(r, 1));
	assert_false(result_group_done(r, 0));
	text = file_text("r", "samples/001-b_ptes_1.txt");
	assert_non_null(strstr(text, "# group b ptes=1\n"));
	assert_non_null(strstr(text, "# cell 0 merged op=unmap store="));
	assert_non_null(strstr(text, "\n0 B 0 0 0 10 100 0 0\n"));
	assert_non_null(strstr(text, "\n0 N warmup 0\n"));
	assert_string_equal(text + strlen(text) - 6, "# end\n");
	free(text);

	/* abandoned: as if it had never begun; others stay as they are */
	assert_int_equal(stat(name, &before), 0);
	g = begun(r, 0);
	line(g, 0, "B 0 0 0 10 100 0 0");
	result_group_abandon(g);
	result_group_abandon(NULL);
	assert_false(result_group_done(r, 0));
	assert_int_equal(stat(name, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	result_close(r);

	r = result_open("r", &err);
	assert_non_null(r);
	assert_false(result_group_done(r, 0));
	assert_true(result_group_done(r, 1));
	assert_false(result_group_done(r, 2));
	/* nothing else is left in the folder of samples */
	assert_int_equal(remove(name), 0);
	assert_int_equal(rmdir("r/samples"), 0);
	discard(r);
}

static void folders_that_cannot_be(void **state)
{
	static const char *const bad[] = { "t.job/r", "t.job", "/proc/r", "",
					   "/dev/null/r" };
	struct plan *p = loaded(job, 2);
	struct plan_error err;
	char longest[5000];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct result *r;

		memset(&err, 0, sizeof(err));
		r = result_create(bad[i], p, &err);
		if (r) {
			/* beside a file of that name */
			assert_string_equal(bad[i], "t.job");
			assert_string_equal(result_dir(r), "t.job-2");
			discard(r);
			continue;
		}
		assert_null(strchr(err.msg, '\n'));
		assert_non_null(strstr(err.msg, ": "));
		assert_int_equal(strncmp(err.msg, bad[i], strlen(bad[i])), 0);
	}
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_null(result_create(longest, p, &err));
	check_line(err.msg);
	plan_free(p);
}

/* The nearest to a full disk that needs no mount. */
static void limit_files(rlim_t bytes)
{
	struct rlimit rl;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &rl), 0);
	rl.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &rl), 0);
}

static void a_full_disk_at_the_start(void **state)
{
	struct plan *p = loaded(job, 2);
	struct plan_error err;
	struct result *r;

	(void)state;
	limit_files(200);
	r = result_create("r", p, &err);
	limit_files(RLIM_INFINITY);
	plan_free(p);
	assert_null(r);
	assert_string_equal(err.msg, "r/plan.json: File too large");
	/* no half of a result is left */
	assert_false(is_there("r"));
}

static void a_full_disk_in_a_group(void **state)
{
	struct result *r = created(job, "r");
	struct result_group *g = begun(r, 0);
	struct plan_error err;
	int ret = 0, i;

	(void)state;
	limit_files(8192);
	for (i = 0; i < 2000 && !ret; i++)
		ret = result_group_line(g, 0, "B 0 0 0 10 100 0 0");
	ret = result_group_commit(g, &err);
	limit_files(RLIM_INFINITY);
	assert_true(ret < 0);
	check_line(err.msg);
	assert_non_null(strstr(err.msg, "r/samples/"));
	assert_non_null(strstr(err.msg, ": File too large"));
	assert_false(result_group_done(r, 0));
	/* the next one finds its place again */
	g = begun(r, 0);
	line(g, 0, "B 0 0 0 10 100 0 0");
	assert_int_equal(result_group_commit(g, &err), 0);
	assert_true(result_group_done(r, 0));
	discard(r);
}

/* An old file stays whole when the new one doesn't fit. */
static void a_full_disk_keeps_the_old_file(void **state)
{
	struct result *r = created(job, "r");
	char *before = file_text("r", "context.json"), *after;
	char big[4097];
	struct plan_error err;

	(void)state;
	memset(big, 'x', 4096);
	big[4096] = '\0';
	assert_int_equal(result_context_set(r, "note", json_string(big)), 0);
	limit_files(2048);
	assert_true(result_context_write(r, &err) < 0);
	limit_files(RLIM_INFINITY);
	assert_string_equal(err.msg, "r/context.json: File too large");
	after = file_text("r", "context.json");
	assert_string_equal(before, after);
	assert_false(is_there("r/context.json.tmp"));
	free(before);
	free(after);
	discard(r);
}

static void no_result(void **state)
{
	struct plan_error err;

	(void)state;
	assert_null(result_open("nowhere", &err));
	assert_string_equal(err.msg,
			    "nowhere/plan.json: No such file or directory");
	assert_null(result_open("", &err));
	check_line(err.msg);
	assert_null(result_open("t.job", &err));
	assert_string_equal(err.msg, "t.job/plan.json: Not a directory");
}

static void refused(const char *name)
{
	struct plan_error err = { "" };
	struct result *r = result_open("r", &err);

	assert_null(r);
	check_line(err.msg);
	if (!strstr(err.msg, name))
		fail_msg("'%s' doesn't name %s", err.msg, name);
}

static void check_damage(const char *name)
{
	char *text = file_text("r", name);
	size_t len = strlen(text), i;
	char path[64];

	for (i = 0; i < len - 2; i += 1 + i / 16) {
		put_file("r", name, text, i);
		refused(name);
	}
	put_file("r", name, "garbage\n", 8);
	refused(name);
	put_file("r", name, "\0\0\0\0", 4);
	refused(name);
	put_file("r", name, "[]", 2);
	refused(name);
	snprintf(path, sizeof(path), "r/%s", name);
	assert_int_equal(remove(path), 0);
	refused(name);
	assert_int_equal(mkdir(path, 0777), 0);
	refused(name);
	assert_int_equal(rmdir(path), 0);
	put_file("r", name, text, len);
	free(text);
}

static void damaged_files_are_named(void **state)
{
	struct plan_error err;
	struct result *r;

	(void)state;
	result_close(created(job, "r"));
	check_damage("plan.json");
	check_damage("context.json");
	r = result_open("r", &err);
	assert_non_null(r);
	discard(r);
}

/* Nothing in context.json needs to be there to tell the machine in a line. */
static void an_empty_context_has_a_machine(void **state)
{
	struct plan_error err;
	struct result *r;

	(void)state;
	result_close(created(job, "r"));
	put_file("r", "context.json", "{\"cpu\": 5, \"arch\": []}", 22);
	r = result_open("r", &err);
	assert_non_null(r);
	assert_non_null(strstr(result_machine(r), "unnamed CPU"));
	discard(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_result_has_its_files),
		cmocka_unit_test(a_text_grows),
		cmocka_unit_test(a_folder_is_never_used_twice),
		cmocka_unit_test(provenance_is_complete),
		cmocka_unit_test(notes_are_added_to_the_context),
		cmocka_unit_test(a_group_is_there_whole_or_not_at_all),
		cmocka_unit_test(folders_that_cannot_be),
		cmocka_unit_test(a_full_disk_at_the_start),
		cmocka_unit_test(a_full_disk_in_a_group),
		cmocka_unit_test(a_full_disk_keeps_the_old_file),
		cmocka_unit_test(no_result),
		cmocka_unit_test(damaged_files_are_named),
		cmocka_unit_test(an_empty_context_has_a_machine),
	};

	return cmocka_run_group_tests_name("result folder", tests, enter_folder,
					   leave_folder);
}
