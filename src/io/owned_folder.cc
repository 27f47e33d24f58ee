#include "io/owned_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "io/durable_files.h"
#include "io/file.h"

namespace ironscribe::io {
namespace {

constexpr uint64_t kMaxOwnerBytes = 400;

std::string HostName() {
  char name[256] = {};
  return ::gethostname(name, sizeof(name) - 1) == 0 ? name : "this machine";
}

// Who has it, by its own words, without what could disturb a terminal.
std::string OwnerWords(const std::filesystem::path& path) {
  auto words = ReadFile(path, kMaxOwnerBytes);
  if (!words.ok() || words->empty()) return "another process";
  std::replace_if(
      words->begin(), words->end(),
      [](char byte) { return static_cast<unsigned char>(byte) < ' ' || byte == 127; }, ' ');
  return *words;
}

}  // namespace

Result<std::unique_ptr<OwnedFolder>> OwnedFolder::Acquire(const std::filesystem::path& folder,
                                                          std::string_view purpose) {
  RETURN_IF_ERROR(SystemFiles().CreateFolder(folder));
  const std::filesystem::path path = folder / "owner";
  Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.is_open()) return ErrnoStatus(errno, "cannot open '" + path.string() + "'");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoStatus(errno, "cannot lock '" + path.string() + "'");
    return FailedPreconditionError("'" + folder.string() + "' is in use by " + OwnerWords(path) +
                                   "; stop that one or choose another folder");
  }
  const std::string words = "process " + std::to_string(::getpid()) + " on " + HostName() + " (" +
                            std::string(purpose) + ")";
  if (::ftruncate(lock.get(), 0) != 0 ||
      ::pwrite(lock.get(), words.data(), words.size(), 0) != static_cast<ssize_t>(words.size())) {
    return ErrnoStatus(errno, "cannot write '" + path.string() + "'");
  }
  return std::unique_ptr<OwnedFolder>(new OwnedFolder(folder, std::move(lock)));
}

}  // namespace ironscribe::io
