#include "models/whisper/window_policy_fakes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "text/languages.h"

namespace ironscribe::models::whisper {
namespace {

constexpr int kEncodingFrames = 1500;
constexpr int kHeads = 2;

// The byte that GPT-2's vocabulary gives the id: printable ones first, then the rest in order.
std::vector<std::string> SingleBytes() {
  std::vector<std::string> printable;
  std::vector<std::string> rest;
  for (int byte = 0; byte < 256; ++byte) {
    const bool first = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174);
    (first ? printable : rest).emplace_back(1, static_cast<char>(byte));
  }
  printable.insert(printable.end(), rest.begin(), rest.end());
  return printable;
}

}  // namespace

ByteTokenizer::ByteTokenizer(bool multilingual) : bytes_(SingleBytes()) {
  TokenId next = multilingual ? 50257 : 50256;
  special_.end_of_text = next++;
  special_.start_of_transcript = next++;
  for (size_t i = 0; i < 99; ++i, ++next) {
    if (multilingual) {
      special_.languages.push_back({std::string(text::AllLanguages()[i].code), next});
    }
  }
  special_.translate = next++;
  special_.transcribe = next++;
  special_.start_of_lm = next++;
  special_.start_of_previous = next++;
  special_.no_speech = next++;
  special_.no_timestamps = next++;
  special_.timestamp_begin = next;
}

std::vector<TokenId> ByteTokenizer::Encode(std::string_view text) const {
  std::vector<TokenId> ids;
  for (char byte : text) {
    const auto found = std::find(bytes_.begin(), bytes_.end(), std::string(1, byte));
    ids.push_back(static_cast<TokenId>(found - bytes_.begin()));
  }
  return ids;
}

std::string ByteTokenizer::DecodeBytes(std::span<const TokenId> ids) const {
  std::string text;
  for (TokenId id : ids) text += TokenBytes(id);
  return text;
}

std::string_view ByteTokenizer::TokenBytes(TokenId id) const {
  return id >= 0 && id < 256 ? std::string_view(bytes_[static_cast<size_t>(id)])
                             : std::string_view();
}

std::vector<TokenId> ByteTokenizer::NonSpeechTokens() const { return {1, 2, 7}; }

Result<size_t> FakeSource::Read(std::span<float> out) {
  const size_t count = std::min(out.size(), samples_.size() - position_);
  std::copy_n(samples_.begin() + static_cast<ptrdiff_t>(position_), count, out.begin());
  position_ += count;
  if (count == 0 && !end_status.ok()) return end_status;
  return count;
}

Status FakeSource::Rewind() {
  if (!can_rewind) return FailedPreconditionError("cannot be rewound");
  position_ = 0;
  ++rewinds;
  return OkStatus();
}

class ScriptedRunner::Model final : public WindowModel {
 public:
  explicit Model(const ScriptedRunner& runner) : runner_(runner) {}

  std::unique_ptr<Scratch> NewScratch() const override { return nullptr; }
  Result<std::shared_ptr<const Encoding>> Encode(const WindowInput&, Scratch&,
                                                 ThreadPool&) const override {
    return UnimplementedError("the runner answers in the model's place");
  }
  std::unique_ptr<DecoderState> NewState(std::shared_ptr<const Encoding>, int) const override {
    return nullptr;
  }
  void Step(std::span<const StepRow>, Scratch&, ThreadPool&) const override {}
  int64_t encoding_bytes() const override { return 0; }
  int64_t state_bytes(int) const override { return 0; }
  int num_mels() const override { return 80; }
  int max_frames() const override { return 3000; }
  int max_positions() const override { return 448; }
  int vocab_size() const override { return runner_.tokenizer_.vocab_size(); }
  int num_alignment_heads() const override { return runner_.token_frames ? kHeads : 0; }
  int encoding_frames(int feature_frames) const override { return feature_frames / 2; }
  int silence_multiple_frames() const override { return 128; }

 private:
  const ScriptedRunner& runner_;
};

ScriptedRunner::ScriptedRunner(const text::Tokenizer& tokenizer, Script script)
    : tokenizer_(tokenizer), script_(std::move(script)), model_(std::make_unique<Model>(*this)) {}

ScriptedRunner::~ScriptedRunner() = default;

const WindowModel& ScriptedRunner::model() const { return *model_; }

