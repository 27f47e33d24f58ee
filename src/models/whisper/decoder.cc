// One step of the decoder over a batch of rows of any number of windows. Matrix products are split
// over threads by columns, everything else by rows; a row's result depends on that row alone.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "models/row_scoring.h"
#include "models/whisper/forward.h"
#include "tensor/tensor.h"

namespace ironscribe::models::whisper {
namespace {

// Rows whose logits are held at once: 16 x 51,866 floats are 3.3 MB.
constexpr int64_t kLogitRows = 16;

class DecoderPass {
 public:
  DecoderPass(const nn::Kernels& kernels, const Config& config, const Weights& weights,
              std::span<const StepRow> rows, WhisperScratch& scratch, ThreadPool& pool)
      : kernels_(kernels),
        config_(config),
        weights_(weights),
        rows_(rows),
        scratch_(scratch),
        pool_(pool),
        threads_(scratch.threads(pool.num_threads())),
        count_(static_cast<int64_t>(rows.size())),
        state_(config.dims.text_state),
        heads_(config.dims.text_heads) {}

  void Run() {
    hidden_ = scratch_.hidden.As<float>(static_cast<size_t>(count_ * state_)).data();
    attended_ = scratch_.attended.As<float>(static_cast<size_t>(count_ * state_)).data();
    // Stages follow each other on this thread, which keeps all the others.
    StageTimer timer(scratch_.profile, Stage::kDecoderSelf, pool_.num_threads());
    Embed();
    for (int layer = 0; layer < config_.dims.text_layers; ++layer) {
      const DecoderLayer& weights = weights_.decoder_layers[static_cast<size_t>(layer)];
      timer.Next(Stage::kDecoderSelf);
      SelfAttention(weights, layer);
      timer.Next(Stage::kDecoderCross);
      CrossAttention(weights, layer);
      timer.Next(Stage::kDecoderFeedForward);
      FeedForward(weights);
    }
    Score(timer);
  }

 private:
  void Embed() {
    for (int64_t i = 0; i < count_; ++i) {
      const decoding::TokenRow& row = *rows_[static_cast<size_t>(i)].row;
      float* hidden = hidden_ + i * state_;
      const auto token = static_cast<size_t>(row.token) * static_cast<size_t>(state_);
      if (weights_.embedding_is_float32) {
        std::memcpy(hidden, reinterpret_cast<const float*>(weights_.embedding) + token,
                    static_cast<size_t>(state_) * sizeof(float));
      } else {
        const auto* words = reinterpret_cast<const uint16_t*>(weights_.embedding) + token;
        for (int64_t j = 0; j < state_; ++j) hidden[j] = tensor::FloatFromBFloat16(words[j]);
      }
      const float* position = weights_.decoder_positions + row.position * state_;
      for (int64_t j = 0; j < state_; ++j) hidden[j] += position[j];
    }
  }

  // Normalised rows in the form the next product reads.
  void Normalize(const nn::LayerNormLayer& norm, kernels::LinearType type) {
    scratch_.rows.Reset(type, count_, state_);
    float* row = scratch_.inner.As<float>(static_cast<size_t>(state_)).data();
    for (int64_t i = 0; i < count_; ++i) {
      kernels_.rowwise->layer_norm(hidden_ + i * state_, norm.gamma, norm.beta, state_, row);
      scratch_.rows.Set(kernels_, i, row);
    }
  }

  void Apply(const nn::LinearLayer& layer, const nn::RowBuffer& rows, float* out,
             const float* residual) {
    nn::ApplyLinearParallel(kernels_, layer, rows.view(), count_,
                            {.out = out, .out_stride = layer.weights.n, .residual = residual},
                            pool_);
  }

  // hidden += layer(attended)
  void AddAttended(const nn::LinearLayer& layer) {
    scratch_.rows.Reset(layer.weights.type, count_, state_);
    for (int64_t i = 0; i < count_; ++i) scratch_.rows.Set(kernels_, i, attended_ + i * state_);
    Apply(layer, scratch_.rows, hidden_, hidden_);
  }

  float Scale() const { return 1.0f / std::sqrt(static_cast<float>(state_ / heads_)); }

