#include "models/kaldi/kaldi_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "formats/file_bytes.h"
#include "models/kaldi/packed_graphs.h"
#include "models/kaldi/recognition_stream.h"
#include "models/kaldi/vosk_folder.h"
#include "models/no_window_model.h"

namespace ironscribe::models::kaldi {
namespace {

namespace kf = formats::kaldi;
namespace wfst = decoding::wfst;
using nlohmann::json;

constexpr uint32_t kByteArray = 1;
constexpr std::string_view kFilePrefix = "file.";
// Graphs are packed for themselves; these are kept as they are.
constexpr std::string_view kGraphRoles[] = {"lexicon", "words", "graph", "symbols"};
constexpr float kInt16Scale = 32768;  // From samples in [-1, 1] to what Kaldi's features expect.
// Of 64 MB: while utterances go on in a composition that is full, a new one grows beside it.
constexpr size_t kMaxCompositionBytes = size_t{48} << 20;
// 0.2 s, as the recognition works.
constexpr size_t kReadSamples = 3200;

// All that a stream needs; immutable.
class KaldiModel final : public Model {
 public:
  KaldiModel(RecognitionParts parts, wfst::LookAheadParts look_ahead,
             std::vector<int32_t> disambiguation, std::vector<std::string_view> words,
             std::string digest, const LoadRequest& request)
      : file_(request.file),
        parts_(std::move(parts)),
        disambiguation_(std::move(disambiguation)),
        words_(std::move(words)),
        digest_(std::move(digest)),
        name_(request.name) {
    if (!parts_.static_graph.finals.empty()) return;
    look_ahead.disambiguation = disambiguation_;
    parts_.compositions =
        std::make_shared<wfst::CompositionCache>(look_ahead, kMaxCompositionBytes);
  }

  transcript::ModelInfo info() const override {
    return {.name = name_,
            .family = "kaldi",
            .digest = digest_,
            .compute_type = "float32",
            .alignment_heads = ""};
  }
  const WindowModel& window_model() const override { return no_windows_; }
  std::optional<double> live_latency_seconds() const override { return LatencySeconds(parts_); }

  Status CheckOptions(const DecodingOptions& options) const override {
    if (options.task == Task::kTranslate) {
      return InvalidArgumentError("this model does not translate");
    }
    if (options.language_per_segment) {
      return InvalidArgumentError("this model knows one language and does not detect any");
    }
    if (!options.clips.empty()) {
      return UnimplementedError("this model transcribes whole recordings, not clips of them");
    }
    return OkStatus();
  }

  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const DecodingOptions& options, WindowRunner& runner,
                                            const RecognitionCallbacks& callbacks,
                                            std::stop_token stop) const override;

 private:
  transcript::Segment SegmentOf(const Utterance& utterance, bool word_times) const;
  std::string TextOf(int32_t word) const {
    const auto label = static_cast<size_t>(word);
    return fmt::format(" {}", label < words_.size() ? words_[label] : "<?>");
  }

