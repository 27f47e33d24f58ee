#include "base/nearest_names.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace ironscribe {
namespace {

// Longer names cannot be typed by mistake; bounds the work for hostile input.
constexpr size_t kMaxComparedLength = 128;

std::string LowerCase(std::string_view text) {
  std::string lower(text.substr(0, kMaxComparedLength));
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal
// string alignment, Damerau 1964: swaps are the commonest slip).
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> NearestNames(std::string_view name, std::span<const std::string> known,
                                      size_t limit) {
  const std::string wanted = LowerCase(name);
  std::vector<std::pair<size_t, std::string>> candidates;
  for (const std::string& candidate : known) {
    const std::string lower = LowerCase(candidate);
    const size_t distance = EditDistance(wanted, lower);
    const bool is_start =
        !wanted.empty() && (lower.starts_with(wanted) || wanted.starts_with(lower));
    // More than a third of the letters wrong is another word, not a slip.
    if (!is_start && distance > std::max<size_t>(1, std::max(wanted.size(), lower.size()) / 3)) {
      continue;
    }
    candidates.emplace_back(distance, candidate);
  }
  std::sort(candidates.begin(), candidates.end());
  std::vector<std::string> nearest;
  for (auto& [distance, candidate] : candidates) {
    if (nearest.size() == limit) break;
    if (std::find(nearest.begin(), nearest.end(), candidate) == nearest.end()) {
      nearest.push_back(std::move(candidate));
    }
  }
  return nearest;
}

}  // namespace ironscribe
