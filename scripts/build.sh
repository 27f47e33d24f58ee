#!/usr/bin/env bash
# Configures (first time only; later CMake does it by itself when needed) and builds one preset.
#
#   scripts/build.sh PRESET      release, debug, asan or tsan
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:?"usage: scripts/build.sh PRESET"}

log=build/$preset-configure.log
if [[ ! -f build/$preset/build.ninja ]]; then
  mkdir -p build
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
fi
cmake --build --preset "$preset"
