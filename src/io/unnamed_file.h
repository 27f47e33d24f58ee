// Files without a name: they disappear with their last descriptor, whatever ends the process.
#pragma once

#include <filesystem>
#include <span>

#include "base/status.h"
#include "io/descriptor.h"

namespace ironscribe::io {

// In `folder`, open for reading and writing by this user only.
Result<Descriptor> OpenUnnamedFile(const std::filesystem::path& folder);

// In memory.
Result<Descriptor> OpenMemoryFile();

// Appends all of it. Errors: ResourceExhausted for a full disk, see ErrnoStatus.
Status WriteAll(int descriptor, std::span<const std::byte> bytes);

// Appends what `source` holds from its position on; `source` is a file.
Status CopyAll(int source, int target);

// The same file without write access, from its beginning, because the descriptor may go to a child
// that is not trusted. Without /proc the writable one has to do.
Result<Descriptor> ReopenForReading(int descriptor);

}  // namespace ironscribe::io
