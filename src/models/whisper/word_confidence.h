// How likely it is that a word is right.
#pragma once

namespace ironscribe::models::whisper {

// Given the probability of the least probable of its tokens (0 to 1); grows with it.
float WordConfidence(float least_token_probability);

}  // namespace ironscribe::models::whisper
