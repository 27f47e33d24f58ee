#include "formats/testing/kaldi_model.h"

#include "formats/testing/kaldi_writer.h"

namespace ironscribe::formats::testing {
namespace {

void WriteTextTopology(KaldiWriter& writer) {
  writer.Raw(
      "<TopologyEntry>\n<ForPhones>\n1 2\n</ForPhones>\n"
      "<State> 0 <ForwardPdfClass> 0 <SelfLoopPdfClass> 1 <Transition> 0 0.5 "
      "<Transition> 1 0.5 </State>\n<State> 1 </State>\n</TopologyEntry>\n");
}

void WriteBinaryTopology(KaldiWriter& writer) {
  writer.Ints({1, 2}).Ints({-1, 0, 0}).Int(-1).Int(1).Int(2);
  writer.Int(0).Int(1).Int(2).Int(0).Float(0.5f).Int(1).Float(0.5f);
  writer.Int(-1).Int(-1).Int(0);
}

void WriteTransitions(KaldiWriter& writer, bool binary) {
  writer.Token("<TransitionModel>").Token("<Topology>");
  binary ? WriteBinaryTopology(writer) : WriteTextTopology(writer);
  writer.Token("</Topology>").Token("<Tuples>").Int(2);
  writer.Int(1).Int(0).Int(0).Int(1);
  writer.Int(2).Int(0).Int(2).Int(3);
  writer.Token("</Tuples>").Token("<LogProbs>").Vector({0, -0.7f, -0.7f, -0.7f, -0.7f});
  writer.Token("</LogProbs>").Token("</TransitionModel>");
}

void WriteAffine(KaldiWriter& writer, std::string_view name, int32_t outputs, int32_t inputs,
                 float first) {
  std::vector<float> linear;
  for (int32_t i = 0; i < outputs * inputs; ++i) {
    linear.push_back(first + 0.125f * static_cast<float>(i % 7 - 3));
  }
  const std::vector<float> bias(static_cast<size_t>(outputs), 0.25f);
  writer.Token("<ComponentName>").Token(name).Token("<NaturalGradientAffineComponent>");
  writer.Token("<LearningRate>").Float(0.001f);
  writer.Token("<LinearParams>").Matrix(outputs, inputs, linear);
  writer.Token("<BiasParams>").Vector(bias);
  writer.Token("<RankIn>").Int(20).Token("<RankOut>").Int(80).Token("<UpdatePeriod>").Int(4);
  writer.Token("<NumSamplesHistory>").Float(2000).Token("<Alpha>").Float(4);
  writer.Token("</NaturalGradientAffineComponent>");
}

}  // namespace

std::string KaldiTransitions(bool binary) {
  KaldiWriter writer(binary);
  WriteTransitions(writer, binary);
  return writer.text();
}

std::string KaldiNetworkModel(bool binary) {
  KaldiWriter writer(binary);
  WriteTransitions(writer, binary);
  writer.Raw(
      "<Nnet3> \ninput-node name=input dim=3\n"
      "component-node name=a component=a input=Append(Offset(input, -1), input)\n"
      "component-node name=a.relu component=relu input=a\n"
      "component-node name=a.norm component=norm input=a.relu\n"
      "component-node name=out component=out input=Sum(Scale(0.5, a.norm), a.relu)\n"
      "output-node name=output input=out objective=linear\n\n");
  writer.Token("<NumComponents>").Int(4);
  WriteAffine(writer, "a", 5, 6, 0.1f);
  writer.Token("<ComponentName>").Token("relu").Token("<RectifiedLinearComponent>");
  writer.Token("<Dim>").Int(5).Token("<ValueAvg>").Vector({}).Token("<DerivAvg>").Vector({});
  writer.Token("<Count>").Double(0).Token("<NumDimsSelfRepaired>").Double(0);
  writer.Token("<NumDimsProcessed>").Double(0).Token("</RectifiedLinearComponent>");
  writer.Token("<ComponentName>").Token("norm").Token("<BatchNormComponent>");
  writer.Token("<Dim>").Int(5).Token("<BlockDim>").Int(5).Token("<Epsilon>").Float(0.001f);
  writer.Token("<TargetRms>").Float(1).Token("<TestMode>").Bool(true).Token("<Count>").Float(9);
  writer.Token("<StatsMean>").Vector({0, 1, 0.5f, -1, 0});
  writer.Token("<StatsVar>").Vector({1, 2, 4, 1, 0.5f}).Token("</BatchNormComponent>");
  WriteAffine(writer, "out", 4, 5, -0.2f);
  writer.Token("</Nnet3>").Token("<LeftContext>").Int(1).Token("<RightContext>").Int(0);
  writer.Token("<Priors>").Vector({});
  return writer.text();
}

std::string KaldiMixtureModel(bool binary) {
  KaldiWriter writer(binary);
  WriteTransitions(writer, binary);
  writer.Token("<DIMENSION>").Int(3).Token("<NUMPDFS>").Int(4);
  for (int pdf = 0; pdf < 4; ++pdf) {
    const float shift = static_cast<float>(pdf);
    writer.Token("<DiagGMM>").Token("<GCONSTS>").Vector({0, 0}).Token("<WEIGHTS>");
    writer.Vector({0.25f, 0.75f}).Token("<MEANS_INVVARS>");
    writer.Matrix(2, 3, {shift, 1, 2, 0, -1, shift}).Token("<INV_VARS>");
    writer.Matrix(2, 3, {1, 2, 0.5f, 1, 1, 4}).Token("</DiagGMM>");
  }
  return writer.text();
}

}  // namespace ironscribe::formats::testing
