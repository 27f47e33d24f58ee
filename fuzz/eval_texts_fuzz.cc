// Manifests, hypotheses and results; the first byte picks the format.
#include <cstddef>
#include <cstdint>

#include "eval/hypothesis_formats.h"
#include "eval/manifest_lines.h"
#include "eval/result_json.h"
#include "eval/rttm.h"

namespace {

using namespace ironscribe::eval;

void ParseManifest(std::string_view text) {
  Manifest manifest;
  (void)ReadJsonLines(text, {.path = "m", .audio_folder = "d"}, {}, manifest).ok();
  (void)ReadTsvLines(text, {.path = "m", .audio_folder = "d"}, {}, manifest).ok();
}

void ParseHypotheses(std::string_view text) {
  HypothesisSet set;
  ReadCtm(text, "h", set);
  ReadStm(text, "h", set);
  ReadTrn(text, "h", set);
  ReadNamedLines(text, "h", set);
  ReadHypothesisLines(text, "h", set);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      ParseManifest(text);
      break;
    case 1:
      ParseHypotheses(text);
      break;
    case 2:
      (void)ReadRttm(text, "r", "a").ok();
      break;
    case 3:
      (void)ReadHypothesisJson(text, "h").ok();
      break;
    default:
      (void)ReadResultJson(text, "r", {.seed = 1, .replicates = 1}).ok();
  }
  return 0;
}
