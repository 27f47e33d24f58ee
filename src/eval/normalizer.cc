#include "eval/normalizer.h"

#include <fmt/format.h>

#include <memory>

#include "eval/units.h"
#include "text/basic_normalizer.h"
#include "text/english_normalizer.h"

namespace ironscribe::eval {

Result<NormalizerKind> ParseNormalizerKind(std::string_view name) {
  if (name == "none") return NormalizerKind::kNone;
  if (name == "marks") return NormalizerKind::kMarks;
  if (name == "basic") return NormalizerKind::kBasic;
  if (name == "english") return NormalizerKind::kEnglish;
  return InvalidArgumentError(fmt::format("'{}' is none of none, marks, basic, english", name));
}

std::string_view NormalizerName(NormalizerKind kind) {
  switch (kind) {
    case NormalizerKind::kNone:
      return "none";
    case NormalizerKind::kMarks:
      return "marks";
    case NormalizerKind::kBasic:
      return "basic";
    case NormalizerKind::kEnglish:
      return "english";
  }
  return "none";
}

bool DropsMarks(NormalizerKind kind, std::string_view text) {
  const bool is_whispers = kind == NormalizerKind::kBasic || kind == NormalizerKind::kEnglish;
  return is_whispers && text::LosesMarks(text);
}

Normalizer MakeNormalizer(NormalizerKind kind) {
  switch (kind) {
    case NormalizerKind::kNone:
      return ComposeText;
    case NormalizerKind::kMarks:
      return [](std::string_view text) {
        return ComposeText(text::NormalizeKeepingMarks(ComposeText(text)));
      };
    case NormalizerKind::kBasic:
      // Accents tell words apart in most languages, so they stay.
      return [](std::string_view text) {
        return ComposeText(text::NormalizeBasic(ComposeText(text), /*remove_diacritics=*/false));
      };
    case NormalizerKind::kEnglish: {
      const auto normalizer = std::make_shared<const text::EnglishNormalizer>();
      return [normalizer](std::string_view text) {
        return ComposeText(normalizer->Normalize(ComposeText(text)));
      };
    }
  }
  return ComposeText;
}

}  // namespace ironscribe::eval
