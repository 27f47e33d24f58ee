// For tests: system calls of this process that tell what they were asked, or fail on demand. Linked
// into a test program, watched_system.cc takes the place of the C library's fsync and flock.
//
// Thread rule: one thread at a time.
#pragma once

#include <filesystem>
#include <vector>

namespace ironscribe::io {

struct WatchedSystem {
  std::vector<std::filesystem::path> synced;  // What fsync was called for, in order.
  int flock_error = 0;                        // errno of the next call of flock; 0: none.
};

WatchedSystem& TheWatchedSystem();

}  // namespace ironscribe::io
