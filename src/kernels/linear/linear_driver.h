// The loops around a level's tiles: panels outside, row tiles inside, so that one panel of weights
// stays in the first- or second-level cache while all rows pass. Included once per level; see
// vector.h on linkage. A level provides `template <LinearType, int kRows> void Tile(const
// TileArgs&)` which writes kRows x 64 sums, scaled to float32 but without bias, to TileArgs::sums.
#pragma once

#include <algorithm>

#include "kernels/linear/linear.h"
#include "kernels/vector/vector.h"

// Sums live in an array that the compiler must turn into registers, which it does only when every
// loop over it is unrolled.
#define IRONSCRIBE_UNROLL _Pragma("GCC unroll 8")

namespace {  // NOLINT

using ironscribe::kernels::kPanelColumns;
using ironscribe::kernels::kWideGroup;
using ironscribe::kernels::LinearCall;
using ironscribe::kernels::LinearType;

struct TileArgs {
  const std::byte* a;
  int64_t stride_bytes;
  const float* scales;
  const int32_t* sums_of_a;
  const std::byte* panel;
  int64_t depth;  // Padded.
  float* sums;    // [kRows][64]
};

template <LinearType kType, int kRows>
void Tile(const TileArgs& args);

// sums + bias + residual -> out.
IRONSCRIBE_INLINE void FinishTile(const LinearCall& call, const float* sums, int64_t rows,
                                  int64_t first_row, int64_t first_column) {
  const int64_t columns = std::min(kPanelColumns, call.b->n - first_column);
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t at = (first_row + row) * call.out_stride + first_column;
    for (int64_t c = 0; c < columns; c += kLanes) {
      const int64_t count = std::min(kLanes, columns - c);
      F32x16 value = Load(sums + row * kPanelColumns + c);
      if (count == kLanes) {
        if (call.bias != nullptr) value += Load(call.bias + first_column + c);
        if (call.residual != nullptr) value += Load(call.residual + at + c);
        Store(value, call.out + at + c);
      } else {
        if (call.bias != nullptr) value += LoadPartial(call.bias + first_column + c, count, 0);
        if (call.residual != nullptr) value += LoadPartial(call.residual + at + c, count, 0);
        StorePartial(value, count, call.out + at + c);
      }
    }
  }
}

template <LinearType kType>
void RunTile(int64_t rows, const TileArgs& args) {
  switch (rows) {
    case 1:
      return Tile<kType, 1>(args);
    case 2:
      return Tile<kType, 2>(args);
    case 3:
      return Tile<kType, 3>(args);
    case 4:
      return Tile<kType, 4>(args);
    case 5:
      return Tile<kType, 5>(args);
    default:
      return Tile<kType, 6>(args);
  }
}

constexpr int64_t kTileRows = 6;

template <LinearType kType>
void MultiplyAll(const LinearCall& call) {
  const int64_t depth = ironscribe::kernels::PaddedDepth(kType, call.b->k);
  const size_t panel_bytes = ironscribe::kernels::PanelSizeBytes(kType, call.b->k);
  alignas(64) float sums[kTileRows * kPanelColumns];
  for (int64_t panel = call.panel_begin; panel < call.panel_end; ++panel) {
    for (int64_t row = 0; row < call.rows; row += kTileRows) {
      const int64_t rows = std::min(kTileRows, call.rows - row);
      RunTile<kType>(rows, {.a = call.a.data + row * call.a.stride_bytes,
                            .stride_bytes = call.a.stride_bytes,
                            .scales = call.a.scales == nullptr ? nullptr : call.a.scales + row,
                            .sums_of_a = call.a.sums == nullptr ? nullptr : call.a.sums + row,
                            .panel = call.b->data + static_cast<size_t>(panel) * panel_bytes,
                            .depth = depth,
                            .sums = sums});
      FinishTile(call, sums, rows, row, panel * kPanelColumns);
    }
  }
}

inline void MultiplyByType(const LinearCall& call) {
  switch (call.b->type) {
    case LinearType::kFloat32:
      return MultiplyAll<LinearType::kFloat32>(call);
    case LinearType::kBFloat16:
      return MultiplyAll<LinearType::kBFloat16>(call);
    case LinearType::kInt8:
      return MultiplyAll<LinearType::kInt8>(call);
    case LinearType::kInt8Wide:
      return MultiplyAll<LinearType::kInt8Wide>(call);
  }
}

}  // namespace
