#include "apps/cli/eval_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "apps/cli/eval_recognition.h"
#include "apps/cli/eval_report.h"
#include "apps/cli/exit_code.h"
#include "eval/html_report.h"
#include "eval/hypotheses.h"
#include "eval/manifest.h"
#include "eval/result_json.h"
#include "eval/score_set.h"
#include "io/file.h"
#include "text/printable.h"

namespace ironscribe::cli {
namespace {

// A manifest with a thousand broken lines must not bury the result; `--json` has all of them.
constexpr size_t kMaxProblemLines = 20;

ExitCode Fail(const Status& status, std::ostream& err) {
  PrintError(status, err);
  return ExitCode::kSomeFailed;
}

void PrintProblems(const std::vector<eval::Problem>& problems, bool errors_only,
                   std::ostream& err) {
  size_t lines = 0;
  size_t hidden = 0;
  for (const eval::Problem& problem : problems) {
    if (errors_only && !problem.is_error) continue;
    if (lines == kMaxProblemLines) {
      ++hidden;
      continue;
    }
    ++lines;
    err << (problem.is_error ? "left out: " : "note: ")
        << text::Printable(problem.place.empty() ? problem.message
                                                 : problem.place + ": " + problem.message)
        << '\n';
  }
  if (hidden > 0) err << fmt::format("and {} more\n", hidden);
  err.flush();
}

Status WriteOutput(const std::filesystem::path& path, const std::string& text,
                   std::string_view flag) {
  if (path.empty()) return OkStatus();
  return io::WriteFileAtomically(path, text).Annotate(flag);
}

// What is to be evaluated: the manifest with texts from files or from the recognizer.
struct Material {
  eval::Manifest manifest;
  eval::HypothesisSet hypotheses;
  std::string system;
  std::optional<eval::RunTime> run_time;
};

// Times can only be checked against recordings that are here.
double DurationOf(const eval::Utterance& utterance, const TranscribeServices& services) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(utterance.audio, error)) return 0;
  const auto source =
      services.open_input({.path = utterance.audio, .relative_path = {}, .status = {}}, {});
  if (!source.ok() || (*source)->ExpectedSamples() <= 0) return 0;
  return static_cast<double>((*source)->ExpectedSamples()) / audio::kSampleRateHz;
}

void DropTimesOutside(const TranscribeServices& services, Material& material) {
  for (eval::Utterance& utterance : material.manifest.utterances) {
    if (utterance.words.empty() && utterance.turns.empty()) continue;
    const eval::Hypothesis* const hypothesis = eval::FindHypothesis(material.hypotheses, utterance);
    double seconds = hypothesis == nullptr ? 0 : hypothesis->duration_seconds;
    if (seconds <= 0) seconds = DurationOf(utterance, services);
    if (seconds <= 0) continue;
    auto problems = eval::DropTimesOutside(seconds, utterance);
    std::move(problems.begin(), problems.end(), std::back_inserter(material.manifest.problems));
  }
}

// Parts of recordings that lie outside them, told by the list that names them.
Status CheckSpans(const EvalOptions& options, const TranscribeServices& services,
                  eval::Manifest& manifest) {
  std::map<std::filesystem::path, double> durations;  // Often one recording has many parts.
  std::vector<eval::Utterance> kept;
  for (eval::Utterance& utterance : manifest.utterances) {
    std::optional<eval::Problem> problem;
    if (utterance.span.has_value()) {
      auto found = durations.find(utterance.audio);
      if (found == durations.end()) {
        found = durations.emplace(utterance.audio, DurationOf(utterance, services)).first;
      }
      if (found->second > 0) problem = eval::SpanOutside(found->second, utterance);
    }
    if (!problem.has_value() || !problem->is_error) kept.push_back(std::move(utterance));
    if (!problem.has_value()) continue;
    RETURN_IF_ERROR(AddProblem(*std::move(problem), {.strict = options.strict}, manifest.problems));
  }
  manifest.utterances = std::move(kept);
  return OkStatus();
}

