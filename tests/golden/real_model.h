// Finds what the golden tests need and a bare machine lacks: the installed tiny.en and Debian's
// recordings. Tests without them skip with the reason.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ironscribe::golden {

// The folder of an installed model, where `ironscribe models pull` puts it.
std::optional<std::filesystem::path> InstalledModel(const std::string& name);

// The LibriVox recordings of pocketsphinx-testdata; absent when the package is not installed.
std::optional<std::filesystem::path> LibrivoxFolder();

// Why the tests that need the real model and the recordings cannot run; empty when they can.
std::string MissingForRealModel();

std::filesystem::path GoldenFolder();

// Little-endian float32 values of a file in GoldenFolder()/tiny.en.
std::vector<float> ReadFloats(const std::string& name);

// Lines of a tab-separated file there, without its heading, split at the tabs.
std::vector<std::vector<std::string>> ReadTable(const std::string& name);

// The token ids in tokens.txt.
std::vector<int> ReadTokens();

// A recording as 16-kHz samples.
std::vector<float> ReadSamples(const std::filesystem::path& path);

}  // namespace ironscribe::golden
