// The composition that streams share (composition.h) as a graph that one search walks.
//
// One stream, one thread. The cache must outlive it.
#pragma once

#include <memory>

#include "decoding/wfst/composition.h"
#include "decoding/wfst/graph.h"

namespace ironscribe::decoding::wfst {

class LookAheadGraph : public Graph {
 public:
  explicit LookAheadGraph(CompositionCache& cache) : cache_(cache), composition_(cache.Current()) {}

  StateId Start() override { return composition_->start(); }
  StateArcs Arcs(StateId state) override { return composition_->Arcs(state); }
  StateId Next(StateId state, const Arc& arc) override { return composition_->Next(state, arc); }
  bool MayHaveEpsilons(StateId state) override { return composition_->MayHaveEpsilons(state); }
  float Final(StateId state) override { return composition_->Final(state); }
  void Forget() override { composition_ = cache_.Current(); }

 private:
  CompositionCache& cache_;
  std::shared_ptr<Composition> composition_;
};

}  // namespace ironscribe::decoding::wfst
