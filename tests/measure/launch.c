// SPDX-License-Identifier: GPL-2.0-or-later
/* A launch of the worker, seen from the tool: its life and its deaths. */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "common.h"

static const char *worker;

static struct launch *start(const char *path, unsigned int threads,
			    struct subject_error *err)
{
	const char *argv[] = { path, NULL };
	const struct launch_where where = { .argv = argv };

	return launch_start(&where, threads, NULL, 0, err);
}

static void stop(struct launch *l)
{
	struct subject_error err;

	assert_int_equal(launch_stop(l, &err), 0);
}

static struct launch *started(unsigned int threads)
{
	struct subject_error err;
	struct launch *l = start(worker, threads, &err);

	if (!l)
		fail_msg("%s", err.msg);
	return l;
}

struct seen {
	unsigned int blocks, ops, canaries, lines;
	uint64_t operations;
};

static void see_block(void *arg, const struct exec_sample *s)
{
	struct seen *n = arg;

	n->blocks++;
	n->operations += s->ops;
}

static void see_op(void *arg, const struct exec_sample *s)
{
	((struct seen *)arg)->ops += s->nr_ops;
}

static void see_canary(void *arg, const struct exec_canary *k)
{
	(void)k;
	((struct seen *)arg)->canaries++;
}

static void see_line(void *arg, const char *text)
{
	assert_null(strchr(text, '\n'));
	((struct seen *)arg)->lines++;
}

static void a_whole_launch(void **state)
{
	const struct exec_step steps[] = {
		{ 0, 0, 0, EXEC_BLOCK, 100, 1 },
		{ 0, 1, 1, EXEC_BLOCK, 200, 1 },
		{ 1, 0, 0, EXEC_OP, 5, 2 },
	};
	struct subject_params p =
		params_of("op=unmap queue=lockless device=model");
	struct seen seen = { 0 };
	struct launch_sink sink = { see_block, see_op, see_canary, see_line,
				    &seen };
	struct launch *l = started(2);
	struct subject_counters c, before;
	struct subject_error err;
	struct exec_timer t;
	double ns = 0;

	(void)state;
	if (launch_cell(l, 0, &p, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(launch_counters(l, 0, &before, &err), 0);
	assert_int_equal(launch_alias(l, 1, 0, &err), 0);
	assert_int_equal(launch_window(l, 50000, &err), 0);
	assert_int_equal(launch_canary(l, 1, &err), 0);
	assert_int_equal(launch_timer(l, &t, &err), 0);
	assert_true(t.cost_ps > 0);
	assert_int_equal(launch_go(l, steps, 3, &sink, &err), 0);
	assert_int_equal(seen.blocks, 2);
	assert_int_equal(seen.operations, 300);
	assert_int_equal(seen.ops, 5);
	assert_int_equal(seen.canaries, 2);
	assert_int_equal(seen.lines, 5);
	assert_int_equal(launch_counters(l, 1, &c, &err), 0);
	assert_int_equal(c.syncs, before.syncs + 310);
	assert_int_equal(launch_calibrate(l, 0, 1000, &ns, &err), 0);
	assert_true(ns > 0);
	/* errors are handed on, and the launch goes on */
	assert_true(launch_cell(l, 0, &p, &err) < 0);
	assert_string_equal(err.msg, "cell 0 is there already");
	assert_true(launch_calibrate(l, 9, 1000, &ns, &err) < 0);
	assert_string_equal(err.msg, "no cell 9");
	/* a new group: the cells of the last one are gone */
	assert_int_equal(launch_regroup(l, 1, &err), 0);
	assert_true(launch_counters(l, 0, &c, &err) < 0);
	assert_int_equal(launch_cell(l, 0, &p, &err), 0);
	stop(l);
	stop(NULL);
}

static void no_worker(void **state)
{
	struct subject_error err;

	(void)state;
	assert_null(start("no/such/worker", 1, &err));
	assert_string_equal(err.msg, "can't start no/such/worker: No such file or directory");
	/* refused by the worker, in its words */
	assert_null(start(worker, 0, &err));
	assert_string_equal(err.msg, "threads must be at least 1");
}

/* A worker made of a line of shell, or one with what is round it. */
static void pretend_that(const char *script, bool relayed, const char *want)
{
	static const char path[] = "./pretender";
	const char *argv[] = { path, NULL };
	const struct launch_where where = { .argv = argv, .relayed = relayed };
	struct subject_params p = params_of("op=fence");
	struct subject_error err = { "" };
	struct launch *l;
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0755), 0);
	l = launch_start(&where, 1, NULL, 0, &err);
	if (l)
		assert_true(launch_cell(l, 0, &p, &err) < 0);
	stop(l);
	unlink(path);
	assert_string_equal(err.msg, want);
}

