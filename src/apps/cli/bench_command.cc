#include "apps/cli/bench_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <utility>

#include "apps/cli/bench_report.h"
#include "apps/cli/bench_run.h"
#include "apps/cli/exit_code.h"
#include "apps/cli/flag_source.h"
#include "apps/cli/flag_values.h"
#include "apps/cli/help_formatter.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/model_error.h"
#include "apps/cli/open_voice_activity.h"
#include "audio/open_audio.h"
#include "engine/model_store.h"
#include "engine/recognizer.h"
#include "models/compute_type.h"

namespace ironscribe::cli {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr int kExitInterrupted = 3;

// As those of transcribe.
constexpr int kMaxThreads = 1024;
constexpr int kMaxBatchSize = 256;
constexpr double kMaxSeconds = 3600;
// The longest text context of the families there are.
constexpr int kMaxTokens = 448;

struct BenchFlags {
  std::string audio;
  std::string model = "base";
  std::string models_folder;
  std::string cache_folder;
  std::string compute = "auto";
  std::string cpu_level = "auto";
  std::string language;
  std::string segmentation = "sequential";
  std::string window = "full";
  int threads = 0;
  int batch_size = 8;
  // What 30 s of read speech take (MLPerf's Whisper runs: 83 to 99).
  int tokens = 90;
  double seconds = 3;
  bool json = false;
};

constexpr const char* kExamples =
    "Examples:\n"
    "  ironscribe bench --model tiny.en\n"
    "      Windows of noise, the same work on every machine.\n"
    "  ironscribe bench --model base --batch-size 16 --threads 1 --json\n"
    "      One thread, for a script.\n"
    "  ironscribe bench --model base talk.mp4\n"
    "      A recording, exactly as transcribe works on it.\n\n"
    "Features and decoding of the audio are inside the measured time, but not in the roof. How to\n"
    "read it: docs/performance-notes.md. Exit status: 0 measured, 1 failed, 2 wrong usage,\n"
    "3 interrupted.";

void AddFlags(CLI::App& app, BenchFlags& flags) {
  const auto add = [&](const char* name, auto& value, const char* description) {
    return app.add_option(name, value, description);
  };
  add("AUDIO", flags.audio, "A recording to transcribe instead of windows of noise");
  add("-m,--model", flags.model, "Installed model's name, or a model folder or file (default base)")
      ->envname(EnvironmentName("model"));
  add("--models-dir", flags.models_folder, "Folder of installed models")
      ->envname(EnvironmentName("models-dir"));
  add("--cache-dir", flags.cache_folder, "Folder of packed models")
      ->envname(EnvironmentName("cache-dir"));
  add("--compute", flags.compute, "auto, float32, bfloat16 or int8 (auto is int8)")
      ->envname(EnvironmentName("compute"));
  add("--threads", flags.threads, "Threads; 0 takes as many as this process may use (default)")
      ->envname(EnvironmentName("threads"))
      ->check(CLI::Range(0, kMaxThreads));
  add("--cpu-level", flags.cpu_level, "auto, portable, avx2, avx512, neon_dot or neon_i8mm")
      ->envname(EnvironmentName("cpu-level"));
  add("--batch-size", flags.batch_size, "Windows decoded together at most (default 8)")
      ->envname(EnvironmentName("batch-size"))
      ->check(CLI::Range(1, kMaxBatchSize));
  add("-l,--language", flags.language, "Language of AUDIO, such as en; nothing detects it");
  add("--segmentation", flags.segmentation,
      "Of AUDIO, as for transcribe: sequential, fixed or vad");
  add("--window", flags.window, "Of AUDIO, as for transcribe: full or speech");
  add("--tokens", flags.tokens, "Tokens of each window of noise (default 90)")
      ->check(CLI::Range(1, kMaxTokens));
  add("--seconds", flags.seconds, "Measure for at least this long (default 3)")
      ->check(CLI::Range(0.0, kMaxSeconds));
  app.add_flag("--json", flags.json, "Print JSON");
  app.footer(kExamples);
  app.formatter(std::make_shared<HelpFormatter>());
}

Result<engine::RecognizerOptions> RecognizerOptionsOf(const BenchFlags& flags,
                                                      const BenchServices& services) {
  engine::RecognizerOptions options;
  auto compute = models::ParseComputeType(flags.compute);
  if (!compute.ok()) return compute.status().Annotate("--compute");
  options.compute = *compute;
  auto level = ParseCpuLevel(flags.cpu_level);
  if (!level.ok()) return level.status().Annotate("--cpu-level");
  options.cpu_level = *level;
  options.num_threads = flags.threads > 0 ? flags.threads : UsableCpus();
  options.batch_size = flags.batch_size;
  options.model_name = flags.model;
  options.cache_folder = flags.cache_folder.empty() ? services.folders.cache
                                                    : std::filesystem::path(flags.cache_folder);
  options.stop = services.stop;
  return options;
}

Result<models::DecodingOptions> DecodingOptionsOf(const BenchFlags& flags) {
  models::DecodingOptions options;
  options.language = flags.language;
  auto segmentation = ParseSegmentation(flags.segmentation);
  if (!segmentation.ok()) return segmentation.status().Annotate("--segmentation");
  options.segmentation = *segmentation;
  auto fit_windows = ParseFitWindows(flags.window);
  if (!fit_windows.ok()) return fit_windows.status().Annotate("--window");
  options.fit_windows = *fit_windows;
  return options;
}

struct BenchOptions {
  engine::RecognizerOptions recognizer;
  models::DecodingOptions decoding;
};

Result<std::unique_ptr<engine::Recognizer>> OpenModel(const BenchFlags& flags,
                                                      const BenchOptions& bench,
                                                      models::Profile& profile,
                                                      const BenchServices& services) {
  engine::RecognizerOptions options = bench.recognizer;
  options.profile = &profile;
  const std::filesystem::path models_folder = flags.models_folder.empty()
                                                  ? services.folders.models
                                                  : std::filesystem::path(flags.models_folder);
  const engine::StoreOptions store{.models_folder = models_folder,
                                   .cache_folder = options.cache_folder};
  ASSIGN_OR_RETURN(const auto path, engine::ResolveModel(flags.model, store));
  ASSIGN_OR_RETURN(options.voice_activity,
                   OpenVoiceActivity(bench.decoding, store, options.cpu_level));
  auto recognizer = engine::Recognizer::Open(path, options);
  if (recognizer.ok()) return recognizer;
  return ExplainModelError(recognizer.status(), flags.model, path, models_folder);
}

// The recording, found to have audio; null when noise is measured.
Result<std::unique_ptr<audio::PcmSource>> OpenRecording(const BenchFlags& flags,
                                                        const BenchServices& services) {
  if (flags.audio.empty()) return std::unique_ptr<audio::PcmSource>();
  ASSIGN_OR_RETURN(auto source, services.open_audio(flags.audio));
  float sample = 0;
  ASSIGN_OR_RETURN(const size_t count, source->Read({&sample, 1}));
  if (count == 0) return InvalidArgumentError(flags.audio + ": holds no audio");
  return source;
}

int Fail(const Status& status, int exit_status, std::ostream& err) {
  PrintError(status, err);
  return exit_status;
}

// Returns the exit status. What takes long comes last.
int Measure(const BenchFlags& flags, const BenchOptions& bench, const BenchServices& services,
            std::ostream& out, std::ostream& err) {
  const auto fail = [&](const Status& status) {
    const bool cancelled = status.code() == StatusCode::kCancelled;
    return Fail(status, cancelled ? kExitInterrupted : kExitFailed, err);
  };
  const engine::RecognizerOptions& options = bench.recognizer;
  const auto source = OpenRecording(flags, services);
  if (!source.ok()) return fail(source.status());
  if (options.num_threads > UsableCpus()) {
    err << fmt::format("note: {} threads on {} usable CPUs wait for each other\n",
                       options.num_threads, UsableCpus());
  }
  models::Profile profile;
  const auto opened = OpenModel(flags, bench, profile, services);
  if (!opened.ok()) return fail(opened.status());
  engine::Recognizer& recognizer = **opened;
  if (const Status status = recognizer.CheckOptions(bench.decoding); !status.ok()) {
    return Fail(status, kExitUsage, err);
  }
  if (!recognizer.note().empty()) err << "note: " << recognizer.note() << '\n';
  MachinePeaks peaks = services.measure_peaks(options.cpu_level, options.num_threads);
  if (services.stop.stop_requested()) return fail(CancelledError("the measurement was cancelled"));
  const BenchSubject subject{.recognizer = recognizer,
                             .profile = profile,
                             .num_threads = options.num_threads,
                             .min_seconds = flags.seconds,
                             .stop = services.stop};
  Result<BenchRun> run =
      *source == nullptr
          ? RunOnNoise(subject, flags.tokens)
          : RunOnRecording(subject,
                           {.name = flags.audio, .decoding = bench.decoding, .source = **source});
  if (!run.ok()) return fail(run.status());
  const BenchReport report = MakeBenchReport(std::move(peaks), std::move(run).value());
  if (flags.json) {
    PrintBenchJson(report, out);
  } else {
    PrintBenchText(report, out);
  }
  out.flush();
  return 0;
}

// What the flags' own ranges do not tell.
Status CheckFlags(const CLI::App& app, const BenchFlags& flags) {
  if (flags.model.empty()) return InvalidArgumentError("--model: the value is empty");
  // Comparisons let NaN through CLI11's range.
  if (!(flags.seconds >= 0)) return InvalidArgumentError("--seconds: not a number");
  if (flags.audio.empty()) {
    if (app.count("AUDIO") > 0) return InvalidArgumentError("AUDIO: the value is empty");
    if (!flags.language.empty()) {
      return InvalidArgumentError("--language: noise has no language; give a recording with it");
    }
    for (const char* flag : {"--segmentation", "--window"}) {
      if (app.count(flag) == 0) continue;
      return InvalidArgumentError(fmt::format("{}: noise is cut as it is; give a recording", flag));
    }
  } else if (app.count("--tokens") > 0) {
    return InvalidArgumentError("--tokens: a recording has its own; leave one of them out");
  }
  return OkStatus();
}

}  // namespace

