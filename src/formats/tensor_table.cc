#include "formats/tensor_table.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/safe_math.h"

namespace ironscribe::formats {
namespace {

// Elements converted between two evictions: bounds what a large tensor keeps in memory to a few
// megabytes of source pages. A multiple of every block.
constexpr uint64_t kChunkElements = 1 << 21;
// Elements gathered from a strided tensor before they are converted together.
constexpr size_t kGatherElements = 1024;

// Divides [offset, offset + out.size()) of a tensor by its rows' divisors.
void DivideRows(const StoredTensor& tensor, uint64_t num_elements, uint64_t offset,
                std::span<float> out) {
  const uint64_t row_elements = num_elements / tensor.divisors.size();
  while (!out.empty()) {
    const uint64_t row = offset / row_elements;
    const size_t count = std::min<uint64_t>(out.size(), (row + 1) * row_elements - offset);
    const float divisor = tensor.divisors[row];
    for (float& value : out.first(count)) value /= divisor;
    out = out.subspan(count);
    offset += count;
  }
}

// Converts any range of a contiguous tensor; ranges that begin or end inside a block go through a
// buffer. False for a scale that is not finite.
bool ConvertRange(const StoredTensor& tensor, uint64_t offset, std::span<float> out) {
  const EncodingUnit unit = UnitOf(tensor.encoding);
  bool is_finite = true;
  std::array<float, 32> block;
  while (!out.empty()) {
    const size_t inside = offset % unit.elements;
    const std::byte* source = tensor.bytes.data() + offset / unit.elements * unit.size_bytes;
    size_t count;
    if (inside == 0 && out.size() >= unit.elements) {
      count = out.size() / unit.elements * unit.elements;
      is_finite &= ConvertToFloat(tensor.encoding, source, out.first(count));
    } else {
      count = std::min(unit.elements - inside, out.size());
      is_finite &= ConvertToFloat(tensor.encoding, source, std::span(block).first(unit.elements));
      std::copy_n(block.begin() + static_cast<ptrdiff_t>(inside), count, out.begin());
    }
    out = out.subspan(count);
    offset += count;
  }
  return is_finite;
}

// The place in the storage, in elements, of one element of a strided tensor.
uint64_t StridedPosition(const StoredTensor& tensor, uint64_t index) {
  uint64_t position = 0;
  for (size_t d = tensor.shape.size(); d-- > 0;) {
    const auto dimension = static_cast<uint64_t>(tensor.shape[d]);
    position += index % dimension * static_cast<uint64_t>(tensor.strides[d]);
    index /= dimension;
  }
  return position;
}

void ReadStrided(const StoredTensor& tensor, uint64_t offset, std::span<float> out) {
  const size_t element_bytes = UnitOf(tensor.encoding).size_bytes;
  const auto row = static_cast<uint64_t>(tensor.shape.back());
  const uint64_t step_bytes = static_cast<uint64_t>(tensor.strides.back()) * element_bytes;
  std::array<std::byte, kGatherElements * 8> gathered;
  while (!out.empty()) {
    // Along one row the positions are evenly spaced.
    const size_t count = std::min<uint64_t>({out.size(), row - offset % row, kGatherElements});
    const std::byte* source = tensor.bytes.data() + StridedPosition(tensor, offset) * element_bytes;
    for (size_t i = 0; i < count; ++i) {
      std::memcpy(gathered.data() + i * element_bytes, source + i * step_bytes, element_bytes);
    }
    ConvertToFloat(tensor.encoding, gathered.data(), out.first(count));
    out = out.subspan(count);
    offset += count;
  }
}

// The bytes a strided tensor needs from its storage; nothing on overflow or a negative stride.
std::optional<uint64_t> StridedSizeBytes(const StoredTensor& tensor) {
  uint64_t last = 0;
  for (size_t d = 0; d < tensor.shape.size(); ++d) {
    if (tensor.shape[d] == 0) return 0;
    if (tensor.shape[d] < 0 || tensor.strides[d] < 0) return std::nullopt;
    const auto span = CheckedMultiply(static_cast<uint64_t>(tensor.shape[d]) - 1,
                                      static_cast<uint64_t>(tensor.strides[d]));
    const auto sum = span ? CheckedAdd(last, *span) : std::nullopt;
    if (!sum) return std::nullopt;
    last = *sum;
  }
  const auto elements = CheckedAdd(last, 1);
  return elements ? CheckedMultiply(*elements, UnitOf(tensor.encoding).size_bytes) : std::nullopt;
}

// Whether shape, strides, encoding and bytes fit together.
bool IsConsistent(const StoredTensor& tensor) {
  const auto contiguous = EncodedSizeBytes(tensor.encoding, tensor.shape);
  if (!contiguous) return false;
  if (tensor.strides.empty()) return *contiguous == tensor.bytes.size();
  if (tensor.strides.size() != tensor.shape.size() || UnitOf(tensor.encoding).elements != 1) {
    return false;
  }
  // A view repeats no more than its storage holds, or a tiny file could describe an endless tensor.
  const auto strided = StridedSizeBytes(tensor);
  return strided && *strided <= tensor.bytes.size() && *contiguous <= tensor.bytes.size();
}

}  // namespace

size_t TensorTable::AddFile(FileBytes file) {
  files_.push_back(std::move(file));
  return files_.size() - 1;
}

std::string TensorTable::FileNameOf(const StoredTensor& tensor) const {
  return tensor.file < files_.size() ? files_[tensor.file].name() : format_;
}

Status TensorTable::Add(std::string name, StoredTensor tensor) {
  const std::string file = FileNameOf(tensor);
  if (!IsConsistent(tensor)) {
    return DataLossError(file + ": tensor '" + name + "' " + tensor::ShapeToString(tensor.shape) +
                         " of " + std::string(EncodingName(tensor.encoding)) +
                         " does not fit its " + std::to_string(tensor.bytes.size()) + " bytes");
  }
  const size_t divisors = tensor.divisors.size();
  if (divisors > 1 && (tensor.shape.empty() || tensor.shape[0] != static_cast<int64_t>(divisors))) {
    return DataLossError(file + ": tensor '" + name + "' " + tensor::ShapeToString(tensor.shape) +
                         " has " + std::to_string(divisors) + " scales, not one per row");
  }
  if (!index_.emplace(name, stored_.size()).second) {
    return DataLossError(file + ": two tensors are named '" + name + "'");
  }
  infos_.push_back(TensorInfo{std::move(name), tensor.shape});
  stored_.push_back(std::move(tensor));
  return OkStatus();
}

Status TensorTable::AddAlias(std::string name, std::string_view target) {
  const auto found = index_.find(std::string(target));
  const std::string file = files_.empty() ? format_ : files_[0].name();
  if (found == index_.end()) {
    return DataLossError(file + ": '" + name + "' stands for '" + std::string(target) +
                         "', which is not in the file");
  }
  const size_t stored = found->second;
  if (!index_.emplace(name, stored).second) {
    return DataLossError(file + ": two tensors are named '" + name + "'");
  }
  infos_.push_back(TensorInfo{std::move(name), stored_[stored].shape});
  return OkStatus();
}

void TensorTable::Finish() {
  std::sort(infos_.begin(), infos_.end(),
            [](const TensorInfo& a, const TensorInfo& b) { return a.name < b.name; });
}

Status TensorTable::Read(std::string_view name, uint64_t offset_elements,
                         std::span<float> out) const {
  const TensorInfo* info = Find(name);
  if (info == nullptr) {
    return NotFoundError("the " + format_ + " file has no tensor '" + std::string(name) + "'");
  }
  const StoredTensor& tensor = stored_[index_.at(info->name)];
  const uint64_t num_elements = *CheckedProduct(tensor.shape);  // Add has checked it.
  if (offset_elements > num_elements || out.size() > num_elements - offset_elements) {
    return OutOfRangeError("cannot read " + std::to_string(out.size()) + " elements at " +
                           std::to_string(offset_elements) + " of '" + info->name +
                           "', which has " + std::to_string(num_elements));
  }
  if (out.empty()) return OkStatus();
  if (tensor.strides.empty()) return ReadContiguous(*info, tensor, offset_elements, out);
  ReadStrided(tensor, offset_elements, out);
  if (tensor.file < files_.size()) files_[tensor.file].Evict(tensor.bytes);
  return OkStatus();
}

Status TensorTable::ReadContiguous(const TensorInfo& info, const StoredTensor& tensor,
                                   uint64_t offset, std::span<float> out) const {
  const EncodingUnit unit = UnitOf(tensor.encoding);
  while (!out.empty()) {
    const size_t count = std::min<uint64_t>(out.size(), kChunkElements);
    if (!ConvertRange(tensor, offset, out.first(count))) {
      return DataLossError(FileNameOf(tensor) + ": tensor '" + info.name +
                           "' has a quantisation scale that is NaN or infinite");
    }
    if (!tensor.divisors.empty()) {
      DivideRows(tensor, *CheckedProduct(tensor.shape), offset, out.first(count));
    }
    if (tensor.file < files_.size()) {
      const uint64_t begin = offset / unit.elements * unit.size_bytes;
      const uint64_t end = (offset + count) / unit.elements * unit.size_bytes;
      files_[tensor.file].Evict(tensor.bytes.subspan(begin, end - begin));
    }
    out = out.subspan(count);
    offset += count;
  }
  // A tensor read in small ranges goes as a whole when its end is reached.
  if (offset == *CheckedProduct(tensor.shape) && tensor.file < files_.size()) {
    files_[tensor.file].Evict(tensor.bytes);
  }
  return OkStatus();
}

}  // namespace ironscribe::formats
