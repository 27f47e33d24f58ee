// The one implementation of WeightSource: a table of where each tensor's elements lie in the mapped
// files and how they are stored. A format's reader fills it and hands it out.
//
// Build: AddFile, Add and AddAlias in any order, then Finish, once; after that it is immutable.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "formats/element_conversion.h"
#include "formats/file_bytes.h"
#include "formats/weight_source.h"
#include "io/byte_reader.h"

namespace ironscribe::formats {

// One tensor as stored. The reader has checked that `bytes` lie in the file.
struct StoredTensor {
  tensor::Shape shape;
  Encoding encoding = Encoding::kFloat32;
  size_t file = 0;  // From AddFile.
  io::Bytes bytes;
  // Empty: stored contiguously. Otherwise elements between neighbours along each dimension, and
  // `bytes` may cover more than the tensor. Never with block encodings.
  std::vector<int64_t> strides = {};
  // Empty, one, or one per row of the first dimension: what the stored values are divided by.
  std::vector<float> divisors = {};
};

class TensorTable final : public WeightSource {
 public:
  explicit TensorTable(std::string_view format) : format_(format) {}

  size_t AddFile(FileBytes file);
  // Errors: DataLoss for a taken name, or bytes that do not fit shape and encoding.
  Status Add(std::string name, StoredTensor tensor);
  // A second name for a tensor that was added. Errors: DataLoss for a taken name, an unknown
  // target.
  Status AddAlias(std::string name, std::string_view target);
  void SetMetadata(std::string key, std::string value) { metadata_[key] = std::move(value); }
  void SetVocabulary(std::vector<std::string> tokens) { vocabulary_ = std::move(tokens); }
  void Finish();

  std::string_view format() const override { return format_; }
  const std::vector<TensorInfo>& tensors() const override { return infos_; }
  Status Read(std::string_view name, uint64_t offset_elements, std::span<float> out) const override;
  const std::map<std::string, std::string>& metadata() const override { return metadata_; }
  const std::vector<std::string>& vocabulary() const override { return vocabulary_; }

 private:
  Status ReadContiguous(const TensorInfo& info, const StoredTensor& tensor, uint64_t offset,
                        std::span<float> out) const;
  std::string FileNameOf(const StoredTensor& tensor) const;

  std::string format_;
  std::vector<FileBytes> files_;
  std::vector<StoredTensor> stored_;
  std::unordered_map<std::string, size_t> index_;  // Name to index in stored_.
  std::vector<TensorInfo> infos_;                  // Sorted by name.
  std::map<std::string, std::string> metadata_;
  std::vector<std::string> vocabulary_;
};

}  // namespace ironscribe::formats
