// Where this program keeps things, after the XDG base directory specification.
#pragma once

#include <filesystem>

namespace ironscribe::cli {

struct Folders {
  std::filesystem::path models;       // $XDG_DATA_HOME/ironscribe/models
  std::filesystem::path cache;        // $XDG_CACHE_HOME/ironscribe: packed models
  std::filesystem::path config_file;  // $XDG_CONFIG_HOME/ironscribe/config.yaml
  std::filesystem::path temporary;    // $TMPDIR
};

// Reads the environment. Relative XDG values are ignored, as the specification asks.
Folders DefaultFolders();

// ironscribe-decode beside this program, or in lib/ironscribe where a package puts it; empty when
// there is none.
std::filesystem::path FindDecodeProgram();

}  // namespace ironscribe::cli
