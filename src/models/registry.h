// The one table of model families: what can be recognised, packed and loaded. Adding a family is
// one folder, one line in registry.cc and one in CMake.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/cpu.h"
#include "base/status.h"
#include "formats/packed/packed_file.h"
#include "formats/packed/packed_writer.h"
#include "formats/weight_source.h"
#include "models/compute_type.h"
#include "models/model.h"
#include "models/voice_activity.h"

namespace ironscribe::models {

struct PackRequest {
  const formats::WeightSource* source = nullptr;
  std::filesystem::path folder;  // Where configuration and vocabulary stand.
  ComputeType compute = ComputeType::kInt8;
  std::string digest;           // SHA-256 of the weights.
  std::string alignment_heads;  // "layer:head,..." or empty.
  std::stop_token stop = {};    // Ends packing with Cancelled.
};

struct LoadRequest {
  std::shared_ptr<const formats::PackedFile> file;
  std::string_view metadata;  // What pack returned.
  CpuLevel cpu_level = CpuLevel::kPortable;
  std::string name;  // To show in results.
};

struct Family {
  std::string_view name;
  // Whether the weights are this family's, by their tensors.
  bool (*detect)(const formats::WeightSource& source);
  // Writes the weights; returns metadata (JSON) that load needs. Errors: InvalidArgument naming
  // what does not fit.
  Result<std::string> (*pack)(const PackRequest& request, formats::PackedWriter& writer);
  // Treats the file as hostile.
  Result<std::unique_ptr<Model>> (*load)(const LoadRequest& request);
};

std::span<const Family> Families();

// Null when no family of that name exists.
const Family* FindFamily(std::string_view name);

// Networks that find speech; they are small and loaded from their weights as they are.
struct VoiceActivityFamily {
  std::string_view name;
  bool (*detect)(const formats::WeightSource& source);
  // Treats the weights as hostile; the source may go afterwards.
  Result<std::shared_ptr<const VoiceActivityModel>> (*load)(const formats::WeightSource& source,
                                                            CpuLevel cpu_level);
};

// The family of the weights, or null.
const VoiceActivityFamily* DetectVoiceActivity(const formats::WeightSource& source);

}  // namespace ironscribe::models
