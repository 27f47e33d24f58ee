// Finds personal data in a text, dictated or in figures, and says where it is.
//
// Goals: card numbers, IBANs, telephone numbers, e-mail and IP addresses, social security numbers,
// dates of birth, and the user's own list. Check digits are checked, so that other numbers stay.
// No goals: names, addresses of places, and what a recogniser misheard (a card number with one
// wrong digit has a wrong check digit). Spoken forms are English; figures 0 to 9
// are found whatever the language, though the words that tell a date of birth from others are
// English.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/redaction/pii.h"
#include "text/redaction/redaction_list.h"

namespace ironscribe::text {

// "card-number", "all": names of kinds as a user types them. Errors: InvalidArgument with those
// there are.
Result<std::vector<PiiType>> ParsePiiTypes(std::span<const std::string> names);

// Immutable; safe from many threads.
class Redactor {
 public:
  Redactor(std::span<const PiiType> types, RedactionList list);

  // Ascending and disjoint; of spans that overlap, one with the label of the first covers both.
  // Linear in the text for a given list.
  std::vector<PiiSpan> Find(std::string_view text) const;

 private:
  bool wanted_[kNumPiiTypes] = {};
  RedactionList list_;
};

}  // namespace ironscribe::text
