// The small text files of a Kaldi model: options, lists of labels, kinds of phones.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::formats::kaldi {

// "--name=value" a line; "#" starts a comment, "--name" alone is "true". Underscores in names are
// hyphens.
class Options {
 public:
  // Errors: InvalidArgument naming a line that is no option.
  static Result<Options> Parse(std::string_view text, std::string_view name);

  // The value, or what to take where the file does not say. Errors: InvalidArgument for a value of
  // another kind.
  Result<double> Number(std::string_view option, double otherwise) const;
  Result<int32_t> Int(std::string_view option, int32_t otherwise) const;
  Result<bool> Bool(std::string_view option, bool otherwise) const;
  std::string Text(std::string_view option, std::string_view otherwise) const;
  const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

 private:
  std::string name_;
  std::map<std::string, std::string, std::less<>> values_;
};

// Whole numbers separated by spaces, ends of lines or any of `separators`.
Result<std::vector<int32_t>> ParseIntegers(std::string_view text, std::string_view name,
                                           std::string_view separators = "");

enum class PhonePlace : uint8_t { kNone, kNonWord, kBegin, kEnd, kInternal, kSingleton };

// "phone kind" a line: what word_boundary.int says, by phone.
Result<std::vector<PhonePlace>> ParseWordBoundaries(std::string_view text, std::string_view name);

}  // namespace ironscribe::formats::kaldi
