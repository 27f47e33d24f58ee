#include "models/registry.h"

#include <algorithm>

#include "models/kaldi/kaldi_model.h"
#include "models/silero_vad/silero_vad.h"
#include "models/whisper/whisper_model.h"

namespace ironscribe::models {
namespace {

constexpr Family kFamilies[] = {
    {"kaldi", kaldi::DetectKaldi, kaldi::PackKaldi, kaldi::LoadKaldi},
    {"whisper", whisper::DetectWhisper, whisper::PackWhisper, whisper::LoadWhisper},
};

constexpr VoiceActivityFamily kVoiceActivityFamilies[] = {
    {"silero_vad", silero_vad::DetectSileroVad, silero_vad::LoadSileroVad},
};

}  // namespace

std::span<const Family> Families() { return kFamilies; }

const Family* FindFamily(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                                   [&](const Family& family) { return family.name == name; });
  return found == std::end(kFamilies) ? nullptr : found;
}

const VoiceActivityFamily* DetectVoiceActivity(const formats::WeightSource& source) {
  for (const VoiceActivityFamily& family : kVoiceActivityFamilies) {
    if (family.detect(source)) return &family;
  }
  return nullptr;
}

}  // namespace ironscribe::models
