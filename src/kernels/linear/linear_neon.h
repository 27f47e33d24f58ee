// Tiles that both NEON levels share: 16 outputs at a time (four registers a row) of the 64 in a
// panel, so that 6 rows keep 24 sums in the 32 registers and leave room for 4 weights and an
// activation. Included once per level; see vector.h on linkage.
#pragma once

#include <arm_neon.h>

#include "kernels/linear/linear_driver.h"

namespace {  // NOLINT

constexpr int kTileColumns = 16;
constexpr int kTileVectors = kTileColumns / 4;

template <typename T>
IRONSCRIBE_INLINE T ReadAs(const std::byte* from) {
  T value;
  __builtin_memcpy(&value, from, sizeof(value));
  return value;
}

// The 32-bit word at `from` in every lane: one float, two bfloat16 or 16-bit, or four 8-bit inputs.
IRONSCRIBE_INLINE int32x4_t BroadcastWord(const std::byte* from) {
  return vdupq_n_s32(ReadAs<int32_t>(from));
}

template <int kRows>
IRONSCRIBE_INLINE void StoreTile(const float32x4_t (&sum)[kRows][kTileVectors],
                                 const TileArgs& args, int64_t column) {
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    IRONSCRIBE_UNROLL
    for (int j = 0; j < kTileVectors; ++j) {
      vst1q_f32(args.sums + row * kPanelColumns + column + 4 * j, sum[row][j]);
    }
  }
}

template <int kRows>
IRONSCRIBE_INLINE void TileFloat32(const TileArgs& args, int64_t column) {
  float32x4_t sum[kRows][kTileVectors];
  IRONSCRIBE_UNROLL
  for (auto& row : sum) {
    IRONSCRIBE_UNROLL
    for (float32x4_t& lane : row) lane = vdupq_n_f32(0);
  }
  const float* weights = reinterpret_cast<const float*>(args.panel) + column;
  for (int64_t i = 0; i < args.depth; ++i, weights += kPanelColumns) {
    float32x4_t w[kTileVectors];
    IRONSCRIBE_UNROLL
    for (int j = 0; j < kTileVectors; ++j) w[j] = vld1q_f32(weights + 4 * j);
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const float32x4_t a =
          vreinterpretq_f32_s32(BroadcastWord(args.a + row * args.stride_bytes + i * 4));
      IRONSCRIBE_UNROLL
      for (int j = 0; j < kTileVectors; ++j) sum[row][j] = vfmaq_f32(sum[row][j], w[j], a);
    }
  }
  StoreTile(sum, args, column);
}

// Exact sums of row `row` and columns [column, column + 4) to float32.
IRONSCRIBE_INLINE void StoreScaled(int32x4_t exact, const float* scales, const TileArgs& args,
                                   int64_t row, int64_t column) {
  const float32x4_t both = vmulq_n_f32(vld1q_f32(scales + column), args.scales[row]);
  vst1q_f32(args.sums + row * kPanelColumns + column, vmulq_f32(vcvtq_f32_s32(exact), both));
}

template <int kRows>
IRONSCRIBE_INLINE void TileInt8Dot(const TileArgs& args, int64_t column) {
  int32x4_t sum[kRows][kTileVectors];
  IRONSCRIBE_UNROLL
  for (auto& row : sum) {
    IRONSCRIBE_UNROLL
    for (int32x4_t& lane : row) lane = vdupq_n_s32(0);
  }
  const uint8x16_t offset = vdupq_n_u8(128);  // Takes the offset of 128 off the weights.
  const auto* weights = reinterpret_cast<const uint8_t*>(args.panel) + column * 4;
  for (int64_t i = 0; i < args.depth; i += 4, weights += 4 * kPanelColumns) {
    int8x16_t w[kTileVectors];
    IRONSCRIBE_UNROLL
    for (int j = 0; j < kTileVectors; ++j) {
      w[j] = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(weights + 16 * j), offset));
    }
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const int8x16_t a = vreinterpretq_s8_s32(BroadcastWord(args.a + row * args.stride_bytes + i));
      IRONSCRIBE_UNROLL
      for (int j = 0; j < kTileVectors; ++j) sum[row][j] = vdotq_s32(sum[row][j], w[j], a);
    }
  }
  const auto* scales = reinterpret_cast<const float*>(args.panel + args.depth * kPanelColumns);
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    IRONSCRIBE_UNROLL
    for (int j = 0; j < kTileVectors; ++j) {
      StoreScaled(sum[row][j], scales, args, row, column + 4 * j);
    }
  }
}

