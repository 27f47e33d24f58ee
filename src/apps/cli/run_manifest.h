// What an output folder already holds, so that a second run does only what is new: one JSON line
// per finished recording in .ironscribe-manifest.jsonl, appended and put on the disk as each
// finishes.
//
// Reading takes what it understands: a line that a crash cut short, or that somebody edited, only
// means that its recording is done again. It holds no text of the recordings; the settings stand in
// it as a digest, because a prompt may be confidential.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/transcribe_options.h"
#include "base/status.h"
#include "transcript/transcript.h"

namespace ironscribe::cli {

inline constexpr std::string_view kManifestName = ".ironscribe-manifest.jsonl";

// What a finished recording was made from and into.
struct FinishedRecording {
  std::string input;  // Absolute path.
  uint64_t size_bytes = 0;
  int64_t modified_ns = 0;
  std::string settings;              // See SettingsDigest.
  std::vector<std::string> outputs;  // Relative to the output folder.
  bool operator==(const FinishedRecording&) const = default;
};

// SHA-256 over everything that the transcript depends on besides the recording.
std::string SettingsDigest(const TranscribeOptions& all, const transcript::ModelInfo& model);

// A recording as it is now. Errors: those of looking at the file.
Result<FinishedRecording> DescribeRecording(const std::filesystem::path& input,
                                            const std::filesystem::path& output_folder,
                                            const std::vector<std::filesystem::path>& outputs,
                                            std::string settings);

// Thread-safe. Two processes may append to the same manifest.
class RunManifest {
 public:
  // An absent manifest is an empty one.
  static Result<std::unique_ptr<RunManifest>> Open(const std::filesystem::path& output_folder);

  // The same recording was finished in the same way and all its outputs are still there.
  bool IsFinished(const FinishedRecording& recording) const;

  Status Append(const FinishedRecording& recording);

 private:
  explicit RunManifest(std::filesystem::path output_folder)
      : output_folder_(std::move(output_folder)) {}

  std::filesystem::path output_folder_;
  std::map<std::string, FinishedRecording> finished_;  // By input; the last line wins.
  bool ends_inside_line_ = false;
  mutable std::mutex mutex_;
};

}  // namespace ironscribe::cli
