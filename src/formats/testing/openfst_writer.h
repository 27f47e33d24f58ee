// Writes OpenFst's files, for tests. Follows formats/openfst/FORMAT.md without sharing code with
// the reader.
#pragma once

#include <string>

#include "formats/openfst/fst.h"

namespace ironscribe::formats::testing {

struct FstFile {
  std::string type = "const";  // or "vector", "olabel_lookahead"
  bool aligned = false;        // Of const.
};

// The states, arcs and symbols of `fst`; with "olabel_lookahead" its reachability too.
std::string WriteFst(const openfst::Fst& fst, const FstFile& file);

// A language model over the words 1, 2 and 3 as an ngram FST: contexts (), (1), (2), (3) and (2 1);
// openfst_reader_test says which arcs that makes.
std::string WriteNgramFst();

}  // namespace ironscribe::formats::testing
