// A checkpoint file opened for reading: named tensors that are converted to float32 on demand, a
// range at a time, so that a conversion never holds more than one tensor. Each weight-file format
// has a folder with one implementation. Names are the format's own; models map them.
//
// Implementations check at Open that every tensor lies inside the file and that shape and size
// agree, so that reading cannot leave the file. Thread rule: const methods may be called from many
// threads.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tensor/tensor.h"

namespace ironscribe::formats {

struct TensorInfo {
  std::string name;
  tensor::Shape shape;  // Row-major, outermost dimension first, whatever the file's own order is.
};

class WeightSource {
 public:
  virtual ~WeightSource() = default;

  // "ctranslate2", "safetensors", "pytorch", "ggml", "kaldi".
  virtual std::string_view format() const = 0;

  // Sorted by name, aliases included.
  virtual const std::vector<TensorInfo>& tensors() const = 0;

  // The tensor's description, or null.
  const TensorInfo* Find(std::string_view name) const;

  // Elements [offset, offset + out.size()) of the flattened tensor as float32 (quantised types are
  // dequantised, integers converted). Errors: NotFound for an unknown name, OutOfRange for a range
  // outside the tensor, DataLoss for a NaN or infinite quantisation scale.
  virtual Status Read(std::string_view name, uint64_t offset_elements,
                      std::span<float> out) const = 0;

  // What the container says about the model beside tensors, as text values: ggml's header fields
  // ("n_vocab", ...), `.pt`'s dims, safetensors' __metadata__, CTranslate2's "spec" and "revision".
  virtual const std::map<std::string, std::string>& metadata() const = 0;

  // Vocabulary inside the container, one raw byte string per token id; empty where the format has
  // none.
  virtual const std::vector<std::string>& vocabulary() const = 0;
};

}  // namespace ironscribe::formats
