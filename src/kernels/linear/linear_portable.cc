// Tiles in plain C++ for any processor: the yardstick of the other levels.
#include <array>

#include "kernels/linear/linear_driver.h"
#include "kernels/linear/linear_levels.h"

namespace {

template <typename T>
IRONSCRIBE_INLINE T ReadAs(const std::byte* from) {
  T value;
  __builtin_memcpy(&value, from, sizeof(value));
  return value;
}

IRONSCRIBE_INLINE float FromBFloat16(uint16_t value) {
  const uint32_t bits = static_cast<uint32_t>(value) << 16;
  float result;
  __builtin_memcpy(&result, &bits, sizeof(result));
  return result;
}

void RowFloat32(const std::byte* a, const TileArgs& args, float* sums) {
  const auto* weights = reinterpret_cast<const float*>(args.panel);
  for (int64_t i = 0; i < args.depth; ++i, weights += kPanelColumns) {
    const auto value = ReadAs<float>(a + i * 4);
    for (int64_t c = 0; c < kPanelColumns; ++c) sums[c] += value * weights[c];
  }
}

void RowBFloat16(const std::byte* a, const TileArgs& args, float* sums) {
  const auto* weights = reinterpret_cast<const uint16_t*>(args.panel);
  for (int64_t i = 0; i < args.depth; i += 2, weights += 2 * kPanelColumns) {
    const float even = FromBFloat16(ReadAs<uint16_t>(a + i * 2));
    const float odd = FromBFloat16(ReadAs<uint16_t>(a + i * 2 + 2));
    for (int64_t c = 0; c < kPanelColumns; ++c) {
      sums[c] += even * FromBFloat16(weights[2 * c]);
      sums[c] += odd * FromBFloat16(weights[2 * c + 1]);
    }
  }
}

void RowInt8(const std::byte* a, float scale, const TileArgs& args, float* sums) {
  int32_t exact[kPanelColumns] = {};
  const auto* weights = reinterpret_cast<const uint8_t*>(args.panel);
  for (int64_t i = 0; i < args.depth; i += 4, weights += 4 * kPanelColumns) {
    const auto value = ReadAs<std::array<int8_t, 4>>(a + i);
    for (int64_t c = 0; c < kPanelColumns; ++c) {
      for (int64_t j = 0; j < 4; ++j) {
        exact[c] +=
            value[static_cast<size_t>(j)] * (static_cast<int32_t>(weights[4 * c + j]) - 128);
      }
    }
  }
  const auto* scales = reinterpret_cast<const float*>(weights);
  for (int64_t c = 0; c < kPanelColumns; ++c) {
    sums[c] = static_cast<float>(exact[c]) * (scale * scales[c]);
  }
}

void RowInt8Wide(const std::byte* a, float scale, const TileArgs& args, float* sums) {
  const std::byte* at = args.panel;
  for (int64_t group = 0; group < args.depth; group += kWideGroup) {
    int32_t exact[kPanelColumns] = {};
    const auto* weights = reinterpret_cast<const int8_t*>(at);
    for (int64_t i = group; i < group + kWideGroup; i += 2, weights += 2 * kPanelColumns) {
      const int32_t even = ReadAs<int16_t>(a + i * 2), odd = ReadAs<int16_t>(a + i * 2 + 2);
      for (int64_t c = 0; c < kPanelColumns; ++c) {
        exact[c] += even * weights[2 * c] + odd * weights[2 * c + 1];
      }
    }
    const auto* scales = reinterpret_cast<const float*>(weights);
    for (int64_t c = 0; c < kPanelColumns; ++c) sums[c] += static_cast<float>(exact[c]) * scales[c];
    at = reinterpret_cast<const std::byte*>(scales + kPanelColumns);
  }
  for (int64_t c = 0; c < kPanelColumns; ++c) sums[c] *= scale;
}

template <LinearType kType, int kRows>
void Tile(const TileArgs& args) {
  for (int64_t row = 0; row < kRows; ++row) {
    const std::byte* a = args.a + row * args.stride_bytes;
    float* sums = args.sums + row * kPanelColumns;
    std::fill(sums, sums + kPanelColumns, 0.0f);
    if constexpr (kType == LinearType::kFloat32) RowFloat32(a, args, sums);
    if constexpr (kType == LinearType::kBFloat16) RowBFloat16(a, args, sums);
    if constexpr (kType == LinearType::kInt8) RowInt8(a, args.scales[row], args, sums);
    if constexpr (kType == LinearType::kInt8Wide) RowInt8Wide(a, args.scales[row], args, sums);
  }
}

}  // namespace

namespace ironscribe::kernels::linear_portable {
void Multiply(const LinearCall& call) { MultiplyByType(call); }
}  // namespace ironscribe::kernels::linear_portable
