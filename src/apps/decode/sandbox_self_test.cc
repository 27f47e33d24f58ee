#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "apps/decode/sandbox.h"

namespace ironscribe::decode {
namespace {

constexpr size_t kPageBytes = 4096;

// Prints to the standard output without the C library's buffers, which may want to look at the
// descriptor first.
void PrintLine(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) ::_exit(1);
}

class Probe {
 public:
  // `result` is what a call returned: the call must have failed with EPERM.
  void Denied(const char* name, long result) {
    const bool denied = result == -1 && errno == EPERM;
    PrintLine(fmt::format("{} {}", denied ? "denied:" : "NOT DENIED:", name));
    passed_ = passed_ && denied;
  }
  void Allowed(const char* name, bool worked) {
    PrintLine(fmt::format("{} {}", worked ? "allowed:" : "NOT ALLOWED:", name));
    passed_ = passed_ && worked;
  }
  bool passed() const { return passed_; }

 private:
  bool passed_ = true;
};

void TryFiles(Probe& probe) {
  probe.Denied("open a file", ::open("/etc/passwd", O_RDONLY));
  probe.Denied("create a file", ::open("/tmp/ironscribe-self-test", O_CREAT | O_WRONLY, 0600));
  struct stat info;
  probe.Denied("look at a file", ::stat("/etc/passwd", &info));
  probe.Denied("delete a file", ::unlink("/tmp/ironscribe-self-test"));
  probe.Denied("copy a descriptor", ::dup(STDOUT_FILENO));
  probe.Denied("write to a third descriptor", ::write(3, "x", 1));
  probe.Denied("control a device", ::fcntl(STDOUT_FILENO, F_SETFL, 0));
}

void TryProcesses(Probe& probe) {
  char program[] = "/bin/true";
  char* const arguments[] = {program, nullptr};
  char* const environment[] = {nullptr};
  probe.Denied("start a program", ::execve(program, arguments, environment));
  probe.Denied("fork", ::fork());
  probe.Denied("signal another process", ::kill(::getppid() > 1 ? 1 : 2, 0));
  probe.Denied("trace", ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr));
  probe.Denied("change user", ::setuid(0));
}

void TryNetwork(Probe& probe) {
  probe.Denied("open an internet socket", ::socket(AF_INET, SOCK_STREAM, 0));
  probe.Denied("open a local socket", ::socket(AF_UNIX, SOCK_STREAM, 0));
  int pair[2];
  probe.Denied("open a socket pair", ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

void TryMemory(Probe& probe) {
  const void* executable = ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE | PROT_EXEC,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  probe.Denied("map executable memory", executable == MAP_FAILED ? -1 : 0);
  void* page =
      ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  probe.Allowed("map ordinary memory", page != MAP_FAILED);
  if (page == MAP_FAILED) return;
  std::memset(page, 1, kPageBytes);
  probe.Denied("make memory executable", ::mprotect(page, kPageBytes, PROT_READ | PROT_EXEC));
  probe.Allowed("make memory read-only", ::mprotect(page, kPageBytes, PROT_READ) == 0);
}

}  // namespace

bool RunSandboxSelfTest() {
  const Status status = EnterSandbox({});
  if (!status.ok()) {
    PrintLine(status.message());
    return false;
  }
  Probe probe;
  TryFiles(probe);
  TryProcesses(probe);
  TryNetwork(probe);
  TryMemory(probe);
  return probe.passed();
}

}  // namespace ironscribe::decode
