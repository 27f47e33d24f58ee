// Who speaks when: RTTM files of NIST ("SPEAKER file channel start duration <NA> <NA> name ...").
// The bytes are hostile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "eval/manifest.h"

namespace ironscribe::eval {

struct Rttm {
  std::vector<SpeakerTurn> turns;  // By their start.
  std::string note;                // "NAME:LINE: ..." when it names another recording.
};

// The turns of `recording`. A file that names one recording only is taken for it, whatever the
// name, with a note. Lines of other types are left out. Errors: InvalidArgument "NAME:LINE: ..."
// for a broken line, and when there are several recordings of which none has this name.
Result<Rttm> ReadRttm(std::string_view text, std::string_view name, std::string_view recording);

}  // namespace ironscribe::eval
