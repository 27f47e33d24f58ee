#include "apps/cli/input_files.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <iterator>
#include <set>

#include "io/file.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

// What libsndfile and FFmpeg of Debian 12 read and people have; sorted, lower case.
constexpr std::string_view kMediaExtensions[] = {
    ".3g2", ".3gp", ".aac", ".ac3",  ".aif",  ".aifc", ".aiff", ".amr",  ".ape", ".asf", ".au",
    ".avi", ".caf", ".dts", ".eac3", ".flac", ".flv",  ".gsm",  ".m2ts", ".m4a", ".m4b", ".m4v",
    ".mka", ".mkv", ".mov", ".mp2",  ".mp3",  ".mp4",  ".mpeg", ".mpg",  ".mts", ".mxf", ".nist",
    ".oga", ".ogg", ".ogv", ".opus", ".ra",   ".rm",   ".rf64", ".snd",  ".sph", ".spx", ".ts",
    ".tta", ".voc", ".w64", ".wav",  ".weba", ".webm", ".wma",  ".wmv",  ".wv",
};

bool IsHidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool MatchesAny(const fs::path& relative_path, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return MatchesPattern(relative_path, pattern);
  });
}

class Collector {
 public:
  explicit Collector(const InputFilter& filter) : filter_(filter) {}

  void AddArgument(const std::string& argument) {
    if (argument == "-") {
      Add({.path = "-", .relative_path = "stdin", .status = {}});
      return;
    }
    const fs::path path = argument;
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::directory) {
      AddFolder(path);
    } else if (!fs::exists(status)) {
      const bool missing = status.type() == fs::file_type::not_found;
      AddFailure(path, missing ? NotFoundError("no such file or folder; check the path")
                               : io::ErrnoStatus(error.value(), "cannot look at it"));
    } else {
      Add({.path = path, .relative_path = path.filename(), .status = {}});
    }
  }

  std::vector<InputFile> Take() && { return std::move(inputs_); }

 private:
  void AddFolder(const fs::path& folder) {
    const size_t before = inputs_.size();
    WalkFolder(folder, {});
    if (inputs_.size() == before) {
      AddFailure(folder, NotFoundError(filter_.include.empty()
                                           ? "the folder has no audio or video files; name other "
                                             "files with --include"
                                           : "the folder has no files that match --include"));
    }
  }

  // Walks by hand, not with recursive_directory_iterator, so that one unreadable folder is reported
  // and its siblings are still visited.
  void WalkFolder(const fs::path& folder, const fs::path& relative) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      entries.push_back(*it);
    }
    if (error) {
      AddFailure(folder, io::ErrnoStatus(error.value(), "cannot list the folder"));
      return;
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.path() < b.path(); });
    for (const fs::directory_entry& entry : entries) {
      const fs::path below = relative / entry.path().filename();
      if (IsHidden(below) || MatchesAny(below, filter_.exclude)) continue;
      std::error_code ignored;
      if (entry.is_directory(ignored)) {
        if (!entry.is_symlink(ignored)) WalkFolder(entry.path(), below);
      } else if (entry.is_regular_file(ignored) && IsIncluded(below)) {
        Add({.path = entry.path(), .relative_path = below, .status = {}});
      }
    }
  }

  bool IsIncluded(const fs::path& relative_path) const {
    return filter_.include.empty() ? HasMediaExtension(relative_path)
                                   : MatchesAny(relative_path, filter_.include);
  }

  void Add(InputFile input) {
    std::error_code error;
    const fs::path same = fs::weakly_canonical(input.path, error);
    if (seen_.insert(error || input.path == "-" ? input.path : same).second) {
      inputs_.push_back(std::move(input));
    }
  }

  void AddFailure(const fs::path& path, Status status) {
    inputs_.push_back(
        {.path = path, .relative_path = path.filename(), .status = std::move(status)});
  }

  const InputFilter& filter_;
  std::vector<InputFile> inputs_;
  std::set<fs::path> seen_;
};

}  // namespace

bool HasMediaExtension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(std::begin(kMediaExtensions), std::end(kMediaExtensions), extension) !=
         std::end(kMediaExtensions);
}

bool MatchesPattern(const fs::path& relative_path, const std::string& pattern) {
  const bool whole = pattern.find('/') != std::string::npos;
  const std::string text = whole ? relative_path.string() : relative_path.filename().string();
  return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

std::vector<InputFile> CollectInputs(const std::vector<std::string>& arguments,
                                     const InputFilter& filter) {
  Collector collector(filter);
  for (const std::string& argument : arguments) collector.AddArgument(argument);
  return std::move(collector).Take();
}

}  // namespace ironscribe::cli
