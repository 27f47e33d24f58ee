// A capacity plan as text, JSON and Kubernetes numbers. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cost/capacity.h"

namespace ironscribe::cost_report {

struct MachineSize {
  double cores = 0;  // 0: not known, kAssumedMachine is requested and said to be assumed.
  double memory_gb = 0;
};
// Without requests no autoscaler by cpu can work. Two cores as the speeds of docs/cost.md, and what
// a small or base model with a batch needs several times over.
inline constexpr MachineSize kAssumedMachine = {.cores = 2, .memory_gb = 4};

struct CapacityReport {
  cost::CapacityLoad load;
  cost::CapacityTarget target;
  cost::CapacityPlan plan;
  std::optional<cost::StreamLoad> stream_load;
  cost::StreamPlan streams;
  // Of the busiest hour; nothing when it was not asked for. The plan is sized by it then
  // (cost::SizeBySimulation).
  std::optional<cost::SimulationResult> simulation;
  uint64_t seed = 1;
  MachineSize machine;
  std::string speed_source;
  std::vector<std::string> notes;  // Where the load comes from, and what is unsure about it.
};

// One sentence: how many machines, for what.
std::string SummarizeCapacity(const CapacityReport& report);

std::string WriteCapacityText(const CapacityReport& report);
std::string WriteCapacityJson(const CapacityReport& report);

// A Deployment with resource requests and a HorizontalPodAutoscaler with the plan's replica
// numbers, to be laid over one's own manifests.
std::string WriteKubernetes(const CapacityReport& report);

}  // namespace ironscribe::cost_report
