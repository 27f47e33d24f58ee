#include "apps/cli/flag_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace ironscribe::cli {
namespace {

// The first "--flag" of a message; empty without one.
std::string FlagIn(const std::string& message) {
  const size_t start = message.find("--");
  if (start == std::string::npos) return "";
  size_t end = start + 2;
  while (end < message.size() &&
         (std::islower(static_cast<unsigned char>(message[end])) != 0 ||
          std::isdigit(static_cast<unsigned char>(message[end])) != 0 || message[end] == '-')) {
    ++end;
  }
  return message.substr(start, end - start);
}

// A short name is the first letter of the long one.
bool IsTyped(const std::string& flag, const std::vector<std::string>& arguments) {
  const std::string short_flag = flag.substr(1, 2);
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& argument) {
    return argument == flag || argument.starts_with(flag + "=") || argument.starts_with(short_flag);
  });
}

}  // namespace

std::string EnvironmentName(std::string_view flag) {
  flag.remove_prefix(std::min(flag.find_first_not_of('-'), flag.size()));
  std::string name = "IRONSCRIBE_";
  for (char c : flag) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

Status NameVariable(const Status& status, const std::vector<std::string>& arguments) {
  const std::string flag = status.ok() ? "" : FlagIn(status.message());
  if (flag.size() < 3 || IsTyped(flag, arguments)) return status;
  const std::string variable = EnvironmentName(flag);
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr || *value == '\0') return status;
  return Status(status.code(), fmt::format("{} (the value comes from the environment variable {})",
                                           status.message(), variable));
}

Status RefuseEmptyVariable(std::string_view flag) {
  const std::string variable = EnvironmentName(flag);
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr || *value != '\0') return OkStatus();
  return InvalidArgumentError(fmt::format(
      "{}: the environment variable {} is empty; unset it if nothing is meant", flag, variable));
}

Status NameConfig(const Status& status, const ConfigSource& source) {
  const std::string flag = status.ok() ? "" : FlagIn(status.message());
  if (std::find(source.flags.begin(), source.flags.end(), flag) == source.flags.end()) {
    return status;
  }
  return Status(status.code(), fmt::format("{} (the value comes from the configuration '{}')",
                                           status.message(), source.path));
}

}  // namespace ironscribe::cli