Result<std::shared_ptr<const Encoding>> ScriptedRunner::Encode(EncodeRequest request,
                                                               std::stop_token stop) {
  on_encode();
  if (stop.stop_requested()) return CancelledError("stopped");
  auto encoding = std::make_shared<ScriptedEncoding>();
  encoding->features = request.features;
  encoding->silence_level = request.silence_level;
  std::lock_guard lock(mutex_);
  encoded.push_back(std::move(request.features));
  silence_levels.push_back(request.silence_level);
  encodings_.push_back(encoding);
  return std::shared_ptr<const Encoding>(std::move(encoding));
}

int ScriptedRunner::CountEncodings() {
  std::lock_guard lock(mutex_);
  return static_cast<int>(std::count_if(encodings_.begin(), encodings_.end(),
                                        [](const auto& held) { return !held.expired(); }));
}

decoding::RowResult ScriptedRunner::Answer(const decoding::TokenRow& row, const SeenCall& seen,
                                           const ScriptedCall& call) const {
  const auto prompt_size = static_cast<int>(seen.prompt.size());
  decoding::RowResult result;
  result.probe_probability = static_cast<float>(call.no_speech_probability);
  if (row.query.only_forced) {
    const auto spoken = tokenizer_.LanguageId(spoken_language(*seen.window));
    for (TokenId id : row.query.forced)
      result.forced.push_back(id == spoken ? spoken_log_probability : -5.0f);
    return result;
  }
  const auto step = static_cast<size_t>(std::max(row.position + 1 - prompt_size, 0));
  const TokenId next =
      step < call.tokens.size() ? call.tokens[step] : tokenizer_.special().end_of_text;
  result.candidates = {{next, static_cast<float>(call.average_log_probability)}};
  return result;
}

Status ScriptedRunner::Run(const std::shared_ptr<const Encoding>& encoding,
                           decoding::Search& search, std::stop_token stop) {
  SeenCall seen;
  seen.window = std::static_pointer_cast<const ScriptedEncoding>(encoding);
  seen.num_slots = search.num_slots();
  ScriptedCall call;
  bool started = false;
  while (!search.done()) {
    if (stop.stop_requested()) return CancelledError("stopped");
    const decoding::RowQuery& query = search.rows().back().query;
    // The rules apply from the first row that chooses a token.
    if (!started) {
      for (const auto& row : search.rows()) {
        if (row.slot == 0) seen.prompt.push_back(row.token);
      }
      if (query.suppressed != nullptr) {
        started = true;
        seen.temperature = query.temperature;
        seen.seed = query.seed;
        seen.num_candidates = query.num_candidates;
        call = script_(seen);
        std::lock_guard lock(mutex_);
        calls.push_back(seen);
        if (!keeps_windows) calls.back().window = nullptr;
      }
    }
    if (query.only_forced) {
      std::lock_guard lock(mutex_);
      ++detections;
    }
    std::vector<decoding::RowResult> results;
    for (const auto& row : search.rows()) {
      results.push_back(Answer(row, seen, call));
    }
    search.Advance(results);
  }
  return OkStatus();
}

Result<WindowRunner::Alignment> ScriptedRunner::Align(const std::shared_ptr<const Encoding>&,
                                                      std::span<const TokenId> tokens, TokenId,
                                                      std::stop_token stop) {
  if (stop.stop_requested()) return CancelledError("stopped");
  {
    std::lock_guard lock(mutex_);
    aligned.emplace_back(tokens.begin(), tokens.end());
  }
  const TokenId no_timestamps = tokenizer_.special().no_timestamps;
  const auto first =
      static_cast<int>(std::find(tokens.begin(), tokens.end(), no_timestamps) - tokens.begin());
  Alignment alignment;
  for (int i = 0; i < static_cast<int>(tokens.size()); ++i) {
    const int begin = token_frames(std::max(i - first, 0));
    const int end = token_frames(std::max(i - first, 0) + 1);
    for (int head = 0; head < kHeads; ++head) {
      for (int frame = 0; frame < kEncodingFrames; ++frame) {
        alignment.scores.push_back(frame >= begin && frame < end ? 20.0f : 0.0f);
      }
    }
    alignment.log_probabilities.push_back(i == 0 ? 0.0f : std::log(0.5f));
  }
  return alignment;
}

}  // namespace ironscribe::models::whisper
