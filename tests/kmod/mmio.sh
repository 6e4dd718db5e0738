#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2086  # of paths and numbers of its own
#
# mmio.sh ours|stock|free [CYCLES]: device=mmio, and who may have an SMMU. Runs in a
# guest as root, with the module at /modules/invbench.ko; KTAP on its output, status 1
# when a case failed. The guest has
#
#   ours    a device tree of guest/dtb.sh
#   stock   its own device tree, and the stock driver
#   free    its own device tree, but initcall_blacklist=arm_smmu_driver_init and
#           deferred_probe_timeout=0

# shellcheck source=tests/kmod/lib.sh
. /bin/lib
bus=/sys/bus/platform
who=${1:-}
cycles=${2:-50}

# logged TEXT COMMAND...: the command fails, and the kernel log says why.
logged() {
	text=$1
	shift
	dmesg -c >/dev/null
	"$@" 2>/dev/null && { echo "$*: it did it"; return 1; }
	dmesg | grep -qF "$text" || { echo "$(dmesg | tail -n 1), not '$text'"; return 1; }
}

# The SMMU of QEMU's virt machine.
smmu=9050000.smmuv3
group='group 2'
cells="cell 0 op=unmap queue=lockless device=null
cell 1 op=unmap queue=lockless device=mmio
cell 2 op=unmap queue=lockless device=model
cell 3 op=unmap queue=spinlock device=mmio depth=7
cell 4 op=cmdq queue=lockless device=mmio entries=64
cell 5 op=map-unmap queue=lockless device=mmio budget=no-queue-wmb
cell 6 op=attach queue=lockless device=mmio
cell 7 op=unmap store=rcu-list queue=lockless device=mmio threads=2
cell 8 op=unmap store=spinlock-array queue=lockless device=mmio ril=on size=2M attach_rate=1000"

steps() {
	for round in 0 1 2; do
		for c in 0 1 2 3 4 5 6 7 8; do
			echo "step $round $c $c B 50"
		done
	done
}

# A group of cells on all devices: a sample for each block, no error and no time-out.
blocks() {
	counters=$(printf 'counters %d\n' 0 1 2 3 4 5 6 7 8)
	got=$(ask "$group\n$cells\nwindow 1000000\n$(steps)\ngo\n$counters")
	[ "$(echo "$got" | grep -c '^B ')" = 27 ] || { echo "$got"; return 1; }
	# commands, syncs, errors, repeats, attaches, timeouts
	[ "$(echo "$got" | grep -cE '^counters [0-9]+ [0-9]+ 0 [0-9]+ [0-9]+ 0$')" = 9 ] || {
		echo "$got" | grep '^counters' | grep -vE '^counters [0-9]+ [0-9]+ 0 [0-9]+ [0-9]+ 0$'
		return 1
	}
}

found() {
	grep -q "^0	$smmu	" $d/smmus || { echo "smmus: $(cat $d/smmus)"; return 1; }
	grep -q '^mmio	' $d/devices
}

refused() {
	says "group 1\ncell 0 queue=lockless device=mmio smmus=2 entries=2" \
		'error device=mmio: the module has 1 of smmus=2' &&
		says "group 1\ncell 0 queue=lockless device=mmio variant=lean" \
			'error variant=lean has no loop for' &&
		says "group 1\ncell 0 queue=lockless device=mmio" ok
}

none() {
	[ ! -s $d/smmus ] || { cat $d/smmus; return 1; }
	says 'group 1\ncell 0 queue=lockless device=mmio' \
		'error device=mmio: the module has no SMMU: see'
}

# A run that ends in a block of seconds leaves the SMMU to the next one.
interrupted() {
	(
		exec 3<>$d/control
		printf '%b\n' "$group\n$cells\nwindow 300000000" >&3
		i=0
		while [ $i -lt 100 ]; do
			echo "step $i 0 7 B 1" >&3
			i=$((i + 1))
		done
		# the writer becomes the one who is killed
		exec echo go >&3
	) &
	ends $! || return
	blocks
}

