#include "formats/registry.h"

#include <cstring>
#include <string>
#include <vector>

#include "formats/ctranslate2/ctranslate2.h"
#include "formats/ggml/ggml.h"
#include "formats/kaldi/acoustic_model.h"
#include "formats/kaldi/kaldi_weights.h"
#include "formats/safetensors/safetensors.h"
#include "formats/torch_pt/torch_pt.h"

namespace ironscribe::formats {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFixedNames[] = {"model.bin", "model.safetensors",
                                            "model.safetensors.index.json", "pytorch_model.bin",
                                            // Of Kaldi and Vosk, new and old layout.
                                            "am/final.mdl", "final.mdl"};

bool StartsWith(io::Bytes bytes, std::string_view prefix) {
  return bytes.size() >= prefix.size() &&
         std::memcmp(bytes.data(), prefix.data(), prefix.size()) == 0;
}

bool IsZip(io::Bytes bytes) { return StartsWith(bytes, "PK\x03\x04"); }
bool IsGgml(io::Bytes bytes) { return StartsWith(bytes, "lmgg"); }
// A pickle's protocol opcode and one of the protocols in use.
bool IsPickle(io::Bytes bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x80} && bytes[1] >= std::byte{2} &&
         bytes[1] <= std::byte{5};
}

// A header length that leaves room for itself, then JSON.
bool IsSafetensors(io::Bytes bytes) {
  uint64_t header_bytes;
  if (bytes.size() < sizeof(header_bytes) + 1) return false;
  std::memcpy(&header_bytes, bytes.data(), sizeof(header_bytes));
  return bytes[sizeof(header_bytes)] == std::byte{'{'} && header_bytes < (uint64_t{1} << 32);
}

// A small version number; versions above those that exist are left to the reader to name.
bool IsCTranslate2(io::Bytes bytes) {
  constexpr uint32_t kPlausibleVersion = 32;
  uint32_t version;
  if (bytes.size() < 2 * sizeof(version)) return false;
  std::memcpy(&version, bytes.data(), sizeof(version));
  return version >= 1 && version <= kPlausibleVersion;
}

bool IsTorchPt(io::Bytes bytes) { return IsZip(bytes) || IsPickle(bytes); }

struct Format {
  std::string_view folder;
  bool (*detect)(io::Bytes bytes);
  Result<std::unique_ptr<WeightSource>> (*parse)(FileBytes file);
};

// In the order of how little chance a false match has.
constexpr Format kFormats[] = {
    {"torch_pt", IsTorchPt, ParseTorchPt},
    {"ggml", IsGgml, ParseGgml},
    {"safetensors", IsSafetensors, ParseSafetensors},
    {"kaldi", kaldi::IsAcousticModel, ParseKaldi},
    {"ctranslate2", IsCTranslate2, ParseCTranslate2},
};

// What people have instead of a weight file, each with what to do.
Status ExplainUnknown(const FileBytes& file) {
  const io::Bytes bytes = file.bytes();
  std::string advice =
      "not a weight file of a known format (CTranslate2, safetensors, PyTorch, ggml, Kaldi)";
  if (bytes.empty()) advice = "the file is empty";
  if (StartsWith(bytes, "GGUF")) advice = "GGUF files are not read; use whisper.cpp's ggml-*.bin";
  if (StartsWith(bytes, "version https://git-lfs")) {
    advice = "a Git LFS pointer, not the weights; fetch them with 'git lfs pull'";
  }
  if (StartsWith(bytes, "<!DOCTYPE") || StartsWith(bytes, "<html")) {
    advice = "a web page, not the weights; download the file again";
  }
  return InvalidArgumentError("'" + file.name() + "': " + advice);
}

bool HasVariableName(const std::string& name) {
  return name.ends_with(".pt") || (name.starts_with("ggml-") && name.ends_with(".bin"));
}

}  // namespace

Result<fs::path> FindWeightFile(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return path;
  for (const std::string_view name : kFixedNames) {
    if (fs::is_regular_file(path / name, error)) return path / name;
  }
  std::vector<fs::path> found;
  fs::directory_iterator entry(path, error);
  if (error) return io::ErrnoStatus(error.value(), "cannot list '" + path.string() + "'");
  for (; entry != fs::directory_iterator(); entry.increment(error)) {
    if (HasVariableName(entry->path().filename().string())) found.push_back(entry->path());
    if (error) break;
  }
  if (found.empty()) {
    return NotFoundError("no weights in '" + path.string() +
                         "': looked for model.bin, model.safetensors, "
                         "model.safetensors.index.json, pytorch_model.bin, am/final.mdl, *.pt and "
                         "ggml-*.bin");
  }
  if (found.size() > 1) {
    return InvalidArgumentError("'" + path.string() + "' has several weight files ('" +
                                found[0].filename().string() + "', '" +
                                found[1].filename().string() + "'); name one of them");
  }
  return found[0];
}

Result<std::unique_ptr<WeightSource>> OpenWeights(const fs::path& path) {
  ASSIGN_OR_RETURN(const fs::path file_path, FindWeightFile(path));
  ASSIGN_OR_RETURN(FileBytes file, FileBytes::Map(file_path));
  // The one format of several files: an index, which is JSON.
  if (StartsWith(file.bytes(), "{") && !IsSafetensors(file.bytes())) {
    return OpenSafetensors(file_path);
  }
  return ParseWeights(std::move(file));
}

Result<std::unique_ptr<WeightSource>> ParseWeights(FileBytes file) {
  for (const Format& format : kFormats) {
    if (format.detect(file.bytes())) return format.parse(std::move(file));
  }
  return ExplainUnknown(file);
}

}  // namespace ironscribe::formats
