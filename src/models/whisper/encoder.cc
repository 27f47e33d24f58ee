// The encoder works in blocks of rows: everything between two attentions (output projection, feed
// forward, next projection) runs on one block while it is in the second-level cache. Only attention
// needs all rows, so a layer has two parallel loops.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "models/whisper/forward.h"

namespace ironscribe::models::whisper {
namespace {

using kernels::LinearType;

// A multiple of the 6 rows of a tile and of the pairs of bfloat16; 96 rows of the widest
// intermediate (96 x 1,536 floats in tiny, 590 KB) still fit a 1-MB cache.
constexpr int64_t kBlockRows = 96;

class EncoderPass {
 public:
  EncoderPass(const nn::Kernels& kernels, const Config& config, const Weights& weights,
              WhisperScratch& scratch, ThreadPool& pool)
      : kernels_(kernels),
        dims_(config.dims),
        weights_(weights),
        scratch_(scratch),
        pool_(pool),
        threads_(scratch.threads(pool.num_threads())),
        state_(config.dims.audio_state),
        heads_(config.dims.audio_heads) {}

  std::shared_ptr<WhisperEncoding> Run(const EncoderInput& input) {
    const auto frames = static_cast<int64_t>(input.features.size()) / dims_.num_mels;
    positions_ = frames / 2;
    PrepareInput(input.features, frames);
    Convolve(frames);
    scratch_.queries.As<float>(static_cast<size_t>(positions_ * state_));
    scratch_.attended.As<float>(static_cast<size_t>(positions_ * state_));
    if (scratch_.self_memory.positions() != positions_) {
      scratch_.self_memory =
          nn::KeyValues(weights_.arithmetic.attention, positions_, heads_, state_ / heads_);
    }
    ForBlocks([&](int64_t first, int64_t count, ThreadScratch& thread) {
      if (!weights_.encoder_layers.empty())
        Project(weights_.encoder_layers[0], first, count, thread);
    });
    const size_t layers = weights_.encoder_layers.size();
    for (size_t layer = 0; layer + 1 < layers; ++layer) {
      Attend(input, layer);
      ForBlocks([&](int64_t first, int64_t count, ThreadScratch& thread) {
        FeedForward(weights_.encoder_layers[layer], first, count, thread);
        Project(weights_.encoder_layers[layer + 1], first, count, thread);
      });
    }
    if (layers > 0) Attend(input, layers - 1);
    return Finish();
  }

 private:
  float* Hidden(int64_t row) {
    return reinterpret_cast<float*>(scratch_.hidden.data()) + row * state_;
  }
  float* Queries(int64_t row) {
    return reinterpret_cast<float*>(scratch_.queries.data()) + row * state_;
  }
  float* Attended(int64_t row) {
    return reinterpret_cast<float*>(scratch_.attended.data()) + row * state_;
  }

  template <typename Body>
  void ForRows(int64_t rows, const Body& body) {
    const int64_t blocks = (rows + kBlockRows - 1) / kBlockRows;
    pool_.ParallelFor(blocks, [&](int64_t block, int worker) {
      const int64_t first = block * kBlockRows;
      body(first, std::min(kBlockRows, rows - first), threads_[static_cast<size_t>(worker)]);
    });
  }
  template <typename Body>
  void ForBlocks(const Body& body) {
    ForRows(positions_, body);
  }

  void Convert(const float* from, int64_t n, std::byte* to) const {
    if (weights_.arithmetic.convolution == LinearType::kFloat32) {
      std::memcpy(to, from, static_cast<size_t>(n) * sizeof(float));
    } else {
      kernels_.rowwise->to_bfloat16(from, n, n, reinterpret_cast<uint16_t*>(to));
    }
  }

  // One frame of zeros on each side: then a window of three frames is a contiguous row, and rows
  // overlap with a stride of one frame (or two, for the second convolution).
  void PrepareInput(std::span<const float> features, int64_t frames) {
    const StageTimer timer(scratch_.profile, Stage::kConvolution);
    const int64_t frame_bytes =
        dims_.num_mels * kernels::ElementBytes(weights_.arithmetic.convolution);
    scratch_.conv_input.Resize(static_cast<size_t>((frames + 2) * frame_bytes));
    std::byte* data = scratch_.conv_input.data();
    std::memset(data, 0, static_cast<size_t>(frame_bytes));
    std::memset(data + (frames + 1) * frame_bytes, 0, static_cast<size_t>(frame_bytes));
    Convert(features.data(), frames * dims_.num_mels, data + frame_bytes);
  }

