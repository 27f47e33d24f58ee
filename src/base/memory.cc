#include "base/memory.h"

#include <malloc.h>

#include <algorithm>
#include <climits>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

namespace ironscribe {
namespace {

// Whole file as one number; nothing if it is not there or says "max".
std::optional<int64_t> ReadNumber(const std::filesystem::path& path) {
  std::ifstream file(path);
  int64_t value = 0;
  if (!(file >> value) || value < 0) return std::nullopt;
  return value;
}

// The number that follows `name`, the first word of a line.
std::optional<int64_t> ReadNamed(const std::filesystem::path& path, std::string_view name) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    int64_t value = 0;
    if (word == name && file >> value && value >= 0) return value;
    file.clear();
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

std::optional<int64_t> ReadMemAvailable(const std::filesystem::path& path) {
  constexpr int64_t kKibi = 1024;
  const auto kibibytes = ReadNamed(path, "MemAvailable:");
  if (!kibibytes || *kibibytes > std::numeric_limits<int64_t>::max() / kKibi) return std::nullopt;
  return *kibibytes * kKibi;
}

// One of the two versions of control groups.
struct Hierarchy {
  std::filesystem::path root;
  std::string_view controller;  // As /proc/self/cgroup names it.
  std::string_view limit, usage;
  std::string_view reclaimable;  // In memory.stat, of the group and those below it.
};

bool Lists(std::string_view controllers, std::string_view controller) {
  if (controller.empty()) return controllers.empty();
  while (!controllers.empty()) {
    const size_t end = std::min(controllers.find(','), controllers.size());
    if (controllers.substr(0, end) == controller) return true;
    controllers.remove_prefix(std::min(end + 1, controllers.size()));
  }
  return false;
}

// The group of this process below the root, or "" for the root itself, also where the file says
// nothing that can be followed: a process outside its namespace's root has ".." in its path.
std::filesystem::path OwnGroup(const std::filesystem::path& file_path,
                               std::string_view controller) {
  std::ifstream file(file_path);
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos || line.size() - second > PATH_MAX) continue;
    if (!Lists(std::string_view(line).substr(first + 1, second - first - 1), controller)) continue;
    const std::filesystem::path path = std::filesystem::path(line.substr(second + 1));
    const bool climbs = std::find(path.begin(), path.end(), "..") != path.end();
    return path.is_absolute() && !climbs ? path.relative_path() : std::filesystem::path();
  }
  return {};
}

std::optional<int64_t> LeftInGroup(const Hierarchy& hierarchy, const std::filesystem::path& group) {
  const auto limit = ReadNumber(group / hierarchy.limit);
  const auto usage = ReadNumber(group / hierarchy.usage);
  if (!limit || !usage) return std::nullopt;
  const int64_t cache = ReadNamed(group / "memory.stat", hierarchy.reclaimable).value_or(0);
  return std::max<int64_t>(0, *limit - std::max<int64_t>(0, *usage - cache));
}

std::optional<int64_t> Smaller(std::optional<int64_t> a, std::optional<int64_t> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

// Each group may take no more than the ones around it leave.
std::optional<int64_t> LeftInGroups(const Hierarchy& hierarchy, std::filesystem::path group) {
  std::optional<int64_t> least = LeftInGroup(hierarchy, hierarchy.root);
  for (; !group.empty(); group = group.parent_path()) {
    least = Smaller(least, LeftInGroup(hierarchy, hierarchy.root / group));
  }
  return least;
}

}  // namespace

std::optional<int64_t> AvailableMemoryBytes(const MemoryFiles& files) {
  const Hierarchy v2 = {.root = files.cgroup,
                        .controller = "",
                        .limit = "memory.max",
                        .usage = "memory.current",
                        .reclaimable = "inactive_file"};
  const Hierarchy v1 = {.root = files.cgroup / "memory",
                        .controller = "memory",
                        .limit = "memory.limit_in_bytes",
                        .usage = "memory.usage_in_bytes",
                        .reclaimable = "total_inactive_file"};
  std::optional<int64_t> least = ReadMemAvailable(files.meminfo);
  for (const Hierarchy& hierarchy : {v2, v1}) {
    least =
        Smaller(least, LeftInGroups(hierarchy, OwnGroup(files.own_cgroup, hierarchy.controller)));
  }
  return least;
}

void ReturnLargeBuffers() {
#ifdef __GLIBC__
  // glibc's own threshold to begin with; saying so keeps it from rising with what is freed.
  constexpr int kThresholdBytes = 128 << 10;
  mallopt(M_MMAP_THRESHOLD, kThresholdBytes);
#endif
}

}  // namespace ironscribe
