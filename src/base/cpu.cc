#include "base/cpu.h"

#include <sched.h>
#if defined(__aarch64__)
#include <sys/auxv.h>
#elif defined(__x86_64__)
#include <cpuid.h>
#endif

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

namespace ironscribe {
namespace {

constexpr CpuLevel kAllCpuLevels[] = {CpuLevel::kPortable, CpuLevel::kAvx2, CpuLevel::kAvx512,
                                      CpuLevel::kNeonDot, CpuLevel::kNeonI8mm};

#if defined(__x86_64__)
// __builtin_cpu_supports has no name for it in clang 14.
bool HasHalfPrecision() {
  unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_F16C) != 0;
}
#endif

// cgroup v2: "max 100000" or "200000 100000" in cpu.max; v1: quota and period in two files.
int CgroupCpus() {
  std::ifstream v2("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (v2 >> quota >> period && quota != "max" && period > 0) {
    return std::max(1, static_cast<int>(std::ceil(std::strtod(quota.c_str(), nullptr) / period)));
  }
  std::ifstream quota_file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  std::ifstream period_file("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double quota_us = 0, period_us = 0;
  if (quota_file >> quota_us && period_file >> period_us && quota_us > 0 && period_us > 0) {
    return std::max(1, static_cast<int>(std::ceil(quota_us / period_us)));
  }
  return 0;
}

}  // namespace

CpuLevel DetectCpuLevel() { return SupportedCpuLevels().back(); }

std::string_view CpuLevelName(CpuLevel level) {
  switch (level) {
    case CpuLevel::kPortable:
      return "portable";
    case CpuLevel::kAvx2:
      return "avx2";
    case CpuLevel::kAvx512:
      return "avx512";
    case CpuLevel::kNeonDot:
      return "neon_dot";
    case CpuLevel::kNeonI8mm:
      return "neon_i8mm";
  }
  return "unknown";
}

std::vector<CpuLevel> SupportedCpuLevels() {
  std::vector<CpuLevel> levels = {CpuLevel::kPortable};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !HasHalfPrecision()) {
    return levels;
  }
  levels.push_back(CpuLevel::kAvx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bf16")) {
    levels.push_back(CpuLevel::kAvx512);
  }
#elif defined(__aarch64__)
  if ((getauxval(AT_HWCAP) & HWCAP_ASIMDDP) == 0) return levels;
  levels.push_back(CpuLevel::kNeonDot);
  constexpr unsigned long kMatrixForms = HWCAP2_I8MM | HWCAP2_BF16;
  if ((getauxval(AT_HWCAP2) & kMatrixForms) == kMatrixForms) levels.push_back(CpuLevel::kNeonI8mm);
#endif
  return levels;
}

Result<CpuLevel> ParseCpuLevel(std::string_view name) {
  const std::vector<CpuLevel> supported = SupportedCpuLevels();
  if (name == "auto") return supported.back();
  std::string had;
  for (CpuLevel level : supported) {
    if (name == CpuLevelName(level)) return level;
    had += (had.empty() ? "" : ", ") + std::string(CpuLevelName(level));
  }
  for (CpuLevel level : kAllCpuLevels) {
    if (name != CpuLevelName(level)) continue;
    return FailedPreconditionError("this machine cannot run CPU level '" + std::string(name) +
                                   "'; it has " + had);
  }
  return InvalidArgumentError("unknown CPU level '" + std::string(name) +
                              "'; this machine has auto, " + had);
}

int UsableCpus() {
  int cpus = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) cpus = std::min(cpus, CPU_COUNT(&set));
  if (const int quota = CgroupCpus(); quota > 0) cpus = std::min(cpus, quota);
  return std::max(1, cpus);
}

std::string_view CpuArchitecture() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "arm64";
#else
  return "other";
#endif
}

std::string CpuModelName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace ironscribe
