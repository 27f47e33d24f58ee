// When tokens were spoken, with the pauses between their words: the best path of a chain of states,
// one for each token and one, that may be left out, before the first word, between two words and
// behind the last. The usual alignment (alignment.h) knows no pauses, so that each lengthens a
// word. Pure functions over matrices.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decoding/alignment.h"

namespace ironscribe::decoding {

// scores: [tokens, heads, frames] before the softmax. Returns [tokens, used_frames]: how much of a
// token's attention falls on each frame, in the mean over heads. Requires: as AlignmentMatrix.
std::vector<float> MeanAttention(std::span<const float> scores, const AlignmentShape& shape);

struct SpokenToken {
  bool begins_word = false;
  int begin_frame = 0;
  int end_frame = 0;
};

// Fills in the frames of `tokens`, in order and none empty, so that the sum of `token_scores`
// ([tokens, frames]) where tokens are, and of `pause_scores` ([frames]) elsewhere, is the largest.
// Returns false, with nothing filled in, where there are fewer frames than tokens. Requires: at
// least one token, whose first begins a word; matching sizes.
bool AlignWithPauses(std::span<const float> token_scores, std::span<const float> pause_scores,
                     std::span<SpokenToken> tokens);

}  // namespace ironscribe::decoding
