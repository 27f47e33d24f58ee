// Makes a recognised transcript the one a caller asked for: personal data redacted, strong language
// masked, fillers, punctuation and numbers as wished, in texts and words alike.
//
// What is redacted or masked leaves no trace in the transcript: its words become one with a label
// and no probability, and the tokens, log-probability and compression ratio of a segment that held
// some are cleared, because the text can be had back from them. Times stay.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "text/inverse_normalization/profanity.h"
#include "text/redaction/redactor.h"
#include "transcript/transcript.h"

namespace ironscribe::finishing {

enum class Numbers { kAsRecognized, kDigits, kWords };

// A user's list: what it holds, and its name for messages.
struct NamedList {
  std::string name;
  std::string text;
  bool operator==(const NamedList&) const = default;
};

struct FinishingOptions {
  std::vector<text::PiiType> redact;
  NamedList redaction_list;  // See text/redaction/redaction_list.h.
  bool mask_profanity = false;
  NamedList profanity_list;  // See text/inverse_normalization/profanity.h.
  Numbers numbers = Numbers::kAsRecognized;
  bool keeps_punctuation = true;
  bool keeps_fillers = true;

  bool redacts() const { return !redact.empty() || !redaction_list.text.empty(); }
  // Whether anything is to be done at all.
  bool changes_text() const {
    return redacts() || mask_profanity || numbers != Numbers::kAsRecognized || !keeps_punctuation ||
           !keeps_fillers;
  }
};

// A stretch of the recording in which something was redacted: all between the words that are kept,
// see spans_between.h.
struct RedactedSpan {
  double start_seconds = 0;
  double end_seconds = 0;
  std::string label;
  // Speech may be left beside it: nobody says so much so fast.
  bool is_implausibly_short = false;
};

struct FinishingReport {
  std::map<std::string, int> redacted;  // How often, by label.
  // By channel and time, from kept word to kept word; without word times whole segments.
  std::vector<RedactedSpan> spans;
  // Numbers or fillers were to be changed, but the text is not English.
  bool skipped_english_rules = false;
};

// Immutable; safe from many threads.
class Finisher {
 public:
  // Errors: InvalidArgument for a list that cannot be understood.
  static Result<std::unique_ptr<Finisher>> Create(const FinishingOptions& options);

  // Personal data is looked for in the whole text of each channel, so that it is found across
  // segments; the rest is done segment by segment.
  FinishingReport Finish(transcript::Transcript& transcript) const;

 private:
  Finisher(const FinishingOptions& options, text::Redactor redactor, text::ProfanityMask profanity);

  void Redact(std::span<transcript::Segment* const> segments, double reach_seconds,
              FinishingReport& report) const;
  void Rewrite(transcript::Segment& segment, bool is_english) const;

  FinishingOptions options_;
  text::Redactor redactor_;
  text::ProfanityMask profanity_;
};

}  // namespace ironscribe::finishing
