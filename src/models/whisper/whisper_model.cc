#include "models/whisper/whisper_model.h"

#include <fmt/format.h>

#include "base/check.h"
#include "dsp/log_mel.h"
#include "io/digest.h"
#include "models/whisper/attention_lag.h"
#include "models/whisper/checkpoint.h"
#include "models/whisper/forward.h"
#include "models/whisper/model_files.h"
#include "models/whisper/silence_cache.h"
#include "models/whisper/weights.h"
#include "models/whisper/window_policy.h"
#include "models/whisper/work.h"
#include "text/tokenizer.h"

namespace ironscribe::models::whisper {
namespace {

constexpr char kTokenizerBlob[] = "tokenizer";
constexpr uint32_t kByteArray = 18;  // Beside the type codes of weights.cc.

Profile::Step CountStep(std::span<const StepRow> rows) {
  Profile::Step step;
  const DecoderState* previous = nullptr;
  for (const StepRow& row : rows) {
    const int64_t positions = static_cast<const WhisperState&>(*row.state).encoding().positions();
    ++step.rows;
    step.scored_rows += row.row->query.wants_logits ? 1 : 0;
    step.history += row.row->position + 1;
    step.memory += positions;
    if (row.state != previous) step.memory_reads += positions;
    previous = row.state;
  }
  return step;
}

class WhisperModel final : public Model, public WindowModel {
 public:
  WhisperModel(Config config, Weights weights, std::shared_ptr<const text::Tokenizer> tokenizer,
               const LoadRequest& request, std::string rules_digest)
      : config_(std::move(config)),
        weights_(std::move(weights)),
        tokenizer_(std::move(tokenizer)),
        kernels_(request.cpu_level),
        log_mel_(config_.dims.num_mels),
        policy_(*tokenizer_, log_mel_,
                {.suppress_tokens = config_.suppress_ids,
                 .begin_suppress_tokens = config_.begin_suppress_ids}),
        name_(request.name),
        rules_digest_(std::move(rules_digest)),
        silences_(config_.dims) {}

  transcript::ModelInfo info() const override {
    return {.name = name_,
            .family = "whisper",
            .digest = config_.digest,
            .compute_type = config_.compute_type,
            .alignment_heads = config_.alignment_source,
            .rules_digest = rules_digest_};
  }
  const WindowModel& window_model() const override { return *this; }

  Status CheckOptions(const DecodingOptions& options) const override {
    return policy_.CheckOptions(options);
  }

  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const DecodingOptions& options, WindowRunner& runner,
                                            const RecognitionCallbacks& callbacks,
                                            std::stop_token stop) const override {
    ASSIGN_OR_RETURN(transcript::Transcript transcript,
                     policy_.Transcribe(source, options, runner, callbacks, stop));
    transcript.model = info();
    if (!options.word_times) transcript.model.alignment_heads.clear();
    return transcript;
  }

  std::unique_ptr<Scratch> NewScratch() const override {
    return std::make_unique<WhisperScratch>();
  }

  Result<std::shared_ptr<const Encoding>> Encode(const WindowInput& input, Scratch& scratch,
                                                 ThreadPool& pool) const override {
    const size_t size = input.features.size();
    const auto frames = size / static_cast<size_t>(config_.dims.num_mels);
    if (frames * static_cast<size_t>(config_.dims.num_mels) != size || frames % 2 != 0 ||
        frames == 0 || frames > static_cast<size_t>(max_frames())) {
      return InternalError(
          fmt::format("cannot encode {} features: the model takes an even number of "
                      "up to {} frames of {} bands",
                      size, max_frames(), config_.dims.num_mels));
    }
    auto& buffers = static_cast<WhisperScratch&>(scratch);
    EncoderInput encoder_input{.features = input.features};
    std::shared_ptr<const SilentWindow> silence;
    if (input.silence_level.has_value() && frames < static_cast<size_t>(max_frames())) {
      const auto multiple = static_cast<size_t>(silence_multiple_frames());
      if (multiple == 0 || frames % multiple != 0) {
        return InternalError(fmt::format("cannot append silence to {} frames: not a multiple of {}",
                                         frames, multiple));
      }
      silence = Silence(*input.silence_level, buffers, pool);
      encoder_input.silence = silence.get();
    }
    if (scratch.profile != nullptr) {
      const auto own = static_cast<int64_t>(frames);
      scratch.profile->CountWindow(own, silence ? int64_t{max_frames()} : own);
    }
    auto encoding = RunEncoder(kernels_, config_, weights_, encoder_input, buffers, pool);
    if (silence) encoding->silence = {silence, silence->encoding.get()};
    return std::shared_ptr<const Encoding>(std::move(encoding));
  }

