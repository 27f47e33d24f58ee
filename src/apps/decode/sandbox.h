// Takes away from this process everything that decoding does not need, for good: it can read one
// descriptor, write to its standard output, use memory and end. Enforced by resource limits and a
// seccomp filter that lists what is allowed; works for root and for ordinary users alike.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace ironscribe::decode {

struct SandboxLimits {
  uint64_t memory_bytes = uint64_t{1} << 30;
  uint64_t cpu_seconds = 60;
};

// Requires: this process has one thread. Errors: FailedPrecondition naming the step that the kernel
// refused; the caller must then not touch hostile bytes.
Status EnterSandbox(const SandboxLimits& limits);

// Enters the sandbox and tries what it must prevent, and what it must allow; prints one line each.
// True when all came out as they should.
bool RunSandboxSelfTest();

}  // namespace ironscribe::decode
