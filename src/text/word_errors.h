// How far a transcript is from the reference: the counts behind the word error rate.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace ironscribe::text {

struct WordErrorCounts {
  int64_t substitutions = 0;
  int64_t deletions = 0;   // Words of the reference that are missing.
  int64_t insertions = 0;  // Words that the reference does not have.
  int64_t reference_words = 0;

  int64_t errors() const { return substitutions + deletions + insertions; }
  // Errors per word of the reference; 0 when both are empty, 1 per insertion with an empty
  // reference.
  double rate() const {
    const int64_t words = reference_words > 0 ? reference_words : 1;
    return static_cast<double>(errors()) / static_cast<double>(words);
  }
  WordErrorCounts& operator+=(const WordErrorCounts& other);
};

// The counts of an alignment with the fewest errors; of several, one with the most words right, as
// NIST's sclite prefers. Takes time in proportion to the product of the lengths and memory in
// proportion to the hypothesis.
WordErrorCounts WordErrors(std::span<const std::string> reference,
                           std::span<const std::string> hypothesis);

}  // namespace ironscribe::text