int RunBench(const std::vector<std::string>& arguments, const BenchServices& services,
             std::ostream& out, std::ostream& err) {
  BenchFlags flags;
  CLI::App app("Measures the machine's limit, where a model's time goes, and how close it comes.",
               "ironscribe bench");
  AddFlags(app, flags);
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? 0 : kExitUsage;
  }
  if (const Status status = CheckFlags(app, flags); !status.ok()) {
    return Fail(NameVariable(status, arguments), kExitUsage, err);
  }
  const auto options = RecognizerOptionsOf(flags, services);
  if (!options.ok()) return Fail(NameVariable(options.status(), arguments), kExitUsage, err);
  const auto decoding = DecodingOptionsOf(flags);
  if (!decoding.ok()) return Fail(decoding.status(), kExitUsage, err);
  return Measure(flags, {*options, *decoding}, services, out, err);
}

int RunBenchCommand(int argc, char** argv) {
  const InterruptWatcher interrupt;
  BenchServices services;
  services.folders = DefaultFolders();
  services.measure_peaks = [](CpuLevel level, int num_threads) {
    return MeasurePeaks(level, num_threads, {});
  };
  services.open_audio = [&](const std::filesystem::path& path) {
    audio::OpenOptions options;
    options.decode_program = FindDecodeProgram();
    options.temporary_folder = services.folders.temporary;
    options.stop = services.stop;
    return audio::OpenAudio(path, options);
  };
  services.stop = interrupt.token();
  return RunBench(std::vector<std::string>(argv + 1, argv + argc), services, std::cout, std::cerr);
}

}  // namespace ironscribe::cli