  std::unique_ptr<DecoderState> NewState(std::shared_ptr<const Encoding> encoding,
                                         int num_slots) const override {
    return std::make_unique<WhisperState>(
        std::static_pointer_cast<const WhisperEncoding>(std::move(encoding)), config_.dims,
        num_slots);
  }

  void Step(std::span<const StepRow> rows, Scratch& scratch, ThreadPool& pool) const override {
    if (scratch.profile != nullptr && !rows.empty()) scratch.profile->CountStep(CountStep(rows));
    RunDecoder(kernels_, config_, weights_, rows, static_cast<WhisperScratch&>(scratch), pool);
  }

  StageWork WorkOf(const WorkCounts& counts, WorkScheme scheme) const override {
    return WhisperWork(config_.dims, weights_.arithmetic, counts, scheme);
  }

  int64_t encoding_bytes() const override {
    const Dimensions& dims = config_.dims;
    const kernels::LinearType type = weights_.arithmetic.cross_memory;
    const int64_t head_size = dims.text_state / dims.text_heads;
    const size_t head_bytes = kernels::PackedSizeBytes(type, dims.audio_context, head_size) +
                              kernels::PackedSizeBytes(type, head_size, dims.audio_context);
    return int64_t{dims.text_layers} * dims.text_heads * static_cast<int64_t>(head_bytes);
  }
  int64_t state_bytes(int num_slots) const override {
    return num_slots * WhisperState::SlotBytes(config_.dims);
  }
  int num_mels() const override { return config_.dims.num_mels; }
  int max_frames() const override { return 2 * config_.dims.audio_context; }
  int max_positions() const override { return config_.dims.text_context; }
  int vocab_size() const override { return config_.dims.vocab_size; }
  int num_alignment_heads() const override {
    return static_cast<int>(config_.alignment_heads.size());
  }
  int alignment_lag_frames() const override { return AttentionLag(config_); }
  int encoding_frames(int feature_frames) const override { return feature_frames / 2; }
  int silence_multiple_frames() const override {
    // Two frames a position; see nn::KeyValues on where a part of a memory may start.
    const auto one_panel = [](int state, int heads) {
      return state / heads <= kernels::kPanelColumns;
    };
    const Dimensions& dims = config_.dims;
    return one_panel(dims.audio_state, dims.audio_heads) &&
                   one_panel(dims.text_state, dims.text_heads)
               ? static_cast<int>(2 * kernels::kPanelColumns)
               : 0;
  }

 private:
  std::shared_ptr<const SilentWindow> Silence(float level, WhisperScratch& scratch,
                                              ThreadPool& pool) const {
    return silences_.Get(level, [&](std::span<const float> features) {
      auto window = std::make_shared<SilentWindow>();
      window->encoding =
          RunEncoder(kernels_, config_, weights_,
                     {.features = features, .memory = &window->encoder_memory}, scratch, pool);
      return window;
    });
  }

