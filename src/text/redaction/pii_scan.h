// What the detectors of one text share: its tokens, its dictated numbers, which tokens are taken
// already, and where words stand that tell what a number is.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/number_words.h"
#include "text/redaction/pii.h"
#include "text/word_tokens.h"

namespace ironscribe::text {

// Words that tell what is about to be said.
enum class Cue : int {
  kPhone,      // "call", "mobile"
  kNumber,     // "number": of what, only the word before it tells.
  kReference,  // "order", "invoice": a number behind it is nobody's.
  kSsn,        // "social"
  kBirth,      // "born"
  kOtherDate,  // "appointment"
  kVersion,    // "version"
  kEmail,      // "email"
  kHost,       // "server"
};
inline constexpr size_t kNumCues = 9;

// Items of a dictated number that follow each other closely enough to be one number.
struct DigitRun {
  std::vector<DigitItem> items;
  std::vector<std::string> separators;  // Before each item; of the first the gap before it.
};

class PiiScan {
 public:
  // The text must outlive the scan.
  explicit PiiScan(std::string_view text);

  std::string_view text() const { return text_; }
  std::span<const WordToken> tokens() const { return tokens_; }
  const std::vector<DigitRun>& runs() const { return runs_; }

  // Whether no token of [first, end) is taken.
  bool IsFree(size_t first, size_t end) const;
  // Requires: first < end, all free.
  void Take(size_t first, size_t end, PiiType type);

  // How many tokens before `at` the nearest cue stands, 1 for the one just before; kFar for none.
  static constexpr size_t kFar = 1'000'000;
  size_t DistanceBefore(Cue cue, size_t at) const;
  // How many tokens after the end of a span; 1 for the token at `end`.
  size_t DistanceAfter(Cue cue, size_t end) const;

  // What was taken, with byte offsets, in the order of finding.
  struct Found {
    size_t offset;
    size_t end;
    PiiType type;
  };
  const std::vector<Found>& found() const { return found_; }
  // For what is found by bytes: takes every token inside.
  void TakeBytes(size_t offset, size_t end, PiiType type);

 private:
  std::string_view text_;
  std::vector<WordToken> tokens_;
  std::vector<DigitRun> runs_;
  std::vector<bool> taken_;
  std::array<std::vector<size_t>, kNumCues> cues_;  // Token indices, ascending.
  std::vector<Found> found_;
};

}  // namespace ironscribe::text
