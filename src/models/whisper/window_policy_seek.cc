#include "models/whisper/window_policy_seek.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::models::whisper {
namespace {

class Splitter {
 public:
  explicit Splitter(const SplitInput& input) : input_(input) {}

  WindowSplit Split() {
    const auto tokens = input_.tokens;
    const size_t size = tokens.size();
    split_.single_timestamp_ending =
        size >= 2 && !IsTime(tokens[size - 2]) && IsTime(tokens[size - 1]);
    split_.next_seek_frames = input_.seek_frames + input_.segment_frames;
    const std::vector<size_t> cuts = Cuts();
    if (cuts.empty()) {
      AddWhole();
    } else {
      AddSlices(cuts);
    }
    return std::move(split_);
  }

 private:
  bool IsTime(TokenId id) const { return id >= input_.timestamp_begin; }
  int64_t Steps(TokenId id) const { return IsTime(id) ? id - input_.timestamp_begin : 0; }
  double Seconds(int64_t steps) const {
    return FrameSeconds(input_.seek_frames) +
           static_cast<double>(steps) * FrameSeconds(input_.frames_per_timestamp);
  }

  // Where two times stand side by side, the text is cut between them.
  std::vector<size_t> Cuts() const {
    std::vector<size_t> cuts;
    for (size_t i = 1; i < input_.tokens.size(); ++i) {
      if (IsTime(input_.tokens[i - 1]) && IsTime(input_.tokens[i])) cuts.push_back(i);
    }
    if (!cuts.empty() && split_.single_timestamp_ending) cuts.push_back(input_.tokens.size());
    return cuts;
  }

  void AddSlices(const std::vector<size_t>& cuts) {
    size_t begin = 0;
    for (size_t end : cuts) {
      const auto slice = input_.tokens.subspan(begin, end - begin);
      split_.segments.push_back({Seconds(Steps(slice.front())),
                                 Seconds(Steps(slice.back())),
                                 {slice.begin(), slice.end()}});
      begin = end;
    }
    if (split_.single_timestamp_ending) return;
    // What follows the last pair is unfinished; the next window starts there and says it again. A
    // pair at zero, which the timestamp rules never allow, would not move on.
    const int64_t last = Steps(input_.tokens[begin - 1]) * input_.frames_per_timestamp;
    if (last > 0) split_.next_seek_frames = input_.seek_frames + last;
  }

  void AddWhole() {
    double end = FrameSeconds(input_.seek_frames) + FrameSeconds(input_.segment_frames);
    const auto last = std::find_if(input_.tokens.rbegin(), input_.tokens.rend(),
                                   [this](TokenId id) { return IsTime(id); });
    if (last != input_.tokens.rend() && *last != input_.timestamp_begin)
      end = Seconds(Steps(*last));
    split_.segments.push_back(
        {FrameSeconds(input_.seek_frames), end, {input_.tokens.begin(), input_.tokens.end()}});
  }

  const SplitInput& input_;
  WindowSplit split_;
};

}  // namespace

int64_t FrameAt(double seconds) {
  return static_cast<int64_t>(std::nearbyint(seconds * kFramesPerSecond));
}

WindowSplit SplitWindow(const SplitInput& input) { return Splitter(input).Split(); }

}  // namespace ironscribe::models::whisper
