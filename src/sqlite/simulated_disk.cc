#include "sqlite/simulated_disk.h"

#include <algorithm>
#include <set>
#include <utility>

namespace ironscribe::sqlite {
namespace {

constexpr size_t kSectorBytes = 512;

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

Status NoSuchFile(const std::string& path) { return NotFoundError("there is no '" + path + "'"); }

}  // namespace

void SimulatedDisk::StopBefore(std::optional<int64_t> step) {
  const std::lock_guard lock(mutex_);
  stop_before_ = step;
  num_steps_ = 0;
}

int64_t SimulatedDisk::num_steps() const {
  const std::lock_guard lock(mutex_);
  return num_steps_;
}

void SimulatedDisk::SetCapacity(std::optional<uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  capacity_bytes_ = bytes;
}

void SimulatedDisk::Apply(const Change& change, std::string& content) {
  if (change.is_cut) {
    content.resize(change.offset);
    return;
  }
  if (content.size() < change.offset + change.bytes.size()) {
    content.resize(change.offset + change.bytes.size());
  }
  content.replace(change.offset, change.bytes.size(), change.bytes);
}

void SimulatedDisk::Apply(const NameChange& change, Names& names) {
  for (const auto& [path, file] : change) {
    if (file) {
      names[path] = file;
    } else {
      names.erase(path);
    }
  }
}

void SimulatedDisk::Restart(Loss loss, Random& random) {
  const std::lock_guard lock(mutex_);
  size_t num_kept = unsynced_names_.size();
  if (loss == Loss::kAll) num_kept = 0;
  if (loss == Loss::kSome) num_kept = random.Next() % (unsynced_names_.size() + 1);
  for (size_t i = 0; i < num_kept; ++i) Apply(unsynced_names_[i], safe_names_);
  unsynced_names_.clear();
  names_ = safe_names_;
  std::set<File*> files;
  for (const auto& [path, file] : names_) files.insert(file.get());
  for (File* file : files) {
    for (Change& change : file->unsynced) {
      if (loss == Loss::kAll || (loss == Loss::kSome && random.Next() % 2 == 0)) continue;
      if (loss == Loss::kSome && !change.is_cut && random.Next() % 4 == 0) {
        const size_t num_sectors = change.bytes.size() / kSectorBytes;
        change.bytes.resize(random.Next() % (num_sectors + 1) * kSectorBytes);
      }
      Apply(change, file->safe);
    }
    file->unsynced.clear();
    file->present = file->safe;
  }
  stop_before_.reset();
  num_steps_ = 0;
}

Status SimulatedDisk::CheckRunning() const {
  if (!stop_before_ || num_steps_ <= *stop_before_) return OkStatus();
  return Status(StatusCode::kUnknown, "the machine has stopped");
}

Status SimulatedDisk::Step() {
  if (stop_before_ && num_steps_ >= *stop_before_) {
    num_steps_ = *stop_before_ + 1;
    return Status(StatusCode::kUnknown, "the machine has stopped");
  }
  ++num_steps_;
  return OkStatus();
}

SimulatedDisk::FilePointer SimulatedDisk::Find(const std::string& path) const {
  const auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

void SimulatedDisk::ChangeNames(NameChange change) {
  Apply(change, names_);
  unsynced_names_.push_back(std::move(change));
}

void SimulatedDisk::SyncNamesOf(const std::string& folder) {
  std::vector<NameChange> left;
  for (NameChange& change : unsynced_names_) {
    const bool is_synced = std::any_of(change.begin(), change.end(), [&](const auto& name) {
      return FolderOf(name.first) == folder;
    });
    if (is_synced) {
      Apply(change, safe_names_);
    } else {
      left.push_back(std::move(change));
    }
  }
  unsynced_names_ = std::move(left);
}

Result<SimulatedDisk::FilePointer> SimulatedDisk::Open(const std::string& path, bool may_create) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(CheckRunning());
  if (path.empty()) return std::make_shared<File>();
  if (FilePointer file = Find(path)) return file;
  if (!may_create) return NoSuchFile(path);
  RETURN_IF_ERROR(Step());
  auto file = std::make_shared<File>();
  ChangeNames({{path, file}});
  return file;
}

Result<bool> SimulatedDisk::Exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(CheckRunning());
  return Find(path) != nullptr;
}

