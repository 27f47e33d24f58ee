// Which words of a language model's state a lexicon's state can reach, how likely they are
// together, and whether it is one only: what look-ahead composition asks at each step.
//
// Cyril Allauzen, Michael Riley, Johan Schalkwyk: A generalized composition algorithm for weighted
// finite-state transducers, 2009. Sums over many words use stored sums of ten words each, as
// OpenFst's FastLogAccumulator does, because the rounding is part of the weights.
//
// Immutable; does not own what it is given. Any number of threads may share it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decoding/wfst/graph.h"

namespace ironscribe::decoding::wfst {

using formats::openfst::LabelInterval;

struct ReachabilityView {
  Label final_label = -1;
  std::span<const uint32_t> begins;
  std::span<const LabelInterval> intervals;

  std::span<const LabelInterval> Of(StateId state) const {
    const auto index = static_cast<size_t>(state);
    return intervals.subspan(begins[index], begins[index + 1] - begins[index]);
  }
};

// Sums of the weights of the first 0, 10, 20, ... arcs of the states that have twenty or more.
struct ArcSums {
  std::vector<int32_t> begins;  // By state; -1: none.
  std::vector<double> sums;     // Negative logarithms.
};
ArcSums SumArcs(const GraphView& graph);

class LookAhead {
 public:
  LookAhead(const ReachabilityView& reach, const GraphView& words, std::span<const int32_t> begins,
            std::span<const double> sums)
      : reach_(reach), words_(words), sum_begins_(begins), sums_(sums) {}

  struct Result {
    bool reaches = false;       // Any word, or the end.
    const Arc* only = nullptr;  // The one word that is left, if there is just one.
    float weight = 0;           // Of all that is reached together; 0 with `only`.
  };
  Result At(StateId lexicon, StateId words) const;

  // Whether that word can come next.
  bool Reaches(StateId lexicon, Label label) const;

 private:
  struct Range {
    int64_t begin = -1;
    int64_t end = -1;
    float weight = kInfinity;
  };
  Range FewArcs(std::span<const LabelInterval> intervals, std::span<const Arc> arcs) const;
  Range FewIntervals(std::span<const LabelInterval> intervals, std::span<const Arc> arcs,
                     int32_t sum_begin) const;
  float Sum(float weight, std::span<const Arc> arcs, int32_t sum_begin, int64_t begin,
            int64_t end) const;

  ReachabilityView reach_;
  GraphView words_;
  std::span<const int32_t> sum_begins_;
  std::span<const double> sums_;
};

}  // namespace ironscribe::decoding::wfst
