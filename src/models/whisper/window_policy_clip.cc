#include "models/whisper/window_policy_clip.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dsp/loudness.h"
#include "models/whisper/window_policy_results.h"
#include "models/whisper/window_policy_said.h"
#include "models/whisper/window_policy_text.h"

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

// Speech that a window left out is heard on its own only if that is less than so much of the
// window.
constexpr double kMaxHoleShare = 0.8;

// Of so little audio behind a text a model often makes nothing, or something else.
constexpr int64_t kShortRestFrames = 500;

// Speech may begin this little before it is heard, so a window that follows silence starts early.
constexpr int64_t kOnsetFrames = 30;

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
      judge_(setup.judge, setup.tokenizer, std::move(speech)),
      sink_(std::move(sink)),
      window_frames_(setup.runner.model().max_frames()),
      frames_per_position_(FramesPerPosition(setup.runner.model())),
      decoder_(setup.tokenizer, setup.options, setup.rules),
      context_(EncodePrompt(setup.tokenizer, setup.options.initial_prompt),
               setup.options.carry_prompt, setup.runner.model().max_positions() / 2 - 1) {}

Result<std::shared_ptr<const Encoding>> ClipTranscriber::EncodeFirst(const FrameRange& clip) {
  if (!first_window_) {
    ASSIGN_OR_RETURN(first_window_, NextWindow(clip.begin, clip.end));
  }
  if (!first_window_) return std::shared_ptr<const Encoding>();
  if (first_window_->encoding == nullptr) {
    RETURN_IF_ERROR(EncodeWindow(*first_window_, setup_.options.fit_windows));
  }
  return first_window_->encoding;
}

void ClipTranscriber::ForgetFirstEncoding() {
  if (first_window_) first_window_->encoding = nullptr;
}

Status ClipTranscriber::Transcribe(const FrameRange& clip, const SpokenLanguage& language) {
  language_ = &language;
  last_heard_seconds_ = FrameSeconds(clip.begin);
  budget_.Start(clip.begin);
  int64_t seek = clip.begin;
  while (seek < clip.end) {
    if (setup_.stop.stop_requested()) return CancelledError("recognition was cancelled");
    std::optional<Window> window = std::exchange(first_window_, std::nullopt);
    if (!window) {
      ASSIGN_OR_RETURN(window, NextWindow(seek, clip.end));
    }
    if (!window) break;
    if (HoldsNothing(*window, /*is_rest=*/seek > clip.begin)) {
      seek = SkipSilence(*window);
    } else {
      ASSIGN_OR_RETURN(seek, TranscribeWindow(*window));
      seek = MoveOn(*window, seek);
    }
    sink_.progress(FrameSeconds(std::min(seek, window->seek_frames + window->segment_frames)));
  }
  return OkStatus();
}

Result<std::optional<ClipTranscriber::Window>> ClipTranscriber::NextWindow(int64_t seek,
                                                                           int64_t end) {
  ASSIGN_OR_RETURN(const int frames, features_.Prepare({seek, end}, setup_.stop));
  if (frames <= 0) return std::optional<Window>();
  const bool is_last = seek + frames >= end || frames < window_frames_;
  return std::optional(Window{.seek_frames = seek, .segment_frames = frames, .is_last = is_last});
}

int ClipTranscriber::FittedFrames(int segment_frames) const {
  const int multiple = setup_.runner.model().silence_multiple_frames();
  if (multiple == 0) return 0;
  const int frames = (segment_frames + kFitMarginFrames + multiple - 1) / multiple * multiple;
  return frames < window_frames_ ? frames : 0;
}

std::vector<float> ClipTranscriber::MeasureLoudness(std::span<const float> features,
                                                    int frames) const {
  const int bands = setup_.runner.model().num_mels();
  const auto size = static_cast<size_t>(frames) * static_cast<size_t>(bands);
  return dsp::RelativeLoudness(features.first(size), bands, frames_per_position_);
}

