#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2046,SC2086  # of numbers and names of its own
#
# guest.sh: probes in a guest as root, with QEMU's nvme, the module at
# /modules/invbench.ko and invbench-probe; KTAP on its output, status 1 when a case
# failed. The last cases lock the kernel down.

# shellcheck source=tests/kmod/lib.sh
. /bin/lib
tracing=/sys/kernel/tracing
reads=700
cd "$(mktemp -d)" || exit 1

# total FIELD...: of the lines on the input that begin so, all counts summed.
total() {
	awk -v want="$1" '
	index($0, want " ") == 1 {
		for (i = 1; i <= NF; i++)
			if (split($i, pair, ":") == 2) sum += pair[2]
	}
	END { print sum + 0 }'
}

# calls KIND: of the lines on the input.
calls() { awk -v kind="$1" '$1 == "time" && $4 == kind' | total time; }

# is GOT WANTED WHAT
is() { [ "$1" = "$2" ] || { echo "$3: $1, not $2"; return 1; }; }

read_disk() { dd if=/dev/nvme0n1 of=/dev/null bs=4k count=$1 iflag=direct 2>/dev/null; }

# counted OPTION...: each of a known number of reads is a list with a CMD_SYNC, of one
# TLBI_NH_VA, in an invalidation.
counted() {
	out=$(invbench-probe "$@" -- dd if=/dev/nvme0n1 of=/dev/null bs=4k count=$reads \
		iflag=direct 2>/dev/null) || { echo "$out"; return 1; }
	is "$(echo "$out" | calls sync)" $reads syncs &&
		is "$(echo "$out" | calls inv_range)" $reads invalidations &&
		is "$(echo "$out" | grep '^commands ' | sed 's/^[^:]* //; s/:.*//' | sort -u)" 1 \
			commands &&
		is "$(echo "$out" | total opcodes)" $reads opcodes &&
		is "$(echo "$out" | total producers)" $reads producers &&
		is "$(echo "$out" | grep -c '^queue .* cmdq .*smmuv3')" 1 queues &&
		is "$(echo "$out" | grep '^lost ')" '' lost
}

by() {
	counted --method "$1" && is "$(echo "$out" | grep -c "^attach .* $1\$")" 3 watched &&
		is "$(echo "$out" | grep -c "^cost $1 [0-9.]* [0-9.]*\$")" 1 cost &&
		is "$(echo "$out" | grep -c '^missing ')" 0 missing
}

by_fentry() { by fentry; }
by_kprobe() { by kprobe; }

by_itself() {
	counted --no-cost --method auto && is "$(echo "$out" | grep -c '^attach .* fentry$')" 3 watched
}

# Snapshots only grow, and the last one has all.
snapshots() {
	out=$(invbench-probe --no-cost --interval 0.1 -- sh -c \
		"dd if=/dev/nvme0n1 of=/dev/null bs=4k count=$reads iflag=direct; sleep 0.3" \
		2>/dev/null)
	[ "$(echo "$out" | grep -c '^at ')" -ge 3 ] || { echo "$out"; return 1; }
	echo "$out" | awk -v reads=$reads '
	$1 == "at" { if (sum < last) bad = 1; last = sum; sum = 0; time++ }
	$1 == "time" && $4 == "sync" {
		for (i = 9; i <= NF; i++) { split($i, pair, ":"); sum += pair[2] }
	}
	END { if (bad || sum != reads) { print sum, "of", reads; exit 1 } }'
}

# A group whose type changes is attached anew each time.
attaches() {
	dev=$(basename "$(readlink -f /sys/block/nvme0n1/device/device)")
	type=$(readlink -f /sys/bus/pci/devices/$dev/iommu_group)/type
	cat >switch <<-END
		echo $dev >/sys/bus/pci/drivers/nvme/unbind
		for n in 1 2 3; do
			echo identity >$type
			echo DMA >$type
		done
		echo $dev >/sys/bus/pci/drivers/nvme/bind
	END
	out=$(invbench-probe --no-cost "$@" -- sh switch)
	is "$(echo "$out" | calls attach)" 6 attaches
}

# Of any list: what a kprobe of tracefs counts, while groups are switched, where most lists
# come from elsewhere than an unmap.
whole() {
	function=arm_smmu_cmdq_issue_cmdlist
	! grep -q " __$function\$" /proc/kallsyms || function=__$function
	echo "p:whole $function" >$tracing/kprobe_events || return 1
	echo 1 >$tracing/events/kprobes/whole/enable
	out=$(invbench-probe --no-cost -- sh switch)
	hits=$(awk '$1 == "whole" { print $2 }' $tracing/kprobe_profile)
	echo 0 >$tracing/events/kprobes/whole/enable
	echo >$tracing/kprobe_events
	[ "$hits" -ge 40 ] || { echo "only $hits lists"; return 1; }
	is $(($(echo "$out" | calls sync) + $(echo "$out" | calls nosync))) "$hits" lists
}

attaches_by_kprobe() { attaches --method kprobe; }

# It watches until it is told otherwise, without an input too.
lasts() {
	invbench-probe --no-cost </dev/null >out &
	pid=$!
	until grep -q '^ready' out; do
		sleep 0.1
	done
	read_disk 100
	kill -TERM $pid
	wait $pid
	out=$(cat out)
	is "$(echo "$out" | calls sync)" 100 syncs
}