  void Convolve(int64_t frames) {
    const int64_t element = kernels::ElementBytes(weights_.arithmetic.convolution);
    const int64_t input_bytes = dims_.num_mels * element, middle_bytes = state_ * element;
    scratch_.conv_middle.Resize(static_cast<size_t>((frames + 2) * middle_bytes));
    scratch_.hidden.As<float>(static_cast<size_t>(positions_ * state_));
    std::byte* middle = scratch_.conv_middle.data();
    std::memset(middle, 0, static_cast<size_t>(middle_bytes));
    std::memset(middle + (frames + 1) * middle_bytes, 0, static_cast<size_t>(middle_bytes));
    ForRows(frames, [&](int64_t first, int64_t count, ThreadScratch& thread) {
      const StageTimer timer(scratch_.profile, Stage::kConvolution);
      float* block = thread.block.As<float>(static_cast<size_t>(count * state_)).data();
      nn::ApplyLinear(
          kernels_, weights_.conv1,
          {.data = scratch_.conv_input.data() + first * input_bytes, .stride_bytes = input_bytes},
          count, {.out = block, .out_stride = state_});
      kernels_.rowwise->gelu(block, count * state_);
      Convert(block, count * state_, middle + (first + 1) * middle_bytes);
    });
    ForBlocks([&](int64_t first, int64_t count, ThreadScratch&) {
      const StageTimer timer(scratch_.profile, Stage::kConvolution);
      nn::ApplyLinear(kernels_, weights_.conv2,
                      {.data = middle + 2 * first * middle_bytes, .stride_bytes = 2 * middle_bytes},
                      count, {.out = Hidden(first), .out_stride = state_});
      kernels_.rowwise->gelu(Hidden(first), count * state_);
      const float* positions = weights_.encoder_positions + first * state_;
      for (int64_t i = 0; i < count * state_; ++i) Hidden(first)[i] += positions[i];
    });
  }

  void Project(const EncoderLayer& layer, int64_t first, int64_t count, ThreadScratch& thread) {
    const StageTimer timer(scratch_.profile, Stage::kEncoderProjections);
    Normalize(layer.self_norm, layer.self_qkv.weights.type, first, count, thread);
    float* block = thread.block.As<float>(static_cast<size_t>(count * 3 * state_)).data();
    nn::ApplyLinear(kernels_, layer.self_qkv, thread.rows.view(), count,
                    {.out = block, .out_stride = 3 * state_});
    const float scale = 1.0f / std::sqrt(static_cast<float>(state_ / heads_));
    for (int64_t row = 0; row < count; ++row) {
      float* query = Queries(first + row);
      for (int64_t i = 0; i < state_; ++i) query[i] = block[row * 3 * state_ + i] * scale;
    }
    scratch_.self_memory.Put(kernels_, first, count, block + state_, block + 2 * state_,
                             3 * state_);
  }

  void Normalize(const nn::LayerNormLayer& norm, LinearType type, int64_t first, int64_t count,
                 ThreadScratch& thread) {
    float* row = thread.row.As<float>(static_cast<size_t>(state_)).data();
    thread.rows.Reset(type, count, state_);
    for (int64_t i = 0; i < count; ++i) {
      kernels_.rowwise->layer_norm(Hidden(first + i), norm.gamma, norm.beta, state_, row);
      thread.rows.Set(kernels_, i, row);
    }
  }

