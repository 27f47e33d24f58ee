#include "models/whisper/window_policy_session.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/whisper/window_policy_language.h"
#include "models/whisper/window_policy_options.h"
#include "models/whisper/window_policy_text.h"
#include "models/whisper/word_timing.h"

namespace ironscribe::models::whisper {
namespace {

using transcript::Segment;

// Above this the text is too doubtful to condition the next window on (openai/whisper).
constexpr float kPromptResetTemperature = 0.5f;
constexpr double kFramesPerSecond = 100;

// Rounds half to even, as the reference's round() does.
int64_t ToFrames(double seconds) {
  return static_cast<int64_t>(std::nearbyint(seconds * kFramesPerSecond));
}

int FramesPerPosition(const WindowModel& model) {
  return model.max_frames() / model.encoding_frames(model.max_frames());
}

}  // namespace

WindowSession::WindowSession(const SessionSetup& setup, audio::PcmSource& source,
                             WindowRunner& runner, std::stop_token stop)
    : setup_(setup),
      runner_(runner),
      stop_(std::move(stop)),
      window_frames_(runner.model().max_frames()),
      frames_per_position_(FramesPerPosition(runner.model())),
      features_(setup.log_mel, source, window_frames_, runner.profile()),
      decoder_(setup.tokenizer, setup.options, setup.rules),
      context_(EncodePrompt(setup.tokenizer, setup.options.initial_prompt),
               setup.options.carry_prompt, runner.model().max_positions() / 2 - 1) {}

Result<transcript::Transcript> WindowSession::Run(std::string language) {
  const bool translate = setup_.options.task == Task::kTranslate;
  transcript_.task = translate ? "translate" : "transcribe";
  RETURN_IF_ERROR(TranscribeClips(std::move(language)));
  RETURN_IF_ERROR(features_.Drain(stop_));
  transcript_.duration_seconds =
      static_cast<double>(features_.num_samples()) / audio::kSampleRateHz;
  // An error of the source comes last: what it delivered was transcribed and handed out.
  RETURN_IF_ERROR(features_.source_status());
  ReportProgress(transcript_.duration_seconds);
  transcript_.text = setup_.tokenizer.Decode(text_tokens_);
  return std::move(transcript_);
}

Status WindowSession::TranscribeClips(std::string language) {
  const std::vector<FrameRange> clips = ClipFrames();
  transcript_.language = language;
  if (setup_.options.reference) RETURN_IF_ERROR(features_.MeasureRecording(stop_));
  RETURN_IF_ERROR(features_.ReadUntil(window_frames_, stop_));
  // Shorter than one frame of the transform: nothing that could be heard.
  if (features_.ended() && features_.num_samples() < dsp::kWindowSamples) return OkStatus();
  RETURN_IF_ERROR(SetLanguage(std::move(language), clips.front()));
  for (const FrameRange& clip : clips) RETURN_IF_ERROR(TranscribeClip(clip));
  return OkStatus();
}

std::vector<WindowSession::FrameRange> WindowSession::ClipFrames() const {
  constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();
  std::vector<FrameRange> ranges;
  for (const Clip& clip : setup_.options.clips) {
    const bool open = clip.end_seconds > kMaxClipSeconds;
    ranges.push_back({ToFrames(clip.start_seconds), open ? kEnd : ToFrames(clip.end_seconds)});
  }
  if (ranges.empty()) ranges.push_back({0, kEnd});
  return ranges;
}

Status WindowSession::SetLanguage(std::string language, const FrameRange& first_clip) {
  if (language.empty()) {
    EncodingPointer encoding;
    if (setup_.options.reference) {
      ASSIGN_OR_RETURN(encoding, Encode(features_.WindowWithSilence(0)));
    } else {
      // The first window is encoded once for both purposes.
      ASSIGN_OR_RETURN(first_window_, NextWindow(first_clip.begin, first_clip.end));
      if (!first_window_) return OkStatus();
      encoding = first_window_->encoding;
    }
    ASSIGN_OR_RETURN(transcript_.language_probabilities,
                     DetectLanguage(setup_.tokenizer, runner_, encoding, stop_));
    language = transcript_.language_probabilities.front().code;
  }
  start_sequence_ = StartSequence(setup_.tokenizer, language, setup_.options.task);
  transcript_.language = std::move(language);
  return OkStatus();
}

Result<WindowSession::EncodingPointer> WindowSession::Encode(std::vector<float> features) {
  return runner_.Encode(std::move(features), stop_);
}

Result<std::optional<WindowSession::Window>> WindowSession::NextWindow(int64_t seek, int64_t end) {
  features_.DropBefore(seek);
  const int64_t wanted_end = std::min(end, seek + window_frames_);
  RETURN_IF_ERROR(features_.ReadUntil(wanted_end, stop_));
  const int64_t frames = std::min(wanted_end, features_.content_frames()) - seek;
  if (frames <= 0) return std::optional<Window>();
  Window window{seek, static_cast<int>(frames), nullptr};
  ASSIGN_OR_RETURN(window.encoding, Encode(features_.Window(seek, window.segment_frames)));
  return std::optional<Window>(std::move(window));
}

Status WindowSession::TranscribeClip(const FrameRange& clip) {
  int64_t seek = clip.begin;
  while (seek < clip.end) {
    if (stop_.stop_requested()) return CancelledError("recognition was cancelled");
    std::optional<Window> window = std::exchange(first_window_, std::nullopt);
    if (!window) {
      ASSIGN_OR_RETURN(window, NextWindow(seek, clip.end));
    }
    if (!window) break;
    ASSIGN_OR_RETURN(seek, TranscribeWindow(*window));
    ReportProgress(FrameSeconds(std::min(seek, window->seek_frames + window->segment_frames)));
  }
  return OkStatus();
}

Result<int64_t> WindowSession::TranscribeWindow(const Window& window) {
  std::vector<TokenId> start = start_sequence_;
  if (setup_.options.without_timestamps) {
    start.push_back(setup_.tokenizer.special().no_timestamps);
  }
  const WindowPrompt prompt =
      BuildWindowPrompt(context_.Tokens(), start, setup_.tokenizer.special().start_of_previous);
  ASSIGN_OR_RETURN(const DecodedWindow decoded,
                   decoder_.Decode(runner_, window.encoding, prompt, window.seek_frames, stop_));
  if (IsSilent(decoded, setup_.options)) {
    Drop(window, "no_speech");
    return window.seek_frames + window.segment_frames;
  }
  WindowSplit split =
      SplitWindow({decoded.tokens, setup_.tokenizer.special().timestamp_begin, window.seek_frames,
                   window.segment_frames, frames_per_position_});
  std::vector<Segment> segments = MakeSegments(window, split, decoded);
  if (setup_.options.word_times) RETURN_IF_ERROR(AddWords(window, split, segments));
  Publish(std::move(segments));
  if (!setup_.options.condition_on_previous_text || decoded.temperature > kPromptResetTemperature) {
    context_.Reset();
  }
  return split.next_seek_frames;
}

std::vector<Segment> WindowSession::MakeSegments(const Window& window, const WindowSplit& split,
                                                 const DecodedWindow& decoded) const {
  std::vector<Segment> segments;
  for (const TimedTokens& timed : split.segments) {
    Segment& segment = segments.emplace_back();
    segment.seek_frames = window.seek_frames;
    segment.start_seconds = timed.start_seconds;
    segment.end_seconds = timed.end_seconds;
    segment.tokens = timed.tokens;
    segment.text = setup_.tokenizer.Decode(timed.tokens);
    segment.temperature = decoded.temperature;
    segment.average_log_probability = static_cast<float>(decoded.average_log_probability);
    segment.compression_ratio = decoded.compression_ratio;
    segment.no_speech_probability = decoded.no_speech_probability;
  }
  return segments;
}

Status WindowSession::AddWords(const Window& window, WindowSplit& split,
                               std::vector<Segment>& segments) {
  std::vector<TokenId> text;
  for (const Segment& segment : segments) {
    std::copy_if(segment.tokens.begin(), segment.tokens.end(), std::back_inserter(text),
                 [this](TokenId id) { return setup_.tokenizer.is_text(id); });
  }
  AlignmentInput input{start_sequence_, text, transcript_.language, window.segment_frames,
                       frames_per_position_};
  ASSIGN_OR_RETURN(std::vector<AlignedWord> words,
                   AlignWords(setup_.tokenizer, runner_, window.encoding, input, stop_));
  const double offset = FrameSeconds(window.seek_frames);
  AssignWords(std::move(words),
              {offset, last_speech_seconds_, setup_.tokenizer.special().end_of_text}, segments);
  last_speech_seconds_ = LastWordEnd(segments);
  if (!split.single_timestamp_ending && last_speech_seconds_ > offset) {
    // Unlike the reference, a word that ends within the first frame does not stop the window.
    const int64_t seek = ToFrames(last_speech_seconds_);
    if (seek > window.seek_frames) split.next_seek_frames = seek;
  }
  return OkStatus();
}

void WindowSession::Publish(std::vector<Segment> segments) {
  for (Segment& segment : segments) {
    // The reference keeps such segments with their text and tokens removed; they say nothing.
    if (segment.start_seconds == segment.end_seconds || StripSpace(segment.text).empty()) continue;
    segment.id = static_cast<int>(transcript_.segments.size());
    context_.Append(segment.tokens);
    std::copy_if(segment.tokens.begin(), segment.tokens.end(), std::back_inserter(text_tokens_),
                 [this](TokenId id) { return setup_.tokenizer.is_text(id); });
    if (setup_.callbacks.segment) setup_.callbacks.segment(segment);
    transcript_.segments.push_back(std::move(segment));
  }
}

void WindowSession::Drop(const Window& window, std::string reason) {
  const int64_t end = window.seek_frames + window.segment_frames;
  transcript_.dropped.push_back(
      {FrameSeconds(window.seek_frames), FrameSeconds(end), std::move(reason)});
}

void WindowSession::ReportProgress(double seconds) {
  if (!setup_.callbacks.progress || seconds <= reported_seconds_) return;
  reported_seconds_ = seconds;
  setup_.callbacks.progress(seconds);
}

}  // namespace ironscribe::models::whisper
