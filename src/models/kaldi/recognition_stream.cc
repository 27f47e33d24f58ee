#include "models/kaldi/recognition_stream.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::models::kaldi {
namespace {

namespace wfst = decoding::wfst;

constexpr double kBlockSeconds = 0.2;  // Vosk's.
// Vosk begins a new stream after as many output frames (10 minutes) to bound memory.
constexpr int64_t kMaxStreamOutputs = 20000;
// Vosk scales the graph's part of lattices by this before it chooses words.
constexpr float kGraphScale = 0.9f;
constexpr float kSilenceWeight = 1e-3f;  // Vosk's.
// Lattices of utterances of 20 s have thousands of states; the limit is for broken models.
constexpr size_t kMaxAlignedStates = 1 << 20;

std::unique_ptr<wfst::Graph> MakeGraph(const RecognitionParts& parts) {
  if (!parts.static_graph.finals.empty()) {
    return std::make_unique<wfst::StaticGraph>(parts.static_graph);
  }
  return std::make_unique<wfst::LookAheadGraph>(*parts.compositions);
}

}  // namespace

double LatencySeconds(const RecognitionParts& parts) {
  const dsp::KaldiFeatures& features = *parts.acoustic.features;
  const NetworkPlan& network = *parts.acoustic.network;
  const auto frames = static_cast<double>(network.chunk_frames() + network.right_context() - 1);
  const double samples = frames * static_cast<double>(features.frame_shift()) +
                         static_cast<double>(features.frame_length());
  return samples / features.sample_rate_hz() + kBlockSeconds;
}

RecognitionStream::RecognitionStream(const RecognitionParts& parts)
    : parts_(parts),
      graph_(MakeGraph(parts)),
      search_(*graph_, parts.search),
      lattice_({.beam = parts.search.lattice_beam, .phone_begins = parts.phone_begins},
               parts.pieces) {
  BeginStream();
}

RecognitionStream::~RecognitionStream() = default;

void RecognitionStream::BeginStream() {
  stream_begin_seconds_ +=
      static_cast<double>(stream_samples_) / parts_.acoustic.features->sample_rate_hz();
  stream_samples_ = 0;
  first_output_ = 0;
  acoustic_ = std::make_unique<AcousticStream>(parts_.acoustic);
}

void RecognitionStream::BeginUtterance() {
  if (first_output_ > kMaxStreamOutputs) BeginStream();
  weights_ = std::make_unique<SpeechWeights>(parts_.is_silence, parts_.acoustic.frame_subsampling,
                                             kSilenceWeight);
  search_.Start();
  lattice_.Start();
  in_utterance_ = true;
}

void RecognitionStream::Accept(std::span<const float> samples, std::vector<Utterance>* utterances) {
  const auto block =
      static_cast<size_t>(kBlockSeconds * parts_.acoustic.features->sample_rate_hz());
  pending_.insert(pending_.end(), samples.begin(), samples.end());
  size_t begin = 0;
  for (; begin + block <= pending_.size(); begin += block) {
    ProcessBlock(std::span(pending_).subspan(begin, block));
    if (!EndReached()) continue;
    if (auto utterance = EndUtterance()) utterances->push_back(std::move(*utterance));
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<int64_t>(begin));
}

void RecognitionStream::Finish(std::vector<Utterance>* utterances) {
  if (!pending_.empty()) ProcessBlock(pending_);
  pending_.clear();
  if (!in_utterance_) return;
  acoustic_->Finish();
  WeighSpeech();
  AdvanceSearch();
  if (auto utterance = EndUtterance()) utterances->push_back(std::move(*utterance));
}

void RecognitionStream::ProcessBlock(std::span<const float> samples) {
  if (!in_utterance_) BeginUtterance();
  acoustic_->Accept(samples);
  stream_samples_ += static_cast<int64_t>(samples.size());
  WeighSpeech();
  AdvanceSearch();
}

void RecognitionStream::WeighSpeech() {
  const int64_t ready = acoustic_->frames_ready();
  const int64_t first_frame = first_output_ * parts_.acoustic.frame_subsampling;
  if (ready == 0 || ready <= first_frame) return;
  search_.TraceBack([this](const wfst::LatticeSearch::Step& step) {
    if (step.transition == 0) return true;
    return weights_->ObserveFrame(step.frame, step.token, step.transition);
  });
  acoustic_->ChangeWeights(weights_->Changes(ready, first_frame));
}

void RecognitionStream::AdvanceSearch() {
  const int64_t ready = acoustic_->outputs_ready() - first_output_;
  while (search_.num_frames() < ready) {
    search_.Advance(acoustic_->Scores(first_output_ + search_.num_frames()), parts_.pdfs);
  }
  lattice_.Update(search_);
}

bool RecognitionStream::EndReached() {
  if (search_.num_frames() == 0) return false;
  int64_t silent_outputs = 0;
  search_.TraceBack([&](const wfst::LatticeSearch::Step& step) {
    if (step.transition == 0) return true;
    if (!parts_.is_silence[static_cast<size_t>(step.transition)]) return false;
    ++silent_outputs;
    return true;
  });
  const double output_seconds = parts_.acoustic.output_seconds;
  return EndpointReached(
      parts_.endpoint,
      {.seconds = static_cast<double>(search_.num_frames()) * output_seconds,
       .trailing_silence_seconds = static_cast<double>(silent_outputs) * output_seconds,
       .final_relative_cost = search_.FinalRelativeCost()});
}

std::optional<Utterance> RecognitionStream::EndUtterance() {
  in_utterance_ = false;
  const int64_t num_outputs = search_.num_frames();
  if (num_outputs == 0) return std::nullopt;
  search_.Finish();
  wfst::WordLattice lattice = lattice_.Finish(search_);
  if (!parts_.places.empty()) {
    lattice = wfst::AlignWords(lattice, parts_.places, kMaxAlignedStates);
  }
  const auto seconds = [this](double output) {
    return stream_begin_seconds_ +
           (static_cast<double>(first_output_) + output) * parts_.acoustic.output_seconds;
  };
  Utterance utterance{.begin_seconds = seconds(0),
                      .end_seconds = seconds(static_cast<double>(num_outputs)),
                      .words = {}};
  for (const wfst::HeardWord& heard : wfst::MinimumBayesRisk(lattice, kGraphScale)) {
    utterance.words.push_back({.word = heard.word,
                               .confidence = heard.confidence,
                               .begin_seconds = seconds(heard.begin_frames),
                               .end_seconds = seconds(heard.end_frames)});
  }
  first_output_ += num_outputs;
  return utterance;
}

std::vector<int32_t> RecognitionStream::PartialWords() const {
  std::vector<int32_t> words;
  if (!in_utterance_) return words;
  search_.TraceBack([&](const wfst::LatticeSearch::Step& step) {
    if (step.word != 0) words.push_back(step.word);
    return true;
  });
  std::reverse(words.begin(), words.end());
  return words;
}

}  // namespace ironscribe::models::kaldi
