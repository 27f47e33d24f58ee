#include "formats/kaldi/kaldi_weights.h"

#include <algorithm>

#include "formats/kaldi/acoustic_model.h"

namespace ironscribe::formats {
namespace {

class KaldiWeights final : public WeightSource {
 public:
  explicit KaldiWeights(const kaldi::AcousticModel& model) {
    metadata_["num_pdfs"] = std::to_string(model.transitions.num_pdfs);
    metadata_["kind"] = model.network ? "nnet3" : "gmm";
    if (!model.network) return;
    for (const kaldi::Component& component : model.network->components) {
      for (const auto& [tag, matrix] : component.arrays) {
        arrays_[component.name + "." + tag] = matrix;
      }
    }
    for (const auto& [name, matrix] : arrays_) {
      infos_.push_back({name, {matrix.rows, matrix.cols}});
    }
  }

  std::string_view format() const override { return "kaldi"; }
  const std::vector<TensorInfo>& tensors() const override { return infos_; }
  const std::map<std::string, std::string>& metadata() const override { return metadata_; }
  const std::vector<std::string>& vocabulary() const override { return vocabulary_; }

  Status Read(std::string_view name, uint64_t offset, std::span<float> out) const override {
    const auto found = arrays_.find(name);
    if (found == arrays_.end()) return NotFoundError("no tensor '" + std::string(name) + "'");
    const std::vector<float>& values = found->second.values;
    if (offset > values.size() || out.size() > values.size() - offset) {
      return OutOfRangeError("elements outside of '" + std::string(name) + "'");
    }
    std::copy_n(values.begin() + static_cast<int64_t>(offset), out.size(), out.begin());
    return OkStatus();
  }

 private:
  std::map<std::string, kaldi::Matrix, std::less<>> arrays_;
  std::vector<TensorInfo> infos_;
  std::map<std::string, std::string> metadata_;
  std::vector<std::string> vocabulary_;
};

}  // namespace

Result<std::unique_ptr<WeightSource>> ParseKaldi(FileBytes file) {
  ASSIGN_OR_RETURN(const kaldi::AcousticModel model,
                   kaldi::ReadAcousticModel(file.bytes(), file.name()));
  return std::unique_ptr<WeightSource>(std::make_unique<KaldiWeights>(model));
}

}  // namespace ironscribe::formats
