#include "apps/cli/output_plan.h"

#include <fmt/format.h>

#include <map>

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

fs::path WithoutExtension(const InputFile& input) {
  return input.relative_path.parent_path() / input.relative_path.stem();
}

// Where an input's outputs go, relative and without the format's extension.
std::vector<fs::path> PlanNames(const std::vector<InputFile>& inputs) {
  std::map<fs::path, int> uses;
  for (const InputFile& input : inputs) {
    if (input.status.ok()) ++uses[WithoutExtension(input)];
  }
  std::vector<fs::path> names;
  for (const InputFile& input : inputs) {
    const fs::path name = WithoutExtension(input);
    names.push_back(uses[name] > 1 ? input.relative_path : name);
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
  std::map<fs::path, size_t> writers;  // Output path to the input that writes it.
  std::vector<OutputPaths> outputs(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].status.ok()) continue;
    for (const transcript::OutputFormat* format : formats) {
      fs::path path = folder / names[i];
      path += format->extension;
      const auto [other, added] = writers.emplace(path, i);
      if (!added) {
        return InvalidArgumentError(fmt::format(
            "'{}' and '{}' would both write '{}'; give the folder that holds both, or run them "
            "with different --output-dir",
            inputs[other->second].path.string(), inputs[i].path.string(), path.string()));
      }
      outputs[i].push_back(std::move(path));
    }
  }
  const fs::path root = Absolute(folder);
  for (const InputFile& input : inputs) {
    if (!input.status.ok() || input.is_standard_input()) continue;
    const fs::path relative = Absolute(input.path).lexically_relative(root);
    if (!relative.empty() && writers.contains(folder / relative)) {
      return InvalidArgumentError(
          fmt::format("the transcript would replace the input '{}'; choose another --output-dir",
                      input.path.string()));
    }
  }
  return outputs;
}

}  // namespace ironscribe::cli
