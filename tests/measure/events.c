// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * perf's events in blocks: the language, the executor, the tool's end. Software events,
 * since they are everywhere: `dummy` counts nothing, `task-clock` the thread's time.
 */
#include <linux/perf_event.h>
#include <unistd.h>

#include "client.h"
#include "common.h"
#include "serve.h"

#define DUMMY "1:9:0:0:uk"
#define CLOCK "1:1:0:0:uk"
#define NONE  "9999:0:0:0:uk" /* no PMU has this type */

static const char *worker;

static const struct exec_event events[] = {
	{ .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .user = true },
	{ .type = 9999, .user = true },
	{ .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK, .user = true },
};

static void add(struct exec *x, uint32_t id, const char *params)
{
	struct subject_params p = params_of(params);
	struct subject_error err;

	if (exec_add(x, id, &p, &err))
		fail_msg("%s", err.msg);
}

/* All three in what is opened here; a process that may not is skipped. */
static void opened(struct exec *x)
{
	struct exec_event_info info[3];
	struct subject_error err;

	if (exec_events(x, events, 3, info, &err))
		fail_msg("%s", err.msg);
	if (info[0].state == EXEC_EVENT_DENIED)
		skip();
	assert_int_equal(info[0].state, EXEC_EVENT_OK);
	assert_int_equal(info[1].state, EXEC_EVENT_NONE);
	assert_int_equal(info[2].state, EXEC_EVENT_OK);
	assert_int_equal(info[0].cost, 0);
	assert_int_equal(info[1].cost, 0);
	/* to read a clock takes time */
	assert_true(info[2].cost > 0);
}

static void run(struct exec *x, enum exec_kind kind, uint64_t n)
{
	const struct exec_step step = { .kind = kind, .iters = n, .every = 1 };
	struct subject_error err;

	if (exec_run(x, &step, 1, 0, &err))
		fail_msg("%s", err.msg);
}

static void check_counts(const struct exec_sample *s)
{
	assert_int_equal(s->nr_counts, 3);
	assert_int_equal(s->counts[0].value, 0);
	assert_true(s->counts[0].enabled_ns > 0);
	assert_int_equal(s->counts[0].running_ns, s->counts[0].enabled_ns);
	assert_int_equal(s->counts[1].value, 0);
	assert_int_equal(s->counts[1].enabled_ns, 0);
	assert_int_equal(s->counts[1].running_ns, 0);
	assert_true(s->counts[2].value > 0);
	assert_int_equal(s->counts[2].running_ns, s->counts[2].enabled_ns);
}

static void blocks_are_counted(void **state)
{
	struct subject_error err;
	struct exec *x = exec_create(2, NULL, 0, &err);

	(void)state;
	assert_non_null(x);
	add(x, 0, "op=unmap");
	add(x, 1, "op=unmap threads=2");
	add(x, 2, "op=attach");
	opened(x);
	run(x, EXEC_BLOCK, 1000);
	check_counts(exec_sample(x, 0));
	/* of each operation's own time nothing is counted */
	run(x, EXEC_OP, 3);
	assert_int_equal(exec_sample(x, 0)->nr_counts, 0);
	/* until nothing is asked for */
	assert_int_equal(exec_events(x, NULL, 0, NULL, &err), 0);
	run(x, EXEC_BLOCK, 1000);
	assert_int_equal(exec_sample(x, 0)->nr_counts, 0);
	exec_destroy(x);
}

static void windows_add_their_callers_up(void **state)
{
	const struct exec_step step = { .kind = EXEC_BLOCK, .iters = 1, .every = 1 };
	struct subject_error err;
	struct exec *x = exec_create(2, NULL, 0, &err);
	const struct exec_sample *s;

	(void)state;
	assert_non_null(x);
	add(x, 0, "op=unmap threads=2");
	exec_set_window(x, 2000000);
	opened(x);
	if (exec_run(x, &step, 1, 0, &err))
		fail_msg("%s", err.msg);
	s = exec_sample(x, 0);
	check_counts(s);
	/* each caller ran for the window, so far as it had a CPU: their sum is more */
	if (team_cpus(NULL, 0) > 1 && !s->ivcsw)
		assert_true(s->counts[0].enabled_ns > 2000000);
	exec_destroy(x);
}

/* ---- the language ------------------------------------------------------ */

static char *answers(const char *requests)
{
	FILE *in = fmemopen((void *)requests, strlen(requests), "r"), *out;
	char *text = NULL;
	size_t size = 0;

	out = open_memstream(&text, &size);
	assert_non_null(in);
	assert_non_null(out);
	assert_int_equal(serve(in, out), 0);
	assert_int_equal(fclose(out), 0);
	fclose(in);
	return text;
}

static void check(const char *requests, const char *want)
{
	char *text = answers(requests);

	if (strcmp(text, want))
		fail_msg("%s\nsaid '%s', not '%s'", requests, text, want);
	free(text);
}

