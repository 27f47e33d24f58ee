// A Whisper checkpoint in any container: knows each format's names for the tensors and gives them
// under one set of names, fused as the engine wants them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "formats/weight_source.h"
#include "models/whisper/config.h"

namespace ironscribe::models::whisper {

// The widest feed-forward layer accepted; large-v3 has 5,120.
inline constexpr int64_t kMaxInnerSize = 1 << 16;

// Names of our own: "encoder.conv1", "encoder.3.self_qkv", "decoder.0.cross_kv", "decoder.norm",
// ... A matrix [rows, columns] that the checkpoint may hold in several pieces, stacked along the
// rows.
struct Matrix {
  std::vector<std::string> weight_pieces;
  std::vector<std::string> bias_pieces;  // "" stands for a missing bias, all zeros.
  int64_t rows = 0;
  int64_t columns = 0;
};

class Checkpoint {
 public:
  // Requires: source outlives the checkpoint. Errors: InvalidArgument naming the tensor that is
  // missing or has the wrong shape. `heads` of the configuration files, 0 if they do not say.
  static Result<Checkpoint> Read(const formats::WeightSource& source, int audio_heads,
                                 int text_heads);

  // True when the source holds the tensors every Whisper checkpoint has.
  static bool Detect(const formats::WeightSource& source);

  const Dimensions& dims() const { return dims_; }

  // Description of a linear layer or convolution ("encoder.conv1" is [state, mels * 3]). The
  // layer's shapes are checked.
  Result<Matrix> Describe(const std::string& name) const;

  // The token embedding [vocab, state], which may differ from "decoder.logits".
  Result<Matrix> DescribeEmbedding() const;

  // Rows [first, first + count) of a matrix, [count, columns].
  Status ReadRows(const Matrix& matrix, int64_t first, int64_t count, std::span<float> out) const;
  // All biases of a matrix, zeros where missing. Errors: DataLoss for NaN or infinity.
  Status ReadBias(const Matrix& matrix, std::span<float> out) const;

  // Gamma and beta of a layer norm.
  Status ReadNorm(const std::string& name, std::span<float> gamma, std::span<float> beta) const;
  // "encoder.positions" [audio_context, state], "decoder.positions" [text_context, state].
  Status ReadPositions(const std::string& name, std::span<float> out) const;

 private:
  struct Naming;
  static const Naming* NamingOf(const formats::WeightSource& source);
  Status ReadDimensions(int audio_heads, int text_heads);
  int64_t Count(std::string_view metadata_name, int64_t fallback) const;
  std::string Expand(const std::string& name) const;

  const formats::WeightSource* source_ = nullptr;
  const Naming* naming_ = nullptr;
  Dimensions dims_;
};

}  // namespace ironscribe::models::whisper
