// A model folder as Vosk has it, read into memory: am/, conf/, graph/, ivector/, or the older flat
// layout. Everything is checked for fitting together.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "dsp/kaldi_features.h"
#include "formats/kaldi/acoustic_model.h"
#include "formats/kaldi/text_files.h"
#include "formats/openfst/fst.h"
#include "io/byte_reader.h"
#include "models/kaldi/ivector.h"

namespace ironscribe::models::kaldi {

struct VoskFolder {
  formats::kaldi::Options options;  // conf/model.conf
  dsp::KaldiFeatureOptions features;
  formats::kaldi::AcousticModel acoustic;
  std::shared_ptr<const IvectorModel> ivectors;  // Null where the model has none.
  std::vector<int32_t> disambiguation;
  std::vector<formats::kaldi::PhonePlace> phone_places;  // By phone; empty: not known.
};

// The files of a model by what they are: "acoustic", "options", "mfcc", "fbank", "lexicon",
// "words", "graph", "symbols", "disambiguation", "word_boundaries", and those of the i-vector
// extractor by their names. Those that a model does not have are missing.
using VoskPaths = std::map<std::string, std::filesystem::path, std::less<>>;
using VoskBytes = std::map<std::string, io::Bytes, std::less<>>;

// `acoustic` is the path of final.mdl, in `am` or in the model's folder itself. Errors: NotFound
// naming what is missing; Unimplemented for parts that are not supported, naming them.
Result<VoskPaths> FindVoskFiles(const std::filesystem::path& acoustic);

// All but the graphs. Hostile input; `name` starts error messages.
Result<VoskFolder> ReadVoskFolder(const VoskBytes& files);

// The words by label.
std::vector<std::string> WordsOf(const formats::openfst::Symbols& symbols);

}  // namespace ironscribe::models::kaldi
