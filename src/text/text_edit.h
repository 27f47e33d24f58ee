// Changes to a text by place, so that whoever holds words and times of the same text can follow.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::text {

struct TextEdit {
  size_t offset = 0;  // In bytes.
  size_t size = 0;    // Of what is replaced; 0 inserts.
  std::string replacement;
  bool operator==(const TextEdit&) const = default;
};

// The text with every edit made. Requires: edits ascending, disjoint, inside the text.
std::string ApplyEdits(std::string_view text, std::span<const TextEdit> edits);

// Where labels such as [CARD_NUMBER] stand: capital letters, digits and underscores in brackets.
// Nothing that rewrites a text touches them.
struct LabelSpan {
  size_t offset = 0;
  size_t size = 0;
};
std::vector<LabelSpan> FindLabels(std::string_view text);

// Drops the edits that touch a label.
void SpareLabels(std::string_view text, std::vector<TextEdit>& edits);

}  // namespace ironscribe::text
