// With d the width, L the layers, P positions of the encoder (two frames each) and V the
// vocabulary:
//   convolutions        3 * mels * d per frame, 3 * d * d per position
//   encoder layer       4 d^2 per position for projections, 8 d^2 for the feed-forward half,
//                       2 P d per position for attention, P exponentials per position and head
//   cross keys, values  2 d^2 per position and decoder layer
//   decoder layer       14 d^2 per row (4 self, 2 cross, 8 feed-forward), 2 P d for cross-attention
//   output layer        V d per scored row
// multiplications each, and as many additions.
#include "models/whisper/work.h"

namespace ironscribe::models::whisper {
namespace {

using kernels::LinearType;
using kernels::PeakArithmetic;

PeakArithmetic ArithmeticOf(LinearType type) {
  switch (type) {
    case LinearType::kFloat32:
      return PeakArithmetic::kFloat32;
    case LinearType::kBFloat16:
      return PeakArithmetic::kBFloat16;
    case LinearType::kInt8:
      return PeakArithmetic::kInt8;
    case LinearType::kInt8Wide:
      return PeakArithmetic::kInt16;
  }
  return PeakArithmetic::kFloat32;
}

class WorkTeller {
 public:
  WorkTeller(const Dimensions& dims, const Arithmetic& arithmetic, const WorkCounts& counts,
             WorkScheme scheme)
      : dims_(dims),
        own_(arithmetic),
        counts_(counts),
        eight_bit_(scheme == WorkScheme::kEightBit) {
    attention_ = eight_bit_ ? PeakArithmetic::kBFloat16 : ArithmeticOf(own_.attention);
    cross_attention_ = eight_bit_ ? PeakArithmetic::kBFloat16 : ArithmeticOf(own_.cross_memory);
    memory_element_bytes_ =
        eight_bit_ ? 1
                   : static_cast<double>(kernels::PackedSizeBytes(
                         own_.cross_memory, kernels::kPanelColumns, kernels::kPanelColumns)) /
                         (kernels::kPanelColumns * kernels::kPanelColumns);
  }

  StageWork Tell() {
    TellEncoder();
    TellDecoder();
    return work_;
  }

 private:
  Work& Of(Stage stage) { return work_[static_cast<size_t>(stage)]; }

  // `rows` rows through a matrix [n, k] that is read from memory `passes` times.
  void AddMatrix(Stage stage, LinearType type, int64_t n, int64_t k, double rows,
                 double passes = 0) {
    Work& work = Of(stage);
    const double elements = static_cast<double>(n) * static_cast<double>(k);
    work.of(eight_bit_ ? PeakArithmetic::kInt8 : ArithmeticOf(type)) += 2 * elements * rows;
    const double matrix_bytes =
        eight_bit_ ? elements : static_cast<double>(kernels::PackedSizeBytes(type, n, k));
    work.bytes += matrix_bytes * passes;
  }

  // Pairs of a row and a position, each a score and a weighted sum in every head.
  void AddAttention(Stage stage, PeakArithmetic arithmetic, double pairs, int64_t state,
                    int64_t heads) {
    Of(stage).of(arithmetic) += 4 * static_cast<double>(state) * pairs;
    Of(stage).exponentials += static_cast<double>(heads) * pairs;
  }

  void TellEncoder() {
    const int64_t state = dims_.audio_state;
    const double positions = counts_.frames / 2, position_pairs = counts_.frame_pairs / 4;
    AddMatrix(Stage::kConvolution, own_.convolution, state, 3 * int64_t{dims_.num_mels},
              counts_.frames);
    AddMatrix(Stage::kConvolution, own_.convolution, state, 3 * state, positions);
    for (int layer = 0; layer < dims_.audio_layers; ++layer) {
      AddMatrix(Stage::kEncoderProjections, own_.encoder, 4 * state, state, positions);
      AddAttention(Stage::kEncoderAttention, attention_, position_pairs, state, dims_.audio_heads);
      AddMatrix(Stage::kEncoderFeedForward, own_.encoder, 4 * state, state, positions);
      AddMatrix(Stage::kEncoderFeedForward, own_.encoder_feed_out, state, 4 * state, positions);
    }
    for (int layer = 0; layer < dims_.text_layers; ++layer) {
      AddMatrix(Stage::kCrossKeysValues, own_.cross_key_value, 2 * state, state, positions);
    }
  }

  void TellDecoder() {
    const int64_t state = dims_.text_state;
    const double rows = counts_.rows, steps = counts_.steps;
    const double pair_elements = 2 * static_cast<double>(state);  // A key and a value.
    for (int layer = 0; layer < dims_.text_layers; ++layer) {
      AddMatrix(Stage::kDecoderSelf, own_.decoder, 4 * state, state, rows, steps);
      if (!eight_bit_) {
        AddAttention(Stage::kDecoderSelf, PeakArithmetic::kFloat32, counts_.history, state,
                     dims_.text_heads);
        Of(Stage::kDecoderSelf).bytes += pair_elements * sizeof(float) * counts_.history;
      }
      AddMatrix(Stage::kDecoderCross, own_.decoder, 2 * state, state, rows, steps);
      AddAttention(Stage::kDecoderCross, cross_attention_, counts_.memory, state, dims_.text_heads);
      Of(Stage::kDecoderCross).bytes +=
          pair_elements * memory_element_bytes_ * counts_.memory_reads;
      AddMatrix(Stage::kDecoderFeedForward, own_.decoder, 8 * state, state, rows, steps);
    }
    AddMatrix(Stage::kOutputLayer, own_.logits, dims_.vocab_size, state, counts_.scored_rows,
              steps);
  }

  const Dimensions& dims_;
  const Arithmetic& own_;
  const WorkCounts& counts_;
  const bool eight_bit_;
  PeakArithmetic attention_, cross_attention_;
  double memory_element_bytes_;
  StageWork work_ = {};
};

}  // namespace

StageWork WhisperWork(const Dimensions& dims, const Arithmetic& arithmetic,
                      const WorkCounts& counts, WorkScheme scheme) {
  return WorkTeller(dims, arithmetic, counts, scheme).Tell();
}

}  // namespace ironscribe::models::whisper
