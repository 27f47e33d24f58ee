// Files of a folder by names that somebody else chose.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/status.h"
#include "io/descriptor.h"

namespace ironscribe::io {

// Opens a regular file for reading whose path starts at `folder` and never leaves it, not by "..",
// an absolute path or a symbolic link either. Errors: NotFound, also for what leaves the folder, so
// that nothing is learnt of what is outside; InvalidArgument for what is no regular file;
// PermissionDenied; Unimplemented before Linux 5.6. Messages do not name the folder.
Result<Descriptor> OpenBeneath(const std::filesystem::path& folder, std::string_view name);

}  // namespace ironscribe::io
