#include "apps/cli/program_version.h"

#include <fmt/format.h>

#include "io/file.h"

namespace ironscribe::cli {

std::string ProgramVersion() {
  const auto program = io::IdentifyFile("/proc/self/exe");
  if (!program.ok()) return IRONSCRIBE_VERSION;
  return fmt::format("{} {} {}", IRONSCRIBE_VERSION, program->size_bytes, program->modified_ns);
}

}  // namespace ironscribe::cli