  void Attend(const EncoderInput& input, size_t layer) {
    const std::array<nn::MemorySpan, 2> spans = {
        {{&scratch_.self_memory, 0, positions_},
         input.silence == nullptr
             ? nn::MemorySpan()
             : nn::MemorySpan{&input.silence->encoder_memory[layer], positions_,
                              input.silence->encoding->own_positions - positions_}}};
    const auto memory = std::span(spans).first(input.silence == nullptr ? 1 : 2);
    const int64_t head_size = state_ / heads_;
    const int64_t blocks = (positions_ + nn::kAttentionBlockRows - 1) / nn::kAttentionBlockRows;
    pool_.ParallelFor(heads_ * blocks, [&](int64_t task, int worker) {
      const StageTimer timer(scratch_.profile, Stage::kEncoderAttention);
      const int64_t head = task / blocks, first = task % blocks * nn::kAttentionBlockRows;
      nn::AttendBlock(kernels_, memory, head,
                      {.query = Queries(first) + head * head_size,
                       .query_stride = state_,
                       .rows = std::min(nn::kAttentionBlockRows, positions_ - first),
                       .out = Attended(first) + head * head_size,
                       .out_stride = state_},
                      threads_[static_cast<size_t>(worker)].attention);
    });
    if (input.memory != nullptr) {
      input.memory->push_back(std::exchange(
          scratch_.self_memory,
          nn::KeyValues(weights_.arithmetic.attention, positions_, heads_, state_ / heads_)));
    }
  }

  // Output projection of the attention, then the feed-forward half of the layer, both residual.
  void FeedForward(const EncoderLayer& layer, int64_t first, int64_t count, ThreadScratch& thread) {
    StageTimer timer(scratch_.profile, Stage::kEncoderProjections);
    float* hidden = Hidden(first);
    const nn::LinearTarget residual = {.out = hidden, .out_stride = state_, .residual = hidden};
    thread.rows.Reset(layer.self_out.weights.type, count, state_);
    for (int64_t i = 0; i < count; ++i) thread.rows.Set(kernels_, i, Attended(first + i));
    nn::ApplyLinear(kernels_, layer.self_out, thread.rows.view(), count, residual);
    timer.Next(Stage::kEncoderFeedForward);
    Normalize(layer.feed_norm, layer.feed_in.weights.type, first, count, thread);
    const int64_t inner = layer.feed_in.weights.n;
    float* block = thread.block.As<float>(static_cast<size_t>(count * inner)).data();
    nn::ApplyLinear(kernels_, layer.feed_in, thread.rows.view(), count,
                    {.out = block, .out_stride = inner});
    thread.inner_rows.Reset(layer.feed_out.weights.type, count, inner);
    for (int64_t i = 0; i < count; ++i) {
      kernels_.rowwise->gelu(block + i * inner, inner);
      thread.inner_rows.Set(kernels_, i, block + i * inner);
    }
    nn::ApplyLinear(kernels_, layer.feed_out, thread.inner_rows.view(), count, residual);
  }

  // Last layer's second half, final norm, and the keys and values of every decoder layer.
  std::shared_ptr<WhisperEncoding> Finish() {
    auto encoding = std::make_shared<WhisperEncoding>();
    encoding->own_positions = positions_;
    for (int layer = 0; layer < dims_.text_layers; ++layer) {
      encoding->layers.emplace_back(weights_.arithmetic.cross_memory, positions_, dims_.text_heads,
                                    state_ / dims_.text_heads);
    }
    ForBlocks([&](int64_t first, int64_t count, ThreadScratch& thread) {
      if (!weights_.encoder_layers.empty()) {
        FeedForward(weights_.encoder_layers.back(), first, count, thread);
      }
      const StageTimer timer(scratch_.profile, Stage::kCrossKeysValues);
      Normalize(weights_.encoder_norm, weights_.arithmetic.cross_key_value, first, count, thread);
      for (size_t layer = 0; layer < encoding->layers.size(); ++layer) {
        float* block = thread.block.As<float>(static_cast<size_t>(count * 2 * state_)).data();
        nn::ApplyLinear(kernels_, weights_.decoder_layers[layer].cross_kv, thread.rows.view(),
                        count, {.out = block, .out_stride = 2 * state_});
        encoding->layers[layer].Put(kernels_, first, count, block, block + state_, 2 * state_);
      }
    });
    return encoding;
  }

  const nn::Kernels& kernels_;
  const Dimensions& dims_;
  const Weights& weights_;
  WhisperScratch& scratch_;
  ThreadPool& pool_;
  std::vector<ThreadScratch>& threads_;
  const int64_t state_, heads_;
  int64_t positions_ = 0;
};

}  // namespace

std::shared_ptr<WhisperEncoding> RunEncoder(const nn::Kernels& kernels, const Config& config,
                                            const Weights& weights, const EncoderInput& input,
                                            WhisperScratch& scratch, ThreadPool& pool) {
  return EncoderPass(kernels, config, weights, scratch, pool).Run(input);
}

}  // namespace ironscribe::models::whisper
