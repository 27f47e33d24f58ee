// Masks strong language: "f***". English words of our own short list and whatever a user adds.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/phrase_list.h"
#include "text/text_edit.h"

namespace ironscribe::text {

inline constexpr size_t kMaxProfanityListBytes = size_t{1} << 20;

// Immutable after creation; safe from many threads.
class ProfanityMask {
 public:
  // `more` has a word or phrase a line; empty lines and those that start with "#" are left out.
  // Errors: InvalidArgument with `name` and the line.
  static Result<ProfanityMask> Create(std::string_view more, std::string_view name);

  // The first letter of each word stays, every other becomes "*". Ascending and disjoint.
  std::vector<TextEdit> Find(std::string_view text) const;

 private:
  PhraseList phrases_;
};

}  // namespace ironscribe::text