  void SelfAttention(const DecoderLayer& weights, int layer) {
    Normalize(weights.self_norm, weights.self_qkv.weights.type);
    float* projected =
        scratch_.projected.As<float>(static_cast<size_t>(count_ * 3 * state_)).data();
    Apply(weights.self_qkv, scratch_.rows, projected, nullptr);
    // All keys and values first: rows of one prompt attend to each other.
    const size_t row_bytes = static_cast<size_t>(state_) * sizeof(float);
    for (int64_t i = 0; i < count_; ++i) {
      const StepRow& step = rows_[static_cast<size_t>(i)];
      auto& state = static_cast<WhisperState&>(*step.state);
      float* from = projected + i * 3 * state_;
      std::memcpy(state.Key(step.row->slot, layer, step.row->position), from + state_, row_bytes);
      std::memcpy(state.Value(step.row->slot, layer, step.row->position), from + 2 * state_,
                  row_bytes);
      for (int64_t j = 0; j < state_; ++j) from[j] *= Scale();
    }
    pool_.ParallelFor(count_, [&](int64_t i, int worker) {
      AttendToHistory(rows_[static_cast<size_t>(i)], layer, projected + i * 3 * state_,
                      attended_ + i * state_, threads_[static_cast<size_t>(worker)]);
    });
    AddAttended(weights.self_out);
  }

  void AttendToHistory(const StepRow& step, int layer, const float* query, float* out,
                       ThreadScratch& thread) {
    auto& state = static_cast<WhisperState&>(*step.state);
    const decoding::TokenRow& row = *step.row;
    const auto count = static_cast<size_t>(row.position) + 1;
    thread.keys.resize(count);
    thread.values.resize(count);
    thread.scores.resize(count);
    for (size_t p = 0; p < count; ++p) {
      const int slot = p + 1 < count ? row.lineage[p] : row.slot;
      thread.keys[p] = state.Key(slot, layer, static_cast<int64_t>(p));
      thread.values[p] = state.Value(slot, layer, static_cast<int64_t>(p));
    }
    kernels_.rowwise->attend(query, thread.keys.data(), thread.values.data(),
                             static_cast<int64_t>(count), heads_, state_ / heads_,
                             thread.scores.data(), out);
  }

  // Neighbouring rows of one window share its keys and values: one pass over them serves all.
  struct Group {
    int64_t first;
    int64_t count;
  };
  std::vector<Group> Groups() const {
    std::vector<Group> groups;
    for (int64_t i = 0; i < count_; ++i) {
      const bool same = !groups.empty() && groups.back().count < nn::kAttentionBlockRows &&
                        rows_[static_cast<size_t>(groups.back().first)].state ==
                            rows_[static_cast<size_t>(i)].state;
      if (same) {
        ++groups.back().count;
      } else {
        groups.push_back({i, 1});
      }
    }
    return groups;
  }

  void CrossAttention(const DecoderLayer& weights, int layer) {
    Normalize(weights.cross_norm, weights.cross_query.weights.type);
    float* queries = scratch_.projected.As<float>(static_cast<size_t>(count_ * state_)).data();
    Apply(weights.cross_query, scratch_.rows, queries, nullptr);
    for (int64_t i = 0; i < count_ * state_; ++i) queries[i] *= Scale();
    const std::vector<Group> groups = Groups();
    const auto tasks = static_cast<int64_t>(groups.size()) * heads_;
    pool_.ParallelFor(tasks, [&](int64_t task, int worker) {
      AttendToWindow(groups[static_cast<size_t>(task / heads_)], layer, task % heads_, queries,
                     threads_[static_cast<size_t>(worker)]);
    });
    AddAttended(weights.cross_out);
  }

  void AttendToWindow(const Group& group, int layer, int64_t head, const float* queries,
                      ThreadScratch& thread) {
    const auto first = static_cast<size_t>(group.first);
    const auto& state = static_cast<const WhisperState&>(*rows_[first].state);
    const WhisperEncoding::Memory memory = state.encoding().memory(static_cast<size_t>(layer));
    const int alignment = AlignmentIndex(layer, static_cast<int>(head));
    const bool raw = alignment >= 0 && rows_[first].alignment_scores != nullptr;
    const auto positions = static_cast<size_t>(state.encoding().positions());
    float* scores =
        raw ? thread.raw_scores.As<float>(static_cast<size_t>(group.count) * positions).data()
            : nullptr;
    const int64_t at = group.first * state_ + head * (state_ / heads_);
    nn::AttendBlock(kernels_, memory.view(), head,
                    {.query = queries + at,
                     .query_stride = state_,
                     .rows = group.count,
                     .out = attended_ + at,
                     .out_stride = state_,
                     .raw_scores = scores},
                    thread.attention);
    for (size_t i = 0; raw && i < static_cast<size_t>(group.count); ++i) {
      float* to = rows_[first + i].alignment_scores;
      if (to == nullptr) continue;
      std::memcpy(to + static_cast<size_t>(alignment) * positions, scores + i * positions,
                  positions * sizeof(float));
    }
  }

