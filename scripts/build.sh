#!/usr/bin/env bash
# Configures (first time only; later CMake does it by itself when needed) and builds one preset.
#
#   scripts/build.sh PRESET [TARGET...]      PRESET: release, debug, asan or tsan; TARGETs: default all
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:?"usage: scripts/build.sh PRESET [TARGET...]"}
shift

log=build/$preset-configure.log
if [[ ! -f build/$preset/build.ninja ]]; then
  mkdir -p build
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
fi
targets=()
(($# == 0)) || targets=(--target "$@")
cmake --build --preset "$preset" "${targets[@]}"
