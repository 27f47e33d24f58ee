#include "text/edit_distance.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "text/utf8.h"

namespace ironscribe::text {

int EditDistance(std::string_view a, std::string_view b) {
  const std::u32string first = ToCodePoints(a);
  const std::u32string second = ToCodePoints(b);
  // row[j] is the distance between the part of `first` seen so far and second[0, j).
  std::vector<int> row(second.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < first.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i) + 1;
    for (size_t j = 0; j < second.size(); ++j) {
      const int replaced = diagonal + (first[i] == second[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace ironscribe::text
