// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench guest: a kernel of its own for the module, on any machine. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "cmd.h"
#include "command.h"
#include "guest_launch.h"

#define MAX_MORE 32

struct args {
	struct boot boot;
	const char *initramfs[2 * MAX_MORE + 1], *qemu[MAX_MORE + 1];
	size_t nr_initramfs, nr_qemu;
	double timeout;
	const char *const *command;
};

enum {
	KEY_ACCEL = 256,
	KEY_APPEND,
	KEY_BARE,
	KEY_CONSOLE,
	KEY_CPUS,
	KEY_EXTRAS,
	KEY_FILE,
	KEY_ICOUNT,
	KEY_KERNEL,
	KEY_LOAD,
	KEY_MEMORY,
	KEY_OWN_SMMU,
	KEY_PROBE,
	KEY_QEMU,
	KEY_TIMEOUT,
};

static const struct argp_option options[] = {
	{ "kernel", KEY_KERNEL, "NAME|PATH", 0,
	  "of guest/kernels.list, or a kernel tree that was built", 0 },
	{ "accel", KEY_ACCEL, "auto|kvm|tcg", 0,
	  "KVM where it is there for this kernel, else emulated", 0 },
	{ "cpus", KEY_CPUS, "N", 0, "(the host's, 2 at most)", 0 },
	{ "memory", KEY_MEMORY, "MIB", 0, "(1024)", 0 },
	{ "append", KEY_APPEND, "TEXT", 0, "to the kernel's command line", 0 },
	{ "load", KEY_LOAD, "MODULE", 0,
	  "a module of the kernel's, loaded at boot; may be given again", 0 },
	{ "file", KEY_FILE, "FILE=PLACE", 0,
	  "into the guest; may be given again", 0 },
	{ "icount", KEY_ICOUNT, NULL, 0,
	  "emulated, on one CPU, where an instruction takes a nanosecond", 0 },
	{ "qemu", KEY_QEMU, "ARGUMENT", 0,
	  "one more argument of QEMU; may be given again", 0 },
	{ "own-smmu", KEY_OWN_SMMU, NULL, 0,
	  "its SMMU is the module's, for device=mmio, and not the stock driver's",
	  0 },
	{ "extras", KEY_EXTRAS, NULL, 0,
	  "with fio, bpftrace and libbpf-tools: chroot /extras /usr/bin/PROGRAM", 0 },
	{ "bare", KEY_BARE, NULL, 0, "without our worker and module", 0 },
	{ "probe", KEY_PROBE, NULL, 0, "with bin/invbench-probe", 0 },
	{ "console", KEY_CONSOLE, "FILE", 0, "keep the console there", 0 },
	{ 0 }
};

static const struct argp_option run_options[] = {
	{ "timeout", KEY_TIMEOUT, "S", 0, "for the command (600)", 0 },
	{ 0 }
};

static void add_word(const char **list, size_t *nr, size_t room,
		     const char *text)
{
	if (*nr == room)
		exit(usage_error("%s: no more than %zu of these", text, room));
	list[(*nr)++] = text;
}

static enum guest_accel read_accel(const char *name)
{
	static const char *const names[] = {
		[GUEST_ACCEL_AUTO] = "auto",
		[GUEST_ACCEL_KVM] = "kvm",
		[GUEST_ACCEL_TCG] = "tcg",
	};
	int i;

	for (i = 0; i <= GUEST_ACCEL_TCG; i++)
		if (!strcmp(name, names[i]))
			return i;
	exit(usage_error("--accel %s: auto, kvm or tcg", name));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;
	struct guest_options *g = &a->boot.guest;

