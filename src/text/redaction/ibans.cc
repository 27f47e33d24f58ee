#include <optional>
#include <utility>

#include "text/redaction/check_digits.h"
#include "text/redaction/detectors.h"

namespace ironscribe::text {
namespace {

struct Part {
  std::string characters;  // Upper case.
  size_t end = 0;
};

bool IsUpperCase(std::string_view written) {
  return written.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == written.npos;
}

bool IsAsciiLetters(std::string_view lower) {
  return lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == lower.npos;
}

std::string UpperCase(std::string_view lower) {
  std::string upper(lower);
  for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

// "GB", "g", "nwbk" between digits; not words of the sentence.
bool IsLetterGroup(std::span<const WordToken> tokens, size_t at) {
  const WordToken& token = tokens[at];
  if (!IsAsciiLetters(token.lower)) return false;
  constexpr size_t kMaxLetters = 12;
  if (token.lower.size() == 1) return true;
  if (token.lower.size() > kMaxLetters) return false;
  const bool touches_digits =
      (token.gap.empty() && at > 0) || (at + 1 < tokens.size() && tokens[at + 1].gap.empty());
  return touches_digits || IsUpperCase(token.written);
}

// What token `at` adds to an account number of which `so_far` characters are known.
std::optional<Part> ReadPart(std::span<const WordToken> tokens, size_t at, size_t so_far) {
  // The letter of a country, not a nought.
  const bool must_be_letter = so_far < 2;
  if (!must_be_letter && !(tokens[at].written == "O")) {
    if (auto item = ReadDigitItem(tokens, at)) return Part{std::move(item->digits), item->end};
  }
  if (!IsLetterGroup(tokens, at)) return std::nullopt;
  return Part{UpperCase(tokens[at].lower), at + 1};
}

bool IsClose(std::string_view gap) {
  return gap.size() <= 3 && gap.find_first_not_of(" -.,") == gap.npos;
}

// The end of the IBAN that starts at token `first`, or `first`.
size_t EndOfIban(std::span<const WordToken> tokens, size_t first) {
  std::string characters;
  size_t length = 0;
  size_t at = first;
  while (at < tokens.size()) {
    if (at > first) {
      if (!IsClose(tokens[at].gap)) return first;
      if (tokens[at].lower == "dash" || tokens[at].lower == "space") {
        ++at;
        continue;
      }
    }
    const auto part = ReadPart(tokens, at, characters.size());
    if (!part) return first;
    characters += part->characters;
    at = part->end;
    if (characters.size() < 2) continue;
    if (length == 0) length = static_cast<size_t>(IbanLength(characters.substr(0, 2)));
    if (length == 0 || characters.size() > length) return first;
    if (characters.size() == length) return IsIban(characters) ? at : first;
  }
  return first;
}

}  // namespace

void FindIbans(PiiScan& scan) {
  const auto tokens = scan.tokens();
  for (size_t first = 0; first < tokens.size(); ++first) {
    if (tokens[first].is_digits) continue;
    const size_t end = EndOfIban(tokens, first);
    if (end == first || !scan.IsFree(first, end)) continue;
    scan.Take(first, end, PiiType::kIban);
    first = end - 1;
  }
}

}  // namespace ironscribe::text
