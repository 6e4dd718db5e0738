// SPDX-License-Identifier: GPL-2.0-or-later
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "command.h"

int guest_end(struct guest *g)
{
	struct subject_error e;
	int findings = guest_stop(g, &e);

	if (!findings)
		return EXIT_FINE;
	usage_error("%s", e.msg);
	return findings > 0 ? EXIT_FINDING : EXIT_USAGE;
}

/* Until the command ends, or somebody ends us. */
static void copy_output(int fd, FILE *out)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char data[65536];
	ssize_t n;

	while (!__atomic_load_n(&stopped, __ATOMIC_RELAXED)) {
		if (poll(&p, 1, 200) <= 0)
			continue;
		n = read(fd, data, sizeof(data));
		if (n <= 0)
			return;
		fwrite(data, 1, (size_t)n, out);
		fflush(out);
	}
}

static int execute(struct guest *g, const char *const *command,
		   double timeout, FILE *out)
{
	struct subject_error e;
	int fd = guest_exec(g, command, false, timeout, &e), status, ret;

	if (fd < 0) {
		guest_kill(g);
		return usage_error("%s", e.msg);
	}
	copy_output(fd, out);
	close(fd);
	if (__atomic_load_n(&stopped, __ATOMIC_RELAXED)) {
		guest_kill(g);
		return usage_error("stopped; the guest was ended");
	}
	status = guest_wait(g, &e);
	if (status < 0) {
		guest_kill(g);
		return usage_error("%s", e.msg);
	}
	ret = guest_end(g);
	return ret ? ret : status;
}

int guest_ask(struct guest *g, const char *script, char *text, size_t len,
	      struct subject_error *err)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	int fd = guest_exec(g, argv, false, 60, err);
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return -1;
	while (n < len - 1 && (got = read(fd, text + n, len - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	close(fd);
	if (guest_wait(g, err) < 0)
		return -1;
	if (*text)
		return 0;
	snprintf(err->msg, sizeof(err->msg), "the guest has no answer to '%s'",
		 script);
	return -1;
}

int guest_read_file(struct guest *g, const char *path, FILE *out,
		    struct subject_error *err)
{
	const char *const argv[] = { "/bin/cat", path, NULL };
	int fd = guest_exec(g, argv, false, 60, err), status;
	char data[65536];
	ssize_t got;

	if (fd < 0)
		return -1;
	while ((got = read(fd, data, sizeof(data))) > 0)
		fwrite(data, 1, (size_t)got, out);
	close(fd);
	status = guest_wait(g, err);
	if (!status)
		return 0;
	if (status > 0)
		snprintf(err->msg, sizeof(err->msg), "the guest has no file %s", path);
	return -1;
}

int guest_command(const struct boot *boot, const char *const *command,
		  double timeout, FILE *out)
{
	struct plan_error err;
	struct guest *g = boot_guest(boot, &err);

	return g ? execute(g, command, timeout, out) :
		   usage_error("%s", err.msg);
}