// Pairs of 8-bit weights, seen as one 16-bit lane a column: the even input is the low byte.
IRONSCRIBE_INLINE int16x8_t EvenWeights(int16x8_t pairs) {
  return vshrq_n_s16(vshlq_n_s16(pairs, 8), 8);
}
IRONSCRIBE_INLINE int16x8_t OddWeights(int16x8_t pairs) { return vshrq_n_s16(pairs, 8); }

template <int kRows>
IRONSCRIBE_INLINE void TileInt8Wide(const TileArgs& args, int64_t column) {
  for (int row = 0; row < kRows; ++row) {
    for (int j = 0; j < kTileVectors; ++j) {
      vst1q_f32(args.sums + row * kPanelColumns + column + 4 * j, vdupq_n_f32(0));
    }
  }
  const std::byte* weights = args.panel;
  for (int64_t group = 0; group < args.depth; group += kWideGroup) {
    int32x4_t sum[kRows][kTileVectors];
    IRONSCRIBE_UNROLL
    for (auto& row : sum) {
      IRONSCRIBE_UNROLL
      for (int32x4_t& lane : row) lane = vdupq_n_s32(0);
    }
    for (int64_t i = group; i < group + kWideGroup; i += 2, weights += 2 * kPanelColumns) {
      int16x8_t even[2], odd[2];
      IRONSCRIBE_UNROLL
      for (int j = 0; j < 2; ++j) {
        const auto* bytes = reinterpret_cast<const int8_t*>(weights) + column * 2 + 16 * j;
        const int16x8_t pairs = vreinterpretq_s16_s8(vld1q_s8(bytes));
        even[j] = EvenWeights(pairs);
        odd[j] = OddWeights(pairs);
      }
      IRONSCRIBE_UNROLL
      for (int row = 0; row < kRows; ++row) {
        const int16x4_t a = vreinterpret_s16_s32(
            vdup_n_s32(ReadAs<int32_t>(args.a + row * args.stride_bytes + i * 2)));
        IRONSCRIBE_UNROLL
        for (int j = 0; j < 2; ++j) {
          int32x4_t& low = sum[row][2 * j];
          int32x4_t& high = sum[row][2 * j + 1];
          low = vmlal_lane_s16(low, vget_low_s16(even[j]), a, 0);
          high = vmlal_lane_s16(high, vget_high_s16(even[j]), a, 0);
          low = vmlal_lane_s16(low, vget_low_s16(odd[j]), a, 1);
          high = vmlal_lane_s16(high, vget_high_s16(odd[j]), a, 1);
        }
      }
    }
    const float* scales = reinterpret_cast<const float*>(weights) + column;
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      IRONSCRIBE_UNROLL
      for (int j = 0; j < kTileVectors; ++j) {
        float* to = args.sums + row * kPanelColumns + column + 4 * j;
        const float32x4_t value = vmulq_f32(vcvtq_f32_s32(sum[row][j]), vld1q_f32(scales + 4 * j));
        vst1q_f32(to, vaddq_f32(vld1q_f32(to), value));
      }
    }
    weights += kPanelColumns * sizeof(float);
  }
  for (int row = 0; row < kRows; ++row) {
    for (int j = 0; j < kTileVectors; ++j) {
      float* to = args.sums + row * kPanelColumns + column + 4 * j;
      vst1q_f32(to, vmulq_n_f32(vld1q_f32(to), args.scales[row]));
    }
  }
}

}  // namespace
