// The row operations, written once and compiled per CPU level; see kernels/vector/vector.h.
#pragma once

#include "kernels/rowwise/rowwise.h"
#include "kernels/vector/vector.h"

namespace {  // NOLINT

// Calls body(offset) for whole vectors and tail(offset, count) for the rest.
template <typename Body, typename Tail>
IRONSCRIBE_INLINE void ForLanes(int64_t n, const Body& body, const Tail& tail) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) body(i);
  if (i < n) tail(i, n - i);
}

// Folds value(vector) of every vector of a row by `operation`: four chains of vectors, so that one
// need not wait for the other, then one of what is left. `fill` goes into the lanes behind the end.
template <typename Operation, typename Value>
IRONSCRIBE_INLINE F32x16 FoldRow(const float* x, int64_t n, float fill, F32x16 start,
                                 const Operation& operation, const Value& value) {
  F32x16 folds[4] = {start, start, start, start};
  int64_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes) {
    _Pragma("GCC unroll 4") for (int j = 0; j < 4; ++j) {
      folds[j] = operation(folds[j], value(Load(x + i + j * kLanes)));
    }
  }
  for (; i + kLanes <= n; i += kLanes) folds[0] = operation(folds[0], value(Load(x + i)));
  if (i < n) folds[1] = operation(folds[1], value(LoadPartial(x + i, n - i, fill)));
  return operation(operation(folds[0], folds[2]), operation(folds[1], folds[3]));
}

IRONSCRIBE_INLINE float SumRow(const float* x, int64_t n) {
  return ReduceSum(FoldRow(
      x, n, 0, Broadcast(0), [](F32x16 a, F32x16 b) { return a + b; }, [](F32x16 v) { return v; }));
}

float MaximumRow(const float* x, int64_t n) {
  constexpr float kLeast = -__builtin_huge_valf();
  return ReduceMax(FoldRow(
      x, n, kLeast, Broadcast(kLeast), [](F32x16 a, F32x16 b) { return Max(a, b); },
      [](F32x16 v) { return v; }));
}

IRONSCRIBE_INLINE float LargestMagnitude(const float* x, int64_t n) {
  return ReduceMax(FoldRow(
      x, n, 0, Broadcast(0), [](F32x16 a, F32x16 b) { return Max(a, b); },
      [](F32x16 v) { return Abs(v); }));
}

