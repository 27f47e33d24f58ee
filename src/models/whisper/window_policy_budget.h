// What a clip may cost: decoder steps per second of its audio, however its windows are tried again
// and however little each of them moves on. Counted, never timed: text must not depend on load.
#pragma once

#include <cstdint>

namespace ironscribe::models::whisper {

class StepBudget {
 public:
  // Three times what the most laborious of our recordings take with all their retries, speech in
  // noise as loud as itself (docs/decisions/0024-step-budget.md).
  static constexpr double kStepsPerSecond = 150;
  // Ten texts of the greatest length: a short clip may be tried as often as it takes.
  static constexpr int64_t kFreeSteps = 2240;
  // An encoder takes as long for a window as a decoder for some hundred steps.
  static constexpr int64_t kStepsPerEncoding = 300;

  // Of a clip that begins there. Resets what was spent.
  void Start(int64_t begin_frame);
  void Spend(int64_t steps) { spent_steps_ += steps; }
  // More than audio up to `end_frame` is worth.
  bool IsSpent(int64_t end_frame) const;

 private:
  int64_t begin_frame_ = 0;
  int64_t spent_steps_ = 0;
};

}  // namespace ironscribe::models::whisper
