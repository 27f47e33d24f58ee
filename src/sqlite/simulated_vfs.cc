#include "sqlite/simulated_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <vector>

namespace ironscribe::sqlite {
namespace {

// What connections to one database share: its locks, and the memory of the write-ahead log.
struct Locks {
  std::set<const void*> shared;
  const void* reserved = nullptr;
  const void* exclusive = nullptr;
};

struct SharedMemory {
  std::vector<std::unique_ptr<char[]>> regions;
  std::array<std::set<const void*>, SQLITE_SHM_NLOCK> shared;
  std::array<const void*, SQLITE_SHM_NLOCK> exclusive{};
  int num_users = 0;
};

struct World {
  SimulatedDisk& disk;
  std::mutex mutex;
  std::map<std::string, Locks> locks;
  std::map<std::string, SharedMemory> memory;
};

// SQLite hands out the space for it.
struct OpenFile {
  sqlite3_file base;
  World* world;
  SimulatedDisk::FilePointer* file;
  std::string* path;
  bool syncs_its_name;
  bool uses_memory;
};

OpenFile& Of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int CodeOf(const Status& status, int failure) {
  if (status.ok()) return SQLITE_OK;
  return status.code() == StatusCode::kResourceExhausted ? SQLITE_FULL : failure;
}

int Close(sqlite3_file* file) {
  delete Of(file).file;
  delete Of(file).path;
  return SQLITE_OK;
}

int Read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  const auto bytes = Of(file).world->disk.ReadAt(**Of(file).file, static_cast<uint64_t>(offset),
                                                 static_cast<size_t>(size));
  if (!bytes.ok()) return SQLITE_IOERR_READ;
  std::memcpy(out, bytes->data(), bytes->size());
  if (bytes->size() == static_cast<size_t>(size)) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + bytes->size(), 0,
              static_cast<size_t>(size) - bytes->size());
  return SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  const std::string_view bytes(static_cast<const char*>(data), static_cast<size_t>(size));
  return CodeOf(Of(file).world->disk.WriteAt(**Of(file).file, static_cast<uint64_t>(offset), bytes),
                SQLITE_IOERR_WRITE);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  return CodeOf(Of(file).world->disk.Truncate(**Of(file).file, static_cast<uint64_t>(size)),
                SQLITE_IOERR_TRUNCATE);
}

int Sync(sqlite3_file* file, int) {
  OpenFile& opened = Of(file);
  const int code = CodeOf(opened.world->disk.SyncFile(**opened.file), SQLITE_IOERR_FSYNC);
  if (code != SQLITE_OK || !opened.syncs_its_name) return code;
  // As SQLite's own does with the first sync of logs and journals, not of databases.
  opened.syncs_its_name = false;
  return CodeOf(opened.world->disk.SyncName(*opened.path), SQLITE_IOERR_DIR_FSYNC);
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  const auto size_bytes = Of(file).world->disk.SizeOf(**Of(file).file);
  if (!size_bytes.ok()) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(*size_bytes);
  return SQLITE_OK;
}

bool IsOnlySharer(const Locks& locks, const void* who) {
  return locks.shared.empty() || (locks.shared.size() == 1 && locks.shared.contains(who));
}

int Lock(sqlite3_file* file, int level) {
  World& world = *Of(file).world;
  const std::lock_guard lock(world.mutex);
  Locks& locks = world.locks[*Of(file).path];
  if (locks.exclusive != nullptr && locks.exclusive != file) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_SHARED) locks.shared.insert(file);
  if (level >= SQLITE_LOCK_RESERVED) {
    if (locks.reserved != nullptr && locks.reserved != file) return SQLITE_BUSY;
    locks.reserved = file;
  }
  if (level == SQLITE_LOCK_EXCLUSIVE) {
    if (!IsOnlySharer(locks, file)) return SQLITE_BUSY;
    locks.exclusive = file;
  }
  return SQLITE_OK;
}

int Unlock(sqlite3_file* file, int level) {
  World& world = *Of(file).world;
  const std::lock_guard lock(world.mutex);
  Locks& locks = world.locks[*Of(file).path];
  if (locks.exclusive == file) locks.exclusive = nullptr;
  if (locks.reserved == file) locks.reserved = nullptr;
  if (level == SQLITE_LOCK_NONE) locks.shared.erase(file);
  return SQLITE_OK;
}

int CheckReservedLock(sqlite3_file* file, int* is_reserved) {
  World& world = *Of(file).world;
  const std::lock_guard lock(world.mutex);
  *is_reserved = world.locks[*Of(file).path].reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int FileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file*) { return 4096; }
int DeviceCharacteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int ShmMap(sqlite3_file* file, int region, int size, int may_extend, void volatile** out) {
  World& world = *Of(file).world;
  const std::lock_guard lock(world.mutex);
  SharedMemory& memory = world.memory[*Of(file).path];
  if (!Of(file).uses_memory) {
    Of(file).uses_memory = true;
    ++memory.num_users;
  }
  *out = nullptr;
  const auto index = static_cast<size_t>(region);
  if (index >= memory.regions.size() && may_extend == 0) return SQLITE_OK;
  while (index >= memory.regions.size()) {
    memory.regions.push_back(std::make_unique<char[]>(static_cast<size_t>(size)));
  }
  *out = memory.regions[index].get();
  return SQLITE_OK;
}

