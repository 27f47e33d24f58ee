// What a run keeps of the recordings under way, so that the same command goes on where it was
// interrupted: which recordings, where, and what the user is told.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "apps/cli/batch_runner.h"
#include "engine/resume_journal.h"
#include "models/decoding_options.h"

namespace ironscribe::cli {

// Shorter recordings are done again sooner than it would be worth a file.
inline constexpr int kLeastResumedSeconds = 60;

// The journal of a recording; empty if none is kept: of standard input, where text goes to standard
// output, where personal data is to be redacted (it would stand in the journal), unless the user
// says otherwise.
std::filesystem::path ResumePath(const RecordingJob& job, const TranscribeOptions& options);

// Opens the journal of a recording, and tells the user where it goes on, or why it does not. Null
// when none is kept or can be. A negative `expected_samples` is unknown.
std::unique_ptr<engine::ResumeJournal> OpenResumeJournal(size_t index, const RecordingJob& job,
                                                         const models::DecodingOptions& decoding,
                                                         int64_t expected_samples,
                                                         const BatchContext& context);

// After a recognition that was not finished: tells what is kept, unless the recording itself is at
// fault. `journal` may be null.
void LeaveResumeJournal(const RecordingJob& job, engine::ResumeJournal* journal,
                        const Status& status, RunReporter& reporter);

// After outputs could not be written: tells what is kept. `journal` may be null.
void KeepResumeJournal(const RecordingJob& job, engine::ResumeJournal* journal,
                       RunReporter& reporter);

// After the outputs are written. `journal` may be null; then one of an earlier run is deleted.
void CloseResumeJournal(const RecordingJob& job, engine::ResumeJournal* journal,
                        const TranscribeOptions& options, RunReporter& reporter);

// Of a recording that is finished: no speech stays behind.
void DiscardResumeJournal(const RecordingJob& job, const TranscribeOptions& options,
                          RunReporter& reporter);

}  // namespace ironscribe::cli
