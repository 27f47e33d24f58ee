// How much memory this process may still take.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace ironscribe {

// Where the system says so; another root serves tests.
struct MemoryFiles {
  std::filesystem::path meminfo = "/proc/meminfo";
  std::filesystem::path cgroup = "/sys/fs/cgroup";
  std::filesystem::path own_cgroup = "/proc/self/cgroup";
};

// Bytes that can be taken without swapping or being killed: the smallest of what the machine has
// available (MemAvailable) and what the control group of this process and each group around it have
// left (v2: memory.max, memory.current; v1: memory.limit_in_bytes, memory.usage_in_bytes). File
// pages that were not used lately count as left, as the kernel drops them first (memory.stat).
// Nothing when the system does not tell.
std::optional<int64_t> AvailableMemoryBytes(const MemoryFiles& files = {});

}  // namespace ironscribe
