#include "models/roof.h"

namespace ironscribe::models {

double ComputeSeconds(const Work& work, const MachineRates& rates) {
  double seconds = 0;
  for (size_t i = 0; i < work.operations.size(); ++i) {
    if (work.operations[i] > 0) seconds += work.operations[i] / rates.operations_per_second[i];
  }
  if (work.exponentials > 0) seconds += work.exponentials / rates.exponentials_per_second;
  return seconds;
}

double MemorySeconds(const Work& work, const MachineRates& rates) {
  return work.bytes > 0 ? work.bytes / rates.memory_bytes_per_second : 0;
}

bool IsDecoderStage(Stage stage) { return stage >= Stage::kDecoderSelf; }

Roof RoofOf(const StageWork& work, const MachineRates& rates) {
  Roof roof;
  for (size_t i = 0; i < work.size(); ++i) {
    const double compute_seconds = ComputeSeconds(work[i], rates);
    if (IsDecoderStage(static_cast<Stage>(i))) {
      roof.decoder_compute_seconds += compute_seconds;
      roof.decoder_memory_seconds += MemorySeconds(work[i], rates);
    } else {
      roof.encoder_seconds += compute_seconds;
    }
  }
  return roof;
}

}  // namespace ironscribe::models
