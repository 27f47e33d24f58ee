#!/usr/bin/env bash
# Five thousand malformed requests to the whole server: in release, where memory is looked at, and under
# the address and undefined sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."
for preset in release asan; do
  scripts/build.sh "$preset" serve_malformed_test ironscribe-decode
  "build/$preset/src/apps/cli/serve_malformed_test" \
    --gtest_also_run_disabled_tests --gtest_filter='ServeMalformed.DISABLED_*'
done