# The module that a launch loaded goes with a probe that is told to end.
lets_go() {
	mkfifo requests.fifo
	exec 4<>requests.fifo
	invbench-probe --no-cost --around --target module --cells 1 --only lockless_model -- \
		invbench-relay --module /modules/invbench.ko --params '' <&4 >out &
	pid=$!
	printf 'group 1\ncell 0 op=unmap queue=lockless device=model\nstep 0 0 0 B 50\ngo\n' >&4
	until grep -q '^B 0 0 0 50 ' out; do
		sleep 0.1
	done
	kill -TERM $pid
	wait $pid
	exec 4>&-
	rm requests.fifo
	! loaded || { echo "it is still loaded"; return 1; }
	out=$(sed -n 's/^probe //p' out)
	is "$(syncs_of 1)" 50 syncs
}

# stop, on its input, ends it.
told() {
	out=$( (
		until [ "$(watched)" != 0 ]; do sleep 0.1; done
		sleep 2
		read_disk 100
		echo stop
		sleep 5
	) | invbench-probe --no-cost)
	echo "$out" | grep -q '^end$' && is "$(echo "$out" | calls sync)" 100 syncs
}

watched() {
	cat $tracing/enabled_functions /sys/kernel/debug/kprobes/list |
		grep -c arm_smmu
}

killed() {
	for method in fentry kprobe; do
		: >out
		invbench-probe --no-cost --method $method --duration 100 >out </dev/null &
		pid=$!
		until grep -q '^ready' out; do
			sleep 0.1
		done
		[ "$(watched)" != 0 ] || { echo "nothing is watched by $method"; return 1; }
		kill -9 $pid
		wait $pid 2>/dev/null
		n=0
		until [ "$(watched)" = 0 ]; do
			sleep 0.1
			n=$((n + 1))
			[ $n -lt 50 ] || { echo "still watched by $method"; return 1; }
		done
	done
	counted --no-cost
}

# sum KEY: of its syncs
syncs_of() {
	echo "$out" | awk -v key="$1" '$1 == "time" && $2 == key && $4 == "sync"' | total time
}

# The module's own counters say the same, cell by cell: the null device's, which has none,
# as many as it was told to make.
module() {
	queues=lockless_model,spinlock_model,lockless_null
	insmod /modules/invbench.ko || return 1
	cat >requests <<-END
		group 1
		cell 0 op=unmap queue=lockless device=model
		cell 1 op=unmap queue=spinlock device=model
		cell 2 op=cmdq queue=lockless device=null entries=8
		cell 3 op=attach queue=lockless device=model
		cell 4 op=unmap queue=lockless device=model
		step 0 0 0 B 300
		step 0 1 1 B 200
		step 0 2 2 B 100
		step 0 3 3 B 10
		go
		counters 0
		counters 1
		counters 3
		counters 4
	END
	# it must be the one who is at control: its cells are gone when that is closed
	cat >drive <<-END
		exec 3<>$d/control
		cat requests >&3
		cat <&3 >answers
	END
	out=$(invbench-probe --no-cost --target module --cells 5 "$@" --only "$queues" -- sh drive)
	ret=$?
	rmmod invbench || return 1
	[ $ret = 0 ] || { echo "$out"; return 1; }
	! grep '^error' answers || return 1
	# less what making a cell takes: one was made and never measured
	set -- $(awk '$1 == "counters" { print $3 }' answers)
	is $(($1 - $4)) 300 'counted for 300 unmaps' &&
		is "$(syncs_of 1)" $(($1 - $4)) 'syncs of cell 0' &&
		is "$(syncs_of 2)" $(($2 - $4)) 'syncs of cell 1' &&
		is "$(syncs_of 3)" 100 'syncs of cell 2' &&
		is "$(syncs_of 4)" $(($3 - $4)) 'syncs of cell 3' &&
		is "$(echo "$out" | grep '^lost ')" '' lost
}

module_by_kprobe() { module --method kprobe; }

# Two whose lists don't fit in the queue together find it full, one that is alone never.
full() {
	insmod /modules/invbench.ko || return 1
	cat >requests <<-END
		group 2
		window 200000000
		cell 0 op=cmdq queue=lockless device=model entries=64 depth=7 threads=2
		cell 1 op=cmdq queue=lockless device=model entries=64 depth=7
		step 0 0 0 B 1
		step 0 1 1 B 20
		go
	END
	out=$(invbench-probe --no-cost --target module --cells 2 --only lockless_model -- sh drive)
	ret=$?
	rmmod invbench || return 1
	[ $ret = 0 ] || { echo "$out"; return 1; }
	got=$(echo "$out" | awk '$1 == "more" { full[$2] += $4 } END { print full[1] + 0, full[2] + 0 }')
	[ "${got% *}" -gt 0 ] || { echo "two were never in each other's way"; return 1; }
	is "${got#* }" 0 'full for one' &&
		is "$(syncs_of 1)" "$(awk '/^B 0 0 0 / { print $5 }' answers)" 'syncs of two'
}

refused() {
	text=$1
	shift
	out=$(invbench-probe --no-cost --duration 0.1 "$@" 2>&1 </dev/null)
	is $? 2 status && is "$(echo "$out" | grep '^error ')" "error $text" line
}

no_btf() {
	mount -t tmpfs none /sys/kernel/btf || return 1
	refused 'this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)'
	ret=$?
	umount /sys/kernel/btf
	return $ret
}

integrity() {
	mount -t securityfs none /sys/kernel/security
	echo integrity >/sys/kernel/security/lockdown || return 1
	counted --no-cost
}

confidentiality() {
	echo confidentiality >/sys/kernel/security/lockdown || return 1
	why="lockdown=confidentiality lets no program read the kernel's memory"
	refused "arm_smmu_cmdq_issue_cmdlist(): $why"
}

echo 'KTAP version 1'
echo 1..17
for name in by_fentry by_kprobe by_itself snapshots attaches attaches_by_kprobe whole lasts told \
	killed lets_go module module_by_kprobe full no_btf integrity confidentiality; do
	case_ $name $name
done
exit $failed
