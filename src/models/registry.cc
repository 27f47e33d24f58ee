#include "models/registry.h"

#include <algorithm>

#include "models/whisper/whisper_model.h"

namespace ironscribe::models {
namespace {

constexpr Family kFamilies[] = {
    {"whisper", whisper::DetectWhisper, whisper::PackWhisper, whisper::LoadWhisper},
};

}  // namespace

std::span<const Family> Families() { return kFamilies; }

const Family* FindFamily(std::string_view name) {
  const auto* found = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                                   [&](const Family& family) { return family.name == name; });
  return found == std::end(kFamilies) ? nullptr : found;
}

}  // namespace ironscribe::models
