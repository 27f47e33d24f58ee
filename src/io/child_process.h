// Child processes: started without a shell, given only the descriptors they are meant to have, read
// with a time limit, never left behind.
//
// A child runs in its own process group, so that killing it also kills what it started, and Ctrl-C
// on a terminal reaches only this process, which then decides.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "io/descriptor.h"

namespace ironscribe::io {

// How a child ended.
struct ChildExit {
  int exit_code = 0;  // Meaningful when signal is 0.
  int signal = 0;     // The signal that killed it, or 0.

  bool ok() const { return exit_code == 0 && signal == 0; }
  // "exited with status 3" or "was killed by signal 11 (Segmentation fault)".
  std::string ToString() const;
};

enum class ChildStderr { kDiscard, kInherit, kCapture };

struct ChildOptions {
  // inherited_descriptors[i] becomes descriptor 3 + i of the child; every other descriptor of this
  // process is closed there. The caller keeps ownership of its own.
  std::vector<int> inherited_descriptors;
  // "NAME=value": added to the environment of this process, or replacing what it has.
  std::vector<std::string> environment;
  // Nothing of this process's environment is passed on.
  bool clear_environment = false;
  std::filesystem::path working_directory;  // Empty: this process's.
  ChildStderr standard_error = ChildStderr::kDiscard;
};

// One running child. Not thread-safe. The destructor kills the child when it still runs, and reaps
// it.
class ChildProcess {
 public:
  // Starts argv[0] (looked up in PATH when it has no slash); its standard input is empty. Errors:
  // NotFound when there is no such program, PermissionDenied when it may not be run.
  // Requires: argv is not empty.
  static Result<std::unique_ptr<ChildProcess>> Start(const std::vector<std::string>& argv,
                                                     const ChildOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Reads what the child has written to its standard output, at most out.size() bytes; 0 when it
  // has closed it. Errors: DeadlineExceeded when nothing came for timeout_ms, Cancelled.
  Result<size_t> ReadStdout(std::span<std::byte> out, int timeout_ms, std::stop_token stop = {});

  // Reads from both outputs until both are closed, appending to the two strings. Errors:
  // DeadlineExceeded, Cancelled, ResourceExhausted when one grows beyond max_bytes.
  Status ReadAll(std::string& standard_output, std::string& standard_error, uint64_t max_bytes,
                 int timeout_ms, std::stop_token stop = {});

  // Waits for the end of the child. Errors: DeadlineExceeded, Cancelled; the child goes on then.
  Result<ChildExit> Wait(int timeout_ms, std::stop_token stop = {});

  // Kills the child and its process group at once. Harmless when it has ended.
  void Kill();

  pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, std::string name, Descriptor output, Descriptor error);
  bool TryReap();
  // True when a descriptor has something to read or was closed.
  Result<bool> Poll(std::span<::pollfd> descriptors, int64_t deadline_ms,
                    const std::stop_token& stop) const;

  pid_t pid_;
  std::string name_;
  Descriptor stdout_;
  Descriptor stderr_;
  bool reaped_ = false;
  ChildExit exit_;
};

struct RunOptions {
  int timeout_ms = 60'000;
  uint64_t max_output_bytes = 16 << 20;  // Of each of the two outputs.
  std::vector<std::string> environment;  // As in ChildOptions.
  std::filesystem::path working_directory;
  std::stop_token stop;
};

struct CommandOutput {
  ChildExit exit;
  std::string standard_output;
  std::string standard_error;
};

// Runs a command to its end. A command that fails is a result, not an error (see exit); errors are
// those of ChildProcess. When this returns, the command does not run any more.
Result<CommandOutput> RunCommand(const std::vector<std::string>& argv, const RunOptions& options);

}  // namespace ironscribe::io
