// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot.h"
#include "child.h"
#include "cmd.h"

#define MAX_ARGS 64

/* What guest/prepare.sh makes, in a folder that goes once the guest has started. */
struct parts {
	char dir[PATH_MAX - 16];
	char image[PATH_MAX], initrd[PATH_MAX], arch[PATH_MAX], dtb[PATH_MAX];
	char debug[PATH_MAX];
	char extras[PATH_MAX];
	char arch_name[16];
	char share[PATH_MAX + 64]; /* QEMU's argument for extras */
	const char *qemu[MAX_ARGS];
};

static void tell(struct plan_error *err, const char *what)
{
	snprintf(err->msg, sizeof(err->msg), "%.400s: %s", what,
		 strerror(errno));
}

static int make_folder(struct parts *p, struct plan_error *err)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(p->dir, sizeof(p->dir), "%s/invbench-guest.XXXXXX",
		 tmp && *tmp ? tmp : P_tmpdir);
	if (!mkdtemp(p->dir)) {
		tell(err, p->dir);
		return -1;
	}
	snprintf(p->image, sizeof(p->image), "%s/image", p->dir);
	snprintf(p->initrd, sizeof(p->initrd), "%s/initrd", p->dir);
	snprintf(p->arch, sizeof(p->arch), "%s/arch", p->dir);
	snprintf(p->dtb, sizeof(p->dtb), "%s/dtb", p->dir);
	snprintf(p->debug, sizeof(p->debug), "%s/debug", p->dir);
	snprintf(p->extras, sizeof(p->extras), "%s/extras", p->dir);
	return 0;
}

static void remove_folder(struct parts *p)
{
	unlink(p->image);
	unlink(p->initrd);
	unlink(p->arch);
	unlink(p->dtb);
	unlink(p->debug);
	unlink(p->extras);
	rmdir(p->dir);
}

static int read_arch(struct parts *p, struct plan_error *err)
{
	FILE *f = fopen(p->arch, "re");
	int ok = f && fscanf(f, "%15s", p->arch_name) == 1;

	if (f)
		fclose(f);
	if (ok)
		return 0;
	tell(err, p->arch);
	return -1;
}

static int run_prepare(const struct boot *b, struct parts *p,
		       struct plan_error *err)
{
	const char *argv[MAX_ARGS];
	char script[PATH_MAX];
	size_t n = 0, i;

	if (snprintf(script, sizeof(script), "%s/guest/prepare.sh",
		     top_dir()) >= (int)sizeof(script)) {
		snprintf(err->msg, sizeof(err->msg),
			 "the project's path is too long");
		return -1;
	}
	argv[n++] = script;
	if (b->bare)
		argv[n++] = "--bare";
	if (b->probe)
		argv[n++] = "--probe";
	if (b->extras)
		argv[n++] = "--extras";
	argv[n++] = b->kernel ? b->kernel : "default";
	argv[n++] = p->dir;
	for (i = 0; b->initramfs && b->initramfs[i]; i++) {
		if (n == MAX_ARGS - 1) {
			snprintf(err->msg, sizeof(err->msg),
				 "too much for a guest's first file system");
			return -1;
		}
		argv[n++] = b->initramfs[i];
	}
	argv[n] = NULL;
	if (child_run(argv, err))
		return -1;
	return read_arch(p, err);
}

/* Of the machine as it would boot, with its SMMU renamed. */
static int make_dtb(struct parts *p, struct guest_options *o,
		    struct plan_error *err)
{
	const char *argv[MAX_ARGS];
	struct subject_error e;
	char script[PATH_MAX];
	char **machine = NULL;
	size_t n = 0, i;
	int ret = -1;

