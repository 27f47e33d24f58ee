// The graphs of a model in the packed cache: aligned arrays that are mapped and shared by
// processes. The files of the model itself are kept beside them as they are, they are small.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "decoding/wfst/look_ahead_graph.h"
#include "formats/packed/packed_file.h"
#include "formats/packed/packed_writer.h"
#include "models/kaldi/vosk_folder.h"

namespace ironscribe::models::kaldi {

// Reads the graphs and writes them and the words. Errors: those of the files; InvalidArgument for
// graphs that do not fit each other.
Status PackGraphs(const VoskPaths& paths, formats::PackedWriter& writer);

struct MappedGraphs {
  decoding::wfst::LookAheadParts look_ahead;  // But for its disambiguation. Unless
  decoding::wfst::GraphView static_graph;     // has states.
};

// Views into `file`. The bytes are hostile: every state, arc and interval is checked. Errors:
// DataLoss.
Result<MappedGraphs> MapGraphs(const formats::PackedFile& file, int32_t num_transitions);

// The words by label, views into `file`.
Result<std::vector<std::string_view>> MapWords(const formats::PackedFile& file);

}  // namespace ironscribe::models::kaldi
