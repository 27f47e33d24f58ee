// Where the time of a recognition goes and how much work it was: seconds of thread time per stage,
// and counts of what was computed.
//
// A profile is hung on a Scratch or handed to the engine by whoever wants to know; everywhere a
// null pointer stands for nobody, and costs one comparison per block of work. One profile may serve
// many threads and scratches at once. With a profile, two clock readings are added per block of a
// parallel loop: a few microseconds a window.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace ironscribe::models {

// The stages of window models. Stages that a family lacks stay zero.
enum class Stage : int {
  kFeatures,
  kConvolution,
  kEncoderProjections,  // Queries, keys, values and output of self-attention, with their norm.
  kEncoderAttention,
  kEncoderFeedForward,
  kCrossKeysValues,
  kDecoderSelf,  // With the look-up of the tokens.
  kDecoderCross,
  kDecoderFeedForward,
  kOutputLayer,
  kScoring,  // From logits to candidates.
  kSearch,   // Of the searches themselves, and what it takes to form a batch.
};
inline constexpr size_t kNumStages = 12;

// "features", "convolution", ...: part of the JSON that `ironscribe bench` prints.
constexpr std::string_view StageName(Stage stage) {
  constexpr std::array<std::string_view, kNumStages> kNames = {
      "features", "convolution",  "encoder_projections", "encoder_attention", "encoder_feed",
      "cross_kv", "decoder_self", "decoder_cross",       "decoder_feed",      "output_layer",
      "scoring",  "search"};
  return kNames[static_cast<size_t>(stage)];
}

// What was computed, in units that do not depend on the model's size. Not whole numbers in a mean.
struct WorkCounts {
  double windows = 0;
  double frames = 0;        // Of features, padding included.
  double frame_pairs = 0;   // A frame and one that it attends to, silence behind it included.
  double steps = 0;         // Passes of the decoder over its weights.
  double rows = 0;          // Tokens fed in all steps.
  double scored_rows = 0;   // Rows that went through the output layer.
  double history = 0;       // Earlier tokens attended to, and the row's own, summed over rows.
  double memory = 0;        // Encoder positions attended to, summed over rows.
  double memory_reads = 0;  // The same, once for rows of one step that share a window.
};

class Profile {
 public:
  void AddTime(Stage stage, int64_t thread_nanoseconds) {
    nanoseconds_[static_cast<size_t>(stage)].fetch_add(thread_nanoseconds,
                                                       std::memory_order_relaxed);
  }
  void CountWindow(int64_t frames, int64_t attended_frames) {
    Add(windows_, 1);
    Add(frames_, frames);
    Add(frame_pairs_, frames * attended_frames);
  }
  struct Step {
    int64_t rows = 0, scored_rows = 0, history = 0, memory = 0, memory_reads = 0;
  };
  void CountStep(const Step& step) {
    Add(steps_, 1);
    Add(rows_, step.rows);
    Add(scored_rows_, step.scored_rows);
    Add(history_, step.history);
    Add(memory_, step.memory);
    Add(memory_reads_, step.memory_reads);
  }

  // Forgets everything. Requires: nobody is adding.
  void Clear() {
    for (Count& count : nanoseconds_) count = 0;
    for (Count* count : {&windows_, &frames_, &frame_pairs_, &steps_, &rows_, &scored_rows_,
                         &history_, &memory_, &memory_reads_}) {
      *count = 0;
    }
  }

  // Seconds of all threads together: time that a thread waits inside a decoder stage is part of it.
  double thread_seconds(Stage stage) const {
    return 1e-9 * static_cast<double>(nanoseconds_[static_cast<size_t>(stage)].load());
  }
  WorkCounts counts() const {
    const auto value = [](const Count& count) { return static_cast<double>(count.load()); };
    return {.windows = value(windows_),
            .frames = value(frames_),
            .frame_pairs = value(frame_pairs_),
            .steps = value(steps_),
            .rows = value(rows_),
            .scored_rows = value(scored_rows_),
            .history = value(history_),
            .memory = value(memory_),
            .memory_reads = value(memory_reads_)};
  }

 private:
  using Count = std::atomic<int64_t>;
  static void Add(Count& count, int64_t value) {
    count.fetch_add(value, std::memory_order_relaxed);
  }

  std::array<Count, kNumStages> nanoseconds_ = {};
  Count windows_ = 0, frames_ = 0, frame_pairs_ = 0;
  Count steps_ = 0, rows_ = 0, scored_rows_ = 0, history_ = 0, memory_ = 0, memory_reads_ = 0;
};

// Adds the time from its construction to its end to a stage, or in turn to several. `threads` is
// the number of threads that the measured code keeps: 1 inside a parallel loop.
class StageTimer {
 public:
  StageTimer(Profile* profile, Stage stage, int threads = 1)
      : profile_(profile), stage_(stage), threads_(threads) {
    if (profile_ != nullptr) start_ = Clock::now();
  }
  ~StageTimer() { Next(stage_); }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

  // Ends the stage and begins another.
  void Next(Stage stage) {
    if (profile_ == nullptr) return;
    const Clock::time_point now = Clock::now();
    profile_->AddTime(
        stage_,
        std::chrono::duration_cast<std::chrono::nanoseconds>(now - start_).count() * threads_);
    start_ = now;
    stage_ = stage;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Profile* profile_;
  Stage stage_;
  int threads_;
  Clock::time_point start_;
};

}  // namespace ironscribe::models
