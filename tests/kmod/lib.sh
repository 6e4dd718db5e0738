#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2034,SC2086  # for who sources it; of paths of its own
#
# lib.sh: what tests of the module share in a guest, where it is sourced as /bin/lib.

ko=/modules/invbench.ko
d=/sys/kernel/debug/invbench
n=0
failed=0

# case NAME COMMAND...: one line; what the command says is the reason of a failure.
case_() {
	name=$1
	shift
	n=$((n + 1))
	if why=$("$@" 2>&1); then
		echo "ok $n $name"
	else
		failed=1
		echo "not ok $n $name # $(echo "$why" | tail -n 1)"
	fi
}

# ask LINES: over one opening of control; its answers.
ask() {
	exec 3<>$d/control || return
	printf '%b\n' "$1" >&3
	cat <&3
	exec 3>&-
}

# says LINES WANT: the last answer begins with WANT.
says() {
	got=$(ask "$1" | tail -n 1)
	case $got in
	"$2"*) return 0 ;;
	esac
	echo "$1: '$got', not '$2'"
	return 1
}

loaded() { grep -q '^invbench ' /proc/modules; }

# ends PID: by SIGTERM after 2 s, within 5 s.
ends() {
	sleep 2
	kill -TERM $1 2>/dev/null || { echo "it was over already"; return 1; }
	i=0
	while kill -0 $1 2>/dev/null; do
		i=$((i + 1))
		[ $i -lt 50 ] || { echo "still there after 5 s"; return 1; }
		usleep 100000
	done
}

# fail_each LINES LEAST: fails the first allocation of a session, the second, ..., until
# one needs no more; more than LEAST of them are told as an error.
fail_each() {
	i=0
	errors=0
	while :; do
		i=$((i + 1))
		echo $i >$d/fail_alloc
		got=$(ask "$1" 2>&1)
		left=$(cat $d/fail_alloc)
		echo 0 >$d/fail_alloc
		[ "$left" = 0 ] || break
		case $got in
		*'error '* | *'not enough memory'* | *'Cannot allocate memory'* | *'out of memory'*)
			errors=$((errors + 1)) ;;
		esac
		[ $i -lt 5000 ] || { echo "no end of them"; return 1; }
	done
	case $got in
	*error*) echo "without a failure: $got"; return 1 ;;
	esac
	echo "# $i allocations, $errors told as an error" >&2
	[ $errors -gt "$2" ] || { echo "only $errors of $i failures were told"; return 1; }
}

used() { awk '/^(Slab|VmallocUsed|KernelStack|PageTables):/ { s += $2 } END { print s }' /proc/meminfo; }

# cycle TIMES LINES: loads, a session, unloads. Slab and vmalloc afterwards as before: a
# module is 1 MB and more, kept ones would show. Loaded in the end.
cycle() {
	i=0
	while [ $i -lt $1 ]; do
		insmod $ko || return
		[ $i -ne 4 ] || before=$(used)
		says "$2" ok || return
		rmmod invbench || return
		i=$((i + 1))
	done
	insmod $ko
	grown=$(($(used) - before))
	echo "# $1 loads and unloads: $grown KiB more" >&2
	[ $grown -lt 2048 ] || { echo "grew by $grown KiB in $1 cycles"; return 1; }
}
