// SPDX-License-Identifier: GPL-2.0-or-later
/* bench/guest over a fake of QEMU (fake_qemu.py, the first argument). */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "guest.h"

static const char *fake;
static const char *const command[] = { "/bin/x", "a b", NULL };

static struct guest_options options(const char *mode)
{
	const struct guest_options o = {
		.arch = "arm64",
		.image = "image",
		.initrd = "initrd",
		.qemu = fake,
		.accel = GUEST_ACCEL_TCG,
		.boot_timeout = 60,
	};

	setenv("FAKE_QEMU", mode, 1);
	return o;
}

static struct guest *boot(const char *mode)
{
	const struct guest_options o = options(mode);
	struct subject_error err;
	struct guest *g = guest_boot(&o, &err);

	if (!g)
		fail_msg("%s: %s", mode, err.msg);
	return g;
}

static int start(struct guest *g, bool input, double timeout)
{
	struct subject_error err;
	int fd = guest_exec(g, command, input, timeout, &err);

	if (fd < 0)
		fail_msg("%s", err.msg);
	return fd;
}

/* To the end, into @text; how much it was. */
static size_t read_all(int fd, char *text, size_t len)
{
	size_t have = 0;
	ssize_t n;

	while ((n = read(fd, text + have, len - 1 - have)) > 0)
		have += (size_t)n;
	assert_true(n == 0);
	text[have] = '\0';
	close(fd);
	return have;
}

static void must_say(const struct subject_error *err, const char *what)
{
	if (!strstr(err->msg, what))
		fail_msg("'%s' isn't in '%s'", what, err->msg);
}

static void boot_fails(const char *mode, double timeout, const char *what)
{
	struct guest_options o = options(mode);
	struct subject_error err = { "nothing" };

	o.boot_timeout = timeout;
	assert_null(guest_boot(&o, &err));
	must_say(&err, what);
}

static void executes_twice(struct guest *g)
{
	struct subject_error err;
	char text[64];
	int fd;

	fd = start(g, true, 60);
	assert_int_equal(write(fd, "one\n", 4), 4);
	read_all(fd, text, sizeof(text));
	assert_string_equal(text, "ONE\n");
	assert_int_equal(guest_wait(g, &err), 7);
	fd = start(g, false, 60);
	read_all(fd, text, sizeof(text));
	assert_string_equal(text, "NO INPUT\n");
	assert_int_equal(guest_wait(g, &err), 7);
}

static void good(void **state)
{
	struct guest *g = boot("good");
	struct subject_error err;

	(void)state;
	assert_true(guest_emulated(g));
	assert_true(guest_boot_seconds(g) > 0);
	executes_twice(g);
	assert_int_equal(guest_check(g, &err), 0);
	assert_int_equal(guest_stop(g, &err), 0);
}

/* QEMU serves the guest's ports in an order of its own. */
static void overtaken(void **state)
{
	struct guest *g = boot("overtaken");
	struct subject_error err;

	(void)state;
	executes_twice(g);
	assert_int_equal(guest_stop(g, &err), 0);
}

/* What isn't a marker isn't taken for one. */
static void garbage(void **state)
{
	struct guest *g = boot("garbage");
	struct subject_error err;
	char text[64];
	int fd;

	(void)state;
	fd = start(g, true, 60);
	assert_int_equal(write(fd, "one\n", 4), 4);
	assert_int_equal(read_all(fd, text, sizeof(text)), 6);
	assert_memory_equal(text, "\xff\0ONE\n", 6);
	assert_int_equal(guest_wait(g, &err), 7);
	assert_int_equal(guest_stop(g, &err), 0);
}

/* A slow reader doesn't hold up the guest, and loses nothing. */
static void large(void **state)
{
	const struct timespec pause = { .tv_nsec = 300000000 };
	const size_t size = 8 << 20;
	struct guest *g = boot("large");
	struct subject_error err;
	char *text = malloc(size + 2);
	size_t i;
	int fd;

	(void)state;
	assert_non_null(text);
	fd = start(g, false, 60);
	nanosleep(&pause, NULL);
	assert_int_equal(read_all(fd, text, size + 2), size);
	for (i = 0; i < size; i++)
		if ((unsigned char)text[i] != (i & 255))
			fail_msg("byte %zu is %d", i, text[i]);
	assert_int_equal(guest_wait(g, &err), 0);
	assert_int_equal(guest_stop(g, &err), 0);
	free(text);
}

static void does_not_boot(void **state)
{
	(void)state;
	boot_fails("mute", 0.5, "hung: no end within 0.5 s");
	boot_fails("panics", 60, "panicked: [    1.000000] Kernel panic");
	boot_fails("refuses", 60, "QEMU failed: qemu: -planted");
}

static void command_fails(const char *mode, double timeout, const char *output,
			  const char *what)
{
	struct guest *g = boot(mode);
	struct subject_error err = { "nothing" };
	char text[64];
	int fd = start(g, false, timeout);

	read_all(fd, text, sizeof(text));
	assert_string_equal(text, output);
	assert_int_equal(guest_wait(g, &err), -1);
	must_say(&err, what);
	/* and it stays so */
	assert_int_equal(guest_exec(g, command, false, 1, &err), -1);
	must_say(&err, what);
	guest_kill(g);
}

static void dies_in_command(void **state)
{
	(void)state;
	command_fails("hangs", 0.5, "", "hung: no end within 0.5 s");
	command_fails("ends", 60, "", "ended without a status");
	command_fails("cut", 60, "the first ha", "ended without a status");
	command_fails("late", 60, "", "Kernel panic - not syncing: late");
}

