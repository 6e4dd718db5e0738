// SPDX-License-Identifier: GPL-2.0-or-later
/* What it takes to build and load invbench.ko. */
#include <string.h>

#include "check.h"
#include "module.h"

/* Where securityfs isn't mounted: what the kernel was built and booted with. */
static enum lockdown lockdown_by_config(const struct doctor *d)
{
	char text[32];

	cmdline(d, "lockdown", text, sizeof(text));
	if (!strcmp(text, "confidentiality") ||
	    config(d, "LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY") == 'y')
		return LOCKDOWN_CONFIDENTIALITY;
	if (!strcmp(text, "integrity") ||
	    config(d, "LOCK_DOWN_KERNEL_FORCE_INTEGRITY") == 'y')
		return LOCKDOWN_INTEGRITY;
	return config(d, "SECURITY_LOCKDOWN_LSM") == 'n' ? LOCKDOWN_OFF :
							   LOCKDOWN_UNKNOWN;
}

enum lockdown lockdown_of(const struct doctor *d)
{
	char text[128];

	if (look_line(d->look, text, sizeof(text),
		      "/sys/kernel/security/lockdown") != LOOK_THERE)
		return lockdown_by_config(d);
	return strstr(text, "[confidentiality]") ? LOCKDOWN_CONFIDENTIALITY :
	       strstr(text, "[integrity]")	 ? LOCKDOWN_INTEGRITY :
						   LOCKDOWN_OFF;
}

static void check_modules(struct doctor *d)
{
	char text[16];

	if (look_for(d->look, "/proc/modules") != LOOK_THERE ||
	    config(d, "MODULES") == 'n') {
		say(d, DOCTOR_NO, "the kernel has no modules (CONFIG_MODULES)");
		remedy(d,
		       "a kernel with CONFIG_MODULES=y, as Debian's and Ubuntu's are; or run --backend guest");
		return;
	}
	if (look_line(d->look, text, sizeof(text),
		      "/proc/sys/kernel/modules_disabled") == LOOK_THERE &&
	    !strcmp(text, "1")) {
		say(d, DOCTOR_NO, "kernel.modules_disabled is 1 until a reboot");
		remedy(d,
		       "take it from /etc/sysctl.d (or nomodule from the kernel's command line) and reboot");
		return;
	}
	say(d, DOCTOR_YES, "the kernel loads them");
}

/* The compiler that built the kernel: what is before the version in /proc/version. */
static void compiler_of(const struct doctor *d, char *buf, size_t len)
{
	char line[512], *at, *end;

	look_line(d->look, line, sizeof(line), "/proc/version");
	*buf = '\0';
	/* Linux version R (builder) (gcc-12 (Debian ...) 12.2.0, GNU ld ...) #1 ... */
	at = strstr(line, ") (");
	if (!at)
		return;
	at += 3;
	end = at + strcspn(at, " ,)");
	if (end > at && (strstr(at, "gcc") || strstr(at, "clang")))
		snprintf(buf, len, "%.*s", (int)(end - at), at);
}

static void check_headers(struct doctor *d)
{
	char gcc[64], version[256], question[80];

	compiler_of(d, gcc, sizeof(gcc));
	if (look_for(d->look, "/lib/modules/%s/build/Makefile", d->release) !=
	    LOOK_THERE) {
		say(d, DOCTOR_NO, "no /lib/modules/%s/build", release(d));
		remedy(d,
		       "apt install linux-headers-%s (of a kernel of your own: its tree, with --kernel PATH in guests)",
		       release(d));
		return;
	}
	snprintf(question, sizeof(question), "program %s", gcc);
	if (*gcc && !look_ask_line(d->look, question, version,
				   sizeof(version))) {
		say(d, DOCTOR_PARTLY,
		    "there; the kernel's compiler, %s, isn't: another one may do",
		    gcc);
		/* aarch64-linux-gnu-gcc-14 is in gcc-14 on arm64 */
		remedy(d, "apt install %s",
		       strstr(gcc, "gcc-") ? strstr(gcc, "gcc-") : gcc);
		return;
	}
	say(d, DOCTOR_YES, "there%s%s", *gcc ? ", and the kernel's compiler: " : "",
	    gcc);
}

/* SecureBoot's one byte, after four of attributes; -1: not EFI, or unreadable. */
static int secure_boot(const struct doctor *d)
{
	static const char variable[] =
		"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	unsigned char v[5];

	return look_bytes(d->look, v, sizeof(v), variable) == sizeof(v) ?
		       v[4] :
		       -1;
}

static void check_secure_boot(struct doctor *d)
{
	int on = secure_boot(d);

	if (look_for(d->look, "/sys/firmware/efi") != LOOK_THERE) {
		say(d, DOCTOR_YES, "not booted by EFI");
	} else if (on < 0) {
		say(d, DOCTOR_UNKNOWN, "its EFI variable can't be read");
		remedy(d, "mokutil --sb-state (apt install mokutil)");
	} else if (!on) {
		say(d, DOCTOR_YES, "off");
	} else {
		say(d, DOCTOR_NO,
		    "on: kernels of Debian and Ubuntu then lock themselves down");
		remedy(d,
		       "mokutil --disable-validation and a reboot, or off in the firmware's setup");
	}
}

