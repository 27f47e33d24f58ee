// The row operations, written once and compiled per CPU level; see kernels/vector/vector.h.
#pragma once

#include "kernels/rowwise/rowwise.h"
#include "kernels/vector/vector.h"

namespace {  // NOLINT

using I16x16 = int16_t __attribute__((vector_size(32)));
using U16x16 = uint16_t __attribute__((vector_size(32)));
using I8x16 = int8_t __attribute__((vector_size(16)));

// Calls body(offset, vector) for whole vectors and tail(offset, count) for the rest.
template <typename Body, typename Tail>
IRONSCRIBE_INLINE void ForLanes(int64_t n, const Body& body, const Tail& tail) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) body(i);
  if (i < n) tail(i, n - i);
}

float SumRow(const float* x, int64_t n) {
  F32x16 sum{};
  ForLanes(
      n, [&](int64_t i) { sum += Load(x + i); },
      [&](int64_t i, int64_t count) { sum += LoadPartial(x + i, count, 0); });
  return ReduceSum(sum);
}

float MaximumRow(const float* x, int64_t n) {
  F32x16 maximum = Broadcast(-__builtin_huge_valf());
  ForLanes(
      n, [&](int64_t i) { maximum = Max(maximum, Load(x + i)); },
      [&](int64_t i, int64_t count) {
        maximum = Max(maximum, LoadPartial(x + i, count, -__builtin_huge_valf()));
      });
  return ReduceMax(maximum);
}

float LargestMagnitude(const float* x, int64_t n) {
  F32x16 maximum{};
  ForLanes(
      n, [&](int64_t i) { maximum = Max(maximum, Abs(Load(x + i))); },
      [&](int64_t i, int64_t count) { maximum = Max(maximum, Abs(LoadPartial(x + i, count, 0))); });
  return ReduceMax(maximum);
}

void LayerNormRow(const float* x, const float* gamma, const float* beta, int64_t n, float* out) {
  const float mean = SumRow(x, n) / static_cast<float>(n);
  F32x16 squares{};
  ForLanes(
      n,
      [&](int64_t i) {
        const F32x16 centred = Load(x + i) - mean;
        squares += centred * centred;
      },
      [&](int64_t i, int64_t count) {
        const F32x16 centred = LoadPartial(x + i, count, mean) - mean;
        squares += centred * centred;
      });
  constexpr float kEpsilon = 1e-5f;  // PyTorch's default, which every Whisper checkpoint uses.
  const float variance = ReduceSum(squares) / static_cast<float>(n);
  const float inverse = 1.0f / __builtin_sqrtf(variance + kEpsilon);
  ForLanes(
      n,
      [&](int64_t i) {
        Store((Load(x + i) - mean) * inverse * Load(gamma + i) + Load(beta + i), out + i);
      },
      [&](int64_t i, int64_t count) {
        const F32x16 value = (LoadPartial(x + i, count, mean) - mean) * inverse;
        StorePartial(value * LoadPartial(gamma + i, count, 0) + LoadPartial(beta + i, count, 0),
                     count, out + i);
      });
}

void GeluRow(float* x, int64_t n) {
  ForLanes(
      n, [&](int64_t i) { Store(Gelu(Load(x + i)), x + i); },
      [&](int64_t i, int64_t count) {
        StorePartial(Gelu(LoadPartial(x + i, count, 0)), count, x + i);
      });
}

float QuantizeInt8Row(const float* x, int64_t n, int64_t padded, int8_t* out, int32_t* sum) {
  const float largest = LargestMagnitude(x, n);
  const float inverse = largest > 0 ? 127.0f / largest : 0.0f;
  I32x16 total{};
  const auto put = [&](F32x16 values, int64_t i, int64_t count) {
    const I32x16 rounded = __builtin_convertvector(RoundNearest(values * inverse), I32x16);
    total += rounded;
    const I8x16 bytes = __builtin_convertvector(rounded, I8x16);
    __builtin_memcpy(out + i, &bytes, static_cast<size_t>(count));
  };
  ForLanes(
      n, [&](int64_t i) { put(Load(x + i), i, kLanes); },
      [&](int64_t i, int64_t count) { put(LoadPartial(x + i, count, 0), i, count); });
  for (int64_t i = n; i < padded; ++i) out[i] = 0;
  *sum = 0;
  for (int64_t i = 0; i < kLanes; ++i) *sum += total[i];
  return largest / 127.0f;
}

float QuantizeInt16Row(const float* x, int64_t n, int64_t padded, int16_t* out) {
  constexpr float kLargestInt16 = 32767.0f;
  const float largest = LargestMagnitude(x, n);
  const float inverse = largest > 0 ? kLargestInt16 / largest : 0.0f;
  const auto put = [&](F32x16 values, int64_t i, int64_t count) {
    const I32x16 rounded = __builtin_convertvector(RoundNearest(values * inverse), I32x16);
    const I16x16 words = __builtin_convertvector(rounded, I16x16);
    __builtin_memcpy(out + i, &words, static_cast<size_t>(count) * sizeof(int16_t));
  };
  ForLanes(
      n, [&](int64_t i) { put(Load(x + i), i, kLanes); },
      [&](int64_t i, int64_t count) { put(LoadPartial(x + i, count, 0), i, count); });
  for (int64_t i = n; i < padded; ++i) out[i] = 0;
  return largest / kLargestInt16;
}

