// From what was typed to the recordings to work on.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::cli {

// One recording, or one thing that was asked for and cannot be one.
struct InputFile {
  std::filesystem::path path;  // As to open it; "-" for standard input.
  // Where its outputs go below the output folder, without extension of the format: the path
  // relative to the folder that was given, or just the file's name.
  std::filesystem::path relative_path;
  Status status;  // Not Ok: a failure to report in this input's place.

  bool is_standard_input() const { return path == "-"; }
};

struct InputFilter {
  std::vector<std::string> include;  // Empty: known media extensions.
  std::vector<std::string> exclude;
};

// Files as given, then in folders every file that the filter takes, sub-folders included, sorted by
// path. Hidden files and folders below a given folder are left out, links to folders are not
// followed, and what was given twice is taken once. Never fails as a whole: what is missing or
// cannot be read becomes an input with that status.
std::vector<InputFile> CollectInputs(const std::vector<std::string>& arguments,
                                     const InputFilter& filter);

// Whether the name ends like an audio or video file. Only a filter for folders: what a file is, is
// decided by its content.
bool HasMediaExtension(const std::filesystem::path& path);

// Shell patterns (* ? [..]); without a slash against the last component, else against the whole
// relative path, where * crosses slashes.
bool MatchesPattern(const std::filesystem::path& relative_path, const std::string& pattern);

}  // namespace ironscribe::cli
