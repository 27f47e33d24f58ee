// The kinds of personal data that can be found in a text, and where they were found.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::text {

enum class PiiType : int {
  kEmail,
  kIpAddress,
  kIban,
  kCardNumber,
  kSsn,
  kDateOfBirth,
  kPhoneNumber,
};
inline constexpr int kNumPiiTypes = 7;

// What stands in the text instead, in brackets: "CARD_NUMBER". As a name to type: "card-number".
std::string_view PiiLabel(PiiType type);
std::string PiiName(PiiType type);

struct PiiSpan {
  size_t offset = 0;  // In bytes.
  size_t size = 0;
  std::string label;
  bool operator==(const PiiSpan&) const = default;
};

}  // namespace ironscribe::text