  int AlignmentIndex(int layer, int head) const {
    const auto& heads = config_.alignment_heads;
    const auto found = std::find(heads.begin(), heads.end(), AlignmentHead{layer, head});
    return found == heads.end() ? -1 : static_cast<int>(found - heads.begin());
  }

  void FeedForward(const DecoderLayer& weights) {
    Normalize(weights.feed_norm, weights.feed_in.weights.type);
    const int64_t inner = weights.feed_in.weights.n;
    float* middle = scratch_.projected.As<float>(static_cast<size_t>(count_ * inner)).data();
    Apply(weights.feed_in, scratch_.rows, middle, nullptr);
    scratch_.inner_rows.Reset(weights.feed_out.weights.type, count_, inner);
    pool_.ParallelFor(count_, [&](int64_t i) {
      kernels_.rowwise->gelu(middle + i * inner, inner);
      scratch_.inner_rows.Set(kernels_, i, middle + i * inner);
    });
    Apply(weights.feed_out, scratch_.inner_rows, hidden_, hidden_);
  }

  void Score(StageTimer& timer) {
    std::vector<int64_t> wanted;
    for (int64_t i = 0; i < count_; ++i) {
      if (rows_[static_cast<size_t>(i)].row->query.wants_logits) wanted.push_back(i);
    }
    const int64_t vocab = config_.dims.vocab_size;
    for (size_t begin = 0; begin < wanted.size(); begin += kLogitRows) {
      timer.Next(Stage::kOutputLayer);
      const auto count = static_cast<int64_t>(std::min<size_t>(kLogitRows, wanted.size() - begin));
      float* logits = scratch_.logits.As<float>(static_cast<size_t>(count * vocab)).data();
      float* inputs = scratch_.inner.As<float>(static_cast<size_t>(count * state_)).data();
      scratch_.rows.Reset(weights_.logits.weights.type, count, state_);
      for (int64_t i = 0; i < count; ++i) {
        const float* hidden = hidden_ + wanted[begin + static_cast<size_t>(i)] * state_;
        kernels_.rowwise->layer_norm(hidden, weights_.decoder_norm.gamma,
                                     weights_.decoder_norm.beta, state_, inputs + i * state_);
        scratch_.rows.Set(kernels_, i, inputs + i * state_);
      }
      nn::ApplyLinearParallel(kernels_, weights_.logits, scratch_.rows.view(), count,
                              {.out = logits, .out_stride = vocab, .residual = nullptr}, pool_);
      timer.Next(Stage::kScoring);
      pool_.ParallelFor(count, [&](int64_t i) {
        const StepRow& step = rows_[static_cast<size_t>(wanted[begin + static_cast<size_t>(i)])];
        const std::span<float> row(logits + i * vocab, static_cast<size_t>(vocab));
        const std::span<const float> input(inputs + i * state_, static_cast<size_t>(state_));
        if (weights_.logit_rows == nullptr) {
          ScoreRow(kernels_, row, step.row->query, *step.result);
        } else {
          const ExactLogits exact{input, weights_.logit_rows, LogitBound(weights_, input)};
          ScoreRow(kernels_, row, step.row->query, *step.result, &exact);
        }
      });
    }
  }

  const nn::Kernels& kernels_;
  const Config& config_;
  const Weights& weights_;
  std::span<const StepRow> rows_;
  WhisperScratch& scratch_;
  ThreadPool& pool_;
  std::vector<ThreadScratch>& threads_;
  const int64_t count_, state_, heads_;
  float* hidden_ = nullptr;
  float* attended_ = nullptr;
};

}  // namespace

WhisperState::WhisperState(std::shared_ptr<const WhisperEncoding> encoding, const Dimensions& dims,
                           int num_slots)
    : encoding_(std::move(encoding)),
      layers_(dims.text_layers),
      context_(dims.text_context),
      state_(dims.text_state) {
  const auto floats = static_cast<size_t>(layers_ * 2 * context_ * state_);
  for (int slot = 0; slot < num_slots; ++slot) {
    slots_.push_back(std::make_unique_for_overwrite<float[]>(floats));
  }
}

float* WhisperState::At(int slot, int layer, int which, int64_t position) {
  IRONSCRIBE_DCHECK(position < context_);
  return slots_[static_cast<size_t>(slot)].get() +
         ((layer * int64_t{2} + which) * context_ + position) * state_;
}

void RunDecoder(const nn::Kernels& kernels, const Config& config, const Weights& weights,
                std::span<const StepRow> rows, WhisperScratch& scratch, ThreadPool& pool) {
  if (!rows.empty()) DecoderPass(kernels, config, weights, rows, scratch, pool).Run();
}

}  // namespace ironscribe::models::whisper
