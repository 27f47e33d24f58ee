#!/usr/bin/env bash
# Runs tests of the release build under QEMU as processors without AVX-512 and without AVX2: an
# instruction of a higher level that leaked into a lower one ends the test with SIGILL.
#
#   scripts/test-old-cpu.sh    needs the packages of scripts/setup.sh --emulated
set -euo pipefail
cd "$(dirname "$0")/.."
kernels=(kernels_activation kernels_linear kernels_peak kernels_rowwise)
scripts/build.sh release base_test dsp_test nn_test "${kernels[@]/%/_test}"

# QEMU's processor, the level that it must show, and the tests.
run() {
  local cpu=$1 level=$2 name
  shift 2
  for name in "$@"; do
    echo "-- $cpu (highest level $level): ${name}_test"
    IRONSCRIBE_EXPECTED_CPU_LEVEL=$level qemu-x86_64 -cpu "$cpu" \
      "$(find build/release/src -name "${name}_test" -type f)" --gtest_brief=1 \
      --gtest_filter=-"*Resample*" 2> >(grep -v "TCG doesn't support" >&2)  # Minutes when emulated.
  done
}
run Nehalem portable base dsp "${kernels[@]}" nn
# QEMU 7.2 reads all lanes of a masked load, so that dsp's loads at the end of an array fail there.
run Haswell avx2 base "${kernels[@]}" nn
