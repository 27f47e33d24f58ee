#include "apps/cli/batch_runner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "apps/cli/muted_copy.h"
#include "apps/cli/resume.h"
#include "apps/cli/text_output.h"
#include "engine/channel_run.h"
#include "io/file.h"

namespace ironscribe::cli {
namespace {

class Batch {
 public:
  Batch(const std::vector<RecordingJob>& jobs, const BatchContext& context, std::stop_token stop)
      : jobs_(jobs),
        context_(context),
        stop_(std::move(stop)),
        decoding_(context.options.decoding),
        output_(context.standard_output, context.reporter, jobs.size() > 1) {}

  RunSummary Run() {
    const double start_seconds = context_.now_seconds();
    const auto most = static_cast<size_t>(std::max(1, context_.options.recognizer.batch_size));
    const size_t together = std::clamp<size_t>(jobs_.size(), 1, most);
    // The recordings under way share the batch. Two pieces each, so that one can be read while the
    // other is decoded.
    decoding_.max_pieces = static_cast<int>(std::max<size_t>(2, most / together));
    channels_together_ = static_cast<int>(std::max<size_t>(1, most / together));
    {
      std::vector<std::jthread> workers;
      for (size_t i = 0; i < together; ++i) {
        workers.emplace_back([this] { Work(); });
      }
    }
    summary_.wall_seconds = context_.now_seconds() - start_seconds;
    return summary_;
  }

 private:
  void Work() {
    for (size_t i = next_.fetch_add(1); i < jobs_.size(); i = next_.fetch_add(1)) Settle(i);
  }

  // Does one job and reports its end.
  void Settle(size_t index) {
    const RecordingJob& job = jobs_[index];
    FinishedFile finished{.name = Name(job), .outputs = {}};
    const double start_seconds = context_.now_seconds();
    const Status status =
        stop_.stop_requested() ? CancelledError("interrupted") : Process(index, finished);
    finished.wall_seconds = context_.now_seconds() - start_seconds;
    if (!status.ok() && job.outputs.empty() && !context_.deliver) output_.Skip(index);
    // An error after the interruption is its consequence, e.g. a decoder that was ended with us.
    const bool dropped = !status.ok() && stop_.stop_requested();
    {
      const std::lock_guard lock(mutex_);
      ++(status.ok() ? summary_.done : dropped ? summary_.unfinished : summary_.failed);
      summary_.audio_seconds += finished.audio_seconds;
    }
    if (status.ok()) {
      context_.reporter.FileDone(index, finished);
    } else if (dropped) {
      context_.reporter.FileDropped(index);
    } else {
      context_.reporter.FileFailed(index, finished.name, status);
    }
  }

  Status Process(size_t index, FinishedFile& finished) {
    const RecordingJob& job = jobs_[index];
    RETURN_IF_ERROR(job.input.status);
    // Looked at before it is read: a change meanwhile must make it new again.
    std::optional<FinishedRecording> record;
    if (context_.manifest != nullptr && !job.input.is_standard_input()) {
      ASSIGN_OR_RETURN(record, DescribeRecording(job.input.path, context_.options.output_folder,
                                                 job.outputs, context_.settings_digest));
    }
    std::unique_ptr<engine::ResumeJournal> journal;
    auto recognized = Recognize(index, journal);
    if (!recognized.ok()) {
      LeaveResumeJournal(job, journal.get(), recognized.status(), context_.reporter);
      return recognized.status();
    }
    const Status status = HandOut(index, *recognized, record, finished);
    // Something is wrong with the outputs; the recording was heard to its end.
    if (!status.ok()) {
      KeepResumeJournal(job, journal.get(), context_.reporter);
      return status;
    }
    if (!context_.deliver) {
      CloseResumeJournal(job, journal.get(), context_.options, context_.reporter);
    }
    return OkStatus();
  }