# self_test SUITE LEAST: at least so many cases, all ok, none skipped.
self_test() {
	echo "$1" >$d/selftest && ktap=$(cat $d/selftest) || return
	why=$(echo "$ktap" | grep -E '^ *(not ok |ok .*# SKIP)' | head -n 1)
	[ -z "$why" ] || { echo "$why"; return 1; }
	ok=$(echo "$ktap" | grep -c '^ *ok ')
	[ "$ok" -ge "$2" ] || { echo "only $ok cases of $1"; return 1; }
}

failures() {
	fail_each "group 1\ncell 1 queue=lockless device=mmio\ncell 2 op=cmdq queue=spinlock device=mmio\nstep 0 0 1 B 5\nstep 0 1 2 B 5\ngo" 10 &&
		blocks
}

# A ring that was kept would show.
load_cycles() {
	cycle "$cycles" \
		"group 1\ncell 0 queue=lockless device=mmio depth=16\nstep 0 0 0 B 5\ngo"
}

no_such_address() {
	logged 'mmio=0x12340000: no device has its registers there' insmod $ko mmio=0x12340000 &&
		! loaded && logged 'invalid for parameter' insmod $ko mmio=abc && ! loaded
}

other_device() {
	logged 'it has no registers of an SMMU' insmod $ko mmio=0xa000000 && ! loaded &&
		logged 'no SMMUv3 at 0x0000000000000000: IDR0 0x' insmod $ko mmio=0 && ! loaded
}

stock_keeps_it() {
	logged "$smmu has the driver arm-smmu-v3: not touched" insmod $ko mmio=0x9050000 &&
		! loaded
}

# What has a driver isn't offered to another one.
stock_keeps_it_from_override() {
	insmod $ko || return
	echo invbench-smmu >$bus/devices/$smmu/driver_override
	echo $smmu >$bus/drivers_probe
	none && readlink $bus/devices/$smmu/driver | grep -q '/arm-smmu-v3$'
}

# It stays until it is taken back: each loading of the module finds the SMMU by it.
by_override() {
	insmod $ko && none || return
	echo invbench-smmu >$bus/devices/$smmu/driver_override
	echo $smmu >$bus/drivers_probe
	found && blocks && rmmod invbench && insmod $ko && found && blocks && rmmod invbench
	status=$?
	echo >$bus/devices/$smmu/driver_override
	return $status
}

by_address() {
	insmod $ko mmio=0x9050000 && found && blocks && rmmod invbench
}

# While it is used the module is; its driver lets go of nothing by itself.
no_unbind() {
	[ -e $bus/drivers/invbench-smmu ] && [ ! -e $bus/drivers/invbench-smmu/unbind ]
}

echo 'KTAP version 1'
case $who in
ours)
	echo 1..11
	insmod $ko || exit 1
	echo "# $(cat $d/smmus)"
	case_ found found
	case_ self-test-queue self_test mmio-queue 5
	case_ self-test-errors self_test mmio-errors 6
	case_ self-test-cells self_test mmio-cells 3
	case_ no-unbind no_unbind
	case_ refused refused
	case_ blocks blocks
	case_ interrupted interrupted
	case_ failed-allocations failures
	rmmod invbench
	case_ load-cycles load_cycles
	rmmod invbench
	case_ no-such-address no_such_address
	;;
stock)
	echo 1..4
	case_ stock-keeps-it stock_keeps_it
	case_ no-such-address no_such_address
	case_ other-device other_device
	case_ stock-keeps-it-from-override stock_keeps_it_from_override
	rmmod invbench
	;;
free)
	echo 1..3
	case_ by-address by_address
	case_ by-override by_override
	case_ no-such-address no_such_address
	;;
*)
	echo "Bail out! ours, stock or free, not '$who'"
	exit 1
	;;
esac
exit $failed