  const Config config_;
  const Weights weights_;
  const std::shared_ptr<const text::Tokenizer> tokenizer_;
  const nn::Kernels kernels_;
  const dsp::LogMel log_mel_;
  const WindowPolicy policy_;
  const std::string name_;
  const std::string rules_digest_;
  mutable SilenceCache silences_;
};

Status ChooseAlignmentHeads(const PackRequest& request, const ModelFiles& files, Config& config) {
  if (!request.alignment_heads.empty()) {
    ASSIGN_OR_RETURN(config.alignment_heads, ParseAlignmentHeads(request.alignment_heads));
    // The request's fault, not the model's.
    const Status status = CheckAlignmentHeads(config.alignment_heads, config.dims);
    if (!status.ok()) return OutOfRangeError(status.message());
    config.alignment_source = "option";
  } else if (!files.alignment_heads.empty()) {
    config.alignment_heads = files.alignment_heads;
    config.alignment_source = "model";
  } else {
    config.alignment_heads = UpperHalfHeads(config.dims);
    config.alignment_source = "upper_half";
  }
  return OkStatus();
}

Result<std::shared_ptr<const text::Tokenizer>> ReadTokenizer(const PackRequest& request,
                                                             int vocab_size) {
  Result<std::shared_ptr<const text::Tokenizer>> tokenizer =
      text::Tokenizer::LoadFolder(request.folder, vocab_size);
  // A ggml file carries its vocabulary; a tokenizer beside it is the better source of merges.
  if (!tokenizer.ok() && tokenizer.status().code() == StatusCode::kNotFound &&
      !request.source->vocabulary().empty()) {
    return text::Tokenizer::FromTokens(request.source->vocabulary(), vocab_size);
  }
  return tokenizer;
}

}  // namespace

bool DetectWhisper(const formats::WeightSource& source) { return Checkpoint::Detect(source); }

Result<std::string> PackWhisper(const PackRequest& request, formats::PackedWriter& writer) {
  ASSIGN_OR_RETURN(const ModelFiles files, ReadModelFiles(request.folder));
  ASSIGN_OR_RETURN(const Checkpoint checkpoint,
                   Checkpoint::Read(*request.source, files.audio_heads, files.text_heads));
  Config config;
  config.dims = checkpoint.dims();
  config.digest = request.digest;
  config.compute_type = ComputeTypeName(request.compute);
  config.suppress_ids = files.suppress_ids;
  config.begin_suppress_ids = files.begin_suppress_ids;
  RETURN_IF_ERROR(ChooseAlignmentHeads(request, files, config));
  const std::string json = ConfigToJson(config);
  RETURN_IF_ERROR(
      ConfigFromJson(json).status());  // Refuses heads outside the model before the work.
  ASSIGN_OR_RETURN(const auto tokenizer, ReadTokenizer(request, config.dims.vocab_size));
  RETURN_IF_ERROR(PackWeights(checkpoint, request.compute, request.stop, writer));
  const std::string bytes = tokenizer->Serialize();
  RETURN_IF_ERROR(
      writer.BeginBlob(kTokenizerBlob, kByteArray, {static_cast<int64_t>(bytes.size())}));
  RETURN_IF_ERROR(writer.Append(std::as_bytes(std::span(bytes))));
  RETURN_IF_ERROR(writer.EndBlob());
  return json;
}

Result<std::unique_ptr<Model>> LoadWhisper(const LoadRequest& request) {
  ASSIGN_OR_RETURN(Config config, ConfigFromJson(request.metadata));
  ASSIGN_OR_RETURN(const ComputeType compute, ParseComputeType(config.compute_type));
  ASSIGN_OR_RETURN(Weights weights, ViewWeights(request.file, config.dims, compute));
  const formats::PackedFile::Blob* blob = request.file->Find(kTokenizerBlob);
  if (blob == nullptr) return DataLossError("packed model has no tokenizer");
  const std::string_view bytes(reinterpret_cast<const char*>(blob->bytes.data()),
                               blob->bytes.size());
  ASSIGN_OR_RETURN(std::shared_ptr<const text::Tokenizer> tokenizer,
                   text::Tokenizer::Deserialize(bytes));
  if (tokenizer->vocab_size() != config.dims.vocab_size) {
    return DataLossError(fmt::format("packed model: {} tokens for {} rows of the embedding",
                                     tokenizer->vocab_size(), config.dims.vocab_size));
  }
  io::Digest rules;
  rules.Update(request.metadata);
  rules.Update(bytes);
  std::unique_ptr<Model> model =
      std::make_unique<WhisperModel>(std::move(config), std::move(weights), std::move(tokenizer),
                                     request, rules.Finish());
  return model;
}

}  // namespace ironscribe::models::whisper
