#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# record.sh: prints what `invbench doctor` reads of a machine, for `invbench doctor --from
# FILE` on another one. POSIX, or busybox; best as root. Nothing is changed, and nothing
# else is read. record.h says what the lines mean.

export LC_ALL=C

# text: its input, as lines of the file or the question before.
text() { sed 's/^/	/'; }

# file PATH...: those that are there.
file() {
	for f in "$@"; do
		[ -f "$f" ] || continue
		if [ -r "$f" ] && data=$(tr -d '\000' <"$f" 2>/dev/null); then
			printf '%s\n%s\n' "$f" "$data" | sed '1!s/^/	/'
		else
			printf '!%s\n' "$f"
		fi
	done
}

# some PATTERN PATH: the lines that have it, as far as one CPU's go.
some() {
	echo "$2"
	grep -m 8 "$1" "$2" | text
}

bytes() {
	[ -r "$1" ] || return
	printf '%s\n=' "$1"
	od -An -v -tx1 <"$1" | tr -d ' \n'
	echo
}

# link PATH...: the last name of where they point.
link() {
	for f in "$@"; do
		to=$(readlink "$f") || continue
		printf '%s\n\t%s\n' "$f" "${to##*/}"
	done
}

# there PATH...: that they are.
there() {
	for f in "$@"; do
		[ ! -e "$f" ] || echo "$f"
	done
}

# ask QUESTION COMMAND...: its output, if it has one.
ask() {
	echo "?$1"
	shift
	"$@" 2>/dev/null | text
}

configuration() {
	for f in /proc/config.gz "/boot/config-$release" "/lib/modules/$release/config" \
		"/lib/modules/$release/build/.config"; do
		[ -r "$f" ] || continue
		case $f in
		*.gz) zcat "$f" ;;
		*) cat "$f" ;;
		esac | grep -E '^CONFIG_(MODULE|DEBUG_FS|DEBUG_INFO_BTF|KPROBES|UPROBES|BPF|FUNCTION_TRACER|DYNAMIC_FTRACE|IOMMU|ARM_SMMU|TEGRA241|PERF_EVENTS|MEMBARRIER|SECURITY_LOCKDOWN|LOCK_DOWN)'
		return
	done
}

programs() {
	for p in herd7 gnuplot perf clang bpftool dkms qemu-system-aarch64 gcc; do
		command -v "$p" >/dev/null || continue
		case $p in
		herd7) how=-version ;;
		bpftool) how=version ;;
		*) how=--version ;;
		esac
		said=$("$p" $how 2>/dev/null </dev/null) || continue
		printf '?program %s\n\t%s\n' "$p" "$(echo "$said" | head -n 1)"
	done
}

release=$(uname -r)
echo "# what invbench doctor reads of a machine"
ask release uname -r
ask machine uname -m
ask config configuration
ask klog sh -c 'dmesg | grep -i -e smmu -e cmdqv'
# -F: busybox takes half a minute for a pattern
ask kallsyms grep -F arm_smmu_ /proc/kallsyms
programs

file /proc/cmdline /proc/version /proc/sys/kernel/modules_disabled \
	/proc/sys/kernel/unprivileged_bpf_disabled /proc/sys/kernel/ftrace_enabled \
	/proc/sys/kernel/perf_event_paranoid /proc/sys/net/core/bpf_jit_enable
some '^cpu ' /proc/stat
some '^CapEff' /proc/self/status
some '^MemTotal' /proc/meminfo
some debugfs /proc/mounts
some '^\(model name\|flags\|CPU \)' /proc/cpuinfo
there /proc/modules
cpu=/sys/devices/system/cpu
file $cpu/online $cpu/isolated $cpu/smt/active $cpu/cpu0/cpufreq/scaling_governor \
	$cpu/cpu0/regs/identification/midr_el1 \
	/sys/devices/system/clocksource/clocksource0/current_clocksource \
	/sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name \
	/sys/devices/virtual/dmi/id/processor_version /sys/hypervisor/type \
	/proc/device-tree/compatible
there /proc/device-tree/hypervisor

file /sys/module/module/parameters/sig_enforce /sys/kernel/security/lockdown \
	/sys/kernel/debug/kprobes/enabled \
	/sys/module/arm_smmu_v3/parameters/disable_msipolling
there "/lib/modules/$release/build/Makefile" /sys/module/invbench /sys/firmware/efi
bytes /sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
there /sys/kernel/btf/* /sys/bus/event_source/devices/* /sys/bus/acpi/devices/NVDA200C*

for device in /sys/bus/platform/devices/*smmu* /sys/bus/platform/devices/*iommu*; do
	file "$device/modalias"
	link "$device/driver"
done
for iommu in /sys/class/iommu/*; do
	there "$iommu"
	link "$iommu/device"
	there "$iommu"/devices/*
done
for group in /sys/kernel/iommu_groups/*; do
	file "$group/type"
	there "$group"/devices/*
	link "$group"/devices/*/driver "$group"/devices/*/iommu
done
