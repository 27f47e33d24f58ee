// What an output folder already holds, so that a second run does only what is new: one JSON line
// per finished recording in .ironscribe-manifest.jsonl, appended and put on the disk as each
// finishes.
//
// An output belongs to the recording that was written to it last: an earlier one that had the same
// output counts as unfinished again.
//
// Reading takes what it understands: a line that a crash cut short, or that somebody edited, only
// means that its recording is done again. It holds no text of the recordings; the settings stand in
// it as a digest, because a prompt may be confidential.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::cli {

inline constexpr std::string_view kManifestName = ".ironscribe-manifest.jsonl";

// What a finished recording was made from and into.
struct FinishedRecording {
  std::string input;  // Absolute path.
  uint64_t size_bytes = 0;
  int64_t modified_ns = 0;
  std::string settings;              // See settings_digest.h.
  std::vector<std::string> outputs;  // Relative to the output folder.
  bool operator==(const FinishedRecording&) const = default;
};

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

  // The same recording was finished in the same way, and all its outputs are still there, are still
  // its own and have not been emptied.
  bool IsFinished(const FinishedRecording& recording) const;

  // To be called before the outputs are written: those that belong to another recording are taken
  // from it, on the disk as well, so that it is not skipped later. Returns them with their owners.
  struct Overwritten {
    std::filesystem::path output;
    std::filesystem::path owner;
  };
  Result<std::vector<Overwritten>> TakeOver(const FinishedRecording& recording);

  // To be called when the outputs are written: remembers their sizes.
  Status Append(const FinishedRecording& recording);

 private:
  explicit RunManifest(std::filesystem::path output_folder)
      : output_folder_(std::move(output_folder)) {}

  struct Entry {
    FinishedRecording recording;
    std::vector<uint64_t> output_sizes_bytes;  // As many as outputs, or none in older manifests.
  };
  static std::optional<Entry> ParseLine(std::string_view line);

  // The following two require mutex_.
  void Remember(Entry entry);
  Status WriteEntry(Entry entry);

  std::filesystem::path output_folder_;
  std::map<std::string, Entry> finished_;      // By input; the last line wins.
  std::map<std::string, std::string> owners_;  // Output to the input that was written there last.
  bool ends_inside_line_ = false;
  mutable std::mutex mutex_;
};

}  // namespace ironscribe::cli
