// A weighted finite-state transducer in memory: states, their arcs one after the other, and what
// the file says besides. Weights are negative log-probabilities (the tropical semiring's).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ironscribe::formats::openfst {

using StateId = int32_t;
using Label = int32_t;

// Of final weights: the state is not final.
inline constexpr float kNotFinal = std::numeric_limits<float>::infinity();

struct Arc {
  Label input = 0;
  Label output = 0;
  float weight = 0;
  StateId next = 0;
  bool operator==(const Arc&) const = default;
};

// Labels begin <= label < end.
struct LabelInterval {
  Label begin = 0;
  Label end = 0;
  bool operator==(const LabelInterval&) const = default;
};

// Which labels come first on paths from each state: what look-ahead composition asks. Labels were
// renumbered so that they form few intervals.
struct Reachability {
  bool of_input = false;         // Of input labels, else of output labels.
  Label final_label = -1;        // Stands for the end of a path.
  std::vector<uint32_t> begins;  // By state, and one more: where its intervals begin.
  std::vector<LabelInterval> intervals;
  // From labels of the words to those of the graph; may be empty.
  std::vector<std::pair<Label, Label>> relabeling;

  std::span<const LabelInterval> Of(StateId state) const {
    const auto index = static_cast<size_t>(state);
    return std::span(intervals).subspan(begins[index], begins[index + 1] - begins[index]);
  }
};

using Symbols = std::vector<std::pair<int64_t, std::string>>;  // In the order of the file.

struct Fst {
  StateId start = -1;
  std::vector<float> finals;         // kNotFinal or the weight.
  std::vector<uint32_t> arc_begins;  // By state, and one more.
  std::vector<Arc> arcs;
  Symbols input_symbols;
  Symbols output_symbols;
  std::optional<Reachability> reachability;

  int64_t num_states() const { return static_cast<int64_t>(finals.size()); }
  std::span<const Arc> ArcsOf(StateId state) const {
    const auto index = static_cast<size_t>(state);
    return std::span(arcs).subspan(arc_begins[index], arc_begins[index + 1] - arc_begins[index]);
  }
};

}  // namespace ironscribe::formats::openfst
