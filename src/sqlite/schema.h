// The shape of a database as a list of steps, each of which takes the shape before to the next.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/status.h"
#include "sqlite/database.h"

namespace ironscribe::sqlite {

struct Schema {
  std::string_view name;  // For messages: "jobs".
  // Tells this kind of database from others (PRAGMA application_id); not 0.
  int32_t application_id;
  // Step i makes version i + 1 out of version i. Steps that were released never change.
  std::span<const std::string_view> steps;
};

// Takes the database to the newest version, each step in a transaction of its own; an empty one
// becomes of this kind. Errors: FailedPrecondition for one of a newer version or of another kind.
Status Migrate(Database& database, const Schema& schema);

// The same errors, and for an older one too; changes nothing.
Status CheckSchema(Database& database, const Schema& schema);

}  // namespace ironscribe::sqlite
