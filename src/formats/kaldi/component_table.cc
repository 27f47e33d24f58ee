#include "formats/kaldi/component_table.h"

namespace ironscribe::formats::kaldi {
namespace {

using enum ComponentValue;

// From kaldi/src/nnet3/nnet-*-component.cc and convolution.cc.
constexpr ComponentTag kTags[] = {
    {"Offsets", kPairs, "TimeHeightConvolutionComponent"},
    {"ActiveScalingCount", kFloat},
    {"AddLogStddev", kBool},
    {"Alpha", kFloat},
    {"AlphaInOut", kTwoFloats},
    {"BackpropScale", kFloat},
    {"Bias", kArray},
    {"BiasParams", kArray},
    {"BlockDim", kInt},
    {"CellDim", kInt},
    {"ClippingThreshold", kFloat},
    {"ColumnMap", kInts},
    {"Continuous", kNothing},
    {"ConvolutionModel", kNothing},
    {"/ConvolutionModel", kNothing},
    {"Count", kFloat},
    {"DerivAvg", kArray},
    {"Dim", kInt},
    {"DropoutPerFrame", kBool},
    {"DropoutProportion", kFloat},
    {"Epsilon", kFloat},
    {"HeightIn", kInt},
    {"HeightOut", kInt},
    {"HeightSubsampleOut", kInt},
    {"IncludeVarinance", kBool},  // Kaldi's own spelling.
    {"InputDim", kInt},
    {"InputPeriod", kInt},
    {"IsGradient", kBool},
    {"IsUpdatable", kBool},
    {"L2Regularize", kFloat},
    {"LearningRate", kFloat},
    {"LearningRateFactor", kFloat},
    {"LeftContext", kInt},
    {"LinearParams", kArray},
    {"MaxChange", kFloat},
    {"MaxMemoryMb", kFloat},
    {"Model", kNothing},
    {"NormBasedClipping", kBool},
    {"NumBackpropped", kInt},
    {"NumBlocks", kInt},
    {"NumDimsProcessed", kFloat},
    {"NumDimsSelfRepaired", kFloat},
    {"NumElementsClipped", kFloat},
    {"NumElementsProcessed", kFloat},
    {"NumElementsZeroed", kFloat},
    {"NumFiltersIn", kInt},
    {"NumFiltersOut", kInt},
    {"NumLogCountFeatures", kInt},
    {"NumMinibatchesHistory", kFloat},
    {"NumRepeats", kInt},
    {"NumSamplesHistory", kFloat},
    {"NumSelfRepaired", kInt},
    {"NumZeroingBoundaries", kFloat},
    {"OderivCount", kFloat},
    {"OderivRms", kArray},
    {"Offsets", kArray},
    {"OrthonormalConstraint", kFloat},
    {"Output", kArray},
    {"OutputDim", kInt},
    {"OutputPeriod", kInt},
    {"OutputStddevs", kBool},
    {"Params", kArray},
    {"Rank", kInt},
    {"RankIn", kInt},
    {"RankInOut", kTwoInts},
    {"RankOut", kInt},
    {"RecurrenceInterval", kInt},
    {"RequiredTimeOffsets", kInts},
    {"RightContext", kInt},
    {"Scale", kFloat},
    {"Scales", kArray},
    {"SelfRepairClippedProportionThreshold", kFloat},
    {"SelfRepairConfig", kArray},
    {"SelfRepairLowerThreshold", kFloat},
    {"SelfRepairProb", kArray},
    {"SelfRepairScale", kFloat},
    {"SelfRepairTarget", kFloat},
    {"SelfRepairUpperThreshold", kFloat},
    {"Sizes", kInts},
    {"SpecAugmentMaxProportion", kFloat},
    {"SpecAugmentMaxRegions", kInt},
    {"StatsMean", kArray},
    {"StatsVar", kArray},
    {"TargetRms", kFloat},
    {"TestMode", kBool},
    {"TimeMaskMaxFrames", kInt},
    {"TimeOffsets", kInts},
    {"TimePeriod", kInt},
    {"UpdatePeriod", kInt},
    {"UseDropout", kBool},
    {"UseNaturalGradient", kBool},
    {"ValueAvg", kArray},
    {"VarianceFloor", kFloat},
    {"ZeroedProportion", kFloat},
    {"ZeroingInterval", kInt},
    {"ZeroingThreshold", kFloat},
};

}  // namespace

const ComponentTag* FindComponentTag(std::string_view component, std::string_view tag) {
  for (const ComponentTag& known : kTags) {
    if (known.tag == tag && (known.component.empty() || known.component == component)) {
      return &known;
    }
  }
  return nullptr;
}

}  // namespace ironscribe::formats::kaldi