  Result<transcript::Transcript> Recognize(size_t index,
                                           std::unique_ptr<engine::ResumeJournal>& journal) {
    auto transcript = context_.options.split_channels ? RecognizeChannels(index, journal)
                                                      : RecognizeMixed(index, journal);
    if (transcript.ok() && transcript->duration_seconds <= 0) {
      return InvalidArgumentError(
          "the recording holds no sound, not a single sample; check how it was made, or copy it "
          "again");
    }
    return transcript;
  }

  // From the transcript to the outputs.
  Status HandOut(size_t index, transcript::Transcript& transcript,
                 const std::optional<FinishedRecording>& record, FinishedFile& finished) {
    const RecordingJob& job = jobs_[index];
    finishing::FinishingReport report;
    if (context_.finisher != nullptr) {
      report = context_.finisher->Finish(transcript);
      NoteFinishing(job, report);
    }
    finished.audio_seconds = SecondsInClips(OptionsOf(job).clips, transcript.duration_seconds);
    if (record.has_value()) RETURN_IF_ERROR(TakeOver(finished.name, *record));
    if (context_.deliver) return context_.deliver(index, transcript);
    RETURN_IF_ERROR(job.outputs.empty() ? Print(index, transcript)
                                        : WriteFiles(job, transcript, finished));
    if (context_.options.redact_audio && !job.outputs.empty()) {
      RETURN_IF_ERROR(WriteMutedAudio(job, report.spans, finished));
    }
    const size_t num_past_end = NoteClipsPastEnd(job, transcript.duration_seconds);
    if (num_past_end == 0 || num_past_end < context_.options.decoding.clips.size()) {
      NoteIfEmpty(job, transcript);
    }
    NoteDropped(job, transcript);
    if (record.has_value()) {
      if (const Status status = context_.manifest->Append(*record); !status.ok()) {
        context_.reporter.Note(
            finished.name, "done, but the next run will do it again, because " + status.message());
      }
    }
    return OkStatus();
  }

  Status TakeOver(const std::string& name, const FinishedRecording& record) {
    ASSIGN_OR_RETURN(const auto overwritten, context_.manifest->TakeOver(record));
    for (const RunManifest::Overwritten& other : overwritten) {
      context_.reporter.Note(name, fmt::format("overwrites '{}', the transcript of '{}'",
                                               other.output.string(), other.owner.string()));
    }
    return OkStatus();
  }

  void ReportStart(size_t index, const std::vector<models::Clip>& clips, int64_t samples,
                   const std::string& description) {
    const double duration =
        samples < 0 ? -1
                    : SecondsInClips(clips, static_cast<double>(samples) / audio::kSampleRateHz);
    context_.reporter.FileStarted(index, Name(jobs_[index]), duration, description);
  }

  // What recognition reports, and what it keeps in `journal`, which may be null.
  models::RecognitionCallbacks CallbacksOf(size_t index, const std::vector<models::Clip>& clips,
                                           engine::ResumeJournal* journal) {
    models::RecognitionCallbacks callbacks;
    callbacks.progress = [this, index, &clips, journal](double seconds) {
      if (journal != nullptr) journal->Reached(seconds);
      context_.reporter.FileProgress(index, SecondsInClips(clips, seconds));
    };
    callbacks.results = journal;
    return callbacks;
  }

  Result<transcript::Transcript> RecognizeChannels(
      size_t index, std::unique_ptr<engine::ResumeJournal>& journal) {
    const models::DecodingOptions decoding = OptionsOf(jobs_[index]);
    ASSIGN_OR_RETURN(const auto sources, context_.open_channels(jobs_[index].input, stop_));
    ReportStart(index, decoding.clips, sources.expected_samples, sources.description);
    journal = OpenResumeJournal(index, jobs_[index], decoding, sources.expected_samples, context_);
    const engine::TranscribeFunction transcribe =
        [this](auto& source, const auto& options, const auto& callbacks, std::stop_token stop) {
          return context_.transcriber->Transcribe(source, options, callbacks, std::move(stop));
        };
    return engine::TranscribeChannels(
        sources,
        {.transcribe = transcribe,
         .decoding = decoding,
         .names = context_.options.channel_names,
         .max_together = channels_together_,
         .callbacks = CallbacksOf(index, decoding.clips, journal.get())},
        stop_);
  }

