// For tests of the window policy: a tokenizer of single bytes, a recording in memory, and a runner
// that makes every search write what a script says.
//
// Thread rule: the runner's calls are safe from many threads, as a runner's must be; then the
// script and the other functions are called on several threads at once, and what was seen is in the
// order in which it came.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audio/pcm_source.h"
#include "decoding/rows.h"
#include "models/text_judge.h"
#include "models/window_runner.h"
#include "text/tokenizer.h"

namespace ironscribe::models::whisper {

using decoding::TokenId;

// Tokens 0 to 255 are GPT-2's single bytes; ids and special tokens are those of the English-only or
// of the 99-language vocabulary.
class ByteTokenizer final : public text::Tokenizer {
 public:
  explicit ByteTokenizer(bool multilingual);

  std::string Serialize() const override { return ""; }
  int vocab_size() const override { return special_.timestamp_begin + 1501; }
  const text::SpecialTokens& special() const override { return special_; }
  std::vector<TokenId> Encode(std::string_view text) const override;
  std::string DecodeBytes(std::span<const TokenId> ids) const override;
  std::string_view TokenBytes(TokenId id) const override;
  std::vector<TokenId> NonSpeechTokens() const override;

 private:
  text::SpecialTokens special_;
  std::vector<std::string> bytes_;
};

// Believes what the script says is believable.
class ScriptedJudge final : public TextJudge {
 public:
  Judgement Judge(const TextEvidence& evidence) const override {
    if (evidence.text == doubted) return {Verdict::kDoubt, "doubted"};
    if (evidence.speech.share < 0.05f) return {Verdict::kDrop, "no_voice"};
    if (static_cast<double>(evidence.text.size()) >
        most_characters_per_second * evidence.speech_seconds) {
      return {Verdict::kDoubt, "too_much_text"};
    }
    return {};
  }
  bool IsSilent(const SpeechShare& speech) const override { return speech.peak < 0.5f; }
  bool IsClear(const SpeechShare& speech) const override { return speech.peak >= 0.85f; }
  int MaxTokens(double speech_seconds) const override {
    return static_cast<int>(10 * speech_seconds);
  }

  std::string_view doubted = "nothing";
  double most_characters_per_second = 1e9;
};

class FakeSource final : public audio::PcmSource {
 public:
  explicit FakeSource(std::vector<float> samples) : samples_(std::move(samples)) {}

  Result<size_t> Read(std::span<float> out) override;
  int64_t ExpectedSamples() const override { return -1; }
  Status Rewind() override;
  std::string Description() const override { return "fake"; }

  // What follows the last sample; Ok is the end.
  Status end_status;
  bool can_rewind = true;
  int rewinds = 0;

 private:
  std::vector<float> samples_;
  size_t position_ = 0;
};

// What one decoding writes, and how sure the model is.
struct ScriptedCall {
  std::vector<TokenId> tokens;
  double average_log_probability = -0.3;
  double no_speech_probability = 0.1;
};

// What Encode was asked for.
struct ScriptedEncoding : Encoding {
  std::vector<float> features;
  std::optional<float> silence_level;
};

// What a search was asked for.
struct SeenCall {
  std::shared_ptr<const ScriptedEncoding> window;
  std::vector<TokenId> prompt;  // All tokens fed before the first choice.
  float temperature = 0;
  uint64_t seed = 0;
  int num_slots = 0;
  int num_candidates = 0;
};

class ScriptedRunner final : public WindowRunner {
 public:
  // `script` is called once for each decoding and told what it was asked.
  using Script = std::function<ScriptedCall(const SeenCall&)>;

  ScriptedRunner(const text::Tokenizer& tokenizer, Script script);
  ~ScriptedRunner() override;

  const WindowModel& model() const override;
  int batch_size() const override { return windows_together; }
  std::shared_ptr<const VoiceActivityModel> voice_activity() const override { return voice; }
  const TextJudge* judge() const override { return text_judge; }
  Result<std::shared_ptr<const Encoding>> Encode(EncodeRequest request,
                                                 std::stop_token stop) override;
  Status Run(const std::shared_ptr<const Encoding>& encoding, decoding::Search& search,
             std::stop_token stop) override;
  // Scores that put token i of the text at position token_frames(i), sharply.
  Result<Alignment> Align(const std::shared_ptr<const Encoding>& encoding,
                          std::span<const TokenId> tokens, TokenId vocabulary_end,
                          std::stop_token stop) override;

  // Empty: the model cannot tell times of words.
  std::function<int(int)> token_frames = [](int i) { return 10 * i; };
  // What language detection finds in a window.
  std::function<std::string(const ScriptedEncoding&)> spoken_language =
      [](const ScriptedEncoding&) { return "de"; };
  float spoken_log_probability = -0.25f;
  int windows_together = 1;
  std::shared_ptr<const VoiceActivityModel> voice;
  const TextJudge* text_judge = nullptr;
  std::function<void()> on_encode = [] {};

  // How many encodings are held by anybody.
  int CountEncodings();

  // Their windows hold memory like all encodings; without them each is free when it is let go.
  bool keeps_windows = true;
  std::vector<SeenCall> calls;
  int detections = 0;                       // Of the language.
  std::vector<std::vector<float>> encoded;  // Features of each Encode.
  std::vector<std::optional<float>> silence_levels;
  std::vector<std::vector<TokenId>> aligned;

 private:
  class Model;
  decoding::RowResult Answer(const decoding::TokenRow& row, const SeenCall& seen,
                             const ScriptedCall& call) const;

  const text::Tokenizer& tokenizer_;
  Script script_;
  std::unique_ptr<Model> model_;
  std::vector<std::weak_ptr<const ScriptedEncoding>> encodings_;
  std::mutex mutex_;  // Of what was seen.
};

}  // namespace ironscribe::models::whisper