IRONSCRIBE_INLINE void StoreBFloat16(F32x16 value, int64_t count, uint16_t* out) {
  I32x16 bits;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  bits = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const U16x16 words = __builtin_convertvector(bits, U16x16);
  __builtin_memcpy(out, &words, static_cast<size_t>(count) * sizeof(uint16_t));
}

void ToBFloat16Row(const float* x, int64_t n, int64_t padded, uint16_t* out) {
  ForLanes(
      n, [&](int64_t i) { StoreBFloat16(Load(x + i), kLanes, out + i); },
      [&](int64_t i, int64_t count) {
        StoreBFloat16(LoadPartial(x + i, count, 0), count, out + i);
      });
  for (int64_t i = n; i < padded; ++i) out[i] = 0;
}

float SoftmaxFloat32Row(float* x, int64_t n, int64_t padded) {
  const float maximum = MaximumRow(x, n);
  F32x16 sum{};
  ForLanes(
      n,
      [&](int64_t i) {
        const F32x16 value = Exp(Load(x + i) - maximum);
        sum += value;
        Store(value, x + i);
      },
      [&](int64_t i, int64_t count) {
        const F32x16 value = Exp(LoadPartial(x + i, count, -__builtin_huge_valf()) - maximum);
        sum += value;
        StorePartial(value, count, x + i);
      });
  for (int64_t i = n; i < padded; ++i) x[i] = 0;
  return ReduceSum(sum);
}

float SoftmaxBFloat16Row(const float* x, int64_t n, int64_t padded, uint16_t* out) {
  const float maximum = MaximumRow(x, n);
  F32x16 sum{};
  ForLanes(
      n,
      [&](int64_t i) {
        const F32x16 value = Exp(Load(x + i) - maximum);
        sum += value;
        StoreBFloat16(value, kLanes, out + i);
      },
      [&](int64_t i, int64_t count) {
        const F32x16 value = Exp(LoadPartial(x + i, count, -__builtin_huge_valf()) - maximum);
        sum += value;
        StoreBFloat16(value, count, out + i);
      });
  for (int64_t i = n; i < padded; ++i) out[i] = 0;
  return ReduceSum(sum);
}

float SumExpRow(const float* x, int64_t n, float maximum, float factor) {
  F32x16 sum{};
  ForLanes(
      n, [&](int64_t i) { sum += Exp((Load(x + i) - maximum) * factor); },
      [&](int64_t i, int64_t count) {
        sum += Exp((LoadPartial(x + i, count, -__builtin_huge_valf()) - maximum) * factor);
      });
  return ReduceSum(sum);
}

float Dot(const float* a, const float* b, int64_t n) {
  F32x16 sum{};
  ForLanes(
      n, [&](int64_t i) { sum += Load(a + i) * Load(b + i); },
      [&](int64_t i, int64_t count) {
        sum += LoadPartial(a + i, count, 0) * LoadPartial(b + i, count, 0);
      });
  return ReduceSum(sum);
}

void AttendRow(const float* query, const float* const* keys, const float* const* values,
               int64_t count, int64_t num_heads, int64_t head_size, float* scores, float* out) {
  for (int64_t head = 0; head < num_heads; ++head) {
    const int64_t at = head * head_size;
    for (int64_t p = 0; p < count; ++p) scores[p] = Dot(query + at, keys[p] + at, head_size);
    const float inverse = 1.0f / SoftmaxFloat32Row(scores, count, count);
    for (int64_t i = 0; i < head_size; i += kLanes) {
      const int64_t lanes = head_size - i < kLanes ? head_size - i : kLanes;
      F32x16 sum{};
      for (int64_t p = 0; p < count; ++p) {
        const float* value = values[p] + at + i;
        sum += scores[p] * (lanes == kLanes ? Load(value) : LoadPartial(value, lanes, 0));
      }
      StorePartial(sum * inverse, lanes, out + at + i);
    }
  }
}

constexpr ironscribe::kernels::RowwiseKernels kTable = {
    .layer_norm = LayerNormRow,
    .gelu = GeluRow,
    .quantize_int8 = QuantizeInt8Row,
    .quantize_int16 = QuantizeInt16Row,
    .to_bfloat16 = ToBFloat16Row,
    .softmax_float32 = SoftmaxFloat32Row,
    .softmax_bfloat16 = SoftmaxBFloat16Row,
    .maximum = MaximumRow,
    .sum_exp = SumExpRow,
    .attend = AttendRow,
};

}  // namespace
