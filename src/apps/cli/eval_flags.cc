#include "apps/cli/eval_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "apps/cli/help_formatter.h"
#include "apps/cli/transcribe_flags.h"
#include "eval/normalizer.h"
#include "eval/result_json.h"

namespace ironscribe::cli {
namespace {

// Fewer say little about the ends of an interval; more take minutes and change nothing.
constexpr int kMinReplicates = 100;
constexpr int kMaxReplicates = 1'000'000;
constexpr int kMaxRows = 100'000;

constexpr const char* kEvalExamples =
    "Examples:\n"
    "  ironscribe eval LibriSpeech/test-other --model base --normalizer english --html "
    "report.html\n"
    "      Recognises the recordings and counts the errors.\n"
    "  ironscribe eval calls.jsonl --hypotheses other-system/ --json other.json\n"
    "      Counts the errors of files: txt, json, ctm, stm, trn of any system.\n"
    "  ironscribe eval calls.jsonl --model base --fail-if 'wer > 12' --fail-if 'rtfx < 5'\n"
    "      A gate for scripts: exit status 1 when one of them is so.\n"
    "  ironscribe eval compare base.json other.json\n"
    "      Which words got better and worse, and whether the difference is real.\n\n"
    "A manifest is JSONL or TSV with audio, text and, if known, id, language, speaker, words with\n"
    "times, rttm; or a folder in the form of LibriSpeech, Common Voice or Kaldi. See\n"
    "docs/evaluation.md. Exit status: 0 done, 1 a gate failed or an input was left out, 2 wrong\n"
    "usage, 3 interrupted.";

constexpr const char* kCompareExamples =
    "Examples:\n"
    "  ironscribe eval compare base.json tiny.json\n"
    "      Two results of `ironscribe eval ... --json`.\n"
    "  ironscribe eval compare ours/ theirs/ --manifest calls.jsonl --normalizer english\n"
    "      Two folders of hypotheses, or files as for --hypotheses.\n\n"
    "Exit status: 0 compared, 1 failed, 2 wrong usage.";

// What is typed for both commands.
struct RawScoring {
  std::string normalizer = "marks";
  std::string align = "unit";
};

void AddScoringFlags(CLI::App& app, RawScoring& raw, eval::BootstrapOptions& bootstrap) {
  app.add_option("--normalizer", raw.normalizer,
                 "What is forgiven before counting: none; marks: case and punctuation (default); "
                 "basic: also vowel signs of Hindi, Thai and the like, as Whisper's rules do; "
                 "english: case, punctuation, numbers, contractions, spelling");
  app.add_option("--align", raw.align,
                 "unit: every error costs the same, as in jiwer (default); sclite: 4 for a "
                 "substitution, 3 for the others, as in NIST's sclite");
  app.add_option("--bootstrap-seed", bootstrap.seed, "Of the intervals (default 1)");
  app.add_option("--replicates", bootstrap.replicates, "Of the bootstrap (default 10000)")
      ->check(CLI::Range(kMinReplicates, kMaxReplicates));
}

Status ConvertScoring(const RawScoring& raw, eval::ScoringOptions& scoring) {
  const auto normalizer = eval::ParseNormalizerKind(raw.normalizer);
  if (!normalizer.ok()) return normalizer.status().Annotate("--normalizer");
  scoring.normalizer = *normalizer;
  const auto costs = eval::ParseAlignmentCosts(raw.align);
  if (!costs.ok()) return costs.status().Annotate("--align");
  scoring.costs = *costs;
  return OkStatus();
}

struct RawEval {
  RawScoring scoring;
  std::string manifest;
  std::string hypotheses;
  std::string json;
  std::string html;
  std::vector<std::string> gates;
};

void AddEvalFlags(CLI::App& app, RawEval& raw, EvalOptions& options) {
  app.option_defaults()->group("Input");
  app.add_option("MANIFEST", raw.manifest,
                 "JSONL or TSV, or a folder in the form of LibriSpeech, Common Voice or Kaldi");
  app.add_option("--hypotheses", raw.hypotheses,
                 "Count the errors of these texts instead of recognising: a folder of NAME.txt, "
                 ".json, .ctm, .stm, .trn, or one file");
  app.add_flag("--strict", options.strict, "Stop at the first broken line");
  app.option_defaults()->group("Counting");
  AddScoringFlags(app, raw.scoring, options.bootstrap);
  app.option_defaults()->group("Output");
  app.add_option("--json", raw.json, "Write the result here, for scripts and `eval compare`");
  app.add_option("--html", raw.html, "Write a report with plots here, one file");
  app.add_option("--fail-if", raw.gates,
                 "Exit with 1 when this is so, such as 'wer > 12': wer, cer, sub, del, ins "
                 "(percent), ece, rtfx; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--name", options.name, "Name of the system in reports");
  app.add_option("--worst", options.worst, "Files with the most errors to list (default 10)")
      ->check(CLI::Range(0, kMaxRows));
  app.add_option("--alignments", options.alignments,
                 "Of the worst files, print this many side by side (default 0)")
      ->check(CLI::Range(0, kMaxRows));
}

// A script's unset variable must not mean the default, nor the folder the program stands in.
Status RefuseEmpty(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].empty()) {
      return InvalidArgumentError(i > 0 && arguments[i - 1].starts_with("--")
                                      ? arguments[i - 1] + ": the value is empty"
                                      : "an argument is empty");
    }
  }
  return OkStatus();
}

