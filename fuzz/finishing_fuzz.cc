// A user's lists, and a transcript whose segments are cut at line ends and its words at blanks.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "finishing/finisher.h"
#include "text/basic_normalizer.h"
#include "text/english_normalizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ironscribe;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view list = rest.substr(0, rest.find('\0'));
  rest.remove_prefix(std::min(rest.size(), list.size() + 1));

  (void)text::EnglishNormalizer().Normalize(rest);
  (void)text::NormalizeBasic(rest, /*remove_diacritics=*/true);

  finishing::FinishingOptions options;
  options.redact = {text::PiiType::kCardNumber,  text::PiiType::kIban,
                    text::PiiType::kPhoneNumber, text::PiiType::kEmail,
                    text::PiiType::kIpAddress,   text::PiiType::kSsn,
                    text::PiiType::kDateOfBirth};
  options.redaction_list = {"list", std::string(list)};
  options.mask_profanity = true;
  options.keeps_punctuation = options.keeps_fillers = false;
  for (const auto numbers : {finishing::Numbers::kDigits, finishing::Numbers::kWords}) {
    options.numbers = numbers;
    const auto finisher = finishing::Finisher::Create(options);
    if (!finisher.ok()) return 0;
    transcript::Transcript transcript;
    transcript.language = "en";
    transcript.segments.emplace_back();
    for (const char c : rest) {
      if (c == '\n') transcript.segments.emplace_back();
      transcript::Segment& segment = transcript.segments.back();
      if (c == ' ' || segment.words.empty()) segment.words.emplace_back();
      segment.words.back().text += c;
      segment.text += c;
    }
    (void)(*finisher)->Finish(transcript);
  }
  return 0;
}
