// Values stand one behind the other as they are in memory: a store serves one machine. Lists and
// texts follow their length.
#include "models/whisper/window_policy_results.h"

#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include "io/digest.h"
#include "models/whisper/window_policy_options.h"
#include "models/whisper/window_policy_seek.h"

namespace ironscribe::models::whisper {
namespace {

class ByteWriter {
 public:
  template <typename T>
  void Add(T value) {
    static_assert(std::is_arithmetic_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  template <typename T>
  void AddList(std::span<const T> values) {
    Add(static_cast<uint32_t>(values.size()));
    for (const T& value : values) Add(value);
  }
  void AddText(std::string_view text) {
    Add(static_cast<uint32_t>(text.size()));
    bytes_ += text;
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// After the first value that is not there, all are zero and ok() is false.
class ByteTaker {
 public:
  explicit ByteTaker(std::string_view bytes) : left_(bytes) {}

  template <typename T>
  T Take() {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    T value{};
    if (left_.size() < sizeof(T)) {
      Fail();
    } else {
      std::memcpy(&value, left_.data(), sizeof(T));
      left_.remove_prefix(sizeof(T));
    }
    return value;
  }
  template <typename T>
  std::vector<T> TakeList() {
    const auto count = Take<uint32_t>();
    if (count > left_.size() / sizeof(T)) Fail();
    std::vector<T> values(ok_ ? count : 0);
    for (T& value : values) value = Take<T>();
    return values;
  }
  std::string TakeText() {
    const auto size = Take<uint32_t>();
    if (size > left_.size()) Fail();
    std::string text(left_.substr(0, ok_ ? size : 0));
    left_.remove_prefix(text.size());
    return text;
  }
  void Fail() {
    ok_ = false;
    left_ = {};
  }
  bool ok() const { return ok_; }
  // Everything was taken, and it was all there.
  bool is_whole() const { return ok_ && left_.empty(); }

 private:
  std::string_view left_;
  bool ok_ = true;
};

std::string KeyOf(const WindowRunner& runner, const Encoding& encoding, std::string_view question) {
  io::Digest digest;
  digest.Update(runner.FeaturesKey(encoding));
  digest.Update(question);
  return digest.Finish();
}

// Rounding may take a probability a little above 1.
constexpr float kMostProbable = 1.001f;

// And a sum of times a little above the window's.
constexpr double kTimeRoundingSeconds = 1e-6;

bool IsProbability(float value) { return value >= 0 && value <= kMostProbable; }

// The mean of logarithms of probabilities that a model in single precision told apart from zero, or
// added up from a few that it did not.
constexpr double kLeastLogProbability = -1e4;
constexpr double kMostLogProbability = 1e-3;

// What zlib makes of a text is never shorter (RFC 1951: 258 bytes of two bits).
constexpr float kMaxCompressionRatio = 1032;

// A prompt for several samples is a step of its own.
constexpr int kMostPromptSteps = 1;

bool IsLogProbability(double value) {
  return value >= kLeastLogProbability && value <= kMostLogProbability;
}

bool IsConfidence(float value) {
  return value == transcript::kNoConfidence || IsProbability(value);
}

// Structured bindings here and below: a member that is added does not compile before it is kept.
void WriteWordList(std::span<const AlignedWord> words, ByteWriter& writer) {
  writer.Add(static_cast<uint32_t>(words.size()));
  for (const auto& [text, num_tokens, start_seconds, end_seconds, probability, confidence] :
       words) {
    writer.AddText(text);
    writer.Add(num_tokens);
    writer.Add(start_seconds);
    writer.Add(end_seconds);
    writer.Add(probability);
    writer.Add(confidence);
  }
}

bool ReadWordList(ByteTaker& taker, const AlignmentInput& input, std::vector<AlignedWord>& words) {
  const auto count = taker.Take<uint32_t>();
  const double window_seconds = FrameSeconds(input.segment_frames);
  size_t tokens_left = input.text_tokens.size();
  for (uint32_t i = 0; i < count && taker.ok(); ++i) {
    AlignedWord& word = words.emplace_back();
    word.text = taker.TakeText();
    word.num_tokens = taker.Take<int>();
    word.start_seconds = taker.Take<double>();
    word.end_seconds = taker.Take<double>();
    word.probability = taker.Take<float>();
    word.confidence = taker.Take<float>();
    const bool possible = word.num_tokens >= 0 &&
                          static_cast<size_t>(word.num_tokens) <= tokens_left &&
                          word.start_seconds >= 0 && word.start_seconds <= word.end_seconds &&
                          word.end_seconds <= window_seconds + kTimeRoundingSeconds &&
                          IsProbability(word.probability) && IsConfidence(word.confidence);
    if (!possible) return false;
    tokens_left -= static_cast<size_t>(word.num_tokens);
  }
  return taker.ok();
}

}  // namespace

std::string AttemptKey(const WindowRunner& runner, const Encoding& encoding,
                       const AttemptQuestion& question) {
  ByteWriter writer;
  writer.AddText("attempt");
  writer.AddList(question.prompt);
  writer.Add(question.start_index);
  writer.Add(question.max_new_tokens);
  writer.Add(question.temperature);
  writer.Add(question.seed);
  return KeyOf(runner, encoding, writer.Take());
}

std::string LanguagesKey(const WindowRunner& runner, const Encoding& encoding) {
  ByteWriter writer;
  writer.AddText("languages");
  return KeyOf(runner, encoding, writer.Take());
}

std::string WordsKey(const WindowRunner& runner, const Encoding& encoding,
                     const AlignmentInput& input) {
  ByteWriter writer;
  writer.AddText("words");
  writer.AddList(input.start_sequence);
  writer.AddList(input.text_tokens);
  writer.AddText(input.language);
  writer.Add(input.segment_frames);
  writer.Add(input.frames_per_position);
  writer.AddList(input.loudness);
  writer.AddList(input.segment_tokens);
  return KeyOf(runner, encoding, writer.Take());
}

std::string WriteAttempt(const DecodedWindow& decoded) {
  // The last temperature is a matter of several attempts.
  const auto& [tokens, average_log_probability, no_speech_probability, temperature,
               last_temperature, compression_ratio, ended, num_steps] = decoded;
  ByteWriter writer;
  writer.AddList(std::span<const TokenId>(tokens));
  writer.Add(average_log_probability);
  writer.Add(no_speech_probability);
  writer.Add(temperature);
  writer.Add(compression_ratio);
  writer.Add(static_cast<uint8_t>(ended));
  writer.Add(num_steps);
  return writer.Take();
}

std::optional<DecodedWindow> ReadAttempt(std::string_view bytes, int vocab_size, int max_tokens) {
  ByteTaker taker(bytes);
  DecodedWindow decoded;
  decoded.tokens = taker.TakeList<TokenId>();
  decoded.average_log_probability = taker.Take<double>();
  decoded.no_speech_probability = taker.Take<float>();
  decoded.temperature = taker.Take<float>();
  decoded.compression_ratio = taker.Take<float>();
  const auto ended = taker.Take<uint8_t>();
  decoded.ended = ended == 1;
  decoded.num_steps = taker.Take<int>();
  bool possible = taker.is_whole() && ended <= 1 && decoded.num_steps >= 0 &&
                  decoded.num_steps <= max_tokens + kMostPromptSteps &&
                  decoded.tokens.size() <= static_cast<size_t>(max_tokens) &&
                  IsLogProbability(decoded.average_log_probability) &&
                  IsProbability(decoded.no_speech_probability) && decoded.temperature >= 0 &&
                  decoded.temperature <= kMaxTemperature && decoded.compression_ratio >= 0 &&
                  decoded.compression_ratio <= kMaxCompressionRatio;
  for (const TokenId token : decoded.tokens) possible &= token >= 0 && token < vocab_size;
  if (!possible) return std::nullopt;
  return decoded;
}

std::string WriteLanguages(std::span<const float> log_probabilities) {
  ByteWriter writer;
  writer.AddList(log_probabilities);
  return writer.Take();
}

std::optional<std::vector<float>> ReadLanguages(std::string_view bytes, size_t count) {
  ByteTaker taker(bytes);
  std::vector<float> log_probabilities = taker.TakeList<float>();
  bool possible = taker.is_whole() && log_probabilities.size() == count;
  for (const float value : log_probabilities) possible &= IsProbability(std::exp(value));
  if (!possible) return std::nullopt;
  return log_probabilities;
}

std::string WriteWords(const AlignedWords& words) {
  const auto& [reference, heard] = words;
  ByteWriter writer;
  WriteWordList(reference, writer);
  WriteWordList(heard, writer);
  return writer.Take();
}

std::optional<AlignedWords> ReadWords(std::string_view bytes, const AlignmentInput& input) {
  ByteTaker taker(bytes);
  AlignedWords words;
  const bool possible =
      ReadWordList(taker, input, words.reference) && ReadWordList(taker, input, words.heard);
  if (!possible || !taker.is_whole()) return std::nullopt;
  return words;
}

}  // namespace ironscribe::models::whisper
