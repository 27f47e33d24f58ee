// A search over token sequences as a state machine: it hands out the rows it needs and is advanced
// with what came back. It knows no model and starts no threads, so one scheduler can drive many at
// once.
//
// One object serves one window; not thread-safe.
#pragma once

#include <span>
#include <vector>

#include "decoding/rows.h"

namespace ironscribe::decoding {

class Search {
 public:
  virtual ~Search() = default;

  // The number of hypothesis slots the search may use at once, fixed at construction.
  virtual int num_slots() const = 0;

  // The rows wanted now; empty when the search is done. Valid until Advance. All rows of one call
  // may be evaluated together: rows of one slot are in ascending position (a prompt is handed out
  // whole).
  virtual std::span<const TokenRow> rows() const = 0;

  // The answers to rows(), in order.
  virtual void Advance(std::span<const RowResult> results) = 0;

  bool done() const { return rows().empty(); }
};

// One finished hypothesis.
struct Hypothesis {
  std::vector<TokenId> tokens;  // Without prompt and end of text.
  std::vector<float>
      log_probabilities;  // One per token, then that of end of text if it was reached.
  double sum_log_probability = 0;
  bool reached_end = false;
};

}  // namespace ironscribe::decoding