Status ClipTranscriber::EncodeWindow(Window& window, bool fit) {
  WindowFeatures features = features_.Window(window.seek_frames, window.segment_frames);
  if (setup_.options.word_times && !setup_.options.reference) {
    window.loudness = MeasureLoudness(features.values, window.segment_frames);
    judge_.HushNoise(window.range(), frames_per_position_, window.loudness);
  }
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
  budget_.Spend(StepBudget::kStepsPerEncoding);
  window.encoding = nullptr;  // Its memory is free before the next one's is taken.
  ASSIGN_OR_RETURN(window.encoding, setup_.runner.Encode(std::move(request), setup_.stop));
  return OkStatus();
}

bool ClipTranscriber::IsBudgetSpent(int64_t end_frame) const {
  return !setup_.options.reference && budget_.IsSpent(end_frame);
}

int64_t ClipTranscriber::MoveOn(const Window& window, int64_t next) {
  const FrameRange range = window.range();
  const int64_t least = std::min(range.end, range.begin + kLeastProgressFrames);
  if (next >= least || !IsBudgetSpent(range.end)) return next;
  Drop(FrameSeconds(next), FrameSeconds(least), "too_many_steps");
  return least;
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
                           .max_tokens = judge_.MaxTokens(window.range()),
                           .judge = {},
                           .budget = setup_.options.reference ? nullptr : &budget_,
                           .end_frame = window.range().end,
                           .stop = setup_.stop};
  if (setup_.judge != nullptr) {
    to_decode.judge = [this, &window](const DecodedWindow& decoded) {
      return VerdictOf(window, decoded);
    };
  }
  if (window.fitted) {
    ASSIGN_OR_RETURN(DecodedWindow decoded, decoder_.Decode(to_decode, /*max_attempts=*/1));
    const Verdict verdict = VerdictOf(window, decoded);
    const bool doubtful = verdict == Verdict::kDoubt || LooksWrong(decoded, setup_.options) ||
                          !decoded.ended || TooManyTokens(decoded, window.segment_frames);
    if (!doubtful || verdict == Verdict::kDrop || IsBudgetSpent(window.range().end)) {
      return decoded;
    }
    // The short window is the first suspect: the whole one decides, with all temperatures.
    to_decode.encoding = nullptr;
    RETURN_IF_ERROR(EncodeWindow(window, /*fit=*/false));
    to_decode.encoding = window.encoding;
  }
  return decoder_.Decode(to_decode);
}

Status ClipTranscriber::FollowLanguage(const Window& window) {
  if (setup_.follower == nullptr) return OkStatus();
  ASSIGN_OR_RETURN(SpokenLanguage language, setup_.follower->Follow(window.encoding, setup_.stop));
  // Text of one language is no context for another.
  if (language.code != language_->code) context_.Reset();
  followed_language_ = std::move(language);
  language_ = &followed_language_;
  return OkStatus();
}

Verdict ClipTranscriber::VerdictOf(const Window& window, const DecodedWindow& decoded) const {
  const Verdict verdict = judge_.OfWindow(window.range(), decoded).verdict;
  const bool contradicts = verdict == Verdict::kKeep && IsSilent(decoded, setup_.options) &&
                           judge_.HearsSpeech(window.range());
  return contradicts ? Verdict::kDoubt : verdict;
}

Result<DecodedWindow> ClipTranscriber::DecodeInDoubt(Window& window) {
  ASSIGN_OR_RETURN(DecodedWindow decoded, Decode(window));
  const auto is_final = [&] {
    return VerdictOf(window, decoded) != Verdict::kDoubt || IsBudgetSpent(window.range().end);
  };
  if (is_final()) return decoded;
  const std::vector<TokenId> before = context_.Tokens();
  context_.Reset();
  if (context_.Tokens() != before) {
    ASSIGN_OR_RETURN(decoded, Decode(window));
    if (is_final()) return decoded;
  }
  const std::optional<int64_t> end = judge_.ShorterEnd(window.range());
  if (!end) return decoded;
  window.segment_frames = static_cast<int>(*end - window.seek_frames);
  RETURN_IF_ERROR(EncodeWindow(window, setup_.options.fit_windows));
  return Decode(window);
}

int64_t ClipTranscriber::SkipSilence(const Window& window) {
  const FrameRange range = window.range();
  const int64_t next = window.is_last ? range.end : range.end - kOnsetFrames;
  Drop(FrameSeconds(range.begin), FrameSeconds(next), "no_voice");
  return next;
}

