#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# probe-cost.sh CELL|nvme OPS BLOCKS TRACER...: runs in a guest that has --extras and
# --probe. Blocks of a cell, or of reads of 4 KiB, before each TRACER in turn is attached to
# the function that issues lists of commands, meanwhile, and after it was detached: each
# time BLOCKS of them, of OPS operations. Lines:
#
#   function NAME
#   visit TRACER
#   before|with|after NS...      of each block
#   counted N of M               calls, by its own output, where it has any

set -u
cd "$(mktemp -d)" || exit 2
# as invbench-probe takes it (bpf/attach.c)
f=arm_smmu_cmdq_issue_cmdlist
! grep -q " __$f\$" /proc/kallsyms || f=__$f
out=tracer
# of each CPU one, where there are two
cpu=$(($(nproc) > 1 ? 2 : 1))
debug=/sys/kernel/debug

die() {
	echo "error $*"
	exit 2
}

# ask LINE: to the module; the last line of its answer.
ask() {
	printf '%s\n' "$1" >&3
	IFS= read -r answer <&3
	case $answer in
	error*) die "$1: ${answer#error }" ;;
	esac
}

# reads NAME N: as blocks, of nvme; one list a read.
reads() {
	i=0 times=''
	while [ $i -lt "$2" ]; do
		i=$((i + 1))
		t=$(chroot /extras /usr/bin/dd if=/dev/nvme0n1 of=/dev/null bs=4k count="$ops" \
			iflag=direct 2>&1 | awk '/copied/ { printf "%.0f", $(NF - 3) * 1e9 }')
		times="$times $t"
		made=$((made + ops))
	done
	[ "$1" = warm ] || echo "$1$times"
}

# blocks NAME N: their times.
blocks() {
	[ "$cell" != nvme ] || {
		reads "$@"
		return
	}
	i=0 times=''
	while [ $i -lt "$2" ]; do
		printf 'step %d 0 0 B %d\n' $i "$ops" >&3
		i=$((i + 1))
	done
	ask go
	while [ "$answer" != ok ]; do
		# shellcheck disable=SC2086  # B ROUND POS CELL OPS NS ...
		set -- "$1" "$2" $answer
		times="$times $8"
		made=$((made + $7))
		IFS= read -r answer <&3
	done
	[ "$1" = warm ] || echo "$1$times"
}

pair='{ @start[tid] = nsecs; }'
hist='/@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }'

# start TRACER: in the background, as $pid.
start() {
	case $1 in
	none) set -- sleep 100000 ;;
	ours) set -- invbench-probe --no-cost --issue-only ;;
	ours-kprobe) set -- invbench-probe --no-cost --issue-only --method kprobe ;;
	ours-all) set -- invbench-probe --no-cost ;;
	bpftrace) set -- bpftrace -e "fentry:vmlinux:$f $pair fexit:vmlinux:$f $hist" ;;
	bpftrace-kprobe) set -- bpftrace -e "kprobe:$f $pair kretprobe:$f $hist" ;;
	fentry-pair) set -- bpftrace -e "fentry:vmlinux:$f { } fexit:vmlinux:$f { }" ;;
	kprobe-pair) set -- bpftrace -e "kprobe:$f { } kretprobe:$f { }" ;;
	funclatency) set -- funclatency-libbpf $f ;;
	funclatency-kprobe) set -- funclatency-libbpf -k $f ;;
	*) die "no tracer '$1'" ;;
	esac
	case $1 in
	sleep | invbench-probe) ;;
	*) set -- chroot /extras "$@" ;;
	esac
	: >$out # else the last one's is taken for this one's
	taskset $cpu "$@" <>input >$out 2>&1 &
	pid=$!
}

# attached TRACER: whether the function is watched.
attached() {
	case $1 in
	none) return ;;
	*kprobe*) [ "$(grep -c "$f+0x0" $debug/kprobes/list)" -ge 2 ] ;;
	*) grep -q "^$f " /sys/kernel/tracing/enabled_functions ;;
	esac
}

# ready TRACER: whether all of it is attached, as far as that can be told.
ready() {
	case $1 in
	ours*) grep -q '^ready' $out ;;
	*) attached "$1" ;;
	esac
}

until_ready() {
	tries=0
	until ready "$1"; do
		[ -d /proc/$pid ] || die "$1 ended: $(tail -n 1 $out)"
		[ $tries -lt 1200 ] || die "$1 didn't attach: $(tail -n 1 $out)"
		tries=$((tries + 1))
		sleep 0.1
	done
	# the second of a pair, of those that don't say
	sleep 1
}

# The calls that a tracer's own output has.
counted() {
	case $1 in
	ours*) awk '$1 == "time" && $4 == "sync" {
		for (i = 9; i <= NF; i++) { split($i, w, ":"); n += w[2] } }
		END { print n + 0 }' $out ;;
	bpftrace*) awk -F '|' '/^\[/ { k = split($1, w, " "); n += w[k] }
		END { print n + 0 }' $out ;;
	funclatency*) awk -F : '/->/ { split($2, w, " "); n += w[1] }
		END { print n + 0 }' $out ;;
	esac
}

stop() {
	case $1 in
	none) kill $pid ;;
	*) kill -INT $pid ;;
	esac
	wait $pid
	tries=0
	while [ "$1" != none ] && attached "$1"; do
		[ $tries -lt 100 ] || die "$1 didn't detach"
		tries=$((tries + 1))
		sleep 0.1
	done
}

[ $# -ge 4 ] || die "usage: probe-cost.sh CELL OPS BLOCKS TRACER..."
cell=$1 ops=$2 nr=$3
shift 3
mkfifo input
PATH=$PATH:/usr/bin:/usr/sbin
made=0
if [ "$cell" != nvme ]; then
	insmod /modules/invbench.ko stock_dev=0000:00:1e.0 stock_null=1 || die "no module"
	exec 3<>$debug/invbench/control
	ask 'group 1 0'
	ask "cell 0 $cell"
fi
echo "function $f"
for tracer in "$@"; do
	echo "visit $tracer"
	blocks warm 3
	blocks before "$nr"
	start "$tracer"
	until_ready "$tracer"
	made=0
	blocks warm 3
	blocks with "$nr"
	stop "$tracer"
	n=$(counted "$tracer")
	[ -z "$n" ] || echo "counted $n of $made"
	blocks warm 3
	blocks after "$nr"
done
