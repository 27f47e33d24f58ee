#include "io/child_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace ironscribe::io {
namespace {

std::vector<std::string> Shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

Result<CommandOutput> RunShell(const std::string& script, RunOptions options = {}) {
  return RunCommand(Shell(script), options);
}

TEST(RunCommandTest, KeepsTheTwoOutputsApartAndReportsTheStatus) {
  auto output = RunShell("echo out; echo err >&2; exit 3");
  ASSERT_TRUE(output.ok()) << output.status().ToString();
  EXPECT_EQ(output->standard_output, "out\n");
  EXPECT_EQ(output->standard_error, "err\n");
  EXPECT_EQ(output->exit.exit_code, 3);
  EXPECT_FALSE(output->exit.ok());
  EXPECT_EQ(output->exit.ToString(), "exited with status 3");
}

TEST(RunCommandTest, ArgumentsAreNotSeenByAShell) {
  auto output = RunCommand({"echo", "$HOME; ls", "*"}, {});
  ASSERT_TRUE(output.ok()) << output.status().ToString();
  EXPECT_EQ(output->standard_output, "$HOME; ls *\n");
}

TEST(RunCommandTest, MissingProgramIsNotFound) {
  auto output = RunCommand({"ironscribe-no-such-program"}, {});
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.status().code(), StatusCode::kNotFound);
  EXPECT_NE(output.status().message().find("ironscribe-no-such-program"), std::string::npos);
}

TEST(RunCommandTest, ReportsTheSignalThatKilledIt) {
  auto output = RunShell("kill -SEGV $$");
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->exit.signal, SIGSEGV);
  EXPECT_NE(output->exit.ToString().find("signal 11"), std::string::npos);
}

TEST(RunCommandTest, TimeLimitEndsTheCommandAndWhatItStarted) {
  RunOptions options;
  options.timeout_ms = 200;
  const std::filesystem::path marker =
      std::filesystem::path(testing::TempDir()) / "child_process_grandchild.pid";
  std::filesystem::remove(marker);
  auto output = RunShell("sleep 100 & echo $! > '" + marker.string() + "'; wait", options);
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.status().code(), StatusCode::kDeadlineExceeded);
  pid_t grandchild = 0;
  std::ifstream(marker) >> grandchild;
  ASSERT_GT(grandchild, 0);
  // The orphan is reaped by init, or stays a zombie where there is none; either way it must not
  // run.
  std::string state = "running";
  for (int attempt = 0; attempt < 500; ++attempt) {
    std::ifstream file("/proc/" + std::to_string(grandchild) + "/stat");
    std::string number, name;
    if (!(file >> number >> name >> state) || state == "Z") {
      state = "gone";
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(state, "gone");
}

TEST(RunCommandTest, OutputIsBounded) {
  RunOptions options;
  options.max_output_bytes = 1000;
  auto output = RunShell("yes", options);
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.status().code(), StatusCode::kResourceExhausted);
}

TEST(RunCommandTest, LargeOutputOnBothPipesDoesNotBlock) {
  auto output = RunShell("head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero");
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->standard_output.size(), 300000u);
  EXPECT_EQ(output->standard_error.size(), 300000u);
}

TEST(RunCommandTest, EnvironmentIsAddedAndReplaced) {
  ASSERT_EQ(::setenv("IRONSCRIBE_TEST_OLD", "old", 1), 0);
  RunOptions options;
  options.environment = {"IRONSCRIBE_TEST_OLD=new", "IRONSCRIBE_TEST_ADDED=1"};
  auto output = RunShell("env | grep IRONSCRIBE_TEST_ | sort", options);
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->standard_output, "IRONSCRIBE_TEST_ADDED=1\nIRONSCRIBE_TEST_OLD=new\n");
}

TEST(RunCommandTest, WorkingDirectory) {
  RunOptions options;
  options.working_directory = "/usr";
  auto output = RunCommand({"/bin/pwd"}, options);
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->standard_output, "/usr\n");
}

TEST(RunCommandTest, CanBeInterrupted) {
  std::stop_source source;
  source.request_stop();
  RunOptions options;
  options.stop = source.get_token();
  auto output = RunShell("sleep 100", options);
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.status().code(), StatusCode::kCancelled);
}