static void requests_and_lines(void **state)
{
	static const char requests[] =
		"group 2\nevents " DUMMY " " NONE "\ncell 0\ncell 1 threads=2\nwindow 1000\n"
		"step 0 0 0 B 10\nstep 0 1 1 B 1\nstep 1 0 0 O 1 1\ngo\n";
	char *text = answers(requests), *rest = text, *at;
	unsigned long v[8], e[2];
	char tail[256];
	int n;

	(void)state;
	assert_string_equal(strsep(&rest, "\n"), "ok");
	at = strsep(&rest, "\n");
	if (!strcmp(at, "events denied:0 denied:0"))
		skip();
	assert_string_equal(at, "events ok:0 none:0");
	for (int i = 0; i < 3; i++)
		assert_string_equal(strsep(&rest, "\n"), "ok");
	at = strsep(&rest, "\n");
	n = sscanf(at, "B 0 0 0 10 %lu 0 %lu %%0:%lu:%lu %%0:0:%s", &v[0], &v[1], &e[0], &e[1],
		   tail);
	assert_int_equal(n, 5);
	assert_string_equal(tail, "0");
	assert_true(e[0] > 0 && e[0] == e[1]);
	at = strsep(&rest, "\n");
	n = sscanf(at, "B 0 1 1 %lu 1000 0 %lu %lu:%lu:%lu %lu:%lu:%lu %%0:%lu:%lu %%0:0:%s",
		   &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7], &e[0], &e[1], tail);
	assert_int_equal(n, 11);
	assert_string_equal(tail, "0");
	at = strsep(&rest, "\n");
	n = sscanf(at, "O 1 0 0 %lu %lu%s", &v[0], &v[1], tail);
	assert_int_equal(n, 2);
	assert_string_equal(rest, "ok\n");
	free(text);
	check("group 1\nevents\n", "ok\nevents\n");
}

static void what_is_no_event(void **state)
{
	static const struct {
		const char *text, *want;
	} bad[] = {
		{ "events " DUMMY, "no group" },
		{ "group 1\nevents x", "an event is TYPE:CONFIG:CONFIG1:CONFIG2:MODES" },
		{ "group 1\nevents 1:9", "an event is TYPE:CONFIG:CONFIG1:CONFIG2:MODES" },
		{ "group 1\nevents 1:9:0:0", "an event is TYPE:CONFIG:CONFIG1:CONFIG2:MODES" },
		{ "group 1\nevents 1:9:0:x:u", "an event is TYPE:CONFIG:CONFIG1:CONFIG2:MODES" },
		{ "group 1\nevents 1:-9:0:0:u", "an event is TYPE:CONFIG:CONFIG1:CONFIG2:MODES" },
		{ "group 1\nevents " DUMMY "  " DUMMY,
		  "an event is TYPE:CONFIG:CONFIG1:CONFIG2:MODES" },
		{ "group 1\nevents 1:9:0:0:", "'': the modes are u, k or uk" },
		{ "group 1\nevents 1:9:0:0:ku", "'ku': the modes are u, k or uk" },
		{ "group 1\nevents 4294967296:9:0:0:u", "4294967296 is above 4294967295" },
	};
	char want[256], many[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(want, sizeof(want), "%serror %s\n",
			 strncmp(bad[i].text, "group", 5) ? "" : "ok\n", bad[i].want);
		check(bad[i].text, want);
	}
	strcpy(many, "group 1\nevents");
	for (i = 0; i <= EXEC_MAX_EVENTS; i++)
		sprintf(many + strlen(many), " 1:%zu:0:0:u", i);
	check(many, "ok\nerror more than 16 events\n");
}

/* ---- the tool's end ---------------------------------------------------- */

struct seen {
	unsigned int blocks, nr;
	struct exec_count counts[EXEC_MAX_EVENTS];
	uint32_t parts;
	uint64_t attacher_ns;
};

static void see_block(void *arg, const struct exec_sample *s)
{
	struct seen *seen = arg;

	seen->blocks++;
	seen->nr = s->nr_counts;
	seen->parts = s->nr_parts;
	seen->attacher_ns = s->attacher_ns;
	memcpy(seen->counts, s->counts, s->nr_counts * sizeof(*s->counts));
}

static struct launch *started(const char *path)
{
	const char *argv[] = { path, NULL };
	const struct launch_where where = { .argv = argv };
	struct subject_error err;
	struct launch *l = launch_start(&where, 1, NULL, 0, &err);

	if (!l)
		fail_msg("%s", err.msg);
	return l;
}

