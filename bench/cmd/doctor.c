// SPDX-License-Identifier: GPL-2.0-or-later
/* invbench doctor: what a machine can do, and what to install or enable for the rest. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "command.h"
#include "doctor.h"
#include "table.h"

struct args {
	bool json, guest;
	const char *from, *kernel, *append;
};

enum { KEY_APPEND = 256, KEY_BACKEND, KEY_FROM, KEY_JSON, KEY_KERNEL };

static const struct argp_option options[] = {
	{ "json", KEY_JSON, NULL, 0, "as JSON", 0 },
	{ "from", KEY_FROM, "FILE", 0,
	  "another machine, by what bench/doctor/record.sh printed there (`-': from standard input)",
	  0 },
	{ "backend", KEY_BACKEND, "user|guest", 0,
	  "this machine (user), or a guest by the same script", 0 },
	{ "kernel", KEY_KERNEL, "NAME|PATH", 0,
	  "of the guest: of guest/kernels.list, or a kernel tree that was built",
	  0 },
	{ "append", KEY_APPEND, "TEXT", 0,
	  "to the guest's kernel command line, e.g. iommu.passthrough=1", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case KEY_JSON:
		a->json = true;
		return 0;
	case KEY_FROM:
		a->from = arg;
		return 0;
	case KEY_BACKEND:
		if (strcmp(arg, "user") && strcmp(arg, "guest"))
			exit(usage_error("--backend %s: user or guest", arg));
		a->guest = *arg == 'g';
		return 0;
	case KEY_APPEND:
		a->append = arg;
		return 0;
	case KEY_KERNEL:
		a->kernel = arg;
		return 0;
	case ARGP_KEY_ARG:
		exit(usage_error("doctor: '%s': it takes options only", arg));
	case ARGP_KEY_END:
		if ((a->kernel || a->append) && !a->guest)
			exit(usage_error("%s: it is a guest's: --backend guest",
					 a->kernel ? "--kernel" : "--append"));
		if (a->from && a->guest)
			exit(usage_error("--from and --backend guest: one machine at a time"));
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool has_command(const char *name)
{
	static const char *const names[] = {
#define COMMAND(name, help) #name,
#include "commands.def"
#undef COMMAND
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* As guest/lib.sh has it. */
static void find_cache(char *path, size_t len)
{
	const char *own = getenv("INVBENCH_CACHE"),
		   *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (own && *own)
		snprintf(path, len, "%s", own);
	else if (xdg && *xdg)
		snprintf(path, len, "%s/invbench", xdg);
	else
		snprintf(path, len, "%s/.cache/invbench", home ? home : "");
}

static struct look *read_record(FILE *in, const char *name)
{
	unsigned int line;
	struct look *l = look_record(in, &line);

	if (!l)
		exit(usage_error("%s:%u: no record of a machine, as bench/doctor/record.sh prints it",
				 name, line));
	return l;
}

static struct look *look_from(const char *name)
{
	bool std = !strcmp(name, "-");
	FILE *in = std ? stdin : fopen(name, "re");
	struct look *l;

	if (!in)
		exit(usage_error("%s: %s", name, strerror(errno)));
	l = read_record(in, std ? "standard input" : name);
	if (!std)
		fclose(in);
	return l;
}

/* Boots one, and has the script's output; exits where that fails. */
static struct look *look_guest(const struct args *a)
{
	/* the lockdown is there; what attaches is asked by trying */
	static const char script[] =
		"mount -t securityfs none /sys/kernel/security; sh /record.sh; "
		"echo '?features'; /bin/invbench-probe features | sed 's/^/\t/'";
	static const char *const command[] = { "sh", "-c", script, NULL };
	char file[PATH_MAX + 16];
	const char *const initramfs[] = { file, NULL };
	const struct boot boot = { .kernel = a->kernel,
				   .bare = true,
				   .probe = true,
				   .initramfs = initramfs,
				   .guest = { .append = a->append } };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	struct look *l;
	int ret;

	if (!f || snprintf(file, sizeof(file),
			   "%s/bench/doctor/record.sh=record.sh",
			   top_dir()) >= (int)sizeof(file))
		exit(usage_error("the project's path is too long"));
	stop_on_signals();
	ret = guest_command(&boot, command, 120, f);
	fclose(f);
	if (ret == EXIT_FINDING || ret == EXIT_USAGE)
		exit(ret);
	f = len ? fmemopen(text, len, "r") : NULL;
	if (!f)
		exit(usage_error("the guest has nothing to say"));
	l = read_record(f, "the guest's record");
	fclose(f);
	free(text);
	return l;
}

#define CELL 64

