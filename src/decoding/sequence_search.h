// What the searches for one token sequence after a prompt have in common: the prompt's rows, the
// probe for no-speech and the limits on length.
//
// One object serves one window; not thread-safe.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "decoding/search.h"
#include "decoding/token_constraint.h"

namespace ironscribe::decoding {

struct SequenceOptions {
  // Requires: not empty, at most max_positions tokens.
  std::vector<TokenId> prompt;
  TokenId end_of_text = -1;
  // Tokens after the prompt, end of text included.
  int max_new_tokens = 224;
  // Positions the model has; a token that would be fed beyond them ends the search.
  int max_positions = 448;
  // Index in `prompt` of the row whose unmasked softmax gives the probability of `probe`, or -1.
  int probe_index = -1;
  TokenId probe = -1;
  // Not owned, outlives the search; null for no rules.
  const TokenConstraint* constraint = nullptr;
};

class SequenceSearch : public Search {
 public:
  // Rows refer to bytes inside the object.
  SequenceSearch(const SequenceSearch&) = delete;
  SequenceSearch& operator=(const SequenceSearch&) = delete;

  std::span<const TokenRow> rows() const final { return rows_; }

  // The hypothesis chosen at the end. Requires: done().
  virtual const Hypothesis& best() const = 0;

  // How often the search was advanced.
  int num_steps() const { return num_steps_; }

  // Probability of options.probe at the probed row; NaN before it was evaluated or without a probe.
  float probe_probability() const { return probe_probability_; }

 protected:
  explicit SequenceSearch(SequenceOptions options);

  const SequenceOptions& options() const { return options_; }
  int prompt_size() const { return static_cast<int>(options_.prompt.size()); }
  // True when a hypothesis of `num_tokens` may not be extended.
  bool AtLimit(size_t num_tokens) const;

  // Adds the prompt's row `index`, written to `slot`. The last one of the prompt asks for a choice
  // under the constraint; the probed one for the probe.
  TokenRow& AddPromptRow(int index, int slot);
  // Adds the row that feeds the last of `tokens` (chosen after the prompt) and asks for a choice.
  TokenRow& AddChoiceRow(std::span<const TokenId> tokens, int slot,
                         std::span<const uint8_t> lineage);
  void ClearRows();
  // To be called once for each Advance, while rows() are those that were answered: counts the step
  // and takes the probe's answer if the probed row is among them.
  void TakeStep(std::span<const RowResult> results);

 private:
  SequenceOptions options_;
  std::vector<uint8_t> prompt_lineage_;  // Zeros: the prompt is in slot 0.
  std::vector<TokenRow> rows_;
  int probe_row_ = -1;  // Index in rows_.
  int num_steps_ = 0;
  float probe_probability_ = std::numeric_limits<float>::quiet_NaN();
};

// The score by which finished hypotheses are ranked: the sum divided by the length, or by Google
// NMT's
// ((5 + length) / 6)^length_penalty when that is not NaN (Wu et al. 2016, formula 14).
double RankingScore(double sum_log_probability, size_t length, float length_penalty);

// The index of the best by RankingScore, the first of equals. Requires: not empty.
size_t SelectBest(std::span<const Hypothesis> hypotheses, float length_penalty);

}  // namespace ironscribe::decoding