void lockdown_remedy(struct doctor *d)
{
	if (secure_boot(d) == 1)
		remedy(d,
		       "mokutil --disable-validation and a reboot: Secure Boot sets it; a signed module alone doesn't help");
	else
		remedy(d,
		       "take lockdown= from the kernel's command line and reboot (CONFIG_LOCK_DOWN_KERNEL_FORCE_*: another kernel)");
}

/* What each level forbids of what we do: include/linux/security.h. */
static void check_lockdown(struct doctor *d)
{
	switch (lockdown_of(d)) {
	case LOCKDOWN_UNKNOWN:
		say(d, DOCTOR_UNKNOWN, "no /sys/kernel/security/lockdown");
		remedy(d,
		       "mount -t securityfs none /sys/kernel/security; a kernel without CONFIG_SECURITY_LOCKDOWN_LSM has none");
		return;
	case LOCKDOWN_OFF:
		say(d, DOCTOR_YES, "none");
		return;
	case LOCKDOWN_INTEGRITY:
		say(d, DOCTOR_PARTLY,
		    "integrity: no unsigned module, no file of debugfs that is written (invbench.ko's control is one); eBPF, kprobes and perf work");
		break;
	case LOCKDOWN_CONFIDENTIALITY:
		say(d, DOCTOR_NO,
		    "confidentiality: as integrity, and no kprobe, no tracefs, no eBPF that reads the kernel's memory");
		break;
	}
	lockdown_remedy(d);
}

static void check_unsigned(struct doctor *d)
{
	enum lockdown l = lockdown_of(d);
	char text[16];

	look_line(d->look, text, sizeof(text),
		  "/sys/module/module/parameters/sig_enforce");
	if (*text == 'Y' || *text == '1') {
		say(d, DOCTOR_NO, "module.sig_enforce");
		remedy(d,
		       "sign it with an enrolled key: DKMS does (apt install dkms; mokutil --import /var/lib/dkms/mok.pub, reboot); or without module.sig_enforce");
	} else if (l == LOCKDOWN_INTEGRITY || l == LOCKDOWN_CONFIDENTIALITY) {
		say(d, DOCTOR_NO, "the lockdown forbids it");
		lockdown_remedy(d);
	} else {
		say(d, DOCTOR_YES, "nothing enforces signatures");
	}
}

static bool mounted(const struct doctor *d, const char *type, const char *at)
{
	char text[1 << 14], line[128];

	look_text(d->look, text, sizeof(text), "/proc/mounts");
	snprintf(line, sizeof(line), " %s %s ", at, type);
	return strstr(text, line);
}

static void check_debugfs(struct doctor *d)
{
	enum lockdown l = lockdown_of(d);

	if (l == LOCKDOWN_INTEGRITY || l == LOCKDOWN_CONFIDENTIALITY) {
		say(d, DOCTOR_NO,
		    "the lockdown forbids to open a file of it that is written");
		lockdown_remedy(d);
		return;
	}
	if (mounted(d, "debugfs", "/sys/kernel/debug")) {
		say(d, DOCTOR_YES, "mounted");
		return;
	}
	say(d, DOCTOR_NO, "not mounted at /sys/kernel/debug");
	if (config(d, "DEBUG_FS") == 'n')
		remedy(d, "a kernel with CONFIG_DEBUG_FS=y");
	else
		remedy(d, "mount -t debugfs none /sys/kernel/debug");
}

static void check_dkms(struct doctor *d)
{
	char text[128];

	if (look_ask_line(d->look, "program dkms", text, sizeof(text))) {
		say(d, DOCTOR_YES, "%s", text);
		return;
	}
	say(d, DOCTOR_NO, "not installed; run builds the module without it");
	remedy(d, "apt install dkms");
}

static void check_loaded(struct doctor *d)
{
	say(d, DOCTOR_FACT, "%s",
	    look_for(d->look, "/sys/module/invbench") == LOOK_THERE ?
		    "loaded: rmmod invbench before a run" :
		    "not loaded; a run loads it for each launch");
}

const struct doctor_check doctor_module[] = {
	{ "loads modules", "run --backend kernel", check_modules, false },
	{ "kernel headers", "building invbench.ko", check_headers, true },
	{ "no Secure Boot", "a module that nobody signed", check_secure_boot, false },
	{ "no lockdown", "module, probes", check_lockdown, false },
	{ "unsigned modules", "a module that nobody signed", check_unsigned, false },
	{ "debugfs", "talking with the module", check_debugfs, false },
	{ "DKMS", "a module for each new kernel", check_dkms, true },
	{ "invbench.ko", "", check_loaded, true },
	{ 0 },
};
