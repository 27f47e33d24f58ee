#!/usr/bin/env bash
# Cross-compiles base, tensor, kernels and nn for 64-bit Arm and runs their tests under QEMU as three
# processors, so that each CPU level is once the highest: without the dot product, with it, and with
# the 8-bit matrix and BFloat16 instructions. This shows that results are right; nothing is said
# about speed.
#
#   scripts/test-arm.sh        needs the packages of scripts/setup.sh --emulated
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/arm

cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DIRONSCRIBE_KERNELS_ONLY=ON \
  -DCMAKE_TOOLCHAIN_FILE=cmake/aarch64-linux-gnu.cmake >"$build-configure.log" 2>&1 || {
  cat "$build-configure.log" >&2
  exit 1
}
cmake --build "$build"

# QEMU's processor and the level that it must show.
run() {
  local cpu=$1 level=$2 test
  for test in base tensor kernels_activation kernels_linear kernels_peak kernels_rowwise nn; do
    test=$(find "$build/src" -name "${test}_test" -type f)
    echo "-- $cpu (highest level $level): $(basename "$test")"
    IRONSCRIBE_EXPECTED_CPU_LEVEL=$level \
      qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu "$cpu" "$test" --gtest_brief=1
  done
}
run cortex-a72 portable
run neoverse-n1 neon_dot
run max neon_i8mm
python3 tools/tidy/tidy.py --objects "$build"
