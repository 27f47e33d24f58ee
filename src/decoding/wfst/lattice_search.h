// Token passing over a graph: a beam of the best states at each frame, with all links between them
// that are good enough for the lattice. Follows Kaldi's lattice-faster-decoder, its pruning
// included, so that the same scores give the same lattice.
//
// One utterance after another, one thread. The graph must outlive it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "decoding/wfst/graph.h"
#include "decoding/wfst/lattice.h"
#include "decoding/wfst/token_map.h"

namespace ironscribe::decoding::wfst {

// Defaults: Kaldi's LatticeIncrementalDecoderConfig.
struct SearchOptions {
  float beam = 16;
  int max_active = 2147483647;
  int min_active = 200;
  float lattice_beam = 10;
  int prune_interval_frames = 25;
  float beam_delta = 0.5f;    // By which a beam that max_active narrowed is widened.
  float prune_scale = 0.01f;  // Of lattice_beam: how exact pruning is.
};

class LatticeSearch {
 public:
  LatticeSearch(Graph& graph, const SearchOptions& options);
  ~LatticeSearch();
  LatticeSearch(const LatticeSearch&) = delete;
  LatticeSearch& operator=(const LatticeSearch&) = delete;

  // Begins an utterance.
  void Start();

  // One frame: `scores` are log-likelihoods by pdf, `pdfs` the pdf of each transition-id; a
  // transition outside of `pdfs` scores nothing. Requires: every pdf has a score.
  void Advance(std::span<const float> scores, std::span<const int32_t> pdfs);

  int64_t num_frames() const { return static_cast<int64_t>(frames_.size()) - 1; }

  // How much worse the best path that may end here is than the best; kInfinity: none may.
  float FinalRelativeCost();

  struct Step {
    int64_t frame = 0;   // Whose score the transition took; of a word alone, the frame behind it.
    uint64_t token = 0;  // Of where the step comes from; the same number is the same path before.
    int32_t transition = 0;
    Label word = 0;
  };
  // The best path from its end to its start, final costs left aside, until `visit` says false.
  void TraceBack(const std::function<bool(const Step&)>& visit) const;

  // Ends the utterance: prunes with final costs. Nothing but what follows here may be asked for,
  // then Start.
  void Finish();

  // The frame at or behind `first`, or the newest, with the fewest tokens; the later one of two.
  int64_t FewestTokensFrame(int64_t first);

  // The links between two frames, those within both included. States in topological order; of
  // the first frame's, the oldest token is the first state if `begin` is 0.
  struct Piece {
    Lattice lattice;               // Final: tokens at the end, at costs that guide pruning.
    std::vector<uint64_t> tokens;  // By state.
    size_t num_first = 0;          // Of so many states the tokens are of the first frame.
  };
  Piece PieceBetween(int64_t begin, int64_t end) const;

  // By token, of those that may end; empty: as none may, all do. Requires: finished.
  std::vector<std::pair<uint64_t, float>> FinalCosts() const;

 private:
  struct Frame {
    Token* tokens = nullptr;  // Newest first.
    float cost_offset = 0;    // Added to acoustic costs to keep sums small.
    bool prune_links = true;
    bool prune_tokens = true;
  };
  struct Cutoff {
    float cost;
    float beam;
    const Token* best;
  };

  Cutoff FindCutoff();
  float FirstNextCutoff(const Cutoff& cutoff, float offset, std::span<const float> scores,
                        std::span<const int32_t> pdfs);
  float ProcessEmitting(std::span<const float> scores, std::span<const int32_t> pdfs);
  void ProcessEpsilons(float cutoff);
  Token* FindOrAdd(StateId state, float cost, Token* from, bool* changed);
  void Link(Token* from, Token* to, const Arc& arc, float acoustic_cost);
  void PruneActive(float delta);
  bool PruneLinks(size_t frame, float delta, bool* links_pruned);
  float PruneLinksOf(Token* token, bool* links_pruned);
  void PruneFinalLinks();
  void PruneTokens(size_t frame);
  void ComputeFinalCosts();
  float EndCost(const Token* token) const;
  void FreeLinks(Token* token);
  Token* NewToken();
  void Clear();

  Graph& graph_;
  SearchOptions options_;
  std::vector<Frame> frames_;
  TokenMap current_;  // Tokens of the newest frame by state.
  std::vector<TokenMap::Entry> previous_;
  std::vector<float> costs_;
  std::vector<StateId> queue_;
  TokenPool pool_;
  uint64_t next_serial_ = 1;
  bool finished_ = false;
  // Of the newest frame.
  std::unordered_map<const Token*, float> final_costs_;
  float best_cost_ = kInfinity;
  float best_final_cost_ = kInfinity;
};

}  // namespace ironscribe::decoding::wfst
