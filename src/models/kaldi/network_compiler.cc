#include "models/kaldi/network_compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ironscribe::models::kaldi {
namespace {

namespace kf = formats::kaldi;
using Kind = kf::Descriptor::Kind;

constexpr int kMaxDim = 1 << 16;
constexpr int kMaxDepth = 2000;  // Of nodes behind one another: networks have hundreds.
// Frames; contexts are tens.
constexpr int kMaxContext = 10000;

constexpr std::string_view kNoOperation[] = {
    "NoOpComponent",           "DropoutComponent",
    "GeneralDropoutComponent", "SpecAugmentTimeMaskComponent",
    "ClipGradientComponent",   "BackpropTruncationComponent"};

Status Bad(const std::string& name, std::string_view what) {
  return InvalidArgumentError(fmt::format("network: '{}': {}", name, what));
}

int DimOf(const NetworkPlan::Stage& stage) {
  int dim = 0;
  for (const NetworkPlan::Part& part : stage.parts) dim += part.dim;
  return dim;
}

}  // namespace

NetworkCompiler::NetworkCompiler(const kf::Network& network, const PlanOptions& options,
                                 NetworkPlan* plan)
    : network_(network), options_(options), plan_(plan) {}

Status NetworkCompiler::Compile() {
  const kf::NetworkNode* input = network_.Node("input");
  const kf::NetworkNode* output = network_.Node("output");
  if (input == nullptr || input->kind != kf::NetworkNode::Kind::kInput || input->dim < 1 ||
      input->dim > kMaxDim) {
    return InvalidArgumentError("network: no input node 'input'");
  }
  if (output == nullptr || output->kind != kf::NetworkNode::Kind::kOutput) {
    return InvalidArgumentError("network: no output node 'output'");
  }
  plan_->input_dim_ = input->dim;
  if (const kf::NetworkNode* ivector = network_.Node("ivector")) plan_->ivector_dim_ = ivector->dim;
  if (plan_->ivector_dim_ > kMaxDim) return InvalidArgumentError("network: an impossible i-vector");
  Stage first;
  first.name = "input";
  first.dim = input->dim;
  plan_->stages_.push_back(std::move(first));
  stage_of_node_["input"] = 0;
  Stage last;
  last.name = "output";
  RETURN_IF_ERROR(AddInputs(output->input, &last, 0));
  last.dim = DimOf(last);
  RETURN_IF_ERROR(AddPriors(&last));
  plan_->stages_.push_back(std::move(last));
  return ComputeTimes();
}

Result<int> NetworkCompiler::StageOf(const std::string& name, int depth) {
  const auto found = stage_of_node_.find(name);
  if (found != stage_of_node_.end()) return found->second;
  const kf::NetworkNode* node = network_.Node(name);
  if (node == nullptr) return Bad(name, "no such node");
  if (node->kind != kf::NetworkNode::Kind::kComponent) return Bad(name, "cannot be computed");
  if (depth > kMaxDepth) return Bad(name, "too many nodes behind one another");
  if (!open_.insert(name).second) {
    return UnimplementedError(
        fmt::format("network: '{}' depends on itself: recurrent networks (LSTM, GRU) are not "
                    "supported",
                    name));
  }
  ASSIGN_OR_RETURN(const int stage, AddComponentStage(*node, depth));
  open_.erase(name);
  stage_of_node_[name] = stage;
  return stage;
}

Result<int> NetworkCompiler::AddComponentStage(const kf::NetworkNode& node, int depth) {
  const Component* component = network_.FindComponent(node.component);
  if (component == nullptr) return Bad(node.name, "no component '" + node.component + "'");
  Stage stage;
  stage.name = node.name;
  RETURN_IF_ERROR(AddInputs(node.input, &stage, depth + 1));
  stage.dim = DimOf(stage);
  RETURN_IF_ERROR(AddComponent(*component, &stage));
  plan_->stages_.push_back(std::move(stage));
  return static_cast<int>(plan_->stages_.size()) - 1;
}

Status NetworkCompiler::AddInputs(const Descriptor& input, Stage* stage, int depth) {
  if (input.kind != Kind::kAppend) return AddPart(input, depth, stage);
  for (const Descriptor& part : input.parts) RETURN_IF_ERROR(AddInputs(part, stage, depth));
  return OkStatus();
}

