#include "decoding/pause_alignment.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace ironscribe::decoding {
namespace {

constexpr float kImpossible = -std::numeric_limits<float>::infinity();
constexpr int kPause = -1;

// Index of the token of each state, or kPause: a pause before each word and behind the last.
std::vector<int> States(std::span<const SpokenToken> tokens) {
  std::vector<int> states;
  for (size_t token = 0; token < tokens.size(); ++token) {
    if (tokens[token].begins_word) states.push_back(kPause);
    states.push_back(static_cast<int>(token));
  }
  states.push_back(kPause);
  return states;
}

// The pause before a word may be left out, that before the first too.
bool FollowsPause(const std::vector<int>& states, size_t state) {
  return state > 1 && states[state] != kPause && states[state - 1] == kPause;
}

struct Lattice {
  std::vector<uint8_t> steps;  // [frames, states]: states moved on by to get here: 0, 1 or 2.
  size_t last_state = 0;
};

Lattice BestSteps(std::span<const float> token_scores, std::span<const float> pause_scores,
                  const std::vector<int>& states) {
  const size_t frames = pause_scores.size();
  const auto score = [&](size_t state, size_t frame) {
    return states[state] == kPause
               ? pause_scores[frame]
               : token_scores[static_cast<size_t>(states[state]) * frames + frame];
  };
  Lattice lattice;
  lattice.steps.resize(frames * states.size());
  std::vector<float> best(states.size(), kImpossible);
  best[0] = score(0, 0);
  best[1] = score(1, 0);
  for (size_t frame = 1; frame < frames; ++frame) {
    uint8_t* const steps = &lattice.steps[frame * states.size()];
    // Backwards, so that what a state is entered from is still that of the frame before.
    for (size_t state = states.size(); state-- > 0;) {
      float sum = best[state];
      if (state > 0 && best[state - 1] > sum) {
        sum = best[state - 1];
        steps[state] = 1;
      }
      if (FollowsPause(states, state) && best[state - 2] > sum) {
        sum = best[state - 2];
        steps[state] = 2;
      }
      best[state] = sum + score(state, frame);
    }
  }
  const size_t last = states.size() - 1;
  lattice.last_state = best[last] >= best[last - 1] ? last : last - 1;
  return lattice;
}

}  // namespace

std::vector<float> MeanAttention(std::span<const float> scores, const AlignmentShape& shape) {
  IRONSCRIBE_CHECK(shape.tokens > 0 && shape.heads > 0 && shape.used_frames > 0 &&
                   shape.used_frames <= shape.frames);
  const auto heads = static_cast<size_t>(shape.heads);
  const auto frames = static_cast<size_t>(shape.frames);
  const auto used = static_cast<size_t>(shape.used_frames);
  const auto tokens = static_cast<size_t>(shape.tokens);
  IRONSCRIBE_CHECK(scores.size() == tokens * heads * frames);
  std::vector<float> mean(tokens * used, 0.0f);
  std::vector<float> weights(used);
  for (size_t row = 0; row < tokens * heads; ++row) {
    const auto row_scores = scores.subspan(row * frames, used);
    std::copy(row_scores.begin(), row_scores.end(), weights.begin());
    SoftmaxRows(weights, shape.used_frames);
    float* const sum = &mean[row / heads * used];
    for (size_t i = 0; i < used; ++i) sum[i] += weights[i];
  }
  for (float& value : mean) value /= static_cast<float>(heads);
  return mean;
}

bool AlignWithPauses(std::span<const float> token_scores, std::span<const float> pause_scores,
                     std::span<SpokenToken> tokens) {
  const size_t frames = pause_scores.size();
  IRONSCRIBE_CHECK(!tokens.empty() && tokens[0].begins_word &&
                   token_scores.size() == tokens.size() * frames);
  if (frames < tokens.size()) return false;
  const std::vector<int> states = States(tokens);
  const Lattice lattice = BestSteps(token_scores, pause_scores, states);
  size_t state = lattice.last_state;
  int seen = kPause;
  for (size_t frame = frames; frame-- > 0;) {
    const int token = states[state];
    if (token != kPause) {
      SpokenToken& spoken = tokens[static_cast<size_t>(token)];
      if (token != seen) spoken.end_frame = static_cast<int>(frame) + 1;
      spoken.begin_frame = static_cast<int>(frame);
      seen = token;
    }
    state -= lattice.steps[frame * states.size() + state];
  }
  return true;
}

}  // namespace ironscribe::decoding