TEST(ChildProcessTest, InheritsOnlyTheDescriptorsItIsGiven) {
  const Descriptor first(::open("/dev/null", O_RDONLY));  // Without close-on-exec, on purpose.
  const Descriptor second(::open("/dev/zero", O_RDONLY));
  const Descriptor third(::open("/dev/full", O_RDONLY));
  ASSERT_TRUE(first.is_open() && second.is_open() && third.is_open());
  ChildOptions options;
  options.inherited_descriptors = {second.get(), first.get()};
  // Only builtin commands look for more: others would open descriptors of their own.
  auto child = ChildProcess::Start(
      Shell("readlink /proc/$$/fd/3 /proc/$$/fd/4; n=5; while [ $n -lt 100 ]; do"
            " [ -e /proc/$$/fd/$n ] && echo leaked $n; n=$((n+1)); done; echo done"),
      options);
  ASSERT_TRUE(child.ok());
  std::string output, error;
  ASSERT_TRUE((*child)->ReadAll(output, error, 1 << 20, 10'000).ok());
  EXPECT_EQ(output, "/dev/zero\n/dev/null\ndone\n");
}

TEST(ChildProcessTest, MappingSurvivesOverlappingNumbers) {
  // Descriptors 3 and 4 swapped: each is the source of one and the target of the other.
  const Descriptor spare_null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor spare_zero(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  ChildOptions options;
  options.inherited_descriptors = {std::max(spare_null.get(), spare_zero.get()),
                                   std::min(spare_null.get(), spare_zero.get())};
  auto child =
      ChildProcess::Start(Shell("readlink /proc/$$/fd/3; readlink /proc/$$/fd/4"), options);
  ASSERT_TRUE(child.ok());
  std::string output, error;
  ASSERT_TRUE((*child)->ReadAll(output, error, 1 << 20, 10'000).ok());
  EXPECT_EQ(output, "/dev/zero\n/dev/null\n");
}

TEST(ChildProcessTest, ReadsInPiecesUntilTheEnd) {
  auto child = ChildProcess::Start(Shell("printf abc; sleep 0.05; printf def"), {});
  ASSERT_TRUE(child.ok());
  std::string text;
  std::byte buffer[2];
  for (;;) {
    auto count = (*child)->ReadStdout(buffer, 10'000);
    ASSERT_TRUE(count.ok()) << count.status().ToString();
    if (*count == 0) break;
    text.append(reinterpret_cast<char*>(buffer), *count);
  }
  EXPECT_EQ(text, "abcdef");
  auto exit = (*child)->Wait(10'000);
  ASSERT_TRUE(exit.ok());
  EXPECT_TRUE(exit->ok());
}

TEST(ChildProcessTest, SilentChildTimesOutAndIsKilledWithTheObject) {
  pid_t pid = 0;
  {
    auto child = ChildProcess::Start({"sleep", "100"}, {});
    ASSERT_TRUE(child.ok());
    pid = (*child)->pid();
    std::byte buffer[2];
    auto count = (*child)->ReadStdout(buffer, 20);
    ASSERT_FALSE(count.ok());
    EXPECT_EQ(count.status().code(), StatusCode::kDeadlineExceeded);
    EXPECT_EQ((*child)->Wait(10).status().code(), StatusCode::kDeadlineExceeded);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildProcessTest, ChildDiesOfABrokenPipeEvenWhenThisProcessIgnoresTheSignal) {
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before = {};
  ASSERT_EQ(::sigaction(SIGPIPE, &ignore, &before), 0);
  auto output = RunShell("yes | head -c 1; exit 0");
  ::sigaction(SIGPIPE, &before, nullptr);
  ASSERT_TRUE(output.ok()) << output.status().ToString();
  EXPECT_EQ(output->standard_output, "y");
  // With SIGPIPE ignored `yes` would complain about its broken pipe instead of dying of it.
  EXPECT_EQ(output->standard_error, "");
}

TEST(ChildProcessTest, MissingWorkingDirectoryIsAnError) {
  ChildOptions options;
  options.working_directory = "/no/such/folder";
  EXPECT_FALSE(ChildProcess::Start({"true"}, options).ok());
}

}  // namespace
}  // namespace ironscribe::io
