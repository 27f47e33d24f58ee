#include "apps/cli/bench_run.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "base/random.h"
#include "decoding/search.h"

namespace ironscribe::cli {
namespace {

// At least a window of every family.
constexpr int kNoiseSeconds = 30;
// Loud enough for any judgement of silence.
constexpr double kNoiseAmplitude = 0.2;

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class NoiseSource final : public audio::PcmSource {
 public:
  explicit NoiseSource(uint64_t seed) : seed_(seed), random_(seed) {}

  Result<size_t> Read(std::span<float> out) override {
    const auto count = std::min(out.size(), static_cast<size_t>(ExpectedSamples() - position_));
    for (float& sample : out.first(count)) {
      sample = static_cast<float>(kNoiseAmplitude * (2 * random_.NextUnit() - 1));
    }
    position_ += static_cast<int64_t>(count);
    return count;
  }
  int64_t ExpectedSamples() const override { return int64_t{kNoiseSeconds} * audio::kSampleRateHz; }
  Status Rewind() override {
    random_ = Random(seed_);
    position_ = 0;
    return OkStatus();
  }
  std::string Description() const override { return "noise"; }

  double seconds_read() const { return static_cast<double>(position_) / audio::kSampleRateHz; }

 private:
  uint64_t seed_;
  Random random_;
  int64_t position_ = 0;
};

// Keeps the first window that a model makes of a recording and ends the recognition there.
class FirstWindowTaker final : public models::WindowRunner {
 public:
  FirstWindowTaker(const models::WindowModel& model, models::Profile& profile)
      : model_(model), profile_(profile) {}

  const models::WindowModel& model() const override { return model_; }
  models::Profile* profile() const override { return &profile_; }
  int batch_size() const override { return 1; }
  Result<std::shared_ptr<const models::Encoding>> Encode(models::EncodeRequest request,
                                                         std::stop_token) override {
    features_ = std::move(request.features);
    return CancelledError("one window is enough");
  }
  Status Run(const std::shared_ptr<const models::Encoding>&, decoding::Search&,
             std::stop_token) override {
    return CancelledError("only windows are taken");
  }
  Result<Alignment> Align(const std::shared_ptr<const models::Encoding>&,
                          std::span<const decoding::TokenId>, decoding::TokenId,
                          std::stop_token) override {
    return CancelledError("only windows are taken");
  }

  std::vector<float> TakeFeatures() { return std::move(features_); }

 private:
  const models::WindowModel& model_;
  models::Profile& profile_;
  std::vector<float> features_;
};

// Feeds the best token of each step to the next, never ending early.
class FixedLengthSearch final : public decoding::Search {
 public:
  explicit FixedLengthSearch(int num_tokens)
      : left_(num_tokens), lineage_(static_cast<size_t>(num_tokens), 0) {
    row_.query.wants_logits = true;
  }

  int num_slots() const override { return 1; }
  std::span<const decoding::TokenRow> rows() const override {
    return {&row_, left_ > 0 ? size_t{1} : size_t{0}};
  }
  void Advance(std::span<const decoding::RowResult> results) override {
    const auto& candidates = results.front().candidates;
    row_.token = candidates.empty() ? 0 : candidates.front().id;
    --left_;
    ++row_.position;
    row_.lineage =
        std::span(lineage_).first(std::min(static_cast<size_t>(row_.position), lineage_.size()));
  }

