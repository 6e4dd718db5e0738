// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gnuplot.h"

extern char **environ;

/* ---- text ------------------------------------------------------------- */

/*
 * Everything beyond plain letters as an octal escape: in a double-quoted string
 * gnuplot would run what stands between backquotes.
 */
void gnuplot_quote(FILE *f, const char *text)
{
	const unsigned char *start = (const unsigned char *)text, *c;

	fputc('"', f);
	for (c = start; *c; c++) {
		/* what ends a CDATA section in XML, gnuplot lets through */
		if (*c == '>' && c > start + 1 && c[-1] == ']' && c[-2] == ']')
			fputc(' ', f);
		if (*c == '\n')
			fputs("\\n", f);
		else if (isascii(*c) &&
			 (isalnum(*c) || strchr(" .,:;=+-/()", *c)))
			fputc(*c, f);
		else
			fprintf(f, "\\%03o", *c);
	}
	fputc('"', f);
}

void gnuplot_text(FILE *f, const char *key, const char *text)
{
	fprintf(f, "%s = ", key);
	gnuplot_quote(f, text);
	fputc('\n', f);
}

void gnuplot_number(FILE *f, const char *key, double v)
{
	if (isfinite(v))
		fprintf(f, "%s = %.9g\n", key, v);
	else
		fprintf(f, "%s = NaN\n", key);
}

/* jansson refuses what isn't UTF-8. */
static bool is_utf8(const char *text)
{
	json_t *j = json_string(text);

	json_decref(j);
	return j;
}

static bool starts_character(unsigned char c)
{
	return (c & 0xc0) != 0x80;
}

unsigned int gnuplot_wrap(const char *text, unsigned int width, char *out,
			  size_t len)
{
	bool utf8 = is_utf8(text);
	unsigned int lines = 1, column = 0, since = 0;
	size_t at = 0, blank = 0;

	for (; *text && at + 2 < len; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\n') {
			out[at++] = '\n';
			lines++;
			column = since = 0;
			blank = 0;
			continue;
		}
		if (iscntrl(c) || (!utf8 && c > 127))
			c = '?';
		if (starts_character(c) && column == width) {
			if (c == ' ') {
				out[at++] = '\n';
				column = since = 0;
				blank = 0;
				lines++;
				continue;
			}
			if (blank) {
				out[blank - 1] = '\n';
				column = since;
			} else {
				out[at++] = '\n';
				column = 0;
			}
			lines++;
			blank = 0;
			since = column;
		}
		out[at++] = (char)c;
		if (starts_character(c)) {
			column++;
			since++;
		}
		if (c == ' ') {
			blank = at;
			since = 0;
		}
	}
	/* cut short: no half of a character at the end */
	while (*text && at && !starts_character((unsigned char)out[at - 1]))
		at--;
	if (*text && at && (unsigned char)out[at - 1] > 127)
		at--;
	out[at] = '\0';
	return lines;
}

/* ---- the child -------------------------------------------------------- */

/* The last line that says something; gnuplot prints blank ones and markers. */
static void keep_last_line(int fd, char *last, size_t len)
{
	FILE *f = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;

	*last = '\0';
	if (!f) {
		close(fd);
		return;
	}
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (line[strspn(line, " \t^")])
			snprintf(last, len, "%s", line + strspn(line, " \t"));
	}
	free(line);
	fclose(f);
}

static int spawn(char *const argv[], const char *dir, int err_fd, pid_t *pid)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t usual;
	int ret;

	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&attr);
	/* the run ignores SIGPIPE; what it starts shouldn't */
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawnattr_setsigdefault(&attr, &usual);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, err_fd, 2);
	posix_spawn_file_actions_addchdir_np(&fa, dir);
	ret = posix_spawnp(pid, argv[0], &fa, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return -ret;
}

static int run(char *const argv[], const char *dir, const char *what,
	       struct plan_error *err)
{
	char last[256];
	int pipe_fd[2], status = 0, ret;
	pid_t pid;

	if (pipe2(pipe_fd, O_CLOEXEC)) {
		snprintf(err->msg, sizeof(err->msg), "gnuplot: %s",
			 strerror(errno));
		return -EIO;
	}
	ret = spawn(argv, dir, pipe_fd[1], &pid);
	close(pipe_fd[1]);
	if (ret == -ENOENT) {
		close(pipe_fd[0]);
		snprintf(
			err->msg, sizeof(err->msg),
			"no pictures: gnuplot isn't there (package gnuplot-nox); the data for them are in %.300s",
			dir);
		return ret;
	}
	if (ret) {
		close(pipe_fd[0]);
		snprintf(err->msg, sizeof(err->msg), "gnuplot: %s",
			 strerror(-ret));
		return ret;
	}
	keep_last_line(pipe_fd[0], last, sizeof(last));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!status)
		return 0;
	snprintf(err->msg, sizeof(err->msg), "%.100s: gnuplot: %.300s", what,
		 *last ? last : "it failed and said nothing");
	return -EIO;
}

/* Both pictures whole, or neither: gnuplot writes them under another name. */
static int rename_picture(const char *dir, const char *picture, const char *ext,
			  bool keep)
{
	char tmp[PATH_MAX], path[PATH_MAX];

	if (snprintf(tmp, sizeof(tmp), "%s/%s.%s.tmp", dir, picture, ext) >=
		    (int)sizeof(tmp) ||
	    snprintf(path, sizeof(path), "%s/%s.%s", dir, picture, ext) >=
		    (int)sizeof(path))
		return -ENAMETOOLONG;
	if (keep && !rename(tmp, path))
		return 0;
	unlink(tmp);
	return keep ? -EIO : 0;
}

int gnuplot_draw(const char *dir, const char *scripts, const char *picture,
		 const char *script, struct plan_error *err)
{
	char common[PATH_MAX], svg[PATH_MAX], png[PATH_MAX], draw[PATH_MAX];
	char prologue[NAME_MAX], what[NAME_MAX];
	/* -d: nobody's ~/.gnuplot; each file is read in the order of the line */
	char *argv[] = { "gnuplot", "-d",     "-e", "suffix = '.tmp'",
			 common,    prologue, svg,  draw,
			 png,	    draw,     NULL };
	int ret;

	*err->msg = '\0';
	snprintf(what, sizeof(what), "plots/%.100s (%.100s)", script, picture);
	if (snprintf(common, PATH_MAX, "%s/common.gp", scripts) >= PATH_MAX ||
	    snprintf(svg, PATH_MAX, "%s/svg.gp", scripts) >= PATH_MAX ||
	    snprintf(png, PATH_MAX, "%s/png.gp", scripts) >= PATH_MAX ||
	    snprintf(draw, PATH_MAX, "%s/%s", scripts, script) >= PATH_MAX ||
	    snprintf(prologue, NAME_MAX, "%s.gp", picture) >= NAME_MAX) {
		snprintf(err->msg, sizeof(err->msg), "%s: %s", what,
			 strerror(ENAMETOOLONG));
		return -ENAMETOOLONG;
	}
	if (access(dir, W_OK | X_OK) || access(draw, R_OK)) {
		snprintf(err->msg, sizeof(err->msg), "%s: %s", what,
			 strerror(errno));
		return -EIO;
	}
	ret = run(argv, dir, what, err);
	if (ret == -ENOENT)
		return ret;
	if (rename_picture(dir, picture, "svg", !ret) && !ret)
		ret = -EIO;
	if (rename_picture(dir, picture, "png", !ret) && !ret)
		ret = -EIO;
	if (ret && !*err->msg)
		snprintf(err->msg, sizeof(err->msg), "%s: gnuplot left no file",
			 what);
	return ret;
}
