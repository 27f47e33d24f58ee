// The examinations behind `ironscribe doctor`: what this machine can do, what is missing, and what
// to do about it.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "base/status.h"
#include "engine/model_store.h"
#include "io/child_process.h"

namespace ironscribe::cli {

enum class CheckState {
  kGood,
  kLimited,  // Transcription works, with less speed, fewer formats or more trouble.
  kMissing,  // Transcription does not work.
};

// "good", "limited", "missing".
std::string_view CheckStateName(CheckState state);

struct Check {
  std::string name;
  CheckState state = CheckState::kGood;
  std::string finding;
  std::string remedy;  // Empty when there is nothing to do.
};

// What is examined, and how; tests put fakes here.
struct DoctorSubject {
  engine::StoreOptions store;
  std::filesystem::path decode_program;  // Empty when it was not found.
  std::function<Result<io::CommandOutput>(const std::vector<std::string>& argv)> run_command;
  CpuLevel cpu_level = DetectCpuLevel();
};

std::vector<Check> ExamineMachine(const DoctorSubject& subject);

// Whether transcription would work.
bool IsUsable(std::span<const Check> checks);

// What /proc/meminfo says about a field, in bytes; 0 when it says nothing.
uint64_t MemoryField(std::string_view meminfo, std::string_view field);

}  // namespace ironscribe::cli