Status NetworkCompiler::AddPart(const Descriptor& descriptor, int depth, Stage* stage) {
  Part part;
  RETURN_IF_ERROR(AddTerms(descriptor, {}, depth, &part));
  stage->parts.push_back(std::move(part));
  if (DimOf(*stage) > kMaxDim) return Bad(stage->name, "too wide");
  return OkStatus();
}

Status NetworkCompiler::AddTerms(const Descriptor& descriptor, const Term& outer, int depth,
                                 Part* part) {
  Term term = outer;
  switch (descriptor.kind) {
    case Kind::kNode:
      return AddNodeTerm(descriptor, term, depth, part);
    case Kind::kSum:
      for (const Descriptor& inner : descriptor.parts) {
        RETURN_IF_ERROR(AddTerms(inner, term, depth, part));
      }
      return OkStatus();
    case Kind::kScale:
      term.scale *= descriptor.scale;
      return AddTerms(descriptor.parts[0], term, depth, part);
    case Kind::kOffset:
      term.offset_frames += descriptor.number;
      return AddTerms(descriptor.parts[0], term, depth, part);
    case Kind::kReplaceIndex:
      // The one use that recipes make of it.
      if (descriptor.parts[0].kind == Kind::kNode && descriptor.parts[0].name == "ivector") {
        return AddTerms(descriptor.parts[0], outer, depth, part);
      }
      break;
    default:
      break;
  }
  return UnimplementedError(
      "network: Append within a sum, Failover, IfDefined, Round, Const and ReplaceIndex of other "
      "than the i-vector are not supported");
}

Status NetworkCompiler::AddNodeTerm(const Descriptor& descriptor, Term term, int depth,
                                    Part* part) {
  int dim = 0;
  std::string name = descriptor.name;
  const kf::NetworkNode* node = network_.Node(name);
  if (node != nullptr && node->kind == kf::NetworkNode::Kind::kDimRange) {
    term.column = node->dim_offset;
    dim = node->dim;
    name = node->input.name;
  }
  if (name == "ivector" && plan_->ivector_dim_ > 0) {
    term.stage = NetworkPlan::kIvectorStage;
    term.offset_frames = 0;
  } else {
    ASSIGN_OR_RETURN(term.stage, StageOf(name, depth));
  }
  const int source_dim = term.stage == NetworkPlan::kIvectorStage
                             ? plan_->ivector_dim_
                             : plan_->stages_[static_cast<size_t>(term.stage)].dim;
  if (dim == 0) dim = source_dim;
  if (term.column > source_dim || dim > source_dim - term.column) {
    return Bad(descriptor.name, "a range outside its input");
  }
  if (!part->terms.empty() && part->dim != dim) return Bad(name, "a sum of different widths");
  if (std::abs(term.offset_frames) > kMaxContext) return Bad(name, "too far in time");
  part->dim = dim;
  part->terms.push_back(term);
  return OkStatus();
}

Status NetworkCompiler::AddComponent(const Component& component, Stage* stage) {
  const std::string& type = component.type;
  if (std::find(std::begin(kNoOperation), std::end(kNoOperation), type) != std::end(kNoOperation)) {
    return OkStatus();
  }
  if (type == "TdnnComponent") {
    const std::vector<int32_t>* offsets = component.List("TimeOffsets");
    if (offsets == nullptr || offsets->empty()) return Bad(stage->name, "no TimeOffsets");
    RETURN_IF_ERROR(SpliceInputs(component, *offsets, stage));
  }
  if (type == "TimeHeightConvolutionComponent") return AddConvolution(component, stage);
  if (type == "LinearComponent") {
    const kf::Matrix* weights = component.Array("Params");
    if (weights == nullptr) return Bad(stage->name, "no Params");
    return AddLinear(component, *weights, nullptr, stage);
  }
  if (type == "TdnnComponent" || type == "AffineComponent" || type == "FixedAffineComponent" ||
      type == "NaturalGradientAffineComponent") {
    const kf::Matrix* weights = component.Array("LinearParams");
    if (weights == nullptr) return Bad(stage->name, "no LinearParams");
    return AddLinear(component, *weights, component.Array("BiasParams"), stage);
  }
  return AddRowOperation(component, stage);
}

