// Where the packed forms of a model stand in the cache folder: the loader writes them, the store
// finds them to show and remove.
#pragma once

#include <filesystem>
#include <string>

namespace ironscribe::engine {

// What the names of all packed forms of a model start with: a digest of its absolute path.
std::string PackedCachePrefix(const std::filesystem::path& model_path);

// The file name of one packed form: one per compute type and alignment-head option.
std::string PackedCacheName(const std::filesystem::path& model_path, std::string_view compute,
                            std::string_view alignment_heads);

}  // namespace ironscribe::engine
