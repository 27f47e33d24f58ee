#include "apps/cli/folders.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace ironscribe::cli {
namespace {

std::filesystem::path HomeFolder() {
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') return home;
  if (const struct passwd* user = ::getpwuid(::getuid()); user != nullptr) return user->pw_dir;
  return "/";
}

std::filesystem::path BaseFolder(const char* variable, const char* below_home) {
  const char* value = std::getenv(variable);
  if (value != nullptr && *value == '/') return value;
  return HomeFolder() / below_home;
}

}  // namespace

Folders DefaultFolders() {
  return {.models = BaseFolder("XDG_DATA_HOME", ".local/share") / "ironscribe" / "models",
          .cache = BaseFolder("XDG_CACHE_HOME", ".cache") / "ironscribe",
          .config_file = BaseFolder("XDG_CONFIG_HOME", ".config") / "ironscribe" / "config.yaml",
          .temporary = BaseFolder("TMPDIR", "/tmp")};
}

std::filesystem::path FindDecodeProgram() {
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  if (error) return {};
  for (const auto& candidate : {folder, folder.parent_path() / "lib" / "ironscribe"}) {
    const auto program = candidate / "ironscribe-decode";
    if (std::filesystem::exists(program, error)) return program;
  }
  return {};
}

}  // namespace ironscribe::cli
