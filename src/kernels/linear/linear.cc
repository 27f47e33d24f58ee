#include "kernels/linear/linear.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "kernels/linear/linear_levels.h"
#include "tensor/tensor.h"

// Panel layouts, for 64 columns c and inputs k:
//   kFloat32   float w[k][c]
//   kBFloat16  uint16 w[k / 2][c][2]
//   kInt8      uint8 w[k / 4][c][4], value + 128; then float scale[c]
//   kInt8Wide  per group of 64 inputs: int8 w[32][c][2], then float scale[c]

namespace ironscribe::kernels {
namespace {

// Inputs consumed by one multiply instruction per lane.
int64_t DepthStep(LinearType type) {
  switch (type) {
    case LinearType::kFloat32:
      return 1;
    case LinearType::kBFloat16:
      return 2;
    case LinearType::kInt8:
      return 4;
    case LinearType::kInt8Wide:
      return kWideGroup;
  }
  return 1;
}

// Symmetric 8-bit quantisation: the largest magnitude maps to 127, so -128 never occurs.
float ScaleOf(const float* values, int64_t count) {
  float largest = 0;
  for (int64_t i = 0; i < count; ++i) largest = std::max(largest, std::fabs(values[i]));
  return largest / 127.0f;
}

int Quantize(float value, float scale) {
  if (scale == 0) return 0;
  return std::clamp(static_cast<int>(std::nearbyint(value / scale)), -127, 127);
}

void PackInt8(const float* weights, int64_t columns, int64_t k, std::byte* panel) {
  const int64_t depth = PaddedDepth(LinearType::kInt8, k);
  auto* bytes = reinterpret_cast<uint8_t*>(panel);
  std::memset(bytes, 128, static_cast<size_t>(depth * kPanelColumns));
  float scales[kPanelColumns] = {};
  for (int64_t c = 0; c < columns; ++c) {
    scales[c] = ScaleOf(weights + c * k, k);
    for (int64_t i = 0; i < k; ++i) {
      bytes[(i / 4 * kPanelColumns + c) * 4 + i % 4] =
          static_cast<uint8_t>(Quantize(weights[c * k + i], scales[c]) + 128);
    }
  }
  std::memcpy(bytes + depth * kPanelColumns, scales, sizeof(scales));
}

constexpr int64_t kWideGroupBytes = kWideGroup * kPanelColumns;
constexpr int64_t kWideStride = kWideGroupBytes + kPanelColumns * int64_t{sizeof(float)};

void PackInt8Wide(const float* weights, int64_t columns, int64_t k, std::byte* panel) {
  for (int64_t group = 0; group < k; group += kWideGroup) {
    auto* bytes = reinterpret_cast<int8_t*>(panel);
    float scales[kPanelColumns] = {};
    const int64_t count = std::min(kWideGroup, k - group);
    for (int64_t c = 0; c < columns; ++c) {
      const float* row = weights + c * k + group;
      scales[c] = ScaleOf(row, count);
      for (int64_t i = 0; i < count; ++i) {
        bytes[(i / 2 * kPanelColumns + c) * 2 + i % 2] =
            static_cast<int8_t>(Quantize(row[i], scales[c]));
      }
    }
    std::memcpy(panel + kWideGroupBytes, scales, sizeof(scales));
    panel += kWideStride;
  }
}

}  // namespace

int64_t PaddedDepth(LinearType type, int64_t k) {
  const int64_t step = DepthStep(type);
  return (k + step - 1) / step * step;
}

size_t PanelSizeBytes(LinearType type, int64_t k) {
  const auto values = static_cast<size_t>(PaddedDepth(type, k) * kPanelColumns);
  constexpr size_t kScaleBytes = kPanelColumns * sizeof(float);
  switch (type) {
    case LinearType::kFloat32:
      return values * 4;
    case LinearType::kBFloat16:
      return values * 2;
    case LinearType::kInt8:
      return values + kScaleBytes;
    case LinearType::kInt8Wide:
      return values + kScaleBytes * (values / (kWideGroup * kPanelColumns));
  }
  return 0;
}

size_t PackedSizeBytes(LinearType type, int64_t n, int64_t k) {
  const auto panels = static_cast<size_t>((n + kPanelColumns - 1) / kPanelColumns);
  return panels * PanelSizeBytes(type, k);
}

size_t ActivationRowBytes(LinearType type, int64_t k) {
  const auto depth = static_cast<size_t>(PaddedDepth(type, k));
  switch (type) {
    case LinearType::kFloat32:
      return depth * 4;
    case LinearType::kInt8:
      return depth;
    case LinearType::kBFloat16:
    case LinearType::kInt8Wide:
      return depth * 2;
  }
  return 0;
}

void PackPanel(LinearType type, std::span<const float> weights, int64_t columns, int64_t k,
               std::byte* panel) {
  IRONSCRIBE_CHECK(columns <= kPanelColumns);
  IRONSCRIBE_CHECK(weights.size() == static_cast<size_t>(columns * k));
  std::memset(panel, 0, PanelSizeBytes(type, k));
  switch (type) {
    case LinearType::kFloat32: {
      auto* out = reinterpret_cast<float*>(panel);
      for (int64_t c = 0; c < columns; ++c) {
        for (int64_t i = 0; i < k; ++i) {
          out[i * kPanelColumns + c] = weights[static_cast<size_t>(c * k + i)];
        }
      }
      return;
    }
    case LinearType::kBFloat16: {
      auto* out = reinterpret_cast<uint16_t*>(panel);
      for (int64_t c = 0; c < columns; ++c) {
        for (int64_t i = 0; i < k; ++i) {
          out[(i / 2 * kPanelColumns + c) * 2 + i % 2] =
              tensor::BFloat16FromFloat(weights[static_cast<size_t>(c * k + i)]);
        }
      }
      return;
    }
    case LinearType::kInt8:
      PackInt8(weights.data(), columns, k, panel);
      return;
    case LinearType::kInt8Wide:
      PackInt8Wide(weights.data(), columns, k, panel);
      return;
  }
}

void RaiseToWideScales(const std::byte* panel, int64_t k, std::span<float> largest) {
  const auto groups = static_cast<size_t>(PaddedDepth(LinearType::kInt8Wide, k) / kWideGroup);
  IRONSCRIBE_CHECK(largest.size() == groups);
  for (float& scale : largest) {
    const auto* scales = reinterpret_cast<const float*>(panel + kWideGroupBytes);
    scale = std::max(scale, *std::max_element(scales, scales + kPanelColumns));
    panel += kWideStride;
  }
}

void PutPackedColumn(LinearType type, int64_t k, int64_t column, const std::byte* row,
                     std::byte* matrix) {
  IRONSCRIBE_DCHECK(type == LinearType::kFloat32 || type == LinearType::kBFloat16);
  std::byte* panel = matrix + static_cast<size_t>(column / kPanelColumns) * PanelSizeBytes(type, k);
  // One 32-bit word is one float or a pair of bfloat16 inputs.
  auto* words = reinterpret_cast<uint32_t*>(panel) + column % kPanelColumns;
  const int64_t count = PaddedDepth(type, k) / DepthStep(type);
  for (int64_t i = 0; i < count; ++i) std::memcpy(words + i * kPanelColumns, row + 4 * i, 4);
}

void PutPackedInputs(LinearType type, int64_t n, int64_t k, int64_t depth, const std::byte* first,
                     const std::byte* second, std::byte* matrix) {
  IRONSCRIBE_DCHECK(type == LinearType::kFloat32 || type == LinearType::kBFloat16);
  const size_t panel_bytes = PanelSizeBytes(type, k);
  for (int64_t column = 0; column < n; column += kPanelColumns) {
    const int64_t count = std::min(kPanelColumns, n - column);
    std::byte* panel = matrix + static_cast<size_t>(column / kPanelColumns) * panel_bytes;
    if (type == LinearType::kFloat32) {
      float* rows = reinterpret_cast<float*>(panel) + depth * kPanelColumns;
      std::memcpy(rows, first + column * 4, static_cast<size_t>(count) * 4);
      if (second == nullptr) continue;
      std::memcpy(rows + kPanelColumns, second + column * 4, static_cast<size_t>(count) * 4);
      continue;
    }
    auto* pairs = reinterpret_cast<uint32_t*>(panel) + depth / 2 * kPanelColumns;
    const auto* low = reinterpret_cast<const uint16_t*>(first) + column;
    const auto* high =
        second == nullptr ? nullptr : reinterpret_cast<const uint16_t*>(second) + column;
    for (int64_t c = 0; c < count; ++c) {
      pairs[c] = low[c] | static_cast<uint32_t>(high == nullptr ? 0 : high[c]) << 16;
    }
  }
}

void PutWideColumn(int64_t k, int64_t column, const int8_t* row, float scale, std::byte* matrix) {
  std::byte* group = matrix + static_cast<size_t>(column / kPanelColumns) *
                                  PanelSizeBytes(LinearType::kInt8Wide, k);
  const int64_t lane = column % kPanelColumns;
  for (int64_t begin = 0; begin < k; begin += kWideGroup, group += kWideStride) {
    auto* pairs = reinterpret_cast<int8_t*>(group) + 2 * lane;
    const int64_t count = std::min(kWideGroup, k - begin);
    for (int64_t i = 0; i < count; ++i) {
      pairs[i / 2 * 2 * kPanelColumns + i % 2] = row[begin + i];
    }
    std::memcpy(group + kWideGroupBytes + lane * int64_t{sizeof(float)}, &scale, sizeof(scale));
  }
}

void PutWideInputs(int64_t n, int64_t k, int64_t depth, const int8_t* first, const int8_t* second,
                   std::byte* matrix) {
  const size_t panel_bytes = PanelSizeBytes(LinearType::kInt8Wide, k);
  for (int64_t column = 0; column < n; column += kPanelColumns) {
    const int64_t count = std::min(kPanelColumns, n - column);
    std::byte* group = matrix + static_cast<size_t>(column / kPanelColumns) * panel_bytes +
                       static_cast<size_t>(depth / kWideGroup * kWideStride);
    auto* pairs = reinterpret_cast<int8_t*>(group) + depth % kWideGroup * kPanelColumns;
    for (int64_t c = 0; c < count; ++c) {
      pairs[2 * c] = first[column + c];
      pairs[2 * c + 1] = second == nullptr ? int8_t{0} : second[column + c];
    }
    if (depth % kWideGroup == 0) {
      auto* scales = reinterpret_cast<float*>(group + kWideGroupBytes);
      std::fill_n(scales, kPanelColumns, 1.0f);
    }
  }
}

void MultiplyPanels(CpuLevel level, const LinearCall& call) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return linear_avx512::Multiply(call);
  if (level == CpuLevel::kAvx2) return linear_avx2::Multiply(call);
#elif defined(__aarch64__)
  if (level == CpuLevel::kNeonI8mm) return linear_neon_i8mm::Multiply(call);
  if (level == CpuLevel::kNeonDot) return linear_neon_dot::Multiply(call);
#endif
  (void)level;
  linear_portable::Multiply(call);
}

}  // namespace ironscribe::kernels
