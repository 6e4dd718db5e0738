#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2086  # of numbers of its own
#
# events.sh: perf's events in the module, where an instruction is a nanosecond and a cycle
# (guest run --icount): counts are exact. KTAP on its output.

# shellcheck source=tests/kmod/lib.sh
. /bin/lib
cell='op=unmap strategy=merged'
cycles=0:0:0:0:uk
instructions=0:1:0:0:k
raw=4:8:0:0:uk # INST_RETIRED of Arm's PMU
user=0:1:0:0:u
none=9999:0:0:0:uk
clock=1:1:0:0:uk

# near A B LIMIT: they differ by no more.
near() {
	by=$(($1 - $2))
	[ ${by#-} -le $3 ] || { echo "$1 and $2 differ by more than $3"; return 1; }
}

# least OF PLACE: the smallest count of the nth event at a place of a round, $got's: a timer
# may have come in the others.
least() {
	echo "$got" | grep "^B [0-9]* $2 " | tr ' ' '\n' | grep '^%' |
		awk -v of=$1 -v all=5 'NR % all == of % all' | sed 's/%//; s/:.*//' | sort -n | head -n 1
}

least_ns() { echo "$got" | awk -v at=$1 '$1 == "B" && $3 == at {print $6}' | sort -n | head -n 1; }

states() {
	got=$(ask "group 1\nevents $cycles $instructions $raw $user $none $clock" | tail -n 1 |
		sed 's/:[0-9]*//g')
	[ "$got" = 'events ok ok ok ok none ok' ] || { echo "$got"; return 1; }
}

# Of 1000, 2000 and 3000 operations, in rounds: each 1000 more count as many more.
exact() {
	steps=
	for round in 0 1 2 3 4 5 6 7; do
		steps="$steps${steps:+\n}step $round 1 0 B 1000\nstep $round 2 0 B 2000"
		steps="$steps\nstep $round 3 0 B 3000"
	done
	got=$(ask "group 1\nevents $cycles $instructions $raw $user $none\ncell 0 $cell\n$steps\ngo")
	for e in 1 2 3; do
		set -- "$(least $e 1)" "$(least $e 2)" "$(least $e 3)"
		near $(($3 - $2)) $(($2 - $1)) 32 || return
		# as many nanoseconds: the loop's own, read by the clock
		near $(($3 - $1)) $(($(least_ns 3) - $(least_ns 1))) 96 || return
		[ $(($3 - $1)) -gt 20000 ] || { echo "only $(($3 - $1)) in 2000 unmaps"; return 1; }
	done
	# the kthreads have no user mode; what isn't there counts nothing
	[ "$(least 4 3) $(least 5 3)" = '0 0' ] || { echo "$got"; return 1; }
}

# What reading adds is what was said: an empty block has little else.
cost() {
	got=$(ask "group 1\nevents $instructions\ncell 0 op=floor\nstep 0 0 0 B 1
step 0 1 0 B 1\ngo")
	said=$(echo "$got" | sed -n 's/^events ok://p')
	near "$(echo "$got" | sed -n 's/^B 0 1 .*%\([0-9]*\):.*/\1/p')" $said 600
}

no_more_of_them() {
	got=$(ask "group 1\nevents $cycles\nevents\ncell 0\nstep 0 0 0 B 10\ngo" | grep -c %)
	[ "$got" = 0 ]
}

refused() {
	says 'group 1\nevents 1:2' 'error an event is TYPE:CONFIG:CONFIG1:CONFIG2:MODES' &&
		says 'events 0:0:0:0:k' 'error no group'
}

memory() { fail_each "group 2\nevents $cycles $clock\ncell 0\nstep 0 0 0 B 10\ngo" 5; }

insmod $ko || exit
case_ 'states' states
case_ 'counts are exact' exact
case_ 'reading costs what was said' cost
case_ 'events end' no_more_of_them
case_ 'bad requests' refused
case_ 'no memory' memory
case_ 'unloads' rmmod invbench
echo "1..$n"
exit $failed