static void pretend(const char *script, const char *want)
{
	pretend_that(script, false, want);
}

static void deaths_are_told(void **state)
{
	(void)state;
	pretend("kill -9 $$", "the worker was ended by signal 9 (Killed)");
	pretend("read x; echo ok; read y; kill -11 $$",
		"the worker was ended by signal 11 (Segmentation fault)");
	pretend("exit 3", "the worker ended (status 3)");
	pretend("read x; echo ok; read y; exit 0",
		"the worker ended (status 0)");
	pretend("read x; echo what; read y", "what");
	pretend("read x; echo error of mine; read y", "of mine");
}

/* invbench-probe is there when the worker isn't any more. */
static void deaths_in_a_probe_are_told(void **state)
{
	static const char segv[] =
		"the worker was ended by signal 11 (Segmentation fault)";

	(void)state;
	pretend_that("read x; echo ok; read y; echo probe attach issue cmdlist usdt; "
		     "echo probe at 0.1; echo probe status 139; echo probe end; echo bye",
		     true, segv);
	/* the same, all of it said before anybody asks */
	pretend_that("read x; echo ok; echo probe status 139; echo probe end; echo bye; exec <&-",
		     true, segv);
	pretend_that("read x; echo probe status 139; echo bye", true, segv);
	pretend_that("read x; echo ok; read y; echo probe status 3; echo bye",
		     true, "the worker ended (status 3)");
	pretend_that("read x; echo ok; read y; echo probe ready; echo bye",
		     true, "the worker ended");
	/* what the probe has to say of itself comes first; so does the kernel */
	pretend_that("read x; echo ok; read y; echo probe status 1; echo error of own; echo bye",
		     true, "of own");
	pretend_that("read x; echo ok; read y; echo probe status 1; echo log BUG: x; echo bye",
		     true, "the kernel's log has BUG: x");
	/* and then it died, too */
	pretend_that("read x; echo ok; read y; echo probe ready; exit 4", true,
		     "the worker ended (status 4)");
}

static void a_go_in_a_probe(void **state)
{
	const char *argv[] = { "./pretender", NULL };
	const struct launch_where where = { .argv = argv, .relayed = true };
	const struct launch_sink sink = { .arg = NULL };
	struct subject_error err;
	struct launch *l;
	FILE *f = fopen("./pretender", "w");

	(void)state;
	assert_non_null(f);
	fputs("#!/bin/sh\nread x; echo ok; read x; echo B 0 0 0 1 1 0 0; "
	      "echo probe ready; echo probe status 134; echo bye\n",
	      f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod("./pretender", 0755), 0);
	l = launch_start(&where, 1, NULL, 0, &err);
	assert_non_null(l);
	assert_int_equal(launch_go(l, NULL, 0, &sink, &err), -EPIPE);
	assert_string_equal(err.msg,
			    "the worker was ended by signal 6 (Aborted)");
	stop(l);
	unlink("./pretender");
}

