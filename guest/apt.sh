# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154  # what scripts use and set
#
# An apt of our own beside the host's, which stays as it is. It verifies what it brings
# with the installed keys of Debian's archive. Sourced after lib.sh; wants $suite, and
# $work to download into.
#
#   INVBENCH_MIRROR   a Debian mirror, where the host's own sources name none

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The first mirror of the host's sources that has Debian's own suites.
mirror() {
	if [ -n "${INVBENCH_MIRROR:-}" ]; then
		printf '%s\n' "$INVBENCH_MIRROR"
		return
	fi
	etc=$(apt-config shell d Dir::Etc/d | sed "s/^d='\(.*\)'/\1/")
	cat "$etc/sources.list" "$etc"/sources.list.d/*.list \
		"$etc"/sources.list.d/*.sources 2>/dev/null | awk '
	function debian(uri) { return uri ~ /^(https?|ftp|file):/ && uri ~ /\/debian\/?$/ }
	/^deb[ \t]/ {
		sub(/\[[^]]*\]/, "")
		if (debian($2)) { print $2; exit }
	}
	/^URIs:/ { for (i = 2; i <= NF; i++) if (debian($i)) { print $i; exit } }'
}

# make_apt: an apt of our own, for the suite of the kernel and what it builds on.
make_apt() {
	apt=$cache/apt/$suite
	uri=$(mirror)
	[ -n "$uri" ] || die "no Debian mirror in the host's sources: set INVBENCH_MIRROR to one"
	[ -r "$keyring" ] || die "no $keyring: install debian-archive-keyring"
	mkdir -p "$apt/etc/parts" "$apt/state/lists/partial" "$apt/debs/partial" ||
		die "can't write to $apt"
	: >"$apt/status"
	for s in "${suite%-backports}" "$suite"; do
		echo "deb [signed-by=$keyring] $uri $s main"
	done | sort -u >"$apt/etc/sources.list"
	# The host's proxies and time-outs, none of its hooks and nothing that would
	# let an unsigned archive in.
	{
		apt-config dump | grep '^Acquire::' | grep -v -i -e insecure \
			-e weakrepo -e IndexTargets
		cat <<-END
			Dir::Etc "$apt/etc";
			Dir::Etc::parts "parts";
			Dir::State "$apt/state";
			Dir::State::status "$apt/status";
			Dir::Cache "$apt";
			Dir::Cache::archives "debs";
			APT::Architecture "$(host_arch)";
			APT::Architectures { "amd64"; "arm64"; };
			APT::Install-Recommends "false";
			APT::Get::AllowUnauthenticated "false";
			APT::Sandbox::User "";
			APT::Update::Error-Mode "any";
			Acquire::AllowInsecureRepositories "false";
			Acquire::Languages "none";
			Acquire::Retries "1";
			Acquire::http::Timeout "20";
			Acquire::https::Timeout "20";
		END
	} >"$apt/apt.conf"
	log=$apt/log
	: >"$log"
}

# What to do about a package that has gone; scripts say it better.
advice() { :; }

# apt_get ARGS...: dies with apt's own last word, in our words where we know better.
apt_get() {
	APT_CONFIG=$apt/apt.conf apt-get -q -y "$@" >>"$log" 2>&1 </dev/null && return
	why=$(grep -m 1 -E '^(Err:|[EW]: ).*(signature|NO_PUBKEY|EXPKEYSIG|BADSIG|not signed)' "$log")
	[ -z "$why" ] || die "wrong signature at $uri, nothing of it used: ${why#?: }"
	why=$(sed -n 's/^E: //p' "$log" | head -n 1)
	case $why in
	*'space'*) die "no space in $cache: $why" ;;
	*' was not found' | 'Unable to locate '*) die "not in $suite any more: $why$(advice)" ;;
	*) die "the mirror doesn't answer ($uri): ${why:-no reason given}, see $log" ;;
	esac
}

# unpack FOLDER DEB...: without what nobody reads.
unpack() {
	into=$1
	shift
	for deb in "$@"; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$into" --no-same-owner \
			--keep-directory-symlink --exclude='./usr/share/doc/*' \
			--exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
			2>"$log.tar" || die "can't unpack ${deb##*/}: $(tail -n 1 "$log.tar")"
	done
}

# new_root FOLDER: empty, for packages as newer suites have them (merged /usr).
new_root() {
	for d in bin sbin lib lib64; do
		{ mkdir -p "$1/usr/$d" && ln -s "usr/$d" "$1/$d"; } || die "can't write to $1"
	done
	mkdir -p "$1/dev" "$1/proc" "$1/run" "$1/sys" "$1/tmp"
}

# download PACKAGE...: exactly these, into a folder of their own; sets $debs.
download() {
	debs=$work/debs
	rm -rf "$debs"
	mkdir -p "$debs"
	(cd "$debs" && apt_get download "$@") || exit
}

# space_for MEGABYTES WHAT: dies where the cache hasn't got them.
space_for() {
	free=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$1" ] || die "no space in $cache: $free MB free, $1 wanted for $2"
}
