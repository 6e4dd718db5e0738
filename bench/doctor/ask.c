// SPDX-License-Identifier: GPL-2.0-or-later
/* What this machine says when something is tried, run or computed. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "ask.h"

static const char *name_of(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "unknown error";
}

static char *ask_release(const struct look_places *p, const char *arg)
{
	struct utsname u;

	(void)p;
	(void)arg;
	uname(&u);
	return look_format("%s", u.release);
}

static char *ask_machine(const struct look_places *p, const char *arg)
{
	struct utsname u;

	(void)p;
	(void)arg;
	uname(&u);
	return look_format("%s", u.machine);
}

/* All of a file, compressed or not; NULL: none. */
static char *all_of(const char *path)
{
	gzFile f = gzopen(path, "re");
	size_t len = 0, room = 1 << 16;
	char *text;
	int n;

	if (!f)
		return NULL;
	text = look_check(malloc(room + 1));
	while ((n = gzread(f, text + len, (unsigned int)(room - len))) > 0) {
		len += (size_t)n;
		if (len == room)
			text = look_check(realloc(text, (room *= 2) + 1));
	}
	gzclose(f);
	text[len] = '\0';
	return text;
}

/* The kernel's configuration, from where it is kept. */
static char *ask_config(const struct look_places *p, const char *arg)
{
	static const char *const places[] = {
		"/proc/config.gz",
		"/boot/config-%s",
		"/lib/modules/%s/config",
		"/usr/lib/modules/%s/config",
		"/lib/modules/%s/build/.config",
	};
	char *path, *text = NULL;
	struct utsname u;
	size_t i;

	(void)p;
	(void)arg;
	uname(&u);
	for (i = 0; !text && i < sizeof(places) / sizeof(places[0]); i++) {
		const char *mark = strstr(places[i], "%s");

		path = mark ? look_format("%.*s%s%s", (int)(mark - places[i]),
					  places[i], u.release, mark + 2) :
			      look_format("%s", places[i]);
		text = all_of(path);
		free(path);
	}
	return text;
}

/* The lines of @text that have one of @words, NULL after the last. */
static char *lines_with(const char *text, const char *const *words)
{
	char *out = look_check(calloc(1, strlen(text) + 2)), *to = out;
	const char *const *w;
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		for (w = words; *w; w++)
			if (memmem(text, len, *w, strlen(*w)))
				break;
		if (!*w)
			continue;
		to = mempcpy(to, text, len);
		*to++ = '\n';
	}
	*to = '\0';
	if (to != out)
		return out;
	free(out);
	return NULL;
}

/* What the drivers of SMMUs said; of a log that has gone round, the journal's. */
static char *ask_klog(const struct look_places *p, const char *arg)
{
	static const char *const words[] = { "smmu", "SMMU", "cmdqv", NULL };
	const char *const journal[] = { "journalctl", "-k",	 "-b",	"-o",
					"cat",	      "--grep=smmu", NULL };
	int size = klogctl(10, NULL, 0), n; /* SYSLOG_ACTION_SIZE_BUFFER */
	char *all, *text = NULL;

	(void)p;
	(void)arg;
	if (size > 0) {
		all = look_check(malloc((size_t)size + 1));
		n = klogctl(3, all, size); /* SYSLOG_ACTION_READ_ALL */
		all[n > 0 ? n : 0] = '\0';
		text = lines_with(all, words);
		free(all);
	}
	return text && strstr(text, "features 0x") ? text :
						     ask_run(journal, text);
}

static char *ask_kallsyms(const struct look_places *p, const char *arg)
{
	static const char *const words[] = { "arm_smmu_", NULL };
	char *all = all_of("/proc/kallsyms"), *text;

	(void)p;
	(void)arg;
	text = all ? lines_with(all, words) : NULL;
	free(all);
	return text;
}

/* By trying: a virtual machine is made, and gone again. */
static char *ask_kvm(const struct look_places *p, const char *arg)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC), version, vm, error;

	(void)p;
	(void)arg;
	if (fd < 0)
		return look_format("%s", name_of(errno));
	version = ioctl(fd, KVM_GET_API_VERSION, 0);
	vm = version < 0 ? -1 : ioctl(fd, KVM_CREATE_VM, 0);
	error = errno;
	if (vm >= 0)
		close(vm);
	close(fd);
	return vm < 0 ? look_format("%s", name_of(error)) :
			look_format("api %d", version);
}

static char *ask_memlock(const struct look_places *p, const char *arg)
{
	struct rlimit r;

	(void)p;
	(void)arg;
	if (getrlimit(RLIMIT_MEMLOCK, &r))
		return NULL;
	return r.rlim_cur == RLIM_INFINITY ?
		       look_format("unlimited") :
		       look_format("%llu KiB",
				   (unsigned long long)r.rlim_cur >> 10);
}

static char *ask_membarrier(const struct look_places *p, const char *arg)
{
	long has = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	(void)p;
	(void)arg;
	if (has < 0)
		return look_format("%s", name_of(errno));
	return look_format("%s", has & MEMBARRIER_CMD_PRIVATE_EXPEDITED ?
					 "private expedited" :
					 "none that is expedited");
}

/* MiB that are free where the cache is, or where it would be made. */
static char *ask_space(const struct look_places *p, const char *arg)
{
	char *path = look_format("%s", p->cache), *slash;
	unsigned long long bytes;
	struct statvfs s;
	int ret;

	(void)arg;
	while ((ret = statvfs(path, &s)) && (slash = strrchr(path, '/')) &&
	       slash != path)
		*slash = '\0';
	free(path);
	if (ret)
		return NULL;
	bytes = (unsigned long long)s.f_bavail * s.f_frsize;
	return look_format("%llu", bytes >> 20);
}

static char *ask_features(const struct look_places *p, const char *arg)
{
	const char *const argv[] = { p->probe, "features", NULL };

	(void)arg;
	return ask_run(argv, NULL);
}

/* Of a program: the first line that it says of itself. */
static char *ask_program(const struct look_places *p, const char *name)
{
	const char *how = !strcmp(name, "herd7")   ? "-version" :
			  !strcmp(name, "bpftool") ? "version" :
						     "--version";
	const char *const argv[] = { name, how, NULL };
	char *text = ask_run(argv, NULL);

	(void)p;
	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

static const struct {
	const char *question;
	char *(*fn)(const struct look_places *p, const char *arg);
} answers[] = {
	{ "release", ask_release },
	{ "machine", ask_machine },
	{ "config", ask_config },
	{ "klog", ask_klog },
	{ "kallsyms", ask_kallsyms },
	{ "kvm", ask_kvm },
	{ "memlock", ask_memlock },
	{ "membarrier", ask_membarrier },
	{ "space", ask_space },
	{ "features", ask_features },
	{ "program", ask_program },
	{ "perf", ask_perf },
};

char *ask_live(const struct look_places *places, const char *question)
{
	size_t i, len = strcspn(question, " ");

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (!strncmp(answers[i].question, question, len) &&
		    !answers[i].question[len])
			return answers[i].fn(places,
					     question + len + !!question[len]);
	return NULL;
}
