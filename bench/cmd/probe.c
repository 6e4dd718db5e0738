// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * invbench probe: command-queue syncs of the running driver or module, live; or of a
 * guest's.
 */
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd.h"
#include "command.h"
#include "plots.h"
#include "probe_show.h"
#include "probe_stream.h"

#define MAX_COMMAND 40
/* A guest's, when nothing else is said. */
#define GUEST_SECONDS 10

struct args {
	const char *backend, *kernel, *target, *method, *out, *console;
	double duration, interval;
	unsigned int queues;
	bool fio, json, quiet, no_plots;
	const char *const *command;
};

enum {
	KEY_BACKEND = 256,
	KEY_CONSOLE,
	KEY_DURATION,
	KEY_FIO,
	KEY_INTERVAL,
	KEY_JSON,
	KEY_KERNEL,
	KEY_METHOD,
	KEY_NO_PLOTS,
	KEY_OUT,
	KEY_QUEUES,
	KEY_TARGET,
};

static const struct argp_option options[] = {
	{ "backend", KEY_BACKEND, "here|guest", 0,
	  "this machine (here), or a guest with nvme traffic", 0 },
	{ "target", KEY_TARGET, "stock|module", 0,
	  "the kernel's arm-smmu-v3 (stock), or invbench.ko", 0 },
	{ "duration", KEY_DURATION, "S", 0,
	  "(until Ctrl-C or the end of COMMAND; a guest: 10)", 0 },
	{ "fio", KEY_FIO, NULL, 0,
	  "in the guest, dd and fio (once some 100 MB of packages) rather than dd alone",
	  0 },
	{ "interval", KEY_INTERVAL, "S", 0, "between two looks (1)", 0 },
	{ "method", KEY_METHOD, "auto|fentry|kprobe", 0,
	  "how functions are watched: fentry, and kprobe where that doesn't attach (auto)",
	  0 },
	{ "queues", KEY_QUEUES, "N", 0, "that are told apart (32)", 0 },
	{ "json", KEY_JSON, NULL, 0, "all counts as one JSON document", 0 },
	{ "out", KEY_OUT, "FOLDER", 0, "where the result goes", 0 },
	{ "no-plots", KEY_NO_PLOTS, NULL, 0, "no picture", 0 },
	{ "quiet", 'q', NULL, 0, "no live table", 0 },
	{ "kernel", KEY_KERNEL, "NAME|PATH", 0,
	  "of the guest: of guest/kernels.list, or a kernel tree that was built",
	  0 },
	{ "console", KEY_CONSOLE, "FILE", 0, "of the guest, kept there", 0 },
	{ 0 }
};

static double seconds_of(const char *option, const char *text)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end || !(v >= 0.01 && v <= 1e6))
		exit(usage_error("%s %.40s: seconds, 0.01 to 1000000", option,
				 text));
	return v;
}

