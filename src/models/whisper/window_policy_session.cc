#include "models/whisper/window_policy_session.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "models/speech_coverage.h"
#include "models/whisper/window_policy_cut.h"
#include "models/whisper/window_policy_language.h"
#include "models/whisper/window_policy_options.h"

namespace ironscribe::models::whisper {
namespace {

using transcript::Segment;

// A piece is cut at a pause in the last third of a window: in ten seconds of speech there is nearly
// always one.
constexpr double kShortestPiece = 2.0 / 3;

// The language is looked for in so many windows at most, and in none shorter than two seconds.
constexpr int64_t kMaxLanguageWindows = 4;
constexpr int64_t kLeastLanguageFrames = 200;

// Where languages change they do so behind a pause, and what lies between two spans of speech comes
// on top of the silence around each (SpeechOptions::padding_ms).
constexpr int64_t kMaxLanguageGapFrames = 50;

// The same pause where spans are not packed, with the padding that each side has there.
constexpr int64_t kLanguagePauseFrames = kMaxLanguageGapFrames + 2 * 40;
constexpr int64_t kPauseStepFrames = 10;
constexpr float kSpeechPeak = 0.5f;  // SpeechOptions::threshold

// Two windows.
constexpr int64_t kMaxReachFrames = 6000;

// Read ahead at once while speech is looked for.
constexpr int64_t kFramesAhead = 400;

const TextJudge* JudgeFor(const DecodingOptions& options, const WindowRunner& runner) {
  return options.guard && !options.reference ? runner.judge() : nullptr;
}

// The part of `range` that lies in `clip`; empty if none does.
FrameRange Common(const FrameRange& range, const FrameRange& clip) {
  return {std::max(range.begin, clip.begin), std::min(range.end, clip.end)};
}

}  // namespace

WindowSession::WindowSession(const SessionSetup& setup, audio::PcmSource& source,
                             WindowRunner& runner, std::stop_token stop)
    : setup_(setup),
      clip_setup_{
          setup.tokenizer, setup.options, setup.rules, runner, JudgeFor(setup.options, runner),
          std::move(stop)},
      window_frames_(runner.model().max_frames()),
      features_(setup.log_mel, source, window_frames_, runner.profile()),
      max_piece_frames_(MaxPieceFrames(setup.options, window_frames_)),
      tracker_(setup.options.languages),
      follower_(setup.tokenizer, runner, setup.options.task, tracker_) {}

Result<transcript::Transcript> WindowSession::Run(std::string language) {
  const bool translate = setup_.options.task == Task::kTranslate;
  transcript_.task = translate ? "translate" : "transcribe";
  RETURN_IF_ERROR(TranscribeClips(std::move(language)));
  RETURN_IF_ERROR(features_.Drain(clip_setup_.stop));
  transcript_.duration_seconds =
      static_cast<double>(features_.num_samples()) / audio::kSampleRateHz;
  if (setup_.listening != nullptr) MeasureCoverage();
  // An error of the source comes last: what it delivered was transcribed and handed out.
  RETURN_IF_ERROR(features_.source_status());
  ReportProgress(transcript_.duration_seconds);
  transcript_.text = setup_.tokenizer.Decode(text_tokens_);
  return std::move(transcript_);
}

Status WindowSession::TranscribeClips(std::string language) {
  const std::vector<FrameRange> clips = ClipFrames();
  transcript_.language = language;
  if (setup_.options.reference) RETURN_IF_ERROR(features_.MeasureRecording(clip_setup_.stop));
  RETURN_IF_ERROR(features_.ReadUntil(window_frames_, clip_setup_.stop));
  // Shorter than one frame of the transform: nothing that could be heard.
  if (features_.ended() && features_.num_samples() < dsp::kWindowSamples) return OkStatus();
  if (clips.empty()) return OkStatus();
  switch (setup_.options.segmentation) {
    case Segmentation::kSequential:
      return TranscribeSequentially(clips, language);
    case Segmentation::kFixed:
      return TranscribePieces(clips, language);
    case Segmentation::kVoiceActivity:
      return TranscribeSpeech(clips, language);
  }
  return InternalError("no such segmentation");
}

std::vector<FrameRange> WindowSession::ClipFrames() const {
  constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();
  std::vector<FrameRange> ranges;
  for (const Clip& clip : setup_.options.clips) {
    const bool open = clip.end_seconds > kMaxClipSeconds;
    const FrameRange range{FrameAt(clip.start_seconds), open ? kEnd : FrameAt(clip.end_seconds)};
    // Less than half a frame holds nothing, not even the language.
    if (range.begin < range.end) ranges.push_back(range);
  }
  if (setup_.options.clips.empty()) ranges.push_back({0, kEnd});
  return ranges;
}

Result<WindowSession::EncodingPointer> WindowSession::FirstEncoding(const FrameRange& clip,
                                                                    ClipTranscriber& transcriber) {
  // The first window is encoded once for both purposes.
  if (!setup_.options.reference) return transcriber.EncodeFirst(clip);
  return clip_setup_.runner.Encode({features_.WindowWithSilence(0)}, clip_setup_.stop);
}

Status WindowSession::SetLanguage(std::string language, const FrameRange& clip,
                                  ClipTranscriber& transcriber) {
  if (language.empty()) {
    ASSIGN_OR_RETURN(EncodingPointer encoding, FirstEncoding(clip, transcriber));
    if (encoding == nullptr) return OkStatus();
    ASSIGN_OR_RETURN(auto found, DetectLanguage(setup_.tokenizer, clip_setup_.runner, encoding,
                                                clip_setup_.stop));
    tracker_.Add(std::move(found));
    if (!setup_.options.reference && !tracker_.IsSure()) {
      // Whoever waits for the memory of an encoding must not hold another.
      encoding.reset();
      transcriber.ForgetFirstEncoding();
      RETURN_IF_ERROR(ListenFurther(clip.begin));
    }
    transcript_.language_probabilities = tracker_.mean();
    language = tracker_.mean().front().code;
  }
  language_.start_sequence = StartSequence(setup_.tokenizer, language, setup_.options.task);
  language_.code = std::move(language);
  transcript_.language = language_.code;
  return OkStatus();
}

Status WindowSession::ListenFurther(int64_t first_frame) {
  const int64_t last_frame = ClipFrames().back().end;
  for (int64_t number = 1; number < kMaxLanguageWindows && !tracker_.IsSure(); ++number) {
    const int64_t begin = first_frame + number * window_frames_;
    if (begin >= last_frame) return OkStatus();
    RETURN_IF_ERROR(features_.ReadUntil(begin + window_frames_, clip_setup_.stop));
    const int64_t end = std::min({last_frame, begin + window_frames_, features_.content_frames()});
    if (end - begin < kLeastLanguageFrames) return OkStatus();
    ASSIGN_OR_RETURN(
        const EncodingPointer encoding,
        clip_setup_.runner.Encode({features_.Window(begin, static_cast<int>(end - begin)).values},
                                  clip_setup_.stop));
    ASSIGN_OR_RETURN(auto found, DetectLanguage(setup_.tokenizer, clip_setup_.runner, encoding,
                                                clip_setup_.stop));
    tracker_.Add(std::move(found));
  }
  return OkStatus();
}

Status WindowSession::TranscribeSequentially(const std::vector<FrameRange>& clips,
                                             const std::string& language) {
  SpeechQuery speech;
  if (setup_.listening != nullptr) {
    setup_.listening->ForgetSpans();
    speech = [this](double begin_seconds, double end_seconds) {
      return setup_.listening->track().Over(begin_seconds, end_seconds);
    };
  }
  ClipSetup setup = clip_setup_;
  if (setup_.options.language_per_segment) setup.follower = &follower_;
  ClipTranscriber transcriber(
      setup, features_, std::move(speech),
      {.segment = [this](Segment segment) { Publish(std::move(segment)); },
       .dropped =
           [this](transcript::DroppedSpan span) { transcript_.dropped.push_back(std::move(span)); },
       .progress = [this](double seconds) { ReportProgress(seconds); }});
  for (const FrameRange& clip : clips) {
    for (int64_t begin = clip.begin; begin < clip.end;) {
      FrameRange part = clip;
      // Where languages change, a window must not reach from one into another.
      if (setup_.options.language_per_segment) {
        ASSIGN_OR_RETURN(part, NextPiece(begin, clip));
        if (part.begin >= part.end) break;
      }
      if (language_.code.empty()) RETURN_IF_ERROR(SetLanguage(language, part, transcriber));
      RETURN_IF_ERROR(transcriber.Transcribe(part, language_));
      begin = part.end;
    }
  }
  return OkStatus();
}

Status WindowSession::TranscribePieces(const std::vector<FrameRange>& clips,
                                       const std::string& language) {
  PieceQueue queue(PiecesTogether());
  for (const FrameRange& clip : clips) {
    int64_t begin = clip.begin;
    while (begin < clip.end) {
      ASSIGN_OR_RETURN(const FrameRange range, NextPiece(begin, clip));
      if (range.begin >= range.end) break;
      RETURN_IF_ERROR(SubmitPiece({range}, language, queue));
      begin = range.end;
      while (queue.ready() || queue.full()) RETURN_IF_ERROR(TakePiece(queue));
    }
  }
  while (!queue.empty()) RETURN_IF_ERROR(TakePiece(queue));
  return OkStatus();
}

Result<FrameRange> WindowSession::NextPiece(int64_t begin, const FrameRange& clip) {
  ASSIGN_OR_RETURN(const int frames, features_.Prepare({begin, clip.end}, clip_setup_.stop));
  const int64_t pause = LanguagePause({begin, begin + std::min<int64_t>(frames, max_piece_frames_)});
  if (pause > begin) return FrameRange{begin, pause};
  const FrameRange whole{begin, begin + frames};
  const bool last =
      whole.end == clip.end || (features_.ended() && whole.end == features_.content_frames());
  const bool one_language = !setup_.options.language_per_segment;
  if (frames <= max_piece_frames_ || (last && one_language)) return whole;
  const FeaturePiece window = features_.Piece({&whole, 1});
  const auto least_frames = std::max<int64_t>(
      1, static_cast<int64_t>(kShortestPiece * static_cast<double>(max_piece_frames_)));
  return FrameRange{begin, begin + QuietestCut(window.energies, window.num_mels,
                                               {least_frames, max_piece_frames_})};
}

int64_t WindowSession::LanguagePause(const FrameRange& range) const {
  if (!setup_.options.language_per_segment || setup_.listening == nullptr) return range.begin;
  bool spoken = false;
  int64_t last_speech = range.begin;
  for (int64_t at = range.begin; at + kPauseStepFrames <= range.end; at += kPauseStepFrames) {
    const SpeechShare heard =
        setup_.listening->track().Over(FrameSeconds(at), FrameSeconds(at + kPauseStepFrames));
    if (heard.peak < kSpeechPeak) {
      if (spoken && at + kPauseStepFrames - last_speech >= kLanguagePauseFrames) {
        return last_speech + kLanguagePauseFrames / 2;
      }
      continue;
    }
    // What is not known counts as speech.
    spoken = true;
    last_speech = at + kPauseStepFrames;
  }
  return range.begin;
}

size_t WindowSession::PiecesTogether() const {
  const int together =
      setup_.options.max_pieces > 0 ? setup_.options.max_pieces : clip_setup_.runner.batch_size();
  return static_cast<size_t>(std::max(1, together));
}

Status WindowSession::TranscribeSpeech(const std::vector<FrameRange>& clips,
                                       const std::string& language) {
  PieceQueue queue(PiecesTogether());
  PackingLimits limits{.max_frames = max_piece_frames_, .max_reach_frames = kMaxReachFrames};
  if (setup_.options.language_per_segment) limits.max_gap_frames = kMaxLanguageGapFrames;
  SpeechPacker packer(limits);
  for (bool ended = false; !ended;) {
    ASSIGN_OR_RETURN(const int64_t settled_frame, PackSpeech(clips, packer));
    ended = features_.ended() || settled_frame >= clips.back().end;
    if (ended) packer.Finish();
    while (queue.ready()) RETURN_IF_ERROR(TakePiece(queue));
    while (const std::optional<PieceParts> parts = packer.Take(settled_frame)) {
      RETURN_IF_ERROR(SubmitPiece(*parts, language, queue));
      while (queue.ready() || queue.full()) RETURN_IF_ERROR(TakePiece(queue));
    }
  }
  while (!queue.empty()) RETURN_IF_ERROR(TakePiece(queue));
  return OkStatus();
}

Result<int64_t> WindowSession::PackSpeech(const std::vector<FrameRange>& clips,
                                          SpeechPacker& packer) {
  RETURN_IF_ERROR(features_.ReadUntil(features_.content_frames() + kFramesAhead, clip_setup_.stop));
  std::vector<SpeechSpan> spans = setup_.listening->TakeSpans();
  while (!spans.empty()) {
    for (const SpeechSpan& span : spans) {
      FrameRange frames{span.begin_sample / dsp::kHopSamples,
                        (span.end_sample + dsp::kHopSamples - 1) / dsp::kHopSamples};
      RETURN_IF_ERROR(features_.ReadUntil(frames.end, clip_setup_.stop));
      frames.end = std::min(frames.end, features_.content_frames());
      for (const FrameRange& clip : clips) {
        const FrameRange part = Common(frames, clip);
        if (part.begin < part.end) packer.Add(part);
      }
    }
    spans = setup_.listening->TakeSpans();  // What was found while these were read.
  }
  const int64_t settled = setup_.listening->settled_samples() / dsp::kHopSamples;
  features_.DropBefore(std::min(packer.first_frame().value_or(settled), settled));
  return settled;
}

SpeechQuery WindowSession::SpeechIn(const PieceParts& parts) const {
  if (setup_.listening == nullptr) return {};
  // A copy: the track grows while the piece is worked on.
  return [times = PieceTimes(parts),
          track = setup_.listening->track().Slice(FrameSeconds(parts.front().begin),
                                                  FrameSeconds(parts.back().end))](
             double begin_seconds, double end_seconds) {
    return times.Over(track, begin_seconds, end_seconds);
  };
}

// A piece that runs on its own: everything it uses is its own or immutable.
Status WindowSession::SubmitPiece(const PieceParts& parts, const std::string& language,
                                  PieceQueue& queue) {
  struct Piece {
    Piece(const ClipSetup& setup, FeaturePiece piece, int window_frames, SpeechQuery speech)
        : range(piece.range),
          features(std::move(piece), window_frames),
          transcriber(setup, features, std::move(speech),
                      {.segment = [this](Segment s) { result.segments.push_back(std::move(s)); },
                       .dropped =
                           [this](transcript::DroppedSpan span) {
                             result.dropped.push_back(std::move(span));
                           },
                       .progress = [](double) {}}) {}
    FrameRange range;
    SpokenLanguage language;
    PieceResult result;
    PieceWindows features;
    ClipTranscriber transcriber;
  };
  auto piece =
      std::make_shared<Piece>(clip_setup_, features_.Piece(parts), window_frames_, SpeechIn(parts));
  if (language_.code.empty()) {
    RETURN_IF_ERROR(SetLanguage(language, piece->range, piece->transcriber));
  }
  piece->language = language_;
  if (setup_.options.language_per_segment && !language_.code.empty()) {
    ASSIGN_OR_RETURN(const EncodingPointer encoding, piece->transcriber.EncodeFirst(piece->range));
    if (encoding != nullptr) {
      ASSIGN_OR_RETURN(piece->language, follower_.Follow(encoding, clip_setup_.stop));
      // A piece that waits must not hold what those that run may wait for.
      piece->transcriber.ForgetFirstEncoding();
    }
  }
  queue.Submit([this, piece = std::move(piece), times = PieceTimes(parts),
                end_frame = parts.back().end]() mutable {
    piece->result.status = piece->transcriber.Transcribe(piece->range, piece->language);
    piece->result.end_seconds = FrameSeconds(end_frame);
    times.Map(piece->result.segments);
    std::vector<transcript::DroppedSpan> dropped;
    for (const transcript::DroppedSpan& span : piece->result.dropped) {
      for (transcript::DroppedSpan& part : times.Map(span)) dropped.push_back(std::move(part));
    }
    piece->result.dropped = std::move(dropped);
    PieceResult result = std::move(piece->result);
    piece.reset();
    return result;
  });
  return OkStatus();
}

Status WindowSession::TakePiece(PieceQueue& queue) {
  PieceResult result = queue.Take();
  RETURN_IF_ERROR(result.status);
  for (Segment& segment : result.segments) Publish(std::move(segment));
  std::move(result.dropped.begin(), result.dropped.end(), std::back_inserter(transcript_.dropped));
  ReportProgress(result.end_seconds);
  return OkStatus();
}

void WindowSession::Publish(Segment segment) {
  segment.id = static_cast<int>(transcript_.segments.size());
  std::copy_if(segment.tokens.begin(), segment.tokens.end(), std::back_inserter(text_tokens_),
               [this](TokenId id) { return setup_.tokenizer.is_text(id); });
  if (setup_.callbacks.segment) setup_.callbacks.segment(segment);
  transcript_.segments.push_back(std::move(segment));
}

void WindowSession::MeasureCoverage() {
  std::vector<TimeRange> clips;
  for (const FrameRange& clip : ClipFrames()) {
    const int64_t end = std::min(clip.end, features_.content_frames() + 1);
    if (clip.begin < end) clips.push_back({FrameSeconds(clip.begin), FrameSeconds(end)});
  }
  transcript_.speech = CoverageOf(setup_.listening->track(), clips, transcript_.segments);
}

void WindowSession::ReportProgress(double seconds) {
  if (!setup_.callbacks.progress || seconds <= reported_seconds_) return;
  reported_seconds_ = seconds;
  setup_.callbacks.progress(seconds);
}

}  // namespace ironscribe::models::whisper
