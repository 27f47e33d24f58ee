#include "apps/cli/finishing_flags.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "apps/cli/flag_source.h"
#include "io/file.h"
#include "text/redaction/redaction_list.h"

namespace ironscribe::cli {
namespace {

using finishing::Numbers;

Status ReadList(std::string_view flag, const std::string& path, size_t max_bytes,
                finishing::NamedList& list) {
  if (path.empty()) return OkStatus();
  auto text = io::ReadFile(path, max_bytes);
  if (!text.ok()) return InvalidArgumentError(text.status().message()).Annotate(flag);
  list = {path, *std::move(text)};
  return OkStatus();
}

// An empty file is more likely a script's mistake than a wish.
Status CheckHoldsEntries(const finishing::NamedList& list) {
  ASSIGN_OR_RETURN(const text::RedactionList entries,
                   text::RedactionList::Parse(list.text, list.name));
  if (!entries.empty()) return OkStatus();
  return InvalidArgumentError(
      fmt::format("--redact-list: '{}' has no entry, so nothing would be redacted", list.name));
}

}  // namespace

FinishingFlags::FinishingFlags(CLI::App& app, TranscribeOptions& all) {
  finishing::FinishingOptions& options = all.finishing;
  app.option_defaults()->group("What to make of the text");
  redact_option_ =
      app.add_option("--redact", redact_,
                     "Replace personal data by its kind: card-number, iban, phone-number, email, "
                     "ip-address, ssn, date-of-birth; several with commas, or all")
          ->delimiter(',')
          ->allow_extra_args(false);
  app.add_option("--redact-list", redaction_list_,
                 "File with more to replace: LABEL = words, or LABEL ~ regular expression, one a "
                 "line");
  app.add_flag("--redact-audio", all.redact_audio,
               "Also write NAME.redacted.wav (16 kHz, mono), silent where something is redacted");
  app.add_flag("--mask-profanity", options.mask_profanity,
               "Write strong language with stars (English)");
  app.add_option("--profanity-list", profanity_list_,
                 "File with more words to mask, one a line; masks by itself");
  app.add_option("--numbers", numbers_,
                 "digits or words: how numbers are written (English; default as recognised)");
  app.add_flag("--punctuation,!--no-punctuation", options.keeps_punctuation,
               "Keep punctuation (default yes)");
  app.add_flag("--verbatim,!--no-verbatim", options.keeps_fillers,
               "Keep um, uh and words said twice, as far as the model writes them (default yes)");
}

Status FinishingFlags::Convert(TranscribeOptions& all) const {
  finishing::FinishingOptions& options = all.finishing;
  auto types = text::ParsePiiTypes(redact_);
  if (!types.ok()) return types.status().Annotate("--redact");
  // A script's unset variable must not mean that nothing is redacted.
  if (redact_option_->count() > 0 && types->empty()) {
    return InvalidArgumentError("--redact: the value is empty");
  }
  if (types->empty()) RETURN_IF_ERROR(RefuseEmptyVariable("--redact"));
  if (redaction_list_.empty()) RETURN_IF_ERROR(RefuseEmptyVariable("--redact-list"));
  options.redact = *std::move(types);
  RETURN_IF_ERROR(ReadList("--redact-list", redaction_list_, text::kMaxRedactionListBytes,
                           options.redaction_list));
  if (!redaction_list_.empty()) RETURN_IF_ERROR(CheckHoldsEntries(options.redaction_list));
  RETURN_IF_ERROR(ReadList("--profanity-list", profanity_list_, text::kMaxProfanityListBytes,
                           options.profanity_list));
  options.mask_profanity = options.mask_profanity || !profanity_list_.empty();
  if (numbers_ == "digits") {
    options.numbers = Numbers::kDigits;
  } else if (numbers_ == "words") {
    options.numbers = Numbers::kWords;
  } else if (!numbers_.empty()) {
    return InvalidArgumentError(
        fmt::format("--numbers: unknown value '{}' (known: digits, words)", numbers_));
  }
  if (all.redact_audio && !options.redacts()) {
    return InvalidArgumentError("--redact-audio: needs --redact or --redact-list to tell what");
  }
  return finishing::Finisher::Create(options).status();
}

}  // namespace ironscribe::cli
