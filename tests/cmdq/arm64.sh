#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# arm64.sh CC SMMU FLAG...: the queue and its devices compile for arm64, and the
# barriers are there that the lockless one is about: DMB OSHST before the valid bits,
# but not in the function that leaves it out.
set -eu

cc=$1
smmu=$2
shift 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for f in cmdq.c cmdq_spinlock.c device/cache.c device/model.c device/null.c; do
	"$cc" -std=gnu11 -O2 -Wall -Wextra -Werror -fno-strict-aliasing -D_GNU_SOURCE \
		"$@" -c "$smmu/$f" -o "$tmp/$(basename "$f").o"
done

# barriers FUNCTION: how often DMB OSHST stands in it
barriers() {
	"${cc%gcc}objdump" -d --no-show-raw-insn "$tmp/cmdq.c.o" |
		awk -v f="<$1>:" '$2 == f { on = 1; next } /^$/ { on = 0 }
			on && $2 == "dmb" && $3 == "oshst" { n++ } END { print n + 0 }'
}

failed=0
expect() {
	n=$(barriers "arm_smmu_cmdq_issue_cmdlist_lockless_$1")
	echo "$1: $n DMB OSHST"
	[ "$n" -eq "$2" ] || failed=1
}

expect null 1
expect null_nowmb 0
expect model 1
expect model_nowmb 0
exit $failed