	if (strcmp(p->arch_name, "arm64")) {
		snprintf(err->msg, sizeof(err->msg),
			 "a guest of %s has no SMMU: take an arm64 kernel",
			 p->arch_name);
		return -1;
	}
	if (snprintf(script, sizeof(script), "%s/guest/dtb.sh", top_dir()) >=
	    (int)sizeof(script)) {
		snprintf(err->msg, sizeof(err->msg),
			 "the project's path is too long");
		return -1;
	}
	machine = guest_machine(o, &e);
	if (!machine) {
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
		return -1;
	}
	argv[n++] = script;
	argv[n++] = p->dtb;
	for (i = 0; machine[i] && n < MAX_ARGS - 1; i++)
		argv[n++] = machine[i];
	argv[n] = NULL;
	if (machine[i])
		snprintf(err->msg, sizeof(err->msg),
			 "too many arguments for a device tree");
	else
		ret = child_run(argv, err) ? -1 : 0;
	guest_machine_free(machine);
	o->dtb = p->dtb;
	return ret;
}

/* The link goes once the guest has started: QEMU is given what it leads to. */
static int share_extras(const struct boot *b, struct parts *p,
			struct guest_options *o, struct plan_error *err)
{
	char *root = realpath(p->extras, NULL);
	size_t n = 0;

	if (!root) {
		tell(err, p->extras);
		return -1;
	}
	if (strchr(root, ',')) {
		snprintf(err->msg, sizeof(err->msg),
			 "no comma in '%.300s', please: QEMU takes it for its own",
			 root);
		free(root);
		return -1;
	}
	snprintf(p->share, sizeof(p->share),
		 "local,path=%s,mount_tag=extras,security_model=none,readonly=on",
		 root);
	free(root);
	p->qemu[n++] = "-virtfs";
	p->qemu[n++] = p->share;
	for (size_t i = 0; b->guest.args && b->guest.args[i]; i++) {
		if (n == MAX_ARGS - 1) {
			snprintf(err->msg, sizeof(err->msg),
				 "too many arguments for QEMU");
			return -1;
		}
		p->qemu[n++] = b->guest.args[i];
	}
	p->qemu[n] = NULL;
	o->args = p->qemu;
	return 0;
}

static int make_parts(const struct boot *b, struct parts *p,
		      struct guest_options *o, struct plan_error *err)
{
	if (make_folder(p, err))
		return -1;
	if (run_prepare(b, p, err)) {
		remove_folder(p);
		return -1;
	}
	*o = b->guest;
	o->arch = p->arch_name;
	o->image = p->image;
	o->initrd = p->initrd;
	if ((!b->extras || !share_extras(b, p, o, err)) &&
	    (!b->own_smmu || !make_dtb(p, o, err)))
		return 0;
	remove_folder(p);
	return -1;
}

/* Where it lies, which is not in the folder that goes. */
static void find_debug(const struct boot *b, const struct parts *p)
{
	ssize_t len;

	if (!b->debug)
		return;
	len = readlink(p->debug, b->debug, PATH_MAX - 1);
	b->debug[len > 0 ? len : 0] = '\0';
}

struct guest *boot_guest(const struct boot *b, struct plan_error *err)
{
	struct guest_options o;
	struct subject_error e;
	struct parts p;
	struct guest *g;

	if (make_parts(b, &p, &o, err))
		return NULL;
	find_debug(b, &p);
	g = guest_boot(&o, &e);
	remove_folder(&p);
	if (!g)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return g;
}

bool boot_has_smmu(const char *kernel)
{
	char image[PATH_MAX];

	if (!kernel || !strchr(kernel, '/'))
		return !kernel || !strcmp(kernel, "slim") ||
		       !strncmp(kernel, "arm64", 5);
	/* of a tree: what it was built for */
	snprintf(image, sizeof(image), "%.4000s/arch/arm64/boot/Image", kernel);
	return !access(image, F_OK);
}

bool boot_emulated(const char *kernel)
{
	return !guest_has_kvm(boot_has_smmu(kernel) ? "arm64" : "amd64");
}

int boot_shell(const struct boot *b, struct plan_error *err)
{
	struct guest_options o;
	struct subject_error e;
	struct parts p;
	int ret;

	if (make_parts(b, &p, &o, err))
		return -1;
	ret = guest_shell(&o, &e);
	remove_folder(&p);
	if (ret)
		snprintf(err->msg, sizeof(err->msg), "%s", e.msg);
	return ret;
}
