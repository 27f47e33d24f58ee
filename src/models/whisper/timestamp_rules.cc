#include "models/whisper/timestamp_rules.h"

#include <algorithm>
#include <utility>

namespace ironscribe::models::whisper {

TimestampRules::TimestampRules(const text::SpecialTokens& special, int vocab_size,
                               TimestampRuleOptions options)
    : options_(std::move(options)),
      timestamp_begin_(special.timestamp_begin),
      end_of_text_(special.end_of_text),
      vocab_end_(vocab_size),
      suppressed_(vocab_size) {
  for (TokenId id : options_.suppressed) suppressed_.Set(id);
  for (TokenId id : {special.transcribe, special.translate, special.start_of_transcript,
                     special.start_of_previous, special.start_of_lm, special.no_speech}) {
    suppressed_.Set(id);
  }
  if (!options_.without_timestamps) suppressed_.Set(special.no_timestamps);
}

void TimestampRules::Apply(std::span<const TokenId> tokens_so_far,
                           decoding::RowQuery& query) const {
  query.suppressed = &suppressed_;
  if (tokens_so_far.empty()) query.also_suppressed = options_.begin_suppressed;
  if (options_.without_timestamps || timestamp_begin_ < 0) return;
  query.timestamp_begin = timestamp_begin_;
  if (tokens_so_far.empty()) {
    query.suppressed_ranges = {{0, timestamp_begin_}};
    const TokenId first_late = timestamp_begin_ + options_.max_initial_timestamp + 1;
    if (first_late < vocab_end_) query.suppressed_ranges.push_back({first_late, vocab_end_});
    return;
  }
  ApplyPairs(tokens_so_far, query);
}

void TimestampRules::ApplyPairs(std::span<const TokenId> tokens_so_far,
                                decoding::RowQuery& query) const {
  const size_t size = tokens_so_far.size();
  const bool after_time = tokens_so_far[size - 1] >= timestamp_begin_;
  const bool before_that_too = size < 2 || tokens_so_far[size - 2] >= timestamp_begin_;
  const bool opens_pair = after_time && !before_that_too;
  if (after_time && before_that_too) {
    query.suppressed_ranges.push_back({timestamp_begin_, vocab_end_});
    return;
  }
  // A time that ends a text is followed by one that starts the next, or by the end.
  if (opens_pair) query.suppressed_ranges.push_back({0, end_of_text_});
  const auto last_time = std::find_if(tokens_so_far.rbegin(), tokens_so_far.rend(),
                                      [this](TokenId id) { return id >= timestamp_begin_; });
  if (last_time == tokens_so_far.rend()) return;
  // Only the second of a pair may repeat a time: no segment is empty, so the window moves on.
  const TokenId first_allowed = opens_pair ? *last_time : *last_time + 1;
  if (first_allowed > timestamp_begin_) {
    query.suppressed_ranges.push_back({timestamp_begin_, first_allowed});
  }
}

}  // namespace ironscribe::models::whisper
