// How much there is to transcribe, as recordings or a server tell it. Only lengths are read;
// nothing leaves the machine.
#pragma once

#include <filesystem>
#include <string>

#include "apps/cli/transcribe_run.h"
#include "base/status.h"
#include "cost/usage.h"

namespace ironscribe::cli {

struct VolumeRead {
  cost::Usage usage;
  std::string
      description;  // "412 recordings of calls/, 37.2 hours in 30 days", and what is unsure.
  // The clips are one, of the mean length: how lengths vary is not known.
  bool mean_length_only = false;
};

// A folder (or recording), whose recordings are those of `days` days, or a usage export that ends
// in .csv. Errors: NotFound, InvalidArgument with file and line, FailedPrecondition without any
// length.
Result<VolumeRead> ReadVolume(const std::filesystem::path& path, double days,
                              const TranscribeServices& services, std::stop_token stop);

}  // namespace ironscribe::cli
