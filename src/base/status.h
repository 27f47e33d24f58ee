// Errors as values: Status and Result<T>. Nothing in this project throws.
//
// Messages say what was attempted, then the values, then what to do; context is added on the way up
// with Annotate. Codes are gRPC's, so that one table maps them to every protocol.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace ironscribe {

// Values equal google.rpc.Code.
enum class StatusCode : int {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }

  // The same code with "context: " in front of the message; Ok stays Ok.
  Status Annotate(std::string_view context) const;

  // "NOT_FOUND: message", for tests and debugging.
  std::string ToString() const;

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

// The upper-case name of a code, as gRPC prints it.
std::string_view StatusCodeName(StatusCode code);

inline Status OkStatus() { return Status(); }
Status CancelledError(std::string message);
Status InvalidArgumentError(std::string message);
Status NotFoundError(std::string message);
Status AlreadyExistsError(std::string message);
Status PermissionDeniedError(std::string message);
Status ResourceExhaustedError(std::string message);
Status FailedPreconditionError(std::string message);
Status OutOfRangeError(std::string message);
Status UnimplementedError(std::string message);
Status InternalError(std::string message);
Status UnavailableError(std::string message);
Status DataLossError(std::string message);

// A value or the Status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT: implicit on purpose
  Result(Status status) : status_(std::move(status)) {  // NOLINT: implicit on purpose
    IRONSCRIBE_CHECK(!status_.ok());
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  // Requires: ok().
  T& value() & {
    IRONSCRIBE_CHECK(ok());
    return *value_;
  }
  const T& value() const& {
    IRONSCRIBE_CHECK(ok());
    return *value_;
  }
  T&& value() && {
    IRONSCRIBE_CHECK(ok());
    return std::move(*value_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace ironscribe

#define IRONSCRIBE_CONCAT_INNER(a, b) a##b
#define IRONSCRIBE_CONCAT(a, b) IRONSCRIBE_CONCAT_INNER(a, b)

// Returns from the enclosing function when `expr`, a Status, is not Ok.
#define RETURN_IF_ERROR(expr)                                   \
  do {                                                          \
    if (::ironscribe::Status status_ = (expr); !status_.ok()) { \
      return status_;                                           \
    }                                                           \
  } while (false)

// ASSIGN_OR_RETURN(auto x, MakeX()): declares or assigns x, or returns the error.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_INNER(IRONSCRIBE_CONCAT(result_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_INNER(result, lhs, expr) \
  auto result = (expr);                           \
  if (!result.ok()) {                             \
    return result.status();                       \
  }                                               \
  lhs = std::move(result).value()