  Result<transcript::Transcript> RecognizeMixed(size_t index,
                                                std::unique_ptr<engine::ResumeJournal>& journal) {
    const models::DecodingOptions decoding = OptionsOf(jobs_[index]);
    ASSIGN_OR_RETURN(const auto source, context_.open_input(jobs_[index].input, stop_));
    ReportStart(index, decoding.clips, source->ExpectedSamples(), source->Description());
    journal = OpenResumeJournal(index, jobs_[index], decoding, source->ExpectedSamples(), context_);
    Status streamed;
    models::RecognitionCallbacks callbacks = CallbacksOf(index, decoding.clips, journal.get());
    if (StreamsText()) {
      callbacks.segment = [&](const transcript::Segment& segment) {
        const std::string line = transcript::WriteTextLine(segment);
        if (streamed.ok() && !line.empty()) streamed = output_.Stream(line);
      };
    }
    auto transcript = context_.transcriber->Transcribe(*source, decoding, callbacks, stop_);
    if (transcript.ok() && !streamed.ok()) return streamed;
    return transcript;
  }

  models::DecodingOptions OptionsOf(const RecordingJob& job) const {
    models::DecodingOptions options = decoding_;
    if (!job.language.empty()) options.language = job.language;
    if (job.clip.has_value()) options.clips = {*job.clip};
    return options;
  }

  // One recording as plain text: each line as soon as it is final. Channels are merged at the end;
  // and what is redacted may begin in one segment and be told by the next.
  bool StreamsText() const {
    return !context_.deliver && !context_.options.split_channels && context_.finisher == nullptr &&
           jobs_.size() == 1 && jobs_[0].outputs.empty() &&
           context_.options.formats[0]->name == "txt";
  }

  Status Print(size_t index, const transcript::Transcript& transcript) {
    if (StreamsText()) return OkStatus();
    return output_.Deliver(index, Name(jobs_[index]),
                           context_.options.formats[0]->write(transcript, context_.options.write));
  }

  Status WriteFiles(const RecordingJob& job, const transcript::Transcript& transcript,
                    FinishedFile& finished) {
    for (size_t i = 0; i < job.outputs.size(); ++i) {
      RETURN_IF_ERROR(io::WriteFileAtomically(
          job.outputs[i], context_.options.formats[i]->write(transcript, context_.options.write)));
      finished.outputs.push_back(job.outputs[i].string());
    }
    return OkStatus();
  }

  Status WriteMutedAudio(const RecordingJob& job, std::span<const finishing::RedactedSpan> spans,
                         FinishedFile& finished) {
    if (job.input.is_standard_input()) {
      return InvalidArgumentError("--redact-audio cannot read standard input a second time");
    }
    const std::filesystem::path path = MutedCopyPath(job.outputs[0]);
    std::error_code error;
    const bool exists = std::filesystem::exists(path, error);
    for (size_t i = 0; exists && i < jobs_.size(); ++i) {
      const RecordingJob& other = jobs_[i];
      if (!other.input.is_standard_input() &&
          std::filesystem::equivalent(path, other.input.path, error)) {
        return InvalidArgumentError(
            fmt::format("the copy without what is redacted would replace the recording '{}'; give "
                        "another --output-dir",
                        path.string()));
      }
    }
    ASSIGN_OR_RETURN(const auto source, context_.open_input(job.input, stop_));
    RETURN_IF_ERROR(WriteMutedCopy(*source, spans, path, stop_)
                        .Annotate("writing the copy without what is redacted"));
    NoteShortSilence(job, spans);
    finished.outputs.push_back(path.string());
    return OkStatus();
  }

