// SPDX-License-Identifier: GPL-2.0-or-later
/* Events of a PMU whose folder is made here. */
#include <sys/stat.h>

#include "../plan/common.h"
#include "pmu.h"

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int make_pmu(void **state)
{
	if (enter_folder(state))
		return -1;
	mkdir("cpu0", 0777);
	mkdir("cpu0/events", 0777);
	mkdir("cpu0/format", 0777);
	put("cpu0/type", "10\n");
	put("cpu0/format/event", "config:0-7,32-35\n");
	put("cpu0/format/umask", "config:8-15\n");
	put("cpu0/format/edge", "config:18\n");
	put("cpu0/format/ldlat", "config1:0-15\n");
	put("cpu0/format/long", "config2:0-63\n");
	put("cpu0/format/odd", "config9:0\n");
	put("cpu0/format/odder", "what\n");
	put("cpu0/events/stall", "event=0x123,umask=0x41\n");
	put("cpu0/events/loop", "loop\n");
	return 0;
}

static void check(const char *text, uint64_t config, uint64_t config1, uint64_t config2)
{
	struct exec_event e = { 0 };
	struct plan_error err;

	assert_true(pmu_is_event(text));
	if (pmu_event(".", text, &e, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(e.type, 10);
	assert_true(e.config == config && e.config1 == config1 && e.config2 == config2);
}

static void names_and_fields(void **state)
{
	(void)state;
	/* the low eight bits first, then those from 32 on */
	check("cpu0/event=0x123/", 0x100000023, 0, 0);
	check("cpu0/stall/", 0x100004123, 0, 0);
	check("cpu0/stall,edge/", 0x100044123, 0, 0);
	check("cpu0/edge=1,event=17/", 0x40011, 0, 0);
	check("cpu0/ldlat=30/", 0, 30, 0);
	check("cpu0/long=0xffffffffffffffff/", 0, 0, UINT64_MAX);
}

static void what_is_none(void **state)
{
	static const struct {
		const char *text, *want;
	} bad[] = {
		{ "cpu1/stall/", "no PMU cpu1; valid:" },
		{ "../stall/", "no PMU" },
		{ "cpu0/stal/", "stal: no event and no field" },
		{ "cpu0/stall,/", "no event and no field" },
		{ "cpu0/..=1/", "..: no event and no field" },
		{ "cpu0/event=/", "event: its value is no number" },
		{ "cpu0/event=x/", "event: its value is no number" },
		{ "cpu0/event=-1/", "event: its value is no number" },
		{ "cpu0/event=0x1000/", "event: its value is too large" },
		{ "cpu0/edge=2/", "edge: its value is too large" },
		{ "cpu0/long=0x10000000000000000/", "long: its value is no number" },
		{ "cpu0/odd=1/", "odd: sysfs has no format" },
		{ "cpu0/odder=1/", "odder: sysfs has no format" },
		/* an event's own text names fields, never events */
		{ "cpu0/loop/", "loop: no event and no field" },
	};
	struct plan_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct exec_event e = { 0 };

		assert_true(pmu_event(".", bad[i].text, &e, &err) < 0);
		if (!strstr(err.msg, bad[i].want))
			fail_msg("%s: '%s' lacks '%s'", bad[i].text, err.msg, bad[i].want);
	}
	assert_false(pmu_is_event("cycles"));
	assert_false(pmu_is_event("/x/"));
	assert_false(pmu_is_event("cpu0//"));
	assert_false(pmu_is_event("cpu0/x"));
	assert_false(pmu_is_event("cpu0/x/y/"));
	assert_false(pmu_is_event("cpu0/x/u"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_fields),
		cmocka_unit_test(what_is_none),
	};

	return cmocka_run_group_tests_name("pmu", tests, make_pmu, leave_folder);
}
