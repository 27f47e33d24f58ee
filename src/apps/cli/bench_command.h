// `ironscribe bench`: the machine's peaks, where the time of a model goes, and how far from the
// best possible it is.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <stop_token>
#include <string>
#include <vector>

#include "apps/cli/bench_peaks.h"
#include "apps/cli/folders.h"
#include "audio/pcm_source.h"
#include "base/status.h"

namespace ironscribe::cli {

// What the command needs from outside; tests put fakes here.
struct BenchServices {
  Folders folders;
  std::function<MachinePeaks(CpuLevel level, int num_threads)> measure_peaks;
  std::function<Result<std::unique_ptr<audio::PcmSource>>(const std::filesystem::path& path)>
      open_audio;
  std::stop_token stop;
};

// Returns the program's exit status.
int RunBench(const std::vector<std::string>& arguments, const BenchServices& services,
             std::ostream& out, std::ostream& err);

// argv[0] is the subcommand's name.
int RunBenchCommand(int argc, char** argv);

}  // namespace ironscribe::cli
