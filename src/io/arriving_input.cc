#include "io/arriving_input.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "io/file.h"

namespace ironscribe::io {
namespace {

constexpr int kPollSliceMs = 50;  // How soon a stop is noticed while nothing arrives.

// Bytes that wait in a pipe or socket. A file has all of its bytes from the start; none of them
// "arrived".
uint64_t BytesWaiting(int descriptor) {
  struct stat status;
  if (::fstat(descriptor, &status) != 0 || S_ISREG(status.st_mode)) return 0;
  int count = 0;
  return ::ioctl(descriptor, FIONREAD, &count) == 0 && count > 0 ? static_cast<uint64_t>(count) : 0;
}

}  // namespace

Result<bool> ArrivingInput::Wait() {
  while (true) {
    if (!left_.has_value() && stop_.stop_requested()) left_ = BytesWaiting(descriptor_);
    if (left_.has_value()) return *left_ > 0;
    struct pollfd waiting = {descriptor_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kPollSliceMs);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return ErrnoStatus(errno, "cannot wait for the input");
  }
}

Result<size_t> ArrivingInput::Read(std::span<std::byte> out) {
  while (true) {
    ASSIGN_OR_RETURN(const bool more, Wait());
    if (!more) return size_t{0};
    const uint64_t most = std::min<uint64_t>(out.size(), left_.value_or(out.size()));
    const ssize_t count = ::read(descriptor_, out.data(), most);
    if (count < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return ErrnoStatus(errno, "cannot read the input");
    }
    if (left_.has_value()) *left_ -= static_cast<uint64_t>(count);
    return static_cast<size_t>(count);
  }
}

}  // namespace ironscribe::io