Status ConvertEval(const RawEval& raw, EvalOptions& options) {
  RETURN_IF_ERROR(ConvertScoring(raw.scoring, options.scoring));
  for (const std::string& text : raw.gates) {
    auto gates = eval::ParseGates(text);
    if (!gates.ok()) return gates.status().Annotate("--fail-if");
    std::move(gates->begin(), gates->end(), std::back_inserter(options.gates));
  }
  if (raw.manifest.empty()) {
    return InvalidArgumentError("no manifest given; name a file or a folder");
  }
  options.manifest = raw.manifest;
  options.hypotheses = raw.hypotheses;
  options.json = raw.json;
  options.html = raw.html;
  if (!options.transcribe.decoding.clips.empty()) {
    return InvalidArgumentError("--clip: references are of whole recordings");
  }
  const bool asks_for_speed =
      std::any_of(options.gates.begin(), options.gates.end(),
                  [](const eval::Gate& gate) { return gate.metric == eval::GateMetric::kRtfx; });
  if (asks_for_speed && !options.hypotheses.empty()) {
    return InvalidArgumentError("--fail-if rtfx: with --hypotheses nothing is recognised");
  }
  return OkStatus();
}

}  // namespace

Result<ParsedEvalFlags> ParseEvalFlags(const std::vector<std::string>& arguments,
                                       const Folders& folders) {
  ParsedEvalFlags parsed;
  RawEval raw;
  RETURN_IF_ERROR(RefuseEmpty(arguments));
  ASSIGN_OR_RETURN(
      ParsedFlags recognition,
      ParseRecognitionFlags(
          arguments, folders,
          {.name = "ironscribe eval",
           .description = "Counts the errors of recognised texts against what was really said.",
           .examples = kEvalExamples,
           .add_flags = [&](CLI::App& app) { AddEvalFlags(app, raw, parsed.options); }}));
  parsed.help = std::move(recognition.help);
  if (!parsed.help.empty()) return parsed;
  parsed.options.transcribe = std::move(recognition.options);
  RETURN_IF_ERROR(ConvertEval(raw, parsed.options));
  return parsed;
}

Result<ParsedCompareFlags> ParseCompareFlags(const std::vector<std::string>& arguments) {
  ParsedCompareFlags parsed;
  CompareOptions& options = parsed.options;
  RawScoring raw;
  std::string a;
  std::string b;
  std::string manifest;
  std::string json;
  std::string html;
  RETURN_IF_ERROR(RefuseEmpty(arguments));
  CLI::App app("Compares two systems on the same recordings.", "ironscribe eval compare");
  app.add_option("A", a, "JSON result of `ironscribe eval`, or hypotheses");
  app.add_option("B", b, "The same of the other system");
  app.add_option("--manifest", manifest, "What was said; needed with hypotheses");
  AddScoringFlags(app, raw, options.bootstrap);
  app.add_flag("--strict", options.strict, "Stop at the first broken line of the manifest");
  app.add_option("--json", json, "Write the comparison here");
  app.add_option("--html", html, "Write a report here, one file");
  app.add_option("--rows", options.rows, "Words and files in each table (default 15)")
      ->check(CLI::Range(0, kMaxRows));
  app.formatter(std::make_shared<HelpFormatter>());
  app.footer(kCompareExamples);
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    parsed.help = app.help();
    return parsed;
  } catch (const CLI::Error& error) {
    return InvalidArgumentError(error.what());
  }
  if (a.empty() || b.empty()) return InvalidArgumentError("two results are needed, A and B");
  RETURN_IF_ERROR(ConvertScoring(raw, options.scoring));
  options.a = a;
  options.b = b;
  options.manifest = manifest;
  options.json = json;
  options.html = html;
  return parsed;
}

}  // namespace ironscribe::cli
