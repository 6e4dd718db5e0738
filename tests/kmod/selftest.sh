#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# selftest.sh WORD [LEAST]: the module's self-test in a guest (a suite's name, all, or
# busted); its KTAP on the output. 1 when a case isn't ok, or fewer than LEAST are.

d=/sys/kernel/debug/invbench
insmod /modules/invbench.ko || exit 1
echo "$1" >$d/selftest || exit 1
ktap=$(cat $d/selftest)
rmmod invbench || exit 1
echo "$ktap"
ok=$(echo "$ktap" | grep -c '^ *ok ')
[ "$ok" -ge "${2:-1}" ] || { echo "only $ok cases are ok, not ${2:-1}"; exit 1; }
! echo "$ktap" | grep -q '^ *not ok '
