// The weights of a Whisper model: packing a checkpoint into the cache file and viewing them in it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.h"
#include "formats/packed/packed_file.h"
#include "formats/packed/packed_writer.h"
#include "models/compute_type.h"
#include "models/whisper/checkpoint.h"
#include "models/whisper/config.h"
#include "nn/linear.h"

namespace ironscribe::models::whisper {

// Which arithmetic each part runs in. For int8: 8-bit on both sides in the encoder, where most of
// the work is and errors hardly show; 16-bit activations on 8-bit weights in the decoder and the
// output layer; cross keys and values are kept in 8 bits too. bfloat16 for convolutions, the
// encoder's attention, its second feed-forward matrix (whose inputs have outliers) and the
// projection to cross keys and values (docs/decisions/0008-int8-scheme.md).
struct Arithmetic {
  kernels::LinearType convolution;
  kernels::LinearType attention;  // The encoder's.
  kernels::LinearType encoder;
  kernels::LinearType encoder_feed_out;  // The second feed-forward matrix.
  kernels::LinearType cross_key_value;
  kernels::LinearType cross_memory;  // What the keys and values are kept in.
  kernels::LinearType decoder;
  kernels::LinearType logits;
};
Arithmetic ArithmeticOf(ComputeType compute);

struct EncoderLayer {
  nn::LayerNormLayer self_norm, feed_norm;
  nn::LinearLayer self_qkv, self_out, feed_in, feed_out;
};

struct DecoderLayer {
  nn::LayerNormLayer self_norm, cross_norm, feed_norm;
  nn::LinearLayer self_qkv, self_out, cross_query, cross_kv, cross_out, feed_in, feed_out;
};

// Views into a packed file, which it keeps alive. Immutable.
struct Weights {
  std::shared_ptr<const formats::PackedFile> file;
  Arithmetic arithmetic;
  nn::LinearLayer conv1, conv2;
  const float* encoder_positions = nullptr;  // [audio_context, state]
  std::vector<EncoderLayer> encoder_layers;
  nn::LayerNormLayer encoder_norm;
  const std::byte* embedding = nullptr;  // [vocab, state] float32 or bfloat16
  bool embedding_is_float32 = false;
  const float* decoder_positions = nullptr;  // [text_context, state]
  std::vector<DecoderLayer> decoder_layers;
  nn::LayerNormLayer decoder_norm;
  nn::LinearLayer logits;
  // With 8-bit logits: the rows that exact ones are made of, and how far the weights of each group
  // of kernels::kWideGroup inputs may be from theirs; else null and empty.
  const uint16_t* logit_rows = nullptr;  // [vocab, state] bfloat16
  std::span<const float> logit_errors;
};

// How far an 8-bit logit of `input` may be from the exact one. Requires: 8-bit logits.
float LogitBound(const Weights& weights, std::span<const float> input);

// Writes all weights of the checkpoint into `writer`. Holds at most one panel of a matrix (64 rows)
// and the smaller tensors in memory. Errors: those of the checkpoint and the writer, Cancelled.
Status PackWeights(const Checkpoint& checkpoint, ComputeType compute, const std::stop_token& stop,
                   formats::PackedWriter& writer);

// Errors: DataLoss when the file lacks a tensor or one has the wrong type or shape.
Result<Weights> ViewWeights(std::shared_ptr<const formats::PackedFile> file, const Dimensions& dims,
                            ComputeType compute);

}  // namespace ironscribe::models::whisper
