// The command line of `ironscribe backup`.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace ironscribe::cli {

// `arguments` are those after "backup". Returns the exit status.
int RunBackup(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);
int RunBackupCommand(int argc, char** argv);

}  // namespace ironscribe::cli
