// One row each of a price table. For .cc files of this folder.
#pragma once

#include <string>
#include <vector>

#include "cost/own_iron.h"
#include "cost/price_plan.h"
#include "price_tables/yaml_node.h"

namespace ironscribe::price_tables {

// Amounts are multiplied by `rate`. Errors: InvalidArgument with file and line.
Result<cost::PricePlan> ReadPlan(const YamlNode& node, double rate);
Result<cost::Hardware> ReadHardware(const YamlNode& node, double rate);
// `machines` are the ids that a speed may name.
Result<cost::ModelSpeed> ReadSpeed(const YamlNode& node, const std::vector<std::string>& machines);

// Parts that several tables have.
Result<cost::Provenance> ReadProvenance(const YamlNode& node);
Result<cost::WordErrors> ReadWordErrors(const YamlNode& node);
Result<std::vector<cost::Feature>> ReadFeatures(const YamlNode& node);
Result<cost::Feature> ReadFeature(const YamlNode& node);

// No price, fee or purchase is higher.
inline constexpr double kMaxAmount = 1e12;

}  // namespace ironscribe::price_tables
