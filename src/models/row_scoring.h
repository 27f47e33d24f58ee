// Turns the logits of one row into what its search asked for: masks, softmax, best candidates,
// samples. Pure functions; the cost is a few passes over the vocabulary.
#pragma once

#include <span>

#include "decoding/rows.h"
#include "nn/linear.h"

namespace ironscribe::models {

// The rows behind logits that were computed in low precision: logit[id] = input . rows[id].
struct ExactLogits {
  std::span<const float> input;
  const uint16_t* rows = nullptr;  // bfloat16 [vocab_size, input.size()]
  // No logit is further from its exact value than this.
  float bound = 0;
};

// `logits` [vocab_size] is overwritten. With `exact`, the logits are approximations: whatever could
// be chosen, is asked for or decides on timestamps is computed exactly, so that the choice is that
// of exact logits; the rest counts in the sum of probabilities, and in what a sample is drawn from,
// as it is. Requires: at least one id of the query is allowed; otherwise no candidates are
// returned.
void ScoreRow(const nn::Kernels& kernels, std::span<float> logits, const decoding::RowQuery& query,
              decoding::RowResult& result, const ExactLogits* exact = nullptr);

}  // namespace ironscribe::models