	switch (key) {
	case KEY_ACCEL:
		g->accel = read_accel(arg);
		return 0;
	case KEY_APPEND:
		g->append = arg;
		return 0;
	case KEY_BARE:
		a->boot.bare = true;
		return 0;
	case KEY_CONSOLE:
		g->console = arg;
		return 0;
	case KEY_CPUS:
		g->cpus = (unsigned int)option_number("--cpus", arg, 1, 64);
		return 0;
	case KEY_EXTRAS:
		a->boot.extras = true;
		return 0;
	case KEY_FILE:
		if (!strchr(arg, '='))
			exit(usage_error("--file %s: not FILE=PLACE", arg));
		add_word(a->initramfs, &a->nr_initramfs, 2 * MAX_MORE, arg);
		return 0;
	case KEY_ICOUNT:
		g->icount = true;
		g->accel = GUEST_ACCEL_TCG;
		return 0;
	case KEY_KERNEL:
		a->boot.kernel = arg;
		return 0;
	case KEY_LOAD:
		add_word(a->initramfs, &a->nr_initramfs, 2 * MAX_MORE,
			 "--load");
		add_word(a->initramfs, &a->nr_initramfs, 2 * MAX_MORE, arg);
		return 0;
	case KEY_MEMORY:
		g->memory = (unsigned int)option_number("--memory", arg, 128,
							1 << 20);
		return 0;
	case KEY_PROBE:
		a->boot.probe = true;
		return 0;
	case KEY_OWN_SMMU:
		a->boot.own_smmu = true;
		return 0;
	case KEY_QEMU:
		add_word(a->qemu, &a->nr_qemu, MAX_MORE, arg);
		return 0;
	case ARGP_KEY_ARG:
		exit(usage_error("guest: what is '%s' for?", arg));
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse_run(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = a;
		return 0;
	case KEY_TIMEOUT:
		a->timeout = (double)option_number("--timeout", arg, 1, 86400);
		return 0;
	case ARGP_KEY_ARG:
		/* the rest is the command's */
		a->command = (const char *const *)state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp boot_argp = { .options = options, .parser = parse };

static void take_args(const struct argp *argp, const char *cmd, int argc,
		      char **argv, struct args *a)
{
	*a = (struct args){ .timeout = 600 };
	parse_args_to_command(argp, cmd, argc, argv, a);
	a->boot.initramfs = a->initramfs;
	a->boot.guest.args = a->qemu;
}

static int do_boot(int argc, char **argv)
{
	const struct argp argp = {
		options, parse, NULL, "Boots, says how long it took, and ends.",
		NULL,	 NULL,	NULL
	};
	struct plan_error err;
	struct guest *g;
	struct args a;
	double seconds;
	bool emulated;
	int ret;

	take_args(&argp, "guest boot", argc, argv, &a);
	stop_on_signals();
	g = boot_guest(&a.boot, &err);
	if (!g)
		return usage_error("%s", err.msg);
	seconds = guest_boot_seconds(g);
	emulated = guest_emulated(g);
	ret = guest_end(g);
	if (ret == EXIT_FINE)
		printf("%s: up in %.1f s, %s\n",
		       a.boot.kernel ? a.boot.kernel : "the default kernel",
		       seconds, emulated ? "emulated" : "by KVM");
	return ret;
}

static int do_shell(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		NULL,
		"A shell in a guest; our module is modules/invbench.ko there.",
		NULL,
		NULL,
		NULL
	};
	struct plan_error err;
	struct args a;

	take_args(&argp, "guest shell", argc, argv, &a);
	return boot_shell(&a.boot, &err) ? usage_error("%s", err.msg) :
					   EXIT_FINE;
}

static int do_run(int argc, char **argv)
{
	const struct argp_child children[] = { { &boot_argp, 0, NULL, 0 },
					       { 0 } };
	const struct argp argp = {
		run_options,
		parse_run,
		"[--] COMMAND [ARGUMENT...]",
		"Runs a command in a guest (busybox, bin/invbench-relay); "
		"its output and its exit status are this command's. "
		"1, with a line, if the guest's kernel complained.",
		children,
		NULL,
		NULL
	};
	struct args a;

	take_args(&argp, "guest run", argc, argv, &a);
	if (!a.command)
		return usage_error("guest run: which command?");
	stop_on_signals();
	return guest_command(&a.boot, a.command, a.timeout, stdout);
}

static error_t parse_nothing(int key, char *arg, struct argp_state *state)
{
	if (key == ARGP_KEY_ARG)
		exit(usage_error("%s: what is '%s' for?",
				 strchr(state->name, ' ') + 1, arg));
	return ARGP_ERR_UNKNOWN;
}

/* The self-test's suite of the stock driver; arrays aren't skipped in that kernel. */
static const char kunit_script[] =
	/* what the driver's own said at boot */
	"dmesg | grep -E '# (arm-smmu-v3-kunit-test|Totals):'; "
	"dmesg | grep -q '# arm-smmu-v3-kunit-test: pass:[1-9].* fail:0 ' || exit 1; "
	"insmod /modules/invbench.ko stock_dev=" GUEST_SPARE
	" && cd /sys/kernel/debug/invbench || exit 2; "
	"ktap=$(for s in stock stock-busted; do echo $s >selftest; cat selftest; done); "
	"cd / && rmmod invbench || exit 2; echo \"$ktap\"; "
	"case $ktap in *'not ok '* | *' invs # SKIP'* | *' invs_planted # SKIP'*) exit 1 ;; "
	"*' invs_planted'*) exit 0 ;; *) exit 1 ;; esac";

static int do_kunit(int argc, char **argv)
{
	const struct argp argp = {
		.parser = parse_nothing,
		.doc = "The driver's merge, unref and purge against ours, in a slim kernel that has "
		       "them as functions. Fetches the default kernel's source and builds it, once: "
		       "minutes, and 4 GB of the cache.",
	};
	static const char *const command[] = { "sh", "-c", kunit_script, NULL };
	static const char *const devices[] = { "-device", GUEST_SPARE_DEVICE,
					       NULL };
	const struct boot boot = {
		.kernel = "slim",
		.guest = { .append = "kunit.enable=1 kunit.autorun=1",
			   .args = devices },
	};

	parse_args(&argp, "guest kunit", argc, argv, NULL);
	stop_on_signals();
	return guest_command(&boot, command, 300, stdout);
}

/* One of guest/ with the command's own arguments. */
static int run_script(const char *name, char **args)
{
	char path[PATH_MAX];
	const char *argv[MAX_MORE + 2] = { path };
	struct plan_error err;
	size_t n = 1;

	snprintf(path, sizeof(path), "%s/guest/%s", top_dir(), name);
	while (*args) {
		if (n == MAX_MORE + 1)
			return usage_error("guest: too many arguments");
		argv[n++] = *args++;
	}
	return child_run(argv, &err) ? usage_error("%s", err.msg) : EXIT_FINE;
}

struct fetch {
	char **names;
	bool extras;
};

static error_t parse_fetch(int key, char *arg, struct argp_state *state)
{
	struct fetch *f = state->input;

	(void)arg;
	switch (key) {
	case KEY_EXTRAS:
		f->extras = true;
		return 0;
	case ARGP_KEY_ARGS:
		f->names = state->argv + state->next;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int do_fetch(int argc, char **argv)
{
	static const struct argp_option fetch_options[] = {
		{ "extras", KEY_EXTRAS, NULL, 0,
		  "also fio, bpftrace and libbpf-tools, for guests with --extras",
		  0 },
		{ 0 }
	};
	const struct argp argp = {
		fetch_options,
		parse_fetch,
		"[KERNEL...]",
		"Pinned kernels and the tools that build for them, into the cache: Debian's "
		"packages, verified by apt, nothing of them installed.",
		NULL,
		NULL,
		NULL
	};
	char *none[] = { NULL };
	struct fetch f = { .names = none };
	int ret;

	parse_args(&argp, "guest fetch", argc, argv, &f);
	ret = run_script("fetch.sh", f.names);
	if (ret == EXIT_FINE && f.extras)
		ret = run_script("extras.sh", f.names);
	return ret;
}

static int do_clean(int argc, char **argv)
{
	const struct argp argp = {
		.parser = parse_nothing,
		.doc = "Removes the cache of kernels, tools and builds.",
	};
	char *none[] = { NULL };

	parse_args(&argp, "guest clean", argc, argv, NULL);
	return run_script("clean.sh", none);
}

static const struct {
	const char *name, *help;
	int (*fn)(int argc, char **argv);
} verbs[] = {
	{ "fetch", "pinned kernels and their tools into the cache", do_fetch },
	{ "boot", "boot, say how long it took", do_boot },
	{ "shell", "a shell in a guest", do_shell },
	{ "run", "a command in a guest", do_run },
	{ "kunit", "the driver's array functions against ours, in a kernel that has them",
	  do_kunit },
	{ "pathlen", "path lengths in instructions, against the stock driver's", guest_pathlen },
	{ "probe-cost", "what probes add to a call: ours, bpftrace's, funclatency's",
	  guest_probe_cost },
	{ "clean", "remove the cache", do_clean },
};

#define NR_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void print_help(FILE *out)
{
	size_t i;

	fputs("Usage: invbench guest VERB [OPTION...]\n\n", out);
	for (i = 0; i < NR_VERBS; i++)
		fprintf(out, "  %-10s %s\n", verbs[i].name, verbs[i].help);
	fputs("\n`invbench guest VERB --help` says more.\n", out);
}

int cmd_guest(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-?")) {
		print_help(stdout);
		return EXIT_FINE;
	}
	for (i = 0; i < NR_VERBS; i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].fn(argc - 1, argv + 1);
	return usage_error("guest: no '%s'; see invbench guest --help",
			   argv[1]);
}