Result<int64_t> ClipTranscriber::TranscribeWindow(Window& window) {
  if (window.encoding == nullptr) {
    RETURN_IF_ERROR(EncodeWindow(window, setup_.options.fit_windows));
  }
  if (!window.is_hole) RETURN_IF_ERROR(FollowLanguage(window));
  ASSIGN_OR_RETURN(const DecodedWindow decoded, DecodeInDoubt(window));
  const int64_t end = window.range().end;
  const Judgement judgement = IsSilent(decoded, setup_.options)
                                  ? Judgement{Verdict::kDrop, "no_speech"}
                                  : judge_.OfWindow(window.range(), decoded);
  if (judgement.verdict == Verdict::kDrop) {
    window.encoding = nullptr;  // Its memory is free before that of a part is taken.
    RETURN_IF_ERROR(DropWindow(window, judgement.reason));
    return end;
  }
  WindowSplit split =
      SplitWindow({decoded.tokens, setup_.tokenizer.special().timestamp_begin, window.seek_frames,
                   window.segment_frames, frames_per_position_});
  std::vector<Segment> segments = MakeSegments(window, split, decoded);
  HeardWords heard;
  const bool times_matter = TimesMatter(window, split, segments);
  if (setup_.options.word_times || times_matter) {
    ASSIGN_OR_RETURN(AlignedWords words, FindWords(window, segments));
    heard = ShareWords(std::move(words.heard), TimingOf(window), segments);
    if (times_matter) CorrectTimes(window, std::move(words.reference), split, segments);
  }
  const bool has_times = !setup_.options.without_timestamps;
  if (has_times && !segments.empty() && split.next_seek_frames >= end) {
    split.next_seek_frames = judge_.AfterText(window.range(), segments.back().end_seconds);
  }
  LengthenRest(window, split, segments, heard);
  window.encoding = nullptr;
  const bool is_done = split.next_seek_frames >= end;
  RETURN_IF_ERROR(PublishWindow(window, std::move(segments), std::move(heard), is_done));
  if (!setup_.options.condition_on_previous_text ||
      decoded.last_temperature > kPromptResetTemperature) {
    context_.Reset();
  }
  return split.next_seek_frames;
}

void ClipTranscriber::LengthenRest(const Window& window, WindowSplit& split,
                                   std::vector<Segment>& segments, HeardWords& heard) const {
  const FrameRange rest{split.next_seek_frames, window.range().end};
  if (!window.is_last || segments.size() < 2 || !judge_.hears()) return;
  if (rest.begin >= rest.end || rest.end - rest.begin >= kShortRestFrames) return;
  const int64_t begin = std::max(FrameAt(segments.end()[-2].end_seconds),
                                 FrameAt(segments.back().start_seconds) - kOnsetFrames);
  if (begin - window.seek_frames < kLeastProgressFrames || begin >= rest.begin) return;
  if (judge_.HoldsNoSpeech(rest, /*is_rest=*/true)) return;
  split.next_seek_frames = begin;
  segments.pop_back();
  if (!heard.empty()) heard.pop_back();
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
    if (setup_.options.language_per_segment) segment.language = language_->code;
  }
  return segments;
}

bool ClipTranscriber::TimesMatter(const Window& window, const WindowSplit& split,
                                  const std::vector<Segment>& segments) const {
  // The reference corrects its windows by words where they are asked for, and only there.
  if (setup_.options.reference) return setup_.options.word_times;
  if (setup_.options.without_timestamps || !judge_.has_evidence()) return false;
  // Packed speech has no pauses or noise to be wrong about.
  const bool is_packed = setup_.options.segmentation == Segmentation::kVoiceActivity;
  const bool goes_on = split.next_seek_frames < window.range().end;
  if (!is_packed || goes_on) return true;
  return std::any_of(segments.begin(), segments.end(), [&](const Segment& segment) {
    return judge_.SaysLittle(window.range(), segment);
  });
}