// Hours of work must not end at a folder that cannot be written to.
Status CheckOutputs(const std::filesystem::path& json, const std::filesystem::path& html) {
  for (const auto& [path, flag] : {std::pair(json, "--json"), {html, "--html"}}) {
    if (path.empty()) continue;
    RETURN_IF_ERROR(io::AtomicFile::Create(path).status().Annotate(flag));
  }
  return OkStatus();
}

// Errors: those of reading; what ends a recognition comes back as its own exit code.
Status Recognize(const EvalOptions& options, const TranscribeServices& services,
                 std::stop_token stop, Material& material, ExitCode& code) {
  RETURN_IF_ERROR(eval::CheckAudio({.strict = options.strict}, material.manifest));
  RETURN_IF_ERROR(CheckSpans(options, services, material.manifest));
  RecognizedManifest recognized =
      RecognizeManifest(material.manifest, options, services, std::move(stop));
  code = recognized.exit_code;
  material.hypotheses = std::move(recognized.hypotheses);
  material.system = std::move(recognized.system);
  material.run_time = recognized.run_time;
  // What could not be recognised says nothing about the words.
  std::erase_if(material.manifest.utterances, [&](const eval::Utterance& utterance) {
    if (material.hypotheses.by_name.contains(utterance.id)) return false;
    material.manifest.problems.push_back({utterance.place, "could not be recognised"});
    return true;
  });
  return OkStatus();
}

ExitCode Report(const eval::Evaluation& evaluation, const EvalOptions& options,
                const TranscribeServices& services, const Console& terminal) {
  PrintEvaluation(evaluation,
                  {.worst = options.worst,
                   .alignments = options.alignments,
                   .color = terminal.use_color,
                   .columns = terminal.width},
                  services.standard_output);
  services.standard_output.flush();
  for (const Status& status :
       {WriteOutput(options.json, options.json.empty() ? "" : eval::WriteResultJson(evaluation),
                    "--json"),
        WriteOutput(options.html, options.html.empty() ? "" : eval::WriteHtmlReport(evaluation),
                    "--html")}) {
    if (!status.ok()) return Fail(status, services.standard_error);
  }
  const auto failed = eval::FailedGates(options.gates, evaluation);
  for (const std::string& line : failed) {
    services.standard_error << "failed: --fail-if " << line << std::endl;
  }
  const bool left_out = std::any_of(evaluation.problems.begin(), evaluation.problems.end(),
                                    [](const eval::Problem& problem) { return problem.is_error; });
  return failed.empty() && !left_out ? ExitCode::kDone : ExitCode::kSomeFailed;
}

// Texts of one side of a comparison: a result, or hypotheses with the manifest.
Result<eval::Evaluation> ReadSide(const std::filesystem::path& path, const CompareOptions& options,
                                  const eval::Manifest* manifest) {
  std::error_code error;
  if (manifest == nullptr ||
      (path.extension() == ".json" && std::filesystem::is_regular_file(path, error))) {
    ASSIGN_OR_RETURN(const std::string text, io::ReadFile(path, uint64_t{1} << 30));
    return eval::ReadResultJson(text, path.string(), options.bootstrap);
  }
  ASSIGN_OR_RETURN(const eval::HypothesisSet hypotheses, eval::ReadHypotheses(path));
  eval::ScoredSet set = eval::ScoreHypotheses(*manifest, hypotheses, options.scoring);
  if (set.utterances.empty()) return InvalidArgumentError(path.string() + ": nothing to compare");
  eval::Evaluation evaluation =
      eval::Summarize(std::move(set.utterances), {.system = path.string(),
                                                  .manifest = {},
                                                  .scoring = options.scoring,
                                                  .bootstrap = options.bootstrap});
  evaluation.problems = std::move(set.problems);
  return evaluation;
}

