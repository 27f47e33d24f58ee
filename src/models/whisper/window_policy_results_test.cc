#include "models/whisper/window_policy_results.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/random.h"
#include "models/resuming_runner.h"
#include "models/whisper/window_policy_fakes.h"

namespace ironscribe::models::whisper {
namespace {

constexpr int kVocabulary = 300;
constexpr int kMaxTokens = 20;

const DecodedWindow kDecoded = {.tokens = {5, 299, 0, 17},
                                .average_log_probability = -0.1234567890123,
                                .no_speech_probability = 0.25f,
                                .temperature = 0.4f,
                                .compression_ratio = 1.7f,
                                .ended = false,
                                .num_steps = 6};

const std::vector<TokenId> kStart = {290, 291};
const std::vector<float> kLoudness = {0.5f};
const std::vector<int> kSegmentTokens = {3, 1};
const std::vector<TokenId> kText = {1, 2, 3, 4};
const AlignmentInput kInput = {.start_sequence = kStart,
                               .text_tokens = kText,
                               .language = "en",
                               .segment_frames = 500,
                               .frames_per_position = 2,
                               .loudness = {},
                               .segment_tokens = {}};
const AlignedWords kWords = {
    .reference = {{" one", 2, 0.1, 0.7000000001, 0.5f},
                  {"", 0, 0.7, 0.7, 1.0f},
                  {" \xC3\xBC", 2, 0.7, 5.0, 0.0f}},
    .heard = {{" one", 2, 0.2, 0.6, 0.5f, 0.75f}, {" \xC3\xBC", 2, 0.8, 4.0, 0.0f, 0.125f}}};

bool Same(const DecodedWindow& a, const DecodedWindow& b) {
  return a.tokens == b.tokens && a.average_log_probability == b.average_log_probability &&
         a.no_speech_probability == b.no_speech_probability && a.temperature == b.temperature &&
         a.compression_ratio == b.compression_ratio && a.ended == b.ended &&
         a.num_steps == b.num_steps;
}

TEST(WindowPolicyResults, ComeBackAsTheyWere) {
  const auto decoded = ReadAttempt(WriteAttempt(kDecoded), kVocabulary, kMaxTokens);
  ASSERT_TRUE(decoded);
  EXPECT_TRUE(Same(*decoded, kDecoded));
  EXPECT_TRUE(ReadAttempt(WriteAttempt({}), kVocabulary, kMaxTokens));
  EXPECT_EQ(ReadWords(WriteWords(kWords), kInput), kWords);
  EXPECT_EQ(ReadWords(WriteWords({}), kInput), AlignedWords());
  const std::vector<float> languages = {-0.25f, -3.5f, -std::numeric_limits<float>::infinity()};
  EXPECT_EQ(ReadLanguages(WriteLanguages(languages), 3), languages);
}

TEST(WindowPolicyResults, AreNothingWhenCutOrLengthened) {
  const std::string attempt = WriteAttempt(kDecoded);
  const std::string words = WriteWords(kWords);
  const std::string languages = WriteLanguages(std::vector<float>{-1.0f, -2.0f});
  for (size_t size = 0; size < attempt.size(); ++size) {
    EXPECT_FALSE(ReadAttempt(attempt.substr(0, size), kVocabulary, kMaxTokens)) << size;
  }
  for (size_t size = 0; size < words.size(); ++size) {
    EXPECT_FALSE(ReadWords(words.substr(0, size), kInput)) << size;
  }
  for (size_t size = 0; size < languages.size(); ++size) {
    EXPECT_FALSE(ReadLanguages(languages.substr(0, size), 2)) << size;
  }
  EXPECT_FALSE(ReadAttempt(attempt + '\0', kVocabulary, kMaxTokens));
  EXPECT_FALSE(ReadWords(words + '\0', kInput));
  EXPECT_FALSE(ReadLanguages(languages + '\0', 2));
  EXPECT_FALSE(ReadLanguages(languages, 3));
}

TEST(WindowPolicyResults, AreNothingWhenTheyCannotBeRight) {
  const auto rejects = [](const auto& change) {
    DecodedWindow decoded = kDecoded;
    change(decoded);
    EXPECT_FALSE(ReadAttempt(WriteAttempt(decoded), kVocabulary, kMaxTokens));
  };
  rejects([](DecodedWindow& d) { d.tokens[1] = kVocabulary; });
  rejects([](DecodedWindow& d) { d.tokens[1] = -1; });
  rejects([](DecodedWindow& d) { d.tokens.resize(kMaxTokens + 1); });
  rejects([](DecodedWindow& d) { d.average_log_probability = NAN; });
  for (const double value : {double{INFINITY}, -double{INFINITY}, 1e300, -1e300, 0.5}) {
    rejects([&](DecodedWindow& d) { d.average_log_probability = value; });
  }
  rejects([](DecodedWindow& d) { d.num_steps = kMaxTokens + 2; });
  rejects([](DecodedWindow& d) { d.num_steps = -1; });
  rejects([](DecodedWindow& d) { d.no_speech_probability = 1.5f; });
  rejects([](DecodedWindow& d) { d.no_speech_probability = NAN; });
  for (const float value : {INFINITY, NAN, 1e30f, -1.0f}) {
    rejects([&](DecodedWindow& d) { d.compression_ratio = value; });
    rejects([&](DecodedWindow& d) { d.temperature = value; });
  }
  const auto rejects_words = [](const auto& change) {
    AlignedWords words = kWords;
    change(words);
    EXPECT_FALSE(ReadWords(WriteWords(words), kInput));
  };
  rejects_words([](auto& words) { words.reference[0].num_tokens = 3; });
  rejects_words([](auto& words) { words.reference[0].num_tokens = -1; });
  rejects_words([](auto& words) { words.reference[0].start_seconds = -0.1; });
  rejects_words([](auto& words) { words.reference[0].start_seconds = NAN; });
  rejects_words([](auto& words) { words.reference[0].end_seconds = 0.05; });
  rejects_words([](auto& words) { words.reference[2].end_seconds = 5.1; });
  rejects_words([](auto& words) { words.reference[0].probability = 2; });
  rejects_words([](auto& words) { words.heard[0].num_tokens = 3; });
  rejects_words([](auto& words) { words.heard[1].end_seconds = 5.1; });
  rejects_words([](auto& words) { words.heard[1].confidence = 1.5f; });
  rejects_words([](auto& words) { words.heard[1].confidence = -0.5f; });
  EXPECT_FALSE(ReadLanguages(WriteLanguages(std::vector<float>{0.5f}), 1));
  EXPECT_FALSE(ReadLanguages(WriteLanguages(std::vector<float>{NAN}), 1));
}

TEST(WindowPolicyResults, RandomBytesAreHarmless) {
  Random random(1);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = round % 2 == 0 ? WriteAttempt(kDecoded) : WriteWords(kWords);
    for (uint64_t i = 0; i <= random.Next() % 4; ++i) {
      bytes[random.Next() % bytes.size()] = static_cast<char>(random.Next());
    }
    const auto decoded = ReadAttempt(bytes, kVocabulary, kMaxTokens);
    for (const TokenId token : decoded ? decoded->tokens : std::vector<TokenId>()) {
      ASSERT_TRUE(token >= 0 && token < kVocabulary);
    }
    const auto words = ReadWords(bytes, kInput);
    int tokens = 0;
    for (const AlignedWord& word : words.value_or(AlignedWords()).heard) tokens += word.num_tokens;
    ASSERT_LE(tokens, static_cast<int>(kText.size()));
    (void)ReadLanguages(bytes, 3);
  }
}

class NoStore final : public ResultStore {
 public:
  std::optional<std::string> Find(const std::string&) override { return std::nullopt; }
  void Keep(const std::string&, std::string_view) override {}
};

// Everything that a result depends on within a recognition changes its key.
TEST(WindowPolicyResults, KeysTellQuestionsApart) {
  const ByteTokenizer tokenizer(/*multilingual=*/true);
  ScriptedRunner scripted(tokenizer, [](const SeenCall&) { return ScriptedCall(); });
  NoStore store;
  ResumingRunner runner(scripted, store);
  std::vector<std::shared_ptr<const Encoding>> encodings;
  for (const auto& request : {EncodeRequest{{1, 2, 3}}, EncodeRequest{{1, 2, 4}},
                              EncodeRequest{{1, 2, 3}, 0.0f}, EncodeRequest{{1, 2, 3}, -1.0f}}) {
    encodings.push_back(runner.Encode(request, {}).value());
  }
  EXPECT_TRUE(scripted.encoded.empty());  // Nobody needed it yet.
  std::vector<std::string> keys;
  for (const auto& encoding : encodings) {
    keys.push_back(LanguagesKey(runner, *encoding));
    keys.push_back(AttemptKey(runner, *encoding, {.prompt = kText}));
    keys.push_back(WordsKey(runner, *encoding, kInput));
  }
  const Encoding& one = *encodings[0];
  keys.push_back(AttemptKey(runner, one, {.prompt = kStart}));
  keys.push_back(AttemptKey(runner, one, {.prompt = kText, .start_index = 1}));
  keys.push_back(AttemptKey(runner, one, {.prompt = kText, .max_new_tokens = 1}));
  keys.push_back(AttemptKey(runner, one, {.prompt = kText, .temperature = 0.2f}));
  keys.push_back(AttemptKey(runner, one, {.prompt = kText, .seed = 1}));
  for (const auto& change : std::vector<std::function<void(AlignmentInput&)>>{
           [](auto& input) { input.start_sequence = input.start_sequence.first(1); },
           [](auto& input) { input.text_tokens = input.text_tokens.first(2); },
           [](auto& input) { input.language = "de"; },
           [](auto& input) { input.segment_frames = 400; },
           [](auto& input) { input.frames_per_position = 1; },
           [](auto& input) { input.loudness = kLoudness; },
           [](auto& input) { input.segment_tokens = kSegmentTokens; }}) {
    AlignmentInput input = kInput;
    change(input);
    keys.push_back(WordsKey(runner, one, input));
  }
  const size_t num_keys = keys.size();
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  EXPECT_EQ(keys.size(), num_keys);
  // The same question has the same key.
  const auto again = runner.Encode({{1, 2, 3}}, {}).value();
  EXPECT_EQ(LanguagesKey(runner, one), LanguagesKey(runner, *again));
}

}  // namespace
}  // namespace ironscribe::models::whisper
