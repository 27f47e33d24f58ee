#include "text/redaction/redaction_list.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace ironscribe::text {
namespace {

// Of one compiled expression; RE2's own default.
constexpr int64_t kMaxExpressionBytes = int64_t{8} << 20;

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= 64 && label[0] >= 'A' && label[0] <= 'Z' &&
         label.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == label.npos;
}

}  // namespace

RedactionList::RedactionList() = default;
RedactionList::~RedactionList() = default;
RedactionList::RedactionList(RedactionList&&) noexcept = default;
RedactionList& RedactionList::operator=(RedactionList&&) noexcept = default;

Result<RedactionList> RedactionList::Parse(std::string_view text, std::string_view name) {
  if (text.size() > kMaxRedactionListBytes) {
    return InvalidArgumentError(
        fmt::format("{}: longer than {} bytes", name, kMaxRedactionListBytes));
  }
  RedactionList list;
  int number = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = Trimmed(text.substr(start, end - start));
    start = end + 1;
    ++number;
    if (line.empty() || line[0] == '#') continue;
    RETURN_IF_ERROR(list.AddLine(line).Annotate(fmt::format("{}, line {}", name, number)));
  }
  return list;
}

Status RedactionList::AddLine(std::string_view line) {
  if (!IsValidUtf8(line)) return InvalidArgumentError("not UTF-8");
  if (phrases_.size() + expressions_.size() >= kMaxRedactionEntries) {
    return InvalidArgumentError(fmt::format("more than {} entries", kMaxRedactionEntries));
  }
  const size_t sign = line.find_first_of("=~");
  const std::string_view label = Trimmed(line.substr(0, sign));
  if (sign == line.npos || !IsLabel(label)) {
    return InvalidArgumentError(
        "must be 'LABEL = words' or 'LABEL ~ expression', the label in capital letters");
  }
  const std::string_view value = Trimmed(line.substr(sign + 1));
  return line[sign] == '=' ? phrases_.Add(value, label) : AddExpression(label, value);
}

Status RedactionList::AddExpression(std::string_view label, std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxExpressionBytes);
  auto compiled =
      std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (pattern.empty() || !compiled->ok()) {
    return InvalidArgumentError(fmt::format("regular expression '{}': {}", pattern,
                                            pattern.empty() ? "empty" : compiled->error()));
  }
  if (re2::RE2::FullMatch("", *compiled)) {
    return InvalidArgumentError(
        fmt::format("regular expression '{}' matches the empty text", pattern));
  }
  expressions_.push_back({std::string(label), std::move(compiled)});
  return OkStatus();
}

std::vector<PiiSpan> RedactionList::Find(std::string_view text,
                                         std::span<const WordToken> tokens) const {
  std::vector<PiiSpan> spans;
  for (const PhraseList::Match& match : phrases_.Find(tokens)) {
    const size_t offset = tokens[match.first_token].offset;
    const size_t end = tokens[match.end_token - 1].end();
    spans.push_back({offset, end - offset, std::string(match.label)});
  }
  const re2::StringPiece whole(text.data(), text.size());
  for (const Expression& expression : expressions_) {
    re2::StringPiece match;
    for (size_t start = 0; start < text.size();) {
      if (!expression.pattern->Match(whole, start, text.size(), re2::RE2::UNANCHORED, &match, 1)) {
        break;
      }
      const auto offset = static_cast<size_t>(match.data() - text.data());
      // Assertions may match nothing: "\b".
      if (!match.empty()) spans.push_back({offset, match.size(), expression.label});
      start = std::max(offset + match.size(), offset + 1);
    }
  }
  return spans;
}

}  // namespace ironscribe::text
