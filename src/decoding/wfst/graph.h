// What a search over weighted transducers walks: states whose arcs read transition-ids and write
// words. A graph may be there as it is (StaticGraph) or made state by state while it is walked
// (LookAheadGraph), therefore nothing here is const; each stream has its own.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "formats/openfst/fst.h"

namespace ironscribe::decoding::wfst {

using formats::openfst::Arc;
using formats::openfst::Label;
using formats::openfst::StateId;
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Arcs that read nothing come first. Where they lead to only Graph::Next knows. The memory is the
// graph's and stays until Forget().
struct StateArcs {
  const Arc* begin = nullptr;
  uint32_t num_epsilons = 0;
  uint32_t num_arcs = 0;

  std::span<const Arc> epsilons() const { return {begin, num_epsilons}; }
  std::span<const Arc> emitting() const { return {begin + num_epsilons, num_arcs - num_epsilons}; }
};

class Graph {
 public:
  virtual ~Graph() = default;

  virtual StateId Start() = 0;  // Negative: an empty graph.
  virtual StateArcs Arcs(StateId state) = 0;
  // Where an arc of that state leads to.
  virtual StateId Next(StateId state, const Arc& arc) = 0;
  // False where it certainly has none; may be told with less work than Arcs.
  virtual bool MayHaveEpsilons(StateId state) { return Arcs(state).num_epsilons > 0; }
  virtual float Final(StateId state) = 0;  // kInfinity: not final.

  // Called between utterances, when no state is in use: may free what was made.
  virtual void Forget() {}
};

// Does not own what it is given.
struct GraphView {
  StateId start = -1;
  std::span<const float> finals;
  std::span<const uint32_t> arc_begins;  // By state, and one more.
  std::span<const Arc> arcs;

  std::span<const Arc> ArcsOf(StateId state) const {
    const auto index = static_cast<size_t>(state);
    return arcs.subspan(arc_begins[index], arc_begins[index + 1] - arc_begins[index]);
  }
  float Final(StateId state) const { return finals[static_cast<size_t>(state)]; }
};

inline GraphView ViewOf(const formats::openfst::Fst& fst) {
  return {.start = fst.start, .finals = fst.finals, .arc_begins = fst.arc_begins, .arcs = fst.arcs};
}

// A graph with the arcs of each state in this order.
void PutEpsilonsFirst(formats::openfst::Fst& fst);

// Requires: epsilons first; `view` and `num_epsilons` outlive it.
class StaticGraph : public Graph {
 public:
  explicit StaticGraph(const GraphView& view) : view_(view) {}

  StateId Start() override { return view_.start; }
  StateArcs Arcs(StateId state) override;
  StateId Next(StateId /*state*/, const Arc& arc) override { return arc.next; }
  float Final(StateId state) override { return view_.Final(state); }

 private:
  GraphView view_;
};

}  // namespace ironscribe::decoding::wfst
