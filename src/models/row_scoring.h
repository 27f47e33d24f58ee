// Turns the logits of one row into what its search asked for: masks, softmax, best candidates,
// samples. Pure functions; the cost is a few passes over the vocabulary.
#pragma once

#include <span>

#include "decoding/rows.h"
#include "nn/linear.h"

namespace ironscribe::models {

// `logits` [vocab_size] is overwritten. Requires: at least one id of the query is allowed;
// otherwise no candidates are returned.
void ScoreRow(const nn::Kernels& kernels, std::span<float> logits, const decoding::RowQuery& query,
              decoding::RowResult& result);

}  // namespace ironscribe::models
