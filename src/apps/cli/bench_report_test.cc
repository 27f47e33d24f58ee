#include "apps/cli/bench_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace ironscribe::cli {
namespace {

using kernels::PeakArithmetic;
using models::Stage;

MachinePeaks Peaks() {
  MachinePeaks peaks;
  peaks.num_threads = 2;
  peaks.clock_hz = 1.1e9;  // 4e9 exponentials a second.
  const char* const kNames[] = {"int8", "int16", "bfloat16", "float32"};
  for (size_t i = 0; i < 4; ++i) {
    peaks.arithmetics[i] = {.name = kNames[i],
                            .instructions = i == 2 ? "" : "multiply",
                            .operations_per_second = i == 2 ? 0 : 100e9,
                            .operations_per_cycle = 45,
                            .width_per_cycle = i == 2 ? 0.0 : 64.0,
                            .fraction_of_width = 0.7};
  }
  peaks.one_thread_bytes_per_second = 5e9;
  peaks.all_threads_bytes_per_second = 10e9;
  return peaks;
}

// Two windows of 30 s in 4 s by two threads: 100 rows in 20 steps.
BenchRun TwoWindows() {
  BenchRun run;
  run.model = {"own", "whisper", "digest", "int8", ""};
  run.input = "talk \"1\"";
  run.num_threads = 2;
  run.batch_size = 5;
  run.audio_seconds = 60;
  run.wall_seconds = 4;
  run.counts.windows = 2;
  run.counts.rows = 100;
  run.counts.steps = 20;
  const auto at = [](auto& of, Stage stage) -> auto& { return of[static_cast<size_t>(stage)]; };
  at(run.thread_seconds, Stage::kFeatures) = 0.2;
  at(run.thread_seconds, Stage::kEncoderAttention) = 4;
  at(run.thread_seconds, Stage::kDecoderCross) = 2;
  models::Work& attention = at(run.own_work, Stage::kEncoderAttention);
  attention.of(PeakArithmetic::kBFloat16) = 50e9;
  attention.exponentials = 2e9;
  models::Work& cross = at(run.own_work, Stage::kDecoderCross);
  cross.of(PeakArithmetic::kInt16) = 10e9;
  cross.bytes = 5e9;
  run.eight_bit_work = run.own_work;
  at(run.eight_bit_work, Stage::kDecoderCross).bytes = 0.5e9;
  return run;
}

TEST(BenchReportTest, StagesPerWindowAndTheirFractions) {
  const BenchReport report = MakeBenchReport(Peaks(), TwoWindows());
  ASSERT_EQ(report.stages.size(), 3u);
  EXPECT_EQ(report.stages[0].stage, Stage::kFeatures);
  EXPECT_DOUBLE_EQ(report.stages[0].milliseconds_per_window, 50);
  EXPECT_EQ(report.stages[0].fraction_of_peak, 0);
  const BenchStage& attention = report.stages[1];
  EXPECT_DOUBLE_EQ(attention.milliseconds_per_window, 1000);  // 2 s of wall time, two windows.
  EXPECT_DOUBLE_EQ(attention.share, 0.5);
  EXPECT_DOUBLE_EQ(attention.operations_per_window, 25e9);
  EXPECT_DOUBLE_EQ(attention.operations_per_second, 25e9);
  EXPECT_DOUBLE_EQ(attention.fraction_of_peak, (0.5 + 0.5) / 2);  // Products, exponentials.
  EXPECT_EQ(attention.bytes_per_step, 0);
  const BenchStage& cross = report.stages[2];
  EXPECT_DOUBLE_EQ(cross.bytes_per_step, 0.25e9);
  EXPECT_DOUBLE_EQ(cross.bytes_per_second, 5e9);
  EXPECT_DOUBLE_EQ(cross.fraction_of_memory, 0.5);
  EXPECT_DOUBLE_EQ(cross.fraction_of_peak, 0.1);
  EXPECT_DOUBLE_EQ(report.milliseconds_per_window, 2000);
  EXPECT_DOUBLE_EQ(report.other_milliseconds_per_window, 2000 - 50 - 1000 - 500);
}

TEST(BenchReportTest, TheRoofAndWhatIsReached) {
  const BenchReport report = MakeBenchReport(Peaks(), TwoWindows());
  EXPECT_DOUBLE_EQ(report.times_real_time, 15);
  EXPECT_DOUBLE_EQ(report.rows_per_step, 5);
  // Encode 1 s; decode by memory 0.5 s, or by compute 0.1 s where the bytes are a tenth.
  EXPECT_DOUBLE_EQ(report.own_roof.times_real_time, 60 / 1.5);
  EXPECT_TRUE(report.own_roof.is_memory_the_limit);
  EXPECT_DOUBLE_EQ(report.own_roof.fraction_reached, 1.5 / 4);
  EXPECT_DOUBLE_EQ(report.own_roof.encoder_milliseconds_per_window, 500);
  EXPECT_DOUBLE_EQ(report.own_roof.decoder_milliseconds_per_window, 250);
  EXPECT_DOUBLE_EQ(report.eight_bit_roof.times_real_time, 60 / 1.1);
  EXPECT_FALSE(report.eight_bit_roof.is_memory_the_limit);
}

TEST(BenchReportTest, JsonHoldsTheReport) {
  std::ostringstream out;
  PrintBenchJson(MakeBenchReport(Peaks(), TwoWindows()), out);
  const auto json = nlohmann::json::parse(out.str(), nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << out.str();
  EXPECT_EQ(json["format_version"], 1);
  EXPECT_EQ(json["machine"]["threads"], 2);
  EXPECT_EQ(json["machine"]["cpu_level"], "portable");
  EXPECT_EQ(json["machine"]["peaks"].size(), 4u);
  EXPECT_TRUE(json["machine"]["peaks"]["bfloat16"]["instructions"].is_null());
  EXPECT_EQ(json["machine"]["peaks"]["int8"]["width_per_cycle"], 64);
  EXPECT_EQ(json["machine"]["memory"]["one_thread_bytes_per_second"], 5e9);
  EXPECT_EQ(json["model"]["name"], "own");
  EXPECT_EQ(json["run"]["input"], "talk \"1\"");
  EXPECT_EQ(json["run"]["tokens"], 100);
  ASSERT_EQ(json["stages"].size(), 3u);
  EXPECT_EQ(json["stages"][0]["stage"], "features");
  EXPECT_FALSE(json["stages"][0].contains("fraction_of_peak"));
  EXPECT_FALSE(json["stages"][1].contains("bytes_per_step"));
  EXPECT_EQ(json["stages"][2]["fraction_of_memory"], 0.5);
  EXPECT_EQ(json["roofs"]["own"]["decoder_limit"], "memory");
  EXPECT_EQ(json["roofs"]["eight_bit"]["decoder_limit"], "compute");
}

TEST(BenchReportTest, TextNamesStagesRoofsAndWhatIsMissing) {
  std::ostringstream out;
  PrintBenchText(MakeBenchReport(Peaks(), TwoWindows()), out);
  for (const char* part :
       {"encoder_attention", "decoder_cross", "15.0 x real time", "no instruction at this level",
        "8 bits throughout: 54.5 x", "37.5 % reached", "limited by memory"}) {
    EXPECT_NE(out.str().find(part), std::string::npos) << part << "\n" << out.str();
  }
}

TEST(BenchReportTest, NothingRecognisedIsNoDivisionByZero) {
  BenchRun run;
  run.wall_seconds = 0.1;
  const BenchReport report = MakeBenchReport(MachinePeaks(), run);
  EXPECT_EQ(report.milliseconds_per_window, 0);
  EXPECT_EQ(report.own_roof.times_real_time, 0);
  std::ostringstream text, json;
  PrintBenchText(report, text);
  PrintBenchJson(report, json);
  EXPECT_EQ(text.str().find("nan"), std::string::npos) << text.str();
  EXPECT_EQ(text.str().find("inf"), std::string::npos) << text.str();
  EXPECT_EQ(json.str().find("null,\n    \"times"), std::string::npos) << json.str();
}

}  // namespace
}  // namespace ironscribe::cli
