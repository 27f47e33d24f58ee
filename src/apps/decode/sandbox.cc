#include "apps/decode/sandbox.h"

#include <fmt/format.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "audio/decode_protocol.h"

namespace ironscribe::decode {
namespace {

// Calls allowed with any arguments: reading what is open, memory, time, random numbers, locks of
// the C library, and ending, also by abort(). What is not listed fails with EPERM.
constexpr int kAllowedCalls[] = {
    SCMP_SYS(read),           SCMP_SYS(pread64),
    SCMP_SYS(lseek),          SCMP_SYS(fstat),
    SCMP_SYS(munmap),         SCMP_SYS(mremap),
    SCMP_SYS(madvise),        SCMP_SYS(brk),
    SCMP_SYS(futex),          SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),   SCMP_SYS(getrandom),
    SCMP_SYS(sched_yield),    SCMP_SYS(getpid),
    SCMP_SYS(gettid),         SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),           SCMP_SYS(exit_group),
#ifdef __SANITIZE_ADDRESS__
    SCMP_SYS(sigaltstack),  // AddressSanitizer asks for it before the process ends.
#endif
};

Status Refused(const char* step, int error_number) {
  return FailedPreconditionError(fmt::format(
      "cannot enter the sandbox: {}: {}; media files are not decoded without it (a kernel "
      "with seccomp filters is needed)",
      step, std::strerror(error_number)));
}

Status Limit(decltype(RLIMIT_CPU) resource, uint64_t soft, uint64_t hard, const char* name) {
  struct rlimit limit = {};
  if (::getrlimit(resource, &limit) != 0) return Refused(name, errno);
  // A hard limit that is lower already stays.
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, hard);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, soft);
  if (::setrlimit(resource, &limit) != 0) return Refused(name, errno);
  return OkStatus();
}

Status SetLimits(const SandboxLimits& limits) {
  RETURN_IF_ERROR(Limit(RLIMIT_CORE, 0, 0, "core size limit"));
  // The soft limit comes first and ends the process by SIGXCPU, which tells the parent why.
  RETURN_IF_ERROR(
      Limit(RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1, "processor time limit"));
  RETURN_IF_ERROR(Limit(RLIMIT_NOFILE, 0, 0, "descriptor limit"));
  RETURN_IF_ERROR(Limit(RLIMIT_NPROC, 0, 0, "process limit"));
#ifndef __SANITIZE_ADDRESS__
  // AddressSanitizer reserves terabytes of addresses.
  RETURN_IF_ERROR(Limit(RLIMIT_AS, limits.memory_bytes, limits.memory_bytes, "memory limit"));
#endif
  return OkStatus();
}

Status AddRules(scmp_filter_ctx filter) {
  const auto allow = [filter](int call, unsigned count, const scmp_arg_cmp* conditions) {
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, count, conditions);
  };
  int failure = 0;
  for (int call : kAllowedCalls) {
    if (failure == 0) failure = allow(call, 0, nullptr);
  }
  const scmp_arg_cmp not_executable = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
  for (int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    if (failure == 0) failure = allow(call, 1, &not_executable);
  }
  // Results and, for the C library's own last words, messages. The recording's descriptor is not
  // among them, even where it could be written.
  for (int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    const scmp_arg_cmp this_one = SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(descriptor));
    if (failure == 0) failure = allow(SCMP_SYS(write), 1, &this_one);
  }
  // abort() signals its own thread.
  const scmp_arg_cmp itself = SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()));
  if (failure == 0) failure = allow(SCMP_SYS(tgkill), 1, &itself);
  return failure == 0 ? OkStatus() : Refused("filter rules", -failure);
}

Status InstallFilter() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return Refused("filter", ENOMEM);
  Status status = AddRules(filter);
  if (status.ok()) {
    const int failure = seccomp_load(filter);
    if (failure != 0) status = Refused("filter installation", -failure);
  }
  seccomp_release(filter);
  return status;
}

}  // namespace

Status EnterSandbox(const SandboxLimits& limits) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Refused("no new privileges", errno);
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return Refused("no dumps", errno);
  RETURN_IF_ERROR(SetLimits(limits));
  return InstallFilter();
}

}  // namespace ironscribe::decode
