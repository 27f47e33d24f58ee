#include "apps/cli/resume.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "apps/cli/progress_meter.h"
#include "apps/cli/settings_digest.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/journal.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".ironscribe-resume";

std::string NameOf(const RecordingJob& job) { return job.input.path.string(); }

// A name of its own in a folder for all.
std::string NameByPath(const fs::path& input) {
  std::error_code error;
  const fs::path absolute = fs::absolute(input, error);
  io::Digest digest;
  digest.Update((error ? input : absolute.lexically_normal()).native());
  return digest.Finish();
}

// Where the journal of a recording stands if there is one.
fs::path JournalPath(const RecordingJob& job, const TranscribeOptions& options) {
  if (job.input.is_standard_input()) return {};
  if (!options.resume_folder.empty()) {
    return options.resume_folder / (NameByPath(job.input.path) + std::string(kSuffix));
  }
  if (job.outputs.empty()) return {};
  // By the output's name, which no other recording of the run has, less the format's extension: the
  // format may change.
  std::string name = job.outputs[0].filename().string();
  name.resize(name.size() - options.formats[0]->extension.size());
  return job.outputs[0].parent_path() / ("." + name + std::string(kSuffix));
}

engine::ResumeScope ScopeOf(const io::FileIdentity& recording,
                            const models::DecodingOptions& decoding, const BatchContext& context) {
  const transcript::ModelInfo model = context.transcriber->model_info();
  const engine::RecognizerOptions& options = context.options.recognizer;
  return {.program = context.program,
          .model = fmt::format("{} {} {} {} {} {} {}", model.family, model.digest,
                               model.rules_digest, model.compute_type, model.voice_activity,
                               CpuLevelName(options.cpu_level), options.alignment_heads),
          .options = fmt::format("{} {}", DecodingDigest(decoding),
                                 context.options.split_channels ? "split" : "mix"),
          .recording = fmt::format("{} {}", recording.size_bytes, recording.modified_ns)};
}

void NoteFailure(const RecordingJob& job, const engine::ResumeJournal& journal,
                 RunReporter& reporter) {
  if (journal.status().ok()) return;
  reporter.Note(NameOf(job), "what was done is not kept for the case of an interruption, because " +
                                 journal.status().message());
}

}  // namespace

fs::path ResumePath(const RecordingJob& job, const TranscribeOptions& options) {
  const bool has_place = !options.resume_folder.empty() || !job.outputs.empty();
  const bool wanted = options.resume.value_or(has_place && !options.finishing.redacts());
  return wanted ? JournalPath(job, options) : fs::path();
}

std::unique_ptr<engine::ResumeJournal> OpenResumeJournal(size_t index, const RecordingJob& job,
                                                         const models::DecodingOptions& decoding,
                                                         int64_t expected_samples,
                                                         const BatchContext& context) {
  const fs::path path = ResumePath(job, context.options);
  const bool is_short = expected_samples >= 0 &&
                        expected_samples < int64_t{kLeastResumedSeconds} * audio::kSampleRateHz;
  if (path.empty() || is_short || context.deliver) return nullptr;
  const auto recording = io::IdentifyFile(job.input.path);
  if (!recording.ok()) return nullptr;
  auto journal = engine::ResumeJournal::Open(path, ScopeOf(*recording, decoding, context));
  if (!journal.ok()) {
    context.reporter.Note(NameOf(job),
                          "what is done is not kept for the case of an interruption, because " +
                              journal.status().message());
    return nullptr;
  }
  const engine::ResumeJournal& opened = **journal;
  if (!opened.mismatch().empty()) {
    context.reporter.Note(NameOf(job),
                          "begins anew; a run was interrupted, but " + opened.mismatch());
  }
  if (opened.resumed_seconds() > 0) {
    context.reporter.FileResumed(index, NameOf(job),
                                 SecondsInClips(decoding.clips, opened.resumed_seconds()));
  }
  return *std::move(journal);
}

void LeaveResumeJournal(const RecordingJob& job, engine::ResumeJournal* journal,
                        const Status& status, RunReporter& reporter) {
  if (journal == nullptr) return;
  const bool same_again =
      status.code() == StatusCode::kDataLoss || status.code() == StatusCode::kInvalidArgument;
  if (!same_again) return KeepResumeJournal(job, journal, reporter);
  // Nothing is lost with it.
  (void)journal->Remove();
}

void KeepResumeJournal(const RecordingJob& job, engine::ResumeJournal* journal,
                       RunReporter& reporter) {
  if (journal == nullptr) return;
  if (journal->is_empty()) {
    (void)journal->Remove();
    return;
  }
  NoteFailure(job, *journal, reporter);
  if (!journal->status().ok()) return;
  reporter.Note(NameOf(job), fmt::format("stopped after {}; the same command goes on from there",
                                         FormatDuration(journal->reached_seconds())));
}

void CloseResumeJournal(const RecordingJob& job, engine::ResumeJournal* journal,
                        const TranscribeOptions& options, RunReporter& reporter) {
  if (journal == nullptr) return DiscardResumeJournal(job, options, reporter);
  NoteFailure(job, *journal, reporter);
  if (const Status status = journal->Remove(); !status.ok()) {
    reporter.Note(NameOf(job), status.message());
  }
}

void DiscardResumeJournal(const RecordingJob& job, const TranscribeOptions& options,
                          RunReporter& reporter) {
  const fs::path path = JournalPath(job, options);
  if (path.empty()) return;
  if (const Status status = io::Journal::Discard(path); !status.ok()) {
    reporter.Note(NameOf(job), status.message());
  }
}

}  // namespace ironscribe::cli
