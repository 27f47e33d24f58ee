#include "text/word_errors.h"

#include <vector>

namespace ironscribe::text {
namespace {

bool IsBetter(const WordErrorCounts& a, const WordErrorCounts& b) {
  if (a.errors() != b.errors()) return a.errors() < b.errors();
  return a.substitutions < b.substitutions;
}

}  // namespace

WordErrorCounts& WordErrorCounts::operator+=(const WordErrorCounts& other) {
  substitutions += other.substitutions;
  deletions += other.deletions;
  insertions += other.insertions;
  reference_words += other.reference_words;
  return *this;
}

WordErrorCounts WordErrors(std::span<const std::string> reference,
                           std::span<const std::string> hypothesis) {
  // row[j] has the counts between the part of the reference seen so far and hypothesis[0, j).
  std::vector<WordErrorCounts> row(hypothesis.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j].insertions = static_cast<int64_t>(j);
  for (const std::string& word : reference) {
    WordErrorCounts diagonal = row[0];
    ++row[0].deletions;
    for (size_t j = 0; j < hypothesis.size(); ++j) {
      WordErrorCounts best = diagonal;
      if (word != hypothesis[j]) ++best.substitutions;
      WordErrorCounts deleted = row[j + 1];
      ++deleted.deletions;
      WordErrorCounts inserted = row[j];
      ++inserted.insertions;
      if (IsBetter(deleted, best)) best = deleted;
      if (IsBetter(inserted, best)) best = inserted;
      diagonal = row[j + 1];
      row[j + 1] = best;
    }
  }
  WordErrorCounts counts = row.back();
  counts.reference_words = static_cast<int64_t>(reference.size());
  return counts;
}

}  // namespace ironscribe::text
