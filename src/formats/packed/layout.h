// Numbers of the packed container shared by its reader and its writer; FORMAT.md has the layout.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ironscribe::formats::packed {

inline constexpr char kMagic[8] = {'I', 'R', 'O', 'N', 'P', 'A', 'C', 'K'};
inline constexpr uint32_t kVersion = 1;
inline constexpr size_t kHeaderBytes = 64;
// Header bytes covered by its own checksum, which is the last field.
inline constexpr size_t kCheckedHeaderBytes = 60;
// Where the first blob starts: a page, so that the header shares none with the data.
inline constexpr uint64_t kDataOffset = 4096;
inline constexpr uint64_t kBlobAlignmentBytes = 64;

// Limits, far above any model's needs (large-v3 has about 1,300 tensors), that bound what a damaged
// directory can make the reader allocate.
inline constexpr uint32_t kMaxBlobs = 1 << 20;
inline constexpr size_t kMaxNameBytes = 1024;
inline constexpr size_t kMaxRank = 8;
inline constexpr uint64_t kMaxDirectoryBytes = uint64_t{1} << 28;

// The smallest directory entry: name length, type, rank, offset, size, checksum.
inline constexpr size_t kMinEntryBytes = 2 + 4 + 1 + 8 + 8 + 4;

}  // namespace ironscribe::formats::packed