Result<eval::Comparison> CompareSides(const CompareOptions& options, std::ostream& err) {
  std::unique_ptr<eval::Manifest> manifest;
  if (!options.manifest.empty()) {
    ASSIGN_OR_RETURN(eval::Manifest read,
                     eval::ReadManifest(options.manifest, {.strict = options.strict}));
    PrintProblems(read.problems, /*errors_only=*/false, err);
    manifest = std::make_unique<eval::Manifest>(std::move(read));
  }
  for (const std::filesystem::path& path : {options.a, options.b}) {
    std::error_code error;
    if (manifest == nullptr && std::filesystem::is_directory(path, error)) {
      return InvalidArgumentError(path.string() + ": hypotheses need --manifest");
    }
  }
  ASSIGN_OR_RETURN(const eval::Evaluation a, ReadSide(options.a, options, manifest.get()));
  ASSIGN_OR_RETURN(const eval::Evaluation b, ReadSide(options.b, options, manifest.get()));
  PrintProblems(a.problems, /*errors_only=*/false, err);
  PrintProblems(b.problems, /*errors_only=*/false, err);
  return eval::Compare(a, b);
}

}  // namespace

ExitCode RunEval(const EvalOptions& options, const TranscribeServices& services,
                 const Console& terminal, std::stop_token stop) {
  std::ostream& err = services.standard_error;
  if (const Status status = CheckOutputs(options.json, options.html); !status.ok()) {
    return Fail(status, err);
  }
  auto manifest = eval::ReadManifest(options.manifest, {.strict = options.strict});
  if (!manifest.ok()) return Fail(manifest.status(), err);
  Material material{.manifest = std::move(manifest).value(),
                    .hypotheses = {},
                    .system = options.hypotheses.string(),
                    .run_time = {}};
  ExitCode code = ExitCode::kDone;
  if (options.hypotheses.empty()) {
    const Status status = Recognize(options, services, stop, material, code);
    if (!status.ok()) return Fail(status, err);
    if (code != ExitCode::kDone) return code;
  } else {
    auto read = eval::ReadHypotheses(options.hypotheses);
    if (!read.ok()) return Fail(read.status(), err);
    material.hypotheses = std::move(read).value();
  }
  DropTimesOutside(services, material);
  eval::ScoredSet set =
      eval::ScoreHypotheses(material.manifest, material.hypotheses, options.scoring);
  std::vector<eval::Problem> problems = std::move(material.manifest.problems);
  std::move(set.problems.begin(), set.problems.end(), std::back_inserter(problems));
  PrintProblems(problems, options.transcribe.quiet, err);
  if (set.utterances.empty()) {
    return Fail(InvalidArgumentError("no recording is left to evaluate"), err);
  }
  eval::Evaluation evaluation = eval::Summarize(
      std::move(set.utterances), {.system = options.name.empty() ? material.system : options.name,
                                  .manifest = options.manifest.string(),
                                  .scoring = options.scoring,
                                  .bootstrap = options.bootstrap});
  evaluation.run_time = material.run_time;
  evaluation.problems = std::move(problems);
  return Report(evaluation, options, services, terminal);
}

ExitCode RunCompare(const CompareOptions& options, const TranscribeServices& services) {
  std::ostream& err = services.standard_error;
  if (const Status status = CheckOutputs(options.json, options.html); !status.ok()) {
    return Fail(status, err);
  }
  const auto comparison = CompareSides(options, err);
  if (!comparison.ok()) return Fail(comparison.status(), err);
  PrintComparison(*comparison, options.rows, services.standard_output);
  services.standard_output.flush();
  for (const Status& status :
       {WriteOutput(options.json,
                    options.json.empty() ? "" : eval::WriteComparisonJson(*comparison), "--json"),
        WriteOutput(options.html,
                    options.html.empty() ? "" : eval::WriteHtmlComparison(*comparison),
                    "--html")}) {
    if (!status.ok()) return Fail(status, err);
  }
  return ExitCode::kDone;
}

}  // namespace ironscribe::cli