Result<AlignedWords> ClipTranscriber::FindWords(const Window& window,
                                                const std::vector<Segment>& segments) {
  std::vector<TokenId> text;
  std::vector<int> segment_tokens;
  for (const Segment& segment : segments) {
    const size_t before = text.size();
    std::copy_if(segment.tokens.begin(), segment.tokens.end(), std::back_inserter(text),
                 [this](TokenId id) { return setup_.tokenizer.is_text(id); });
    segment_tokens.push_back(static_cast<int>(text.size() - before));
  }
  const AlignmentInput input{language_->start_sequence,
                             text,
                             language_->code,
                             window.segment_frames,
                             frames_per_position_,
                             window.loudness,
                             segment_tokens};
  ResultStore* results = setup_.runner.results();
  std::string key;
  if (results != nullptr) {
    key = WordsKey(setup_.runner, *window.encoding, input);
    const std::optional<std::string> kept = results->Find(key);
    auto known = kept ? ReadWords(*kept, input) : std::nullopt;
    if (known) return *std::move(known);
  }
  ASSIGN_OR_RETURN(AlignedWords words, AlignWords(setup_.tokenizer, setup_.runner, window.encoding,
                                                  input, setup_.stop));
  if (results != nullptr) results->Keep(key, WriteWords(words));
  return words;
}

WordTimingInput ClipTranscriber::TimingOf(const Window& window) const {
  return {FrameSeconds(window.seek_frames), last_speech_seconds_,
          setup_.tokenizer.special().end_of_text};
}

void ClipTranscriber::CorrectTimes(const Window& window, std::vector<AlignedWord> words,
                                   WindowSplit& split, std::vector<Segment>& segments) {
  AssignWords(std::move(words), TimingOf(window), segments);
  last_speech_seconds_ = LastWordEnd(segments);
  // Without times in the text a window is done as a whole; what follows its last word is silence.
  if (setup_.options.without_timestamps) return;
  if (!split.single_timestamp_ending && last_speech_seconds_ > FrameSeconds(window.seek_frames)) {
    // Unlike the reference, a word that ends within the first frame does not stop the window.
    const int64_t seek = FrameAt(last_speech_seconds_);
    if (seek > window.seek_frames) split.next_seek_frames = seek;
  }
}

Status ClipTranscriber::DropWindow(const Window& window, std::string_view reason) {
  const FrameRange range = window.range();
  int64_t begin = range.begin;
  if (!window.is_hole) {
    for (const FrameRange& hole : judge_.Holes(range, {}, /*is_done=*/true)) {
      // With all of the window as its surroundings it would be the same again.
      if (hole.end - hole.begin > kMaxHoleShare * (range.end - range.begin)) break;
      if (begin < hole.begin) Drop(FrameSeconds(begin), FrameSeconds(hole.begin), reason);
      RETURN_IF_ERROR(TranscribeHole(hole, SurroundingsOf(window)));
      begin = hole.end;
    }
  }
  if (begin < range.end) Drop(FrameSeconds(begin), FrameSeconds(range.end), reason);
  return OkStatus();
}

Status ClipTranscriber::PublishWindow(const Window& window, std::vector<Segment> segments,
                                      HeardWords heard, bool is_done) {
  if (window.is_hole && IsSaidAlready(segments)) return OkStatus();
  std::vector<FrameRange> holes;
  if (!window.is_hole) holes = judge_.Holes(window.range(), segments, is_done);
  Surroundings around = SurroundingsOf(window);
  for (const Segment& segment : segments) around.said += segment.text;
  for (const auto& words : heard) around.words_behind += words.size();
  auto hole = holes.begin();
  heard.resize(segments.size());
  for (size_t i = 0; i < segments.size(); ++i) {
    if (!heard[i].empty()) around.next_word_seconds = heard[i].front().start_seconds;
    for (; hole != holes.end() && FrameSeconds(hole->begin) < segments[i].start_seconds; ++hole) {
      RETURN_IF_ERROR(TranscribeHole(*hole, around));
    }
    around.words_behind -= heard[i].size();
    Publish(window, {.segment = std::move(segments[i]),
                     .heard = std::move(heard[i]),
                     .is_alone = segments.size() == 1,
                     .words_behind = around.words_behind});
  }
  around.next_word_seconds = FrameSeconds(window.range().end);
  for (; hole != holes.end(); ++hole) RETURN_IF_ERROR(TranscribeHole(*hole, around));
  return OkStatus();
}

