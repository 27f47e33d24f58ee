// `ironscribe doctor`: what this machine can do, what is missing, how to fix it.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "apps/cli/doctor_checks.h"

namespace ironscribe::cli {

// argv[0] is "doctor". Returns the exit status: 0 when transcription would work, 1 when not, 2 for
// wrong usage.
int RunDoctorCommand(int argc, char** argv);

// The same with everything handed in; the folders of `subject` may be replaced by flags.
int RunDoctor(const std::vector<std::string>& arguments, DoctorSubject subject, std::ostream& out,
              std::ostream& err);

}  // namespace ironscribe::cli
