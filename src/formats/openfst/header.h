// What every file of OpenFst starts with. Of this folder only.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "formats/openfst/fst.h"
#include "io/byte_reader.h"

namespace ironscribe::formats::openfst {

struct Header {
  std::string type;
  int32_t version = 0;
  int32_t flags = 0;
  int64_t start = -1;
  int64_t num_states = 0;
  int64_t num_arcs = 0;
  Symbols input_symbols;
  Symbols output_symbols;
};

inline constexpr int32_t kFstMagic = 2125659606;
inline constexpr int32_t kAlignedFlag = 4;

// With the symbol tables behind it. Errors: DataLoss; Unimplemented for other arcs than standard.
Result<Header> ReadHeader(io::ByteReader& reader);

// An FST of type "ngram" behind its header.
Result<Fst> ReadNgramBody(io::ByteReader& reader, const Header& header);

// A weight as arcs have it: a number, or infinity where `may_be_infinite`.
Status CheckWeight(const io::ByteReader& reader, float weight, bool may_be_infinite);

}  // namespace ironscribe::formats::openfst
