#include "models/whisper/window_policy_language.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "decoding/forced_search.h"
#include "models/whisper/prompt.h"
#include "models/whisper/window_policy_results.h"

namespace ironscribe::models::whisper {
namespace {

using transcript::LanguageProbability;

// A language that probable need not be looked for in further windows.
constexpr float kSure = 0.7f;

// Another language is followed when it is that probable and so much more probable than the last.
constexpr float kLeastToSwitch = 0.6f;
constexpr float kLeastMargin = 0.3f;

void SortByProbability(std::vector<LanguageProbability>& languages) {
  std::stable_sort(languages.begin(), languages.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
}

float ProbabilityOf(const std::vector<LanguageProbability>& languages, const std::string& code) {
  for (const LanguageProbability& language : languages) {
    if (language.code == code) return language.probability;
  }
  return 0;
}

// The log-probabilities of `ids`, from what is kept of an earlier run or from the model.
Result<std::vector<float>> ListenForLanguages(decoding::TokenId start,
                                              const std::vector<decoding::TokenId>& ids,
                                              WindowRunner& runner,
                                              const std::shared_ptr<const Encoding>& encoding,
                                              std::stop_token stop) {
  ResultStore* results = runner.results();
  std::string key;
  if (results != nullptr) {
    key = LanguagesKey(runner, *encoding);
    const std::optional<std::string> kept = results->Find(key);
    auto known = kept ? ReadLanguages(*kept, ids.size()) : std::nullopt;
    if (known) return *std::move(known);
  }
  decoding::ChoiceSearch search({start}, ids);
  RETURN_IF_ERROR(runner.Run(encoding, search, std::move(stop)));
  std::vector<float> found(search.log_probabilities().begin(), search.log_probabilities().end());
  if (results != nullptr) results->Keep(key, WriteLanguages(found));
  return found;
}

}  // namespace

void LanguageTracker::Restrict(std::vector<LanguageProbability>& found) const {
  if (allowed_.empty()) return;
  std::erase_if(found, [this](const LanguageProbability& language) {
    return std::find(allowed_.begin(), allowed_.end(), language.code) == allowed_.end();
  });
  float sum = 0;
  for (const LanguageProbability& language : found) sum += language.probability;
  for (LanguageProbability& language : found) {
    language.probability =
        sum > 0 ? language.probability / sum : 1 / static_cast<float>(found.size());
  }
}

void LanguageTracker::Add(std::vector<LanguageProbability> found) {
  Restrict(found);
  const auto count = static_cast<float>(count_);
  for (LanguageProbability& language : found) {
    const float before = ProbabilityOf(mean_, language.code);
    language.probability = (before * count + language.probability) / (count + 1);
  }
  SortByProbability(found);
  mean_ = std::move(found);
  ++count_;
}

bool LanguageTracker::IsSure() const { return !mean_.empty() && mean_[0].probability >= kSure; }

std::string LanguageTracker::Follow(std::vector<LanguageProbability> found) {
  Restrict(found);
  SortByProbability(found);
  if (current_.empty() && !mean_.empty()) current_ = mean_[0].code;
  const LanguageProbability& best = found.front();
  const bool clear = best.probability >= kLeastToSwitch &&
                     best.probability >= ProbabilityOf(found, current_) + kLeastMargin;
  if (current_.empty() || clear) current_ = best.code;
  return current_;
}

Result<std::vector<transcript::LanguageProbability>> DetectLanguage(
    const text::Tokenizer& tokenizer, WindowRunner& runner,
    const std::shared_ptr<const Encoding>& encoding, std::stop_token stop) {
  const text::SpecialTokens& special = tokenizer.special();
  std::vector<decoding::TokenId> ids;
  for (const text::LanguageToken& language : special.languages) ids.push_back(language.id);
  ASSIGN_OR_RETURN(
      const std::vector<float> log_probabilities,
      ListenForLanguages(special.start_of_transcript, ids, runner, encoding, std::move(stop)));
  std::vector<transcript::LanguageProbability> languages;
  for (size_t i = 0; i < ids.size(); ++i) {
    languages.push_back({special.languages[i].code, std::exp(log_probabilities[i])});
  }
  SortByProbability(languages);
  return languages;
}

Result<SpokenLanguage> LanguageFollower::Follow(const std::shared_ptr<const Encoding>& encoding,
                                                std::stop_token stop) {
  ASSIGN_OR_RETURN(auto found, DetectLanguage(tokenizer_, runner_, encoding, std::move(stop)));
  std::string code = tracker_.Follow(std::move(found));
  std::vector<decoding::TokenId> start = StartSequence(tokenizer_, code, task_);
  return SpokenLanguage{std::move(code), std::move(start)};
}

}  // namespace ironscribe::models::whisper
