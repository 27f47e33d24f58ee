#include "text/text_edit.h"

#include <algorithm>

namespace ironscribe::text {

std::string ApplyEdits(std::string_view text, std::span<const TextEdit> edits) {
  std::string edited;
  edited.reserve(text.size());
  size_t start = 0;
  for (const TextEdit& edit : edits) {
    edited += text.substr(start, edit.offset - start);
    edited += edit.replacement;
    start = edit.offset + edit.size;
  }
  return edited.append(text.substr(start));
}

std::vector<LabelSpan> FindLabels(std::string_view text) {
  std::vector<LabelSpan> labels;
  for (size_t open = text.find('['); open != text.npos; open = text.find('[', open + 1)) {
    const size_t end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", open + 1);
    if (end == text.npos) break;
    const bool has_letter = text[open + 1] >= 'A' && text[open + 1] <= 'Z';
    if (text[end] == ']' && has_letter) labels.push_back({open, end + 1 - open});
  }
  return labels;
}

void SpareLabels(std::string_view text, std::vector<TextEdit>& edits) {
  const std::vector<LabelSpan> labels = FindLabels(text);
  size_t next = 0;
  std::erase_if(edits, [&](const TextEdit& edit) {
    while (next < labels.size() && labels[next].offset + labels[next].size <= edit.offset) ++next;
    return next < labels.size() &&
           labels[next].offset < edit.offset + std::max<size_t>(edit.size, 1);
  });
}

}  // namespace ironscribe::text
