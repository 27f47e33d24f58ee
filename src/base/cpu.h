// What the processor can do: the kernel levels it can run and the number of usable CPUs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe {

// Kernel levels, ascending. kAvx512 needs F, BW, DQ, VL, VNNI and BF16.
enum class CpuLevel : int { kPortable = 0, kAvx2 = 1, kAvx512 = 2 };

// The highest level of this machine.
CpuLevel DetectCpuLevel();

// "portable", "avx2", "avx512".
std::string_view CpuLevelName(CpuLevel level);

// The levels this machine can run, ascending.
std::vector<CpuLevel> SupportedCpuLevels();

// Parses a level's name, "auto" included. Errors: InvalidArgument for an unknown name,
// FailedPrecondition naming what the machine has for a level above it.
Result<CpuLevel> ParseCpuLevel(std::string_view name);

// CPUs this process may use: the smallest of affinity mask and cgroup quota (v1 and v2), at
// least 1.
int UsableCpus();

// The processor's model name as the kernel reports it, or "unknown".
std::string CpuModelName();

}  // namespace ironscribe
