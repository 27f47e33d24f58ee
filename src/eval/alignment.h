// Aligns two sequences of symbols (words or characters) with the fewest errors, the way the two
// programs do that everybody compares with: the heart of every error rate.
//
// Goals: the same operations as jiwer (kUnit) and as NIST's sclite (kSclite), ties included; exact
// in a band that grows only as far as the texts differ, so that hour-long texts are no problem.
// Non-goals: alternatives and optionally deletable words of sclite. Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::eval {

// What an edit costs. With several alignments of the same cost:
//   kUnit    every edit 1. jiwer 4 on rapidfuzz: what is equal at both ends is matched first; then,
//            from the end, a deletion is preferred to a substitution, that to an insertion.
//            (Beyond about 8000 words of 1000 different ones rapidfuzz divides the text, and may
//            there settle a tie in another way; rates are not touched by it.)
//   kSclite  substitution 4, insertion and deletion 3 (sctk's net_dp.c). From the end, hits and
//            substitutions first, then insertions, then deletions.
enum class AlignmentCosts { kUnit, kSclite };

enum class EditKind : uint8_t { kHit, kSubstitution, kDeletion, kInsertion };

// One step of an alignment. `reference` and `hypothesis` are the positions reached: of a deletion,
// `hypothesis` is the symbol it stands before, of an insertion `reference` likewise.
struct Edit {
  EditKind kind = EditKind::kHit;
  uint32_t reference = 0;
  uint32_t hypothesis = 0;
  bool operator==(const Edit&) const = default;
};

struct EditCounts {
  int64_t hits = 0;
  int64_t substitutions = 0;
  int64_t deletions = 0;   // Of the reference, missing.
  int64_t insertions = 0;  // Not in the reference.

  int64_t errors() const { return substitutions + deletions + insertions; }
  int64_t reference_length() const { return hits + substitutions + deletions; }
  // Errors per symbol of the reference. An empty reference counts as one symbol, so that what was
  // invented there shows.
  double rate() const { return share(errors()); }
  // The same of some of the errors.
  double share(int64_t some_errors) const {
    const int64_t length = reference_length() > 0 ? reference_length() : 1;
    return static_cast<double>(some_errors) / static_cast<double>(length);
  }
  EditCounts& operator+=(const EditCounts& other);
  bool operator==(const EditCounts&) const = default;
};

using Symbol = uint32_t;

// Work above this is refused: 2^31 cells take seconds and, for an alignment, 512 MB.
inline constexpr int64_t kMaxAlignmentCells = int64_t{1} << 31;

// The operations from the beginning to the end. Errors: ResourceExhausted for texts that are too
// long and too different.
Result<std::vector<Edit>> Align(std::span<const Symbol> reference,
                                std::span<const Symbol> hypothesis, AlignmentCosts costs);

// What CountEdits(Align(...)) gives, in memory for one row only.
Result<EditCounts> CountAlignment(std::span<const Symbol> reference,
                                  std::span<const Symbol> hypothesis, AlignmentCosts costs);

EditCounts CountEdits(std::span<const Edit> edits);

// Gives equal words equal numbers.
class SymbolTable {
 public:
  Symbol Of(std::string_view word);
  std::vector<Symbol> Of(std::span<const std::string> words);

 private:
  std::map<std::string, Symbol, std::less<>> numbers_;
};

}  // namespace ironscribe::eval
