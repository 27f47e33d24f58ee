#include "io/random_bytes.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>

namespace ironscribe::io {

Result<std::string> RandomBytes(size_t size_bytes) {
  std::string bytes(size_bytes, '\0');
  for (size_t done = 0; done < size_bytes;) {
    const ssize_t count = ::getrandom(&bytes[done], size_bytes - done, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return UnavailableError(std::string("cannot get random bytes: ") + std::strerror(errno));
    }
    done += static_cast<size_t>(count);
  }
  return bytes;
}

Result<std::string> RandomHex(size_t size_bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  ASSIGN_OR_RETURN(const std::string bytes, RandomBytes(size_bytes));
  std::string text;
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

}  // namespace ironscribe::io