  std::shared_ptr<const formats::PackedFile> file_;  // That the parts lie in.
  RecognitionParts parts_;
  std::vector<int32_t> disambiguation_;
  std::vector<std::string_view> words_;  // In file_.
  std::string digest_;
  std::string name_;
  NoWindowModel no_windows_;
};

transcript::Segment KaldiModel::SegmentOf(const Utterance& utterance, bool word_times) const {
  transcript::Segment segment;
  segment.start_seconds = utterance.words.front().begin_seconds;
  segment.end_seconds = utterance.words.back().end_seconds;
  segment.seek_frames = std::lround(utterance.begin_seconds * 100);
  double log_sum = 0;
  for (const Utterance::Word& word : utterance.words) {
    const std::string text = TextOf(word.word);
    segment.text += text;
    log_sum += std::log(std::max(word.confidence, 1e-10f));
    if (!word_times) continue;
    segment.words.push_back({.text = text,
                             .start_seconds = word.begin_seconds,
                             .end_seconds = word.end_seconds,
                             .probability = word.confidence,
                             .confidence = word.confidence});
  }
  segment.average_log_probability =
      static_cast<float>(log_sum / static_cast<double>(utterance.words.size()));
  return segment;
}

Result<transcript::Transcript> KaldiModel::Transcribe(audio::PcmSource& source,
                                                      const DecodingOptions& options,
                                                      WindowRunner& /*runner*/,
                                                      const RecognitionCallbacks& callbacks,
                                                      std::stop_token stop) const {
  transcript::Transcript transcript;
  transcript.language = options.language.empty() ? "und" : options.language;
  RecognitionStream stream(parts_);
  std::vector<float> samples(kReadSamples);
  std::vector<Utterance> utterances;
  int64_t num_samples = 0;
  Status status;
  const auto publish = [&] {
    for (const Utterance& utterance : utterances) {
      if (utterance.words.empty()) continue;
      transcript::Segment segment = SegmentOf(utterance, options.word_times);
      segment.id = static_cast<int>(transcript.segments.size());
      transcript.text += segment.text;
      if (callbacks.segment) callbacks.segment(segment);
      transcript.segments.push_back(std::move(segment));
    }
    utterances.clear();
    transcript.duration_seconds = static_cast<double>(num_samples) / audio::kSampleRateHz;
    if (callbacks.progress) callbacks.progress(transcript.duration_seconds);
  };
  std::string partial;
  const auto tell_partial = [&] {
    std::string text;
    for (const int32_t word : stream.PartialWords()) text += TextOf(word);
    if (text == partial) return;
    partial = std::move(text);
    callbacks.partial(partial);
  };
  while (true) {
    if (stop.stop_requested()) return CancelledError("recognition was cancelled");
    const Result<size_t> count = source.Read(samples);
    if (!count.ok()) return count.status();
    if (*count == 0) break;
    num_samples += static_cast<int64_t>(*count);
    for (size_t i = 0; i < *count; ++i) samples[i] *= kInt16Scale;
    stream.Accept(std::span(samples).first(*count), &utterances);
    publish();
    if (callbacks.partial) tell_partial();
  }
  stream.Finish(&utterances);
  publish();
  transcript.model = info();
  return transcript;
}

Result<wfst::SearchOptions> ReadSearchOptions(const kf::Options& options) {
  wfst::SearchOptions search;
  const auto number = [&](const char* name, float* value) -> Status {
    ASSIGN_OR_RETURN(const double read, options.Number(name, *value));
    if (!(read > 0 && read <= 1000)) {
      return InvalidArgumentError(fmt::format("model.conf: --{} is out of range", name));
    }
    *value = static_cast<float>(read);
    return OkStatus();
  };
  RETURN_IF_ERROR(number("beam", &search.beam));
  RETURN_IF_ERROR(number("lattice-beam", &search.lattice_beam));
  RETURN_IF_ERROR(number("beam-delta", &search.beam_delta));
  ASSIGN_OR_RETURN(search.max_active, options.Int("max-active", search.max_active));
  ASSIGN_OR_RETURN(search.min_active, options.Int("min-active", search.min_active));
  ASSIGN_OR_RETURN(search.prune_interval_frames,
                   options.Int("prune-interval", search.prune_interval_frames));
  if (search.max_active < 2 || search.min_active < 0 || search.min_active > search.max_active ||
      search.prune_interval_frames < 1) {
    return InvalidArgumentError("model.conf: max-active, min-active or prune-interval");
  }
  return search;
}

Result<wfst::PieceOptions> ReadPieceOptions(const kf::Options& options) {
  wfst::PieceOptions pieces;
  ASSIGN_OR_RETURN(pieces.max_delay_frames,
                   options.Int("determinize-max-delay", pieces.max_delay_frames));
  ASSIGN_OR_RETURN(pieces.min_piece_frames,
                   options.Int("determinize-min-chunk-size", pieces.min_piece_frames));
  if (pieces.min_piece_frames < 1 || pieces.max_delay_frames <= pieces.min_piece_frames) {
    return InvalidArgumentError("model.conf: determinize-max-delay or determinize-min-chunk-size");
  }
  return pieces;
}

void AddTransitions(const VoskFolder& folder, RecognitionParts* parts) {
  for (const kf::Transition& transition : folder.acoustic.transitions.transitions) {
    parts->pdfs.push_back(transition.pdf);
    parts->phone_begins.push_back(transition.first && !transition.self_loop ? transition.phone : 0);
    parts->is_silence.push_back(std::count(parts->endpoint.silence_phones.begin(),
                                           parts->endpoint.silence_phones.end(),
                                           transition.phone) > 0);
    if (folder.phone_places.empty()) continue;
    const auto phone = static_cast<size_t>(transition.phone);
    // The two lists of places are the same one; decoding does not know formats.
    const auto place =
        phone < folder.phone_places.size() ? folder.phone_places[phone] : kf::PhonePlace::kNone;
    parts->places.push_back({.phone = transition.phone,
                             .place = static_cast<wfst::PhonePlace>(place),
                             .self_loop = transition.self_loop,
                             .final = transition.final});
  }
}

// All but the graphs.
Result<RecognitionParts> BuildParts(const VoskFolder& folder, CpuLevel level) {
  RecognitionParts parts;
  if (folder.features.sample_rate_hz != audio::kSampleRateHz) {
    return UnimplementedError(fmt::format("a model for {} Hz; only 16000 Hz is supported",
                                          folder.features.sample_rate_hz));
  }
  ASSIGN_OR_RETURN(parts.acoustic.features, dsp::KaldiFeatures::Create(folder.features));
  PlanOptions plan{.priors = folder.acoustic.priors, .cpu_level = level};
  ASSIGN_OR_RETURN(plan.frame_subsampling, folder.options.Int("frame-subsampling-factor", 1));
  ASSIGN_OR_RETURN(plan.frames_per_chunk, folder.options.Int("frames-per-chunk", 24));
  ASSIGN_OR_RETURN(const double scale, folder.options.Number("acoustic-scale", 0.1));
  plan.acoustic_scale = static_cast<float>(scale);
  ASSIGN_OR_RETURN(parts.acoustic.network, NetworkPlan::Compile(*folder.acoustic.network, plan));
  parts.acoustic.ivectors = folder.ivectors;
  parts.acoustic.frame_subsampling = plan.frame_subsampling;
  parts.acoustic.output_seconds = folder.features.frame_shift_ms / 1000 * plan.frame_subsampling;
  const NetworkPlan& network = *parts.acoustic.network;
  if (network.input_dim() != parts.acoustic.features->dim()) {
    return InvalidArgumentError(
        fmt::format("the network takes {} features a frame, mfcc.conf makes {}",
                    network.input_dim(), parts.acoustic.features->dim()));
  }
  const int ivector_dim = folder.ivectors == nullptr ? 0 : folder.ivectors->dim();
  if (network.ivector_dim() != 0 && network.ivector_dim() != ivector_dim) {
    return InvalidArgumentError(
        fmt::format("the network takes i-vectors of {}, the extractor makes {}",
                    network.ivector_dim(), ivector_dim));
  }
  if (network.ivector_dim() == 0) parts.acoustic.ivectors = nullptr;
  if (parts.acoustic.ivectors != nullptr &&
      parts.acoustic.ivectors->base_dim() != parts.acoustic.features->dim()) {
    return InvalidArgumentError("the i-vector extractor takes other features than mfcc.conf makes");
  }
  if (network.output_dim() < folder.acoustic.transitions.num_pdfs) {
    return InvalidArgumentError(fmt::format("the network scores {} pdfs, the transitions have {}",
                                            network.output_dim(),
                                            folder.acoustic.transitions.num_pdfs));
  }
  ASSIGN_OR_RETURN(parts.search, ReadSearchOptions(folder.options));
  ASSIGN_OR_RETURN(parts.pieces, ReadPieceOptions(folder.options));
  ASSIGN_OR_RETURN(parts.endpoint, ReadEndpointOptions(folder.options));
  AddTransitions(folder, &parts);
  return parts;
}

}  // namespace

