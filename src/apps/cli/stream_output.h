// Live text on standard output. As text: on a terminal one line that is rewritten until it is
// final, elsewhere final lines only. As JSON: one object a line,
//   {"event": "partial", "text": ...}
//   {"event": "final", "start": ..., "end": ..., "text": ..., "words": [...] with --word-times}
//   {"event": "end", "duration": ...}
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "apps/cli/run_reporter.h"
#include "apps/cli/transcribe_options.h"
#include "base/status.h"
#include "transcript/transcript.h"

namespace ironscribe::cli {

// One thread. Errors: those of the output.
class StreamOutput {
 public:
  virtual ~StreamOutput() = default;

  // Replaces the partial text before it.
  virtual Status Partial(const std::string& text) = 0;
  virtual Status Final(const transcript::Segment& segment) = 0;
  virtual Status End(double seconds) = 0;
};

// `out` must outlive it. `console` is what `out` is connected to.
std::unique_ptr<StreamOutput> MakeStreamOutput(const TranscribeOptions& options,
                                               const Console& console, std::ostream& out);

}  // namespace ironscribe::cli
