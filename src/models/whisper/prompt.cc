#include "models/whisper/prompt.h"

#include <algorithm>
#include <string>
#include <utility>

#include "models/whisper/window_policy_text.h"

namespace ironscribe::models::whisper {
namespace {

std::span<const TokenId> LastTokens(std::span<const TokenId> tokens, size_t count) {
  return tokens.last(std::min(tokens.size(), count));
}

}  // namespace

std::vector<TokenId> StartSequence(const text::Tokenizer& tokenizer, std::string_view language,
                                   Task task) {
  const text::SpecialTokens& special = tokenizer.special();
  std::vector<TokenId> sequence = {special.start_of_transcript};
  if (!tokenizer.is_multilingual()) return sequence;
  if (const auto id = tokenizer.LanguageId(language)) sequence.push_back(*id);
  sequence.push_back(task == Task::kTranslate ? special.translate : special.transcribe);
  return sequence;
}

std::vector<TokenId> EncodePrompt(const text::Tokenizer& tokenizer, std::string_view prompt) {
  const std::string_view stripped = StripSpace(prompt);
  if (stripped.empty()) return {};
  return tokenizer.Encode(" " + std::string(stripped));
}

WindowPrompt BuildWindowPrompt(std::span<const TokenId> previous, std::span<const TokenId> start,
                               TokenId start_of_previous) {
  WindowPrompt prompt;
  if (!previous.empty() && start_of_previous >= 0) {
    prompt.tokens.push_back(start_of_previous);
    prompt.tokens.insert(prompt.tokens.end(), previous.begin(), previous.end());
  }
  prompt.start_index = static_cast<int>(prompt.tokens.size());
  prompt.tokens.insert(prompt.tokens.end(), start.begin(), start.end());
  return prompt;
}

PromptContext::PromptContext(std::vector<TokenId> initial, bool carry, int max_tokens)
    : max_tokens_(static_cast<size_t>(max_tokens)) {
  (carry ? carried_ : previous_) = std::move(initial);
}

std::vector<TokenId> PromptContext::Tokens() const {
  const auto carried = LastTokens(carried_, max_tokens_);
  const auto previous = LastTokens(previous_, max_tokens_ - carried.size());
  std::vector<TokenId> tokens(carried.begin(), carried.end());
  tokens.insert(tokens.end(), previous.begin(), previous.end());
  return tokens;
}

void PromptContext::Append(std::span<const TokenId> tokens) {
  previous_.insert(previous_.end(), tokens.begin(), tokens.end());
  // Only the last tokens are ever used; a long recording must not collect them all.
  if (previous_.size() > 2 * max_tokens_) {
    previous_.erase(previous_.begin(), previous_.end() - static_cast<ptrdiff_t>(max_tokens_));
  }
}

}  // namespace ironscribe::models::whisper
