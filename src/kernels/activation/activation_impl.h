// The activations, written once and compiled per CPU level; see kernels/vector/vector.h.
#pragma once

#include "kernels/activation/activation.h"
#include "kernels/vector/vector.h"

namespace {  // NOLINT

// Calls body(offset, count) for sixteen elements at a time; the last count may be less.
template <typename Body>
IRONSCRIBE_INLINE void ForLanes(int64_t n, const Body& body) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) body(i, kLanes);
  if (i < n) body(i, n - i);
}

IRONSCRIBE_INLINE F32x16 LoadUpTo(const float* from, int64_t count) {
  return count == kLanes ? Load(from) : LoadPartial(from, count, 0);
}

IRONSCRIBE_INLINE void StoreUpTo(F32x16 value, int64_t count, float* to) {
  if (count == kLanes) return Store(value, to);
  StorePartial(value, count, to);
}

IRONSCRIBE_INLINE F32x16 Sigmoid(F32x16 x) {
  const F32x16 one = Broadcast(1);
  return one / (one + Exp(Broadcast(0) - x));
}

// tanh x = 2 sigmoid(2x) - 1.
IRONSCRIBE_INLINE F32x16 Tanh(F32x16 x) {
  const F32x16 one = Broadcast(1), two = Broadcast(2);
  return two / (one + Exp(Broadcast(-2) * x)) - one;
}

void ReluArray(float* x, int64_t n) {
  ForLanes(n, [&](int64_t i, int64_t count) {
    StoreUpTo(Max(LoadUpTo(x + i, count), Broadcast(0)), count, x + i);
  });
}

void SigmoidArray(float* x, int64_t n) {
  ForLanes(n, [&](int64_t i, int64_t count) {
    StoreUpTo(Sigmoid(LoadUpTo(x + i, count)), count, x + i);
  });
}

void MagnitudeArray(const float* real, const float* imaginary, int64_t n, float* out) {
  // A plain loop, which the compiler turns into vector square roots.
  for (int64_t i = 0; i < n; ++i) {
    out[i] = __builtin_sqrtf(real[i] * real[i] + imaginary[i] * imaginary[i]);
  }
}

void LstmCell(const float* gates, int64_t n, float* cell, float* hidden) {
  ForLanes(n, [&](int64_t i, int64_t count) {
    const F32x16 input = Sigmoid(LoadUpTo(gates + i, count));
    const F32x16 forget = Sigmoid(LoadUpTo(gates + n + i, count));
    const F32x16 candidate = Tanh(LoadUpTo(gates + 2 * n + i, count));
    const F32x16 output = Sigmoid(LoadUpTo(gates + 3 * n + i, count));
    const F32x16 next = forget * LoadUpTo(cell + i, count) + input * candidate;
    StoreUpTo(next, count, cell + i);
    StoreUpTo(output * Tanh(next), count, hidden + i);
  });
}

constexpr ironscribe::kernels::ActivationKernels kTable = {
    .relu = ReluArray,
    .sigmoid = SigmoidArray,
    .magnitude = MagnitudeArray,
    .lstm_cell = LstmCell,
};

}  // namespace