  // The words beside a secret may have its time: whoever passes the copy on must listen first.
  void NoteShortSilence(const RecordingJob& job,
                        std::span<const finishing::RedactedSpan> spans) const {
    for (const finishing::RedactedSpan& span : spans) {
      if (!span.is_implausibly_short) continue;
      context_.reporter.Note(
          Name(job),
          fmt::format("the copy is silent from {:.1f} to {:.1f} s for a {}, too short for what was "
                      "written there; listen to it before you pass it on",
                      span.start_seconds, span.end_seconds, span.label));
    }
  }

  // Returns how many there are.
  size_t NoteClipsPastEnd(const RecordingJob& job, double duration_seconds) {
    size_t count = 0;
    for (const models::Clip& clip : context_.options.decoding.clips) {
      if (clip.start_seconds < duration_seconds) continue;
      ++count;
      context_.reporter.Note(
          Name(job), fmt::format("--clip from {:.10g} s begins past the end of the recording at "
                                 "{:.10g} s, so there is nothing in it",
                                 clip.start_seconds, duration_seconds));
    }
    return count;
  }

  void NoteIfEmpty(const RecordingJob& job, const transcript::Transcript& transcript) {
    const auto has_text = [](const transcript::Segment& segment) {
      return !transcript::WriteTextLine(segment).empty();
    };
    if (std::none_of(transcript.segments.begin(), transcript.segments.end(), has_text)) {
      context_.reporter.Note(Name(job), "no speech found, the transcript is empty");
    }
  }

  // "redacted: CARD_NUMBER 2, EMAIL 1"; never what stood there.
  void NoteFinishing(const RecordingJob& job, const finishing::FinishingReport& report) {
    std::vector<std::string> counts;
    for (const auto& [label, count] : report.redacted) {
      counts.push_back(fmt::format("{} {}", label, count));
    }
    if (!counts.empty()) {
      context_.reporter.Note(Name(job), fmt::format("redacted: {}", fmt::join(counts, ", ")));
    }
    if (report.skipped_english_rules) {
      context_.reporter.Note(Name(job),
                             "--numbers and --no-verbatim know English only; left as recognised");
    }
  }

  // What was withheld is never silent: "12.5 s left out in 2 places (no_voice 1, repetition 1)".
  void NoteDropped(const RecordingJob& job, const transcript::Transcript& transcript) {
    if (transcript.dropped.empty()) return;
    std::map<std::string, int> reasons;
    double seconds = 0;
    for (const transcript::DroppedSpan& span : transcript.dropped) {
      ++reasons[span.reason];
      seconds += span.end_seconds - span.start_seconds;
    }
    std::vector<std::string> counts;
    for (const auto& [reason, count] : reasons)
      counts.push_back(fmt::format("{} {}", reason, count));
    context_.reporter.Note(
        Name(job), fmt::format("{:.1f} s left out in {} place{} ({}); --format json tells where",
                               seconds, transcript.dropped.size(),
                               transcript.dropped.size() == 1 ? "" : "s", fmt::join(counts, ", ")));
  }

  static std::string Name(const RecordingJob& job) {
    return job.input.is_standard_input() ? "standard input" : job.input.path.string();
  }

  const std::vector<RecordingJob>& jobs_;
  const BatchContext& context_;
  const std::stop_token stop_;
  int channels_together_ = 1;  // Of one recording; not changed while recordings are under way.
  models::DecodingOptions decoding_;  // Not changed while recordings are under way.
  TextOutput output_;
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  RunSummary summary_;  // Guarded by mutex_.
};

}  // namespace

double SecondsInClips(const std::vector<models::Clip>& clips, double position_seconds) {
  if (clips.empty()) return position_seconds;
  double seconds = 0;
  for (const models::Clip& clip : clips) {
    seconds += std::max(0.0, std::min(position_seconds, clip.end_seconds) - clip.start_seconds);
  }
  return seconds;
}

RunSummary RunBatch(const std::vector<RecordingJob>& jobs, const BatchContext& context,
                    std::stop_token stop) {
  return Batch(jobs, context, std::move(stop)).Run();
}

}  // namespace ironscribe::cli