void LayerNormRow(const float* x, const float* gamma, const float* beta, int64_t n, float* out) {
  const float mean = SumRow(x, n) / static_cast<float>(n);
  const F32x16 means = Broadcast(mean);
  const F32x16 squares = FoldRow(
      x, n, mean, Broadcast(0), [](F32x16 a, F32x16 b) { return a + b; },
      [&](F32x16 v) { return (v - means) * (v - means); });
  constexpr float kEpsilon = 1e-5f;  // PyTorch's default, which every Whisper checkpoint uses.
  const float variance = ReduceSum(squares) / static_cast<float>(n);
  const F32x16 inverse = Broadcast(1.0f / __builtin_sqrtf(variance + kEpsilon));
  ForLanes(
      n,
      [&](int64_t i) {
        Store(Fma((Load(x + i) - means) * inverse, Load(gamma + i), Load(beta + i)), out + i);
      },
      [&](int64_t i, int64_t count) {
        const F32x16 value = (LoadPartial(x + i, count, mean) - means) * inverse;
        StorePartial(Fma(value, LoadPartial(gamma + i, count, 0), LoadPartial(beta + i, count, 0)),
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
  const F32x16 inverse = Broadcast(largest > 0 ? 127.0f / largest : 0.0f);
  I32x16 total{};
  const auto put = [&](F32x16 values, int64_t i, int64_t count) {
    const I32x16 rounded = RoundToInt(values * inverse);
    IRONSCRIBE_FOR_PARTS(p) total.part[p] += rounded.part[p];
    StoreInt8(rounded, count, out + i);
  };
  ForLanes(
      n, [&](int64_t i) { put(Load(x + i), i, kLanes); },
      [&](int64_t i, int64_t count) { put(LoadPartial(x + i, count, 0), i, count); });
  for (int64_t i = n; i < padded; ++i) out[i] = 0;
  *sum = SumLanes(total);
  return largest / 127.0f;
}

float QuantizeInt16Row(const float* x, int64_t n, int64_t padded, int16_t* out) {
  constexpr float kLargestInt16 = 32767.0f;
  const float largest = LargestMagnitude(x, n);
  const F32x16 inverse = Broadcast(largest > 0 ? kLargestInt16 / largest : 0.0f);
  ForLanes(
      n, [&](int64_t i) { StoreInt16(RoundToInt(Load(x + i) * inverse), kLanes, out + i); },
      [&](int64_t i, int64_t count) {
        StoreInt16(RoundToInt(LoadPartial(x + i, count, 0) * inverse), count, out + i);
      });
  for (int64_t i = n; i < padded; ++i) out[i] = 0;
  return largest / kLargestInt16;
}

void ToBFloat16Row(const float* x, int64_t n, int64_t padded, uint16_t* out) {
  int64_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    StoreBFloat16Pair(Load(x + i), Load(x + i + kLanes), out + i);
  }
  for (; i < n; i += kLanes) {
    const int64_t count = n - i < kLanes ? n - i : kLanes;
    StoreBFloat16(count == kLanes ? Load(x + i) : LoadPartial(x + i, count, 0), count, out + i);
  }
  for (i = n; i < padded; ++i) out[i] = 0;
}

// 2^argument(x) of a whole row, handed to put.Pair(two vectors, offset) and, at the end,
// put.Last(vector, offset, count); returns their sum.
template <int kDegree, typename Argument, typename Put>
IRONSCRIBE_INLINE float PowerRow(const float* x, int64_t n, const Argument& argument,
                                 const Put& put) {
  F32x16 sums[2] = {Broadcast(0), Broadcast(0)};
  int64_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    const F32x16 first = Exp2<kDegree>(argument(Load(x + i)));
    const F32x16 second = Exp2<kDegree>(argument(Load(x + i + kLanes)));
    sums[0] += first;
    sums[1] += second;
    put.Pair(first, second, i);
  }
  for (; i < n; i += kLanes) {
    const int64_t count = n - i < kLanes ? n - i : kLanes;
    const F32x16 values =
        count == kLanes ? Load(x + i) : LoadPartial(x + i, count, -__builtin_huge_valf());
    const F32x16 last = Exp2<kDegree>(argument(values));
    sums[0] += last;
    put.Last(last, i, count);
  }
  return ReduceSum(sums[0] + sums[1]);
}

struct PutFloats {
  float* out;
  [[gnu::always_inline]] void Pair(F32x16 first, F32x16 second, int64_t i) const {
    Store(first, out + i);
    Store(second, out + i + kLanes);
  }
  [[gnu::always_inline]] void Last(F32x16 value, int64_t i, int64_t count) const {
    count == kLanes ? Store(value, out + i) : StorePartial(value, count, out + i);
  }
};

struct PutBFloat16 {
  uint16_t* out;
  [[gnu::always_inline]] void Pair(F32x16 first, F32x16 second, int64_t i) const {
    StoreBFloat16Pair(first, second, out + i);
  }
  [[gnu::always_inline]] void Last(F32x16 value, int64_t i, int64_t count) const {
    StoreBFloat16(value, count, out + i);
  }
};

struct PutNothing {
  [[gnu::always_inline]] void Pair(F32x16, F32x16, int64_t) const {}
  [[gnu::always_inline]] void Last(F32x16, int64_t, int64_t) const {}
};

// As accurate as single floats allow, which is what degree 5 is for.
float SoftmaxFloat32Row(float* x, int64_t n, int64_t padded) {
  const F32x16 maximum = Broadcast(MaximumRow(x, n)), factor = Broadcast(kLog2E);
  const float sum = PowerRow<5>(
      x, n, [&](F32x16 v) { return (v - maximum) * factor; }, PutFloats{x});
  for (int64_t i = n; i < padded; ++i) x[i] = 0;
  return sum;
}

// Rounding to bfloat16 is 52 times coarser than the polynomial of degree 3.
float SoftmaxBFloat16Row(const float* x, int64_t n, int64_t padded, uint16_t* out) {
  const F32x16 factor = Broadcast(kLog2E), offset = Broadcast(-kLog2E * MaximumRow(x, n));
  const float sum = PowerRow<3>(
      x, n, [&](F32x16 v) { return Fma(v, factor, offset); }, PutBFloat16{out});
  for (int64_t i = n; i < padded; ++i) out[i] = 0;
  return sum;
}

float SumExpRow(const float* x, int64_t n, float maximum, float factor) {
  const F32x16 maxima = Broadcast(maximum), factors = Broadcast(factor * kLog2E);
  return PowerRow<5>(
      x, n, [&](F32x16 v) { return (v - maxima) * factors; }, PutNothing{});
}

IRONSCRIBE_INLINE float Dot(const float* a, const float* b, int64_t n) {
  F32x16 sum{};
  ForLanes(
      n, [&](int64_t i) { sum = Fma(Load(a + i), Load(b + i), sum); },
      [&](int64_t i, int64_t count) {
        sum = Fma(LoadPartial(a + i, count, 0), LoadPartial(b + i, count, 0), sum);
      });
  return ReduceSum(sum);
}

// out[0, 16 * kVectors) = inverse * sum of scores[p] * values[p][at ...].
template <int kVectors>
IRONSCRIBE_INLINE void SumValues(const float* const* values, int64_t count, int64_t at,
                                 const float* scores, float inverse, float* out) {
  F32x16 sums[kVectors] = {};
  for (int64_t p = 0; p < count; ++p) {
    const F32x16 score = Broadcast(scores[p]);
    _Pragma("GCC unroll 4") for (int j = 0; j < kVectors; ++j) {
      sums[j] = Fma(score, Load(values[p] + at + j * kLanes), sums[j]);
    }
  }
  _Pragma("GCC unroll 4") for (int j = 0; j < kVectors; ++j) {
    Store(sums[j] * Broadcast(inverse), out + at + j * kLanes);
  }
}

// Sixteen bfloat16 as floats: their bits are the upper half.
IRONSCRIBE_INLINE F32x16 LoadBFloat16(const uint16_t* from) {
  using U16Part = uint16_t __attribute__((vector_size(kPartLanes * 2)));
  F32x16 value;
  IRONSCRIBE_FOR_PARTS(p) {
    U16Part words;
    __builtin_memcpy(&words, from + p * kPartLanes, sizeof(words));
    value.part[p] = (F32Part)(__builtin_convertvector(words, I32Part) << 16);
  }
  return value;
}

float DotBFloat16Row(const float* x, const uint16_t* w, int64_t n) {
  // Two sums, so that one addition does not wait for the other.
  F32x16 even = Broadcast(0), odd = Broadcast(0);
  int64_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    even = Fma(Load(x + i), LoadBFloat16(w + i), even);
    odd = Fma(Load(x + i + kLanes), LoadBFloat16(w + i + kLanes), odd);
  }
  if (i + kLanes <= n) {
    even = Fma(Load(x + i), LoadBFloat16(w + i), even);
    i += kLanes;
  }
  if (i < n) {
    uint16_t rest[kLanes] = {};
    __builtin_memcpy(rest, w + i, static_cast<size_t>(n - i) * sizeof(uint16_t));
    odd = Fma(LoadPartial(x + i, n - i, 0), LoadBFloat16(rest), odd);
  }
  return ReduceSum(even + odd);
}

void AttendRow(const float* query, const float* const* keys, const float* const* values,
               int64_t count, int64_t num_heads, int64_t head_size, float* scores, float* out) {
  for (int64_t head = 0; head < num_heads; ++head) {
    int64_t at = head * head_size;
    const int64_t end = at + head_size;
    for (int64_t p = 0; p < count; ++p) scores[p] = Dot(query + at, keys[p] + at, head_size);
    const float inverse = 1.0f / SoftmaxFloat32Row(scores, count, count);
    for (; at + 4 * kLanes <= end; at += 4 * kLanes) {
      SumValues<4>(values, count, at, scores, inverse, out);
    }
    for (; at + kLanes <= end; at += kLanes) {
      SumValues<1>(values, count, at, scores, inverse, out);
    }
    if (at == end) continue;
    F32x16 sum{};
    for (int64_t p = 0; p < count; ++p) {
      sum = Fma(Broadcast(scores[p]), LoadPartial(values[p] + at, end - at, 0), sum);
    }
    StorePartial(sum * Broadcast(inverse), end - at, out + at);
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
    .dot_bfloat16 = DotBFloat16Row,
    .attend = AttendRow,
};

}  // namespace
