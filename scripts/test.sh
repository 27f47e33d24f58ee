#!/usr/bin/env bash
# Builds and tests presets one after another. All tests run in release; under a sanitizer those
# labelled slow are left out, because they would take many times as long there.
#
#   scripts/test.sh PRESET...    release, debug, asan or tsan
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)

# Tests on real recordings need tiny.en, some silero-vad; without a network they are skipped, which is
# said here.
pull_model() {
  [[ -x build/release/ironscribe ]] || return 0
  # Small; what needs it says so.
  scripts/models.sh silero-vad ||
    echo "WARNING: silero-vad is not installed and could not be fetched" >&2
  scripts/models.sh tiny.en ||
    printf '\n%s\n\n' "WARNING: tiny.en is not installed and could not be fetched:" \
      "         every test on the real model will be SKIPPED." >&2
}

# Names what the run left out, so that a green result is not read as more than it is.
print_skipped() {
  local log=build/$1/Testing/Temporary/LastTest.log
  [[ -f $log ]] || return 0
  local count
  count=$(grep -cE '^\[  SKIPPED \] .* \([0-9]+ ms\)$' "$log" || true)
  ((count == 0)) || {
    echo "Skipped in $1: $count tests, because:"
    grep -A1 -hE ': Skipped$' "$log" | grep -vE ': Skipped$|^--$' | sort | uniq -c | sort -rn | head -n 20
  }
}

for preset in "$@"; do
  scripts/build.sh "$preset"
  [[ $preset != release ]] || pull_model
done
for preset in "$@"; do
  labels=()
  [[ $preset != asan && $preset != tsan ]] || labels=(--label-exclude slow)
  echo "Tests in $preset"
  ctest --preset "$preset" --parallel "$jobs" "${labels[@]}"
  [[ $preset == "${!#}" ]] || print_skipped "$preset"
done
