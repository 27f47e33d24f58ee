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

// Most states of a lexicon reach the same words as the one before them: they are of one class.
struct ReachClasses {
  std::vector<int32_t> class_of;  // By state.
  std::vector<uint32_t> begins;   // By class, and one more.
  std::vector<LabelInterval> intervals;
};
ReachClasses ClassesOf(const formats::openfst::Reachability& reach);

struct ReachabilityView {
  Label final_label = -1;
  std::span<const int32_t> class_of;
  std::span<const uint32_t> begins;
  std::span<const LabelInterval> intervals;

  size_t num_classes() const { return begins.size() - 1; }
  std::span<const LabelInterval> Of(int32_t reach_class) const {
    const auto index = static_cast<size_t>(reach_class);
    return intervals.subspan(begins[index], begins[index + 1] - begins[index]);
  }
};

// Sums of the weights of the first 0, 10, 20, ... arcs of the states that have twenty or more.
struct ArcSums {
  std::vector<int32_t> begins;  // By state; -1: none.
  std::vector<double> sums;     // Negative logarithms.
};
ArcSums SumArcs(const GraphView& graph);

// What is reached together by a class of the lexicon and a state of the words.
struct Ahead {
  static constexpr int32_t kNothing = -2;  // No word and no end.
  static constexpr int32_t kSeveral = -1;
  float weight = 0;         // Of all that is reached together; 0 where it is one word.
  int32_t only = kNothing;  // The arc of the words' state, if just one is left.
};

class LookAhead {
 public:
  LookAhead(const ReachabilityView& reach, const GraphView& words, std::span<const int32_t> begins,
            std::span<const double> sums)
      : reach_(reach), words_(words), sum_begins_(begins), sums_(sums) {}

  Ahead At(int32_t reach_class, StateId words) const;

  // Whether that word can come next.
  bool Reaches(int32_t reach_class, Label label) const;

 private:
  struct Range {
    int64_t begin = -1;
    int64_t end = -1;
    float weight = kInfinity;
  };
  Range Reached(std::span<const LabelInterval> intervals, std::span<const Arc> arcs,
                int32_t sum_begin) const;
  float Sum(float weight, std::span<const Arc> arcs, int32_t sum_begin, int64_t begin,
            int64_t end) const;

  ReachabilityView reach_;
  GraphView words_;
  std::span<const int32_t> sum_begins_;
  std::span<const double> sums_;
};

// Of the words' state with the most arcs, which every back-off leads to and which costs the most to
// look at: what all classes reach.
struct BusiestAhead {
  StateId words = -1;
  std::vector<Ahead> by_class;
};
BusiestAhead LookFromBusiest(const LookAhead& look_ahead, const GraphView& words,
                             size_t num_classes);

}  // namespace ironscribe::decoding::wfst
