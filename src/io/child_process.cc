#include "io/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <thread>

#include "io/file.h"

namespace ironscribe::io {
namespace {

// How often a wait looks at its stop token.
constexpr int kPollSliceMs = 50;
// The first wait for a child that has closed its output is short, because it is about to exit.
constexpr int kFirstReapPauseUs = 200;
constexpr int kLongestReapPauseUs = 20'000;
// Copies of the inherited descriptors are made above any number they are mapped to.
constexpr int kFirstSpareDescriptor = 64;
constexpr size_t kReadBytes = 64 * 1024;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Status TimedOut(const std::string& name, int timeout_ms) {
  return Status(StatusCode::kDeadlineExceeded,
                fmt::format("'{}' gave no result within {:.1f} s", name, timeout_ms / 1000.0));
}

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

Result<Pipe> MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus(errno, "cannot create a pipe");
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// What posix_spawn needs, freed together.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  // `output` and `error` are the child's ends of the pipes; error < 0 keeps this process's.
  Status Prepare(const ChildOptions& options, int output, int error);
  void SetEnvironment(const ChildOptions& options);
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }
  char* const* environment() const { return environment_.data(); }

 private:
  // Gives descriptor `ours` the number `theirs` in the child, by way of a copy with a high number,
  // so that no mapping overwrites the source of another.
  Status Map(int ours, int theirs);
  void SetSignals();

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
  std::vector<Descriptor> copies_;
  std::vector<std::string> added_;
  std::vector<char*> environment_;
};

Status SpawnPlan::Map(int ours, int theirs) {
  const int copy = ::fcntl(ours, F_DUPFD_CLOEXEC, kFirstSpareDescriptor);
  if (copy < 0) return ErrnoStatus(errno, "cannot copy a descriptor for a child process");
  copies_.emplace_back(copy);
  posix_spawn_file_actions_adddup2(&actions_, copy, theirs);
  return OkStatus();
}

void SpawnPlan::SetSignals() {
  // A child expects the defaults: an ignored SIGPIPE would be inherited and keep it running after
  // its reader is gone.
  sigset_t defaults;
  sigemptyset(&defaults);
  for (int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD}) {
    sigaddset(&defaults, number);
  }
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes_, &defaults);
  posix_spawnattr_setsigmask(&attributes_, &none);
  posix_spawnattr_setpgroup(&attributes_, 0);
  posix_spawnattr_setflags(&attributes_,
                           POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
}

Status SpawnPlan::Prepare(const ChildOptions& options, int output, int error) {
  SetSignals();
  SetEnvironment(options);
  if (!options.working_directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions_, options.working_directory.c_str());
  }
  int next = 3;
  for (int descriptor : options.inherited_descriptors) RETURN_IF_ERROR(Map(descriptor, next++));
  RETURN_IF_ERROR(Map(output, STDOUT_FILENO));
  if (error >= 0) RETURN_IF_ERROR(Map(error, STDERR_FILENO));
  posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions_, next);
  return OkStatus();
}

void SpawnPlan::SetEnvironment(const ChildOptions& options) {
  added_ = options.environment;
  const auto replaced = [this](std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('='));
    return std::any_of(added_.begin(), added_.end(), [&](std::string_view other) {
      return other.substr(0, other.find('=')) == name;
    });
  };
  if (!options.clear_environment) {
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
      if (!replaced(*entry)) environment_.push_back(*entry);
    }
  }
  for (std::string& entry : added_) environment_.push_back(entry.data());
  environment_.push_back(nullptr);
}

}  // namespace

std::string ChildExit::ToString() const {
  if (signal == 0) return fmt::format("exited with status {}", exit_code);
  return fmt::format("was killed by signal {} ({})", signal, ::strsignal(signal));
}

ChildProcess::ChildProcess(pid_t pid, std::string name, Descriptor output, Descriptor error)
    : pid_(pid), name_(std::move(name)), stdout_(std::move(output)), stderr_(std::move(error)) {}

ChildProcess::~ChildProcess() {
  stdout_.Reset();
  stderr_.Reset();
  Kill();
  while (!reaped_) {
    int status = 0;
    if (::waitpid(pid_, &status, 0) >= 0 || errno != EINTR) reaped_ = true;
  }
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(const std::vector<std::string>& argv,
                                                          const ChildOptions& options) {
  IRONSCRIBE_CHECK(!argv.empty());
  ASSIGN_OR_RETURN(Pipe output, MakePipe());
  Pipe error;
  if (options.standard_error == ChildStderr::kCapture) {
    ASSIGN_OR_RETURN(error, MakePipe());
  } else if (options.standard_error == ChildStderr::kDiscard) {
    error.write_end = Descriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!error.write_end.is_open()) return ErrnoStatus(errno, "cannot open '/dev/null'");
  }
  SpawnPlan plan;
  RETURN_IF_ERROR(plan.Prepare(options, output.write_end.get(), error.write_end.get()));
  std::vector<std::string> arguments = argv;
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_t pid = -1;
  const int failure = ::posix_spawnp(&pid, pointers[0], plan.actions(), plan.attributes(),
                                     pointers.data(), plan.environment());
  if (failure != 0) return ErrnoStatus(failure, fmt::format("cannot start '{}'", argv[0]));
  return std::unique_ptr<ChildProcess>(
      new ChildProcess(pid, argv[0], std::move(output.read_end), std::move(error.read_end)));
}

