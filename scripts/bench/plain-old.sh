#!/usr/bin/env bash
# The bare makes of a series on a kernel of 2007, as a person would type them: apply a patch, configure, make, for each
# point and target, one after the other. scripts/bench/old-tree.ts measures a run against it. It prints "STEP SECONDS".
#
#   plain-old.sh WORK LINUX PROJECT POINTS TARGET...
#
# LINUX holds the tree without the series and is changed. In the environment: CC_x86_64, CC_i386, CC_s390x, the compiler
# commands.
set -euo pipefail
work=$1 linux=$2 project=$3 points=$4
shift 4

now() { date +%s.%N; }
step() { # NAME COMMAND...: runs it and prints how long it took
  local name=$1 start
  shift
  start=$(now)
  "$@" >>"$work/log" 2>&1
  printf '%s %s\n' "$name" "$(echo "$(now) - $start" | bc)"
}

arch() { case $1 in s390x) echo s390 ;; *) echo "$1" ;; esac; }
prefix() { case $1 in s390x) echo s390x-linux-gnu- ;; esac; }
goal() { case $1 in s390x) echo vmlinux ;; *) echo bzImage ;; esac; }

kmake() { # TARGET ARGUMENT...
  local target=$1 cc=CC_$1
  shift
  make -C "$linux" O="$work/build-$target" ARCH="$(arch "$target")" CROSS_COMPILE="$(prefix "$target")" CC="${!cc}" \
    HOSTCC=gcc -j"$(nproc)" "$@"
}

# The point at which each fragment of the series begins to hold.
fragments='1 container
4 container-ns
8 container-cpuset
9 container-cpuacct
10 container-debug'

configure() { # TARGET POINT
  local kconfig=$project/kconfig/2.6.22 name from
  local files=("$kconfig/base.config" "$kconfig/$1.config")
  while read -r from name; do
    [ "$2" -lt "$from" ] || files+=("$kconfig/$name.config")
  done <<<"$fragments"
  cat "${files[@]}" >"$work/fragment"
  mkdir -p "$work/build-$1"
  kmake "$1" KCONFIG_ALLCONFIG="$work/fragment" allnoconfig
}

mkdir -p "$work"
mapfile -t patches < <(grep -v '^#' "$project/patches/container/2.6.22/series")
for point in $(seq 0 "$points"); do
  [ "$point" -eq 0 ] || step patch patch -d "$linux" -p1 -s -i "$project/patches/container/2.6.22/${patches[point - 1]}"
  for target in "$@"; do
    step configure configure "$target" "$point"
    step make kmake "$target" "$(goal "$target")"
  done
done