Status SimulatedDisk::WriteLocked(File& file, uint64_t offset, std::string_view bytes) {
  RETURN_IF_ERROR(Step());
  if (capacity_bytes_) {
    uint64_t used_bytes = 0;
    for (const auto& [path, other] : names_) used_bytes += other->present.size();
    const uint64_t end = offset + bytes.size();
    if (end > file.present.size()) used_bytes += end - file.present.size();
    if (used_bytes > *capacity_bytes_) return ResourceExhaustedError("no space left on device");
  }
  file.unsynced.push_back({.offset = offset, .bytes = std::string(bytes)});
  Apply(file.unsynced.back(), file.present);
  return OkStatus();
}

Status SimulatedDisk::WriteAt(File& file, uint64_t offset, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  return WriteLocked(file, offset, bytes);
}

Status SimulatedDisk::Truncate(File& file, uint64_t size_bytes) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Step());
  file.unsynced.push_back({.offset = size_bytes, .is_cut = true});
  Apply(file.unsynced.back(), file.present);
  return OkStatus();
}

Status SimulatedDisk::SyncFile(File& file) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Step());
  file.unsynced.clear();
  file.safe = file.present;
  return OkStatus();
}

Status SimulatedDisk::SyncName(const std::string& path) { return SyncFolder(FolderOf(path)); }

Status SimulatedDisk::Unlink(const std::string& path) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(CheckRunning());
  if (!Find(path)) return NoSuchFile(path);
  RETURN_IF_ERROR(Step());
  ChangeNames({{path, nullptr}});
  return OkStatus();
}

Result<std::string> SimulatedDisk::ReadAt(const File& file, uint64_t offset, size_t size) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(CheckRunning());
  if (offset >= file.present.size()) return std::string();
  return file.present.substr(offset, size);
}

Result<uint64_t> SimulatedDisk::SizeOf(const File& file) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(CheckRunning());
  return uint64_t{file.present.size()};
}

Status SimulatedDisk::CreateFolder(const std::filesystem::path&) {
  const std::lock_guard lock(mutex_);
  return CheckRunning();
}

Status SimulatedDisk::Append(const std::filesystem::path& path, std::string_view bytes) {
  ASSIGN_OR_RETURN(const FilePointer file, Open(path.string(), true));
  const std::lock_guard lock(mutex_);
  return bytes.empty() ? CheckRunning() : WriteLocked(*file, file->present.size(), bytes);
}

Status SimulatedDisk::Sync(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const FilePointer file, Open(path.string(), false));
  return SyncFile(*file);
}

Status SimulatedDisk::Rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(CheckRunning());
  const FilePointer file = Find(from.string());
  if (!file) return NoSuchFile(from.string());
  RETURN_IF_ERROR(Step());
  ChangeNames({{from.string(), nullptr}, {to.string(), file}});
  return OkStatus();
}

Status SimulatedDisk::SyncFolder(const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Step());
  SyncNamesOf(folder.string());
  return OkStatus();
}

Status SimulatedDisk::Remove(const std::filesystem::path& path) {
  const Status status = Unlink(path.string());
  return status.code() == StatusCode::kNotFound ? OkStatus() : status;
}

Result<std::string> SimulatedDisk::Read(const std::filesystem::path& path, uint64_t max_bytes) {
  ASSIGN_OR_RETURN(const FilePointer file, Open(path.string(), false));
  ASSIGN_OR_RETURN(const uint64_t size_bytes, SizeOf(*file));
  if (size_bytes > max_bytes) return ResourceExhaustedError("'" + path.string() + "' is larger");
  return ReadAt(*file, 0, static_cast<size_t>(size_bytes));
}

Result<std::vector<std::string>> SimulatedDisk::List(const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(CheckRunning());
  std::vector<std::string> names;
  for (const auto& [path, file] : names_) {
    if (FolderOf(path) == folder.string()) names.push_back(std::filesystem::path(path).filename());
  }
  return names;
}

}  // namespace ironscribe::sqlite
