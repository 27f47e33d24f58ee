// The interface of window models: encode one window of features, then decode token by token
// (Whisper, other attention encoder-decoders). A model is immutable weights and configuration; all
// state is in Encoding and DecoderState objects, one per window. The engine forms batches of rows
// from many windows.
//
// Thread rule: const methods may run on many threads at once as long as each call has its own pool,
// scratch and states.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/status.h"
#include "base/thread_pool.h"
#include "decoding/rows.h"
#include "models/profile.h"
#include "models/work.h"

namespace ironscribe::models {

// What the decoder attends to: the encoder's output of one window in the form the decoder reads
// (cross keys and values per layer). Immutable after encoding; shared by all attempts and
// hypotheses.
class Encoding {
 public:
  virtual ~Encoding() = default;
};

// Self-attention keys and values of all hypotheses of one search.
class DecoderState {
 public:
  virtual ~DecoderState() = default;
};

// Buffers reused from call to call; grows to what is needed.
class Scratch {
 public:
  virtual ~Scratch() = default;

  // Takes what calls with this scratch cost, if anybody asks; not owned.
  Profile* profile = nullptr;
};

struct StepRow {
  DecoderState* state = nullptr;
  const decoding::TokenRow* row = nullptr;
  decoding::RowResult* result = nullptr;
  // Optional [num_alignment_heads, encoding frames]: raw cross-attention scores (before softmax) of
  // the alignment heads at this row.
  float* alignment_scores = nullptr;
};

struct WindowInput {
  std::span<const float> features;  // [frames, num_mels], frames even and at most max_frames().
  // If given, the decoder is to see the encoding of silence behind these frames, up to
  // max_frames(), as if a whole window had been encoded. The level is what features of silence
  // hold; the model may round it, computes each level once and shares it among windows. Requires:
  // frames is a multiple of silence_multiple_frames(), which is not 0.
  std::optional<float> silence_level = std::nullopt;
};

class WindowModel {
 public:
  virtual ~WindowModel() = default;

  virtual std::unique_ptr<Scratch> NewScratch() const = 0;

  // Errors: features of a wrong size.
  virtual Result<std::shared_ptr<const Encoding>> Encode(const WindowInput& input, Scratch& scratch,
                                                         ThreadPool& pool) const = 0;

  virtual std::unique_ptr<DecoderState> NewState(std::shared_ptr<const Encoding> encoding,
                                                 int num_slots) const = 0;

  // Evaluates all rows together. Requires: rows of one slot in ascending position, positions below
  // max_positions(), tokens inside the vocabulary.
  virtual void Step(std::span<const StepRow> rows, Scratch& scratch, ThreadPool& pool) const = 0;

  // What `counts` amount to; empty by default, which leaves only times to report.
  virtual StageWork WorkOf(const WorkCounts& counts, WorkScheme scheme) const {
    (void)counts, (void)scheme;
    return {};
  }

  // Memory of one whole window's encoding, and of the state of one search at most.
  virtual int64_t encoding_bytes() const = 0;
  virtual int64_t state_bytes(int num_slots) const = 0;

  virtual int num_mels() const = 0;
  virtual int max_frames() const = 0;     // 3000 for Whisper's 30 s
  virtual int max_positions() const = 0;  // 448 for Whisper
  virtual int vocab_size() const = 0;
  virtual int num_alignment_heads() const = 0;
  // Encoding frames by which the attention of these heads comes after what it attends to, where
  // that was measured; negative: before.
  virtual int alignment_lag_frames() const { return 0; }
  virtual int encoding_frames(int feature_frames) const = 0;  // 1500 for 3000
  virtual int silence_multiple_frames() const = 0;            // 0: silence cannot be appended.
};

}  // namespace ironscribe::models
