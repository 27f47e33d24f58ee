// Corpora as they are published: folders in the form of LibriSpeech, Common Voice or Kaldi.
#pragma once

#include <filesystem>

#include "base/status.h"
#include "eval/manifest.h"

namespace ironscribe::eval {

// What the folder looks like decides:
//   Kaldi         wav.scp and text, with utt2spk and segments if they are there. Recordings that
//                 are commands ("sox ... |") are not run; they become problems.
//   Common Voice  a folder clips/ and one table: test.tsv if there is one, else the only one of
//                 dev, train, validated.
//   LibriSpeech   NAME.trans.txt at any depth, recordings beside it; the speaker is what stands
//                 before the first dash of the name.
// Errors: InvalidArgument for any other folder, and with `strict` for the first broken line.
Status ReadCorpusFolder(const std::filesystem::path& folder, const ManifestOptions& options,
                        Manifest& manifest);

// A manifest, table or list: larger ones are refused.
inline constexpr uint64_t kMaxManifestBytes = uint64_t{2} << 30;

}  // namespace ironscribe::eval
