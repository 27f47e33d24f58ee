// What the processor can do: the kernel levels it can run and the number of usable CPUs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe {

// Kernel levels, ascending within an architecture: x86-64 has the first three, 64-bit Arm the
// first and the last two. A machine that can run a level can run those below it.
enum class CpuLevel : int {
  kPortable = 0,
  kAvx2 = 1,      // AVX2, FMA and F16C.
  kAvx512 = 2,    // AVX-512 F, BW, DQ, VL, VNNI and BF16.
  kNeonDot = 3,   // Armv8.2 dot product.
  kNeonI8mm = 4,  // Also 8-bit matrix multiplication and BFloat16.
};

// The highest level of this machine.
CpuLevel DetectCpuLevel();

// "portable", "avx2", "avx512", "neon_dot", "neon_i8mm".
std::string_view CpuLevelName(CpuLevel level);

// The levels this machine can run, ascending.
std::vector<CpuLevel> SupportedCpuLevels();

// Parses a level's name, "auto" included. Errors: InvalidArgument for an unknown name,
// FailedPrecondition for a level that this machine lacks; both name the levels it has.
Result<CpuLevel> ParseCpuLevel(std::string_view name);

// CPUs this process may use: the smallest of affinity mask and cgroup quota (v1 and v2), at
// least 1.
int UsableCpus();

// What the program was built for, as tables of machines call it: "x86_64", "arm64", or "other".
std::string_view CpuArchitecture();

// The processor's model name as the kernel reports it, or "unknown".
std::string CpuModelName();

}  // namespace ironscribe
