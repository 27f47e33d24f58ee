// Which files each input's transcript is written to.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/input_files.h"
#include "base/status.h"
#include "transcript/writers.h"

namespace ironscribe::cli {

// The outputs of one input, one per format in the order of the formats.
using OutputPaths = std::vector<std::filesystem::path>;

// Paths below `folder`: NAME.EXT, sub-folders kept. Inputs whose names differ only in the extension
// keep it (a.wav.txt, a.mp3.txt); of those that share even that, all but the first are numbered
// (a.wav-2.txt), in the order of the inputs. Failed inputs get no paths. Errors: InvalidArgument
// when an output would replace an input.
Result<std::vector<OutputPaths>> PlanOutputs(
    const std::vector<InputFile>& inputs, const std::filesystem::path& folder,
    const std::vector<const transcript::OutputFormat*>& formats);

}  // namespace ironscribe::cli
