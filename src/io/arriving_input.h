// What arrives on a pipe while it is made, in pieces as they come: a microphone, another program.
// When told to stop, what has arrived by then is still given, and then the end.
//
// One owner, one thread; the stop may be asked for from any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>

#include "base/status.h"

namespace ironscribe::io {

class ArrivingInput {
 public:
  // The descriptor stays the caller's.
  ArrivingInput(int descriptor, std::stop_token stop)
      : descriptor_(descriptor), stop_(std::move(stop)) {}

  // Waits until there is something, then gives what is there, at most out.size() bytes; 0 at the
  // end. Requires: out is not empty. Errors: those of the system.
  Result<size_t> Read(std::span<std::byte> out);

 private:
  // True when there is something to read or the end; false when stopped with nothing left.
  Result<bool> Wait();

  const int descriptor_;
  const std::stop_token stop_;
  // Once stopped: bytes that were there then and are still to be given.
  std::optional<uint64_t> left_;
};

}  // namespace ironscribe::io
