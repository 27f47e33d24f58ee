// What this process uses, as the kernel tells.
#pragma once

#include <cstdint>

namespace ironscribe {

struct ProcessUsage {
  double cpu_seconds = 0;         // User and system.
  double start_unix_seconds = 0;  // When it was started.
  int64_t resident_bytes = 0;
  int64_t virtual_bytes = 0;
  int64_t open_descriptors = 0;
  int64_t most_descriptors = 0;
  int64_t threads = 0;
};

// What cannot be read is 0.
ProcessUsage ReadProcessUsage();

}  // namespace ironscribe
