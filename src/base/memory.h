// How much memory this process may still take, and what it does with what it has.
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

// For the whole process: buffers of 128 KiB and more go back to the system as they are freed,
// instead of leaving holes in the heap that the small pieces of a growing transcript break up: by
// those, a ten-hour recording took 400 MB more than it holds. To be called first in main().
void ReturnLargeBuffers();

}  // namespace ironscribe
