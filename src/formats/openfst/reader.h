// Reads OpenFst's binary files with the standard arc: vector, const, olabel_lookahead (a const FST
// and what its states reach) and ngram (a language model as bits, expanded to arcs). FORMAT.md has
// the layouts.
#pragma once

#include <string_view>

#include "base/status.h"
#include "formats/openfst/fst.h"
#include "io/byte_reader.h"

namespace ironscribe::formats::openfst {

// Whether the bytes start as such a file does.
bool IsFst(io::Bytes bytes);

// The bytes are hostile: counts are checked against what is left, every state and arc against the
// counts. Errors: DataLoss for a file that breaks off or contradicts itself, Unimplemented for
// another kind of FST, naming it.
Result<Fst> ReadFst(io::Bytes bytes, std::string_view name);

}  // namespace ironscribe::formats::openfst
