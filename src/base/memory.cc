#include "base/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace ironscribe {
namespace {

// Whole file as one number; nothing if it is not there or says "max".
std::optional<int64_t> ReadNumber(const std::filesystem::path& path) {
  std::ifstream file(path);
  int64_t value = 0;
  if (!(file >> value) || value < 0) return std::nullopt;
  return value;
}

std::optional<int64_t> ReadMemAvailable(const std::filesystem::path& path) {
  constexpr int64_t kKibi = 1024;
  std::ifstream file(path);
  for (std::string name; file >> name;) {
    int64_t kibibytes = 0;
    if (name == "MemAvailable:" && file >> kibibytes && kibibytes >= 0 &&
        kibibytes <= std::numeric_limits<int64_t>::max() / kKibi) {
      return kibibytes * kKibi;
    }
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

std::optional<int64_t> LeftInGroup(const std::filesystem::path& limit_file,
                                   const std::filesystem::path& usage_file) {
  const auto limit = ReadNumber(limit_file), usage = ReadNumber(usage_file);
  if (!limit || !usage) return std::nullopt;
  return std::max<int64_t>(0, *limit - *usage);
}

}  // namespace

std::optional<int64_t> AvailableMemoryBytes(const MemoryFiles& files) {
  std::optional<int64_t> least;
  for (const auto& bytes :
       {ReadMemAvailable(files.meminfo),
        LeftInGroup(files.cgroup / "memory.max", files.cgroup / "memory.current"),
        LeftInGroup(files.cgroup / "memory/memory.limit_in_bytes",
                    files.cgroup / "memory/memory.usage_in_bytes")}) {
    if (bytes) least = std::min(bytes.value(), least.value_or(*bytes));
  }
  return least;
}

}  // namespace ironscribe
