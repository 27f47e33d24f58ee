// Lists where the subtitles of transcripts break the rules they are made by:
//
//   ironscribe-check-cues [--segments] TRANSCRIPT.json...
//
// Transcripts are those of `ironscribe transcribe --format json --word-times`; --segments judges
// one cue per segment instead. Exit status 1 when a rule is broken that cues can always keep.

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "io/file.h"
#include "transcript/cue_check.h"
#include "transcript/cues.h"
#include "transcript/json_reader.h"

namespace ironscribe {
namespace {

using transcript::CueFault;

struct Totals {
  size_t cues = 0;
  size_t broken_cues = 0;
  std::map<CueFault, size_t> faults;
};

// Speech may leave no time; for everything else there is no excuse.
bool DependsOnSpeech(CueFault fault) {
  return fault == CueFault::kTooFast || fault == CueFault::kTooShort;
}

Status CheckFile(const std::string& path, bool by_segment, Totals& totals) {
  ASSIGN_OR_RETURN(const std::string json, io::ReadFile(path, transcript::kMaxJsonBytes));
  ASSIGN_OR_RETURN(const auto transcript, transcript::ReadJson(json, path));
  const transcript::CueRules rules;
  const auto cues = by_segment ? MakeSegmentCues(transcript, /*channel_labels=*/true)
                               : MakeCues(transcript, rules, /*channel_labels=*/true);
  const auto violations = CheckCues(cues, rules);
  fmt::print("{}: {} cues, {} violations\n", path, cues.size(), violations.size());
  totals.cues += cues.size();
  for (size_t i = 0; i < violations.size(); ++i) {
    fmt::print("  {}\n", DescribeViolation(violations[i], cues));
    ++totals.faults[violations[i].fault];
    totals.broken_cues += i == 0 || violations[i].cue != violations[i - 1].cue;
  }
  return OkStatus();
}

int Run(int argc, char** argv) {
  bool by_segment = false;
  Totals totals;
  int exit_code = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--segments") {
      by_segment = true;
      continue;
    }
    if (const Status status = CheckFile(argv[i], by_segment, totals); !status.ok()) {
      fmt::print(stderr, "{}\n", status.message());
      exit_code = 1;
    }
  }
  fmt::print("{} of {} cues break a rule\n", totals.broken_cues, totals.cues);
  for (const auto& [fault, count] : totals.faults) {
    fmt::print("  {}: {}\n", CueFaultName(fault), count);
    if (!DependsOnSpeech(fault)) exit_code = 1;
  }
  return exit_code;
}

}  // namespace
}  // namespace ironscribe

int main(int argc, char** argv) { return ironscribe::Run(argc, argv); }
