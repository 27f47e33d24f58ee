#include "apps/cli/output_plan.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

fs::path WithoutExtension(const InputFile& input) {
  return input.relative_path.parent_path() / input.relative_path.stem();
}

// Gives the extension back to inputs that share a name until no more names meet that way: an input
// that keeps its extension may meet another's name, as a.wav next to a.wav.wav.
void KeepExtensions(const std::vector<InputFile>& inputs, std::vector<fs::path>& names) {
  std::vector<bool> is_whole(inputs.size(), false);
  for (bool changed = true; changed;) {
    changed = false;
    std::map<fs::path, int> uses;
    for (size_t i = 0; i < inputs.size(); ++i) uses[names[i]] += inputs[i].status.ok();
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (is_whole[i] || !inputs[i].status.ok() || uses[names[i]] < 2) continue;
      names[i] = inputs[i].relative_path;
      is_whole[i] = changed = true;
    }
  }
}

// Where an input's outputs go, relative and without the format's extension; all distinct.
std::vector<fs::path> PlanNames(const std::vector<InputFile>& inputs) {
  std::vector<fs::path> names;
  for (const InputFile& input : inputs) names.push_back(WithoutExtension(input));
  KeepExtensions(inputs, names);
  std::set<fs::path> wanted(names.begin(), names.end());
  std::set<fs::path> taken;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].status.ok() || taken.insert(names[i]).second) continue;
    fs::path numbered;
    int number = 2;
    do {
      numbered = names[i];
      numbered += fmt::format("-{}", number++);
    } while (!wanted.insert(numbered).second);
    names[i] = numbered;
  }
  return names;
}

fs::path Absolute(const fs::path& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? path.lexically_normal() : canonical;
}

}  // namespace

Result<std::vector<OutputPaths>> PlanOutputs(
    const std::vector<InputFile>& inputs, const fs::path& folder,
    const std::vector<const transcript::OutputFormat*>& formats) {
  const std::vector<fs::path> names = PlanNames(inputs);
  std::set<fs::path> written;
  std::vector<OutputPaths> outputs(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].status.ok()) continue;
    for (const transcript::OutputFormat* format : formats) {
      fs::path path = folder / names[i];
      path += format->extension;
      written.insert(path);
      outputs[i].push_back(std::move(path));
    }
  }
  const fs::path root = Absolute(folder);
  for (const InputFile& input : inputs) {
    if (!input.status.ok() || input.is_standard_input()) continue;
    const fs::path relative = Absolute(input.path).lexically_relative(root);
    if (!relative.empty() && written.contains(folder / relative)) {
      return InvalidArgumentError(
          fmt::format("the transcript would replace the input '{}'; choose another --output-dir",
                      input.path.string()));
    }
  }
  return outputs;
}

}  // namespace ironscribe::cli