static void complains(const char *mode, const char *what)
{
	struct guest *g = boot(mode);
	struct subject_error err = { "nothing" };
	char text[64];

	assert_int_equal(guest_check(g, &err), 0);
	read_all(start(g, false, 60), text, sizeof(text));
	assert_int_equal(guest_wait(g, &err), 7);
	assert_int_equal(guest_check(g, &err), 1);
	must_say(&err, what);
	/* once */
	assert_int_equal(guest_check(g, &err), 0);
	read_all(start(g, false, 60), text, sizeof(text));
	/* also if only the end asks */
	assert_int_equal(guest_wait(g, &err), 7);
	assert_int_equal(guest_stop(g, &err), 1);
	must_say(&err, what);
}

static void kernel_complains(void **state)
{
	(void)state;
	complains("warns", "WARNING: CPU: 0 PID: 9 at planted.c:1");
	complains("taints", "taint: ");
}

static void refused(void **state)
{
	const char *const odd[] = { "/bin/x", "a\nb", NULL };
	struct guest *g = boot("hangs");
	struct subject_error err;
	int fd;

	(void)state;
	assert_int_equal(guest_exec(g, odd, false, 1, &err), -1);
	must_say(&err, "no newline");
	fd = start(g, false, 60);
	assert_int_equal(guest_exec(g, command, false, 1, &err), -1);
	must_say(&err, "already");
	close(fd);
	/* in mid-command: it is ended */
	assert_int_equal(guest_stop(g, &err), 0);
}

static void arguments(void **state)
{
	static const char *const want[] = {
		"-M\nmine\n",
		"-icount\nshift=0,sleep=off\n",
		"-smp\n1\n",
		"-m\n512\n",
		"-dtb\nan own.dtb\n",
		"-device\nedu\n",
		"invbench.mode=serve initcall_debug\n",
		"-nic\nnone\n",
		"-no-reboot\n",
	};
	static const char *const more[] = { "-device", "edu", NULL };
	struct guest_options o = options("args");
	char path[] = "guest-console.XXXXXX", text[8192];
	struct subject_error err;
	struct guest *g;
	FILE *f;
	size_t i, n;

	(void)state;
	close(mkstemp(path));
	o.machine = "mine";
	o.icount = true;
	o.cpus = 4;
	o.memory = 512;
	o.dtb = "an own.dtb";
	o.args = more;
	o.append = "initcall_debug";
	o.console = path;
	g = guest_boot(&o, &err);
	if (!g)
		fail_msg("%s", err.msg);
	assert_int_equal(guest_stop(g, &err), 0);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	unlink(path);
	text[n] = '\0';
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (!strstr(text, want[i]))
			fail_msg("no '%s' in %s", want[i], text);
}

static void no_qemu(void **state)
{
	struct guest_options o = options("good");
	char *path = strdup(getenv("PATH"));
	struct subject_error err;

	(void)state;
	o.qemu = "nowhere/qemu";
	assert_null(guest_boot(&o, &err));
	must_say(&err, "can't run nowhere/qemu: No such file");
	o.qemu = NULL;
	setenv("PATH", "nowhere", 1);
	assert_null(guest_boot(&o, &err));
	must_say(&err, "no qemu-system-aarch64: install qemu-system-arm");
	o.arch = "m68k";
	assert_null(guest_boot(&o, &err));
	must_say(&err, "m68k");
	o = options("good");
	o.accel = GUEST_ACCEL_KVM;
	o.icount = true;
	assert_null(guest_boot(&o, &err));
	must_say(&err, "KVM can't count instructions");
	o = options("good");
	o.console = "nowhere/console";
	assert_null(guest_boot(&o, &err));
	must_say(&err, "nowhere/console");
	setenv("PATH", path, 1);
	free(path);
}

/* The child of a process, by /proc. 0: none */
static pid_t child_of(pid_t parent)
{
	char path[64], line[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent,
		 parent);
	f = fopen(path, "r");
	if (f) {
		if (!fgets(line, sizeof(line), f))
			line[0] = '\0';
		fclose(f);
	}
	return (pid_t)atoi(line);
}

static bool alive(pid_t pid)
{
	char path[64], state = 'X';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (f) {
		if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = 'X';
		fclose(f);
	}
	return state != 'X' && state != 'Z';
}

/* QEMU doesn't outlive the tool, whatever ends that. */
static void tool_is_killed(void **state)
{
	const struct timespec ms = { .tv_nsec = 10000000 };
	int told[2], i;
	pid_t tool, qemu;
	char c;

	(void)state;
	assert_int_equal(pipe(told), 0);
	tool = fork();
	if (!tool) {
		const struct guest_options o = options("hangs");
		struct subject_error err;

		if (guest_boot(&o, &err) && write(told[1], "u", 1) == 1)
			pause();
		_exit(1);
	}
	close(told[1]);
	assert_int_equal(read(told[0], &c, 1), 1);
	close(told[0]);
	qemu = child_of(tool);
	assert_true(qemu > 0 && alive(qemu));
	kill(tool, SIGKILL);
	assert_int_equal(waitpid(tool, NULL, 0), tool);
	for (i = 0; alive(qemu) && i < 500; i++)
		nanosleep(&ms, NULL);
	assert_false(alive(qemu));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(overtaken),
		cmocka_unit_test(garbage),
		cmocka_unit_test(large),
		cmocka_unit_test(does_not_boot),
		cmocka_unit_test(dies_in_command),
		cmocka_unit_test(kernel_complains),
		cmocka_unit_test(refused),
		cmocka_unit_test(arguments),
		cmocka_unit_test(no_qemu),
		cmocka_unit_test(tool_is_killed),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s FAKE-QEMU\n", argv[0]);
		return 2;
	}
	fake = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
