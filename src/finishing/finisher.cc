#include "finishing/finisher.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "finishing/edited_segment.h"
#include "finishing/spans_between.h"
#include "text/inverse_normalization/rewriters.h"
#include "text/text_edit.h"
#include "transcript/channels.h"

namespace ironscribe::finishing {
namespace {

using text::PiiSpan;
using text::TextEdit;
using transcript::Segment;
using transcript::Transcript;

// The part of the first of `spans` that lies in the segment `text`, which starts at `segment_start`
// of the whole. The label stands in the first segment only; in the others punctuation behind the
// span goes too.
TextEdit PartOf(std::span<const PiiSpan> spans, size_t segment_start, std::string_view text) {
  const PiiSpan& span = spans[0];
  const size_t start = std::max(span.offset, segment_start);
  size_t end = std::min(span.offset + span.size, segment_start + text.size());
  const bool is_first = span.offset >= segment_start;
  const auto is_at_punctuation = [&] {
    return end < segment_start + text.size() && (spans.size() == 1 || end < spans[1].offset) &&
           std::string_view(",.;:!?").find(text[end - segment_start]) != std::string_view::npos;
  };
  while (!is_first && is_at_punctuation()) ++end;
  return {start - segment_start, end - start, is_first ? "[" + span.label + "]" : ""};
}

}  // namespace

Finisher::Finisher(const FinishingOptions& options, text::Redactor redactor,
                   text::ProfanityMask profanity)
    : options_(options), redactor_(std::move(redactor)), profanity_(std::move(profanity)) {}

Result<std::unique_ptr<Finisher>> Finisher::Create(const FinishingOptions& options) {
  ASSIGN_OR_RETURN(auto list, text::RedactionList::Parse(options.redaction_list.text,
                                                         options.redaction_list.name));
  ASSIGN_OR_RETURN(auto profanity, text::ProfanityMask::Create(options.profanity_list.text,
                                                               options.profanity_list.name));
  return std::unique_ptr<Finisher>(
      new Finisher(options, text::Redactor(options.redact, std::move(list)), std::move(profanity)));
}

FinishingReport Finisher::Finish(Transcript& transcript) const {
  // A text without segments is one segment.
  const bool is_bare = transcript.segments.empty() && !transcript.text.empty();
  if (is_bare) {
    transcript.segments.resize(1);
    transcript.segments[0].text = std::move(transcript.text);
  }
  FinishingReport report;
  if (options_.redacts()) {
    std::map<int, std::vector<Segment*>> channels;
    for (Segment& segment : transcript.segments) channels[segment.channel].push_back(&segment);
    // While one speaks who has nothing more to say, the other does.
    const double reach = channels.size() > 1 ? kReachAmongChannelsSeconds : kReachAloneSeconds;
    for (const auto& [channel, segments] : channels) Redact(segments, reach, report);
  }
  const bool wants_english = options_.numbers != Numbers::kAsRecognized || !options_.keeps_fillers;
  for (Segment& segment : transcript.segments) {
    const std::string_view language = segment.language.empty()
                                          ? transcript::ChannelLanguage(transcript, segment.channel)
                                          : std::string_view(segment.language);
    const bool is_english = transcript.task == "translate" || language == "en";
    if (wants_english && !is_english) report.skipped_english_rules = true;
    Rewrite(segment, is_english);
  }
  transcript.text.clear();
  for (const Segment& segment : transcript.segments) transcript.text += segment.text;
  if (is_bare) transcript.segments.clear();
  return report;
}

void Finisher::Redact(std::span<Segment* const> segments, double reach_seconds,
                      FinishingReport& report) const {
  std::string whole;
  for (const Segment* segment : segments) whole += segment->text;
  const std::vector<PiiSpan> spans = redactor_.Find(whole);
  for (const PiiSpan& span : spans) ++report.redacted[span.label];
  std::vector<SpokenUnit> units;
  size_t next = 0;
  size_t start = 0;
  for (Segment* const pointer : segments) {
    Segment& segment = *pointer;
    const size_t size = segment.text.size();
    std::vector<TextEdit> edits;
    std::vector<std::string> labels;
    while (next < spans.size() && spans[next].offset < start + size) {
      edits.push_back(PartOf(std::span(spans).subspan(next), start, segment.text));
      labels.push_back(spans[next].label);
      if (spans[next].offset + spans[next].size > start + size) break;  // Goes on in the next.
      ++next;
    }
    AppendUnits(segment, edits, labels, units);
    // Words that spell another text than the segment's may hold what the text does not.
    std::string words;
    for (const transcript::Word& word : segment.words) words += word.text;
    if (words != segment.text && !redactor_.Find(words).empty() &&
        PlaceWords(segment.text, segment.words).empty()) {
      segment.words.clear();
      segment.tokens.clear();
    }
    EditSegment(edits, Trace::kRemoved, segment);
    start += size;
  }
  std::vector<RedactedSpan> silent = SpansBetween(units, reach_seconds);
  std::move(silent.begin(), silent.end(), std::back_inserter(report.spans));
}

void Finisher::Rewrite(Segment& segment, bool is_english) const {
  if (options_.mask_profanity) {
    EditSegment(profanity_.Find(segment.text), Trace::kRemoved, segment);
  }
  if (is_english && !options_.keeps_fillers) {
    EditSegment(text::RemoveFillers(segment.text), Trace::kKept, segment);
  }
  if (is_english && options_.numbers == Numbers::kDigits) {
    EditSegment(text::NumbersToDigits(segment.text), Trace::kKept, segment);
  }
  if (is_english && options_.numbers == Numbers::kWords) {
    EditSegment(text::NumbersToWords(segment.text), Trace::kKept, segment);
  }
  if (!options_.keeps_punctuation) {
    EditSegment(text::RemovePunctuation(segment.text), Trace::kKept, segment);
  }
}

}  // namespace ironscribe::finishing
