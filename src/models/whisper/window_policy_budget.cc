#include "models/whisper/window_policy_budget.h"

#include "models/whisper/window_policy_seek.h"

namespace ironscribe::models::whisper {

void StepBudget::Start(int64_t begin_frame) {
  begin_frame_ = begin_frame;
  spent_steps_ = 0;
}

bool StepBudget::IsSpent(int64_t end_frame) const {
  const double worth = kStepsPerSecond * FrameSeconds(end_frame - begin_frame_);
  return static_cast<double>(spent_steps_ - kFreeSteps) > worth;
}

}  // namespace ironscribe::models::whisper
