#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# gbench without the rest: configured alone, installed to a prefix, the example
# built against it, with pkg-config and with CMake's find_package().
# install.sh SOURCE CMAKE CC
set -eu

src=$1
cmake=$2
cc=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# What the project builds with; make needn't be here.
CMAKE_GENERATOR=Ninja
export CMAKE_GENERATOR

quietly() {
	if ! "$@" >"$dir/log" 2>&1; then
		cat "$dir/log"
		echo "failed: $*"
		exit 1
	fi
}

quietly "$cmake" -S "$src" -B "$dir/build" -DINVBENCH_TESTS=OFF \
	-DCMAKE_C_COMPILER="$cc" -DCMAKE_BUILD_TYPE=Debug \
	-DCMAKE_INSTALL_PREFIX="$dir/prefix" -DCMAKE_INSTALL_LIBDIR=lib
quietly "$cmake" --build "$dir/build" -j2
quietly "$cmake" --install "$dir/build" --component gbench

# A copy, so that nothing of the source tree is in reach.
mkdir "$dir/user"
cp "$src/example/example.c" "$dir/user"
cd "$dir/user"

PKG_CONFIG_PATH=$dir/prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # flags are words
quietly "$cc" -std=c11 -Wall -Wextra -Werror example.c -o with-pkg-config \
	$(pkg-config --cflags --libs gbench)
./with-pkg-config --benchmark_list_tests | grep -qx add

cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES C)
find_package(gbench 0.1 REQUIRED)
add_executable(with-cmake example.c)
target_link_libraries(with-cmake PRIVATE invbench::gbench)
END
quietly "$cmake" -S . -B build -DCMAKE_PREFIX_PATH="$dir/prefix" \
	-DCMAKE_C_COMPILER="$cc"
quietly "$cmake" --build build
./build/with-cmake --benchmark_list_tests | grep -qx add
echo "installed, and used from pkg-config and CMake"