static const char *one_of(const char *option, const char *text,
			  const char *const *names, const char *list)
{
	size_t i;

	for (i = 0; names[i]; i++)
		if (!strcmp(names[i], text))
			return text;
	exit(usage_error("%s %.40s: %s", option, text, list));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	static const char *const backends[] = { "here", "guest", NULL };
	static const char *const targets[] = { "stock", "module", NULL };
	static const char *const methods[] = { "auto", "fentry", "kprobe",
					       NULL };
	struct args *a = state->input;

	switch (key) {
	case KEY_BACKEND:
		a->backend =
			one_of("--backend", arg, backends, "here or guest");
		return 0;
	case KEY_TARGET:
		a->target = one_of("--target", arg, targets, "stock or module");
		return 0;
	case KEY_METHOD:
		a->method = one_of("--method", arg, methods,
				   "auto, fentry or kprobe");
		return 0;
	case KEY_DURATION:
		a->duration = seconds_of("--duration", arg);
		return 0;
	case KEY_FIO:
		a->fio = true;
		return 0;
	case KEY_INTERVAL:
		a->interval = seconds_of("--interval", arg);
		return 0;
	case KEY_QUEUES:
		a->queues = (unsigned int)option_number("--queues", arg, 1,
							PROBE_MAX_QUEUES);
		return 0;
	case KEY_JSON:
		a->json = true;
		return 0;
	case KEY_NO_PLOTS:
		a->no_plots = true;
		return 0;
	case 'q':
		a->quiet = true;
		return 0;
	case KEY_OUT:
		a->out = arg;
		return 0;
	case KEY_KERNEL:
		a->kernel = arg;
		return 0;
	case KEY_CONSOLE:
		a->console = arg;
		return 0;
	case ARGP_KEY_ARG:
		/* the rest is the command's */
		if (state->argc - state->next + 1 > MAX_COMMAND)
			exit(usage_error(
				"probe: a command has %d words at the most",
				MAX_COMMAND));
		a->command = (const char *const *)state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* ---- live -------------------------------------------------------------- */

struct live {
	bool tty;
	unsigned int lines; /* of the table that is on the terminal */
};

static void erase(struct live *l)
{
	if (l->lines)
		fprintf(stderr, "\033[%uA\033[J", l->lines);
	l->lines = 0;
}

/* As much of a table as the terminal has room for, its lines counted. */
static void draw(struct live *l, const char *text, unsigned int height)
{
	const char *at = text;

	while (*at && l->lines + 2 < height) {
		at += strcspn(at, "\n") + 1;
		l->lines++;
	}
	/* a line that wrapped would be two to go back over */
	fprintf(stderr, "\033[?7l%.*s", (int)(at - text), text);
	if (*at) {
		fputs("...\n", stderr);
		l->lines++;
	}
	fputs("\033[?7h", stderr);
}

/* The calls of the last interval, in the place of those of the one before. */
static void refresh(struct live *l, const struct probed *c,
		    struct snapshot *shown)
{
	struct winsize size = { 0 };
	char *text = NULL;
	size_t len = 0;
	FILE *f = l->tty ? open_memstream(&text, &len) : NULL;

	if (!f)
		return;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ||
	    !size.ws_row)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	fprintf(f, "%.0f s; of the last %.1f s:\n", c->before.seconds,
		c->before.seconds - shown->seconds);
	probe_show(c, &c->before, shown, size.ws_col, f);
	fclose(f);
	erase(l);
	draw(l, text, size.ws_row);
	free(text);
}

/* The counts of a snapshot that goes away: what the next interval is since. */
static void remember(struct snapshot *to, const struct snapshot *from)
{
	struct snapshot s = *from;

	free(to->time);
	free(to->lists);
	s.time = calloc(s.nr_time + 1, sizeof(*s.time));
	s.lists = calloc(s.nr_lists + 1, sizeof(*s.lists));
	if (s.time && s.lists) {
		memcpy(s.time, from->time, s.nr_time * sizeof(*s.time));
		memcpy(s.lists, from->lists, s.nr_lists * sizeof(*s.lists));
	} else {
		s.nr_time = s.nr_lists = 0;
	}
	*to = s;
}

/* Until the probe has ended. 0, or -errno with a line. */
static int watch(struct probe_stream *s, const struct args *a,
		 struct plan_error *err)
{
	struct live l = { .tty = !a->quiet && !a->json && isatty(2) };
	struct snapshot shown = { 0 };
	bool told = false;
	int ret;

	for (;;) {
		ret = probe_stream_next(s, 200, err);
		if (ret < 0)
			break;
		if (ret) {
			refresh(&l, &s->counts, &shown);
			remember(&shown, &s->counts.before);
		}
		if (!told && __atomic_load_n(&stopped, __ATOMIC_RELAXED)) {
			probe_stream_stop(s);
			told = true;
		}
	}
	erase(&l);
	free(shown.time);
	free(shown.lists);
	return ret == -EPIPE ? 0 : ret;
}

/* ---- the result -------------------------------------------------------- */

/* Its folder, from before the first probe on: one that can't be had costs no counts. */
struct kept {
	struct result *r;
	struct result_text *raw;
};

static int keep_begin(const struct args *a, struct kept *k)
{
	struct plan_error err;
	char path[PATH_MAX];

	if (a->out)
		snprintf(path, sizeof(path), "%s", a->out);
	else
		result_path("probe", path, sizeof(path));
	k->r = result_create_for(path, "probe", &err);
	if (!k->r)
		return usage_error("%s", err.msg);
	result_context_set(k->r, "driver", json_string("probe"));
	k->raw = result_text_begin(k->r, "samples/probe.txt", &err);
	if (k->raw && !result_context_write(k->r, &err))
		return EXIT_FINE;
	result_text_abandon(k->raw);
	result_discard(k->r);
	return usage_error("%s", err.msg);
}

static void keep_nothing(struct kept *k)
{
	result_text_abandon(k->raw);
	result_discard(k->r);
	*k = (struct kept){ NULL };
}

static int keep(const struct args *a, struct kept *k, const struct probed *c,
		json_t *j, bool emulated, const char *kernel)
{
	struct plan_error err;
	int ret;

	result_context_set(k->r, "emulated", json_boolean(emulated));
	if (*kernel)
		result_context_set(k->r, "guest_kernel", json_string(kernel));
	ret = result_text_commit(k->raw, &err) ||
	      result_write_json(k->r, "probe.json", j, &err) ||
	      result_context_write(k->r, &err);
	if (!ret && !a->no_plots && plots_probe(k->r, c, emulated, &err))
		usage_error("%s", err.msg);
	if (ret)
		usage_error("%s", err.msg);
	else if (!a->json)
		printf("result: %s\n", result_dir(k->r));
	result_close(k->r);
	*k = (struct kept){ NULL };
	return ret ? EXIT_USAGE : EXIT_FINE;
}

static int show(const struct args *a, struct kept *k, const struct probed *c,
		bool emulated, const char *kernel)
{
	json_t *j = probe_json(c, emulated);
	int ret;

	if (a->json) {
		json_dumpf(j, stdout, JSON_INDENT(1));
		putchar('\n');
	} else {
		if (c->now.whole)
			probe_show(c, &c->now, NULL, 0, stdout);
		probe_show_notes(c, emulated, stdout);
	}
	ret = keep(a, k, c, j, emulated, kernel);
	json_decref(j);
	return ret;
}

/* ---- here and there ---------------------------------------------------- */

struct probe_words {
	const char *argv[MAX_COMMAND + 24];
	char duration[32], interval[32], queues[16];
};

static void make_words(const struct args *a, const char *const *command,
		       struct probe_words *w)
{
	size_t n = 0, i;

	snprintf(w->duration, sizeof(w->duration), "%g", a->duration);
	snprintf(w->interval, sizeof(w->interval), "%g", a->interval);
	snprintf(w->queues, sizeof(w->queues), "%u", a->queues);
	w->argv[n++] = "--target";
	w->argv[n++] = a->target;
	w->argv[n++] = "--method";
	w->argv[n++] = a->method;
	w->argv[n++] = "--duration";
	w->argv[n++] = w->duration;
	w->argv[n++] = "--interval";
	w->argv[n++] = w->interval;
	w->argv[n++] = "--queues";
	w->argv[n++] = w->queues;
	if (command)
		w->argv[n++] = "--";
	for (i = 0; command && command[i]; i++)
		w->argv[n++] = command[i];
	w->argv[n] = NULL;
}

/* Either way: start, watch, end, show. */
static int run(const struct args *a, struct kept *k, struct guest *g,
	       const char *const *command, bool emulated, const char *kernel)
{
	struct probe_stream s;
	struct probe_words w;
	struct plan_error err;
	int ret;

	make_words(a, command, &w);
	if (probe_stream_start(&s, g, w.argv, a->duration + 300, k->raw,
			       &err)) {
		probe_stream_free(&s);
		return usage_error("%s", err.msg);
	}
	ret = watch(&s, a, &err);
	if (!ret)
		ret = probe_stream_end(&s, &err);
	else
		probed_settle(&s.counts);
	if (ret)
		usage_error("%s", err.msg);
	/* what was counted before it broke is shown all the same */
	if (s.counts.snapshots)
		ret = show(a, k, &s.counts, emulated, kernel) || ret ?
			      EXIT_USAGE :
			      EXIT_FINE;
	else
		ret = EXIT_USAGE;
	if (!ret && s.counts.status > 0)
		ret = usage_error("the command ended with status %d",
				  s.counts.status);
	probe_stream_free(&s);
	return ret;
}

/* Single reads with a sync each, then large ones that gather. */
static const char traffic[] =
	"while :; do dd if=/dev/nvme0n1 of=/dev/null bs=4k count=2000 iflag=direct; "
	"dd if=/dev/nvme0n1 of=/dev/null bs=1M count=64 iflag=direct; done 2>/dev/null";

/* Besides, two at once, each with eight reads of its own under way. */
static const char fio_traffic[] =
	"while :; do dd if=/dev/nvme0n1 of=/dev/null bs=4k count=500 iflag=direct; "
	"chroot /extras /usr/bin/fio --name=reads --filename=/dev/nvme0n1 --direct=1 --rw=randread "
	"--bs=4k --iodepth=8 --numjobs=2 --ioengine=libaio --time_based --runtime=3 "
	"--output=/dev/null; done 2>/dev/null";

static int run_guest(const struct args *a, struct kept *k)
{
	const char *const default_command[] = {
		"sh", "-c", a->fio ? fio_traffic : traffic, NULL
	};
	static const char *const load[] = { "--load", "nvme", NULL };
	/* a disk of zeros that is no file */
	static const char *const devices[] = {
		"-blockdev",
		"driver=null-co,node-name=n0,size=67108864,read-zeroes=on",
		"-device", "nvme,drive=n0,serial=invbench", NULL
	};
	char release[64];
	struct boot boot = { .kernel = a->kernel,
			     .probe = true,
			     .extras = a->fio,
			     .bare = strcmp(a->target, "module") != 0,
			     .initramfs = load,
			     .guest = { .args = devices,
					.console = a->console } };
	struct args own = *a;
	struct plan_error err;
	struct subject_error e;
	struct guest *g;
	bool emulated;
	int ret;

	if (!a->command && !a->duration)
		own.duration = GUEST_SECONDS;
	g = boot_guest(&boot, &err);
	if (!g)
		return usage_error("%s", err.msg);
	emulated = guest_emulated(g);
	if (guest_ask(g, "uname -r", release, sizeof(release), &e)) {
		guest_kill(g);
		return usage_error("%s", e.msg);
	}
	ret = run(&own, k, g, a->command ? a->command : default_command, emulated,
		  release);
	if (ret) {
		guest_kill(g);
		return ret;
	}
	return guest_end(g);
}

int cmd_probe(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		"[--] [COMMAND [ARGUMENT...]]",
		"Times the lists of commands, invalidations and attaches of the running arm-smmu-v3 driver by eBPF, while COMMAND runs or until it is told to stop.\v"
		"SYNC is a list that ends in a CMD_SYNC, until it was consumed; NOSYNC one without; INV_RANGE an invalidation, IN QUEUE of it the share spent in lists; ATTACH from arm_smmu_attach_prepare() to the end of arm_smmu_attach_commit(). COMMANDS and OTHERS: commands in a list, and how many others waited for a CMD_SYNC at its entry, means. FULL: lists that found no room at entry.",
		NULL,
		NULL,
		NULL
	};
	struct args a = { .backend = "here",
			  .target = "stock",
			  .method = "auto",
			  .interval = 1,
			  .queues = 32 };

	struct kept k = { NULL };
	int ret;

	parse_args_to_command(&argp, "probe", argc, argv, &a);
	if (a.fio && (strcmp(a.backend, "guest") != 0 || a.command))
		return usage_error(
			"probe: --fio is the traffic of --backend guest, where no COMMAND makes it");
	stop_on_signals();
	ret = keep_begin(&a, &k);
	if (ret)
		return ret;
	if (!strcmp(a.backend, "guest"))
		ret = run_guest(&a, &k);
	else
		ret = run(&a, &k, NULL, a.command, false, "");
	/* it never came to counting */
	if (k.r)
		keep_nothing(&k);
	return ret;
}
