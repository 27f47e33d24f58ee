#include "eval/scoring.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "eval/units.h"
#include "eval/word_tokens.h"

namespace ironscribe::eval {
namespace {

// Speaker turns are drawn by hand; NIST forgives a quarter of a second at their ends.
constexpr double kTurnCollarSeconds = 0.25;

std::vector<Symbol> SymbolsOf(std::u32string_view characters) {
  return std::vector<Symbol>(characters.begin(), characters.end());
}

template <typename Words>
std::vector<std::string> TextsOf(const Words& words) {
  std::vector<std::string> texts;
  for (const auto& word : words) texts.push_back(word.text);
  return texts;
}

// The texts as times and probabilities are led through them: as words, or as characters where a
// "word" between spaces is a whole sentence.
struct Tokenized {
  Tokenize tokenize;
  std::vector<std::string> reference;
  std::vector<std::string> hypothesis;
  std::vector<int64_t> hypothesis_of;  // By token of the reference; -1: wrong or missing.
  std::vector<bool> is_right;          // By token of the hypothesis.
};

Result<Tokenized> TokenizeTexts(const Utterance& utterance, const Hypothesis& hypothesis,
                                const Normalizer& normalizer, const ScoringOptions& options) {
  const bool by_characters =
      IsWrittenWithoutSpaces(utterance.text.empty() ? hypothesis.text : utterance.text);
  Tokenized texts;
  texts.tokenize = [&normalizer, by_characters](std::string_view text) {
    const std::string normalized = normalizer(text);
    return by_characters ? SingleCharactersOf(normalized) : WordsOf(normalized);
  };
  texts.reference = texts.tokenize(utterance.text);
  texts.hypothesis = texts.tokenize(hypothesis.text);
  SymbolTable table;
  const auto reference = table.Of(texts.reference);
  const auto written = table.Of(texts.hypothesis);
  ASSIGN_OR_RETURN(const auto edits, Align(reference, written, options.costs));
  texts.hypothesis_of.assign(texts.reference.size(), -1);
  texts.is_right.assign(texts.hypothesis.size(), false);
  for (const Edit& edit : edits) {
    if (edit.kind != EditKind::kHit) continue;
    texts.hypothesis_of[edit.reference] = edit.hypothesis;
    texts.is_right[edit.hypothesis] = true;
  }
  return texts;
}

using Tokens = std::vector<std::vector<size_t>>;

void ScoreConfidences(const Hypothesis& hypothesis, const Tokens& tokens, const Tokenized& texts,
                      ScoredUtterance& scored) {
  for (size_t i = 0; i < hypothesis.words.size(); ++i) {
    const float probability = hypothesis.words[i].probability;
    if (std::isnan(probability) || tokens[i].empty()) continue;
    const bool is_right = std::all_of(tokens[i].begin(), tokens[i].end(),
                                      [&](size_t token) { return texts.is_right[token]; });
    scored.confidences.push_back({probability, is_right});
  }
}

// The word that begins with each token; of several the first.
std::vector<int64_t> WordsByFirstToken(const Tokens& tokens, size_t num_tokens) {
  std::vector<int64_t> words(num_tokens, -1);
  for (size_t i = tokens.size(); i > 0; --i) {
    if (!tokens[i - 1].empty()) words[tokens[i - 1].front()] = static_cast<int64_t>(i - 1);
  }
  return words;
}

Status ScoreTimes(const Utterance& utterance, const Hypothesis& hypothesis, const Tokens& tokens,
                  const Tokenized& texts, ScoredUtterance& scored) {
  const auto written = TextsOf(utterance.words);
  ASSIGN_OR_RETURN(const Tokens reference_tokens,
                   TokensOfWords(written, texts.reference, texts.tokenize));
  const auto reference_words = WordsByFirstToken(reference_tokens, texts.reference.size());
  const auto hypothesis_words = WordsByFirstToken(tokens, texts.hypothesis.size());
  for (size_t token = 0; token < reference_words.size(); ++token) {
    if (reference_words[token] < 0 || texts.hypothesis_of[token] < 0) continue;
    const int64_t word = hypothesis_words[static_cast<size_t>(texts.hypothesis_of[token])];
    if (word < 0) continue;
    const double start = hypothesis.words[static_cast<size_t>(word)].start_seconds;
    if (std::isnan(start)) continue;
    const auto& reference = utterance.words[static_cast<size_t>(reference_words[token])];
    scored.start_errors_seconds.push_back(start - reference.start_seconds);
  }
  return OkStatus();
}

int64_t CountOutsideTurns(const Utterance& utterance, const Hypothesis& hypothesis) {
  int64_t outside = 0;
  bool has_times = false;
  for (const HypothesisWord& word : hypothesis.words) {
    if (std::isnan(word.start_seconds) || std::isnan(word.end_seconds)) continue;
    has_times = true;
    const double middle = (word.start_seconds + word.end_seconds) / 2;
    const bool is_inside =
        std::any_of(utterance.turns.begin(), utterance.turns.end(), [middle](const auto& turn) {
          return middle >= turn.start_seconds - kTurnCollarSeconds &&
                 middle <= turn.end_seconds + kTurnCollarSeconds;
        });
    outside += is_inside ? 0 : 1;
  }
  return has_times ? outside : -1;
}

}  // namespace

Status AlignTexts(std::string_view reference, std::string_view hypothesis, AlignmentCosts costs,
                  ScoredUtterance& scored) {
  scored.reference = WordsOf(reference);
  scored.hypothesis = WordsOf(hypothesis);
  SymbolTable table;
  const auto reference_words = table.Of(scored.reference);
  const auto hypothesis_words = table.Of(scored.hypothesis);
  ASSIGN_OR_RETURN(scored.edits, Align(reference_words, hypothesis_words, costs));
  scored.words = CountEdits(scored.edits);
  const bool without_spaces =
      IsWrittenWithoutSpaces(scored.reference.empty() ? hypothesis : reference);
  ASSIGN_OR_RETURN(scored.characters,
                   CountAlignment(SymbolsOf(CharactersOf(reference, without_spaces)),
                                  SymbolsOf(CharactersOf(hypothesis, without_spaces)), costs));
  return OkStatus();
}

Result<ScoredUtterance> ScoreUtterance(const Utterance& utterance, const Hypothesis* hypothesis,
                                       const ScoringOptions& options,
                                       const Normalizer& normalizer) {
  ScoredUtterance scored;
  scored.id = utterance.id;
  scored.audio = utterance.audio.string();
  scored.language = utterance.language;
  scored.speaker = utterance.speaker;
  scored.has_hypothesis = hypothesis != nullptr;
  const std::string reference_text = normalizer(utterance.text);
  const std::string hypothesis_text =
      hypothesis == nullptr ? std::string() : normalizer(hypothesis->text);
  RETURN_IF_ERROR(AlignTexts(reference_text, hypothesis_text, options.costs, scored));
  if (hypothesis == nullptr) return scored;
  scored.audio_seconds = hypothesis->duration_seconds;
  if (hypothesis->words.empty()) return scored;
  ASSIGN_OR_RETURN(const Tokenized texts,
                   TokenizeTexts(utterance, *hypothesis, normalizer, options));
  const auto written = TextsOf(hypothesis->words);
  ASSIGN_OR_RETURN(const Tokens tokens, TokensOfWords(written, texts.hypothesis, texts.tokenize));
  ScoreConfidences(*hypothesis, tokens, texts, scored);
  if (!utterance.words.empty()) {
    RETURN_IF_ERROR(ScoreTimes(utterance, *hypothesis, tokens, texts, scored));
  }
  if (!utterance.turns.empty()) {
    scored.words_outside_turns = CountOutsideTurns(utterance, *hypothesis);
  }
  return scored;
}

}  // namespace ironscribe::eval
