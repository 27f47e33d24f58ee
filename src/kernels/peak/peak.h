// Loops that do nothing but a CPU level's multiply instructions, from registers, with enough sums
// side by side that no instruction waits for another: the most operations a second that any kernel
// of that level can reach. And one that reads memory, and one that tells the core's clock.
//
// A multiplication and an addition count as two operations.
//
// Goals: the machine's own limit, to hold the kernels against. Non-goals: timing, threads; that is
// the caller's. Thread rule: all functions may run on many threads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/cpu.h"

namespace ironscribe::kernels {

// The arithmetics of kernels/linear: 8 bits on both sides, 16 bits (activations of kInt8Wide),
// bfloat16, float32.
enum class PeakArithmetic : int { kInt8, kInt16, kBFloat16, kFloat32 };
inline constexpr int kNumPeakArithmetics = 4;

struct PeakLoop {
  // "vpdpbusd zmm"; null when the level has no instruction for this arithmetic, as then `run`.
  const char* instructions = nullptr;
  // Whether it is one instruction for product and sum, so that the rate is a power of two per
  // cycle.
  bool is_single = false;
  double operations_per_round = 0;
  void (*run)(int64_t rounds) = nullptr;
};

struct PeakKernels {
  PeakLoop loops[kNumPeakArithmetics];
  // Reads all of it; the value depends on every byte. Requires: bytes is a multiple of 1,024.
  uint32_t (*read)(const std::byte* data, size_t bytes);
};

// Requires: level supported by this machine.
const PeakKernels& PeakKernelsFor(CpuLevel level);

// Additions that each wait for the one before and take one cycle: the time of `count` of them is
// `count` cycles of the core's clock, which the time stamp counter does not tell. Returns how many
// were done (a few more), 0 where this processor's form is not known.
int64_t RunDependentAdditions(int64_t count);

}  // namespace ironscribe::kernels
