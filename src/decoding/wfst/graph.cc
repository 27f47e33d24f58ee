#include "decoding/wfst/graph.h"

#include <algorithm>

namespace ironscribe::decoding::wfst {

void PutEpsilonsFirst(formats::openfst::Fst& fst) {
  for (size_t state = 0; state < fst.finals.size(); ++state) {
    std::stable_partition(fst.arcs.begin() + fst.arc_begins[state],
                          fst.arcs.begin() + fst.arc_begins[state + 1],
                          [](const Arc& arc) { return arc.input == 0; });
  }
}

StateArcs StaticGraph::Arcs(StateId state) {
  const std::span<const Arc> arcs = view_.ArcsOf(state);
  const auto first_emitting =
      std::find_if(arcs.begin(), arcs.end(), [](const Arc& arc) { return arc.input != 0; });
  return {.begin = arcs.data(),
          .num_epsilons = static_cast<uint32_t>(first_emitting - arcs.begin()),
          .num_arcs = static_cast<uint32_t>(arcs.size())};
}

}  // namespace ironscribe::decoding::wfst
