// The rules for durations: times of a pair of words apart by attention alone are at times far too
// long, at pauses above all. Numbers are openai/whisper's.
#include "models/whisper/word_timing.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "models/whisper/window_policy_text.h"

namespace ironscribe::models::whisper {
namespace {

using transcript::Segment;
using transcript::Word;

// A position of the encoding: no model tells times more finely.
constexpr double kLeastWordSeconds = 0.02;

constexpr std::string_view kPrepended = "\"'“¿([{-";
constexpr std::string_view kAppended = "\"'.。,，!！?？:：”)]}、";
constexpr std::string_view kSentenceEnds = ".。!！?？";

// The reference looks a text up as a substring, so the empty text is found.
bool IsIn(std::string_view set, std::string_view text) {
  return set.find(text) != std::string_view::npos;
}

double RoundToHundredths(double seconds) { return std::nearbyint(seconds * 100.0) / 100.0; }

struct Durations {
  double median = 0;
  double maximum = 0;
};

Durations MeasureDurations(const std::vector<AlignedWord>& words) {
  std::vector<double> lengths;
  for (const AlignedWord& word : words) {
    const double length = word.end_seconds - word.start_seconds;
    if (length != 0) lengths.push_back(length);
  }
  Durations durations;
  if (lengths.empty()) return durations;
  std::sort(lengths.begin(), lengths.end());
  const size_t half = lengths.size() / 2;
  const double median =
      lengths.size() % 2 == 1 ? lengths[half] : (lengths[half - 1] + lengths[half]) / 2;
  durations.median = std::min(0.7, median);
  durations.maximum = durations.median * 2;
  return durations;
}

// A pause at the end of a sentence belongs to no word.
void TruncateAtSentenceEnds(double maximum, std::vector<AlignedWord>& words) {
  for (size_t i = 1; i < words.size(); ++i) {
    AlignedWord& word = words[i];
    if (word.end_seconds - word.start_seconds <= maximum) continue;
    if (IsIn(kSentenceEnds, word.text)) {
      word.end_seconds = word.start_seconds + maximum;
    } else if (IsIn(kSentenceEnds, words[i - 1].text)) {
      word.start_seconds = word.end_seconds - maximum;
    }
  }
}

// The first two words after a pause are not longer than twice the median each.
void TruncateAfterPause(const Durations& durations, double last_speech, std::vector<Word>& words) {
  Word& first = words[0];
  if (first.end_seconds - last_speech <= durations.median * 4) return;
  const bool first_long = first.end_seconds - first.start_seconds > durations.maximum;
  const bool both_long =
      words.size() > 1 && words[1].end_seconds - first.start_seconds > durations.maximum * 2;
  if (!first_long && !both_long) return;
  if (words.size() > 1 && words[1].end_seconds - words[1].start_seconds > durations.maximum) {
    const double boundary =
        std::max(words[1].end_seconds / 2, words[1].end_seconds - durations.maximum);
    first.end_seconds = boundary;
    words[1].start_seconds = boundary;
  }
  first.start_seconds = std::max(0.0, first.end_seconds - durations.maximum);
}

// The segment takes the times of its words, unless a word reaches more than half a second out of
// it: then the segment's own time, which the model wrote, is the better one.
void FitToSegment(double median, Segment& segment) {
  Word& first = segment.words.front();
  if (segment.start_seconds < first.end_seconds &&
      segment.start_seconds - 0.5 > first.start_seconds) {
    first.start_seconds =
        std::max(0.0, std::min(first.end_seconds - median, segment.start_seconds));
  } else {
    segment.start_seconds = first.start_seconds;
  }
  Word& last = segment.words.back();
  if (segment.end_seconds > last.start_seconds && segment.end_seconds + 0.5 < last.end_seconds) {
    last.end_seconds = std::max(last.start_seconds + median, segment.end_seconds);
  } else {
    segment.end_seconds = last.end_seconds;
  }
}

int64_t CountTextTokens(const Segment& segment, TokenId end_of_text) {
  return std::count_if(segment.tokens.begin(), segment.tokens.end(),
                       [&](TokenId id) { return id < end_of_text; });
}

// Unless it was joined to another.
void AddWord(AlignedWord word, double offset_seconds, std::vector<Word>& words) {
  if (word.text.empty()) return;
  words.push_back({std::move(word.text), RoundToHundredths(offset_seconds + word.start_seconds),
                   RoundToHundredths(offset_seconds + word.end_seconds), word.probability,
                   word.confidence});
}

// Punctuation is joined to words of other segments too, and the next segment begins to count its
// tokens where the words of the one before end.
std::vector<std::vector<Word>> ShareAsReference(std::vector<AlignedWord> alignment,
                                                const WordTimingInput& input,
                                                std::span<const Segment> segments) {
  MergePunctuation(alignment);
  std::vector<std::vector<Word>> shares;
  size_t next = 0;
  for (const Segment& segment : segments) {
    std::vector<Word>& words = shares.emplace_back();
    const int64_t wanted = CountTextTokens(segment, input.end_of_text);
    for (int64_t taken = 0; next < alignment.size() && taken < wanted; ++next) {
      taken += alignment[next].num_tokens;
      AddWord(std::move(alignment[next]), input.time_offset_seconds, words);
    }
  }
  return shares;
}

}  // namespace

void MergePunctuation(std::span<AlignedWord> words) {
  const auto move_tokens = [](AlignedWord& from, AlignedWord& to) {
    to.num_tokens += std::exchange(from.num_tokens, 0);
    from.text.clear();
  };
  size_t following = words.size();
  for (size_t i = words.size(); i-- > 0;) {
    AlignedWord& word = words[i];
    if (following < words.size() && word.text.starts_with(' ') &&
        IsIn(kPrepended, StripSpace(word.text))) {
      words[following].text = word.text + words[following].text;
      move_tokens(word, words[following]);
    } else {
      following = i;
    }
  }
  size_t previous = 0;
  for (size_t i = 1; i < words.size(); ++i) {
    AlignedWord& word = words[i];
    if (!words[previous].text.ends_with(' ') && IsIn(kAppended, word.text)) {
      words[previous].text += word.text;
      move_tokens(word, words[previous]);
    } else {
      previous = i;
    }
  }
}

std::vector<std::vector<Word>> ShareWords(std::vector<AlignedWord> alignment,
                                          const WordTimingInput& input,
                                          std::span<const Segment> segments) {
  std::vector<std::vector<Word>> shares;
  size_t next = 0;
  int64_t taken = 0;
  int64_t wanted = 0;
  for (const Segment& segment : segments) {
    wanted += CountTextTokens(segment, input.end_of_text);
    const size_t first = next;
    for (; next < alignment.size() && taken < wanted; ++next) taken += alignment[next].num_tokens;
    const auto own = std::span(alignment).subspan(first, next - first);
    MergePunctuation(own);
    std::vector<Word>& words = shares.emplace_back();
    for (AlignedWord& word : own) AddWord(std::move(word), input.time_offset_seconds, words);
  }
  return shares;
}

void AssignWords(std::vector<AlignedWord> alignment, const WordTimingInput& input,
                 std::span<Segment> segments) {
  const Durations durations = MeasureDurations(alignment);
  if (durations.maximum > 0) TruncateAtSentenceEnds(durations.maximum, alignment);
  std::vector<std::vector<Word>> words = ShareAsReference(std::move(alignment), input, segments);
  double last_speech = input.last_speech_seconds;
  for (size_t i = 0; i < segments.size(); ++i) {
    Segment& segment = segments[i];
    segment.words = std::move(words[i]);
    if (segment.words.empty()) continue;
    TruncateAfterPause(durations, last_speech, segment.words);
    FitToSegment(durations.median, segment);
    last_speech = segment.end_seconds;
  }
}

double OrderWords(const WordLimits& limits, std::span<Word> words) {
  const auto count = static_cast<double>(words.size() + limits.num_behind);
  const double needed = limits.is_strict ? 0.0 : kLeastWordSeconds * count;
  const double room = std::max(needed, limits.end_seconds - limits.begin_seconds);
  const double least = std::min(kLeastWordSeconds, room / count);
  double begin = limits.begin_seconds;
  for (Word& word : words) {
    word.start_seconds = std::max(word.start_seconds, begin);
    word.end_seconds = std::max(word.end_seconds, word.start_seconds + least);
    begin = word.end_seconds;
  }
  double end = limits.begin_seconds + room - least * static_cast<double>(limits.num_behind);
  for (size_t i = words.size(); i-- > 0;) {
    Word& word = words[i];
    word.end_seconds = RoundToHundredths(std::min(word.end_seconds, end));
    end = std::min(word.start_seconds, end - least);
    word.start_seconds = RoundToHundredths(end);
  }
  return words.back().end_seconds;
}

double LastWordEnd(std::span<const Segment> segments) {
  for (size_t i = segments.size(); i-- > 0;) {
    if (!segments[i].words.empty()) return segments[i].words.back().end_seconds;
  }
  return segments.back().end_seconds;
}

}  // namespace ironscribe::models::whisper
