// A copy of a database that others may be writing to meanwhile.
#pragma once

#include <filesystem>

#include "base/status.h"
#include "sqlite/database.h"

namespace ironscribe::sqlite {

// Copies the database as it is at one moment into a file of its own, for this user only, checks the
// copy and gives it its name. Errors: AlreadyExists when there is something of that name,
// Unavailable when writers did not leave time for it, ResourceExhausted.
Status BackUp(Database& source, const std::filesystem::path& target);

// Reads all of it. Errors: DataLoss with what SQLite finds wrong (PRAGMA integrity_check).
Status CheckIntegrity(Database& database);

}  // namespace ironscribe::sqlite
