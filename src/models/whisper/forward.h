// The forward passes of Whisper (Radford et al. 2022): the encoder over one window, the decoder
// over a batch of rows. Weights and configuration are immutable; all state is in the arguments.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"
#include "base/thread_pool.h"
#include "models/whisper/config.h"
#include "models/whisper/weights.h"
#include "models/window_model.h"
#include "nn/attention.h"
#include "nn/linear.h"

namespace ironscribe::models::whisper {

// Cross keys and values of one window, per decoder layer: its own positions, then, if there is one,
// those of a silent window from there on.
class WhisperEncoding : public Encoding {
 public:
  std::vector<nn::KeyValues> layers;
  int64_t own_positions = 0;
  // Shared by all windows of a model. Own positions are then a multiple of
  // kernels::kPanelColumns.
  std::shared_ptr<const WhisperEncoding> silence;

  int64_t positions() const { return silence ? silence->own_positions : own_positions; }

  struct Memory {
    std::array<nn::MemorySpan, 2> spans;
    size_t count = 0;
    std::span<const nn::MemorySpan> view() const { return std::span(spans).first(count); }
  };
  Memory memory(size_t layer) const {
    Memory memory{.spans = {{{&layers[layer], 0, own_positions}, {}}}, .count = 1};
    if (silence && positions() > own_positions) {
      memory.spans[memory.count++] = {&silence->layers[layer], own_positions,
                                      positions() - own_positions};
    }
    return memory;
  }
};

// A window of silence, encoded: what windows that end in silence take over from it.
struct SilentWindow {
  std::shared_ptr<WhisperEncoding> encoding;  // What their decoders see behind their own frames.
  std::vector<nn::KeyValues> encoder_memory;  // What their own frames attend to, per layer.
};

// Self-attention keys and values: for each slot [layer][key or value][position][state]. Pages are
// touched as positions fill.
class WhisperState : public DecoderState {
 public:
  WhisperState(std::shared_ptr<const WhisperEncoding> encoding, const Dimensions& dims,
               int num_slots);

  static int64_t SlotBytes(const Dimensions& dims) {
    return int64_t{2} * dims.text_layers * dims.text_context * dims.text_state *
           static_cast<int64_t>(sizeof(float));
  }

  const WhisperEncoding& encoding() const { return *encoding_; }
  float* Key(int slot, int layer, int64_t position) { return At(slot, layer, 0, position); }
  float* Value(int slot, int layer, int64_t position) { return At(slot, layer, 1, position); }

 private:
  float* At(int slot, int layer, int which, int64_t position);

  std::shared_ptr<const WhisperEncoding> encoding_;
  int64_t layers_, context_, state_;
  std::vector<std::unique_ptr<float[]>> slots_;
};

// Buffers of one thread inside a parallel loop.
struct ThreadScratch {
  nn::RowBuffer rows, inner_rows;
  nn::AlignedArray block, row, raw_scores;
  nn::AttentionScratch attention;
  std::vector<const float*> keys, values;
  std::vector<float> scores;
};

// Buffers of one call; reused from call to call.
class WhisperScratch : public Scratch {
 public:
  std::vector<ThreadScratch>& threads(int count) {
    if (threads_.size() < static_cast<size_t>(count)) threads_.resize(static_cast<size_t>(count));
    return threads_;
  }

  nn::AlignedArray conv_input, conv_middle, hidden, queries, attended;
  nn::KeyValues self_memory;
  // Decoder.
  nn::AlignedArray projected, inner, logits;
  nn::RowBuffer rows, inner_rows;

 private:
  std::vector<ThreadScratch> threads_;
};

struct EncoderInput {
  std::span<const float> features;  // [frames, num_mels], frames even, at most 2 * audio_context.
  // Behind the frames, if not null: then frames is a multiple of 2 * kernels::kPanelColumns. The
  // frames attend to its keys and values as if it had been encoded with them; what is left out is
  // the influence of the frames on the silence.
  const SilentWindow* silence = nullptr;
  // Receives keys and values of each layer, if not null.
  std::vector<nn::KeyValues>* memory = nullptr;
};
std::shared_ptr<WhisperEncoding> RunEncoder(const nn::Kernels& kernels, const Config& config,
                                            const Weights& weights, const EncoderInput& input,
                                            WhisperScratch& scratch, ThreadPool& pool);

// See WindowModel::Step.
void RunDecoder(const nn::Kernels& kernels, const Config& config, const Weights& weights,
                std::span<const StepRow> rows, WhisperScratch& scratch, ThreadPool& pool);

}  // namespace ironscribe::models::whisper
