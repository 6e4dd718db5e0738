#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# launcher.sh CASE: one promise of the launcher, over fakes of dpkg and apt.

set -u
# shellcheck source=tests/launcher/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"
make_fakes
make_project

# Arguments, standard input, exit status and process are the tool's own.
passes_on() {
	run exit 7
	want_status 7
	# shellcheck disable=SC2016  # it must not be expanded
	odd='$(touch pwned) `touch pwned`; touch pwned & "'"'"' * \ ~'
	cd "$tree" || exit 1
	run "$odd" '' '
' --no-build -- -x
	want_status 0
	want_out "arg=<$odd>"
	want_out 'arg=<>'
	want_out 'arg=<--no-build>'
	want_out 'arg=<-->'
	[ -z "$(find "$tree" -name pwned)" ] || wrong "a shell ran input"
	printf 'a line\n' >"$tree/in"
	run cat <"$tree/in"
	want_out 'in=a line'
	want_status 0
	[ ! -s "$tree/err" ] || wrong "a warm start says something"

	PATH="$fakes:$PATH" "$tree/p/invbench" sleep >"$tree/out" 2>"$tree/err" &
	pid=$!
	i=0
	until grep -q 'arg=<sleep>' "$tree/out" || [ "$i" = 100 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	want_out "pid=$pid"
	kill -TERM "$pid"
	wait "$pid"
	status=$?
	want_status 143
}

any_folder() {
	mkdir "$tree/elsewhere"
	ln -s ../p/invbench "$tree/elsewhere/link"
	cd "$tree/elsewhere" || exit 1
	PATH="$fakes:$PATH" ./link a >"$tree/out" 2>"$tree/err"
	status=$?
	want_status 0
	want_out "cwd=$(pwd -P)"
	want_out "top=$(cd "$tree/p" && pwd -P)"
}

no_install() {
	echo 'run a-package-that-does-not-exist' >>"$tree/p/packages.list"
	for place in 'list --no-install' '--no-install list'; do
		# shellcheck disable=SC2086  # two words
		run $place
		want_status 2
		want_err 'a-package-that-does-not-exist'
		want_one_line
	done
	want_no_call apt-get
	sed -i '/not-exist/d' "$tree/p/packages.list"
	run list --no-install
	want_status 0
	want_out 'arg=<list>'
	! grep -q 'arg=<--no-install>' "$tree/out" || wrong "the tool got --no-install"
}

install() {
	echo 'run three' >>"$tree/p/packages.list"
	run a
	want_status 0
	want_call 'apt-get .*--no-install-recommends install three$'
	want_no_call update
	want_no_call sudo
	want_calls 1 dpkg-query
	run b
	want_calls 1 dpkg-query
	echo '# another list' >>"$tree/p/packages.list"
	run c
	want_status 0
	want_calls 2 dpkg-query
	want_calls 1 apt-get
}

# What only guests need is installed for them, and named when it is missing.
guests() {
	echo 'guest three' >>"$tree/p/packages.list"
	run a
	want_status 0
	run a --backend user
	want_status 0
	run a guest
	want_status 0
	want_no_call apt-get
	for words in 'guest boot' 'run --backend guest' 'run --backend=user,guest x'; do
		# shellcheck disable=SC2086  # words
		run --no-install $words
		want_status 2
		want_err three
		want_one_line
	done
	run guest boot
	want_status 0
	want_calls 1 'apt-get .*install three$'
	want_out 'arg=<guest>'
	run run --backend guest
	want_calls 1 apt-get
}

# So is what only probes need; guests come with probes.
probes() {
	echo 'probe three' >>"$tree/p/packages.list"
	run a
	want_status 0
	want_no_call apt-get
	for words in probe 'flame x' 'run --probe' 'guest boot'; do
		# shellcheck disable=SC2086  # words
		run --no-install $words
		want_status 2
		want_err three
		want_one_line
	done
	run probe
	want_status 0
	want_calls 1 'apt-get .*install three$'
	for program in invbench-probe invbench-worker-probed; do
		[ -x "$tree/p/build/release/$program" ] || wrong "no $program was built"
	done
}

# Of several names one is enough, and the first that apt knows is installed.
other_names() {
	echo 'run four|three' >>"$tree/p/packages.list"
	run --no-install a
	want_status 2
	want_err ': four|three'
	want_one_line
	run a
	want_status 0
	want_calls 1 'apt-get .*install three$'
	want_no_call update
	# the second one is there: nothing is missing
	echo '# another list' >>"$tree/p/packages.list"
	run --no-install a
	want_status 0
	# neither is known before the lists are
	printf '%s\n' one two >"$tree/installed"
	touch "$tree/stale"
	echo '# another list' >>"$tree/p/packages.list"
	run a
	want_status 0
	want_calls 1 update
	want_calls 2 'apt-get .*install three$'
}

update_once() {
	touch "$tree/stale"
	echo 'run three' >>"$tree/p/packages.list"
	run a
	want_status 0
	want_calls 1 update
	want_calls 2 install
}

by_sudo() {
	fake_user 1000
	echo 'run three' >>"$tree/p/packages.list"
	run a
	want_status 0
	want_call '^sudo env .*apt-get .*install three$'
}

no_sudo() {
	fake_user 1000
	rm "$fakes/sudo"
	echo 'run three' >>"$tree/p/packages.list"
	# The real one must not be found either.
	mkdir "$tree/bin"
	for d in /usr/bin /bin; do
		for f in "$d"/*; do
			[ "${f##*/}" = sudo ] || ln -sf "$f" "$tree/bin/${f##*/}"
		done
	done
	PATH="$fakes:$tree/bin" "$tree/p/invbench" a >"$tree/out" 2>"$tree/err"
	status=$?
	want_status 2
	want_err 'three'
	want_err 'sudo'
	want_one_line
	want_no_call apt-get
}

no_network() {
	touch "$tree/offline"
	echo 'run three' >>"$tree/p/packages.list"
	run a
	want_status 2
	want_err 'The mirror does not answer'
	want_err 'three'
	[ "$(wc -l <"$tree/err")" = 2 ] || wrong "not what it does and one line why"
}

other_distribution() {
	printf 'NAME="Fedora Linux"\nID=fedora\n' >"$tree/os-release"
	run a
	want_status 2
	want_err 'one two'
	want_no_call dpkg-query
	run test
	want_status 2
	run --no-check a
	want_status 0
	want_out 'arg=<a>'
	printf 'ID=mint\nID_LIKE="ubuntu debian"\n' >"$tree/os-release"
	run a
	want_status 0
	want_call dpkg-query
}

architectures() {
	printf '#!/bin/sh\necho arm64\n' | fake dpkg
	printf '%s\n' 'run for-arm [arm64]' 'run not-for-arm [!arm64]' \
		'run for-amd [amd64]' 'run not-for-amd [!amd64]' >>"$tree/p/packages.list"
	run --no-install a
	want_status 2
	want_err ': for-arm not-for-amd'
	want_one_line
}

bad_list() {
	echo 'runs three' >>"$tree/p/packages.list"
	run a
	want_status 2
	want_err "'runs'"
	sed -i '$d' "$tree/p/packages.list"
	for line in 'run' 'run three four' 'run three [arm64] four'; do
		cp "$tree/p/packages.list" "$tree/list"
		echo "$line" >>"$tree/p/packages.list"
		run a
		want_status 2
		want_err 'packages.list:'
		want_one_line
		mv "$tree/list" "$tree/p/packages.list"
	done
}

build_fails() {
	run a
	want_status 0
	echo 'int main(void) { return this_is_wrong; }' >"$tree/p/tool.c"
	run a
	want_status 2
	want_err 'this_is_wrong'
	want_err 'build/release.log'
	[ "$(grep -c . "$tree/err")" = 2 ] || wrong "not what it does and one line why"
	want_calls 2 dpkg-query
	echo 'nonsense(' >"$tree/p/CMakeLists.txt"
	run a
	want_status 2
	want_err 'CMake Error'
	[ ! -s "$tree/out" ] || wrong "something on its output"
}

# A package went after the stamp: the build fails, dpkg is asked again.
package_gone() {
	echo 'run three' >>"$tree/p/packages.list"
	run a
	want_status 0
	grep -v three "$tree/installed" >"$tree/fewer"
	mv "$tree/fewer" "$tree/installed"
	cat >>"$tree/p/CMakeLists.txt" <<-END
		file(STRINGS "$tree/installed" have REGEX "^three\$")
		if(NOT have)
		  message(FATAL_ERROR "no three")
		endif()
	END
	run b
	want_status 0
	want_out 'arg=<b>'
	want_calls 2 'apt-get .*install three'
}

rebuilds() {
	run a
	sed -i 's/arg=</word=</' "$tree/p/tool.c"
	run a
	want_status 0
	want_out 'word=<a>'
}

# Two at once on a tree that isn't built: one builds, both run.
together() {
	for i in 1 2 3; do
		PATH="$fakes:$PATH" "$tree/p/invbench" exit "$i" \
			>"$tree/out$i" 2>"$tree/err$i" &
		eval "pid$i=\$!"
	done
	touch "$tree/out" "$tree/err"
	for i in 1 2 3; do
		eval "wait \$pid$i"
		status=$?
		want_status "$i"
	done
	n=$(cat "$tree"/err? | grep -c 'building release')
	[ "$n" = 1 ] || wrong "$n of three built"
}

case ${1:-} in
passes_on | any_folder | no_install | install | guests | probes | other_names | update_once | by_sudo | \
	no_sudo | no_network | other_distribution | architectures | bad_list | build_fails | \
	package_gone | rebuilds | together)
	"$1"
	;;
*)
	echo "no case '${1:-}'"
	bad=1
	;;
esac
exit $bad
