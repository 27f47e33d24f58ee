#include "finishing/edited_segment.h"

#include <algorithm>
#include <string>
#include <utility>

namespace ironscribe::finishing {
namespace {

using text::TextEdit;
using transcript::Word;

constexpr std::string_view kBlanks = " \t\n\r";

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Whether anything is left that a reader would call a word.
bool HasContent(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80 || c == '%' || c == '$';
  });
}

// Words that one or more edits join, of [first, end), and those edits.
struct Group {
  size_t first_word = 0;
  size_t end_word = 0;
  size_t first_edit = 0;
  size_t end_edit = 0;
};

size_t EndOf(const TextEdit& edit) { return edit.offset + edit.size; }

// Each edit with the words it touches; edits that share a word are one group. Edits of blanks and
// free punctuation touch none.
std::vector<Group> GroupEdits(std::span<const TextEdit> edits, std::span<const WordPlace> places) {
  std::vector<Group> groups;
  size_t word = 0;
  for (size_t i = 0; i < edits.size(); ++i) {
    while (word < places.size() && places[word].end <= edits[i].offset) ++word;
    size_t end = word;
    while (end < places.size() && places[end].start < EndOf(edits[i])) ++end;
    if (end == word) continue;
    if (!groups.empty() && word < groups.back().end_word) {
      groups.back().end_word = end;
      groups.back().end_edit = i + 1;
    } else {
      groups.push_back({word, end, i, i + 1});
    }
    word = end - 1;  // The next edit may touch the same word.
  }
  return groups;
}

// The new text of a group.
std::string NewText(const Group& group, std::string_view text, std::span<const TextEdit> edits,
                    std::span<const WordPlace> places) {
  const size_t start = places[group.first_word].start;
  const size_t end = places[group.end_word - 1].end;
  std::vector<TextEdit> inside;
  for (size_t i = group.first_edit; i < group.end_edit; ++i) {
    const size_t from = std::max(edits[i].offset, start);
    const size_t to = std::min(EndOf(edits[i]), end);
    if (from > to) continue;
    inside.push_back({from - start, to - from, edits[i].replacement});
  }
  return text::ApplyEdits(text.substr(start, end - start), inside);
}

// One word, or several with the time shared out by their lengths.
void AppendWords(std::string_view new_text, const Word& joined, std::vector<Word>& words) {
  const std::string_view whole = Trimmed(new_text);
  if (!HasContent(whole)) return;
  const std::string lead(joined.text.starts_with(' ') ? " " : "");
  const double seconds = joined.end_seconds - joined.start_seconds;
  const auto at = [&](size_t offset) {
    return joined.start_seconds +
           seconds * static_cast<double>(offset) / static_cast<double>(whole.size());
  };
  for (size_t start = 0; start < whole.size();) {
    const size_t blank = std::min(whole.find(' ', start), whole.size());
    if (blank > start) {
      Word word = joined;
      word.text = start == 0 ? lead : " ";
      word.text += whole.substr(start, blank - start);
      word.start_seconds = at(start);
      word.end_seconds = blank == whole.size() ? joined.end_seconds : at(blank);
      words.push_back(std::move(word));
    }
    start = blank + 1;
  }
}

void EditWords(std::span<const TextEdit> edits, Trace trace, std::span<const WordPlace> places,
               transcript::Segment& segment) {
  std::vector<Word> words;
  size_t next = 0;
  for (const Group& group : GroupEdits(edits, places)) {
    for (; next < group.first_word; ++next) words.push_back(std::move(segment.words[next]));
    Word joined = segment.words[group.first_word];
    joined.end_seconds = segment.words[group.end_word - 1].end_seconds;
    float sum = 0;
    // All words of the group are right only if the most doubtful is; none is known if one is not.
    for (size_t i = group.first_word; i < group.end_word; ++i) {
      sum += segment.words[i].probability;
      joined.confidence = std::min(joined.confidence, segment.words[i].confidence);
    }
    if (trace == Trace::kRemoved) joined.confidence = transcript::kNoConfidence;
    joined.probability =
        trace == Trace::kRemoved ? 0 : sum / static_cast<float>(group.end_word - group.first_word);
    AppendWords(NewText(group, segment.text, edits, places), joined, words);
    next = group.end_word;
  }
  for (; next < segment.words.size(); ++next) words.push_back(std::move(segment.words[next]));
  segment.words = std::move(words);
}

}  // namespace

std::vector<WordPlace> PlaceWords(std::string_view text, std::span<const Word> words) {
  std::vector<WordPlace> places;
  size_t at = 0;
  for (const Word& word : words) {
    const std::string_view letters = Trimmed(word.text);
    const size_t start = text.find_first_not_of(kBlanks, at);
    if (letters.empty() || start == text.npos || !text.substr(start).starts_with(letters))
      return {};
    at = start + letters.size();
    places.push_back({start, at});
  }
  return Trimmed(text.substr(at)).empty() ? places : std::vector<WordPlace>();
}

void EditSegment(std::span<const text::TextEdit> edits, Trace trace, transcript::Segment& segment) {
  if (edits.empty()) return;
  if (!segment.words.empty()) {
    const std::vector<WordPlace> places = PlaceWords(segment.text, segment.words);
    if (!places.empty()) {
      EditWords(edits, trace, places, segment);
    } else if (trace == Trace::kRemoved) {
      segment.words.clear();
    }
  }
  segment.text = text::ApplyEdits(segment.text, edits);
  if (trace == Trace::kRemoved) {
    segment.tokens.clear();
    segment.average_log_probability = 0;
    segment.compression_ratio = 0;
  }
}

}  // namespace ironscribe::finishing
