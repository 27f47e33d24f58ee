// Which program this is: what it left unfinished, no other goes on with.
#pragma once

#include <string>

namespace ironscribe::cli {

// The version, and which file: the same source may be built differently.
std::string ProgramVersion();

}  // namespace ironscribe::cli