Status ClipTranscriber::TranscribeHole(const FrameRange& hole, Surroundings around) {
  around_ = std::move(around);
  const double last_speech_seconds = last_speech_seconds_;
  for (std::vector<FrameRange> rest = {hole}; !rest.empty();) {
    const int64_t begin = rest.front().begin;
    Window window{.seek_frames = begin,
                  .segment_frames = static_cast<int>(rest.front().end - begin),
                  .is_hole = true};
    ASSIGN_OR_RETURN(const int64_t next, TranscribeWindow(window));
    // A text may end early here too.
    const bool goes_on = next < hole.end && next - begin >= kLeastProgressFrames;
    rest =
        goes_on ? judge_.Holes({next, hole.end}, {}, /*is_done=*/true) : std::vector<FrameRange>();
  }
  last_speech_seconds_ = last_speech_seconds;
  return OkStatus();
}

bool ClipTranscriber::IsSaidAlready(const std::vector<Segment>& segments) const {
  std::string text;
  for (const Segment& segment : segments) text += segment.text;
  return IsSaidIn(around_.said, text);
}

void ClipTranscriber::Publish(const Window& window, SegmentToPublish part) {
  Segment& segment = part.segment;
  const double window_end = FrameSeconds(window.range().end);
  const bool is_instant = segment.start_seconds == segment.end_seconds;
  // The reference keeps such segments with their text and tokens removed.
  if (is_instant && setup_.options.reference && part.heard.empty()) return;
  if (StripSpace(segment.text).empty()) return;
  // Text that the model gave no time may have been said all the same. A window that begins a little
  // too early has what is left of the text before it.
  const bool is_first = FrameAt(segment.start_seconds) <= window.seek_frames + kOnsetFrames;
  if (is_instant && is_first && IsSaidIn(last_text_, segment.text)) {
    Drop(segment.start_seconds, segment.end_seconds, "repetition");
    return;
  }
  // Times that a model writes may lie behind its audio, where another window begins.
  if (!setup_.options.reference) {
    segment.start_seconds = std::min(segment.start_seconds, window_end);
    segment.end_seconds = std::min(segment.end_seconds, window_end);
  }
  const Judgement judgement = judge_.OfSegment(window.range(), segment, part.is_alone);
  if (judgement.verdict != Verdict::kKeep) {
    Drop(segment.start_seconds, segment.end_seconds, judgement.reason);
    return;
  }
  context_.Append(segment.tokens);
  last_text_ = segment.text;
  // Those of the reference were for what decides on text.
  if (!window.loudness.empty()) segment.words = std::move(part.heard);
  if (!window.loudness.empty() && !segment.words.empty()) {
    last_heard_seconds_ = OrderWords(LimitsOf(window, part.words_behind), segment.words);
    segment.start_seconds = segment.words.front().start_seconds;
    segment.end_seconds = segment.words.back().end_seconds;
  }
  if (!setup_.options.word_times) segment.words.clear();
  sink_.segment(std::move(segment));
}

WordLimits ClipTranscriber::LimitsOf(const Window& window, size_t words_behind) const {
  if (!window.is_hole) {
    return {.begin_seconds = last_heard_seconds_,
            .end_seconds = FrameSeconds(window.range().end),
            .num_behind = words_behind,
            .is_strict = window.is_last};
  }
  // What was published before may reach over the hole, and what follows may too: the window's own
  // words keep their times as far as a position for each word of the hole allows.
  const double window_end = FrameSeconds(around_.end_frame);
  if (around_.words_behind > 0 && around_.next_word_seconds < window_end) {
    return {.begin_seconds = last_heard_seconds_,
            .end_seconds = around_.next_word_seconds,
            .num_behind = words_behind,
            .is_strict = false};
  }
  return {.begin_seconds = last_heard_seconds_,
          .end_seconds = window_end,
          .num_behind = words_behind + around_.words_behind,
          .is_strict = around_.is_last};
}

}  // namespace ironscribe::models::whisper
