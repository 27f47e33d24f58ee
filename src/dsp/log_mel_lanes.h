// The log-mel loop over batches of kLanes frames, one frame in each SIMD lane, so that every step
// of the transform is a plain vector operation and a frame's bits depend neither on its lane nor on
// its neighbours. Included once by the source file of each level.
//
// The real transform of 400 points is a complex one of 200 over even and odd samples and a
// recombination. 200 = 8 * 25 with coprime factors, so the Good-Thomas index maps (I. J. Good,
// 1958) split it without twiddle factors: n = 25 n1 + 8 n2, and bin k is found where n1 -> k mod 8
// and n2 -> k mod 25. The 25-point transforms are 5 * 5 with twiddles.
//
// The transform is in double precision: in single, features of a frame with a loud and a quiet band
// would be wrong by up to 4e-4 and would differ between levels. It costs half a batch at a time.
#pragma once

#include "dsp/lanes.h"
#include "dsp/log_mel_frames.h"

namespace ironscribe::dsp {
namespace {

constexpr int kHop = 160;
constexpr int kHalf = 200;
constexpr int kBins = 201;
constexpr int kMaxMels = 256;
// A batch covers kLanes + 2 hops, of which the last only half.
constexpr int kBatchSamples = kLanes * kHop + 240;
// Distance of the rows of transposed samples; the extra columns are the two hops behind the batch.
constexpr int kRowStride = kLanes + 4;

struct Complex {
  Wide re;
  Wide im;
};

// Where the inputs of the 25-point transforms and the outputs of the 8-point ones are.
struct IndexMap {
  short sample[kHalf];  // [n1][q][p]: 2 n of the complex input n = (25 n1 + 8 (5 p + q)) mod 200
  short offset[kHalf];  // the place of that sample among the transposed hops
  short slot[kHalf];    // of bin k
};

constexpr IndexMap MakeIndexMap() {
  IndexMap map{};
  for (int i = 0; i < kHalf; ++i) {
    const int n1 = i / 25, q = i / 5 % 5, p = i % 5;
    const int sample = 2 * ((25 * n1 + 8 * (5 * p + q)) % kHalf);
    map.sample[i] = static_cast<short>(sample);
    map.offset[i] = static_cast<short>(sample % kHop * kRowStride + sample / kHop);
    map.slot[i] = static_cast<short>(i % 8 * 25 + i % 25);
  }
  return map;
}

constexpr IndexMap kIndexMap = MakeIndexMap();

// hops[row * kRowStride + column] = samples[column * 160 + row]; sample s of the batch's frame l is
// then at row s % 160, column l + s / 160.
IRONSCRIBE_LANES_INLINE void TransposeHops(const float* samples, float* hops) {
  for (int row = 0; row < kHop; row += kLanes) {
    Vec square[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) square[i] = Load(samples + i * kHop + row);
    Transpose(square);
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) Store(square[i], hops + (row + i) * kRowStride);
  }
  const float* behind = samples + kLanes * kHop;
  for (int row = 0; row < kHop; ++row) hops[row * kRowStride + kLanes] = behind[row];
  for (int row = 0; row < kHop / 2; ++row) {
    hops[row * kRowStride + kLanes + 1] = behind[kHop + row];
  }
}

// In-place transform of 5 points, natural order.
IRONSCRIBE_LANES_INLINE void Fft5(Complex (&x)[5]) {
  constexpr double kCos1 = 0.30901699437494742, kCos2 = -0.80901699437494742;
  constexpr double kSin1 = 0.95105651629515357, kSin2 = 0.58778525229247313;
  const Wide c1 = BroadcastWide(kCos1), c2 = BroadcastWide(kCos2);
  const Wide s1 = BroadcastWide(kSin1), s2 = BroadcastWide(kSin2);
  const Complex t1{x[1].re + x[4].re, x[1].im + x[4].im};
  const Complex t2{x[2].re + x[3].re, x[2].im + x[3].im};
  const Complex t3{x[1].re - x[4].re, x[1].im - x[4].im};
  const Complex t4{x[2].re - x[3].re, x[2].im - x[3].im};
  const Complex a1{Fma(c2, t2.re, Fma(c1, t1.re, x[0].re)),
                   Fma(c2, t2.im, Fma(c1, t1.im, x[0].im))};
  const Complex a2{Fma(c1, t2.re, Fma(c2, t1.re, x[0].re)),
                   Fma(c1, t2.im, Fma(c2, t1.im, x[0].im))};
  const Complex b1{Fma(s2, t4.re, s1 * t3.re), Fma(s2, t4.im, s1 * t3.im)};
  const Complex b2{NegatedFma(s1, t4.re, s2 * t3.re), NegatedFma(s1, t4.im, s2 * t3.im)};
  x[0] = {x[0].re + (t1.re + t2.re), x[0].im + (t1.im + t2.im)};
  x[1] = {a1.re + b1.im, a1.im - b1.re};
  x[2] = {a2.re + b2.im, a2.im - b2.re};
  x[3] = {a2.re - b2.im, a2.im + b2.re};
  x[4] = {a1.re - b1.im, a1.im + b1.re};
}

// One transform of 25 points: input i of pass q, p is half_window * sample.
IRONSCRIBE_LANES_INLINE void Fft25(const LogMelTables& tables, const float* hops, int n1,
                                   Complex* out) {
  Complex columns[5][5];
#pragma GCC unroll 16
  for (int q = 0; q < 5; ++q) {
    Complex x[5];
#pragma GCC unroll 16
    for (int p = 0; p < 5; ++p) {
      const int i = n1 * 25 + q * 5 + p;
      const float* at = hops + kIndexMap.offset[i];
      const double* window = tables.half_window + kIndexMap.sample[i];
      x[p] = {LoadWide(at) * window[0], LoadWide(at + kRowStride) * window[1]};
    }
    Fft5(x);
    columns[q][0] = x[0];
#pragma GCC unroll 16
    for (int r = 1; r < 5; ++r) {
      const Wide c = BroadcastWide(tables.twiddle_25[q][r][0]);
      const Wide s = BroadcastWide(tables.twiddle_25[q][r][1]);
      columns[q][r] = {Fma(s, x[r].im, c * x[r].re), NegatedFma(s, x[r].re, c * x[r].im)};
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < 5; ++r) {
    Complex x[5];
#pragma GCC unroll 16
    for (int q = 0; q < 5; ++q) x[q] = columns[q][r];
    Fft5(x);
#pragma GCC unroll 16
    for (int s = 0; s < 5; ++s) out[r + 5 * s] = x[s];
  }
}

IRONSCRIBE_LANES_INLINE void Fft4(Complex (&x)[4]) {
  const Complex s{x[0].re + x[2].re, x[0].im + x[2].im};
  const Complex d{x[0].re - x[2].re, x[0].im - x[2].im};
  const Complex u{x[1].re + x[3].re, x[1].im + x[3].im};
  const Complex v{x[1].re - x[3].re, x[1].im - x[3].im};
  x[0] = {s.re + u.re, s.im + u.im};
  x[1] = {d.re + v.im, d.im - v.re};
  x[2] = {s.re - u.re, s.im - u.im};
  x[3] = {d.re - v.im, d.im + v.re};
}

// One transform of 8 points, in place at a distance of 25.
IRONSCRIBE_LANES_INLINE void Fft8(Complex* x) {
  Complex even[4] = {x[0], x[50], x[100], x[150]};
  Complex odd[4] = {x[25], x[75], x[125], x[175]};
  Fft4(even);
  Fft4(odd);
  const Wide root = BroadcastWide(0.70710678118654752);
  const Wide sum1 = odd[1].re + odd[1].im, difference1 = odd[1].im - odd[1].re;
  const Wide sum3 = odd[3].re + odd[3].im, difference3 = odd[3].im - odd[3].re;
  x[0] = {even[0].re + odd[0].re, even[0].im + odd[0].im};
  x[100] = {even[0].re - odd[0].re, even[0].im - odd[0].im};
  x[25] = {Fma(root, sum1, even[1].re), Fma(root, difference1, even[1].im)};
  x[125] = {NegatedFma(root, sum1, even[1].re), NegatedFma(root, difference1, even[1].im)};
  x[50] = {even[2].re + odd[2].im, even[2].im - odd[2].re};
  x[150] = {even[2].re - odd[2].im, even[2].im + odd[2].re};
  x[75] = {Fma(root, difference3, even[3].re), NegatedFma(root, sum3, even[3].im)};
  x[175] = {NegatedFma(root, difference3, even[3].re), Fma(root, sum3, even[3].im)};
}

// Bins k and 200 - k of the real transform from the same bins of the complex one; power[bin] is of
// kLanes frames, of which this fills kWideLanes.
IRONSCRIBE_LANES_INLINE void PowerSpectrum(const LogMelTables& tables, const Complex* z,
                                           float* power) {
  for (int k = 0; k <= kHalf / 2; ++k) {
    const Complex a = z[kIndexMap.slot[k]];
    const Complex b = z[kIndexMap.slot[k == 0 ? 0 : kHalf - k]];
    const Wide c = BroadcastWide(tables.twiddle_400[k][0]);
    const Wide s = BroadcastWide(tables.twiddle_400[k][1]);
    const Complex even{a.re + b.re, a.im - b.im};
    const Complex odd{a.im + b.im, b.re - a.re};
    const Complex turned{Fma(s, odd.im, c * odd.re), NegatedFma(s, odd.re, c * odd.im)};
    const Complex low{even.re + turned.re, even.im + turned.im};
    const Complex high{even.re - turned.re, even.im - turned.im};
    StoreRounded(Fma(low.re, low.re, low.im * low.im), power + k * kLanes);
    StoreRounded(Fma(high.re, high.re, high.im * high.im), power + (kHalf - k) * kLanes);
  }
}

// log10(max(x, 1e-10)); NaN counts as 1e-10, infinity as 2^128. The polynomial is the fit of
// log10(1 + f) / f over [sqrt(1/2) - 1, sqrt(2) - 1] with the least greatest error of f * P(f),
// 1.6e-8 with its coefficients rounded to single.
IRONSCRIBE_LANES_INLINE Vec Log10Floored(Vec x) {
  constexpr float kPolynomial[] = {0.434294403F, -0.217150137F,  0.144777194F,  -0.108397052F,
                                   0.086307548F, -0.0752782896F, 0.0713110939F, -0.0438734256F};
  // log10(2) in two parts, the first of 13 bits so that its product with an exponent is exact.
  constexpr float kLog2High = 0.301025391F, kLog2Low = 4.60503898e-06F;
  constexpr int kRootHalfBits = 0x3f3504f3;  // the bits of sqrt(1/2)
  const Vec floor = Broadcast(1e-10F);
  const auto above = x > floor;
  x = above ? x : floor;
  const IntVec shifted = reinterpret_cast<IntVec>(x) - kRootHalfBits;
  const Vec exponent = __builtin_convertvector(shifted >> 23, Vec);
  const Vec f = reinterpret_cast<Vec>((shifted & 0x007fffff) + kRootHalfBits) - 1.0F;
  Vec polynomial = Broadcast(kPolynomial[7]);
  for (int i = 6; i >= 0; --i) polynomial = Fma(polynomial, f, Broadcast(kPolynomial[i]));
  const Vec low = Fma(exponent, Broadcast(kLog2Low), polynomial * f);
  const Vec value = Fma(exponent, Broadcast(kLog2High), low);
  return above ? value : Broadcast(-10.0F);
}

IRONSCRIBE_LANES_INLINE void MelLogs(const LogMelTables& tables, const float* power, Vec* mels) {
  for (int m = 0; m < tables.num_mels; ++m) {
    const LogMelTables::Filter filter = tables.filters[m];
    const float* weights = tables.weights + filter.first_weight;
    Vec energy = Vec{};
    for (int i = 0; i < filter.num_bins; ++i) {
      energy = Fma(Broadcast(weights[i]), Load(power + (filter.first_bin + i) * kLanes), energy);
    }
    mels[m] = Log10Floored(energy);
  }
}

// Lane l of mels[m] goes to out[l * num_mels + m], for the first `count` lanes.
IRONSCRIBE_LANES_INLINE void StoreFrames(const Vec* mels, int num_mels, int count, float* out) {
  int m = 0;
  for (; m + kLanes <= num_mels; m += kLanes) {
    Vec square[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) square[i] = mels[m + i];
    Transpose(square);
    if (count == kLanes) {
#pragma GCC unroll 16
      for (int i = 0; i < kLanes; ++i) Store(square[i], out + i * num_mels + m);
    } else {
      for (int i = 0; i < count; ++i) Store(square[i], out + i * num_mels + m);
    }
  }
  for (; m < num_mels; ++m) {
    for (int i = 0; i < count; ++i) out[i * num_mels + m] = mels[m][i];
  }
}

void LogMelBatches(const LogMelTables& tables, const float* samples, int num_frames, float* out) {
  alignas(64) float hops[kHop * kRowStride];
  float tail[kBatchSamples];
  Complex z[kHalf];
  alignas(64) float power[kBins * kLanes];
  Vec mels[kMaxMels];
  for (int frame = 0; frame < num_frames; frame += kLanes) {
    const int left = num_frames - frame;
    const int count = left < kLanes ? left : kLanes;
    const float* batch = samples + static_cast<long>(frame) * kHop;
    if (count < kLanes) {  // the missing frames read silence
      const int readable = (count - 1) * kHop + 2 * kHalf;
      for (int i = 0; i < kBatchSamples; ++i) tail[i] = i < readable ? batch[i] : 0.0F;
      batch = tail;
    }
    TransposeHops(batch, hops);
    for (int lane = 0; lane < kLanes; lane += kWideLanes) {
      for (int n1 = 0; n1 < 8; ++n1) Fft25(tables, hops + lane, n1, z + n1 * 25);
      for (int k2 = 0; k2 < 25; ++k2) Fft8(z + k2);
      PowerSpectrum(tables, z, power + lane);
    }
    MelLogs(tables, power, mels);
    StoreFrames(mels, tables.num_mels, count, out + static_cast<long>(frame) * tables.num_mels);
  }
}

}  // namespace
}  // namespace ironscribe::dsp
