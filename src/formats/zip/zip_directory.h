// The central directory of a zip archive: where it is, what it lists, and the checks on both.
#pragma once

#include <vector>

#include "base/status.h"
#include "formats/zip/zip_file.h"

namespace ironscribe::formats {

// Every entry with its data offset found and checked; sizes within the file and the limits.
Result<std::vector<ZipEntry>> ReadZipDirectory(const FileBytes& file, const ZipLimits& limits);

}  // namespace ironscribe::formats
