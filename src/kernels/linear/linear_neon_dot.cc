// Tiles for Armv8.2 with the dot product instruction: sdot for 8 bits; bfloat16 is widened to
// float32.
#include "kernels/linear/linear_levels.h"
#include "kernels/linear/linear_neon.h"

namespace {

// bfloat16 is the upper half of a float32: the odd input of a pair is the word masked, the even one
// the word shifted.
IRONSCRIBE_INLINE float32x4_t EvenInputs(int32x4_t pairs) {
  return vreinterpretq_f32_s32(vshlq_n_s32(pairs, 16));
}
IRONSCRIBE_INLINE float32x4_t OddInputs(int32x4_t pairs) {
  return vreinterpretq_f32_s32(vandq_s32(pairs, vdupq_n_s32(-65536)));
}

template <int kRows>
IRONSCRIBE_INLINE void TileBFloat16(const TileArgs& args, int64_t column) {
  float32x4_t sum[kRows][kTileVectors];
  IRONSCRIBE_UNROLL
  for (auto& row : sum) {
    IRONSCRIBE_UNROLL
    for (float32x4_t& lane : row) lane = vdupq_n_f32(0);
  }
  const std::byte* weights = args.panel + column * 4;
  for (int64_t i = 0; i < args.depth; i += 2, weights += 4 * kPanelColumns) {
    // All even inputs, then all odd ones: half of the weights in registers at a time.
    float32x4_t w[kTileVectors];
    IRONSCRIBE_UNROLL
    for (int j = 0; j < kTileVectors; ++j) {
      w[j] = EvenInputs(vld1q_s32(reinterpret_cast<const int32_t*>(weights + 16 * j)));
    }
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const float32x4_t a = EvenInputs(BroadcastWord(args.a + row * args.stride_bytes + i * 2));
      IRONSCRIBE_UNROLL
      for (int j = 0; j < kTileVectors; ++j) sum[row][j] = vfmaq_f32(sum[row][j], w[j], a);
    }
    IRONSCRIBE_UNROLL
    for (int j = 0; j < kTileVectors; ++j) {
      w[j] = OddInputs(vld1q_s32(reinterpret_cast<const int32_t*>(weights + 16 * j)));
    }
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const float32x4_t a = OddInputs(BroadcastWord(args.a + row * args.stride_bytes + i * 2));
      IRONSCRIBE_UNROLL
      for (int j = 0; j < kTileVectors; ++j) sum[row][j] = vfmaq_f32(sum[row][j], w[j], a);
    }
  }
  StoreTile(sum, args, column);
}

template <LinearType kType, int kRows>
void Tile(const TileArgs& args) {
  for (int64_t column = 0; column < kPanelColumns; column += kTileColumns) {
    if constexpr (kType == LinearType::kFloat32) TileFloat32<kRows>(args, column);
    if constexpr (kType == LinearType::kBFloat16) TileBFloat16<kRows>(args, column);
    if constexpr (kType == LinearType::kInt8) TileInt8Dot<kRows>(args, column);
    if constexpr (kType == LinearType::kInt8Wide) TileInt8Wide<kRows>(args, column);
  }
}

}  // namespace

namespace ironscribe::kernels::linear_neon_dot {
void Multiply(const LinearCall& call) { MultiplyByType(call); }
}  // namespace ironscribe::kernels::linear_neon_dot