static void bad_replies_are_told(void **state)
{
	static const char *const bad[] = { "B 1 2", "O 1 2 3 4 x", "K 1",
					   "hello", "B 0 0 0 1 1 0 0 1:2" };
	const struct launch_sink sink = { .arg = NULL };
	struct subject_error err;
	char script[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct launch *l;
		FILE *f = fopen("./pretender", "w");

		assert_non_null(f);
		snprintf(script, sizeof(script),
			 "#!/bin/sh\nread x; echo ok; read x; echo '%s'; read x\n",
			 bad[i]);
		fputs(script, f);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(chmod("./pretender", 0755), 0);
		l = start("./pretender", 1, &err);
		assert_non_null(l);
		assert_true(launch_go(l, NULL, 0, &sink, &err) < 0);
		assert_non_null(strstr(err.msg, bad[i]));
		stop(l);
	}
	unlink("./pretender");
}

/* What a relay says behind quit: its launch's end, and what the kernel's log has. */
static void a_relay_is_heard_out(void **state)
{
	static const struct {
		const char *says;
		int ret;
		const char *err;
	} ends[] = {
		{ "echo bye", 0, "" },
		{ "echo 'log WARNING: at line 5'; echo 'log BUG: another'; echo bye",
		  -ENOTRECOVERABLE, "the kernel's log has WARNING: at line 5" },
		{ "echo 'log unload: Device or resource busy'; echo bye",
		  -ENOTRECOVERABLE,
		  "the kernel's log has unload: Device or resource busy" },
		/* it died: nothing is claimed of a log that nobody read */
		{ "exit 1", -EPIPE, "the worker ended (status 1)" },
	};
	static const char path[] = "./pretender";
	const char *argv[] = { path, NULL };
	const struct launch_where where = { .argv = argv, .relayed = true };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct subject_error err = { "" };
		FILE *f = fopen(path, "w");
		struct launch *l;

		assert_non_null(f);
		fprintf(f, "#!/bin/sh\nread x; echo ok; read x; %s\n",
			ends[i].says);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(chmod(path, 0755), 0);
		l = launch_start(&where, 1, NULL, 0, &err);
		assert_non_null(l);
		assert_int_equal(launch_stop(l, &err), ends[i].ret);
		assert_string_equal(err.msg, ends[i].err);
	}
	unlink(path);
}

/* The tool is a child here: it starts a worker, says so, and is killed. */
static void killed_tools_leave_no_worker(void **state)
{
	int to_us[2], status;
	pid_t tool, orphan;
	char byte;

	(void)state;
	assert_int_equal(pipe(to_us), 0);
	/* what loses its parent becomes our child, so that we see its end */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	tool = fork();
	assert_true(tool >= 0);
	if (!tool) {
		struct subject_error err;
		struct launch *l = start(worker, 1, &err);

		/* the worker's input stays open: only its parent's death ends it */
		if (write(to_us[1], l ? "x" : "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(to_us[0], &byte, 1), 1);
	assert_int_equal(byte, 'x');
	assert_int_equal(kill(tool, SIGKILL), 0);
	assert_int_equal(waitpid(tool, &status, 0), tool);
	orphan = wait(&status);
	assert_true(orphan > 0);
	/* at the end of its input, or by the signal; before the test's time-out */
	assert_true(WIFEXITED(status) || WTERMSIG(status) == SIGKILL);
	close(to_us[0]);
	close(to_us[1]);
}

static void it_takes_no_arguments(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (!pid) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(99);
		execl(worker, worker, "--help", (char *)NULL);
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_launch),
		cmocka_unit_test(no_worker),
		cmocka_unit_test(deaths_are_told),
		cmocka_unit_test(deaths_in_a_probe_are_told),
		cmocka_unit_test(a_go_in_a_probe),
		cmocka_unit_test(bad_replies_are_told),
		cmocka_unit_test(a_relay_is_heard_out),
		cmocka_unit_test(killed_tools_leave_no_worker),
		cmocka_unit_test(it_takes_no_arguments),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s WORKER\n", argv[0]);
		return 2;
	}
	worker = argv[1];
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("launches", tests, NULL, NULL);
}
