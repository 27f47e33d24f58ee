// What a transition-id of a decoding graph stands for: its phone, its place in the phone's HMM and
// the pdf (the network's output) that scores it. Immutable after reading.
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "formats/kaldi/object_reader.h"

namespace ironscribe::formats::kaldi {

struct Transition {
  int32_t phone = 0;
  int32_t pdf = 0;
  bool first = false;  // From the phone's first state.
  bool self_loop = false;
  bool final = false;  // Leaves the phone's last state.
};

struct TransitionModel {
  // By transition-id; entry 0 is unused.
  std::vector<Transition> transitions;
  std::vector<float> log_probabilities;  // As transitions.
  int32_t num_pdfs = 0;
  int32_t num_phones = 0;  // The highest phone.
};

// Errors: DataLoss for a file that breaks off or contradicts itself.
Result<TransitionModel> ReadTransitionModel(ObjectReader& reader);

}  // namespace ironscribe::formats::kaldi
