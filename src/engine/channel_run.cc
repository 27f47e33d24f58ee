#include "engine/channel_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "transcript/channels.h"

namespace ironscribe::engine {
namespace {

class ChannelWork {
 public:
  ChannelWork(const audio::ChannelSources& sources, const ChannelRun& run, std::stop_token stop)
      : sources_(sources),
        run_(run),
        decoding_(run.decoding),
        transcripts_(static_cast<size_t>(sources.num_channels)),
        done_seconds_(transcripts_.size(), 0.0),
        on_stop_(std::move(stop), [this] { stop_.request_stop(); }) {}

  Result<transcript::Transcript> Run() {
    const size_t together = std::clamp<size_t>(static_cast<size_t>(std::max(1, run_.max_together)),
                                               1, transcripts_.size());
    if (decoding_.max_pieces > 0) {
      decoding_.max_pieces = std::max(2, decoding_.max_pieces / static_cast<int>(together));
    }
    {
      std::vector<std::jthread> workers;
      for (size_t i = 0; i < together; ++i) workers.emplace_back([this] { Work(); });
    }
    RETURN_IF_ERROR(failure_);
    return transcript::MergeChannels(std::move(transcripts_), run_.names);
  }

 private:
  void Work() {
    for (size_t i = next_.fetch_add(1); i < transcripts_.size(); i = next_.fetch_add(1)) {
      const Status status = stop_.stop_requested() ? CancelledError("stopped") : Transcribe(i);
      if (!status.ok()) return Fail(i, status);
    }
  }

  Status Transcribe(size_t channel) {
    ASSIGN_OR_RETURN(const auto source, sources_.open(static_cast<int>(channel)));
    models::RecognitionCallbacks callbacks;
    callbacks.progress = [this, channel](double seconds) { Progress(channel, seconds); };
    callbacks.results = run_.callbacks.results;
    callbacks.share = run_.callbacks.share;
    ASSIGN_OR_RETURN(transcripts_[channel],
                     run_.transcribe(*source, decoding_, callbacks, stop_.get_token()));
    return OkStatus();
  }

  void Progress(size_t channel, double seconds) {
    if (!run_.callbacks.progress) return;
    // Told under the lock, or a later position could be told before an earlier one.
    const std::lock_guard lock(mutex_);
    done_seconds_[channel] = seconds;
    const double sum = std::accumulate(done_seconds_.begin(), done_seconds_.end(), 0.0);
    run_.callbacks.progress(sum / static_cast<double>(done_seconds_.size()));
  }

  // Those stopped in consequence say nothing new.
  void Fail(size_t channel, const Status& status) {
    const std::lock_guard lock(mutex_);
    if (failure_.ok()) failure_ = status.Annotate(fmt::format("channel {}", channel + 1));
    stop_.request_stop();
  }

  const audio::ChannelSources& sources_;
  const ChannelRun& run_;
  models::DecodingOptions decoding_;
  std::vector<transcript::Transcript> transcripts_;
  std::vector<double> done_seconds_;
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  Status failure_;
  std::stop_source stop_;
  const std::stop_callback<std::function<void()>> on_stop_;  // Last: it uses stop_.
};

}  // namespace

Result<transcript::Transcript> TranscribeChannels(const audio::ChannelSources& sources,
                                                  const ChannelRun& run, std::stop_token stop) {
  if (sources.num_channels > kMaxSplitChannels) {
    return InvalidArgumentError(
        fmt::format("the recording has {} channels, and at most {} are transcribed each on its "
                    "own; mix them, or write the channels that matter to a recording of their own",
                    sources.num_channels, kMaxSplitChannels));
  }
  return ChannelWork(sources, run, std::move(stop)).Run();
}

}  // namespace ironscribe::engine