// Each part at each time offset, all parts of one time together.
Status NetworkCompiler::SpliceInputs(const Component& component,
                                     const std::vector<int32_t>& offsets, Stage* stage) {
  const std::vector<Part> parts = std::move(stage->parts);
  stage->parts.clear();
  for (const int32_t offset : offsets) {
    for (Part part : parts) {
      for (Term& term : part.terms) {
        if (std::abs(static_cast<int64_t>(term.offset_frames) + offset) > kMaxContext) {
          return Bad(component.name, "too far in time");
        }
        if (term.stage != NetworkPlan::kIvectorStage) term.offset_frames += offset;
      }
      stage->parts.push_back(std::move(part));
      if (DimOf(*stage) > kMaxDim) return Bad(stage->name, "too wide");
    }
  }
  stage->dim = DimOf(*stage);
  return OkStatus();
}

Status NetworkCompiler::AddLinear(const Component& component, const kf::Matrix& weights,
                                  const kf::Matrix* bias, Stage* stage) {
  if (weights.rows < 1 || weights.rows > kMaxDim || weights.cols != stage->dim) {
    return Bad(component.name, fmt::format("weights of {} x {} for an input of {}", weights.rows,
                                           weights.cols, stage->dim));
  }
  const bool has_bias = bias != nullptr && !bias->values.empty();
  if (has_bias && static_cast<int64_t>(bias->values.size()) != weights.rows) {
    return Bad(component.name, "a bias of another size");
  }
  const auto type = kernels::LinearType::kFloat32;
  nn::AlignedArray packed;
  packed.Resize(kernels::PackedSizeBytes(type, weights.rows, weights.cols));
  for (int64_t row = 0; row < weights.rows; row += kernels::kPanelColumns) {
    const int64_t columns = std::min(kernels::kPanelColumns, weights.rows - row);
    kernels::PackPanel(type,
                       std::span(weights.values)
                           .subspan(static_cast<size_t>(row * weights.cols),
                                    static_cast<size_t>(columns * weights.cols)),
                       columns, weights.cols,
                       packed.data() + static_cast<size_t>(row / kernels::kPanelColumns) *
                                           kernels::PanelSizeBytes(type, weights.cols));
  }
  stage->has_linear = true;
  stage->linear.weights = {
      .type = type, .n = weights.rows, .k = weights.cols, .data = packed.data()};
  plan_->weights_.push_back(std::move(packed));
  if (has_bias) {
    plan_->biases_.push_back(bias->values);
    stage->linear.bias = plan_->biases_.back().data();
  }
  stage->dim = static_cast<int>(weights.rows);
  return OkStatus();
}

// A convolution over time and height as a product with all of the input at the time offsets: the
// weights that connect a height to one outside its window are zero.
Status NetworkCompiler::AddConvolution(const Component& component, Stage* stage) {
  const auto number = [&](std::string_view tag) {
    return static_cast<int64_t>(component.Number(tag, 0));
  };
  const int64_t filters_in = number("NumFiltersIn"), filters_out = number("NumFiltersOut");
  const int64_t height_in = number("HeightIn"), height_out = number("HeightOut");
  const int64_t subsample = number("HeightSubsampleOut");
  const kf::Matrix* linear = component.Array("LinearParams");
  const auto pairs = component.pairs.find("Offsets");
  for (const int64_t size : {filters_in, filters_out, height_in, height_out, subsample}) {
    if (size < 1 || size > kMaxDim) return Bad(component.name, "impossible sizes");
  }
  if (linear == nullptr || pairs == component.pairs.end() || height_in * filters_in != stage->dim ||
      height_out * filters_out > kMaxDim || linear->rows != filters_out ||
      linear->cols != static_cast<int64_t>(pairs->second.size()) * filters_in) {
    return Bad(component.name, "sizes that disagree");
  }
  std::set<int32_t> times;
  for (const auto& pair : pairs->second) times.insert(pair.first);
  const int64_t input_dim = stage->dim;
  RETURN_IF_ERROR(SpliceInputs(component, std::vector<int32_t>(times.begin(), times.end()), stage));
  kf::Matrix full{.rows = height_out * filters_out, .cols = stage->dim, .values = {}};
  constexpr int64_t kMaxElements = int64_t{1} << 28;
  if (full.rows * full.cols > kMaxElements) return Bad(component.name, "too large");
  full.values.resize(static_cast<size_t>(full.rows * full.cols));
  for (size_t i = 0; i < pairs->second.size(); ++i) {
    const auto [time, height_offset] = pairs->second[i];
    const auto slot = std::distance(times.begin(), times.find(time));
    for (int64_t h = 0; h < height_out; ++h) {
      const int64_t source = h * subsample + height_offset;
      if (source < 0 || source >= height_in) continue;
      for (int64_t f = 0; f < filters_out; ++f) {
        const auto from = linear->row(f).subspan(i * static_cast<size_t>(filters_in),
                                                 static_cast<size_t>(filters_in));
        std::copy(from.begin(), from.end(),
                  full.row(h * filters_out + f).begin() + slot * input_dim + source * filters_in);
      }
    }
  }
  const kf::Matrix* bias = component.Array("BiasParams");
  kf::Matrix wide_bias{.rows = 1, .cols = full.rows, .values = {}};
  if (bias == nullptr || static_cast<int64_t>(bias->values.size()) != filters_out) {
    return Bad(component.name, "a bias of another size");
  }
  for (int64_t h = 0; h < height_out; ++h) {
    wide_bias.values.insert(wide_bias.values.end(), bias->values.begin(), bias->values.end());
  }
  return AddLinear(component, full, &wide_bias, stage);
}