bool DetectKaldi(const formats::WeightSource& source) { return source.format() == "kaldi"; }

Result<std::string> PackKaldi(const PackRequest& request, formats::PackedWriter& writer) {
  ASSIGN_OR_RETURN(const VoskPaths paths, FindVoskFiles(request.folder / "final.mdl"));
  VoskBytes bytes;
  std::vector<formats::FileBytes> files;
  for (const auto& [role, path] : paths) {
    if (std::find(std::begin(kGraphRoles), std::end(kGraphRoles), role) != std::end(kGraphRoles)) {
      continue;
    }
    ASSIGN_OR_RETURN(formats::FileBytes file, formats::FileBytes::Map(path));
    bytes[role] = file.bytes();
    files.push_back(std::move(file));
  }
  // What does not fit is told now, not at each load.
  ASSIGN_OR_RETURN(const VoskFolder folder, ReadVoskFolder(bytes));
  RETURN_IF_ERROR(BuildParts(folder, CpuLevel::kPortable).status());
  for (const auto& [role, content] : bytes) {
    RETURN_IF_ERROR(writer.BeginBlob(std::string(kFilePrefix) + role, kByteArray,
                                     {static_cast<int64_t>(content.size())}));
    RETURN_IF_ERROR(writer.Append(content));
    RETURN_IF_ERROR(writer.EndBlob());
  }
  if (request.stop.stop_requested()) return CancelledError("packing was cancelled");
  RETURN_IF_ERROR(PackGraphs(paths, writer));
  return json{{"digest", request.digest}}.dump();
}

Result<std::unique_ptr<Model>> LoadKaldi(const LoadRequest& request) {
  const json metadata = json::parse(request.metadata, nullptr, /*allow_exceptions=*/false);
  if (!metadata.is_object() || !metadata.contains("digest") || !metadata["digest"].is_string()) {
    return DataLossError("the packed model's description is damaged");
  }
  VoskBytes bytes;
  for (const formats::PackedFile::Blob& blob : request.file->blobs()) {
    if (!blob.name.starts_with(kFilePrefix)) continue;
    bytes[blob.name.substr(kFilePrefix.size())] = blob.bytes;
  }
  ASSIGN_OR_RETURN(VoskFolder folder, ReadVoskFolder(bytes));
  ASSIGN_OR_RETURN(RecognitionParts parts, BuildParts(folder, request.cpu_level));
  ASSIGN_OR_RETURN(const MappedGraphs graphs,
                   MapGraphs(*request.file, static_cast<int32_t>(parts.pdfs.size()) - 1));
  parts.static_graph = graphs.static_graph;
  ASSIGN_OR_RETURN(std::vector<std::string_view> words, MapWords(*request.file));
  return std::unique_ptr<Model>(std::make_unique<KaldiModel>(
      std::move(parts), graphs.look_ahead, std::move(folder.disambiguation), std::move(words),
      metadata["digest"].get<std::string>(), request));
}

}  // namespace ironscribe::models::kaldi
