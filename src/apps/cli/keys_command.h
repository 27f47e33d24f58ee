// The command line of `ironscribe keys`: the API keys of a server, whether it runs or not. Secrets
// go to standard output, once.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace ironscribe::cli {

struct KeysServices {
  std::function<int64_t()> wall_ms{};  // Empty: the system's clock.
  std::ostream& out;
  std::ostream& err;
};

// `arguments` are those after "keys". Returns the exit status.
int RunKeys(const std::vector<std::string>& arguments, const KeysServices& services);
int RunKeysCommand(int argc, char** argv);

}  // namespace ironscribe::cli
