#include "base/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace ironscribe {
namespace {

// Fields of /proc/PID/stat by their numbers in proc(5), from the third on: the second holds the
// program's name, which may hold anything.
constexpr int kThirdField = 3;
constexpr int kUserTicks = 14, kSystemTicks = 15, kThreads = 20, kStartTicks = 22;
constexpr int kVirtualBytes = 23, kResidentPages = 24;

std::array<double, kResidentPages + 1> ReadStat() {
  std::array<double, kResidentPages + 1> fields{};
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return fields;
  std::istringstream rest(text.substr(name_end + 1));
  std::string word;
  for (int field = kThirdField; field <= kResidentPages && rest >> word; ++field) {
    std::istringstream(word) >> fields[static_cast<size_t>(field)];
  }
  return fields;
}

// Seconds since 1970 when the machine was started.
double ReadBootTime() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    double seconds = 0;
    if (words >> name >> seconds && name == "btime") return seconds;
  }
  return 0;
}

}  // namespace

ProcessUsage ReadProcessUsage() {
  const auto fields = ReadStat();
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  ProcessUsage usage;
  usage.cpu_seconds = (fields[kUserTicks] + fields[kSystemTicks]) / ticks;
  usage.start_unix_seconds = ReadBootTime() + fields[kStartTicks] / ticks;
  usage.virtual_bytes = static_cast<int64_t>(fields[kVirtualBytes]);
  usage.resident_bytes = static_cast<int64_t>(fields[kResidentPages]) * sysconf(_SC_PAGESIZE);
  usage.threads = static_cast<int64_t>(fields[kThreads]);
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  // The listing itself holds one.
  for (int64_t count = 0; !error && entry != std::filesystem::directory_iterator();
       entry.increment(error)) {
    usage.open_descriptors = count++;
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    usage.most_descriptors = static_cast<int64_t>(limit.rlim_cur);
  }
  return usage;
}

}  // namespace ironscribe