int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  World& world = *Of(file).world;
  const std::lock_guard lock(world.mutex);
  SharedMemory& memory = world.memory[*Of(file).path];
  const bool is_exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  const auto first = static_cast<size_t>(offset);
  const size_t end = first + static_cast<size_t>(count);
  for (size_t i = first; i < end && (flags & SQLITE_SHM_LOCK) != 0; ++i) {
    const std::set<const void*>& shared = memory.shared[i];
    if (memory.exclusive[i] != nullptr && memory.exclusive[i] != file) return SQLITE_BUSY;
    if (is_exclusive && (shared.size() > 1 || (shared.size() == 1 && !shared.contains(file)))) {
      return SQLITE_BUSY;
    }
  }
  for (size_t i = first; i < end; ++i) {
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      memory.shared[i].erase(file);
      if (memory.exclusive[i] == file) memory.exclusive[i] = nullptr;
    } else if (is_exclusive) {
      memory.exclusive[i] = file;
    } else {
      memory.shared[i].insert(file);
    }
  }
  return SQLITE_OK;
}

void ShmBarrier(sqlite3_file*) {}

int ShmUnmap(sqlite3_file* file, int) {
  World& world = *Of(file).world;
  const std::lock_guard lock(world.mutex);
  SharedMemory& memory = world.memory[*Of(file).path];
  if (!Of(file).uses_memory) return SQLITE_OK;
  Of(file).uses_memory = false;
  // The next user begins with none, as after a start of the machine.
  if (--memory.num_users == 0) world.memory.erase(*Of(file).path);
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {2,
                                         Close,
                                         Read,
                                         Write,
                                         Truncate,
                                         Sync,
                                         FileSize,
                                         Lock,
                                         Unlock,
                                         CheckReservedLock,
                                         FileControl,
                                         SectorSize,
                                         DeviceCharacteristics,
                                         ShmMap,
                                         ShmLock,
                                         ShmBarrier,
                                         ShmUnmap,
                                         nullptr,
                                         nullptr};

World& WorldOf(sqlite3_vfs* vfs) { return *static_cast<World*>(vfs->pAppData); }

int OpenIn(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  OpenFile& opened = Of(file);
  opened.base.pMethods = nullptr;
  const std::string name = path == nullptr ? "" : path;
  auto found = WorldOf(vfs).disk.Open(name, (flags & SQLITE_OPEN_CREATE) != 0);
  if (!found.ok()) return CodeOf(found.status(), SQLITE_CANTOPEN);
  opened.world = &WorldOf(vfs);
  opened.file = new SimulatedDisk::FilePointer(*found);
  opened.path = new std::string(name);
  opened.syncs_its_name = (flags & SQLITE_OPEN_CREATE) != 0 && !name.empty() &&
                          (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  opened.uses_memory = false;
  opened.base.pMethods = &kMethods;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* path, int syncs_folder) {
  SimulatedDisk& disk = WorldOf(vfs).disk;
  const Status status = disk.Unlink(path);
  if (status.code() == StatusCode::kNotFound) return SQLITE_IOERR_DELETE_NOENT;
  if (!status.ok()) return SQLITE_IOERR_DELETE;
  return syncs_folder == 0 ? SQLITE_OK : CodeOf(disk.SyncName(path), SQLITE_IOERR_DIR_FSYNC);
}

int Access(sqlite3_vfs* vfs, const char* path, int, int* is_there) {
  const auto exists = WorldOf(vfs).disk.Exists(path);
  if (!exists.ok()) return SQLITE_IOERR_ACCESS;
  *is_there = *exists ? 1 : 0;
  return SQLITE_OK;
}

int FullPathname(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

}  // namespace

struct SimulatedVfs::Shared {
  World world;
};

SimulatedVfs::SimulatedVfs(SimulatedDisk& disk)
    : shared_(new Shared{.world = {.disk = disk, .mutex = {}, .locks = {}, .memory = {}}}),
      vfs_(std::make_unique<::sqlite3_vfs>()) {
  const ::sqlite3_vfs& system = *sqlite3_vfs_find(nullptr);
  // Randomness, sleeping and the time are the system's.
  *vfs_ = system;
  name_ = "simulated-" + std::to_string(reinterpret_cast<uintptr_t>(this));
  vfs_->iVersion = 2;
  vfs_->szOsFile = sizeof(OpenFile);
  vfs_->pNext = nullptr;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = &shared_->world;
  vfs_->xOpen = OpenIn;
  vfs_->xDelete = Delete;
  vfs_->xAccess = Access;
  vfs_->xFullPathname = FullPathname;
  sqlite3_vfs_register(vfs_.get(), 0);
}

SimulatedVfs::~SimulatedVfs() { sqlite3_vfs_unregister(vfs_.get()); }

}  // namespace ironscribe::sqlite
