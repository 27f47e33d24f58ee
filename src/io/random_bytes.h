// Bytes nobody can guess, from the kernel: secrets and names that must not be guessed or collide.
// Everything that must be repeatable uses base/random.h.
#pragma once

#include <cstddef>
#include <string>

#include "base/status.h"

namespace ironscribe::io {

// Thread-safe. Errors: Unavailable if the kernel has none, which a running system always has.
Result<std::string> RandomBytes(size_t size_bytes);

// The same as twice as many lower-case hexadecimal digits.
Result<std::string> RandomHex(size_t size_bytes);

}  // namespace ironscribe::io
