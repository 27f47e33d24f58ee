#include "transcript/display_width.h"

#include <utf8proc.h>

#include <algorithm>

namespace ironscribe::transcript {
namespace {

constexpr utf8proc_int32_t kZeroWidthJoiner = 0x200D;
constexpr utf8proc_int32_t kEmojiSelector = 0xFE0F;  // Makes a text symbol an emoji, two columns.

struct CodePoint {
  utf8proc_int32_t value = 0;
  size_t size_bytes = 1;
};

CodePoint First(std::string_view text) {
  CodePoint first;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &first.value);
  // Never for valid text; a byte of no meaning is passed over.
  if (size <= 0) return {};
  first.size_bytes = static_cast<size_t>(size);
  return first;
}

}  // namespace

Cluster FirstCluster(std::string_view text) {
  CodePoint previous = First(text);
  Cluster cluster{previous.size_bytes, utf8proc_charwidth(previous.value)};
  utf8proc_int32_t state = 0;
  while (cluster.size_bytes < text.size()) {
    const CodePoint next = First(text.substr(cluster.size_bytes));
    if (utf8proc_grapheme_break_stateful(previous.value, next.value, &state)) break;
    const bool joined = previous.value == kZeroWidthJoiner;
    const int columns = joined ? 0 : utf8proc_charwidth(next.value);
    if (cluster.columns + columns > kMaxClusterColumns) break;
    cluster.columns += columns;
    if (next.value == kEmojiSelector) cluster.columns = std::max(cluster.columns, 2);
    cluster.size_bytes += next.size_bytes;
    previous = next;
  }
  return cluster;
}

int DisplayColumns(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const Cluster cluster = FirstCluster(text);
    columns += cluster.columns;
    text.remove_prefix(cluster.size_bytes);
  }
  return columns;
}

}  // namespace ironscribe::transcript
