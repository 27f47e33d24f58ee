// The program as its users meet it: what goes to which output, and how it exits. Nothing here needs
// a model.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/test_fakes.h"
#include "io/child_process.h"

namespace ironscribe::cli {
namespace {

// Runs the program with an environment of its own, so that nobody's configuration takes part.
io::CommandOutput RunProgram(std::vector<std::string> arguments,
                             const std::filesystem::path& home) {
  arguments.insert(arguments.begin(), std::string(IRONSCRIBE_BINARY_DIR) + "/ironscribe");
  io::RunOptions options;
  options.environment = {"HOME=" + home.string(), "XDG_DATA_HOME=", "XDG_CONFIG_HOME=",
                         "XDG_CACHE_HOME=", "IRONSCRIBE_MODEL="};
  const auto output = io::RunCommand(arguments, options);
  EXPECT_TRUE(output.ok()) << output.status().message();
  return output.ok() ? *output : io::CommandOutput{};
}

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Program, TellsItsVersion) {
  const TestFolder home;
  const auto output = RunProgram({"--version"}, home.path());
  EXPECT_EQ(output.exit.exit_code, 0);
  EXPECT_TRUE(output.standard_output.starts_with("ironscribe ")) << output.standard_output;
  EXPECT_EQ(output.standard_error, "");
}

TEST(Program, HelpGoesToStandardOutput) {
  const TestFolder home;
  const std::vector<std::vector<std::string>> kCalls = {{"help"},
                                                        {"--help"},
                                                        {"help", "transcribe"},
                                                        {"transcribe", "--help"},
                                                        {"models", "--help"},
                                                        {"keys", "--help"},
                                                        {"keys", "create", "--help"},
                                                        {"backup", "--help"},
                                                        {"bench", "--help"},
                                                        {"eval", "--help"},
                                                        {"eval", "compare", "--help"},
                                                        {"doctor", "--help"}};
  for (const auto& call : kCalls) {
    const auto output = RunProgram(call, home.path());
    EXPECT_EQ(output.exit.exit_code, 0) << call[0];
    EXPECT_TRUE(Holds(output.standard_output, "ironscribe")) << call[0];
    EXPECT_EQ(output.standard_error, "") << call[0];
  }
}

TEST(Program, WrongUsageExitsWith2AndSuggests) {
  const TestFolder home;
  const struct {
    std::vector<std::string> call;
    const char* message;
  } kCases[] = {
      {{}, "Usage: ironscribe COMMAND"},
      {{"transcrib"}, "unknown command 'transcrib'; did you mean 'transcribe'?"},
      {{"help", "nothing"}, "unknown command 'nothing'"},
      {{"transcribe"}, "error: no input"},
      {{"transcribe", "a.wav", "--bemsize", "5"}, "did you mean --beam-size?"},
      {{"bench", "--batch-size", "0"}, "--batch-size"},
      {{"transcribe", "a.wav", "--format", "pdf"}, "--format: unknown value 'pdf'"},
      {{"transcribe", "a.wav", "--cpu-level", "sse2"}, "this machine has auto, portable"},
      {{"doctor", "--cpu-level", "sse2"}, "this machine has auto, portable"},
  };
  for (const auto& test : kCases) {
    const auto output = RunProgram(test.call, home.path());
    EXPECT_EQ(output.exit.exit_code, 2) << test.message;
    EXPECT_TRUE(Holds(output.standard_error, test.message)) << output.standard_error;
    EXPECT_EQ(output.standard_output, "") << test.message;
  }
}

TEST(Program, AMissingFileExitsWith1) {
  const TestFolder home;
  const auto output = RunProgram({"transcribe", "/nowhere/a.wav"}, home.path());
  EXPECT_EQ(output.exit.exit_code, 1);
  EXPECT_EQ(output.standard_error,
            "error: /nowhere/a.wav: no such file or folder; check the path\n");
}

TEST(Program, AModelThatIsNotThereNamesTheCommandThatFetchesIt) {
  const TestFolder home;
  const auto recording = home.Write("a.wav", "RIFF");
  const auto output =
      RunProgram({"transcribe", recording.string(), "--model", "tinyen"}, home.path());
  EXPECT_EQ(output.exit.exit_code, 1);
  EXPECT_TRUE(Holds(output.standard_error, "ironscribe models pull tiny.en"))
      << output.standard_error;
}

TEST(Program, ReadsTheUsersConfiguration) {
  const TestFolder home;
  home.Write(".config/ironscribe/config.yaml", "transcribe:\n  beem-size: 5\n");
  const auto output = RunProgram({"transcribe", "a.wav"}, home.path());
  EXPECT_EQ(output.exit.exit_code, 2);
  EXPECT_TRUE(Holds(output.standard_error, "unknown flag 'beem-size'; did you mean --beam-size?"))
      << output.standard_error;
}

}  // namespace
}  // namespace ironscribe::cli
