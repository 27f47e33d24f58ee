// The target of a request taken apart: "/a%20b?x=1&y" to a path and parameters. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/request_head.h"
#include "base/status.h"

namespace ironscribe::server {

struct Target {
  std::string path;
  std::vector<api::QueryParameter> query;
};

// Takes origin form ("/path?query") and absolute form ("http://host/path"). Errors
// (InvalidArgument) never hold text of the target: bad percent-encoding, control characters, text
// that is not UTF-8,
// `.` and `..` segments, backslashes, too many parameters, a target that is no path.
Result<Target> ParseTarget(std::string_view target);

}  // namespace ironscribe::server
