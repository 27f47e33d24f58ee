#include "apps/cli/output_plan.h"

#include <gtest/gtest.h>

#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

InputFile Input(const std::string& path, const std::string& relative_path) {
  return {.path = path, .relative_path = relative_path, .status = {}};
}

const std::vector<const transcript::OutputFormat*> kText = {transcript::FindOutputFormat("txt")};
const std::vector<const transcript::OutputFormat*> kTwo = {transcript::FindOutputFormat("txt"),
                                                           transcript::FindOutputFormat("json")};

using Outputs = std::vector<OutputPaths>;

TEST(PlanOutputs, ReplacesTheExtensionAndKeepsSubFolders) {
  const auto outputs = PlanOutputs({Input("in/a.wav", "a.wav"), Input("in/x/b.c.mp3", "x/b.c.mp3"),
                                    Input("in/plain", "plain"), Input("-", "stdin")},
                                   "out", kTwo);
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(*outputs, (Outputs{{"out/a.txt", "out/a.json"},
                               {"out/x/b.c.txt", "out/x/b.c.json"},
                               {"out/plain.txt", "out/plain.json"},
                               {"out/stdin.txt", "out/stdin.json"}}));
}

TEST(PlanOutputs, KeepsTheExtensionOfNamesThatDifferOnlyInIt) {
  const auto outputs = PlanOutputs(
      {Input("a.wav", "a.wav"), Input("a.mp3", "a.mp3"), Input("b.wav", "b.wav")}, "out", kText);
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(*outputs, (Outputs{{"out/a.wav.txt"}, {"out/a.mp3.txt"}, {"out/b.txt"}}));
}

TEST(PlanOutputs, NumbersInputsOfTheSameName) {
  const auto outputs = PlanOutputs({Input("x/a.wav", "a.wav"), Input("y/a.wav", "a.wav"),
                                    Input("z/a.wav", "a.wav"), Input("a.wav-2.x", "a.wav-2.x")},
                                   "out", kText);
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(
      *outputs,
      (Outputs{{"out/a.wav.txt"}, {"out/a.wav-3.txt"}, {"out/a.wav-4.txt"}, {"out/a.wav-2.txt"}}));
}

TEST(PlanOutputs, KeepsTheExtensionOfNamesThatMeetOnlyThen) {
  const auto outputs = PlanOutputs(
      {Input("a.wav.wav", "a.wav.wav"), Input("a.wav", "a.wav"), Input("a.mp3", "a.mp3")}, "out",
      kText);
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(*outputs, (Outputs{{"out/a.wav.wav.txt"}, {"out/a.wav.txt"}, {"out/a.mp3.txt"}}));
}

TEST(PlanOutputs, NeverReplacesAnInput) {
  const TestFolder folder;
  const auto recording = folder.Write("a.txt", "x");
  const auto outputs = PlanOutputs({Input(recording.string(), "a.txt")}, folder.path(), kText);
  ASSERT_FALSE(outputs.ok());
  EXPECT_NE(outputs.status().message().find("would replace the input"), std::string::npos);
}

TEST(PlanOutputs, FailedInputsTakeNoName) {
  InputFile failed = Input("gone/a.wav", "a.wav");
  failed.status = NotFoundError("no such file");
  const auto outputs = PlanOutputs({failed, Input("a.wav", "a.wav")}, "out", kText);
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(*outputs, (Outputs{{}, {"out/a.txt"}}));
}

}  // namespace
}  // namespace ironscribe::cli
