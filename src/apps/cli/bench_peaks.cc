#include "apps/cli/bench_peaks.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

namespace ironscribe::cli {
namespace {

constexpr const char* kArithmeticNames[kernels::kNumPeakArithmetics] = {"int8", "int16", "bfloat16",
                                                                        "float32"};
constexpr auto kFloat32 = static_cast<size_t>(kernels::PeakArithmetic::kFloat32);

// 50 microseconds at 4 GHz: short beside a slice, long beside reading the clock.
constexpr int64_t kClockAdditions = 200'000;
// Long enough that a start costs nothing, and far below the few milliseconds for which the kernel
// lets another program run, so that some slices go undisturbed on a busy machine too.
constexpr double kSliceSeconds = 0.0005;
constexpr int64_t kTrialRounds = 5'000;
// The clocks of the two halves of a slice may differ by this much.
constexpr double kClockTolerance = 1.05;
constexpr size_t kHugePageBytes = size_t{2} << 20;
// Read by all threads in one pass, of a buffer that is walked around: a few milliseconds, as above.
constexpr size_t kPassBytes = size_t{128} << 20;
constexpr size_t kReadStepBytes = 1024;  // See PeakKernels::read.

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// body(index) on `count` threads at once.
template <typename Body>
void RunOnThreads(int count, const Body& body) {
  std::vector<std::thread> threads;
  for (int i = 1; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  body(0);
  for (std::thread& thread : threads) thread.join();
}

// The best slice counts: whatever disturbs makes a loop slower, never faster.
struct Rates {
  double clock_hz = 0;
  double operations_per_second = 0;
};

Rates MeasureOnThisThread(const kernels::PeakLoop& loop, double seconds) {
  const double trial_start = Now();
  loop.run(kTrialRounds);
  const double trial_seconds = std::max(Now() - trial_start, 1e-7);
  const auto rounds =
      std::max<int64_t>(1, static_cast<int64_t>(kTrialRounds * kSliceSeconds / trial_seconds));
  Rates rates;
  const double end = Now() + seconds;
  do {
    const double start = Now();
    const int64_t additions = kernels::RunDependentAdditions(kClockAdditions);
    const double middle = Now();
    loop.run(rounds);
    const double stop = Now();
    rates.clock_hz = std::max(rates.clock_hz, static_cast<double>(additions) / (middle - start));
    rates.operations_per_second =
        std::max(rates.operations_per_second,
                 loop.operations_per_round * static_cast<double>(rounds) / (stop - middle));
  } while (Now() < end);
  return rates;
}

void MeasureArithmetic(const kernels::PeakLoop& loop, double seconds, MachinePeaks& peaks,
                       ArithmeticPeak& peak) {
  if (loop.run == nullptr) return;
  peak.instructions = loop.instructions;
  std::vector<Rates> rates(static_cast<size_t>(peaks.num_threads));
  std::barrier start(peaks.num_threads);
  RunOnThreads(peaks.num_threads, [&](int thread) {
    start.arrive_and_wait();
    rates[static_cast<size_t>(thread)] = MeasureOnThisThread(loop, seconds);
  });
  for (const Rates& one : rates) {
    peak.operations_per_second += one.operations_per_second;
    peaks.clock_hz = std::max(peaks.clock_hz, one.clock_hz);
    if (one.clock_hz > 0) {
      peak.operations_per_cycle =
          std::max(peak.operations_per_cycle, one.operations_per_second / one.clock_hz);
    }
  }
  if (!loop.is_single || peak.operations_per_cycle == 0) return;
  peak.width_per_cycle = WidthOf(peak.operations_per_cycle);
  peak.fraction_of_width = peak.operations_per_cycle / peak.width_per_cycle;
}

size_t BufferBytes(const PeakOptions& options) {
  if (options.buffer_bytes > 0) return options.buffer_bytes;
  constexpr long kLeastBytes = 128L << 20;
  // Virtual machines may report the cache of a whole host; a container may not have a gigabyte.
  constexpr long kMostBytes = 512L << 20;
  const long cache_bytes = std::max(0L, ::sysconf(_SC_LEVEL3_CACHE_SIZE));
  const long free_bytes = ::sysconf(_SC_AVPHYS_PAGES) * ::sysconf(_SC_PAGESIZE);
  const long bytes = std::min(std::clamp(4 * cache_bytes, kLeastBytes, kMostBytes), free_bytes / 4);
  return static_cast<size_t>(std::max(bytes, static_cast<long>(kHugePageBytes)));
}

struct FreeMemory {
  void operator()(std::byte* data) const { std::free(data); }
};

// Bytes a second that `num_threads` threads read from parts of their own, in the best pass.
double MeasureReading(const kernels::PeakKernels& kernels, const std::byte* data, size_t part_bytes,
                      int num_threads, double seconds) {
  std::barrier pass(num_threads);
  const double end = Now() + seconds;
  const size_t pass_bytes = std::min(
      part_bytes, kPassBytes / static_cast<size_t>(num_threads) / kReadStepBytes * kReadStepBytes);
  bool go_on = true;  // Written by thread 0 between two barriers, read behind the second.
  double best = 0;
  RunOnThreads(num_threads, [&](int thread) {
    const std::byte* part = data + static_cast<size_t>(thread) * part_bytes;
    for (size_t at = 0;; at = at + 2 * pass_bytes <= part_bytes ? at + pass_bytes : 0) {
      pass.arrive_and_wait();
      if (!go_on) return;
      const double start = Now();
      volatile uint32_t keep = kernels.read(part + at, pass_bytes);
      (void)keep;
      pass.arrive_and_wait();
      if (thread != 0) continue;
      const double now = Now();
      best = std::max(
          best, static_cast<double>(pass_bytes) * static_cast<double>(num_threads) / (now - start));
      go_on = now < end;
    }
  });
  return best;
}

void MeasureMemory(const kernels::PeakKernels& kernels, const PeakOptions& options,
                   MachinePeaks& peaks) {
  const auto threads = static_cast<size_t>(peaks.num_threads);
  const size_t part_bytes =
      std::max(BufferBytes(options) / threads / kReadStepBytes, size_t{1}) * kReadStepBytes;
  const size_t bytes =
      (part_bytes * threads + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
  const std::unique_ptr<std::byte, FreeMemory> buffer(
      static_cast<std::byte*>(std::aligned_alloc(kHugePageBytes, bytes)));
  if (buffer == nullptr) return;
  // Large pages show the memory, not the page tables; a machine that refuses them is measured so.
  (void)::madvise(buffer.get(), bytes, MADV_HUGEPAGE);
  // Pages are placed by who writes them first.
  RunOnThreads(peaks.num_threads, [&](int thread) {
    std::memset(buffer.get() + static_cast<size_t>(thread) * part_bytes, thread + 1, part_bytes);
  });
  peaks.memory_buffer_bytes = part_bytes * threads;
  peaks.one_thread_bytes_per_second =
      MeasureReading(kernels, buffer.get(), part_bytes * threads, 1, options.seconds);
  peaks.all_threads_bytes_per_second =
      threads == 1
          ? peaks.one_thread_bytes_per_second
          : MeasureReading(kernels, buffer.get(), part_bytes, peaks.num_threads, options.seconds);
}

}  // namespace

models::MachineRates MachinePeaks::Rates() const {
  models::MachineRates rates;
  for (size_t i = 0; i < arithmetics.size(); ++i) {
    const double own = arithmetics[i].operations_per_second;
    rates.operations_per_second[i] = own > 0 ? own : arithmetics[kFloat32].operations_per_second;
  }
  rates.exponentials_per_second = clock_hz > 0
                                      ? num_threads * clock_hz / models::kCyclesPerExponential
                                      : std::numeric_limits<double>::infinity();
  rates.memory_bytes_per_second =
      std::max(one_thread_bytes_per_second, all_threads_bytes_per_second);
  return rates;
}

double WidthOf(double operations_per_cycle) {
  return std::exp2(std::ceil(std::log2(operations_per_cycle / kClockTolerance)));
}

MachinePeaks MeasurePeaks(CpuLevel level, int num_threads, const PeakOptions& options) {
  MachinePeaks peaks;
  peaks.cpu_level = level;
  peaks.num_threads = num_threads;
  const kernels::PeakKernels& kernels = kernels::PeakKernelsFor(level);
  for (size_t i = 0; i < peaks.arithmetics.size(); ++i) {
    peaks.arithmetics[i].name = kArithmeticNames[i];
    MeasureArithmetic(kernels.loops[i], options.seconds, peaks, peaks.arithmetics[i]);
  }
  MeasureMemory(kernels, options, peaks);
  return peaks;
}

}  // namespace ironscribe::cli
