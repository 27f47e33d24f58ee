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
};

// Bytes that can be taken without swapping or being killed: the smaller of what the machine has
// available (MemAvailable) and what the control group has left (v2: memory.max and memory.current,
// v1: memory.limit_in_bytes and memory.usage_in_bytes; its page cache counts as taken, so this errs
// low). Nothing when the system does not tell.
std::optional<int64_t> AvailableMemoryBytes(const MemoryFiles& files = {});

}  // namespace ironscribe
