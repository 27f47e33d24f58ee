// Turns an nnet3 network into the stages of a plan. Of this folder only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/kaldi/network_plan.h"

namespace ironscribe::models::kaldi {

class NetworkCompiler {
 public:
  NetworkCompiler(const formats::kaldi::Network& network, const PlanOptions& options,
                  NetworkPlan* plan);
  Status Compile();

 private:
  using Descriptor = formats::kaldi::Descriptor;
  using Component = formats::kaldi::Component;
  using Stage = NetworkPlan::Stage;
  using Part = NetworkPlan::Part;
  using Term = NetworkPlan::Term;

  // The stage that holds the node's rows; made with all that it needs where it is not there yet.
  Result<int> StageOf(const std::string& node, int depth);
  Result<int> AddComponentStage(const formats::kaldi::NetworkNode& node, int depth);
  Status AddComponent(const Component& component, Stage* stage);
  Status AddInputs(const Descriptor& input, Stage* stage, int depth);
  Status AddPart(const Descriptor& descriptor, int depth, Stage* stage);
  Status AddTerms(const Descriptor& descriptor, const Term& outer, int depth, Part* part);
  Status AddNodeTerm(const Descriptor& descriptor, Term term, int depth, Part* part);
  Status AddLinear(const Component& component, const formats::kaldi::Matrix& weights,
                   const formats::kaldi::Matrix* bias, Stage* stage);
  Status AddConvolution(const Component& component, Stage* stage);
  Status AddRowOperation(const Component& component, Stage* stage);
  Status AddBatchNorm(const Component& component, Stage* stage);
  Status SpliceInputs(const Component& component, const std::vector<int32_t>& offsets,
                      Stage* stage);
  Status AddPriors(Stage* stage);
  // Which rows each stage must have.
  Status ComputeTimes();

  const formats::kaldi::Network& network_;
  const PlanOptions& options_;
  NetworkPlan* plan_;
  std::map<std::string, int> stage_of_node_;
  std::set<std::string> open_;  // Nodes whose inputs are being made: a second visit is a cycle.
};

}  // namespace ironscribe::models::kaldi
