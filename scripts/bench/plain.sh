#!/usr/bin/env bash
# What a person would type: the same tar, patch, make and qemu steps as a run, one after the other, without quiltboot's
# planning, store or overlap. scripts/bench.ts measures a run against it. It prints "STEP SECONDS" lines.
#
#   plain.sh WORK PROJECT PACKAGE QUEUE POINTS TARGET...
#
# In the environment: QUILTBOOT, the command that runs suites against one image; SUITES=no leaves them out.
set -euo pipefail
work=$1 project=$2 package=$3 queue=$4 points=$5
shift 5
mkdir -p "$work"
cd "$work"

now() { date +%s.%N; }
step() { # NAME COMMAND...: runs it and prints how long it took
  local name=$1 start
  shift
  start=$(now)
  "$@" >>"$work/log" 2>&1
  printf '%s %s\n' "$name" "$(echo "$(now) - $start" | bc)"
}

fetch() {
  apt-get download -o APT::Sandbox::User=root "$package"
  dpkg-deb -x "$package"_*.deb unpacked
  mkdir linux
  tar -xf unpacked/usr/src/"$package".tar.xz -C linux --strip-components=1
}

arch() { case $1 in s390x) echo s390 ;; *) echo "$1" ;; esac; }
prefix() { case $1 in s390x) echo s390x-linux-gnu- ;; esac; }
image() { case $1 in s390x) echo arch/s390/boot/bzImage ;; *) echo arch/x86/boot/bzImage ;; esac; }

kmake() { # TARGET ARGUMENT...
  local target=$1
  shift
  make -C linux O="$work/build-$target" ARCH="$(arch "$target")" CROSS_COMPILE="$(prefix "$target")" -j"$(nproc)" "$@"
}

# The point at which each fragment of the series begins to hold.
fragments='1 container
4 container-ns
8 container-cpuset
9 container-cpuacct
10 container-debug'

configure() { # TARGET POINT
  local files=("$project/kconfig/6.1/base.config" "$project/kconfig/6.1/$1.config")
  local name from
  while read -r from name; do
    [ "$2" -lt "$from" ] || files+=("$project/kconfig/6.1/$name.config")
  done <<<"$fragments"
  cat "${files[@]}" >"$work/fragment"
  mkdir -p "$work/build-$1"
  kmake "$1" KCONFIG_ALLCONFIG="$work/fragment" allnoconfig
}

suites() { # TARGET POINT
  $QUILTBOOT test container --kernel "$work/build-$1/$(image "$1")" --target "$1" --features "$(features "$2")" --out "$work/runs"
}

features() { # POINT: what the container series has brought by then
  local all=(containers,test-subsystems tasks,opener-checked fork-exit clone proc css-groups
    release cpuset cpuacct debug)
  local IFS=,
  echo "${all[*]:0:$2}"
}

step fetch fetch
mapfile -t patches < <(grep -v '^#' "$project/$queue/series")
for point in $(seq 0 "$points"); do
  [ "$point" -eq 0 ] || step patch patch -d linux -p1 -s -i "$project/$queue/${patches[point - 1]}"
  for target in "$@"; do
    step configure configure "$target" "$point"
    step make kmake "$target" bzImage
    [ "${SUITES:-yes}" = no ] || step qemu suites "$target" "$point"
  done
done
