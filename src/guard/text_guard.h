// Whether a text was said or made up, from all the evidence there is: what voice activity heard,
// how sure the model was, whether the text repeats itself, whether it is more than anyone can say
// in the time. No text is ever dropped for what it says.
//
// The numbers were set on recordings that docs/decisions/0012-guard.md names and checked on others.
#pragma once

#include "models/text_judge.h"

namespace ironscribe::guard {

class TextGuard final : public models::TextJudge {
 public:
  models::Judgement Judge(const models::TextEvidence& evidence) const override;
  bool IsSilent(const models::SpeechShare& speech) const override;
  bool IsClear(const models::SpeechShare& speech) const override;
  int MaxTokens(double speech_seconds) const override;
};

}  // namespace ironscribe::guard
