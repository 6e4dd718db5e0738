#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
#
# selftest.sh WORD LEAST SKIPPED: the module's self-test in a guest (a suite's name, all,
# or busted); its KTAP on the output. 1 when a case isn't ok, fewer than LEAST are, or
# others than SKIPPED of them are skipped. With QEMU's edu for what needs a function.

d=/sys/kernel/debug/invbench
edu=$(grep -l 0x11e8 /sys/bus/pci/devices/*/device)
edu=${edu%/device}
insmod /modules/invbench.ko "stock_dev=${edu##*/}" || exit 1
echo "$1" >$d/selftest || exit 1
ktap=$(cat $d/selftest)
rmmod invbench || exit 1
echo "$ktap"
ok=$(echo "$ktap" | grep -c '^ *ok ')
[ "$ok" -ge "$2" ] || { echo "only $ok cases are ok, not $2"; exit 1; }
skipped=$(echo "$ktap" | grep -c '# SKIP')
[ "$skipped" -eq "$3" ] || { echo "$skipped cases are skipped, not $3"; exit 1; }
! echo "$ktap" | grep -q '^ *not ok '