static void a_launch_counts(void **state)
{
	const struct exec_step step = { 0, 0, 0, EXEC_BLOCK, 100, 1 };
	struct subject_params p = params_of("op=unmap");
	struct seen seen = { 0 };
	const struct launch_sink sink = { .block = see_block, .arg = &seen };
	struct exec_event_info info[3];
	struct launch *l = started(worker);
	struct subject_error err;

	(void)state;
	if (launch_events(l, events, 3, info, &err))
		fail_msg("%s", err.msg);
	if (info[0].state == EXEC_EVENT_DENIED)
		skip();
	assert_int_equal(info[0].state, EXEC_EVENT_OK);
	assert_int_equal(info[1].state, EXEC_EVENT_NONE);
	assert_int_equal(info[2].state, EXEC_EVENT_OK);
	assert_true(info[2].cost > 0);
	assert_int_equal(launch_cell(l, 0, &p, &err), 0);
	assert_int_equal(launch_go(l, &step, 1, &sink, &err), 0);
	assert_int_equal(seen.blocks, 1);
	assert_int_equal(seen.nr, 3);
	assert_int_equal(seen.counts[0].value, 0);
	assert_int_equal(seen.counts[1].enabled_ns, 0);
	assert_true(seen.counts[2].value > 0);
	assert_int_equal(launch_stop(l, &err), 0);
}

/* A worker made of a line of shell, which answers @first and then @second. */
static struct launch *pretended(const char *first, const char *second)
{
	char text[512];
	FILE *f;

	/* written by a child: nobody's handle to it is open when it is started */
	f = popen("cat >pretender && chmod 755 pretender", "w");
	assert_non_null(f);
	snprintf(text, sizeof(text),
		 "#!/bin/sh\nread x; echo ok; read x; echo '%s'; read x; echo '%s'; echo ok; read x\n",
		 first, second);
	fputs(text, f);
	assert_int_equal(pclose(f), 0);
	return started("./pretender");
}

static void what_a_worker_may_say(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} lines[] = {
		{ "events ok:5 user:6 denied:0", true },
		{ "events ok:5 user:6", false },
		{ "events ok:5 user:6 none:0 none:0", false },
		{ "events ok:5 user:6 maybe:0", false },
		{ "events ok:5 user none:0", false },
		{ "eventsok:5 user:6 none:0", false },
		{ "ok", false },
	};
	struct exec_event_info info[3];
	struct subject_error err;
	struct launch *l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		l = pretended(lines[i].text, "");
		assert_int_equal(!launch_events(l, events, 3, info, &err), lines[i].good);
		if (lines[i].good) {
			assert_int_equal(info[0].cost, 5);
			assert_int_equal(info[1].state, EXEC_EVENT_USER);
			assert_int_equal(info[2].state, EXEC_EVENT_DENIED);
		}
		launch_stop(l, &err);
	}
	unlink("pretender");
}

static void lines_of_blocks(void **state)
{
	static const struct {
		const char *text;
		int counts; /* -1: damaged */
		uint32_t parts;
		uint64_t attacher_ns;
	} lines[] = {
		{ "B 0 0 0 10 20 0 0 %1:2:3 %4:5:6", 2, 0, 0 },
		{ "B 0 0 0 10 20 0 0 5:0:9 5:0:9 %1:2:3", 1, 2, 0 },
		{ "B 0 0 0 10 20 0 0 5:0:9 @1:2:3 %1:2:3", 1, 1, 3 },
		{ "B 0 0 0 10 20 0 0 5:0:9 @1:2:3", 0, 1, 3 },
		{ "B 0 0 0 10 20 0 0 %1:2", -1, 0, 0 },
		{ "B 0 0 0 10 20 0 0 %1:2:3 5:0:9", -1, 0, 0 },
		{ "B 0 0 0 10 20 0 0 @1:2 %1:2:3", -1, 0, 0 },
	};
	struct subject_error err;
	struct exec_event_info info[1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct seen seen = { 0 };
		const struct launch_sink sink = { .block = see_block, .arg = &seen };
		struct launch *l = pretended("events ok:0", lines[i].text);
		int ret;

		assert_int_equal(launch_events(l, events, 1, info, &err), 0);
		ret = launch_go(l, NULL, 0, &sink, &err);
		assert_int_equal(!ret, lines[i].counts >= 0);
		if (!ret) {
			assert_int_equal(seen.nr, lines[i].counts);
			assert_int_equal(seen.parts, lines[i].parts);
			assert_int_equal(seen.attacher_ns, lines[i].attacher_ns);
			if (seen.nr) {
				assert_int_equal(seen.counts[0].value, 1);
				assert_int_equal(seen.counts[0].enabled_ns, 2);
				assert_int_equal(seen.counts[0].running_ns, 3);
			}
		}
		launch_stop(l, &err);
	}
	unlink("pretender");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_counted),
		cmocka_unit_test(windows_add_their_callers_up),
		cmocka_unit_test(requests_and_lines),
		cmocka_unit_test(what_is_no_event),
		cmocka_unit_test(a_launch_counts),
		cmocka_unit_test(what_a_worker_may_say),
		cmocka_unit_test(lines_of_blocks),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s WORKER\n", argv[0]);
		return 2;
	}
	worker = argv[1];
	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
