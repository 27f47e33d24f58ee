// One recording or live stream through a hybrid model: audio in pieces of any size, utterances out
// as they end. Pieces are cut anew into blocks of 0.2 s, at whose ends the rules for the end of an
// utterance are asked, so that cutting never changes text. Equal to Vosk fed with such blocks.
//
// One owner, one thread. The parts must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "decoding/wfst/bayes_risk.h"
#include "decoding/wfst/incremental_lattice.h"
#include "decoding/wfst/lattice_search.h"
#include "decoding/wfst/look_ahead_graph.h"
#include "decoding/wfst/word_alignment.h"
#include "models/kaldi/acoustic_stream.h"
#include "models/kaldi/endpoint.h"
#include "models/kaldi/speech_weights.h"

namespace ironscribe::models::kaldi {

// Immutable; shared by streams.
struct RecognitionParts {
  AcousticParts acoustic;
  // What the streams share of the composition, null where
  std::shared_ptr<decoding::wfst::CompositionCache> compositions;
  decoding::wfst::GraphView static_graph;  // has states.
  std::vector<int32_t> pdfs;               // By transition-id.
  std::vector<uint8_t> is_silence;         // By transition-id.
  std::vector<int32_t> phone_begins;       // By transition-id: the phone that it begins, or 0.
  // By transition-id; empty: words cannot be aligned and have the times of their arcs.
  std::vector<decoding::wfst::TransitionPlace> places;
  decoding::wfst::SearchOptions search;
  decoding::wfst::PieceOptions pieces;
  EndpointOptions endpoint;
};

// At most, from a sound to its score: the rest of its chunk, the context behind it, the frame that
// begins last, the block that brings it.
double LatencySeconds(const RecognitionParts& parts);

struct Utterance {
  double begin_seconds = 0;
  double end_seconds = 0;
  struct Word {
    int32_t word = 0;
    float confidence = 0;
    double begin_seconds = 0;
    double end_seconds = 0;
  };
  std::vector<Word> words;
};

class RecognitionStream {
 public:
  explicit RecognitionStream(const RecognitionParts& parts);
  ~RecognitionStream();

  // Samples at the scale of 16-bit integers. Appends the utterances that ended.
  void Accept(std::span<const float> samples, std::vector<Utterance>* utterances);
  // No more will come.
  void Finish(std::vector<Utterance>* utterances);

  // Words of the best path so far of the utterance that goes on.
  std::vector<int32_t> PartialWords() const;

 private:
  void ProcessBlock(std::span<const float> samples);
  void AdvanceSearch();
  void WeighSpeech();
  bool EndReached();
  std::optional<Utterance> EndUtterance();
  void BeginUtterance();
  void BeginStream();

  const RecognitionParts& parts_;
  std::unique_ptr<decoding::wfst::Graph> graph_;
  decoding::wfst::LatticeSearch search_;
  decoding::wfst::IncrementalLattice lattice_;
  std::unique_ptr<AcousticStream> acoustic_;
  std::unique_ptr<SpeechWeights> weights_;
  std::vector<float> pending_;
  bool in_utterance_ = false;
  int64_t first_output_ = 0;    // Of this utterance, in outputs of acoustic_.
  int64_t stream_samples_ = 0;  // That acoustic_ has taken.
  double stream_begin_seconds_ = 0;
};

}  // namespace ironscribe::models::kaldi
