// Checks for programmer errors only. Bytes from a file, socket, flag or user never reach one.
#pragma once

namespace ironscribe {

// Prints the failed condition with its place to stderr and aborts.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace ironscribe

#define IRONSCRIBE_CHECK(condition)                              \
  do {                                                           \
    if (!(condition)) [[unlikely]] {                             \
      ::ironscribe::CheckFailed(#condition, __FILE__, __LINE__); \
    }                                                            \
  } while (false)

#ifdef NDEBUG
#define IRONSCRIBE_DCHECK(condition) \
  do {                               \
  } while (false && (condition))
#else
#define IRONSCRIBE_DCHECK(condition) IRONSCRIBE_CHECK(condition)
#endif
