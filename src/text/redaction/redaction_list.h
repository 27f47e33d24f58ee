// What a user wants hidden beyond the built-in kinds: names of projects, customers, order numbers.
//
// One entry a line: LABEL, then "=" and words, or "~" and a regular expression. Lines that are
// empty or start with "#" are left out.
//
//     PROJECT = blue heron
//     ORDER_NUMBER ~ \bORD-\d{6}\b
//
// Words are found whole, whatever their case and the blanks and punctuation between them. Regular
// expressions are RE2's, whose time is in proportion to the text for a given expression; "(?i)" in
// front makes one ignore case.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/phrase_list.h"
#include "text/redaction/pii.h"
#include "text/word_tokens.h"

namespace re2 {
class RE2;
}

namespace ironscribe::text {

inline constexpr size_t kMaxRedactionListBytes = size_t{1} << 20;
inline constexpr size_t kMaxRedactionEntries = 10'000;

// Immutable after parsing; safe from many threads.
class RedactionList {
 public:
  RedactionList();
  ~RedactionList();
  RedactionList(RedactionList&&) noexcept;
  RedactionList& operator=(RedactionList&&) noexcept;

  // Errors: InvalidArgument with the line and what is wrong with it, `name` in front.
  static Result<RedactionList> Parse(std::string_view text, std::string_view name);

  bool empty() const { return phrases_.size() == 0 && expressions_.empty(); }

  // In no particular order; they may overlap. `tokens` are those of `text`.
  std::vector<PiiSpan> Find(std::string_view text, std::span<const WordToken> tokens) const;

 private:
  struct Expression {
    std::string label;
    std::unique_ptr<re2::RE2> pattern;
  };

  Status AddLine(std::string_view line);
  Status AddExpression(std::string_view label, std::string_view pattern);

  PhraseList phrases_;
  std::vector<Expression> expressions_;
};

}  // namespace ironscribe::text