Result<bool> ChildProcess::Poll(std::span<::pollfd> descriptors, int64_t deadline_ms,
                                const std::stop_token& stop) const {
  for (;;) {
    if (stop.stop_requested()) return CancelledError(fmt::format("'{}' was interrupted", name_));
    const int64_t left_ms = deadline_ms - NowMs();
    const int slice_ms = static_cast<int>(std::clamp<int64_t>(left_ms, 0, kPollSliceMs));
    const int ready = ::poll(descriptors.data(), descriptors.size(), slice_ms);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) {
      return ErrnoStatus(errno, fmt::format("cannot wait for '{}'", name_));
    }
    if (left_ms <= 0) return false;
  }
}

Result<size_t> ChildProcess::ReadStdout(std::span<std::byte> out, int timeout_ms,
                                        std::stop_token stop) {
  if (!stdout_.is_open()) return size_t{0};
  std::array<::pollfd, 1> waiting = {{{stdout_.get(), POLLIN, 0}}};
  const int64_t deadline_ms = NowMs() + timeout_ms;
  for (;;) {
    ASSIGN_OR_RETURN(const bool ready, Poll(waiting, deadline_ms, stop));
    if (!ready) return TimedOut(name_, timeout_ms);
    const ssize_t count = ::read(stdout_.get(), out.data(), out.size());
    if (count > 0) return static_cast<size_t>(count);
    if (count == 0) {
      stdout_.Reset();
      return size_t{0};
    }
    if (errno != EINTR) return ErrnoStatus(errno, fmt::format("cannot read from '{}'", name_));
  }
}

Status ChildProcess::ReadAll(std::string& standard_output, std::string& standard_error,
                             uint64_t max_bytes, int timeout_ms, std::stop_token stop) {
  const int64_t deadline_ms = NowMs() + timeout_ms;
  std::string buffer(kReadBytes, '\0');
  while (stdout_.is_open() || stderr_.is_open()) {
    // poll() ignores a negative descriptor.
    std::array<::pollfd, 2> waiting = {{{stdout_.get(), POLLIN, 0}, {stderr_.get(), POLLIN, 0}}};
    ASSIGN_OR_RETURN(const bool ready, Poll(waiting, deadline_ms, stop));
    if (!ready) return TimedOut(name_, timeout_ms);
    for (size_t index = 0; index < waiting.size(); ++index) {
      if (waiting[index].revents == 0) continue;
      Descriptor& descriptor = index == 0 ? stdout_ : stderr_;
      std::string& text = index == 0 ? standard_output : standard_error;
      const ssize_t count = ::read(descriptor.get(), buffer.data(), buffer.size());
      if (count == 0) descriptor.Reset();
      if (count < 0 && errno != EINTR) {
        return ErrnoStatus(errno, fmt::format("cannot read from '{}'", name_));
      }
      if (count > 0) text.append(buffer, 0, static_cast<size_t>(count));
      if (text.size() > max_bytes) {
        return ResourceExhaustedError(
            fmt::format("'{}' wrote more than {} bytes", name_, max_bytes));
      }
    }
  }
  return OkStatus();
}

bool ChildProcess::TryReap() {
  if (reaped_) return true;
  int status = 0;
  const pid_t result = ::waitpid(pid_, &status, WNOHANG);
  if (result == 0 || (result < 0 && errno == EINTR)) return false;
  reaped_ = true;
  if (result < 0) {
    // Somebody else reaped it, so how it ended is unknown; never report that as success.
    exit_.exit_code = -1;
  } else if (WIFSIGNALED(status)) {
    exit_.signal = WTERMSIG(status);
  } else {
    exit_.exit_code = WEXITSTATUS(status);
  }
  return true;
}

Result<ChildExit> ChildProcess::Wait(int timeout_ms, std::stop_token stop) {
  const int64_t deadline_ms = NowMs() + timeout_ms;
  int pause_us = kFirstReapPauseUs;
  while (!TryReap()) {
    if (stop.stop_requested()) return CancelledError(fmt::format("'{}' was interrupted", name_));
    if (NowMs() >= deadline_ms) return TimedOut(name_, timeout_ms);
    std::this_thread::sleep_for(std::chrono::microseconds(pause_us));
    pause_us = std::min(pause_us * 2, kLongestReapPauseUs);
  }
  return exit_;
}

void ChildProcess::Kill() {
  if (reaped_) return;
  // The group first; a child that changed its group is still reached by its own number.
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
}

Result<CommandOutput> RunCommand(const std::vector<std::string>& argv, const RunOptions& options) {
  ChildOptions child_options;
  child_options.environment = options.environment;
  child_options.working_directory = options.working_directory;
  child_options.standard_error = ChildStderr::kCapture;
  const int64_t deadline_ms = NowMs() + options.timeout_ms;
  ASSIGN_OR_RETURN(std::unique_ptr<ChildProcess> child, ChildProcess::Start(argv, child_options));
  CommandOutput output;
  RETURN_IF_ERROR(child->ReadAll(output.standard_output, output.standard_error,
                                 options.max_output_bytes, options.timeout_ms, options.stop));
  const int left_ms = static_cast<int>(std::max<int64_t>(deadline_ms - NowMs(), 0));
  ASSIGN_OR_RETURN(output.exit, child->Wait(left_ms, options.stop));
  return output;
}

}  // namespace ironscribe::io