/* A cell of words, in lines of at most CELL characters where words allow it. */
static void set_words(struct table *t, const char *key, const char *text)
{
	char *lines = look_format("%s", text), *start = lines, *c, *gap = NULL;

	for (c = lines; *c; c++) {
		if (*c == ' ')
			gap = c;
		if (c - start < CELL || !gap)
			continue;
		*gap = '\n';
		start = gap + 1;
		gap = NULL;
	}
	table_set(t, key, NULL, "%s", lines);
	free(lines);
}

static void print_subject(const struct doctor *d, const char *subject)
{
	struct table *t = table_new(subject);
	size_t i;

	table_column(t, "name", "CHECK", false);
	table_column(t, "verdict", "HERE", false);
	table_column(t, "detail", "WHAT IS SEEN", false);
	table_column(t, "use", "FOR", false);
	table_lines(t, "detail");
	for (i = 0; i < d->nr_rows; i++) {
		const struct doctor_row *r = &d->rows[i];

		if (strcmp(r->subject, subject))
			continue;
		table_row(t);
		table_set(t, "name", NULL, "%s", r->name);
		table_set(t, "verdict", NULL, "%s",
			  doctor_verdict_name(r->verdict));
		set_words(t, "detail", r->detail);
		table_set(t, "use", NULL, "%s", r->use);
	}
	table_print(t, stdout);
	table_free(t);
	for (i = 0; i < d->nr_rows; i++)
		if (!strcmp(d->rows[i].subject, subject) && d->rows[i].remedy)
			printf("  %s: %s\n", d->rows[i].name,
			       d->rows[i].remedy);
	putchar('\n');
}

static void print_commands(const struct doctor *d)
{
	struct table *t = table_new("what works here");
	size_t i;

	table_column(t, "command", "COMMAND", false);
	table_column(t, "verdict", "WORKS", false);
	table_column(t, "lacks", "LACKS", false);
	table_lines(t, "lacks");
	for (i = 0; i < d->nr_commands; i++) {
		table_row(t);
		table_set(t, "command", NULL, "%s", d->commands[i].words);
		table_set(t, "verdict", NULL, "%s",
			  doctor_verdict_name(d->commands[i].verdict));
		set_words(t, "lacks",
			  d->commands[i].lacks ? d->commands[i].lacks : "");
	}
	table_print(t, stdout);
	table_free(t);
}

static void print_text(const struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->nr_rows; i++)
		if (!i || strcmp(d->rows[i].subject, d->rows[i - 1].subject))
			print_subject(d, d->rows[i].subject);
	if (d->nr_commands)
		print_commands(d);
}

static json_t *text_or_null(const char *text)
{
	json_t *j = text ? json_string(text) : NULL;

	return j ? j : json_null();
}

static void print_json(const struct doctor *d)
{
	json_t *checks = json_array(), *commands = json_array(), *all;
	size_t i;

	for (i = 0; i < d->nr_rows; i++) {
		const struct doctor_row *r = &d->rows[i];

		json_array_append_new(
			checks,
			json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:O}",
				  "subject", r->subject, "name", r->name,
				  "verdict", doctor_verdict_name(r->verdict),
				  "detail", text_or_null(r->detail), "for",
				  r->use, "remedy", text_or_null(r->remedy),
				  "values", r->values ? r->values : json_null()));
	}
	for (i = 0; i < d->nr_commands; i++)
		json_array_append_new(
			commands,
			json_pack("{s:s, s:s, s:o}", "command",
				  d->commands[i].words, "works",
				  doctor_verdict_name(d->commands[i].verdict),
				  "lacks", text_or_null(d->commands[i].lacks)));
	all = json_pack("{s:o, s:o}", "checks", checks, "commands", commands);
	json_dumpf(all, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(all);
}

int cmd_doctor(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		NULL,
		"What this machine can do of what invbench asks for, and what to install or enable "
		"for the rest. Nothing is changed. Some of it only root sees.",
		NULL,
		NULL,
		NULL
	};
	char cache[PATH_MAX], probe[PATH_MAX];
	const struct look_places places = { .probe = probe, .cache = cache };
	struct doctor_options o = { .top = top_dir(),
				    .cache = cache,
				    .has_command = has_command };
	struct args a = { 0 };
	struct doctor *d;
	struct look *l;

	parse_args(&argp, "doctor", argc, argv, &a);
	find_cache(cache, sizeof(cache));
	snprintf(probe, sizeof(probe), "%s", probe_path());
	l = a.from  ? look_from(a.from) :
	    a.guest ? look_guest(&a) :
		      look_live(&places);
	o.guest = a.guest;
	d = doctor_examine(l, &o);
	if (a.json)
		print_json(d);
	else
		print_text(d);
	doctor_free(d);
	look_free(l);
	return EXIT_FINE;
}
