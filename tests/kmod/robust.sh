#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2086  # of paths and numbers of its own
#
# robust.sh [CYCLES]: the module against its users. Runs in a guest as root, with the
# module at /modules/invbench.ko; KTAP on its output, status 1 when a case failed.

# shellcheck source=tests/kmod/lib.sh
. /bin/lib
cycles=${1:-50}
cell='op=unmap queue=lockless device=model'

bad_parameters() {
	for r in nonsense 'group 0' 'group 1;cell 0 strategy=mergd'; do
		insmod $ko requests="\"$r\"" && return 1
		loaded && echo "loaded all the same" && return 1
	done
	insmod $ko requests='"group 1;cell 0;calibrate 0 1000"' && rmmod invbench
}

lists() {
	grep -q '^merged' $d/strategies && grep -q '^srcu-array' $d/stores &&
		! grep -q '^mutex-array' $d/stores && grep -q '^model' $d/devices &&
		grep -q '^world' $d/axes
}

only_root() {
	for f in "$d"/*; do
		case $(stat -c %a "$f") in
		400 | 600) ;;
		*)
			echo "$f is $(stat -c %a "$f")"
			return 1
			;;
		esac
	done
}

two_users() {
	exec 4<>$d/control || return
	if (: <$d/control) 2>/dev/null; then
		echo "a second one got in"
		return 1
	fi
	exec 4>&-
	(: <$d/control)
}

held() {
	exec 4<>$d/control || return
	if rmmod invbench 2>/dev/null; then
		echo "unloaded under its user"
		return 1
	fi
	exec 4>&-
	loaded
}

small_pieces() {
	lines="group 1\ncell 0 $cell\nstep 0 0 0 O 50 1\nstep 1 0 0 B 7\ngo\nend"
	exec 3<>$d/control || return
	# a byte a write, a byte a read
	printf '%b\n' "$lines" | dd bs=1 >&3 2>/dev/null
	got=$(dd bs=1 <&3 2>/dev/null)
	exec 3>&-
	[ "$(echo "$got" | wc -l)" = 6 ] || { echo "$got"; return 1; }
	echo "$got" | grep -qE '^O 0 0 0 [0-9]+( [0-9]+){50}$' &&
		echo "$got" | grep -qE '^B 1 0 0 7 [0-9]+ 0 [0-9]+$'
}

long_line() {
	says "$(dd if=/dev/zero bs=20000 count=1 2>/dev/null | tr '\0' x)" \
		'error a request is longer than' && says timer 'timer '
}

# Half a line is no request; closing forgets it.
half_a_line() {
	printf 'group 1' >$d/control
	says 'cell 0' 'error no group'
}

too_much() {
	says "group 1\ncell 0 $cell depth=19" 'error depth: 19 is not in' &&
		says "group 1\ncell 0 threads=2" 'error cell 0 wants 2 threads' &&
		says 'group 1 4000' "error can't pin to CPU 4000" &&
		says 'group 65536' 'error' &&
		says 'group 1024\ncell 0 threads=1024 pte_cache=cold' \
			'error not enough memory for IOPTEs' &&
		says "group 1\ncell 0 store=mutex-array" 'error store=mutex-array exists only in' &&
		says timer 'timer '
}

# A schedule of minutes ends with the signal, at the next block.
interrupted() {
	(
		exec 3<>$d/control
		i=0
		echo 'group 2' >&3
		echo 'cell 0 threads=2' >&3
		echo 'window 100000000' >&3
		while [ $i -lt 3000 ]; do
			echo "step $i 0 0 B 1" >&3
			i=$((i + 1))
		done
		# the writer becomes the one who is killed
		exec echo go >&3
	) &
	ends $! || return
	says timer 'timer '
}

failures() {
	fail_each "group 2\ncell 0 $cell threads=2 ats=on entries=3\ncell 1 op=attach store=rcu-list\ncell 2 store=srcu-array strategy=merged attach_rate=100\nwindow 1000000\ncanary 1\nstep 0 0 0 B 1\nstep 0 1 1 B 3\nstep 0 2 2 B 1\nstep 1 0 1 O 3 1\ngo\ntimer\nend" 20
}

load_cycles() { cycle "$cycles" "group 1\ncell 0 $cell\nstep 0 0 0 B 5\ngo"; }

echo 'KTAP version 1'
echo 1..12
case_ bad-parameters bad_parameters
insmod $ko || exit 1
case_ lists lists
case_ only-root only_root
case_ two-users two_users
case_ unload-while-held held
case_ small-pieces small_pieces
case_ long-line long_line
case_ half-a-line half_a_line
case_ too-much too_much
case_ interrupted interrupted
case_ failed-allocations failures
rmmod invbench
case_ load-cycles load_cycles
rmmod invbench
exit $failed
