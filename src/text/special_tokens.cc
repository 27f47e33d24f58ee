#include "text/special_tokens.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/languages.h"

namespace ironscribe::text {
namespace {

// openai/whisper, tokenizer.py: 30 s in steps of 0.02 s, both ends included.
constexpr int kNumTimestamps = 1501;
// End of text, start of transcript, and the six between the languages and the timestamps.
constexpr int kNumOtherSpecials = 8;
// The sizes of the published models. English-only models carry the same 99 language tokens as the
// first multilingual ones, unused; large-v3 added Cantonese.
constexpr int kEnglishVocabSize = 51864;
constexpr int kMultilingualVocabSize = 51865;
constexpr int kCantoneseVocabSize = 51866;

std::string TimestampSpelling(int step) {
  return fmt::format("<|{}.{:02}|>", step / 50, step % 50 * 2);
}

// Older checkpoints spell no-speech as no-captions and Hebrew by its withdrawn code.
std::string_view CanonicalSpelling(std::string_view spelling) {
  if (spelling == "<|nocaptions|>") return "<|nospeech|>";
  if (spelling == "<|iw|>") return "<|he|>";
  return spelling;
}

Status DoesNotFit(size_t num_tokens, int vocab_size, std::string_view detail) {
  return InvalidArgumentError(fmt::format(
      "the tokenizer has {} tokens and the model {} rows ({}): a tokenizer that does not fit the "
      "weights; use the tokenizer files that came with the model",
      num_tokens, vocab_size, detail));
}

bool IsPlausibleLanguageCount(int num_languages, int vocab_size) {
  switch (vocab_size) {
    case kEnglishVocabSize:
    case kMultilingualVocabSize:
      return num_languages == 99;
    case kCantoneseVocabSize:
      return num_languages == 100;
    default:  // Reduced vocabularies.
      return num_languages >= 0 && num_languages <= static_cast<int>(AllLanguages().size());
  }
}

// The code inside "<|code|>", or "".
std::string_view InnerSpelling(std::string_view spelling) {
  if (spelling.size() < 5 || !spelling.starts_with("<|") || !spelling.ends_with("|>")) return {};
  return spelling.substr(2, spelling.size() - 4);
}

void AssignSpecial(std::string_view spelling, TokenId id, SpecialTokens& special) {
  const struct {
    std::string_view spelling;
    TokenId* id;
  } table[] = {
      {kEndOfTextSpelling, &special.end_of_text},
      {"<|startoftranscript|>", &special.start_of_transcript},
      {"<|translate|>", &special.translate},
      {"<|transcribe|>", &special.transcribe},
      {"<|startoflm|>", &special.start_of_lm},
      {"<|startofprev|>", &special.start_of_previous},
      {"<|nospeech|>", &special.no_speech},
      {"<|notimestamps|>", &special.no_timestamps},
      {"<|0.00|>", &special.timestamp_begin},
  };
  for (const auto& entry : table) {
    if (entry.spelling == spelling && *entry.id < 0) *entry.id = id;
  }
}

Status CheckSpecialTokens(const SpecialTokens& special, const TokenList& tokens) {
  if (special.end_of_text < 0 || special.start_of_transcript < 0 || special.timestamp_begin < 0) {
    return InvalidArgumentError(fmt::format(
        "the tokenizer's {} tokens lack <|endoftext|>, <|startoftranscript|> or <|0.00|>: not a "
        "Whisper tokenizer",
        tokens.size()));
  }
  // What a decoder is fed must exist: ids index the embedding.
  const bool multilingual = special.languages.size() > 1;
  if (special.no_timestamps < 0 || (multilingual && tokens.size() != kEnglishVocabSize &&
                                    (special.transcribe < 0 || special.translate < 0))) {
    return InvalidArgumentError(fmt::format(
        "the tokenizer's {} tokens lack <|notimestamps|>, <|transcribe|> or <|translate|>",
        tokens.size()));
  }
  const int num_times = static_cast<int>(tokens.size()) - special.timestamp_begin;
  const std::string expected = TimestampSpelling(num_times - 1);
  if (tokens[tokens.size() - 1] != expected) {
    return InvalidArgumentError(fmt::format(
        "the last of the tokenizer's {} tokens is not {}, though <|0.00|> is token {}: times must "
        "run to the end of the vocabulary",
        tokens.size(), expected, special.timestamp_begin));
  }
  return OkStatus();
}

}  // namespace

std::vector<std::string> SpecialSpellings(int num_languages) {
  std::vector<std::string> spellings = {std::string(kEndOfTextSpelling), "<|startoftranscript|>"};
  for (int i = 0; i < num_languages; ++i) {
    spellings.push_back(fmt::format("<|{}|>", AllLanguages()[static_cast<size_t>(i)].code));
  }
  for (const char* name :
       {"translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"}) {
    spellings.push_back(fmt::format("<|{}|>", name));
  }
  for (int step = 0; step < kNumTimestamps; ++step) spellings.push_back(TimestampSpelling(step));
  return spellings;
}

Status CompleteSpecialTokens(int vocab_size, std::vector<std::string>& tokens) {
  const size_t num_given = tokens.size();
  if (vocab_size <= 0 || num_given > static_cast<size_t>(vocab_size)) {
    return DoesNotFit(num_given, vocab_size, "more tokens than rows");
  }
  if (num_given == static_cast<size_t>(vocab_size)) return OkStatus();
  const auto end_of_text = std::find(tokens.begin(), tokens.end(), kEndOfTextSpelling);
  const auto num_text = static_cast<size_t>(end_of_text - tokens.begin());
  const int num_languages =
      vocab_size - static_cast<int>(num_text) - kNumOtherSpecials - kNumTimestamps;
  if (!IsPlausibleLanguageCount(num_languages, vocab_size)) {
    return DoesNotFit(
        num_given, vocab_size,
        fmt::format("{} text tokens, which leaves {} for languages", num_text, num_languages));
  }
  const std::vector<std::string> spellings = SpecialSpellings(num_languages);
  for (size_t id = num_text; id < num_given; ++id) {
    if (CanonicalSpelling(tokens[id]) == spellings[id - num_text]) continue;
    return DoesNotFit(num_given, vocab_size,
                      fmt::format("token {} is not {}", id, spellings[id - num_text]));
  }
  tokens.insert(tokens.end(), spellings.begin() + static_cast<ptrdiff_t>(num_given - num_text),
                spellings.end());
  return OkStatus();
}

Result<SpecialTokens> FindSpecialTokens(const TokenList& tokens) {
  SpecialTokens special;
  size_t first = 0;
  while (first < tokens.size() && tokens[first] != kEndOfTextSpelling) ++first;
  for (size_t id = first; id < tokens.size() && special.timestamp_begin < 0; ++id) {
    const std::string_view spelling = CanonicalSpelling(tokens[id]);
    AssignSpecial(spelling, static_cast<TokenId>(id), special);
    const std::string_view code = InnerSpelling(spelling);
    if (!code.empty() && FindLanguageByCode(code) != nullptr) {
      special.languages.push_back({std::string(code), static_cast<TokenId>(id)});
    }
  }
  RETURN_IF_ERROR(CheckSpecialTokens(special, tokens));
  if (tokens.size() == kEnglishVocabSize) {
    std::erase_if(special.languages, [](const LanguageToken& it) { return it.code != "en"; });
  }
  return special;
}

}  // namespace ironscribe::text
