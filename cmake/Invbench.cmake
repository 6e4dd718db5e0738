# SPDX-License-Identifier: GPL-2.0-or-later
#
# What every room shares: options, flags, warnings, and one way to add a test.
#
#   invbench_warnings       interface target; link it to have warnings as errors
#   invbench_add_test(NAME n COMMAND c [args...]
#                     [FLAVOURS release asan tsan up]
#                     [TARGETS t...] [LABELS l...] [TIMEOUT s] [SERIAL]
#                     [WORKING_DIRECTORY d] [ENVIRONMENT v=x...])
#
#   FLAVOURS  the builds that run this test; release and asan unless given
#   TARGETS   what to build for it besides COMMAND (when that is a target)
#   TIMEOUT   seconds; 120 unless given
#   SERIAL    runs alone, for what needs both CPUs
#
# A test that can't run here prints why as its last line and exits 77.

set(INVBENCH_SANITIZE none CACHE STRING "none, address (with undefined), or thread")
set_property(CACHE INVBENCH_SANITIZE PROPERTY STRINGS none address thread)
option(INVBENCH_UP "build the subject for a single CPU" OFF)
option(INVBENCH_TESTS "build the tests (needs cmocka)" ON)

if(INVBENCH_SANITIZE STREQUAL "address")
  set(INVBENCH_FLAVOUR asan)
elseif(INVBENCH_SANITIZE STREQUAL "thread")
  set(INVBENCH_FLAVOUR tsan)
elseif(NOT INVBENCH_SANITIZE STREQUAL "none")
  message(FATAL_ERROR "INVBENCH_SANITIZE=${INVBENCH_SANITIZE}: none, address or thread")
elseif(INVBENCH_UP)
  set(INVBENCH_FLAVOUR up)
else()
  set(INVBENCH_FLAVOUR release)
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
# Here, since such targets are seen in the folder that finds them and below, and
# a library hands those that it links on to rooms beside it.
find_package(GSL REQUIRED)
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(LIBBPF IMPORTED_TARGET libbpf)
if(INVBENCH_TESTS)
  pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()

# Frame pointers for whole stacks; one alignment, so that placement within a
# line isn't taken for a fence's cost; aliasing as the kernel builds.
add_compile_options(-fno-omit-frame-pointer -falign-functions=64)
add_compile_options($<$<COMPILE_LANGUAGE:C>:-fno-strict-aliasing>)
add_compile_definitions($<$<COMPILE_LANGUAGE:C>:_GNU_SOURCE>)

if(INVBENCH_FLAVOUR STREQUAL "asan")
  # gcc's guess at what is uninitialised goes wrong over instrumented code; the
  # release build keeps it.
  add_compile_options(-O1 -fsanitize=address,undefined -fno-sanitize-recover=all
    -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=address,undefined)
elseif(INVBENCH_FLAVOUR STREQUAL "tsan")
  add_compile_options(-O1 -fsanitize=thread -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=thread)
endif()
if(INVBENCH_UP)
  add_compile_definitions(INVBENCH_UP=1)
endif()

add_library(invbench_warnings INTERFACE)
target_compile_options(invbench_warnings INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wpointer-arith
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
  $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
  $<$<COMPILE_LANGUAGE:C>:-Wold-style-definition>)

enable_testing()

# Everything that the tests of this flavour need, and nothing more.
add_custom_target(invbench-tests)

# TSan can't take the whole tree (gcc refuses fences under it), so there only
# what its tests name is built.
function(invbench_add_room room)
  if(INVBENCH_FLAVOUR STREQUAL "tsan")
    add_subdirectory(${room} EXCLUDE_FROM_ALL)
  else()
    add_subdirectory(${room})
  endif()
endfunction()

function(invbench_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 T "SERIAL" "NAME;TIMEOUT;WORKING_DIRECTORY"
    "COMMAND;FLAVOURS;TARGETS;LABELS;ENVIRONMENT")
  if(T_UNPARSED_ARGUMENTS OR NOT T_NAME OR NOT T_COMMAND)
    message(FATAL_ERROR "invbench_add_test: needs NAME and COMMAND; not known: "
      "'${T_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT INVBENCH_TESTS)
    return()
  endif()
  if(NOT T_FLAVOURS)
    set(T_FLAVOURS release asan)
  endif()
  foreach(f IN LISTS T_FLAVOURS)
    if(NOT f MATCHES "^(release|asan|tsan|up)$")
      message(FATAL_ERROR "invbench_add_test(${T_NAME}): no flavour ${f}")
    endif()
  endforeach()
  if(NOT INVBENCH_FLAVOUR IN_LIST T_FLAVOURS)
    return()
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()

  set(where)
  if(T_WORKING_DIRECTORY)
    set(where WORKING_DIRECTORY ${T_WORKING_DIRECTORY})
  endif()
  add_test(NAME ${T_NAME} COMMAND ${T_COMMAND} ${where})
  set_tests_properties(${T_NAME} PROPERTIES
    SKIP_RETURN_CODE 77
    TIMEOUT ${T_TIMEOUT}
    ENVIRONMENT "${T_ENVIRONMENT}"
    LABELS "${T_LABELS}")
  if(T_SERIAL)
    set_tests_properties(${T_NAME} PROPERTIES RUN_SERIAL TRUE)
  endif()

  list(GET T_COMMAND 0 program)
  if(TARGET ${program})
    add_dependencies(invbench-tests ${program})
  endif()
  if(T_TARGETS)
    add_dependencies(invbench-tests ${T_TARGETS})
  endif()
endfunction()
