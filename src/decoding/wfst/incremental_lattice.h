// The lattice of an utterance, determinised piece by piece while the utterance goes on: less to do
// at its end, and the same pieces as Kaldi's lattice-incremental-decoder makes, so that the same
// alternatives are kept.
//
// A piece ends where few tokens are alive. What leads to those tokens is open: its arcs are taken
// back and determinised again with the next piece.
//
// One utterance after another, one thread.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "decoding/wfst/determinize.h"
#include "decoding/wfst/lattice_search.h"

namespace ironscribe::decoding::wfst {

// Defaults: Kaldi's LatticeIncrementalDecoderConfig.
struct PieceOptions {
  int max_delay_frames = 60;
  int min_piece_frames = 20;
};

class IncrementalLattice {
 public:
  IncrementalLattice(const DeterminizeOptions& options, const PieceOptions& pieces)
      : options_(options), pieces_(pieces) {}

  // Begins an utterance.
  void Start();

  // Takes a piece where enough frames wait. To be called after each block of frames.
  void Update(LatticeSearch& search);

  // The rest and the whole. Requires: the search is finished.
  WordLattice Finish(LatticeSearch& search);

 private:
  struct State {
    std::vector<WordArc> arcs;
    bool is_open = false;
    bool is_final = false;
    WordArc final;
    float forward = kInfinity;  // Least cost from the start.
    // Arcs that may lead here: those that do are among them.
    std::vector<std::pair<int32_t, size_t>> arcs_in;
  };
  // An arc from a state to a token at the end of the last piece.
  struct OpenArc {
    int32_t from = 0;
    Label token_label = 0;
    WordArc arc;
  };
  struct Raw;  // A piece that is being put together.

  void TakePiece(LatticeSearch& search, int64_t end);
  void AddOpenStates(Raw* raw);
  void AddTokens(const LatticeSearch& search, int64_t end, Raw* raw);
  void Append(const WordLattice& piece, const Raw& raw);
  bool MapOpenStates(const WordLattice& piece, std::vector<int32_t>* state_of);
  void Redirect(int32_t state, int32_t to, const WordArc& extra);
  void AddArc(int32_t from, WordArc arc);
  void FindOpenStates();
  // Final costs by token label; null: none of any.
  void SetFinals(const std::unordered_map<Label, float>* costs);

  DeterminizeOptions options_;
  PieceOptions pieces_;
  std::vector<State> states_;
  std::vector<OpenArc> open_arcs_;
  std::vector<int32_t> open_states_;
  std::unordered_map<uint64_t, Label> token_labels_;  // Of the tokens at the end.
  int64_t frames_done_ = 0;
  Label next_token_label_ = 0;
};

}  // namespace ironscribe::decoding::wfst
