#include "models/whisper/window_policy_clip.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "models/whisper/window_policy_text.h"
#include "models/whisper/word_timing.h"

namespace ironscribe::models::whisper {
namespace {

using transcript::Segment;

// Above this the text is too doubtful to condition the next window on (openai/whisper).
constexpr float kPromptResetTemperature = 0.5f;

// Silence encoded together with the speech before the shared window of silence follows. Error rates
// hardly differ between none and a second of it (docs/decisions/0009-window-follows-speech.md).
constexpr int kFitMarginFrames = 50;

// More text than anyone speaks: tokens a second, and a number that short windows may have. The
// limit of earlier experiments with another engine, which told loops in short windows from their
// text.
constexpr double kMaxTokensPerSecond = 8;
constexpr double kMaxTokensOffset = 12;

// So much speech behind the text of a window has been lost, not just been cut off at its end; and a
// window that did not get so far would not get further the next time.
constexpr double kLostSpeechSeconds = 1.0;
constexpr int64_t kLeastProgressFrames = 200;

// Behind the text of a window, so little speech in so short a rest is no word.
constexpr double kShortRemainderSeconds = 1.5;
constexpr double kLeastSpeechSeconds = 0.25;

// Times that the model writes may be off by so much: speech so near counts for a segment.
constexpr double kTimesMayBeWrongBySeconds = 0.5;

int FramesPerPosition(const WindowModel& model) {
  return model.max_frames() / model.encoding_frames(model.max_frames());
}

bool TooManyTokens(const DecodedWindow& decoded, int frames) {
  return static_cast<double>(decoded.tokens.size()) >
         kMaxTokensPerSecond * frames / kFramesPerSecond + kMaxTokensOffset;
}

}  // namespace

ClipTranscriber::ClipTranscriber(const ClipSetup& setup, FeatureReader& features,
                                 SpeechQuery speech, ClipSink sink)
    : setup_(setup),
      features_(features),
      speech_(std::move(speech)),
      sink_(std::move(sink)),
      window_frames_(setup.runner.model().max_frames()),
      frames_per_position_(FramesPerPosition(setup.runner.model())),
      decoder_(setup.tokenizer, setup.options, setup.rules),
      context_(EncodePrompt(setup.tokenizer, setup.options.initial_prompt),
               setup.options.carry_prompt, setup.runner.model().max_positions() / 2 - 1) {}

Result<std::shared_ptr<const Encoding>> ClipTranscriber::EncodeFirst(const FrameRange& clip) {
  ASSIGN_OR_RETURN(first_window_, NextWindow(clip.begin, clip.end));
  return first_window_ ? first_window_->encoding : nullptr;
}

Status ClipTranscriber::Transcribe(const FrameRange& clip, const SpokenLanguage& language) {
  language_ = &language;
  clip_begin_ = clip.begin;
  int64_t seek = clip.begin;
  while (seek < clip.end) {
    if (setup_.stop.stop_requested()) return CancelledError("recognition was cancelled");
    std::optional<Window> window = std::exchange(first_window_, std::nullopt);
    if (!window) {
      ASSIGN_OR_RETURN(window, NextWindow(seek, clip.end));
    }
    if (!window) break;
    ASSIGN_OR_RETURN(seek, TranscribeWindow(*window));
    sink_.progress(FrameSeconds(std::min(seek, window->seek_frames + window->segment_frames)));
  }
  return OkStatus();
}

Result<std::optional<ClipTranscriber::Window>> ClipTranscriber::NextWindow(int64_t seek,
                                                                           int64_t end) {
  ASSIGN_OR_RETURN(const int frames, features_.Prepare({seek, end}, setup_.stop));
  if (frames <= 0) return std::optional<Window>();
  Window window{.seek_frames = seek, .segment_frames = frames, .encoding = nullptr};
  RETURN_IF_ERROR(EncodeWindow(window, setup_.options.fit_windows));
  return std::optional<Window>(std::move(window));
}

int ClipTranscriber::FittedFrames(int segment_frames) const {
  const int multiple = setup_.runner.model().silence_multiple_frames();
  if (multiple == 0) return 0;
  const int frames = (segment_frames + kFitMarginFrames + multiple - 1) / multiple * multiple;
  return frames < window_frames_ ? frames : 0;
}

Status ClipTranscriber::EncodeWindow(Window& window, bool fit) {
  WindowFeatures features = features_.Window(window.seek_frames, window.segment_frames);
  EncodeRequest request{.features = std::move(features.values)};
  const int fitted_frames = fit ? FittedFrames(window.segment_frames) : 0;
  window.fitted = fitted_frames > 0;
  if (window.fitted) {
    const size_t bands = request.features.size() / static_cast<size_t>(window_frames_);
    request.features.resize(static_cast<size_t>(fitted_frames) * bands);
    std::fill(request.features.begin() +
                  static_cast<ptrdiff_t>(static_cast<size_t>(window.segment_frames) * bands),
              request.features.end(), features.silence_level);
    request.silence_level = features.silence_level;
  }
  window.encoding = nullptr;  // Its memory is free before the next one's is taken.
  ASSIGN_OR_RETURN(window.encoding, setup_.runner.Encode(std::move(request), setup_.stop));
  return OkStatus();
}

Result<DecodedWindow> ClipTranscriber::Decode(Window& window) {
  std::vector<TokenId> start = language_->start_sequence;
  if (setup_.options.without_timestamps) {
    start.push_back(setup_.tokenizer.special().no_timestamps);
  }
  const WindowPrompt prompt =
      BuildWindowPrompt(context_.Tokens(), start, setup_.tokenizer.special().start_of_previous);
  WindowToDecode to_decode{.runner = setup_.runner,
                           .encoding = window.encoding,
                           .prompt = prompt,
                           .seek_frames = window.seek_frames,
                           .max_tokens = MaxTokens(window),
                           .judge = {},
                           .stop = setup_.stop};
  if (setup_.judge != nullptr) {
    to_decode.judge = [this, &window](const DecodedWindow& decoded) {
      return Judge(window, decoded).verdict;
    };
  }
  if (window.fitted) {
    ASSIGN_OR_RETURN(DecodedWindow decoded, decoder_.Decode(to_decode, /*max_attempts=*/1));
    const bool doubtful = LooksWrong(decoded, setup_.options) || !decoded.ended ||
                          TooManyTokens(decoded, window.segment_frames);
    if (!doubtful || Judge(window, decoded).verdict == Verdict::kDrop) return decoded;
    // The short window is the first suspect: the whole one decides, with all temperatures.
    to_decode.encoding = nullptr;
    RETURN_IF_ERROR(EncodeWindow(window, /*fit=*/false));
    to_decode.encoding = window.encoding;
  }
  return decoder_.Decode(to_decode);
}

Result<DecodedWindow> ClipTranscriber::DecodeTwice(Window& window) {
  ASSIGN_OR_RETURN(DecodedWindow decoded, Decode(window));
  if (context_.Tokens().empty() || Judge(window, decoded).verdict != Verdict::kDoubt) {
    return decoded;
  }
  context_.Reset();
  return Decode(window);
}

Result<int64_t> ClipTranscriber::TranscribeWindow(Window& window) {
  const int64_t end = window.seek_frames + window.segment_frames;
  const double begin_seconds = FrameSeconds(window.seek_frames);
  if (HoldsNoSpeech(window)) {
    Drop(begin_seconds, FrameSeconds(end), "no_voice");
    return end;
  }
  ASSIGN_OR_RETURN(const DecodedWindow decoded, DecodeTwice(window));
  if (IsSilent(decoded, setup_.options)) {
    Drop(begin_seconds, FrameSeconds(end), "no_speech");
    return end;
  }
  if (const Judgement judgement = Judge(window, decoded); judgement.verdict == Verdict::kDrop) {
    Drop(begin_seconds, FrameSeconds(end), judgement.reason);
    return end;
  }
  WindowSplit split =
      SplitWindow({decoded.tokens, setup_.tokenizer.special().timestamp_begin, window.seek_frames,
                   window.segment_frames, frames_per_position_});
  std::vector<Segment> segments = MakeSegments(window, split, decoded);
  if (setup_.options.word_times) RETURN_IF_ERROR(AddWords(window, split, segments));
  if (!segments.empty() && split.next_seek_frames >= end) {
    split.next_seek_frames = AfterText(window, segments.back().end_seconds);
  }
  Publish(std::move(segments));
  if (!setup_.options.condition_on_previous_text || decoded.temperature > kPromptResetTemperature) {
    context_.Reset();
  }
  return split.next_seek_frames;
}

// What a short window behind another holds is often the end of its last sound and nothing else.
bool ClipTranscriber::HoldsNoSpeech(const Window& window) const {
  if (setup_.judge == nullptr) return false;
  const double begin_seconds = FrameSeconds(window.seek_frames);
  const double seconds = FrameSeconds(window.segment_frames);
  const SpeechShare speech = SpeechIn(begin_seconds, begin_seconds + seconds);
  const bool remainder = window.seek_frames > clip_begin_ && seconds < kShortRemainderSeconds;
  return setup_.judge->IsSilent(speech) ||
         (remainder && seconds * speech.share < kLeastSpeechSeconds);
}

// A model may end its text early and say that nothing follows. What voice activity hears there is
// another window.
int64_t ClipTranscriber::AfterText(const Window& window, double text_end_seconds) const {
  const int64_t end = window.seek_frames + window.segment_frames;
  const int64_t text_end = FrameAt(text_end_seconds);
  if (setup_.judge == nullptr || text_end - window.seek_frames < kLeastProgressFrames) return end;
  const double from_seconds = text_end_seconds + kTimesMayBeWrongBySeconds;
  const double unheard_seconds = FrameSeconds(end) - from_seconds;
  const double speech_seconds = unheard_seconds * SpeechIn(from_seconds, FrameSeconds(end)).share;
  return speech_seconds > kLostSpeechSeconds ? text_end : end;
}

std::vector<Segment> ClipTranscriber::MakeSegments(const Window& window, const WindowSplit& split,
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

Status ClipTranscriber::AddWords(const Window& window, WindowSplit& split,
                                 std::vector<Segment>& segments) {
  std::vector<TokenId> text;
  for (const Segment& segment : segments) {
    const std::vector<TokenId> tokens = TextOf(segment.tokens);
    text.insert(text.end(), tokens.begin(), tokens.end());
  }
  AlignmentInput input{language_->start_sequence, text, language_->code, window.segment_frames,
                       frames_per_position_};
  ASSIGN_OR_RETURN(std::vector<AlignedWord> words, AlignWords(setup_.tokenizer, setup_.runner,
                                                              window.encoding, input, setup_.stop));
  const double offset = FrameSeconds(window.seek_frames);
  AssignWords(std::move(words),
              {offset, last_speech_seconds_, setup_.tokenizer.special().end_of_text}, segments);
  last_speech_seconds_ = LastWordEnd(segments);
  // Without times in the text a window is done as a whole; what follows its last word is silence.
  if (setup_.options.without_timestamps) return OkStatus();
  if (!split.single_timestamp_ending && last_speech_seconds_ > offset) {
    // Unlike the reference, a word that ends within the first frame does not stop the window.
    const int64_t seek = FrameAt(last_speech_seconds_);
    if (seek > window.seek_frames) split.next_seek_frames = seek;
  }
  return OkStatus();
}

void ClipTranscriber::Publish(std::vector<Segment> segments) {
  for (Segment& segment : segments) {
    // The reference keeps such segments with their text and tokens removed; they say nothing.
    if (segment.start_seconds == segment.end_seconds || StripSpace(segment.text).empty()) continue;
    const Judgement judgement = Judge(segment);
    if (judgement.verdict != Verdict::kKeep) {
      Drop(segment.start_seconds, segment.end_seconds, judgement.reason);
      continue;
    }
    last_text_count_ = segment.text == last_text_ ? last_text_count_ + 1 : 1;
    last_text_ = segment.text;
    context_.Append(segment.tokens);
    sink_.segment(std::move(segment));
  }
}

void ClipTranscriber::Drop(double begin_seconds, double end_seconds, std::string_view reason) {
  sink_.dropped({begin_seconds, end_seconds, std::string(reason)});
}

SpeechShare ClipTranscriber::SpeechIn(double begin_seconds, double end_seconds) const {
  return speech_ ? speech_(begin_seconds, end_seconds) : SpeechShare();
}

std::vector<TokenId> ClipTranscriber::TextOf(std::span<const TokenId> tokens) const {
  std::vector<TokenId> text;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(text),
               [this](TokenId id) { return setup_.tokenizer.is_text(id); });
  return text;
}

Judgement ClipTranscriber::Judge(const Window& window, const DecodedWindow& decoded) const {
  if (setup_.judge == nullptr) return {};
  const double begin_seconds = FrameSeconds(window.seek_frames);
  const double end_seconds = FrameSeconds(window.seek_frames + window.segment_frames);
  const std::vector<TokenId> tokens = TextOf(decoded.tokens);
  const std::string text = setup_.tokenizer.Decode(tokens);
  const SpeechShare speech = SpeechIn(begin_seconds, end_seconds);
  return setup_.judge->Judge({.text = text,
                              .tokens = tokens,
                              .speech = speech,
                              .speech_seconds = speech.share * (end_seconds - begin_seconds),
                              .average_log_probability = decoded.average_log_probability,
                              .no_speech_probability = decoded.no_speech_probability,
                              .compression_ratio = decoded.compression_ratio,
                              .temperature = decoded.temperature,
                              .repeats = 0});
}

Judgement ClipTranscriber::Judge(const Segment& segment) const {
  if (setup_.judge == nullptr) return {};
  const std::vector<TokenId> tokens = TextOf(segment.tokens);
  const double begin_seconds = segment.start_seconds - kTimesMayBeWrongBySeconds;
  const double end_seconds = segment.end_seconds + kTimesMayBeWrongBySeconds;
  const SpeechShare speech = SpeechIn(begin_seconds, end_seconds);
  return setup_.judge->Judge({.text = segment.text,
                              .tokens = tokens,
                              .speech = speech,
                              .speech_seconds = speech.share * (end_seconds - begin_seconds),
                              .average_log_probability = segment.average_log_probability,
                              .no_speech_probability = segment.no_speech_probability,
                              .compression_ratio = segment.compression_ratio,
                              .temperature = segment.temperature,
                              .repeats = segment.text == last_text_ ? last_text_count_ : 0});
}

int ClipTranscriber::MaxTokens(const Window& window) const {
  if (setup_.judge == nullptr) return std::numeric_limits<int>::max();
  const double seconds = window.segment_frames / kFramesPerSecond;
  const double begin_seconds = FrameSeconds(window.seek_frames);
  const float share = SpeechIn(begin_seconds, begin_seconds + seconds).share;
  return setup_.judge->MaxTokens(std::isnan(share) ? seconds : share * seconds);
}

}  // namespace ironscribe::models::whisper
