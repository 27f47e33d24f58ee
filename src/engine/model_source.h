// What the sources of models (packages, hub) share: how they tell what they are doing, and what
// they are given to fill.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace ironscribe::engine {

// Bytes of the whole pull; total_bytes is 0 where it is not known.
struct PullProgress {
  std::string_view item;  // The file or package under way.
  uint64_t done_bytes = 0;
  uint64_t total_bytes = 0;
};

// Either may be empty. Never called from two threads at once.
struct PullCallbacks {
  std::function<void(std::string_view message)> note;
  std::function<void(const PullProgress& progress)> progress;

  void Note(std::string_view message) const {
    if (note) note(message);
  }
  void Progress(const PullProgress& state) const {
    if (progress) progress(state);
  }
};

// Folders of one pull, both on the file system of the store and both removed by the caller.
struct PullFolders {
  std::filesystem::path staging;    // Becomes the installed model.
  std::filesystem::path downloads;  // Packages and unfinished files.
};

}  // namespace ironscribe::engine