// The network scores how well a pdf's frames are told from others; divided by how frequent they
// are, and scaled, that is what the search adds up.
Status NetworkCompiler::AddPriors(Stage* stage) {
  if (options_.priors.empty() && options_.acoustic_scale == 1) return OkStatus();
  NetworkPlan::RowOperation operation{
      .kind = NetworkPlan::RowOperation::Kind::kScaleOffset, .scale = {}, .offset = {}};
  const auto dim = static_cast<size_t>(stage->dim);
  if (!options_.priors.empty() && options_.priors.size() != dim) {
    return InvalidArgumentError("network: priors of another number of pdfs");
  }
  operation.scale.assign(dim, options_.acoustic_scale);
  operation.offset.assign(dim, 0);
  for (size_t i = 0; i < options_.priors.size(); ++i) {
    if (!(options_.priors[i] > 0)) return InvalidArgumentError("network: a prior of zero");
    operation.offset[i] = -options_.acoustic_scale * std::log(options_.priors[i]);
  }
  stage->operations.push_back(std::move(operation));
  return OkStatus();
}

// From the output backwards: a stage has the rows that later ones ask for.
Status NetworkCompiler::ComputeTimes() {
  const int subsampling = options_.frame_subsampling;
  const size_t count = plan_->stages_.size();
  std::vector<std::set<int>> residues(count);
  std::vector<bool> needed(count);
  residues.back() = {0};
  needed.back() = true;
  for (size_t i = count; i-- > 0;) {
    Stage& stage = plan_->stages_[i];
    if (!needed[i]) return InternalError("network: a stage that nothing needs");
    // With one residue, every subsampling-th row will do.
    stage.stride_frames = residues[i].size() == 1 && i > 0 ? subsampling : 1;
    for (const Part& part : stage.parts) {
      for (const Term& term : part.terms) {
        if (term.stage == NetworkPlan::kIvectorStage) continue;
        const auto source_index = static_cast<size_t>(term.stage);
        Stage& source = plan_->stages_[source_index];
        const int low = stage.min_offset_frames + term.offset_frames;
        const int high = stage.max_offset_frames + term.offset_frames;
        source.min_offset_frames =
            needed[source_index] ? std::min(source.min_offset_frames, low) : low;
        source.max_offset_frames =
            needed[source_index] ? std::max(source.max_offset_frames, high) : high;
        needed[source_index] = true;
        for (int residue = 0; residue < subsampling; ++residue) {
          if (stage.stride_frames != 1 && !residues[i].contains(residue)) continue;
          const int shifted = (residue + term.offset_frames) % subsampling;
          residues[source_index].insert((shifted + subsampling) % subsampling);
        }
        if (low < -kMaxContext || high > kMaxContext) return Bad(source.name, "too far in time");
      }
    }
  }
  plan_->left_context_ = std::max(0, -plan_->stages_[0].min_offset_frames);
  plan_->right_context_ = std::max(0, plan_->stages_[0].max_offset_frames);
  return OkStatus();
}

}  // namespace ironscribe::models::kaldi