 private:
  int left_;
  std::vector<uint8_t> lineage_;
  decoding::TokenRow row_;
};

// The features of one window and the length of the audio it was made of.
struct NoiseWindow {
  std::vector<float> features;
  double seconds = 0;
};

Result<NoiseWindow> MakeNoiseWindow(const BenchSubject& subject, uint64_t seed) {
  NoiseSource source(seed);
  models::DecodingOptions options;
  options.language = "en";  // No window is spent on finding it.
  FirstWindowTaker taker(subject.recognizer.model().window_model(), subject.profile);
  const auto result =
      subject.recognizer.model().Transcribe(source, options, taker, {}, subject.stop);
  if (subject.stop.stop_requested()) return CancelledError("the measurement was cancelled");
  NoiseWindow window{taker.TakeFeatures(), source.seconds_read()};
  if (!window.features.empty()) return window;
  return result.ok() ? InternalError("the model makes no window of noise")
                     : result.status().Annotate("noise as a recording");
}

// body(index) -> Status for each index below `count`, on as many threads as given; the first error.
template <typename Body>
Status RunOnThreads(int threads, int count, const Body& body) {
  std::vector<Status> statuses(static_cast<size_t>(count));
  std::vector<std::thread> running;
  for (int thread = 0; thread < threads; ++thread) {
    running.emplace_back([&, thread] {
      for (int i = thread; i < count; i += threads) statuses[static_cast<size_t>(i)] = body(i);
    });
  }
  for (std::thread& thread : running) thread.join();
  for (Status& status : statuses) RETURN_IF_ERROR(std::move(status));
  return OkStatus();
}

// One batch: features by as many threads as compute, then everything else by its own caller.
// Returns the seconds of audio.
Result<double> RunRound(const BenchSubject& subject, int num_tokens, uint64_t round) {
  const int windows = subject.recognizer.batch_size();
  std::vector<NoiseWindow> noise(static_cast<size_t>(windows));
  RETURN_IF_ERROR(RunOnThreads(std::min(subject.num_threads, windows), windows, [&](int i) {
    const uint64_t seed = round * static_cast<uint64_t>(windows) + static_cast<uint64_t>(i);
    ASSIGN_OR_RETURN(noise[static_cast<size_t>(i)], MakeNoiseWindow(subject, seed));
    return OkStatus();
  }));
  // All encoders, then all steps: side by side, the time of a stage would hold that of others.
  models::WindowRunner& runner = subject.recognizer.runner();
  std::vector<std::shared_ptr<const models::Encoding>> encodings(noise.size());
  RETURN_IF_ERROR(RunOnThreads(windows, windows, [&](int i) -> Status {
    const auto index = static_cast<size_t>(i);
    ASSIGN_OR_RETURN(encodings[index],
                     runner.Encode({std::move(noise[index].features)}, subject.stop));
    return OkStatus();
  }));
  RETURN_IF_ERROR(RunOnThreads(windows, windows, [&](int i) -> Status {
    FixedLengthSearch search(num_tokens);
    return runner.Run(encodings[static_cast<size_t>(i)], search, subject.stop);
  }));
  double seconds = 0;
  for (const NoiseWindow& window : noise) seconds += window.seconds;
  return seconds;
}

BenchRun Summarize(const BenchSubject& subject, double wall_seconds) {
  BenchRun run;
  run.model = subject.recognizer.model_info();
  run.num_threads = subject.num_threads;
  run.batch_size = subject.recognizer.batch_size();
  run.wall_seconds = wall_seconds;
  for (size_t i = 0; i < models::kNumStages; ++i) {
    run.thread_seconds[i] = subject.profile.thread_seconds(static_cast<models::Stage>(i));
  }
  run.counts = subject.profile.counts();
  const models::WindowModel& model = subject.recognizer.model().window_model();
  run.own_work = model.WorkOf(run.counts, models::WorkScheme::kOwn);
  run.eight_bit_work = model.WorkOf(run.counts, models::WorkScheme::kEightBit);
  return run;
}

}  // namespace

Result<BenchRun> RunOnNoise(const BenchSubject& subject, int num_tokens) {
  const int limit = subject.recognizer.model().window_model().max_positions();
  num_tokens = std::clamp(num_tokens, 1, limit);
  RETURN_IF_ERROR(RunRound(subject, num_tokens, 0).status());
  subject.profile.Clear();
  const double start = Now();
  double audio_seconds = 0;
  for (uint64_t round = 1; round == 1 || Now() - start < subject.min_seconds; ++round) {
    ASSIGN_OR_RETURN(const double seconds, RunRound(subject, num_tokens, round));
    audio_seconds += seconds;
  }
  BenchRun run = Summarize(subject, Now() - start);
  run.input = "noise";
  run.audio_seconds = audio_seconds;
  return run;
}

Result<BenchRun> RunOnRecording(const BenchSubject& subject, const BenchRecording& recording) {
  RETURN_IF_ERROR(subject.recognizer.CheckOptions(recording.decoding));
  subject.profile.Clear();
  const double start = Now();
  double audio_seconds = 0;
  do {
    RETURN_IF_ERROR(recording.source.Rewind());
    ASSIGN_OR_RETURN(
        const transcript::Transcript transcript,
        subject.recognizer.Transcribe(recording.source, recording.decoding, {}, subject.stop));
    audio_seconds += transcript.duration_seconds;
    if (audio_seconds <= 0) return InvalidArgumentError(recording.name + ": holds no audio");
  } while (Now() - start < subject.min_seconds);
  BenchRun run = Summarize(subject, Now() - start);
  run.input = recording.name;
  run.audio_seconds = audio_seconds;
  return run;
}

}  // namespace ironscribe::cli
