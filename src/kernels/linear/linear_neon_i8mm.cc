// Tiles for Armv8.6's 8-bit matrix and BFloat16 instructions: usmmla multiplies 2 rows by 2 columns
// over 8 inputs, bfdot 4 columns over 2 inputs.
#include "kernels/linear/linear_levels.h"
#include "kernels/linear/linear_neon.h"

namespace {

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
    bfloat16x8_t w[kTileVectors];
    IRONSCRIBE_UNROLL
    for (int j = 0; j < kTileVectors; ++j) {
      w[j] = vld1q_bf16(reinterpret_cast<const bfloat16_t*>(weights + 16 * j));
    }
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const bfloat16x8_t a =
          vreinterpretq_bf16_s32(BroadcastWord(args.a + row * args.stride_bytes + i * 2));
      IRONSCRIBE_UNROLL
      for (int j = 0; j < kTileVectors; ++j) sum[row][j] = vbfdotq_f32(sum[row][j], w[j], a);
    }
  }
  StoreTile(sum, args, column);
}

// Two rows of a tile; an odd last row stands in for its missing partner, whose sums are dropped.
template <int kRows>
struct RowPairs {
  static constexpr int kCount = (kRows + 1) / 2;
  const std::byte* first[kCount];
  const std::byte* second[kCount];
};

// sums[pair][j]: columns 2j and 2j + 1 of the tile, each with the pair's two rows.
template <int kPairs>
using PairSums = int32x4_t[kPairs][kTileColumns / 2];

// Adds 8 inputs: `low` and `high` are the panel's rows of 4 inputs each; one column's 8 inputs come
// together by zipping their words.
template <int kPairs>
IRONSCRIBE_INLINE void AddInputs(const int8x16_t (&a)[kPairs], const uint8_t* low,
                                 const uint8_t* high, PairSums<kPairs>& sum) {
  IRONSCRIBE_UNROLL
  for (int j = 0; j < kTileVectors; ++j) {
    const uint32x4_t first = vreinterpretq_u32_u8(vld1q_u8(low + 16 * j));
    const uint32x4_t last =
        high == nullptr ? vdupq_n_u32(0) : vreinterpretq_u32_u8(vld1q_u8(high + 16 * j));
    const uint8x16_t left = vreinterpretq_u8_u32(vzip1q_u32(first, last));
    const uint8x16_t right = vreinterpretq_u8_u32(vzip2q_u32(first, last));
    IRONSCRIBE_UNROLL
    for (int pair = 0; pair < kPairs; ++pair) {
      sum[pair][2 * j] = vusmmlaq_s32(sum[pair][2 * j], left, a[pair]);
      sum[pair][2 * j + 1] = vusmmlaq_s32(sum[pair][2 * j + 1], right, a[pair]);
    }
  }
}

template <int kRows>
IRONSCRIBE_INLINE void TileInt8Matrix(const TileArgs& args, int64_t column) {
  constexpr int kPairs = (kRows + 1) / 2;
  RowPairs<kRows> rows;
  IRONSCRIBE_UNROLL
  for (int pair = 0; pair < kPairs; ++pair) {
    rows.first[pair] = args.a + 2 * pair * args.stride_bytes;
    rows.second[pair] =
        args.a + (2 * pair + 1 < kRows ? 2 * pair + 1 : 2 * pair) * args.stride_bytes;
  }
  PairSums<kPairs> sum;
  IRONSCRIBE_UNROLL
  for (auto& pair : sum) {
    IRONSCRIBE_UNROLL
    for (int32x4_t& lane : pair) lane = vdupq_n_s32(0);
  }
  const auto* weights = reinterpret_cast<const uint8_t*>(args.panel) + column * 4;
  constexpr int64_t kRowOfFour = 4 * kPanelColumns;
  int64_t i = 0;
  for (; i + 8 <= args.depth; i += 8, weights += 2 * kRowOfFour) {
    int8x16_t a[kPairs];
    IRONSCRIBE_UNROLL
    for (int pair = 0; pair < kPairs; ++pair) {
      a[pair] = vcombine_s8(ReadAs<int8x8_t>(rows.first[pair] + i),
                            ReadAs<int8x8_t>(rows.second[pair] + i));
    }
    AddInputs<kPairs>(a, weights, weights + kRowOfFour, sum);
  }
  if (i < args.depth) {  // The depth is a multiple of 4; the other 4 inputs are zeros.
    int8x16_t a[kPairs];
    IRONSCRIBE_UNROLL
    for (int pair = 0; pair < kPairs; ++pair) {
      const uint64_t first = ReadAs<uint32_t>(rows.first[pair] + i);
      const uint64_t second = ReadAs<uint32_t>(rows.second[pair] + i);
      a[pair] = vcombine_s8(vcreate_s8(first), vcreate_s8(second));
    }
    AddInputs<kPairs>(a, weights, nullptr, sum);
  }
  // The weights carry an offset of 128, so 128 times the sum of the activations is too much.
  const auto* scales = reinterpret_cast<const float*>(args.panel + args.depth * kPanelColumns);
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    const int32x4_t excess = vdupq_n_s32(128 * args.sums_of_a[row]);
    IRONSCRIBE_UNROLL
    for (int j = 0; j < kTileVectors; ++j) {
      const int32x4_t left = sum[row / 2][2 * j], right = sum[row / 2][2 * j + 1];
      const int32x4_t exact = row % 2 == 0 ? vuzp1q_s32(left, right) : vuzp2q_s32(left, right);
      StoreScaled(vsubq_s32(exact, excess), scales, args, row, column + 4 * j);
    }
  }
}

template <LinearType kType, int kRows>
void Tile(const TileArgs& args) {
  for (int64_t column = 0; column < kPanelColumns; column += kTileColumns) {
    if constexpr (kType == LinearType::kFloat32) TileFloat32<kRows>(args, column);
    if constexpr (kType == LinearType::kBFloat16) TileBFloat16<kRows>(args, column);
    if constexpr (kType == LinearType::kInt8) {
      // Half of a matrix instruction would be wasted on one row, and zipping cost extra.
      if constexpr (kRows == 1) {
        TileInt8Dot<kRows>(args, column);
      } else {
        TileInt8Matrix<kRows>(args, column);
      }
    }
    if constexpr (kType == LinearType::kInt8Wide) TileInt8Wide<kRows>(args, column);
  }
}

}  // namespace

namespace ironscribe::kernels::linear_neon_i8mm {
void Multiply(const LinearCall& call) { MultiplyByType(call); }
}  // namespace ironscribe::kernels::linear_neon_i8mm
